"""Payloads in every form come to the same stored form, and what is wrong with one is said with the attribute's name."""

from typing import Any

import pytest

from songcau.context.entities.reading import NULL, read_entity, read_fragment
from songcau.context.problems import BadRequestData, InvalidRequest, OperationNotSupported
from songcau.context.terms import CORE, Contexts

DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"
SPEED = DEFAULT + "speed"
POINT = {"type": "Point", "coordinates": [105.8, 21.6]}


def read(attribute: Any, **how: bool) -> Any:
    """The one attribute of an entity, read."""
    draft = read_fragment({"speed": attribute}, CORE, **how)
    return draft.attributes[SPEED]


def refused(attribute: Any, **how: bool) -> str:
    with pytest.raises(BadRequestData) as refusal:
        read(attribute, **how)
    return refusal.value.detail


def test_an_entity_is_read_with_its_names_expanded() -> None:
    draft = read_entity(
        {
            "@context": "https://ignored.example.org",
            "id": "urn:ngsi-ld:Vehicle:1",
            "type": ["Vehicle", "Car", "Vehicle"],
            "scope": ["/wards/W05512", "/wards/W05512", "depot"],
            "createdAt": "whenever",
            "speed": {"type": "Property", "value": 5},
            "location": {"type": "GeoProperty", "value": POINT},
        },
        CORE,
    )
    assert draft.id == "urn:ngsi-ld:Vehicle:1"
    assert draft.types == (DEFAULT + "Vehicle", DEFAULT + "Car")
    assert draft.scopes == ("/wards/W05512", "depot")
    assert draft.attributes == {
        SPEED: {"type": "Property", "value": 5},
        "https://uri.etsi.org/ngsi-ld/location": {"type": "GeoProperty", "value": POINT},
    }


def test_the_words_of_json_ld_are_taken_for_id_and_type() -> None:
    draft = read_entity({"@id": "urn:x:1", "@type": "Vehicle", "speed": {"@type": "Property", "value": 5}}, CORE)
    assert (draft.id, draft.types) == ("urn:x:1", (DEFAULT + "Vehicle",))
    assert draft.attributes[SPEED] == {"type": "Property", "value": 5}


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "Vehicle"},
        {"id": "urn:x:1"},
        {"id": "no uri", "type": "Vehicle"},
        {"id": 5, "type": "Vehicle"},
        {"id": "", "type": "Vehicle"},
        {"id": "urn:x:1", "type": ""},
        {"id": "urn:x:1", "type": []},
        {"id": "urn:x:1", "type": [5]},
        {"id": "urn:x:1", "type": 5},
        {"id": "urn:x:1", "type": "type"},
        {"id": "urn:x:1", "type": "two words"},
        {"id": "urn:x:1", "type": "Vehicle", "scope": 5},
        {"id": "urn:x:1", "type": "Vehicle", "scope": "/a//b"},
        {"id": "urn:x:1", "type": "Vehicle", "scope": "/a b"},
        {"id": "urn:x:1", "type": "Vehicle", "value": 5},
        {"id": "urn:x:1", "type": "Vehicle", "observedAt": "2026-11-28T01:00:00Z"},
        {"id": "urn:x:1", "type": "Vehicle", "a-b": 5},
        {"id": "urn:x:1", "type": "Vehicle", "speed": 5, DEFAULT + "speed": 5},
    ],
)
def test_a_malformed_entity_is_refused(payload: Any) -> None:
    with pytest.raises(BadRequestData):
        read_entity(payload, CORE)


@pytest.mark.parametrize("payload", [[], "text", None, 5])
def test_what_is_no_object_is_no_entity(payload: Any) -> None:
    with pytest.raises(InvalidRequest):
        read_entity(payload, CORE)


def test_transient_entities_are_refused_and_not_forgotten_about() -> None:
    with pytest.raises(OperationNotSupported):
        read_fragment({"expiresAt": "2026-11-28T01:00:00Z"}, CORE)


def test_entities_have_a_bounded_number_of_attributes() -> None:
    with pytest.raises(BadRequestData):
        read_fragment({f"a{n}": 5 for n in range(10_001)}, CORE)


def test_a_scope_is_deleted_by_a_null() -> None:
    assert read_fragment({"scope": NULL}, CORE, nulls=True).scopes == ()
    assert read_fragment({}, CORE).scopes is None


@pytest.mark.parametrize(
    ("payload", "stored"),
    [
        ({"type": "Property", "value": [1, {"a": "b"}]}, {"type": "Property", "value": [1, {"a": "b"}]}),
        ({"type": "Property", "value": 1.5, "unitCode": "KMH"}, {"type": "Property", "value": 1.5, "unitCode": "KMH"}),
        (
            {"type": "Property", "value": 1, "valueType": "xsd"},
            {"type": "Property", "value": 1, "valueType": DEFAULT + "xsd"},
        ),
        (
            {"type": "Property", "value": 1, "datasetId": "urn:d:1"},
            {"type": "Property", "value": 1, "datasetId": "urn:d:1"},
        ),
        ({"type": "Property", "value": 1, "datasetId": "@none"}, {"type": "Property", "value": 1}),
        (
            {"type": "Property", "value": 1, "createdAt": 1, "modifiedAt": 2, "instanceId": 3, "previousValue": 0},
            {"type": "Property", "value": 1},
        ),
        (
            {"type": "Property", "value": {"@type": "DateTime", "@value": "2026-11-28T01:00:00Z"}},
            {"type": "Property", "value": {"@type": "DateTime", "@value": "2026-11-28T01:00:00Z"}},
        ),
        (
            {"type": "Property", "value": {"@type": "@json", "@value": None}},
            {"type": "Property", "value": {"@type": "@json", "@value": None}},
        ),
        ({"type": "GeoProperty", "value": POINT}, {"type": "GeoProperty", "value": POINT}),
        (
            {"type": "Relationship", "object": "urn:x:1", "objectType": "Car"},
            {"type": "Relationship", "object": "urn:x:1", "objectType": DEFAULT + "Car"},
        ),
        ({"type": "Relationship", "object": ["urn:x:1"]}, {"type": "Relationship", "object": ["urn:x:1"]}),
        (
            {"type": "Relationship", "object": "urn:x:1", "objectType": ["Car", "Bus"], "entity": {"id": "urn:x:1"}},
            {"type": "Relationship", "object": "urn:x:1", "objectType": [DEFAULT + "Car", DEFAULT + "Bus"]},
        ),
        (
            {"type": "LanguageProperty", "languageMap": {"vi": "Cầu", "en": ["Bridge", "River"]}},
            {"type": "LanguageProperty", "languageMap": {"vi": "Cầu", "en": ["Bridge", "River"]}},
        ),
        ({"type": "VocabProperty", "vocab": "high"}, {"type": "VocabProperty", "vocab": DEFAULT + "high"}),
        ({"type": "VocabProperty", "vocab": ["high"]}, {"type": "VocabProperty", "vocab": [DEFAULT + "high"]}),
        (
            {"type": "JsonProperty", "json": {"id": 5, "null": None, "type": []}},
            {"type": "JsonProperty", "json": {"id": 5, "null": None, "type": []}},
        ),
        ({"type": "ListProperty", "valueList": [1, "a"]}, {"type": "ListProperty", "valueList": [1, "a"]}),
        (
            {"type": "ListRelationship", "objectList": ["urn:x:1", {"object": "urn:x:2"}]},
            {"type": "ListRelationship", "objectList": [{"object": "urn:x:1"}, {"object": "urn:x:2"}]},
        ),
        (
            {"type": "Property", "value": 1, "accuracy": {"type": "Property", "value": 0.1, "by": "tape"}},
            {
                "type": "Property",
                "value": 1,
                DEFAULT + "accuracy": {
                    "type": "Property",
                    "value": 0.1,
                    DEFAULT + "by": {"type": "Property", "value": "tape"},
                },
            },
        ),
        (
            {
                "type": "Property",
                "value": 1,
                "ngsildproof": {
                    "type": "Property",
                    "entityIdSealed": "urn:x:1",
                    "entityTypeSealed": "Car",
                    "value": {"type": "DataIntegrityProof"},
                },
            },
            {
                "type": "Property",
                "value": 1,
                "https://uri.etsi.org/ngsi-ld/ngsildproof": {
                    "type": "Property",
                    "entityIdSealed": "urn:x:1",
                    "entityTypeSealed": DEFAULT + "Car",
                    "value": {"type": "DataIntegrityProof"},
                },
            },
        ),
    ],
)  # fmt: skip
def test_a_normalized_attribute_is_stored_as_it_is(payload: Any, stored: Any) -> None:
    assert read(payload) == stored


@pytest.mark.parametrize(
    ("payload", "stored"),
    [
        (5, {"type": "Property", "value": 5}),
        ("text", {"type": "Property", "value": "text"}),
        (False, {"type": "Property", "value": False}),
        ([1, {"a": 2}], {"type": "Property", "value": [1, {"a": 2}]}),
        ([], {"type": "Property", "value": []}),
        ({"street": "Bến Tượng"}, {"type": "Property", "value": {"street": "Bến Tượng"}}),
        (POINT, {"type": "GeoProperty", "value": POINT}),
        ({"value": 5, "unitCode": "KMH"}, {"type": "Property", "value": 5, "unitCode": "KMH"}),
        ({"value": POINT}, {"type": "GeoProperty", "value": POINT}),
        ({"object": "urn:x:1"}, {"type": "Relationship", "object": "urn:x:1"}),
        ({"languageMap": {"vi": "a"}}, {"type": "LanguageProperty", "languageMap": {"vi": "a"}}),
        ({"vocab": "high"}, {"type": "VocabProperty", "vocab": DEFAULT + "high"}),
        ({"json": [None]}, {"type": "JsonProperty", "json": [None]}),
        ({"valueList": [1]}, {"type": "ListProperty", "valueList": [1]}),
        ({"objectList": ["urn:x:1"]}, {"type": "ListRelationship", "objectList": [{"object": "urn:x:1"}]}),
        ({"@type": "Day", "@value": "2026"}, {"type": "Property", "value": {"@type": "Day", "@value": "2026"}}),
        (
            {"dataset": {"@none": 5, "urn:d:1": 6}},
            [{"type": "Property", "value": 5}, {"type": "Property", "value": 6, "datasetId": "urn:d:1"}],
        ),
    ],
)  # fmt: skip
def test_a_concise_attribute_gets_its_kind(payload: Any, stored: Any) -> None:
    assert read(payload) == stored


@pytest.mark.parametrize(
    ("payload", "stored"),
    [
        (5, {"type": "Property", "value": 5}),
        ([{"object": "urn:x:1"}], {"type": "Property", "value": [{"object": "urn:x:1"}]}),
        ({"value": 5}, {"type": "Property", "value": {"value": 5}}),
        (POINT, {"type": "GeoProperty", "value": POINT}),
        ({"vocab": "high"}, {"type": "VocabProperty", "vocab": DEFAULT + "high"}),
        ({"json": 5}, {"type": "JsonProperty", "json": 5}),
        ({"languageMap": {"vi": "a"}}, {"type": "LanguageProperty", "languageMap": {"vi": "a"}}),
        ({"dataset": {"urn:d:1": 6}}, {"type": "Property", "value": 6, "datasetId": "urn:d:1"}),
        (
            {"dataset": {"urn:d:1": {"vocab": "a"}, "@none": POINT}},
            [
                {"type": "VocabProperty", "vocab": DEFAULT + "a", "datasetId": "urn:d:1"},
                {"type": "GeoProperty", "value": POINT},
            ],
        ),
    ],
)
def test_a_simplified_attribute_is_its_value(payload: Any, stored: Any) -> None:
    assert read(payload, simplified=True) == stored


def test_several_instances_are_told_apart_by_their_dataset() -> None:
    first, second = {"type": "Property", "value": 1}, {"type": "Property", "value": 2, "datasetId": "urn:d:1"}
    assert read([first, second]) == [first, second]
    assert read([second]) == second
    assert read({"type": "Property", "value": 1, "by": [{"value": 1}, second]})[DEFAULT + "by"] == [first, second]


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        (None, "null"),
        ({}, "no value"),
        ({"unitCode": "KMH"}, "no value"),
        ({"type": "Property"}, "without value"),
        ({"type": "Property", "value": None}, "value is null"),
        ({"type": "Property", "value": [1, {"a": None}]}, "value is null"),
        ({"type": "Property", "value": NULL}, "NGSI-LD Null"),
        ({"type": "Property", "value": {"a": NULL}}, "NGSI-LD Null"),
        ({"type": "Property", "value": 5, "object": "urn:x:1"}, "a Property has no object"),
        ({"type": "Property", "value": 5, "languageMap": {"vi": "a"}}, "no languageMap"),
        ({"type": "Property", "value": 5, "@context": {}}, "no @context"),
        ({"type": "Property", "value": 5, "entityIdSealed": "urn:x:1"}, "no entityIdSealed"),
        ({"type": "Relationship", "object": "urn:x:1", "unitCode": "KMH"}, "no unitCode"),
        ({"type": "VocabProperty", "vocab": "a", "unitCode": "KMH"}, "no unitCode"),
        ({"value": 5, "object": "urn:x:1"}, "both value and object"),
        ({"type": "Number", "value": 5}, "its type is none of Property"),
        ({"type": ["Property"], "value": 5}, "its type is none of Property"),
        ({"type": "PostalAddress", "street": "a"}, "its type is none of Property"),
        ({"type": "Property", "value": 5, "observedAt": "2026-11-28T01:00:00"}, "observedAt has no time zone"),
        ({"type": "Property", "value": 5, "observedAt": "2026-11-28"}, "observedAt is not a date and time"),
        ({"type": "Property", "value": 5, "observedAt": 5}, "observedAt is not a date and time"),
        ({"type": "Property", "value": 5, "observedAt": NULL}, "observedAt is not a date and time"),
        ({"type": "Property", "value": 5, "unitCode": 5}, "unitCode is not text"),
        ({"type": "Property", "value": 5, "unitCode": ""}, "unitCode is not text"),
        ({"type": "Property", "value": 5, "unitCode": NULL}, "NGSI-LD Null"),
        ({"type": "Property", "value": 5, "datasetId": "no uri"}, "datasetId is not a URI"),
        ({"type": "Property", "value": 5, "datasetId": NULL}, "NGSI-LD Null"),
        ({"type": "Property", "value": 5, "valueType": 5}, "neither a text nor a list"),
        ({"type": "GeoProperty", "value": "here"}, "not a GeoJSON geometry"),
        ({"type": "Relationship", "object": "no uri"}, "object is not a URI"),
        ({"type": "Relationship", "object": NULL}, "NGSI-LD Null"),
        ({"type": "Relationship", "object": []}, "empty list"),
        ({"type": "Relationship", "object": [5]}, "object is not a URI"),
        ({"type": "Relationship", "object": {"id": "urn:x:1"}}, "object is not a URI"),
        ({"type": "Relationship", "object": "urn:x:1", "objectType": []}, "neither a text nor a list"),
        ({"type": "LanguageProperty", "languageMap": {}}, "not an object of texts"),
        ({"type": "LanguageProperty", "languageMap": "a"}, "not an object of texts"),
        ({"type": "LanguageProperty", "languageMap": {"v i": "a"}}, "no language"),
        ({"type": "LanguageProperty", "languageMap": {"vi": 5}}, "something else than text"),
        ({"type": "LanguageProperty", "languageMap": {"vi": []}}, "something else than text"),
        ({"type": "LanguageProperty", "languageMap": {"@none": NULL}}, "something else than text"),
        ({"type": "VocabProperty", "vocab": 5}, "neither a text nor a list"),
        ({"type": "VocabProperty", "vocab": []}, "neither a text nor a list"),
        ({"type": "JsonProperty", "json": None}, "json is null"),
        ({"type": "ListProperty", "valueList": 5}, "valueList is not a list"),
        ({"type": "ListProperty", "valueList": [None]}, "valueList is null"),
        ({"type": "ListRelationship", "objectList": "urn:x:1"}, "objectList is not a list"),
        ({"type": "ListRelationship", "objectList": ["no uri"]}, "objectList is not a URI"),
        ({"type": "ListRelationship", "objectList": [{"object": "urn:x:1", "a": 1}]}, "other members"),
        ([{"type": "Property", "value": 5}, 5], "not every part is an instance"),
        ([{"type": "Property", "value": 5}, {"value": 6}], "two instances of one dataset"),
        ({"dataset": 5}, "dataset is not an object"),
        ({"dataset": {}}, "dataset is not an object"),
        ({"dataset": {"no uri": 5}}, "dataset is not a URI"),
        ({"dataset": {"urn:d:1": {"dataset": {"urn:d:2": 5}}}}, "datasets within datasets"),
        ({"type": "Property", "value": 5, "accuracy": {"type": "Property"}}, "'speed.accuracy': it is a Property"),
        ({"type": "Property", "value": 5, "a": {"value": 1, "b": None}}, "'speed.a.b': it is null"),
        ({"type": "Property", "value": 5, "a": 1, DEFAULT + "a": 2}, "twice"),
        ({"type": "Property", "value": 5, "ngsildproof": {"type": "Property", "value": 1, "entityIdSealed": 1}}, "URI"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_attribute_and_what_is_wrong(payload: Any, sentence: str) -> None:
    detail = refused(payload)
    assert "'speed" in detail or "twice" in detail
    assert sentence in detail


def test_an_empty_simplified_object_is_refused() -> None:
    assert "no value" in refused({}, simplified=True)


@pytest.mark.parametrize("kind", ["value", "json"])
def test_deep_values_are_refused(kind: str) -> None:
    deep: Any = 5
    for _ in range(40):
        deep = [{"a": deep}]
    assert "levels deep" in refused({kind: deep})


def test_deep_attributes_are_refused() -> None:
    deep: Any = {"value": 5}
    for _ in range(40):
        deep = {"value": 5, "a": deep}
    assert "levels deep" in refused(deep)


def test_names_are_expanded_by_the_context_of_the_request() -> None:
    terms = Contexts().at_hand({"speed": "https://x.org/speed", "high": "https://x.org/high"})
    assert terms is not None
    draft = read_fragment({"type": "Car", "speed": {"vocab": ["high", "low"]}}, terms)
    assert draft.attributes == {
        "https://x.org/speed": {"type": "VocabProperty", "vocab": ["https://x.org/high", DEFAULT + "low"]}
    }
