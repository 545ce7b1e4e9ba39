"""Figures of wards and of stations, for the map's colours and the wall's tiles."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songcau.consoles.operations.live.city import Reach
from songcau.consoles.operations.live.feeding import FEED, live_city
from songcau.consoles.operations.live.things import LASTING, WARD_TOTALS, Thing
from songcau.consoles.operations.words import MAIN, Words, attribute_words, kind_words, unit_words
from songcau.kernel import clock
from songcau.systems.citizen_reports import public as reports

MOST_KINDS = 40


@dataclass(frozen=True, slots=True)
class Indicator:
    """By what the wards are coloured. `code`: `reports.late`, or `<kind>.<attribute>` of the live city."""

    code: str
    label: Words
    group: Words


@dataclass(frozen=True, slots=True)
class WardFigures:
    """`values` by the ward's code; a ward that is not there has no data, which is not zero. `counts`: from how many
    stations. `as_of` None: there is nothing yet.
    """

    label: Words
    unit: str
    values: Mapping[str, float]
    counts: Mapping[str, int]
    as_of: datetime | None
    source: Words
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class StationsFigure:
    """One number of many stations: their mean. `fresh` of `stations` say something that is not too old; `main_id`: of
    which the last hours are drawn.
    """

    kind: str
    attribute: str
    unit: str
    value: float | None
    highest: float | None
    highest_name: str
    stations: int
    fresh: int
    as_of: datetime | None
    main_id: str

    @property
    def is_stale(self) -> bool:
        return self.stations > 0 and self.fresh == 0


_OF_REPORTS: Mapping[str, tuple[Words, Callable[[reports.WardTotals], int]]] = {
    "reports.open": (gettext_lazy("Open reports"), lambda totals: totals.still_open),
    "reports.late": (gettext_lazy("Late reports"), lambda totals: totals.late),
    "reports.today": (gettext_lazy("Reports of today"), lambda totals: totals.today),
}


# By what attribute of a ward's totals the past tells the same.
_TOLD_AS: Mapping[str, str] = {
    "reports.open": "reportsOpen",
    "reports.late": "reportsLate",
    "reports.today": "reportsToday",
}


def told_in_the_past(code: str) -> tuple[str, str]:
    """Kind and attribute of the live city whose history tells an indicator; empty where nothing does."""
    if code in _TOLD_AS:
        return WARD_TOTALS, _TOLD_AS[code]
    kind, _dot, attribute = code.rpartition(".")
    return kind, attribute


def kinds(things: Iterable[Thing]) -> list[tuple[str, int]]:
    """Entity types there are, with how many have a place; in the order of the alphabet."""
    found: dict[str, int] = defaultdict(int)
    for thing in things:
        found[thing.kind] += thing.longitude is not None
    return sorted((kind, many) for kind, many in found.items() if many)[:MOST_KINDS]


def indicators(things: Iterable[Thing]) -> list[Indicator]:
    """Totals of reports, and every number that things in wards have."""
    found = [Indicator(code, words, _("Citizens' reports")) for code, (words, _pick) in _OF_REPORTS.items()]
    # Totals of wards are there already, as the lists count them this moment.
    measured = [thing for thing in things if thing.ward and thing.kind != WARD_TOTALS]
    pairs = {(thing.kind, name) for thing in measured for name in thing.readings}
    found += [Indicator(f"{kind}.{name}", attribute_words(name), kind_words(kind)) for kind, name in sorted(pairs)]
    return found


def ward_figures(code: str) -> WardFigures | None:
    """Of the whole city: they are totals. None: there is no such indicator."""
    now = clock.now()
    if code in _OF_REPORTS:
        words, pick = _OF_REPORTS[code]
        totals = {ward: pick(one) for ward, one in reports.ward_totals(now).items() if ward}
        # A ward without a report has none: here nothing is zero.
        return WardFigures(words, "", defaultdict(int, totals), {}, now, _("Citizens' reports"))
    kind, _dot, attribute = code.rpartition(".")
    things = live_city().things(None, lambda thing: thing.kind == kind and attribute in thing.readings)
    if not things:
        return None
    return _means(kind, attribute, things, now)


def _means(kind: str, attribute: str, things: Sequence[Thing], now: datetime) -> WardFigures:
    fresh = [thing for thing in things if not thing.is_stale(now.timestamp())]
    by_ward: dict[str, list[float]] = defaultdict(list)
    for thing in fresh:
        if thing.ward:
            by_ward[thing.ward].append(thing.readings[attribute].value)
    return WardFigures(
        label=attribute_words(attribute),
        unit=unit_words(things[0].readings[attribute].unit),
        values={ward: statistics.fmean(values) for ward, values in by_ward.items()},
        counts={ward: len(values) for ward, values in by_ward.items()},
        as_of=instant(max(thing.observed for thing in things)),
        source=kind_words(kind),
        is_stale=not fresh or FEED.cut_off_seconds > 0,
    )


def stations_figure(kind: str, attribute: str, reach: Reach) -> StationsFigure:
    """The mean of the stations that are fresh; of stale ones none is made."""
    now = clock.now().timestamp()
    things = live_city().things(reach, lambda thing: thing.kind == kind and attribute in thing.readings)
    fresh = [thing for thing in things if not thing.is_stale(now)]
    top = max(fresh, key=lambda thing: thing.readings[attribute].value, default=None)
    shown = fresh or things
    newest = max(shown, key=lambda thing: thing.observed, default=None)
    return StationsFigure(
        kind=kind,
        attribute=attribute,
        unit=unit_words(shown[0].readings[attribute].unit) if shown else "",
        value=statistics.fmean(thing.readings[attribute].value for thing in shown) if shown else None,
        highest=top.readings[attribute].value if top else None,
        highest_name=(top.name or top.id.rpartition(":")[2]) if top else "",
        stations=len(things),
        fresh=len(fresh),
        as_of=instant(newest.observed) if newest else None,
        # The same one each time, whichever of them spoke last.
        main_id=min((thing.id for thing in shown), default=""),
    )


def main_attribute(kind: str, things: Iterable[Thing]) -> str:
    """The number a kind is known by; empty when it has none."""
    names = {name for thing in things if thing.kind == kind for name in thing.readings}
    for name in MAIN.get(kind, ()):
        if name in names:
            return name
    return min(names, default="")


def instant(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def is_lasting(kind: str) -> bool:
    return kind in LASTING
