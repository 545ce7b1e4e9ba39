"""Entities that match: filters, pages, counts, forms, purging, and what there is to ask for."""

import pytest

from songcau.context.api.tests.client import Answered, Client, prop, room
from songcau.context.rights.caller import Caller

DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"


def place(longitude: float, latitude: float) -> dict[str, object]:
    return {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [longitude, latitude]}}


@pytest.fixture
def city(client: Client) -> Client:
    rooms = [
        room(
            number,
            temperature=prop(20 + number),
            location=place(105.84 + number / 100, 21.59),
            scope=f"/wards/W{number}",
        )
        for number in range(5)
    ]
    hall = {"id": "urn:ngsi-ld:Hall:1", "type": ["Hall", "Room"], "name": prop("Hội trường")}
    client.ask("POST", "/entityOperations/create", [*rooms, hall])
    return client


def ids(client: Client, query: str) -> list[str]:
    answer = client.ask("GET", f"/entities?{query}")
    assert answer.status == 200, answer.json
    return [one["id"].removeprefix("urn:ngsi-ld:") for one in answer.json]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("type=Hall", ["Hall:1"]),
        ("type=(Hall;Room)", ["Hall:1"]),
        ("type=Room&q=temperature%3E22", ["Room:3", "Room:4"]),
        ("q=temperature==20..21", ["Room:0", "Room:1"]),
        ("attrs=name", ["Hall:1"]),
        ("type=Room&id=urn:ngsi-ld:Room:2,urn:ngsi-ld:Room:9", ["Room:2"]),
        ("type=Room&idPattern=.*:[34]", ["Room:3", "Room:4"]),
        ("scopeQ=/wards/W1", ["Room:1"]),
        ("type=Nothing", []),
        ("type=Room&georel=near;maxDistance==1200&geometry=Point&coordinates=[105.84,21.59]", ["Room:0", "Room:1"]),
        ("type=Room&orderBy=temperature;desc&limit=2", ["Room:4", "Room:3"]),
    ],
)
def test_what_matches_is_found_in_the_order_of_creation(city: Client, query: str, found: list[str]) -> None:
    assert ids(city, query) == found


@pytest.mark.parametrize(
    "query",
    [
        "id=urn:ngsi-ld:Room:1", "limit=5", "type=Room&limit=-1", "type=Room&limit=x", "type=Room&limit=0",
        "type=Room&q=temperature%3E", "type=Room&georel=near", "type=Room&idPattern=x**", "type=Room&count=yes",
        "type=Room&offset=1e9", "type=Room&type=Hall", "type=Room&format=table",
    ],
)  # fmt: skip
def test_a_query_that_is_none_is_refused(city: Client, query: str) -> None:
    answer = city.ask("GET", f"/entities?{query}")
    assert (answer.status, bool(answer.json["detail"])) == (400, True)


def test_pages_link_to_their_neighbours_and_count_all(city: Client) -> None:
    first = city.ask("GET", "/entities?type=Room&limit=2&count=true")
    assert first.headers["ngsild-results-count"] == "6"
    middle = city.ask("GET", "/entities?type=Room&limit=2&offset=2")
    kind = 'type="application/json"'
    page = "/ngsi-ld/v1/entities?type=Room&limit=2&offset="
    links = [value for name, value in middle.all_headers if name == "link"]
    assert f'<{page}0>;rel="prev";{kind},<{page}4>;rel="next";{kind}' in links
    assert city.ask("GET", "/entities?type=Room&limit=0&count=true").json == []
    assert city.ask("GET", "/entities?type=Room&limit=1001").status == 403


def test_a_map_gets_features(city: Client) -> None:
    answer = city.ask("GET", "/entities?type=Room&limit=1", accept="application/geo+json")
    assert answer.json["type"] == "FeatureCollection"
    assert answer.json["features"][0]["geometry"] == {"type": "Point", "coordinates": [105.84, 21.59]}
    assert answer.json["features"][0]["properties"]["type"] == "Room"


def test_a_query_may_come_in_a_body(city: Client) -> None:
    body = {
        "type": "Query",
        "entities": [{"type": "Room", "idPattern": ".*:[12]"}, {"type": "Hall"}],
        "pick": ["id"],
        "join": "inline",
    }
    answer = city.ask("POST", "/entityOperations/query?limit=10", body)
    assert [one["id"][-1] for one in answer.json] == ["1", "2", "1"]
    assert city.ask("POST", "/entityOperations/query", {"type": "Query", "colour": 1}).status == 400
    assert city.ask("POST", "/entityOperations/query", {"entities": []}).status == 400
    assert city.ask("POST", "/entityOperations/query", {"type": "Query", "pick": [1]}).status == 400


def test_purging_needs_a_filter_and_takes_only_what_matches(city: Client) -> None:
    assert city.ask("DELETE", "/entities").status == 400
    assert city.ask("DELETE", "/entities?type=Room&keep=name&drop=name").status == 400
    assert city.ask("DELETE", "/entities?type=Room&drop=temperature,scope").status == 204
    assert city.ask("GET", "/entities?type=Room&attrs=temperature").json == []
    assert ids(city, "type=Room&limit=1000&scopeQ=/%23") == []
    assert city.ask("DELETE", "/entities?type=Hall&keep=name").status == 204
    assert ids(city, "type=Hall&q=name") == ["Hall:1"]
    assert city.ask("DELETE", "/entities?type=Hall").status == 204
    assert ids(city, "type=Room") == [f"Room:{number}" for number in range(5)]


def test_what_may_not_be_read_is_not_found_by_any_way(city: Client) -> None:
    ward = Caller("ward 2", wards=["/wards/W2"])
    blind = Caller("display", attributes=[DEFAULT + "name"])
    answer = city.ask("GET", "/entities?type=Room&count=true", by=ward)
    assert ([one["id"] for one in answer.json], answer.headers["ngsild-results-count"]) == (["urn:ngsi-ld:Room:2"], "1")
    assert city.ask("GET", "/types/Hall", by=ward).status == 404
    assert city.ask("GET", "/entities?q=temperature==22", by=blind).json == []
    assert "temperature" not in city.ask("GET", "/attributes", by=blind).json["attributeList"]


def test_types_and_attributes_are_told_with_their_counts(city: Client) -> None:
    assert city.ask("GET", "/types").json["typeList"] == ["Hall", "Room"]
    assert city.ask("GET", "/attributes").json["attributeList"] == ["location", "name", "temperature"]
    hall = city.ask("GET", "/types/Hall").json
    assert (hall["entityCount"], hall["attributeDetails"][0]["attributeTypes"]) == (1, ["Property"])
    detailed = city.ask("GET", "/types?details=true").json
    assert detailed[0] == {
        "id": DEFAULT + "Hall", "type": "EntityType", "typeName": "Hall", "attributeNames": ["name"]
    }  # fmt: skip
    temperature = city.ask("GET", "/attributes/temperature").json
    assert (temperature["attributeCount"], temperature["typeNames"]) == (5, ["Room"])
    attributes = {one["attributeName"]: one for one in city.ask("GET", "/attributes?details=true").json}
    assert attributes["name"]["typeNames"] == ["Hall", "Room"]
    assert city.ask("GET", "/attributes/colour").status == 404
    assert city.ask("GET", "/types?details=perhaps").status == 400


PLACES = {1: (105.9, 21.6), 2: (105.84, 21.59), 3: (106.5, 22.0)}


@pytest.fixture
def placed(client: Client) -> Client:
    """Three rooms at places, and one at none."""
    for number, place in PLACES.items():
        location = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": place}}
        client.ask("POST", "/entities", room(number, location=location, name=prop(f"n{number}")))
    client.ask("POST", "/entities", room(4, name=prop("n4")))
    return client


def in_order(answer: Answered) -> str:
    assert answer.status == 200, answer.json
    return "".join(one["id"].rpartition(":")[2] for one in answer.json)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("orderBy=location;dist-asc&orderFrom=[105.84,21.59]", "2134"),
        ("orderBy=location;dist-desc&orderFrom=[105.84,21.59]", "3124"),
        ("orderBy=location;dist-asc&orderFrom=[[106.4,22.1],[106.6,22.1]]&orderGeometry=LineString", "3124"),
        ("orderBy=name;desc,location;dist-asc&orderFrom=[105.84,21.59]", "4321"),
    ],
)
def test_entities_come_by_their_distance(placed: Client, order: str, expected: str) -> None:
    assert in_order(placed.ask("GET", f"/entities?type=Room&{order}")) == expected
    asked = "/temporal/entities?type=Room&timerel=after&timeAt=2020-01-01T00:00:00Z&timeproperty=modifiedAt"
    assert in_order(placed.ask("GET", f"{asked}&{order}")) == expected


def test_a_body_may_say_the_order_and_the_place_it_measures_from(placed: Client) -> None:
    ordering = {"orderBy": ["location;dist-desc", "id"], "coordinates": [105.84, 21.59], "geometry": "Point"}
    query = {"type": "Query", "entities": [{"type": "Room"}], "ordering": ordering}
    assert in_order(placed.ask("POST", "/entityOperations/query", query)) == "3124"
    period = {"timerel": "after", "timeAt": "2020-01-01T00:00:00Z", "timeproperty": "modifiedAt"}
    assert in_order(placed.ask("POST", "/temporal/entityOperations/query", {**query, "temporalQ": period})) == "3124"


@pytest.mark.parametrize(
    "order",
    [
        "orderBy=location;dist-asc",
        "orderBy=location;dist-asc&coordinates=[1,2]&geometry=Point&georel=near;maxDistance==5",
        "orderBy=location;dist-asc&orderFrom=here",
        "orderBy=location;dist-asc&orderFrom=[1,2]&orderGeometry=Circle",
        "orderBy=location;dist-asc&orderFrom=[1,2]&orderGeometry=Polygon",
    ],
)
def test_an_order_by_distance_needs_a_place_to_measure_from(placed: Client, order: str) -> None:
    answer = placed.ask("GET", f"/entities?type=Room&{order}")
    assert (answer.status, answer.json["type"].rpartition("/")[2]) == (400, "BadRequestData")


@pytest.mark.parametrize(
    "ordering",
    [
        {"orderBy": ["location;dist-asc"]},
        {"orderBy": ["location;dist-asc"], "coordinates": "8,40"},
        {"orderBy": ["id;asc"], "geometry": 5},
        {"orderBy": ["id;asc"], "collation": "de"},
        {"orderBy": "id"},
        {"orderBy": []},
        {"orderBy": ["id"], "colour": "red"},
        [],
    ],
)
def test_an_ordering_of_a_body_that_is_none_is_refused(placed: Client, ordering: object) -> None:
    query = {"type": "Query", "entities": [{"type": "Room"}], "ordering": ordering}
    assert placed.ask("POST", "/entityOperations/query", query).status == 400
