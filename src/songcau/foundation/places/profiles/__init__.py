"""The administrative units of a city, as files: codes, names, titles, centres and sizes (official facts).

`tn-2022`: the province, the city and its 32 wards. `vn-2025`: two levels since 1 July 2025, with the units of before
and how each was continued. The record begins on 2022-01-01; when a unit itself began is not in it.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from songcau.foundation.places.rules import Level, Relation

RECORD_BEGINS = date(2022, 1, 1)
TWO_LEVELS_BEGIN = date(2025, 7, 1)
NAMES = ("tn-2022", "vn-2025")


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit of a profile. Numbers that are not known are None."""

    level: Level
    code: str
    kind: str
    name: str
    short_name: str
    parent: str
    longitude: float | None
    latitude: float | None
    area_km2: float | None
    population: int | None
    population_year: int | None
    box: tuple[float, float, float, float] | None
    agency_code: str
    agency_code_inferred: bool
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class SuccessionLine:
    level: Level
    predecessor: str
    successor: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class Profile:
    """Units, each after its parent, and successions across the day the profile begins."""

    name: str
    begins: date
    units: tuple[UnitLine, ...]
    successions: tuple[SuccessionLine, ...]


def read_profile(name: str) -> Profile:
    """Raises KeyError for a name not in NAMES."""
    if name == "tn-2022":
        return Profile(name, RECORD_BEGINS, tuple(_units("tn_2022/units.csv", RECORD_BEGINS, None)), ())
    if name == "vn-2025":
        before = _units("vn_2025/before.csv", RECORD_BEGINS, TWO_LEVELS_BEGIN)
        units = _units("vn_2025/units.csv", TWO_LEVELS_BEGIN, None)
        return Profile(name, TWO_LEVELS_BEGIN, (*before, *units), tuple(_successions("vn_2025/successions.csv")))
    raise KeyError(name)


def _lines(file: str) -> Iterator[dict[str, str]]:
    with (files("songcau.foundation.places") / "profiles" / file).open(encoding="utf-8") as stream:
        yield from csv.DictReader(stream)


def _units(file: str, begin: date, end: date | None) -> Iterator[UnitLine]:
    for line in _lines(file):
        west, south, east, north = (_number(line[side]) for side in ("west", "south", "east", "north"))
        known = west is not None and south is not None and east is not None and north is not None
        yield UnitLine(
            level=Level(line["level"]),
            code=line["code"],
            kind=line["kind"],
            name=line["name"],
            short_name=line["short_name"],
            parent=line["parent"],
            longitude=_number(line["longitude"]),
            latitude=_number(line["latitude"]),
            area_km2=_number(line["area_km2"]),
            population=int(line["population"]) if line["population"] else None,
            population_year=int(line["population_year"]) if line["population_year"] else None,
            box=(west, south, east, north) if known else None,  # type: ignore[arg-type]
            agency_code=line["agency_code"],
            agency_code_inferred=bool(line["agency_code_inferred"]),
            valid_from=begin,
            valid_to=end,
        )


def _successions(file: str) -> Iterator[SuccessionLine]:
    for line in _lines(file):
        yield SuccessionLine(Level(line["level"]), line["predecessor"], line["successor"], Relation(line["relation"]))


def _number(text: str) -> float | None:
    return float(text) if text else None
