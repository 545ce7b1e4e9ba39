"""What is usual at this hour of the week: learnt as readings come, not thrown off by what is unusual.

Three levels are kept: over all hours, of each hour of the day, of each hour of the week. The usual value of an hour of
the week leans on that of its hour of the day while it was seen seldom (shrinkage), and that on the level over all. A
reading moves them by at most `CLIP` times the usual spread, so that a wrong day is not learnt as right (winsorized
means). The spread is the mean absolute deviation of the hour of the day, leaning on the one of all hours.
"""

import math
from typing import Any, Final

HOUR: Final = 3600.0
DAY_HOURS: Final = 24
WEEK_HOURS: Final = 168
# How many hours' worth of readings the longer-term level weighs against an hour's own.
DAY_LEAN: Final = 1.0
WEEK_LEAN: Final = 6.0
SPREAD_LEAN: Final = 48.0
CLIP: Final = 4.0
# The spread is never less than this part of the usual value: else a constant series would alarm at its first move.
LEAST_SPREAD: Final = 0.05
# Mean absolute deviation to standard deviation, where deviations are normal.
TO_DEVIATION: Final = 1.2533
# How far back a level reaches: weeks of readings of its hour.
MOST_OF_ALL: Final = 672.0
MOST_OF_DAY: Final = 28.0
MOST_OF_WEEK: Final = 8.0
# The score is a mean over at least so many readings, of which each counts for at most so much: a spike alone is none.
LEAST_READINGS: Final = 5.0
MOST_SCORE: Final = 20.0
# Until so many hours were seen there is no spread to clip by.
FIRST_HOURS: Final = 24.0
# POSIX time began on a Thursday; weeks begin on Monday.
_MONDAY: Final = 3 * 24 * HOUR
TINY: Final = 1e-9


class Usual:
    """Of one series. `score`: the deviation of the last while in usual spreads; `value`, `spread`: the usual."""

    __slots__ = (
        "all_level", "all_spread", "all_weight", "day_levels", "day_spreads", "day_weights", "first", "last", "score",
        "spread", "value", "week_levels", "week_weights",
    )  # fmt: skip

    def __init__(self) -> None:
        self.week_levels = [0.0] * WEEK_HOURS
        self.week_weights = [0.0] * WEEK_HOURS
        self.day_levels = [0.0] * DAY_HOURS
        self.day_weights = [0.0] * DAY_HOURS
        self.day_spreads = [0.0] * DAY_HOURS
        self.all_level = 0.0
        self.all_weight = 0.0
        self.all_spread = 0.0
        self.first = -1.0
        self.last = -1.0
        self.score = 0.0
        self.value = 0.0
        self.spread = 0.0

    @property
    def age(self) -> float:
        """Seconds of history."""
        return self.last - self.first

    def add(self, at: float, value: float, smooth: float) -> float:
        """Compare a reading with what is usual, then learn from it; the score. at: seconds by the city's clock.

        smooth: over so many seconds the score is smoothed.
        """
        if self.first < 0:
            self.first, self.last, self.all_level = at, at - 300.0, value
        elapsed, self.last = at - self.last, at
        hour = int((at - _MONDAY) // HOUR) % WEEK_HOURS
        self.value = self._expected(at)
        spread = max(TO_DEVIATION * self._spread(hour % DAY_HOURS), LEAST_SPREAD * abs(self.value), TINY)
        self.spread = spread
        away = value - self.value
        part = 1.0 - math.exp(-elapsed / smooth) if smooth else 1.0
        part = min(max(part, 1.0 / LEAST_READINGS), 1.0)
        self.score += part * (max(-MOST_SCORE, min(MOST_SCORE, away / spread)) - self.score)
        self._learn(hour, away, spread, min(elapsed, HOUR) / HOUR)
        return self.score

    def _expected(self, at: float) -> float:
        """Between the middles of two hours the usual value goes over from one to the other."""
        hours = ((at - _MONDAY) / HOUR - 0.5) % WEEK_HOURS
        hour = int(hours)
        share = hours - hour
        base = self.all_level
        days, day_weights = self.day_levels, self.day_weights
        weeks, week_weights = self.week_levels, self.week_weights
        # An hour of the week, leaning on the longer-term levels: written out twice, since this is done most often.
        day = hour % DAY_HOURS
        weight = day_weights[day]
        level = base + (days[day] - base) * weight / (weight + DAY_LEAN)
        weight = week_weights[hour]
        before = level + (weeks[hour] - level) * weight / (weight + WEEK_LEAN)
        hour = (hour + 1) % WEEK_HOURS
        day = hour % DAY_HOURS
        weight = day_weights[day]
        level = base + (days[day] - base) * weight / (weight + DAY_LEAN)
        weight = week_weights[hour]
        after = level + (weeks[hour] - level) * weight / (weight + WEEK_LEAN)
        return before * (1.0 - share) + after * share

    def _spread(self, day: int) -> float:
        weight = self.day_weights[day]
        return (self.all_spread * SPREAD_LEAN + self.day_spreads[day] * weight) / (SPREAD_LEAN + weight)

    def _learn(self, hour: int, away: float, spread: float, weight: float) -> None:
        if self.all_weight > FIRST_HOURS:
            most = CLIP * spread
            away = max(-most, min(most, away))
        value, size, day = self.value + away, abs(away), hour % DAY_HOURS
        self.all_weight = min(self.all_weight + weight, MOST_OF_ALL)
        share = weight / self.all_weight if self.all_weight else 1.0
        self.all_level += share * (value - self.all_level)
        self.all_spread += share * (size - self.all_spread)
        self.day_weights[day] = min(self.day_weights[day] + weight, MOST_OF_DAY)
        share = weight / self.day_weights[day] if self.day_weights[day] else 1.0
        self.day_levels[day] += share * (value - self.day_levels[day])
        self.day_spreads[day] += share * (size - self.day_spreads[day])
        self.week_weights[hour] = min(self.week_weights[hour] + weight, MOST_OF_WEEK)
        share = weight / self.week_weights[hour] if self.week_weights[hour] else 1.0
        self.week_levels[hour] += share * (value - self.week_levels[hour])

    def packed(self) -> list[Any]:
        return [getattr(self, name) for name in self.__slots__]

    @classmethod
    def unpacked(cls, packed: list[Any]) -> "Usual":
        made = cls()
        for name, value in zip(cls.__slots__, packed, strict=True):
            setattr(made, name, value)
        return made
