"""Whatever is read can be written in every lossless form and read again to the same."""

from contextlib import suppress
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songcau.context.entities.entity import Entity
from songcau.context.entities.reading import read_entity
from songcau.context.entities.writing import Form, write_entity
from songcau.context.problems import Problem
from songcau.context.terms import CORE, Contexts

TERMS = Contexts().at_hand(
    {"speed": "https://x.org/#speed", "x": "https://x.org/#", "Car": "https://x.org/#Car", "near": {"@type": "@id"}}
)
NAMES = st.sampled_from(["speed", "near", "location", "title", "ghế", "x:a", "https://x.org/#b", "accuracy"])
TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
JSON = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
URIS = st.sampled_from(["urn:ngsi-ld:Car:1", "https://x.org/2"])
INSTANTS = st.sampled_from(["2026-11-28T01:00:00Z", "2026-11-28T01:00:00.123Z"])
POINTS = st.builds(
    lambda x, y: {"type": "Point", "coordinates": [x, y]},
    st.floats(-180, 180),
    st.floats(-90, 90),
)


def _with(kind: str, member: str, values: st.SearchStrategy[Any], **more: st.SearchStrategy[Any]) -> Any:
    return st.fixed_dictionaries(
        {"type": st.just(kind), member: values}, optional={"observedAt": INSTANTS, "datasetId": URIS, **more}
    )


FLAT = (
    _with("Property", "value", JSON, unitCode=st.just("KMH"), valueType=NAMES)
    | _with("GeoProperty", "value", POINTS)
    | _with("Relationship", "object", URIS | st.lists(URIS, min_size=1, max_size=2), objectType=NAMES)
    | _with("LanguageProperty", "languageMap", st.dictionaries(st.sampled_from(["vi", "en"]), TEXTS, min_size=1))
    | _with("VocabProperty", "vocab", NAMES | st.lists(NAMES, min_size=1, max_size=2))
    | _with("JsonProperty", "json", st.dictionaries(TEXTS, st.none() | JSON))
    | _with("ListProperty", "valueList", st.lists(JSON, max_size=3))
    | _with("ListRelationship", "objectList", st.lists(st.builds(lambda uri: {"object": uri}, URIS), max_size=2))
)


@st.composite
def _attributes(draw: st.DrawFn, depth: int = 2) -> Any:
    attribute = draw(FLAT)
    if depth and draw(st.booleans()):
        attribute = attribute | draw(st.dictionaries(NAMES, _attributes(depth - 1), max_size=2))
    return attribute


ENTITIES = st.fixed_dictionaries(
    {"id": URIS, "type": NAMES | st.lists(NAMES, min_size=1, max_size=2, unique=True)},
    optional={"scope": st.sampled_from(["/A", ["/A/B", "/C"]])},
).flatmap(lambda fixed: st.dictionaries(NAMES, _attributes(), max_size=3).map(lambda attributes: fixed | attributes))


def _read(payload: Any, terms: Any) -> Any:
    try:
        return read_entity(payload, terms)
    except Problem:
        return None  # hypothesis finds values that are refused; that they are refused clearly is tested elsewhere


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ENTITIES, st.sampled_from(["normalized", "concise"]))
def test_a_written_entity_is_read_to_the_same(payload: Any, style: Any) -> None:
    draft = _read(orjson.loads(orjson.dumps(payload)), TERMS)
    if draft is None:
        return
    entity = Entity(draft.id, draft.types, draft.scopes or (), draft.attributes, "", "")
    assert TERMS is not None
    for terms in (TERMS, CORE):
        again = read_entity(orjson.loads(write_entity(entity, terms, Form(style=style))), terms)
        assert again == draft


@settings(max_examples=300, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | TEXTS | st.just("urn:ngsi-ld:null") | POINTS,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "type",
                        "value",
                        "object",
                        "languageMap",
                        "vocab",
                        "json",
                        "valueList",
                        "objectList",
                        "dataset",
                        "datasetId",
                        "observedAt",
                        "@none",
                        "@type",
                        "@context",
                        "a",
                        "b",
                        "scope",
                        "id",
                        "coordinates",
                        "Property",
                        "unitCode",
                        "ngsildproof",
                    ]
                )
                | TEXTS,
                inner | st.sampled_from(["Property", "GeoProperty", "Relationship", "Point", "Polygon"]),
                max_size=5,
            )
        ),
        max_leaves=15,
    ),
    st.booleans(),
    st.booleans(),
)
def test_any_json_is_read_or_refused(payload: Any, simplified: bool, nulls: bool) -> None:
    entity = {"id": "urn:x:1", "type": "Car", **payload} if isinstance(payload, dict) else {"a": payload}
    for candidate in (payload, entity):
        with suppress(Problem):
            read_entity(candidate, CORE, simplified=simplified, nulls=nulls)
