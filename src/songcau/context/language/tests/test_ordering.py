"""Other orders than that of creation."""

import pytest

from songcau.context.language import geometry, ordering
from songcau.context.language.tests.samples import PLAIN, entity, expanded, prop
from songcau.context.problems import BadRequestData, TooComplexQuery


def spot(east: float) -> dict[str, object]:
    return {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [east, 0]}}


ROWS = [
    entity("urn:x:1", "B", ("/b",), name="Ba", level=2, part={**prop(1), expanded("sub"): prop("z")}, spot=spot(3)),
    entity("urn:x:2", "A", name="An", level=10, part=prop({"deep": {"x": 5}}), spot=spot(1)),
    entity("urn:x:3", "A", ("/a",), name="Chi", level=True),
    entity("urn:x:4", "C", level="text", spot=spot(2)),
]


def ordered(text: str) -> str:
    origin = geometry.checked("Point", [0, 0])
    return "".join(one.id[-1] for one in ordering.parse(text, PLAIN, origin).sorted(ROWS))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name", "2134"),
        ("name;asc", "2134"),
        ("name;desc", "3124"),
        ("id;desc", "4321"),
        ("type", "2314"),
        ("type,name;desc", "3214"),
        ("type;desc,id;desc", "4132"),
        ("scope", "3124"),
        ("level", "3124"),
        ("level;desc", "4213"),
        ("createdAt", "1234"),
        ("modifiedAt;desc", "1234"),
        ("part.sub", "1234"),
        ("part[deep.x]", "2134"),
        ("spot;dist-asc", "2413"),
        ("spot;dist-desc", "1423"),
        ("missing", "1234"),
    ],
)
def test_an_order(text: str, expected: str) -> None:
    assert ordered(text) == expected


@pytest.mark.parametrize(
    "text", ["", ",", "name,", "name;up", "name;", "name;asc;desc", "a[", "a[]", "a[b", "a]", "a..b"]
)
def test_a_broken_order_is_refused(text: str) -> None:
    with pytest.raises(BadRequestData):
        ordered(text)


def test_an_order_by_distance_needs_an_origin() -> None:
    with pytest.raises(BadRequestData):
        ordering.parse("spot;dist-asc", PLAIN)


@pytest.mark.parametrize("text", [",".join(["a"] * 20), "a" * 5000])
def test_an_order_is_bounded(text: str) -> None:
    with pytest.raises(TooComplexQuery):
        ordered(text)
