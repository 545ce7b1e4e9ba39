"""Attributes of one entity: appended, updated, patched, replaced, deleted; one instance where there are several."""

import pytest

from songcau.context.api.tests.client import Client, prop, room

NULL = "urn:ngsi-ld:null"
ONE = "/entities/urn:ngsi-ld:Room:1"
DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"
FIRST, SECOND = "urn:ngsi-ld:Dataset:1", "urn:ngsi-ld:Dataset:2"


@pytest.fixture
def made(client: Client) -> Client:
    client.ask("POST", "/entities", room(1, a=prop(1, unitCode="CEL"), scope="/wards/W1"))
    return client


def now(client: Client) -> dict[str, object]:
    found: dict[str, object] = client.ask("GET", ONE).json
    return found


def test_appending_adds_and_overwrites(made: Client) -> None:
    assert made.ask("POST", f"{ONE}/attrs", {"a": prop(2), "b": prop(3)}).status == 204
    assert now(made) == room(1, a=prop(2), b=prop(3), scope="/wards/W1")


def test_appending_without_overwriting_says_what_it_left(made: Client) -> None:
    answer = made.ask("POST", f"{ONE}/attrs?options=noOverwrite", {"a": prop(2), "b": prop(3), "scope": "/wards/W2"})
    assert answer.status == 207
    assert answer.json["updated"] == [DEFAULT + "b"]
    assert [one["attributeName"] for one in answer.json["notUpdated"]] == [DEFAULT + "a"]
    assert now(made) == room(1, a=prop(1, unitCode="CEL"), b=prop(3), scope=["/wards/W1", "/wards/W2"])


def test_updating_replaces_deletes_by_null_and_unites_types(made: Client) -> None:
    body = {"type": "Hall", "a": prop(NULL), "b": prop(3), "scope": "/wards/W3"}
    assert made.ask("PATCH", f"{ONE}/attrs", body).status == 204
    assert now(made) == {"id": "urn:ngsi-ld:Room:1", "type": ["Room", "Hall"], "b": prop(3), "scope": "/wards/W3"}


def test_a_scope_is_updated_only_where_there_is_one(client: Client) -> None:
    client.ask("POST", "/entities", room(1))
    answer = client.ask("PATCH", f"{ONE}/attrs", {"scope": "/wards/W1"})
    assert (answer.status, answer.json["updated"]) == (207, [])
    assert now(client) == room(1)


def test_a_partial_update_changes_the_members_given(made: Client) -> None:
    assert made.ask("PATCH", f"{ONE}/attrs/a", {"value": 5}).status == 204
    assert now(made)["a"] == prop(5, unitCode="CEL")
    assert made.ask("PATCH", f"{ONE}/attrs/a", {"unitCode": NULL}).status == 204
    assert now(made)["a"] == prop(5)
    assert made.ask("PATCH", f"{ONE}/attrs/a", prop(NULL)).status == 204
    assert "a" not in now(made)


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("a", {}, 400),
        ("a", {"type": "Relationship", "object": "urn:x:1"}, 400),
        ("b", {"value": 5}, 404),
        ("a", {"value": 5, "datasetId": FIRST}, 404),
        ("a", {"value": 5, "observedAt": "2026-11-28T01:00:00"}, 400),
        ("a", {"value": None}, 400),
    ],
)
def test_a_partial_update_that_fits_nothing_is_refused(
    made: Client, name: str, body: dict[str, object], status: int
) -> None:
    before = now(made)
    assert made.ask("PATCH", f"{ONE}/attrs/{name}", body).status == status
    assert now(made) == before


def test_instances_are_told_apart_by_their_dataset(made: Client) -> None:
    first, second = prop(7, datasetId=FIRST), prop(8, datasetId=SECOND)
    assert made.ask("POST", f"{ONE}/attrs", {"a": first}).status == 204
    assert made.ask("POST", f"{ONE}/attrs", {"a": second}).status == 204
    assert now(made)["a"] == [prop(1, unitCode="CEL"), first, second]
    assert made.ask("PATCH", f"{ONE}/attrs/a", {"value": 9, "datasetId": FIRST}).status == 204
    assert made.ask("DELETE", f"{ONE}/attrs/a").status == 204
    assert now(made)["a"] == [{**first, "value": 9}, second]
    assert made.ask("DELETE", f"{ONE}/attrs/a").status == 404
    assert made.ask("DELETE", f"{ONE}/attrs/a?datasetId={SECOND}").status == 204
    assert now(made)["a"] == {**first, "value": 9}
    made.ask("POST", f"{ONE}/attrs", {"a": second})
    assert made.ask("DELETE", f"{ONE}/attrs/a?deleteAll=true").status == 204
    assert "a" not in now(made)


def test_the_default_instance_stands_first_whatever_was_written_first(client: Client) -> None:
    client.ask("POST", "/entities", room(1, a=prop(7, datasetId=FIRST)))
    client.ask("POST", f"{ONE}/attrs", {"a": prop(1)})
    assert now(client)["a"] == [prop(1), prop(7, datasetId=FIRST)]


def test_replacing_keeps_when_the_attribute_began(made: Client) -> None:
    created = made.ask("GET", f"{ONE}?options=sysAttrs").json["a"]["createdAt"]
    assert made.ask("PUT", f"{ONE}/attrs/a", prop("new")).status == 204
    after = made.ask("GET", f"{ONE}?options=sysAttrs").json["a"]
    assert (after["value"], after["createdAt"]) == ("new", created)
    assert after["modifiedAt"] > created
    assert "unitCode" not in after


@pytest.mark.parametrize(("name", "status"), [("b", 404), ("@a", 400), ("scope", 400)])
def test_what_is_not_there_cannot_be_replaced(made: Client, name: str, status: int) -> None:
    assert made.ask("PUT", f"{ONE}/attrs/{name}", prop(1)).status == status


def test_a_scope_can_be_deleted(made: Client) -> None:
    assert made.ask("DELETE", f"{ONE}/attrs/scope").status == 204
    assert "scope" not in now(made)
    assert made.ask("DELETE", f"{ONE}/attrs/scope").status == 404


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_an_entity_without_an_id_in_the_address_is_refused(made: Client, method: str) -> None:
    assert made.ask(method, "/entities//attrs", {"a": prop(2)}).status == 400
