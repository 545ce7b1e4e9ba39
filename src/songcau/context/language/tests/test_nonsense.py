"""Whatever a client writes into a query: it is read, or it is refused; nothing else comes out."""

import contextlib

from hypothesis import example, given, settings
from hypothesis import strategies as st

from songcau.context.language import ordering, temporal
from songcau.context.language.selection import Selection
from songcau.context.language.tests.samples import entity
from songcau.context.problems import Problem
from songcau.context.terms import CORE

_SIGNS = """
    a b . .. ; | ( ) [ ] { } == != ~= !~= > <= " \\ , 1 -2.5 true urn:x:1 2026-01-01T00:00:00Z / + # * ^ $ é \x00
    near;maxDistance== within Point Polygon [1,2] [[[0,0],[1,0],[1,1],[0,0]]] location ;desc dist-asc
"""
SIGNS = st.sampled_from([" ", *_SIGNS.split()])
TEXT = st.one_of(st.text(max_size=40), st.lists(SIGNS, max_size=12).map("".join))
ONE = entity("urn:x:1", "T", ("/a",), a=5, b=["x"], location={"type": "GeoProperty", "value": "nowhere"})


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["ids", "id_pattern", "types", "attrs", "q", "scope_q"]), TEXT)
@example("q", "a==" + "(" * 500)
@example("id_pattern", "\\pL{100}")
def test_a_parameter_is_read_or_refused(name: str, text: str) -> None:
    with contextlib.suppress(Problem):
        Selection.of(terms=CORE, **{name: text}).matches(ONE)


@settings(max_examples=200, deadline=None)
@given(TEXT, TEXT, TEXT, TEXT)
def test_a_geo_query_is_read_or_refused(georel: str, kind: str, coordinates: str, geoproperty: str) -> None:
    with contextlib.suppress(Problem):
        Selection.of(
            terms=CORE, georel=georel, geometry=kind, coordinates=coordinates, geoproperty=geoproperty
        ).matches(ONE)


@settings(max_examples=200, deadline=None)
@given(TEXT, TEXT)
def test_orders_and_periods_are_read_or_refused(one: str, other: str) -> None:
    for call in (
        lambda: ordering.parse(one, CORE).sorted([ONE]),
        lambda: temporal.parse("between", one, other),
        lambda: temporal.parse(one, other),
    ):
        with contextlib.suppress(Problem):
            call()


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["id", "type", "idPattern", "georel", "geometry", "coordinates", "geoproperty"]), inner
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["entities", "attrs", "q", "scope_q", "geo_q"]), JSON)
def test_a_body_is_read_or_refused(name: str, value: object) -> None:
    with contextlib.suppress(Problem):
        Selection.of_body(terms=CORE, **{name: value}).matches(ONE)
