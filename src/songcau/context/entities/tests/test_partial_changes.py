"""What a fragment leaves out stays, what it says fits, and no NGSI-LD Null is ever stored."""

from typing import Any

import pytest

from songcau.context.entities.entity import Entity
from songcau.context.entities.merging import created, merged, patched_attribute, updated
from songcau.context.entities.reading import NULL, read_attribute, read_entity, read_fragment
from songcau.context.entities.writing import Form, write_document
from songcau.context.problems import BadRequestData
from songcau.context.terms import CORE

AT = "2026-11-28T01:00:00.000000Z"
POINT = {"type": "Point", "coordinates": [105.8, 21.6]}


def entity(attributes: Any) -> Entity:
    return created(read_entity({"id": "urn:x:1", "type": "Bridge", **attributes}, CORE), AT)


def shown(changed: Entity, **form: Any) -> Any:
    document = write_document(changed, CORE, Form(style="concise", **form))
    return {name: value for name, value in document.items() if name not in ("id", "type")}


def after_merge(before: Any, fragment: Any, *, simplified: bool = False) -> Any:
    draft = read_fragment(fragment, CORE, nulls=True, simplified=simplified)
    return shown(merged(entity(before), draft, AT).entity)


@pytest.mark.parametrize(
    ("before", "fragment", "after"),
    [
        ({"a": {"b": {"c": 1, "d": 2}}}, {"a": {"value": {"b": {"c": NULL}}}}, {"a": {"b": {"d": 2}}}),
        ({}, {"a": {"value": {"b": {"c": NULL, "d": 2}}}}, {"a": {"b": {"d": 2}}}),
        ({"a": 5}, {"a": {"value": {"b": 1, "c": NULL}}}, {"a": {"b": 1}}),
        ({"a": {"b": 5}}, {"a": {"value": {"b": {"c": NULL, "d": 1}}}}, {"a": {"b": {"d": 1}}}),
        ({"a": 5}, {"a": {"value": 6, "unitCode": NULL, "b": NULL}}, {"a": 6}),
        ({}, {"a": {"value": 6, "unitCode": NULL, "b": NULL}}, {"a": 6}),
        ({"a": {"value": 5, "b": 1}}, {"a": {"value": 6, "b": NULL}}, {"a": 6}),
        (
            {"a": {"languageMap": {"vi": "x", "en": "y"}}},
            {"a": {"languageMap": {"vi": NULL, "fr": "z"}}},
            {"a": {"languageMap": {"en": "y", "fr": "z"}}},
        ),
        ({"a": {"json": {"b": 1}}}, {"a": {"json": {"c": NULL}}}, {"a": {"json": {"b": 1}}}),
        ({}, {"a": {"json": {"c": NULL}}}, {"a": {"json": {"c": NULL}}}),
        ({"a": POINT}, {"a": {"value": {**POINT, "coordinates": [0, 0]}}}, {"a": {**POINT, "coordinates": [0, 0]}}),
        ({"a": {"object": "urn:x:2"}}, {"a": "urn:x:3"}, {"a": "urn:x:3"}),
        (
            {"a": {"value": 5, "b": {"value": 1, "unitCode": "CEL"}}},
            {"a": {"value": 5, "b": {"object": "urn:x:2"}}},
            {"a": {"value": 5, "b": {"object": "urn:x:2"}}},
        ),
        (
            {"a": {"value": 5, "b": {"object": "urn:x:2", "c": {"languageMap": {"vi": "x"}}}}},
            {"a": {"value": 5, "b": {"object": "urn:x:2", "c": {"value": 1, "d": NULL}}}},
            {"a": {"value": 5, "b": {"object": "urn:x:2", "c": 1}}},
        ),
        (
            {"a": {"value": 5, "b": {"value": 1, "unitCode": "CEL", "c": 3}}},
            {"a": {"value": 5, "b": {"value": 2, "c": NULL}}},
            {"a": {"value": 5, "b": {"value": 2, "unitCode": "CEL"}}},
        ),
        (
            {"a": {"value": POINT, "b": {"value": 1, "unitCode": "CEL"}}},
            {"a": {"value": POINT, "b": {"value": 2}}},
            {"a": {"value": POINT, "b": {"value": 2, "unitCode": "CEL"}}},
        ),
    ],
)
def test_a_merge_goes_into_what_is_there(before: Any, fragment: Any, after: Any) -> None:
    assert after_merge(before, fragment) == after


@pytest.mark.parametrize(
    ("before", "fragment", "after"),
    [
        ({"object": "urn:x:2"}, "urn:x:3", {"object": "urn:x:3"}),
        ({"object": "urn:x:2"}, ["urn:x:3", "urn:x:4"], {"object": ["urn:x:3", "urn:x:4"]}),
        ({"object": "urn:x:2"}, "no uri", "no uri"),
        ({"object": "urn:x:2"}, [], []),
        ({"objectList": ["urn:x:2"]}, ["urn:x:3"], {"objectList": [{"object": "urn:x:3"}]}),
        ({"valueList": [1]}, [2, 3], {"valueList": [2, 3]}),
        (5, 6, 6),
        (5, "urn:x:3", "urn:x:3"),
        ({"vocab": "a"}, {"vocab": "b"}, {"vocab": "b"}),
        ({"object": "urn:x:2", "datasetId": "urn:d:1"}, {"dataset": {"urn:d:1": "urn:x:3"}}, None),
    ],
)
def test_a_simplified_merge_keeps_the_kind_that_is_stored(before: Any, fragment: Any, after: Any) -> None:
    expected = after if after is not None else {"object": "urn:x:3", "datasetId": "urn:d:1"}
    assert after_merge({"a": before}, {"a": fragment}, simplified=True) == {"a": expected}


NAME = {"languageMap": {"vi": "Cầu", "en-GB": "Bridge"}}


@pytest.mark.parametrize(
    ("lang", "given", "after"),
    [
        ("en-GB", "The bridge", {"languageMap": {"vi": "Cầu", "en-GB": "The bridge"}}),
        ("EN-gb", "The bridge", {"languageMap": {"vi": "Cầu", "en-GB": "The bridge"}}),
        ("fr", "Pont", {"languageMap": {**NAME["languageMap"], "fr": "Pont"}}),
        ("@none", "C1", {"languageMap": {**NAME["languageMap"], "@none": "C1"}}),
        ("fr", ["Pont", "Le pont"], {"languageMap": {**NAME["languageMap"], "fr": ["Pont", "Le pont"]}}),
        ("fr", {"languageMap": {"vi": NULL}}, {"languageMap": {"en-GB": "Bridge"}}),
        ("fr", 5, 5),
    ],
)
def test_a_text_is_merged_into_one_language(lang: str, given: Any, after: Any) -> None:
    for simplified in (False, True) if not isinstance(given, dict) else (False,):
        draft = read_fragment({"a": given, "b": "text"}, CORE, nulls=True, simplified=simplified)
        found = shown(merged(entity({"a": NAME, "b": "x"}), draft, AT, lang=lang).entity)
        assert found == {"a": after, "b": "text"}


def test_what_else_is_said_beside_a_text_is_merged_too_and_a_new_attribute_stays_what_it_is() -> None:
    draft = read_fragment({"a": {"value": "Pont", "c": 1}, "new": "Pont", "gone": NULL}, CORE, nulls=True)
    found = shown(merged(entity({"a": {**NAME, "d": 2}, "gone": NAME}), draft, AT, lang="fr").entity)
    assert found == {"a": {"languageMap": {**NAME["languageMap"], "fr": "Pont"}, "c": 1, "d": 2}, "new": "Pont"}


def test_a_simplified_null_deletes_a_relationship() -> None:
    assert after_merge({"a": {"object": "urn:x:2"}, "b": 1}, {"a": NULL}, simplified=True) == {"b": 1}


def test_an_update_stores_no_null() -> None:
    fragment = {"a": {"value": {"b": NULL, "c": 1}, "unitCode": NULL}, "d": NULL}
    changed = updated(entity({"a": 5, "d": 6}), read_fragment(fragment, CORE, nulls=True), AT).entity
    assert shown(changed) == {"a": {"c": 1}}


def patched(before: Any, part: Any) -> Any:
    patch = read_attribute(part, CORE, name="a", partial=True, nulls=True)
    assert not isinstance(patch, list)
    return shown(patched_attribute(entity({"a": before}), CORE.expand("a"), patch, AT).entity)["a"]


@pytest.mark.parametrize(
    ("before", "part", "after"),
    [
        ({"value": 5, "unitCode": "KMH"}, {"value": 6}, {"value": 6, "unitCode": "KMH"}),
        ({"value": 5, "unitCode": "KMH"}, {"unitCode": NULL}, 5),
        ({"value": 5, "unitCode": "KMH", "b": 1}, {"b": NULL, "c": NULL}, {"value": 5, "unitCode": "KMH"}),
        (5, {"value": {"b": NULL, "c": 1}}, {"c": 1}),
        (POINT, {"value": {**POINT, "coordinates": [0, 0]}}, {**POINT, "coordinates": [0, 0]}),
        ({"object": "urn:x:2"}, {"object": "urn:x:3"}, {"object": "urn:x:3"}),
    ],
)
def test_a_part_of_an_attribute_changes_that_part(before: Any, part: Any, after: Any) -> None:
    assert patched(before, part) == after


@pytest.mark.parametrize(
    ("before", "part"),
    [
        ({"object": "urn:x:2"}, {"value": 5}),
        ({"object": "urn:x:2"}, 5),
        ({"object": "urn:x:2"}, {"unitCode": "KMH"}),
        ({"vocab": "a"}, {"languageMap": {"vi": "a"}}),
        (POINT, {"value": 5}),
        (5, {"object": "urn:x:2"}),
        (5, {"type": "Relationship", "object": "urn:x:2"}),
    ],
)
def test_a_part_must_fit_the_kind_of_the_attribute(before: Any, part: Any) -> None:
    with pytest.raises(BadRequestData):
        patched(before, part)


def test_a_language_property_that_lost_all_texts_is_still_written() -> None:
    changed = merged(
        entity({"a": {"languageMap": {"vi": "x"}}}),
        read_fragment({"a": {"languageMap": {"vi": NULL}}}, CORE, nulls=True),
        AT,
    ).entity
    assert shown(changed, lang="vi") == {"a": {"languageMap": {}}}
    assert write_document(changed, CORE, Form(style="simplified", lang="vi"))["a"] == {}
