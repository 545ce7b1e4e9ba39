"""Each doubt about an observation, and the cases beside it where there is none."""

from datetime import UTC, datetime

import pytest

from songcau.context.entities.entity import Instance
from songcau.context.quality.flags import Expectation, Flag, flags_of

NOW = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)
AIR = Expectation(lowest=-10, highest=50, steepest=2, unit="CEL")


def seen(minute: int, value: object = 20, unit: str | None = None, hour: int = 0) -> Instance:
    instance: Instance = {"type": "Property", "value": value, "observedAt": f"2026-11-28T{hour:02}:{minute:02}:00Z"}
    return instance if unit is None else {**instance, "unitCode": unit}


@pytest.mark.parametrize(
    ("before", "observed", "found"),
    [
        (None, seen(50), []),
        (seen(40), seen(50), []),
        (seen(40), seen(40), [Flag.REPEATED]),
        (seen(40), seen(40, 21), [Flag.CORRECTED]),
        (seen(40), seen(30), [Flag.OUT_OF_ORDER]),
        (seen(40), seen(30, 400), [Flag.OUT_OF_ORDER, Flag.OUT_OF_RANGE]),
        (seen(40), seen(5, hour=1), []),
        (seen(40), seen(6, hour=1), [Flag.AHEAD_OF_CLOCK]),
        (seen(40, hour=9), seen(50, 400), [Flag.OUT_OF_RANGE]),
        (seen(40, hour=9), seen(41, hour=9), [Flag.AHEAD_OF_CLOCK]),
        (None, seen(50, 50), []),
        (None, seen(50, 50.1), [Flag.OUT_OF_RANGE]),
        (None, seen(50, -10.1), [Flag.OUT_OF_RANGE]),
        (seen(40), seen(45, 30), []),
        (seen(40), seen(45, 30.5), [Flag.SPIKE]),
        (seen(40), seen(45, 9), [Flag.SPIKE]),
        (seen(40), seen(45, True), []),
        (seen(40, "dry"), seen(45, 30.5), []),
        (None, seen(50, 20, "CEL"), []),
        (None, seen(50, 20, "FAH"), [Flag.UNIT_CHANGED]),
        ({"type": "Property", "value": 7}, seen(50), []),
    ],
)
def test_a_doubt_is_found_where_there_is_one(before: Instance | None, observed: Instance, found: list[Flag]) -> None:
    assert list(flags_of(before, observed, expected=AIR, now=NOW)) == found


def test_without_an_expected_unit_the_one_before_is_the_measure() -> None:
    assert flags_of(seen(40, 20, "CEL"), seen(41, 68, "FAH"), now=NOW) == (Flag.UNIT_CHANGED,)
    assert flags_of(seen(40, 20, "CEL"), seen(41, 21), now=NOW) == ()
