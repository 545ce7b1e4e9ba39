"""Events as JSON and back."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songcau.foundation.outbox.events import JobDue
from songcau.foundation.outbox.payloads import PayloadUnreadable, decoded, encoded, name_of


class Colour(StrEnum):
    RED = "RED"


@dataclass(frozen=True)
class Everything:
    text: str
    number: int
    share: float
    yes: bool
    who: UUID
    on: date
    at: datetime
    maybe: str | None
    many: tuple[int, ...]
    pair: tuple[str, UUID]
    colour: Colour = Colour.RED


@dataclass(frozen=True)
class Loose:
    thing: object


@dataclass(frozen=True)
class Numbered:
    number: int


@dataclass(frozen=True, eq=False)
class NeverEqual:
    number: int


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(
    st.builds(
        Everything,
        text=texts,
        number=st.integers(),
        share=st.floats(allow_nan=False, allow_infinity=False),
        yes=st.booleans(),
        who=st.uuids(),
        on=st.dates(),
        at=st.datetimes(timezones=st.just(UTC)),
        maybe=st.none() | texts,
        many=st.lists(st.integers()).map(tuple),
        pair=st.tuples(texts, st.uuids()),
    )
)
def test_what_is_announced_is_read_back_equal(event: Everything) -> None:
    assert decoded(Everything, json.loads(json.dumps(encoded(event)))) == event


def test_the_name_is_the_app_and_the_class() -> None:
    assert name_of(JobDue) == "outbox.JobDue"
    assert name_of(Everything) == "tests.Everything"
    assert name_of(type("Alone", (), {"__module__": "alone"})) == "alone.Alone"


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("text", "frozen dataclass"),
        (Loose, "frozen dataclass"),
        (Loose({1}), "set cannot be stored"),
        (Loose([1]), "list cannot be stored"),
        (Loose(object()), r"Loose\.thing: object"),
        (Loose((1, b"x")), "bytes"),
        (Loose(float("nan")), "not a number"),
        (Loose(float("inf")), "not a number"),
        (Loose("a\0b"), "NUL"),
        (Numbered("1"), "annotations"),  # type: ignore[arg-type]
        (Numbered(True), "annotations"),
        (Numbered(None), "annotations"),  # type: ignore[arg-type]
        (Loose((1,)), "annotations"),
        (NeverEqual(1), "read back"),
    ],
)
def test_what_cannot_be_stored_is_a_type_error(event: object, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        encoded(event)


GOOD = {
    "text": "t", "number": 1, "share": 1, "yes": True, "who": "0" * 32, "on": "2026-01-01",
    "at": "2026-01-01T00:00:00+00:00", "maybe": None, "many": [], "pair": ["a", "0" * 32], "gone": 1,
}  # fmt: skip


def test_an_older_payload_is_read_with_defaults_and_without_what_is_gone() -> None:
    event = decoded(Everything, GOOD)
    assert (event.colour, event.share) == (Colour.RED, 1.0)


@pytest.mark.parametrize(
    "change",
    [
        {"number": "1"}, {"number": None}, {"who": "x"}, {"who": 5}, {"on": "x"}, {"many": 1}, {"many": ["x"]},
        {"pair": ["a"]}, {"maybe": 5}, {"colour": "BLUE"}, {"share": "x"}, {"share": True}, {"yes": 1},
    ],
)  # fmt: skip
def test_a_payload_that_does_not_fit_is_unreadable(change: dict[str, object]) -> None:
    with pytest.raises(PayloadUnreadable, match=next(iter(change))):
        decoded(Everything, {**GOOD, **change})


def test_a_missing_field_is_unreadable() -> None:
    with pytest.raises(PayloadUnreadable, match="number is missing"):
        decoded(Numbered, {})
