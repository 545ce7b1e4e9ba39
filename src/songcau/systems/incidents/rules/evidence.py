"""What the values of an alert are about. Each kind of condition gives others, and what it was stands only in them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Shape(StrEnum):
    """What is compared with what."""

    LIMIT = "LIMIT"
    CHANGE = "CHANGE"
    SILENCE = "SILENCE"
    UNUSUAL = "UNUSUAL"
    COUNT = "COUNT"
    STATE = "STATE"


# In this order: a change has a value and a limit too.
_MARKS: tuple[tuple[frozenset[str], Shape], ...] = (
    (frozenset({"change", "limit"}), Shape.CHANGE),
    (frozenset({"usual", "limit"}), Shape.UNUSUAL),
    (frozenset({"last", "minutes"}), Shape.SILENCE),
    (frozenset({"value", "limit", "minutes"}), Shape.COUNT),
    (frozenset({"value", "limit"}), Shape.LIMIT),
    (frozenset({"value"}), Shape.STATE),
)


def shape_of(values: Mapping[str, Any]) -> Shape | None:
    """None: they say nothing that is compared, such as those of a conjunction."""
    return next((shape for marks, shape in _MARKS if marks <= values.keys()), None)


def parts_of(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of a conjunction the values of each part, in its order: `1.value`, `2.limit`."""
    found: dict[int, dict[str, Any]] = {}
    for name, value in values.items():
        number, dot, rest = name.partition(".")
        if dot and number.isdecimal():
            found.setdefault(int(number), {})[rest] = value
    return [found[number] for number in sorted(found)]


def says_something(values: Mapping[str, Any]) -> bool:
    return shape_of(values) is not None or bool(parts_of(values))


def drawn_limit(values: Mapping[str, Any]) -> float | None:
    """The limit that lies on the scale of the readings: that of a change or of a usual spread does not."""
    limit = values.get("limit") if shape_of(values) == Shape.LIMIT else None
    return float(limit) if isinstance(limit, int | float) and not isinstance(limit, bool) else None


def shown_after(before: Mapping[str, Any], said: Mapping[str, Any], *, has_ended: bool) -> dict[str, Any]:
    """What an alert shows after a finding. The end of a conjunction says nothing, that of a silence only when it ended:
    then what raised it stays.
    """
    says_why = says_something(said) and not (has_ended and shape_of(said) == Shape.SILENCE)
    if says_why or not before:
        return dict(said)
    return {**before, **{name: said[name] for name in said.keys() - {"last", "minutes"}}}
