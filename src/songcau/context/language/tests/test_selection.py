"""What a request selects, and what of it an index can answer."""

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
