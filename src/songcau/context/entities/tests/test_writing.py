"""What was stored is written in each form that a reader may ask for."""

import gc
import weakref
from typing import Any

import orjson
import pytest

from songcau.context.entities import writing
from songcau.context.entities.changes import as_deleted, with_previous
from songcau.context.entities.entity import Entity
from songcau.context.entities.reading import read_fragment
from songcau.context.entities.writing import (
    MOST_ANSWERS,
    Form,
    with_context,
    write_attribute,
    write_document,
    write_entity,
)
from songcau.context.problems import BadRequestData
from songcau.context.terms import CORE, Contexts

DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"


class Remembered(dict[str, Any]):
    """A dictionary whose end can be seen."""


AT = "2026-11-28T01:00:00.000000Z"
POINT = {"type": "Point", "coordinates": [105.8, 21.6]}
D1 = "urn:ngsi-ld:Dataset:1"


def entity(attributes: Any, *, types: tuple[str, ...] = ("Bridge",), scopes: tuple[str, ...] = ()) -> Entity:
    """An entity as it would be stored, all of whose attributes have stamps."""
    read = read_fragment(attributes, CORE).attributes
    for attribute in read.values():
        for instance in attribute if isinstance(attribute, list) else [attribute]:
            instance.update(createdAt=AT, modifiedAt=AT)
    return Entity("urn:ngsi-ld:Bridge:1", tuple(DEFAULT + name for name in types), scopes, read, AT, AT)


def written(attribute: Any, form: Form) -> Any:
    """The one attribute of an entity, stored and written again; absent: None."""
    return write_document(entity({"speed": attribute}), CORE, form).get("speed")


ATTRIBUTES: list[tuple[Any, Any, Any]] = [  # normalized, concise, simplified
    ({"type": "Property", "value": 5}, 5, 5),
    ({"type": "Property", "value": "a"}, "a", "a"),
    ({"type": "Property", "value": [1, "a"]}, [1, "a"], [1, "a"]),
    ({"type": "Property", "value": {"a": 1}}, {"a": 1}, {"a": 1}),
    ({"type": "Property", "value": {"type": "a"}}, {"value": {"type": "a"}}, {"type": "a"}),
    ({"type": "Property", "value": {"object": 1}}, {"value": {"object": 1}}, {"object": 1}),
    ({"type": "Property", "value": {"dataset": 1}}, {"value": {"dataset": 1}}, {"dataset": 1}),
    ({"type": "Property", "value": {}}, {"value": {}}, {}),
    ({"type": "Property", "value": [{"value": 1}]}, {"value": [{"value": 1}]}, [{"value": 1}]),
    ({"type": "Property", "value": POINT}, {"type": "Property", "value": POINT}, POINT),
    ({"type": "Property", "value": 5, "unitCode": "KMH"}, {"value": 5, "unitCode": "KMH"}, 5),
    ({"type": "Property", "value": 5, "valueType": "Speed"}, {"value": 5, "valueType": "Speed"}, 5),
    ({"type": "GeoProperty", "value": POINT}, POINT, POINT),
    ({"type": "GeoProperty", "value": POINT, "observedAt": AT}, {"value": POINT, "observedAt": AT}, POINT),
    ({"type": "Relationship", "object": "urn:x:1"}, {"object": "urn:x:1"}, "urn:x:1"),
    (
        {"type": "Relationship", "object": ["urn:x:1"], "objectType": "Car"},
        {"object": ["urn:x:1"], "objectType": "Car"},
        ["urn:x:1"],
    ),
    (
        {"type": "LanguageProperty", "languageMap": {"vi": "Cầu"}},
        {"languageMap": {"vi": "Cầu"}},
        {"languageMap": {"vi": "Cầu"}},
    ),
    ({"type": "VocabProperty", "vocab": "high"}, {"vocab": "high"}, {"vocab": "high"}),
    ({"type": "VocabProperty", "vocab": ["a", "b"]}, {"vocab": ["a", "b"]}, {"vocab": ["a", "b"]}),
    ({"type": "JsonProperty", "json": {"id": None}}, {"json": {"id": None}}, {"json": {"id": None}}),
    ({"type": "ListProperty", "valueList": [1, 2]}, {"valueList": [1, 2]}, [1, 2]),
    (
        {"type": "ListRelationship", "objectList": [{"object": "urn:x:1"}]},
        {"objectList": [{"object": "urn:x:1"}]},
        ["urn:x:1"],
    ),
    (
        {
            "type": "Property",
            "value": 5,
            "accuracy": {"type": "Property", "value": 1, "by": {"type": "Property", "value": "tape"}},
        },
        {"value": 5, "accuracy": {"value": 1, "by": "tape"}},
        5,
    ),
    (
        [{"type": "Property", "value": 5}, {"type": "Property", "value": 6, "datasetId": D1}],
        [5, {"value": 6, "datasetId": D1}],
        {"dataset": {"@none": 5, D1: 6}},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("normalized", "concise", "simplified"), ATTRIBUTES)
def test_an_attribute_is_written_in_each_form(normalized: Any, concise: Any, simplified: Any) -> None:
    assert written(normalized, Form()) == normalized
    assert written(normalized, Form(style="concise")) == concise
    assert written(normalized, Form(style="simplified")) == simplified


def test_an_entity_is_written_with_type_and_scope_as_text_when_there_is_one() -> None:
    assert write_document(entity({}, scopes=("/A",)), CORE, Form()) == {
        "id": "urn:ngsi-ld:Bridge:1",
        "type": "Bridge",
        "scope": "/A",
    }
    several = write_document(entity({}, types=("Bridge", "Monument"), scopes=("/A", "/B")), CORE, Form())
    assert (several["type"], several["scope"]) == (["Bridge", "Monument"], ["/A", "/B"])


def test_stamps_are_written_when_they_are_asked_for() -> None:
    document = write_document(entity({"speed": 5}), CORE, Form(sys_attrs=True))
    assert document["createdAt"] == document["modifiedAt"] == AT
    assert document["speed"] == {"type": "Property", "value": 5, "createdAt": AT, "modifiedAt": AT}
    concise = write_document(entity({"speed": 5}), CORE, Form(style="concise", sys_attrs=True))
    assert concise["speed"] == {"value": 5, "createdAt": AT, "modifiedAt": AT}


NAMES = {"languageMap": {"vi": "Cầu", "fr-CH": "Pont", "en": "Bridge"}, "observedAt": AT}


@pytest.mark.parametrize(
    ("lang", "value", "language"),
    [
        ("en", "Bridge", "en"),
        ("EN", "Bridge", "en"),
        ("vi-VN", "Cầu", "vi"),
        ("fr-ch-x-a", "Pont", "fr-CH"),
        ("de,en;q=0.5", "Bridge", "en"),
        ("en;q=0.5,vi;q=0.9", "Cầu", "vi"),
        ("*", "Cầu", "vi"),
        ("de", "Cầu", "vi"),
        ("en;q=0", "Cầu", "vi"),
    ],
)
def test_one_language_is_chosen(lang: str, value: str, language: str) -> None:
    normalized = {"type": "Property", "value": value, "lang": language, "observedAt": AT}
    assert written(NAMES, Form(lang=lang)) == normalized
    assert written(NAMES, Form(lang=lang, style="simplified")) == value
    assert written(5, Form(lang=lang, style="simplified")) == 5


def test_the_text_without_a_language_is_taken_before_any_other() -> None:
    assert written({"languageMap": {"vi": "a", "@none": "b"}}, Form(lang="en", style="simplified")) == "b"


@pytest.mark.parametrize("lang", ["", "e n", "en;q=2", "en;q=x", "en;r=1", "en,,vi", ",".join(["en"] * 40)])
def test_what_is_no_language_is_refused(lang: str) -> None:
    with pytest.raises(BadRequestData, match=r"language|weight"):
        written(NAMES, Form(lang=lang))


def test_attributes_are_picked_and_omitted() -> None:
    bridge = entity({"speed": 5, "height": 6}, scopes=("/A",))
    assert write_document(bridge, CORE, Form(pick=("id", DEFAULT + "speed"), style="simplified")) == {
        "id": "urn:ngsi-ld:Bridge:1",
        "speed": 5,
    }
    assert write_document(bridge, CORE, Form(omit=("id", "scope", DEFAULT + "speed"), style="simplified")) == {
        "type": "Bridge",
        "height": 6,
    }
    assert write_document(bridge, CORE, Form(attrs=(DEFAULT + "height",), style="simplified")) == {
        "id": "urn:ngsi-ld:Bridge:1",
        "type": "Bridge",
        "height": 6,
    }
    assert write_document(bridge, CORE, Form(attrs=("scope",)))["scope"] == "/A"
    assert write_document(bridge, CORE, Form(pick=())) == {}


SEVERAL = [
    {"type": "Property", "value": 5},
    {"type": "Property", "value": 6, "datasetId": D1},
    {"type": "Property", "value": 7, "datasetId": "urn:ngsi-ld:Dataset:2"},
]


@pytest.mark.parametrize(
    ("datasets", "shown"),
    [
        ((D1,), SEVERAL[1]),
        (("@none",), SEVERAL[0]),
        ((D1, "@none"), SEVERAL[:2]),
        (("urn:ngsi-ld:Dataset:3",), None),
    ],
)
def test_instances_are_chosen_by_dataset(datasets: tuple[str, ...], shown: Any) -> None:
    assert written(SEVERAL, Form(datasets=datasets)) == shown


def test_a_feature_has_the_geometry_that_is_asked_for() -> None:
    other = {"type": "Point", "coordinates": [105, 21]}
    bridge = entity({"location": POINT, "observationSpace": other, "speed": 5}, scopes=("/A",))
    assert write_document(bridge, CORE, Form(geojson=True, style="simplified")) == {
        "id": "urn:ngsi-ld:Bridge:1",
        "type": "Feature",
        "geometry": POINT,
        "properties": {"type": "Bridge", "scope": "/A", "location": POINT, "observationSpace": other, "speed": 5},
    }
    form = Form(geojson=True, geometry=CORE.expand("observationSpace"), pick=("type",))
    assert write_document(bridge, CORE, form) == {
        "type": "Feature",
        "geometry": other,
        "properties": {"type": "Bridge"},
    }


def test_a_feature_without_the_geometry_has_none() -> None:
    assert write_document(entity({"location": "here"}), CORE, Form(geojson=True))["geometry"] is None
    assert write_document(entity({}), CORE, Form(geojson=True))["geometry"] is None
    several = entity({"location": [{"value": POINT, "datasetId": D1}, {"value": POINT, "datasetId": "urn:d:2"}]})
    assert write_document(several, CORE, Form(geojson=True))["geometry"] is None
    assert write_document(several, CORE, Form(geojson=True, datasets=(D1,)))["geometry"] == POINT


def test_names_are_compacted_by_the_context_of_the_request() -> None:
    terms = Contexts().at_hand({"v": DEFAULT + "speed", "Cầu": DEFAULT + "Bridge"})
    assert terms is not None
    bridge = entity({"speed": {"value": 5, "speed": {"vocab": "speed"}}})
    assert write_document(bridge, terms, Form(style="concise")) == {
        "id": "urn:ngsi-ld:Bridge:1",
        "type": "Cầu",
        "v": {"value": 5, "v": {"vocab": "v"}},
    }


def test_an_answer_is_kept_on_the_entity_by_context_and_form() -> None:
    bridge = entity({"speed": 5})
    terms = Contexts().at_hand({"v": DEFAULT + "speed"})
    assert terms is not None
    first = write_entity(bridge, CORE, Form())
    assert orjson.loads(first) == write_document(bridge, CORE, Form())
    assert write_entity(bridge, CORE, Form(style="normalized")) is first
    assert write_entity(bridge, terms, Form()) != first
    assert write_entity(bridge, CORE, Form(style="simplified")) != first


def test_kept_answers_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    bridge = entity({"speed": 5})
    for number in range(MOST_ANSWERS + 1):
        write_entity(bridge, CORE, Form(pick=(f"urn:x:{number}",)))
    assert bridge.answers is not None
    assert len(bridge.answers) == 1
    monkeypatch.setattr(writing, "MOST_ENTITIES_WITH_ANSWERS", 2)
    monkeypatch.setattr(writing, "_kept", writing.Kept())
    several = [entity({}) for _ in range(3)]
    for one in several:
        write_entity(one, CORE, Form())
    assert [bool(one.answers) for one in several] == [False, True, True]
    write_entity(several[0], CORE, Form())
    assert [bool(one.answers) for one in several] == [True, False, True]


def test_an_answer_leaves_no_circle_for_the_collector() -> None:
    bridge = entity({"speed": 5})
    gc.collect()
    for style in ("normalized", "concise", "simplified"):
        write_entity(bridge, CORE, Form(style=style))  # type: ignore[arg-type]
    assert gc.collect() == 0


def test_kept_answers_are_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = writing.Kept()
    monkeypatch.setattr(writing, "_kept", kept)
    monkeypatch.setattr(writing, "MOST_BYTES_OF_ANSWERS", 1_000_000)
    several = [entity({"text": "x" * 10_000}) for _ in range(200)]
    for one in several:
        for number in range(MOST_ANSWERS + 3):
            write_entity(one, CORE, Form(attrs=(DEFAULT + "text", f"urn:x:{number}")))
    there = [one.answers for one in several if one.answers]
    assert kept.size == sum(len(piece) for answers in there for piece in answers.values())
    assert 900_000 < kept.size <= 1_000_000
    large = entity({"text": "x" * 100_000})
    assert write_entity(large, CORE, Form()) == write_entity(large, CORE, Form())
    assert not large.answers


def test_a_kept_answer_does_not_keep_its_entity() -> None:
    bridge = entity({"speed": 5})
    attributes = Remembered(bridge.attributes)
    bridge.attributes, known = attributes, weakref.ref(attributes)
    write_entity(bridge, CORE, Form())
    del bridge, attributes
    assert known() is None


def test_the_context_is_put_into_a_written_entity() -> None:
    terms = Contexts().at_hand(["https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.6.jsonld"])
    assert terms is not None
    text = with_context(write_entity(entity({}), terms, Form()), terms)
    assert orjson.loads(text)["@context"] == "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.6.jsonld"
    assert orjson.loads(with_context(b"{}", CORE)) == {"@context": CORE.reference}


def test_an_attribute_is_written_alone() -> None:
    attribute = entity({"speed": 5}).attributes[DEFAULT + "speed"]
    assert write_attribute(attribute, CORE, Form(style="simplified")) == 5


def test_what_was_before_is_shown_where_it_changed() -> None:
    before = entity({"speed": [{"value": 5}, {"vocab": "a", "datasetId": D1}]}).attributes[DEFAULT + "speed"]
    after = entity({"speed": [{"value": 6}, {"vocab": "b", "datasetId": D1}, {"value": 1, "datasetId": "urn:d:2"}]})
    shown = with_previous(after.attributes[DEFAULT + "speed"], before)
    assert write_attribute(shown, CORE, Form()) == [
        {"type": "Property", "value": 6, "previousValue": 5},
        {"type": "VocabProperty", "vocab": "b", "datasetId": D1, "previousVocab": "a"},
        {"type": "Property", "value": 1, "datasetId": "urn:d:2"},
    ]
    assert write_attribute(with_previous({"type": "Property", "value": 1}, None), CORE, Form()) == {
        "type": "Property",
        "value": 1,
    }


@pytest.mark.parametrize(
    ("payload", "shown"),
    [
        ({"value": 5, "datasetId": D1}, {"type": "Property", "value": "urn:ngsi-ld:null", "datasetId": D1}),
        ({"object": "urn:x:1"}, {"type": "Relationship", "object": "urn:ngsi-ld:null"}),
        ({"vocab": "a"}, {"type": "VocabProperty", "vocab": "urn:ngsi-ld:null"}),
        ({"languageMap": {"vi": "a"}}, {"type": "LanguageProperty", "languageMap": {"@none": "urn:ngsi-ld:null"}}),
        ({"valueList": [1]}, {"type": "ListProperty", "valueList": ["urn:ngsi-ld:null"]}),
        ({"objectList": ["urn:x:1"]}, {"type": "ListRelationship", "objectList": [{"object": "urn:ngsi-ld:null"}]}),
    ],
)
def test_what_is_gone_is_shown_by_a_null(payload: Any, shown: Any) -> None:
    attribute = entity({"speed": payload}).attributes[DEFAULT + "speed"]
    assert write_attribute(as_deleted(attribute, AT), CORE, Form()) == shown
    sys_attrs = write_attribute(as_deleted(attribute, AT), CORE, Form(sys_attrs=True))
    assert sys_attrs == {**shown, "createdAt": AT, "modifiedAt": AT, "deletedAt": AT}


def test_what_is_gone_may_be_shown_with_what_it_said() -> None:
    attributes = entity({"speed": [{"languageMap": {"vi": "a"}}, {"value": 5, "datasetId": D1}]}).attributes
    gone = as_deleted(attributes[DEFAULT + "speed"], AT, previous=True, bare=True)
    first = {"type": "LanguageProperty", "languageMap": "urn:ngsi-ld:null", "previousLanguageMap": {"vi": "a"}}
    assert write_attribute(gone, CORE, Form()) == [
        first,
        {"type": "Property", "value": "urn:ngsi-ld:null", "datasetId": D1, "previousValue": 5},
    ]
    assert write_attribute(gone, CORE, Form(lang="vi"))[0] == first
    assert write_attribute(gone[0], CORE, Form(lang="vi", style="simplified")) == "urn:ngsi-ld:null"
