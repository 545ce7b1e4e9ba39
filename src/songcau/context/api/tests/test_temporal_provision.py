"""The past is told and corrected through the API; the present is not touched by it."""

from pathlib import Path
from typing import Any

import pytest

from songcau.context.api.tests.client import Client
from songcau.context.api.tests.lamps import LAMP, NS, lamp, ok, past, prop, query, values
from songcau.context.rights.caller import Caller

PAST = f"/temporal/entities/{LAMP}"


@pytest.fixture
def told(client: Client) -> Client:
    """A lamp of which only the past was told."""
    state = [prop("on", 0), prop("off", 1, datasetId="urn:d:1")]
    answer = client.ask("POST", "/temporal/entities", lamp(power=[prop(1, 1), prop(2, 2)], state=state))
    assert (answer.status, answer.headers["location"]) == (201, f"/ngsi-ld/v1{PAST}")
    return client


def test_what_was_told_is_the_past_and_not_the_present(told: Client) -> None:
    assert values(ok(past(told))) == [1, 2]
    assert told.ask("GET", f"/entities/{LAMP}").status == 404


def test_telling_more_of_the_same_entity_adds_to_its_past(told: Client) -> None:
    ok(told.ask("POST", "/temporal/entities/", lamp(power=prop(0, 0), load=[prop(7, 7)])), 204)
    assert values(past(told)) == [0, 1, 2]
    assert values(past(told), "load") == [7]


def test_what_is_told_twice_of_one_instant_is_told_once(client: Client) -> None:
    ok(client.ask("POST", "/entities", lamp(power=prop(5, 5))))
    told = lamp(power=[prop(1, 1), prop(2, 2), prop(6, 5), prop(7, 5, datasetId="urn:d:1"), prop("x")])
    for _ in range(2):
        ok(client.ask("POST", "/temporal/entities", told), 204)
        ok(client.ask("POST", f"{PAST}/attrs", {"power": [prop(3, 2), prop(4, 2)]}), 204)
    assert [value for value in values(past(client)) if value != "x"] == [1, 4, 6, 7]


def test_the_past_told_of_an_entity_that_is_there_stands_beside_what_it_wrote(client: Client) -> None:
    ok(client.ask("POST", "/entities", lamp(power=prop(5, 30))))
    ok(client.ask("POST", "/temporal/entities", lamp(power=prop(4, 4))), 204)
    assert values(past(client)) == [4, 5]
    assert client.ask("GET", f"/entities/{LAMP}").json["power"]["value"] == 5


def test_scopes_of_the_past_are_told_too(client: Client) -> None:
    ok(client.ask("POST", "/temporal/entities", lamp(scope=["/wards/W05512", "/north"], power=prop(1, 1))), 201)
    found = ok(past(client)).json
    assert found["scope"][0]["value"] == ["/wards/W05512", "/north"]
    both = "type=Lamp&timerel=after&timeAt=2020-01-01T00:00:00Z&timeproperty=modifiedAt&scopeQ="
    assert len(ok(query(client, f"{both}/north")).json) == 1
    assert ok(query(client, f"{both}/south")).json == []


def test_attributes_are_added_to_a_past_that_there_is(told: Client) -> None:
    ok(told.ask("POST", f"{PAST}/attrs", {"power": [prop(3, 3)]}), 204)
    assert values(past(told)) == [1, 2, 3]
    assert told.ask("POST", "/temporal/entities/urn:ngsi-ld:Lamp:none/attrs", {"power": prop(1)}).status == 404
    assert told.ask("POST", "/temporal/entities//attrs", {"power": prop(1)}).status == 400


@pytest.mark.parametrize(
    "body",
    [
        {"type": "Lamp", "power": prop(1)},
        {"id": LAMP, "power": prop(1)},
        {"id": "lamp", "type": "Lamp", "power": prop(1)},
        {"id": LAMP, "type": "Lamp", "power": {"type": "Property"}},
        {"id": LAMP, "type": "Lamp", "power": [prop(1, observedAt="yesterday")]},
        {"id": LAMP, "type": "Lamp", "power": [[prop(1)]]},
        {"id": LAMP, "type": "Lamp", "power": [prop(None)]},
        {"id": LAMP, "type": "Lamp", "power": [prop(n) for n in range(10_001)]},
    ],
)
def test_a_past_that_makes_no_sense_is_refused(client: Client, body: dict[str, Any]) -> None:
    answer = client.ask("POST", "/temporal/entities", body)
    assert (answer.status, answer.json["type"].rpartition("/")[2]) == (400, "BadRequestData")


def test_bodies_without_sense_for_an_attribute_are_refused(told: Client) -> None:
    for body in ({}, {"id": "urn:ngsi-ld:Lamp:2", "power": prop(1)}, {"type": "Lamp"}):
        assert told.ask("POST", f"{PAST}/attrs", body).status == 400
    assert told.ask("POST", f"{PAST}/attrs?colour=red", {"power": prop(1)}).json["type"].endswith("InvalidRequest")


def test_a_past_is_forgotten_and_may_begin_anew(told: Client) -> None:
    ok(told.ask("DELETE", PAST), 204)
    assert past(told).status == 404
    assert told.ask("DELETE", PAST).status == 404
    assert told.ask("DELETE", "/temporal/entities/lamp").status == 400
    assert told.ask("DELETE", "/temporal/entities/").status == 405
    ok(told.ask("POST", "/temporal/entities", lamp(power=prop(9, 9))), 201)
    assert values(past(told)) == [9]


def test_an_entity_stays_when_its_past_is_forgotten(client: Client) -> None:
    ok(client.ask("POST", "/entities", lamp(power=prop(5, 5))))
    ok(client.ask("DELETE", PAST), 204)
    assert client.ask("GET", f"/entities/{LAMP}").json["power"]["value"] == 5
    ok(client.ask("PATCH", f"/entities/{LAMP}/attrs/power", prop(6, 6)))
    assert values(past(client)) == [6]


def test_the_past_of_an_attribute_is_deleted_by_dataset_or_whole(told: Client) -> None:
    ok(told.ask("DELETE", f"{PAST}/attrs/state"), 204)
    assert values(past(told), "state") == ["off"]
    assert told.ask("DELETE", f"{PAST}/attrs/state").status == 404
    ok(told.ask("DELETE", f"{PAST}/attrs/state?datasetId=urn:d:1"), 204)
    assert "state" not in past(told).json
    ok(told.ask("DELETE", f"{PAST}/attrs/power?deleteAll=true"), 204)
    assert past(told).json.keys() == {"id", "type"} or past(told).status == 404


def test_an_attribute_that_is_not_there_or_no_name_cannot_be_deleted(told: Client) -> None:
    for path, status in (
        (f"{PAST}/attrs/colour", 404),
        ("/temporal/entities/urn:ngsi-ld:Lamp:none/attrs/power", 404),
        (f"{PAST}/attrs/no(name", 400),
        ("/temporal/entities/lamp/attrs/power", 400),
        (f"{PAST}/attrs/power?deleteAll=perhaps", 400),
        (f"{PAST}/attrs/power?datasetId=none", 400),
    ):
        assert told.ask("DELETE", path).status == status


def first_instance(client: Client, name: str = "power") -> str:
    instance: str = past(client).json[name][0]["instanceId"]
    return instance


def test_one_instance_is_corrected_and_keeps_its_id(told: Client) -> None:
    instance = first_instance(told)
    ok(told.ask("PATCH", f"{PAST}/attrs/power/{instance}", {"value": 1.5}), 204)
    found = past(told).json["power"]
    assert [one["value"] for one in found] == [1.5, 2]
    assert (found[0]["instanceId"], found[0]["observedAt"]) == (instance, "2026-11-28T01:01:00Z")


def test_an_instance_that_was_written_is_corrected_in_the_past_alone(client: Client) -> None:
    ok(client.ask("POST", "/entities", lamp(power=prop(5, 5))))
    instance = first_instance(client)
    for value in (6, 7):
        ok(client.ask("PATCH", f"{PAST}/attrs/power/{instance}", prop(value)), 204)
        assert values(past(client)) == [value]
        assert first_instance(client) == instance
    assert client.ask("GET", f"/entities/{LAMP}").json["power"]["value"] == 5
    ok(client.ask("DELETE", f"{PAST}/attrs/power/{instance}"), 204)
    assert past(client).json.keys() == {"id", "type"}


def test_an_instance_is_deleted(told: Client) -> None:
    instance = first_instance(told)
    ok(told.ask("DELETE", f"{PAST}/attrs/power/{instance}"), 204)
    assert values(past(told)) == [2]
    assert told.ask("DELETE", f"{PAST}/attrs/power/{instance}").status == 404


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_an_instance_that_is_not_there_is_not_found(told: Client, method: str) -> None:
    instance = first_instance(told)
    body = prop(1) if method == "PATCH" else None
    for path, status in (
        (f"/temporal/entities/urn:ngsi-ld:Lamp:none/attrs/power/{instance}", 404),
        (f"{PAST}/attrs/load/{instance}", 404),
        (f"{PAST}/attrs/power/urn:ngsi-ld:Instance:none", 404),
        (f"{PAST}/attrs/power/none", 400),
        (f"/temporal/entities/lamp/attrs/power/{instance}", 400),
        (f"{PAST}/attrs/no(name/{instance}", 400),
        (f"{PAST}/attrs//{instance}", 405 if method == "PATCH" else 400),
    ):
        assert told.ask(method, path, body).status == status


@pytest.mark.parametrize(
    "patch", [{}, {"type": "Relationship", "object": "urn:x:1"}, {"value": 1, "datasetId": "urn:d:9"}, {"value": None}]
)
def test_a_correction_that_makes_no_sense_is_refused(told: Client, patch: dict[str, Any]) -> None:
    instance = first_instance(told)
    assert told.ask("PATCH", f"{PAST}/attrs/power/{instance}", patch).status == 400
    assert values(past(told)) == [1, 2]


def test_a_correction_is_on_disk_when_it_is_answered(tmp_path: Path) -> None:
    first = Client(tmp_path)
    ok(first.ask("POST", "/temporal/entities", lamp(power=[prop(1, 1), prop(2, 2)])), 201)
    ok(first.ask("DELETE", f"{PAST}/attrs/power/{first_instance(first)}"), 204)
    first.close()
    again = Client(tmp_path)
    assert values(past(again)) == [2]
    again.close()


def test_who_may_not_write_an_entity_may_not_correct_its_past(told: Client) -> None:
    reader, bus_driver = Caller("reader"), Caller("driver", types=[NS + "Bus"], writes=True)
    powerful = Caller("powerful", attributes=[NS + "power"], writes=True)
    instance = first_instance(told)
    for by, path in ((reader, PAST), (powerful, PAST), (powerful, f"{PAST}/attrs/state?deleteAll=true")):
        assert told.ask("DELETE", path, by=by).status in {403, 404}
    assert told.ask("POST", f"{PAST}/attrs", {"power": prop(1)}, by=reader).status == 403
    assert told.ask("POST", f"{PAST}/attrs", {"power": prop(1)}, by=bus_driver).status == 404
    assert told.ask("POST", "/temporal/entities", lamp(power=prop(1)), by=bus_driver).status == 403
    assert told.ask("DELETE", f"{PAST}/attrs/power/{instance}", by=reader).status == 403
    ok(told.ask("POST", f"{PAST}/attrs", {"power": prop(3, 3)}, by=powerful), 204)
    assert values(past(told)) == [1, 2, 3]
