"""What a limited token cannot learn or change, by whatever way it asks."""

import pytest

from songcau.context.api.tests.client import Client
from songcau.context.rights.caller import Caller

DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"
SPEED, PLATE = DEFAULT + "speed", DEFAULT + "plate"


def vehicle(number: int, plate: int, ward: str = "W1") -> dict[str, object]:
    return {
        "id": f"urn:ngsi-ld:Vehicle:{number}",
        "type": "Vehicle",
        "scope": f"/wards/{ward}",
        "speed": {"type": "Property", "value": number},
        "plate": {"type": "Property", "value": plate},
    }


@pytest.fixture
def city(client: Client) -> Client:
    for number, plate in ((1, 30), (2, 10), (3, 20)):
        client.ask("POST", "/entities", vehicle(number, plate))
    client.ask("POST", "/entities", vehicle(4, 40, "W2"))
    return client


BLIND = Caller("display", attributes=[SPEED], writes=True)
SENSOR = Caller("sensor", wards=["/wards/W1"], reads=False, writes=True)
ONE = "/entities/urn:ngsi-ld:Vehicle:1"
FOUR = "/entities/urn:ngsi-ld:Vehicle:4"


def numbers(answered: list[dict[str, str]]) -> list[int]:
    return [int(one["id"].rpartition(":")[2]) for one in answered]


def test_a_hidden_attribute_does_not_show_in_any_form(city: Client) -> None:
    for query in ("", "?options=keyValues", "?options=concise", "?pick=id,plate,speed", "?omit=type", "?join=inline"):
        assert b"plate" not in city.ask("GET", ONE + query, by=BLIND).raw
    assert city.ask("GET", f"{ONE}?attrs=plate", by=BLIND).status == 404
    assert city.ask("GET", f"{ONE}?attrs=speed", by=BLIND).status == 200
    assert b"plate" not in city.ask("GET", "/entities?type=Vehicle", by=BLIND).raw


def test_a_hidden_attribute_can_neither_be_asked_for_nor_sorted_by(city: Client) -> None:
    for query in ("q=plate>0", "q=speed>0;plate>15", "attrs=plate", "type=Vehicle&q=plate"):
        assert city.ask("GET", f"/entities?{query}", by=BLIND).json == []
    by_plate = city.ask("GET", "/entities?type=Vehicle&orderBy=plate", by=BLIND).json
    assert numbers(by_plate) == [1, 2, 3, 4]
    assert numbers(city.ask("GET", "/entities?type=Vehicle&orderBy=speed;desc", by=BLIND).json) == [4, 3, 2, 1]
    assert numbers(city.ask("GET", "/entities?type=Vehicle&orderBy=plate").json) == [2, 3, 1, 4]


def test_a_purge_does_not_tell_what_a_hidden_attribute_holds(city: Client) -> None:
    assert city.ask("DELETE", "/entities?q=plate>35&drop=speed", by=BLIND).status == 204
    assert "speed" in city.ask("GET", FOUR).json


def test_who_does_not_see_all_of_an_entity_cannot_delete_or_replace_it(city: Client) -> None:
    assert city.ask("DELETE", ONE, by=BLIND).status == 403
    assert city.ask("PUT", ONE, {"type": "Vehicle", "speed": 5}, by=BLIND).status == 403
    assert city.ask("PATCH", f"{ONE}/attrs/speed", {"value": 5}, by=BLIND).status == 204
    assert city.ask("POST", f"{ONE}/attrs", {"plate": 5}, by=BLIND).status == 403
    assert city.ask("GET", ONE).json["plate"]["value"] == 30


def test_who_may_only_write_changes_what_is_in_reach_and_reads_nothing(city: Client) -> None:
    assert city.ask("PATCH", f"{ONE}/attrs/speed", {"value": 5}, by=SENSOR).status == 204
    assert city.ask("PATCH", f"{FOUR}/attrs/speed", {"value": 5}, by=SENSOR).status == 404
    assert city.ask("GET", ONE, by=SENSOR).status == 404
    assert city.ask("GET", "/entities?type=Vehicle", by=SENSOR).json == []
    assert city.ask("GET", "/types", by=SENSOR).json["typeList"] == []
    assert city.ask("POST", "/entityOperations/upsert", [vehicle(1, 3)], by=SENSOR).status == 204
    assert city.ask("DELETE", ONE, by=SENSOR).status == 204


HIDDEN = ("plate", "colour")  # the first is there, the second is not


def test_a_refusal_does_not_tell_whether_a_hidden_attribute_is_there(city: Client) -> None:
    for ask in (
        lambda name: city.ask("POST", f"{ONE}/attrs?options=noOverwrite", {name: 5}, by=BLIND),
        lambda name: city.ask("PATCH", f"{ONE}/attrs", {name: "urn:ngsi-ld:null"}, by=BLIND),
        lambda name: city.ask("PATCH", f"{ONE}/attrs/{name}", {"object": "urn:x:1"}, by=BLIND),
        lambda name: city.ask("PUT", f"{ONE}/attrs/{name}", {"value": 5}, by=BLIND),
        lambda name: city.ask("DELETE", f"{ONE}/attrs/{name}", by=BLIND),
        lambda name: city.ask("PATCH", ONE, {name: 5}, by=BLIND),
        lambda name: city.ask("DELETE", f"/entities?type=Vehicle&drop={name}", by=BLIND),
        lambda name: city.ask("DELETE", f"/temporal{ONE}/attrs/{name}?deleteAll=true", by=BLIND),
        lambda name: city.ask("PATCH", f"/temporal{ONE}/attrs/{name}/urn:ngsi-ld:Instance:1-1", {"value": 5}, by=BLIND),
    ):
        assert [(ask(name).status, ask(name).json["detail"]) for name in HIDDEN] == [
            (403, ask("plate").json["detail"])
        ] * 2
    for operation in ("update", "update?options=noOverwrite", "merge", "upsert?options=update"):
        path = f"/entityOperations/{operation}"
        [[there], [absent]] = (
            city.ask("POST", path, [{"id": "urn:ngsi-ld:Vehicle:1", "type": "Vehicle", name: 5}], by=BLIND).json[
                "errors"
            ]
            for name in HIDDEN
        )
        assert there == absent
    assert city.ask("GET", ONE).json["plate"]["value"] == 30


def test_a_change_of_nothing_needs_the_right_to_change(city: Client) -> None:
    reader = Caller("display")
    for ask in (
        ("PATCH", ONE, {"type": "Vehicle"}),
        ("POST", f"{ONE}/attrs?options=noOverwrite", {"speed": 1}),
        ("DELETE", "/entities?type=Nothing", None),
    ):
        assert city.ask(*ask, by=reader).status == 403
    merged = city.ask(
        "POST", "/entityOperations/merge", [{"id": "urn:ngsi-ld:Vehicle:1", "type": "Vehicle"}], by=reader
    )
    assert merged.json["errors"][0]["error"]["status"] == 403


def test_who_is_limited_to_attributes_cannot_change_types_or_scopes(city: Client) -> None:
    for change in ({"scope": "/wards/W9"}, {"type": "Ghost"}, {"scope": "urn:ngsi-ld:null"}):
        assert city.ask("PATCH", ONE, change, by=BLIND).status == 403
    assert city.ask("DELETE", f"{ONE}/attrs/scope", by=BLIND).status == 403
    assert city.ask("PATCH", ONE, {"type": "Vehicle", "scope": "/wards/W1", "speed": 8}, by=BLIND).status == 204
    made = {"id": "urn:ngsi-ld:Vehicle:9", "type": "Vehicle", "scope": "/wards/W1", "speed": 8}
    assert city.ask("POST", "/entities", made, by=BLIND).status == 201


def test_a_purge_to_some_attributes_leaves_what_is_hidden(city: Client) -> None:
    city.ask("POST", f"{ONE}/attrs", {"lane": 2})
    both = Caller("display", attributes=[SPEED, DEFAULT + "lane"], writes=True)
    assert city.ask("DELETE", "/entities?type=Vehicle&keep=lane", by=both).status == 204
    left = city.ask("GET", ONE).json
    assert left.keys() == {"id", "type", "scope", "plate", "lane"}


def test_when_something_hidden_was_changed_is_hidden(city: Client) -> None:
    before = city.ask("GET", f"{ONE}?options=sysAttrs", by=BLIND).json
    city.ask("PATCH", f"{ONE}/attrs/plate", {"value": 31})
    assert city.ask("GET", f"{ONE}?options=sysAttrs", by=BLIND).json == before
    assert (
        city.ask("GET", f"/entities?id=urn:ngsi-ld:Vehicle:1&q=modifiedAt>{before['modifiedAt']}", by=BLIND).json == []
    )
    city.ask("PATCH", f"{ONE}/attrs/speed", {"value": 2})
    assert city.ask("GET", f"{ONE}?options=sysAttrs", by=BLIND).json["modifiedAt"] > before["modifiedAt"]


def test_a_history_is_not_sorted_by_what_is_hidden(city: Client) -> None:
    asked = "/temporal/entities?type=Vehicle&timerel=after&timeAt=2020-01-01T00:00:00Z&timeproperty=modifiedAt"
    assert numbers(city.ask("GET", f"{asked}&orderBy=plate").json) == [2, 3, 1, 4]
    assert numbers(city.ask("GET", f"{asked}&orderBy=plate", by=BLIND).json) == [1, 2, 3, 4]


def test_contexts_are_no_tenant_s_own(city: Client) -> None:
    body = {"@context": {"speed": "https://example.org/speed"}}
    for caller, status in ((Caller("w", tenant="west", writes=True), 403), (Caller("c", tenant="", writes=True), 201)):
        assert city.ask("POST", "/jsonldContexts", body, by=caller, ngsild_tenant=caller.tenant or "").status == status


def test_a_purge_that_is_not_allowed_whole_changes_nothing(city: Client) -> None:
    city.ask("POST", "/entities", {"id": "urn:ngsi-ld:Vehicle:0", "type": "Vehicle", "speed": 1})
    assert city.ask("DELETE", "/entities?type=Vehicle", by=BLIND).status == 403
    assert len(city.ask("GET", "/entities?type=Vehicle").json) == 5
