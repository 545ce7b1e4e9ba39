"""Values in a query's text, and how a stored value is compared with each kind of them (clause 4.9)."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from typing import Literal as OneOf

from songcau.context.problems import BadRequestData

Test = Callable[[Any], bool]

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,3})?\Z")
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?P<zone>Z|[+-]\d\d:?\d\d)?\Z")
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")
_TIME = re.compile(r"\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?Z?\Z")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z")
_NUMBERS = frozenset({int, float})


@dataclass(frozen=True, slots=True)
class Literal:
    """One value of a query: what it is, as Python has it, and as it was written."""

    kind: OneOf["number", "string", "boolean", "instant", "time", "uri"]
    value: Any
    text: str


def quoted(text: str) -> Literal:
    """A value that stood in double quotes: always a string."""
    return Literal("string", text, text)


def bare(text: str) -> Literal:
    """A value without quotes: a number, true, false, a date, a time or a URI; BadRequestData for anything else."""
    if text in ("true", "false"):
        return Literal("boolean", text == "true", text)
    if _NUMBER.match(text):
        return Literal("number", _number(text), text)
    if _DATE.match(text):
        return Literal("instant", _instant_written(text), text)
    if found := _DATE_TIME.match(text):
        if not found["zone"]:
            raise BadRequestData(f"The time '{text}' needs a zone, for example {text}Z.")
        return Literal("instant", _instant_written(text), text)
    if _TIME.match(text):
        return Literal("time", _time_written(text), text)
    if _URI.match(text):
        return Literal("uri", text, text)
    raise BadRequestData(
        f"The value '{text[:80]}' is no number, time, URI, true or false; text stands in double quotes."
    )


def _number(text: str) -> int | float:
    digits = text.lstrip("+-")
    value = int(text) if digits.isdigit() and len(digits) <= 18 else float(text)
    if not math.isfinite(value):
        raise BadRequestData(f"The number '{text[:80]}' is too large.")
    return value


def _instant_written(text: str) -> datetime:
    found = instant(text)
    if found is None:
        raise BadRequestData(f"There is no such time as '{text}'.")
    return found


def _time_written(text: str) -> time:
    found = clock_time(text)
    if found is None:
        raise BadRequestData(f"There is no such time as '{text}'.")
    return found


def instant(value: object) -> datetime | None:
    """The instant that a stored string names, or None. A date is its midnight; a time without a zone is read as UTC."""
    if type(value) is not str or len(value) < 10 or value[4] != "-":
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    try:
        # An instant at the edge of the calendar has no counterpart in UTC; comparing it would fail later.
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        return None


def clock_time(value: object) -> time | None:
    """The time of day that a stored string names, without its zone, or None."""
    if type(value) is not str or len(value) < 5 or value[2] != ":":
        return None
    try:
        return time.fromisoformat(value).replace(tzinfo=None)
    except ValueError:
        return None


def equal(literal: Literal) -> Test:
    """A test whether a stored value is the literal's; values of different kinds are never equal."""
    wanted = literal.value
    if literal.kind == "boolean":
        return lambda value: value is wanted
    if literal.kind == "number":
        return lambda value: type(value) in _NUMBERS and value == wanted
    if literal.kind == "instant":
        return lambda value: instant(value) == wanted
    if literal.kind == "time":
        return lambda value: clock_time(value) == wanted
    return lambda value: type(value) is str and value == wanted


def one_of(literals: list[Literal]) -> Test:
    """A test whether a stored value is any of the literals."""
    if all(literal.kind in ("string", "uri") for literal in literals):
        texts = frozenset(literal.value for literal in literals)
        return lambda value: type(value) is str and value in texts
    if all(literal.kind == "number" for literal in literals):
        numbers = frozenset(literal.value for literal in literals)
        return lambda value: type(value) in _NUMBERS and value in numbers
    tests = [equal(literal) for literal in literals]
    return lambda value: any(test(value) for test in tests)


def between(low: Literal, high: Literal) -> Test:
    """A test whether a stored value lies in a range, its ends included."""
    if low.kind != high.kind or low.kind in ("boolean", "uri"):
        raise BadRequestData(f"The range {low.text[:40]}..{high.text[:40]} needs two numbers, strings, dates or times.")
    least, most = low.value, high.value
    read = _READERS[low.kind]

    def test(value: Any) -> bool:
        found = read(value)
        return found is not None and bool(least <= found <= most)

    return test


def _as_number(value: object) -> Any:
    return value if type(value) in _NUMBERS else None


def _as_string(value: object) -> Any:
    return value if type(value) is str else None


_READERS: dict[str, Callable[[object], Any]] = {
    "number": _as_number,
    "string": _as_string,
    "instant": instant,
    "time": clock_time,
}


def ordered(operator: str, literal: Literal) -> Test:
    """A test `value operator literal` for one of `>`, `>=`, `<`, `<=`."""
    if literal.kind in ("boolean", "uri"):
        raise BadRequestData(f"'{operator}' compares numbers, strings, dates and times, not {literal.text[:80]}.")
    bound = literal.value
    if literal.kind == "number":
        return _ordered_numbers(operator, bound)
    read = _READERS[literal.kind]
    compare = _COMPARISONS[operator]

    def test(value: Any) -> bool:
        found = read(value)
        return found is not None and compare(found, bound)

    return test


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    ">": lambda one, other: bool(one > other),
    ">=": lambda one, other: bool(one >= other),
    "<": lambda one, other: bool(one < other),
    "<=": lambda one, other: bool(one <= other),
}


def _ordered_numbers(operator: str, bound: float) -> Test:
    # One closure an operator: numbers are what the hottest queries compare.
    if operator == ">":
        return lambda value: type(value) in _NUMBERS and value > bound
    if operator == ">=":
        return lambda value: type(value) in _NUMBERS and value >= bound
    if operator == "<":
        return lambda value: type(value) in _NUMBERS and value < bound
    return lambda value: type(value) in _NUMBERS and value <= bound
