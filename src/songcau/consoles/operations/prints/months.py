"""A month beside the one before and the same of the year before: what is not known of a month is said, never zero."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from songcau.consoles.operations.prints import parts
from songcau.consoles.operations.prints.parts import Found, Part, Values
from songcau.consoles.operations.prints.spans import Days, month_before, year_before
from songcau.consoles.operations.prints.wards import Wards
from songcau.kernel.actor import Actor
from songcau.systems.incidents.public import AlertKind, AlertsOfMonth, wards_seen

Known = tuple[bool, ...]
# What stands in the table of wards, in this order.
OF_WARDS = ("received", "reports_percent", "raised", "opened", "given")


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of the three months. A value of None is none that could be measured where the month is known, as a share
    of nothing; what is not known is None too.
    """

    code: str
    values: Values
    known: Known

    @property
    def is_share(self) -> bool:
        return self.code.endswith("percent")


@dataclass(frozen=True, slots=True)
class WardRow:
    """The figures of a ward by their code, those of `OF_WARDS` that the person may see."""

    place: str
    name: str
    measures: Mapping[str, Measure]


@dataclass(frozen=True, slots=True)
class Levels:
    level: str
    opened: Measure
    closed: Measure


@dataclass(frozen=True, slots=True)
class MonthsCompared:
    """`months`: the month, the one before, the same of the year before. A part that the person may not see is missing.
    `is_whole`: nothing of the city was left out for them.
    """

    months: tuple[Days, Days, Days]
    now: datetime
    since: Mapping[Part, datetime | None]
    measures: Mapping[Part, tuple[Measure, ...]]
    known: Mapping[Part, Known]
    kinds: Mapping[AlertKind, tuple[AlertsOfMonth, ...]]
    levels: tuple[Levels, ...]
    wards: tuple[WardRow, ...]
    is_whole: bool


def months_compared(by: Actor, month: Days, now: datetime) -> MonthsCompared:
    """Made of what the actor may see. The number of queries does not follow from how much there is."""
    months = (month, month_before(month), year_before(month))
    wards = Wards(month.last)
    of_incidents, kinds = parts.of_incidents(by, months, now)
    found = [
        *parts.of_reports(by, months),
        *of_incidents,
        *parts.of_directives(by, months, now, wards),
    ]
    known = {one.part: known_of(one.since, months) for one in found}
    return MonthsCompared(
        months=months,
        now=now,
        since={one.part: one.since for one in found},
        measures={one.part: _measures(one, known[one.part]) for one in found},
        known=known,
        kinds=kinds.alerts,
        levels=tuple(
            Levels(
                level,
                measure("opened", opened, known[Part.INCIDENTS]),
                measure("incidents_closed", closed, known[Part.INCIDENTS]),
            )
            for level, (opened, closed) in kinds.levels.items()
        ),
        wards=_wards(found, known, months, wards, wards_seen(by)),
        is_whole=all(one.is_whole for one in found),
    )


def known_of(since: datetime | None, months: Sequence[Days]) -> Known:
    """Of which months something is known: the part was in use before they were over."""
    return tuple(since is not None and since < month.span()[1] for month in months)


def measure(code: str, values: Values, known: Known) -> Measure:
    return Measure(code, tuple(value if sure else None for value, sure in zip(values, known, strict=True)), known)


def _measures(found: Found, known: Known) -> tuple[Measure, ...]:
    return tuple(measure(code, values, known) for code, values in found.figures.items())


def _wards(
    found: Sequence[Found],
    known: Mapping[Part, Known],
    months: Sequence[Days],
    wards: Wards,
    seen: frozenset[str] | None,
) -> tuple[WardRow, ...]:
    """Each ward that the person sees in the order of its name, then those that are no more and what is in none."""
    named = [code for code in wards.codes() if seen is None or code in seen]
    used = {ward for one in found for by_ward in one.wards.values() for ward in by_ward}
    others = sorted(used.difference(named), key=lambda code: (not code, wards.name(code)))
    return tuple(_ward(code, found, known, months, wards) for code in (*named, *others))


def _ward(
    code: str, found: Sequence[Found], known: Mapping[Part, Known], months: Sequence[Days], wards: Wards
) -> WardRow:
    there = _was_there(wards.began_on(code), months)
    measures = {
        name: _of_ward(name, by_ward.get(code), known[one.part], there)
        for one in found
        for name, by_ward in one.wards.items()
    }
    return WardRow(code, wards.name(code), measures)


def _of_ward(name: str, values: Values | None, known: Known, there: Known) -> Measure:
    nothing: Values = (None if name.endswith("percent") else 0,) * len(known)
    return measure(name, values or nothing, tuple(sure and was for sure, was in zip(known, there, strict=True)))


def _was_there(began_on: date | None, months: Sequence[Days]) -> Known:
    """A ward that was made later had no figures of its own; of what lies in no ward that is not asked."""
    return tuple(began_on is None or began_on <= month.last for month in months)
