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
