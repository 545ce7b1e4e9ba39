"""What is allowed of units and boundaries: dates, nearness, tolerances. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# A centre this far outside its own polygon is within the drawing; farther, the polygon is another's.
FARTHEST_CENTRE_KM = 0.2
# Smaller than any unit that was ever founded: a line or a point drawn as a polygon.
LEAST_AREA_KM2 = 0.001
# Below these a gap or overlap is the drawing, not a dispute: 1 ha, and a thousandth of the smaller unit.
LEAST_FAULT_KM2 = 0.01
LEAST_FAULT_SHARE = 0.001
# Viet Nam with its islands, in degrees (WGS 84).
WEST, SOUTH, EAST, NORTH = 102.0, 6.0, 118.0, 24.0
# Stored as the source of outlines that songcau drew itself; `words.source_in_words` says it.
APPROXIMATE_SOURCE = "songcau: nearest centre"


class Level(StrEnum):
    """Levels of administration; DISTRICT ended on 1 July 2025 (profile `vn-2025` has two levels)."""

    PROVINCE = "PROVINCE"
    DISTRICT = "DISTRICT"
    WARD = "WARD"


class Relation(StrEnum):
    """How a unit continues another: wholly, in part, or as the one meant when nobody says which part."""

    FULL = "FULL"
    SPLIT = "SPLIT"
    SPLIT_DEFAULT = "SPLIT_DEFAULT"


@dataclass(frozen=True, slots=True)
class Period:
    """Half open: `end` is the first day it no longer holds, None while it holds."""

    begin: date
    end: date | None

    def holds(self, on: date) -> bool:
        return self.begin <= on and (self.end is None or on < self.end)

    def nearest(self, on: date) -> date:
        """The day itself where the period holds it; else its last day, or its first one where it is yet to come."""
        if on < self.begin:
            return self.begin
        return on if self.end is None else min(on, self.end - timedelta(days=1))


def gap_around(on: date, whole: Period, others: Sequence[Period]) -> Period:
    """The longest part of `whole` that holds the day and touches none of the others, none of which holds it."""
    before = [other.end for other in others if other.end is not None and other.end <= on]
    after = [other.begin for other in others if other.begin > on]
    ends = after if whole.end is None else [*after, whole.end]
    return Period(max([whole.begin, *before]), min(ends, default=None))


class Axes(StrEnum):
    """What a pair of numbers is, judged by where Viet Nam lies."""

    LONGITUDE_LATITUDE = "LONGITUDE_LATITUDE"
    SWAPPED = "SWAPPED"
    PROJECTED = "PROJECTED"
    ELSEWHERE = "ELSEWHERE"


def axes_of(west: float, south: float, east: float, north: float) -> Axes:
    """Judge the bounds of a shape: degrees in order, degrees swapped, metres of a projection, or another country."""
    if WEST <= west <= east <= EAST and SOUTH <= south <= north <= NORTH:
        return Axes.LONGITUDE_LATITUDE
    if SOUTH <= west <= east <= NORTH and WEST <= south <= north <= EAST:
        return Axes.SWAPPED
    if max(map(abs, (west, south, east, north))) > 360:
        return Axes.PROJECTED
    return Axes.ELSEWHERE


def is_fault(area_km2: float, smaller_km2: float) -> bool:
    """Whether a gap or overlap of this size counts, beside a unit of `smaller_km2`."""
    return area_km2 > max(LEAST_FAULT_KM2, LEAST_FAULT_SHARE * smaller_km2)
