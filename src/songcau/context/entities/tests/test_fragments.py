"""Nulls delete where they may, and a fragment says only what changes."""

from typing import Any

import pytest

from songcau.context.entities.reading import DELETED, NULL, deleted_of, is_deletion, read_attribute, read_fragment
from songcau.context.problems import BadRequestData
from songcau.context.terms import CORE

DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"


def read(attribute: Any, **how: bool) -> Any:
    """The one attribute of an entity, read."""
    return read_fragment({"speed": attribute}, CORE, **how).attributes[DEFAULT + "speed"]


@pytest.mark.parametrize(
    "payload",
    [
        NULL,
        {"type": "Property", "value": NULL},
        {"type": "Property", "value": NULL, "unitCode": "KMH"},
        {"value": NULL},
        {"type": "GeoProperty", "value": NULL},
        {"type": "Relationship", "object": NULL},
        {"object": NULL, "datasetId": "@none"},
        {"type": "LanguageProperty", "languageMap": {"@none": NULL}},
        {"languageMap": NULL},
        {"type": "VocabProperty", "vocab": NULL},
        {"type": "JsonProperty", "json": NULL},
        {"type": "ListProperty", "valueList": [NULL]},
        {"type": "ListRelationship", "objectList": [NULL]},
        {"type": "ListRelationship", "objectList": [{"object": NULL}]},
    ],
)
def test_a_null_deletes_an_attribute_where_it_may(payload: Any) -> None:
    assert read(payload, nulls=True) is DELETED
    assert is_deletion(DELETED)


def test_a_null_deletes_one_instance() -> None:
    stored = read({"type": "Relationship", "object": NULL, "datasetId": "urn:d:1"}, nulls=True)
    assert stored is deleted_of("urn:d:1")
    assert is_deletion(stored)
    assert not is_deletion({"type": "Property", "value": 5})
    several = read({"dataset": {"urn:d:1": NULL, "urn:d:2": 5, "@none": NULL}}, nulls=True, simplified=True)
    assert several == [deleted_of("urn:d:1"), {"type": "Property", "value": 5, "datasetId": "urn:d:2"}, DELETED]


def test_a_null_may_delete_parts_of_an_attribute() -> None:
    stored = read(
        {
            "type": "Property",
            "value": {"street": NULL},
            "unitCode": NULL,
            "observedAt": NULL,
            "accuracy": NULL,
            "name": {"languageMap": {"vi": NULL, "en": "a"}},
        },
        nulls=True,
    )
    assert stored == {
        "type": "Property",
        "value": {"street": NULL},
        "unitCode": NULL,
        "observedAt": NULL,
        DEFAULT + "accuracy": DELETED,
        DEFAULT + "name": {"type": "LanguageProperty", "languageMap": {"vi": NULL, "en": "a"}},
    }


@pytest.mark.parametrize(
    ("payload", "stored"),
    [
        ({"value": 5}, {"value": 5}),
        (5, {"value": 5}),
        ({"type": "Property", "value": 5}, {"type": "Property", "value": 5}),
        (
            {"@context": "https://x.org", "type": "Relationship", "object": "urn:x:1"},
            {"type": "Relationship", "object": "urn:x:1"},
        ),
        ({"type": "Property", "unitCode": "KMH"}, {"type": "Property", "unitCode": "KMH"}),
        ({"observedAt": "2026-11-28T01:00:00Z"}, {"observedAt": "2026-11-28T01:00:00Z"}),
        (
            {"observedAt": NULL, "accuracy": 5},
            {"observedAt": NULL, DEFAULT + "accuracy": {"type": "Property", "value": 5}},
        ),
        ({"value": NULL}, DELETED),
        (NULL, DELETED),
        ({"type": "Relationship", "object": NULL}, DELETED),
        ({"object": NULL, "datasetId": "urn:d:1"}, deleted_of("urn:d:1")),
    ],
)  # fmt: skip
def test_a_fragment_leaves_out_what_stays(payload: Any, stored: Any) -> None:
    assert read_attribute(payload, CORE, name="speed", partial=True, nulls=True) == stored


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"@context": "https://x.org"},
        None,
        [{"type": "Property", "value": 5}, {"value": 6, "datasetId": "urn:d:1"}],
        {"dataset": {"urn:d:1": 5, "urn:d:2": 6}},
        {"accuracy": {"unitCode": "KMH"}},
        {"type": "Property", "accuracy": {"type": "Property"}},
        {"type": "Wrong"},
    ],
)
def test_a_malformed_fragment_is_refused(payload: Any) -> None:
    with pytest.raises(BadRequestData, match="speed"):
        read_attribute(payload, CORE, name="speed", partial=True, nulls=True)


def test_a_whole_attribute_may_come_with_its_context() -> None:
    assert read_attribute({"@context": "https://x.org", "value": 5}, CORE) == {"type": "Property", "value": 5}
    assert read_attribute([{"value": 5}], CORE) == {"type": "Property", "value": 5}
    with pytest.raises(BadRequestData):
        read_attribute({"type": "Property"}, CORE)
