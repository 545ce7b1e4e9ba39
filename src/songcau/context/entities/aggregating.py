"""Many values as a few: the aggregated temporal representation (clause 4.5.19)."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson

from songcau.context.problems import BadRequestData

_DURATION = re.compile(
    r"P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?"
    r"(?:T(?:(\d{1,8})H)?(?:(\d{1,8})M)?(?:(\d{1,8})(?:\.(\d{1,6}))?S)?)?"
)
_MICROSECONDS_A_SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Value = Any
Timed = tuple[int, Value]


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: months of the calendar, and microseconds. Zero: all the time there is."""

    months: int = 0
    microseconds: int = 0

    @property
    def is_zero(self) -> bool:
        return not self.months and not self.microseconds


ALL_TIME: Final = Duration()


def read_duration(text: str) -> Duration:
    """An ISO 8601 duration such as PT1H or P1M. Raises BadRequestData."""
    found = _DURATION.fullmatch(text)
    if found is None or text.endswith(("P", "T")):
        raise BadRequestData(f"{text[:40]!r} is not a duration such as PT1H, P1D or P1M")
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[:7])
    whole = ((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds
    fraction = int((found[8] or "").ljust(6, "0")[:6] or 0)
    duration = Duration(years * 12 + months, whole * _MICROSECONDS_A_SECOND + fraction)
    if duration.months and duration.microseconds:
        raise BadRequestData("A duration is of years and months, or of weeks, days and times, not of both")
    return duration


def periods(timed: Sequence[Timed], duration: Duration, origin: int, end: int) -> list[tuple[int, int, list[Value]]]:
    """(begin, end, values) of the periods that hold values, in order; `timed` is in order of time.

    Periods are laid end to end from `origin`; `end` closes the only one of a duration of zero. Microseconds since 1970.
    """
    if duration.is_zero:
        return [(origin, end, [value for _, value in timed])] if timed else []
    laid: dict[int, list[Value]] = {}
    number = _months(origin, duration.months) if duration.months else _steps(origin, duration.microseconds)
    for at, value in timed:
        laid.setdefault(number(at), []).append(value)
    return [(*_bounds(origin, duration, each), values) for each, values in laid.items()]


def _steps(origin: int, microseconds: int) -> Callable[[int], int]:
    return lambda at: (at - origin) // microseconds


def _months(origin: int, months: int) -> Callable[[int], int]:
    def number(at: int) -> int:
        """The month's steps between, one less where the last of them is not yet complete."""
        begun, there = _datetime(origin), _datetime(at)
        steps = ((there.year - begun.year) * 12 + there.month - begun.month) // months
        return steps if _months_later(origin, steps * months) <= at else steps - 1

    return number


def _bounds(origin: int, duration: Duration, number: int) -> tuple[int, int]:
    if duration.months:
        return _months_later(origin, number * duration.months), _months_later(origin, (number + 1) * duration.months)
    begin = origin + number * duration.microseconds
    end = begin + duration.microseconds
    try:
        _datetime(end)
    except OverflowError:
        raise BadRequestData("The periods reach beyond the years that a calendar has") from None
    return begin, end


def _months_later(origin: int, months: int) -> int:
    """The same day and time so many months later, or the last day of a month that has no such day."""
    begun = _datetime(origin)
    year, month = divmod(begun.year * 12 + begun.month - 1 + months, 12)
    try:
        for day in (begun.day, 30, 29, 28):
            if day > begun.day:
                continue
            try:
                return (begun.replace(year=year, month=month + 1, day=day) - _EPOCH) // timedelta(microseconds=1)
            except ValueError:
                if day <= 28:
                    raise
    except ValueError:
        raise BadRequestData("The periods reach beyond the years that a calendar has") from None
    raise BadRequestData("The periods reach beyond the years that a calendar has")


def _datetime(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at)


# --- methods --------------------------------------------------------------------------------------------------------


def aggregated(method: str, values: list[Value]) -> Value | None:
    """What a method makes of values; None where it makes nothing of values of this kind."""
    return METHODS[method](values)


def _numbers(values: list[Value]) -> list[float]:
    """Numbers, and booleans as 0 and 1; the number of elements of a list, as the standard has it."""
    return [
        float(len(value) if isinstance(value, list) else value)
        for value in values
        if isinstance(value, int | float | list)
    ]


def _of_numbers(make: Callable[[list[float]], float]) -> Callable[[list[Value]], float | None]:
    def method(values: list[Value]) -> float | None:
        try:
            numbers = _numbers(values)
            made = make(numbers) if numbers else None
        except OverflowError:
            return None
        return made if made is not None and math.isfinite(made) else None

    return method


def _extreme(choose: Callable[[list[Any]], Any]) -> Callable[[list[Value]], Value | None]:
    """Of texts the first or last by code point, of everything else that is a number the smallest or greatest."""

    def method(values: list[Value]) -> Value | None:
        texts = [value for value in values if isinstance(value, str)]
        if texts and len(texts) == len(values):
            return choose(texts)
        numbers = _numbers(values)
        return choose(numbers) if numbers else None

    return method


def _deviation(numbers: list[float]) -> float:
    mean = math.fsum(numbers) / len(numbers)
    return math.sqrt(math.fsum((number - mean) ** 2 for number in numbers) / len(numbers))


def _distinct(values: list[Value]) -> int:
    return len({orjson.dumps(value, option=orjson.OPT_SORT_KEYS) for value in values})


METHODS: Final[dict[str, Callable[[list[Value]], Value | None]]] = {
    "totalCount": len,
    "distinctCount": _distinct,
    "sum": _of_numbers(math.fsum),
    "avg": _of_numbers(lambda numbers: math.fsum(numbers) / len(numbers)),
    "min": _extreme(min),
    "max": _extreme(max),
    "stddev": _of_numbers(_deviation),
    "sumsq": _of_numbers(lambda numbers: math.fsum(number * number for number in numbers)),
}
