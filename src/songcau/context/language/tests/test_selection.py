"""What a request selects, and what of it an index can answer."""

from typing import Any

import pytest

from songcau.context.language import selection as module
from songcau.context.language.selection import Selection
from songcau.context.language.tests.samples import PLAIN, entity, expanded
from songcau.context.problems import BadRequestData, TooComplexQuery

CAMERA = entity("urn:ngsi-ld:Camera:7", ("Camera", "Device"), on=True)


@pytest.mark.parametrize(
    ("text", "covers", "holds"),
    [
        ("Camera", {"Camera"}, True),
        ("Building", {"Building"}, False),
        ("Building,Device", {"Building", "Device"}, True),
        ("Building|Device", {"Building", "Device"}, True),
        ("(Camera;Device)", {"Camera"}, True),
        ("Camera;Building", {"Camera"}, False),
        ("(Camera;Building),Device", {"Camera", "Device"}, True),
        ("(Camera,Building);(Building,Device);Device", {"Device"}, True),
        (" ( Camera ) ", {"Camera"}, True),
    ],
)
def test_a_selection_of_types(text: str, covers: set[str], holds: bool) -> None:
    found = Selection.of(terms=PLAIN, types=text)
    assert set(found.types or ()) == {expanded(name) for name in covers}
    assert found.matches(CAMERA) is holds


@pytest.mark.parametrize("text", ["", ",", "A,", "A;;B", "(A", "A)", "A B", "()", "A,,B", "<A>"])
def test_a_broken_selection_of_types_is_refused(text: str) -> None:
    with pytest.raises(BadRequestData):
        Selection.of(terms=PLAIN, types=text)


@pytest.mark.parametrize("text", ["(" * 40 + "A" + ")" * 40, "A," * 300 + "A", "A" * 9000])
def test_a_selection_of_types_is_bounded(text: str) -> None:
    with pytest.raises(TooComplexQuery):
        Selection.of(terms=PLAIN, types=text)


def test_ids_patterns_attributes_and_q_are_all_asked() -> None:
    def holds(**asked: str) -> bool:
        return Selection.of(terms=PLAIN, **asked).matches(CAMERA)

    assert holds()
    assert holds(ids="urn:x:1,urn:ngsi-ld:Camera:7")
    assert not holds(ids="urn:x:1")
    assert holds(id_pattern="^urn:.*7$")
    assert not holds(id_pattern="8$")
    assert holds(attrs="off,on")
    assert holds(attrs="on")
    assert not holds(attrs="off")
    assert holds(types="Camera", q="on==true", attrs="on", ids="urn:ngsi-ld:Camera:7")
    assert not holds(types="Camera", q="on==false", attrs="on", ids="urn:ngsi-ld:Camera:7")


@pytest.mark.parametrize(
    "asked",
    [
        {"ids": "no-uri"},
        {"ids": ""},
        {"ids": "urn:x:1,"},
        {"ids": "urn:x:a b"},
        {"id_pattern": "x**"},
        {"attrs": ""},
        {"attrs": "id,type"},
        {"attrs": "a,,b"},
        {"q": "a==="},
    ],
)
def test_bad_parameters_are_refused(asked: dict[str, str]) -> None:
    with pytest.raises(BadRequestData):
        Selection.of(terms=PLAIN, **asked)


def test_too_many_ids_or_attributes_are_too_complex() -> None:
    with pytest.raises(TooComplexQuery):
        Selection.of(terms=PLAIN, ids=[f"urn:x:{number}" for number in range(10_001)])
    with pytest.raises(TooComplexQuery):
        Selection.of(terms=PLAIN, attrs=[f"a{number}" for number in range(300)])


def test_a_selection_is_made_once_and_the_cache_is_bounded() -> None:
    one = Selection.of(terms=PLAIN, q="a==1")
    assert Selection.of(terms=PLAIN, q="a==1") is one
    for number in range(module.KEPT + 5):
        Selection.of(terms=PLAIN, q=f"b=={number}")
    assert len(module._kept) == module.KEPT
    assert Selection.of(terms=PLAIN, q="a==1") is not one


def test_what_an_index_can_answer_is_known() -> None:
    assert Selection.of(terms=PLAIN).is_everything
    assert Selection.of(terms=PLAIN, types="A,B").is_types
    assert not Selection.of(terms=PLAIN, types="A;B").is_types
    found = Selection.of(terms=PLAIN, types="A", attrs="x,y", q="z>1")
    assert found.needs == ({expanded("x"), expanded("y")}, {expanded("z")})
    assert not found.is_types


def test_places_and_scopes_are_asked_too() -> None:
    one = entity("urn:x:1", "A", ("/a/b",), location={"type": "GeoProperty", "value": POINT})
    near = {"georel": "near;maxDistance==10", "geometry": "Point", "coordinates": "[1,2]"}
    found = Selection.of(terms=PLAIN, scope_q="/a/#", **near)
    assert found.matches(one)
    assert found.area is not None
    assert found.scope is not None
    assert not Selection.of(terms=PLAIN, scope_q="/b/#", **near).matches(one)
    with pytest.raises(BadRequestData):
        Selection.of(terms=PLAIN, geometry="Point", coordinates="[1,2]")


def test_what_is_long_is_not_kept() -> None:
    long = "|".join(f"a=={number}" for number in range(200)) + ' ;b=="' + "x" * 4000 + '"'
    assert Selection.of(terms=PLAIN, q=long) is not Selection.of(terms=PLAIN, q=long)


POINT = {"type": "Point", "coordinates": [1, 2]}
CAR = entity("urn:x:car", "Car", ("/a",), speed=50, location={"type": "GeoProperty", "value": POINT})


@pytest.mark.parametrize(
    ("body", "holds"),
    [
        ({}, True),
        ({"entities": [{"type": "Car"}]}, True),
        ({"entities": [{"type": "(Car|Bus)"}]}, True),
        ({"entities": [{"type": "Bus"}]}, False),
        ({"entities": [{"id": "urn:x:car"}]}, True),
        ({"entities": [{"id": ["urn:x:a", "urn:x:car"], "type": "Car"}]}, True),
        ({"entities": [{"idPattern": "^urn:x:b", "type": "Car"}]}, False),
        ({"entities": [{"type": "Bus"}, {"type": "Car", "idPattern": "car$"}]}, True),
        ({"entities": [{"type": "Bus"}, {"type": "Car", "id": "urn:x:a"}]}, False),
        ({"entities": [{"id": "urn:x:a"}, {"id": "urn:x:car"}]}, True),
        ({"entities": [{"type": "Car"}], "attrs": ["speed"], "q": "speed>40", "scope_q": "/a"}, True),
        ({"attrs": "speed,other"}, True),
        ({"attrs": ["other"]}, False),
        ({"q": "speed%3E40"}, True),
        ({"geo_q": {"georel": "near;maxDistance==5", "geometry": "Point", "coordinates": [1, 2]}}, True),
        ({"geo_q": {"georel": "near;minDistance==5", "geometry": "Point", "coordinates": [1, 2]}}, False),
    ],
)
def test_a_selection_of_a_body(body: dict[str, Any], holds: bool) -> None:
    assert Selection.of_body(terms=PLAIN, **body).matches(CAR) is holds


def test_an_index_can_answer_selectors_too() -> None:
    one = Selection.of_body(terms=PLAIN, entities=[{"type": "Car"}])
    assert one.is_types
    several = Selection.of_body(terms=PLAIN, entities=[{"type": "Car"}, {"type": "Bus", "id": "urn:x:b"}])
    assert (several.types, several.ids) == ((expanded("Car"), expanded("Bus")), None)
    named = Selection.of_body(terms=PLAIN, entities=[{"id": "urn:x:a"}, {"type": "Bus", "id": ["urn:x:b"]}])
    assert (named.types, named.ids) == (None, ("urn:x:a", "urn:x:b"))


@pytest.mark.parametrize(
    "body",
    [
        {"entities": []},
        {"entities": {}},
        {"entities": [5]},
        {"entities": [{}]},
        {"entities": [{"type": 5}]},
        {"entities": [{"type": ""}]},
        {"entities": [{"id": "x"}]},
        {"entities": [{"id": []}]},
        {"entities": [{"id": 5}]},
        {"entities": [{"idPattern": "x**"}]},
        {"entities": [{"idPattern": 5}]},
        {"attrs": []},
        {"attrs": [5]},
        {"q": 5},
        {"q": "a=="},
        {"scope_q": []},
        {"geo_q": []},
    ],
)
def test_a_broken_body_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(BadRequestData):
        Selection.of_body(terms=PLAIN, **body)


def test_selectors_are_bounded() -> None:
    with pytest.raises(TooComplexQuery):
        Selection.of_body(terms=PLAIN, entities=[{"type": "A"}] * 300)
