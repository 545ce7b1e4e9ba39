"""What is allowed of units and boundaries: dates, nearness, tolerances. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from songcau.kernel.errors import Refused

# A point up to this far outside its own polygon may be drawn from another survey; farther, the polygon is another's.
FARTHEST_CENTRE_KM = 2.0
# Below these a gap or overlap is the drawing, not a dispute: 1 ha, and a thousandth of the smaller unit.
LEAST_FAULT_KM2 = 0.01
LEAST_FAULT_SHARE = 0.001
# Viet Nam with its islands, in degrees (WGS 84).
WEST, SOUTH, EAST, NORTH = 102.0, 6.0, 118.0, 24.0


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


class PeriodRefused(Refused):
    """A period ends before it begins."""

    code = "PERIOD_REFUSED"


@dataclass(frozen=True, slots=True)
class Period:
    """Half open: `end` is the first day it no longer holds, None while it holds."""

    begin: date
    end: date | None

    def holds(self, on: date) -> bool:
        return self.begin <= on and (self.end is None or on < self.end)


def checked_period(begin: date, end: date | None) -> Period:
    """Raises PeriodRefused when the period would be empty."""
    if end is not None and end <= begin:
        raise PeriodRefused(begin=begin, end=end)
    return Period(begin, end)


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
