"""Which members an answer has."""

import pytest

from songcau.context.language import projection
from songcau.context.language.projection import Projection
from songcau.context.language.tests.samples import PLAIN, expanded
from songcau.context.problems import BadRequestData, TooComplexQuery


def parse(text: str) -> Projection:
    return projection.parse(text, PLAIN, "pick")


def test_members_are_named_and_those_of_joined_entities_stand_in_braces() -> None:
    assert parse("id,name,name") == Projection(("id", expanded("name")))
    country = Projection(("id", expanded("title")))
    city = Projection(("id", expanded("name"), expanded("in")), ((expanded("in"), country),))
    place = expanded("place")
    assert parse("id,place{id,name,in{id,title}},type") == Projection(("id", place, "type"), ((place, city),))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "id;name",
        "id,place{name",
        "id,place{{name}",
        "id,,name",
        "id,place{,name}",
        "id,place{}",
        "a}",
        "a b",
        "{a}",
        "a,",
    ],
)
def test_a_broken_projection_is_refused(text: str) -> None:
    with pytest.raises(BadRequestData):
        parse(text)


@pytest.mark.parametrize("text", ["a{" * 20 + "a" + "}" * 20, ",".join(["a"] * 300), "a" * 9000])
def test_a_projection_is_bounded(text: str) -> None:
    with pytest.raises(TooComplexQuery):
        parse(text)


def test_a_member_is_not_picked_and_omitted() -> None:
    projection.check_disjoint(parse("a,b"), None)
    projection.check_disjoint(None, parse("a,b"))
    projection.check_disjoint(parse("a,b"), parse("c"))
    with pytest.raises(BadRequestData):
        projection.check_disjoint(parse("a,b"), parse("b"))


def test_datasets_are_uris_or_none() -> None:
    assert projection.datasets("urn:d:1,@none,urn:d:1") == ("urn:d:1", "@none")
    for wrong in ("", "french", "urn:d:1,", "urn:d 1", ":x"):
        with pytest.raises(BadRequestData):
            projection.datasets(wrong)
    with pytest.raises(TooComplexQuery):
        projection.datasets(",".join(f"urn:d:{number}" for number in range(300)))
