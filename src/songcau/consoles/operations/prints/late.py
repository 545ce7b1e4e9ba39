"""What a week left late: of every system one kind of line, each under the ward, or the unit, that it belongs to."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from songcau.consoles.operations.doors import directives, incidents
from songcau.consoles.operations.prints import words
from songcau.consoles.operations.prints.spans import Days, Span
from songcau.consoles.operations.prints.wards import Wards
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports import public as reports
from songcau.systems.directives import public as directives_door
from songcau.systems.incidents import public as incidents_door

VIEW_REPORTS = "citizen_reports.view_reports"


class Kind(StrEnum):
    REPORT = "REPORT"
    DIRECTIVE = "DIRECTIVE"
    ALERT = "ALERT"
    STEP = "STEP"


# Their time is counted as offices work; that of alerts and of steps runs day and night.
IN_WORKING_TIME = (Kind.REPORT, Kind.DIRECTIVE)


@dataclass(frozen=True, slots=True)
class Line:
    """`due_at` is the date that was missed, `first_due_at` the one first given, where that may differ. `ended_at` None:
    late still. `path` of the agency whose working time counts. `places`: ward codes, or the path of an agency of no
    ward, or nothing known ("").
    """

    kind: Kind
    code: str
    what: str
    first_due_at: datetime | None
    due_at: datetime
    ended_at: datetime | None
    holder: str
    path: str
    state: str
    places: tuple[str, ...]


@dataclass(slots=True)
class Section:
    """A ward, an agency of no ward, or what belongs to none that is known."""

    place: str
    name: str
    lines: list[Line] = field(default_factory=list)

    @property
    def counts(self) -> Mapping[Kind, int]:
        return counted(self.lines)

    @property
    def still_late(self) -> int:
        return still_late(self.lines)


def counted(lines: Iterable[Line]) -> Mapping[Kind, int]:
    return Counter(line.kind for line in lines)


def still_late(lines: Iterable[Line]) -> int:
    return sum(line.ended_at is None for line in lines)


@dataclass(frozen=True, slots=True)
class LateWeek:
    """`lines` of all sections, each once; `clean`: the names of wards in which nothing was late, of those the person
    sees. `is_whole`: nothing of the city was left out for them. `shown`: the kinds they may see at all; `unknown`:
    those of which nothing was kept yet in that week, which is not the same as none.
    """

    week: Days
    now: datetime
    lines: tuple[Line, ...]
    sections: tuple[Section, ...]
    clean: tuple[str, ...]
    is_whole: bool
    shown: tuple[Kind, ...]
    unknown: tuple[Kind, ...]


def late_week(by: Actor, week: Days, now: datetime) -> LateWeek:
    """Made of what the actor may see. The number of queries does not follow from the number of lines."""
    span, wards = week.span_until(now), Wards(week.last)
    lines: list[Line] = []
    since: dict[Kind, datetime | None] = {}
    whole: list[bool] = []
    if by.may(VIEW_REPORTS):
        lines += [_report(one) for one in reports.late_reports_between(by, span)]
        since[Kind.REPORT] = reports.reports_since()
        whole.append(reports.sees_every_report(by))
    if directives.sees(by):
        lines += [_directive(one, wards) for one in directives_door.late_directives_between(by, span, now)]
        since[Kind.DIRECTIVE] = directives_door.directives_since()
        whole.append(directives_door.sees_every_directive(by))
    seen = incidents_door.wards_seen(by)
    if incidents.sees(by):
        lines += _of_incidents(by, span, now, wards)
        since[Kind.ALERT], since[Kind.STEP] = incidents_door.alerts_since(), incidents_door.incidents_since()
        whole.append(seen is None)
    lines.sort(key=lambda line: (line.due_at, line.code))
    sections = _sections(lines, wards)
    late_places = {section.place for section in sections}
    clean = [unit.name for unit in wards.units if (seen is None or unit.code in seen) and unit.code not in late_places]
    return LateWeek(
        week=week,
        now=now,
        lines=tuple(lines),
        sections=tuple(sections),
        clean=tuple(clean),
        is_whole=all(whole),
        shown=tuple(since),
        unknown=tuple(kind for kind, first in since.items() if first is None or first >= span[1]),
    )


def _of_incidents(by: Actor, span: Span, now: datetime, wards: Wards) -> list[Line]:
    alerts = incidents_door.late_alerts_between(by, span, now)
    steps = incidents_door.late_steps_between(by, span, now)
    return [_alert(one, wards) for one in alerts] + [_step(one, wards) for one in steps]


def _report(one: reports.LateReport) -> Line:
    return Line(
        kind=Kind.REPORT,
        code=one.code,
        what=words.report_words(one),
        first_due_at=one.first_due_at,
        due_at=one.due_at,
        ended_at=one.ended_at,
        holder=one.agency or words.centre(),
        path=one.agency_path,
        state=words.report_state(one),
        places=(one.ward_code,),
    )


def _directive(one: directives_door.LateDirective, wards: Wards) -> Line:
    return Line(
        kind=Kind.DIRECTIVE,
        code=one.code,
        what=one.title,
        first_due_at=one.first_due_at,
        due_at=one.missed_at,
        ended_at=one.ended_at,
        holder=one.lead,
        path=one.lead_path,
        state=words.directive_state(one),
        places=(wards.of_path(one.lead_path) or one.lead_path,),
    )


def _alert(one: incidents_door.LateAlert, wards: Wards) -> Line:
    return Line(
        kind=Kind.ALERT,
        code=one.code,
        what=words.alert_words(one),
        first_due_at=None,
        due_at=one.due_at,
        ended_at=one.ended_at,
        holder=one.owner or words.centre(),
        path=one.owner_path,
        state=words.alert_state(one),
        places=(one.ward_code or wards.of_path(one.owner_path) or one.owner_path,),
    )


def _step(one: incidents_door.LateStep, wards: Wards) -> Line:
    return Line(
        kind=Kind.STEP,
        code=f"#{one.number}/{one.position}",
        what=words.step_words(one),
        first_due_at=None,
        due_at=one.due_at,
        ended_at=one.ended_at,
        holder=" · ".join(part for part in (one.role, one.lead or words.centre()) if part),
        path=one.lead_path,
        state=words.step_state(one),
        places=one.ward_codes or (wards.of_path(one.lead_path),),
    )


def _sections(lines: Iterable[Line], wards: Wards) -> list[Section]:
    """Wards in the order of their names, then those that are no more, agencies of no ward, and what is in none."""
    found: dict[str, Section] = {}
    for line in lines:
        for place in line.places:
            name = section_name(place, wards)
            found.setdefault(place, Section(place, name)).lines.append(line)
    nth = {code: n for n, code in enumerate(wards.codes())}
    last = len(nth)

    def order(section: Section) -> tuple[int, bool, str]:
        return nth.get(section.place, last), section.place.startswith("/") or not section.place, section.name

    return sorted(found.values(), key=lambda section: (not section.place, *order(section)))


def section_name(place: str, wards: Wards) -> str:
    return wards.agency(place) if place.startswith("/") else wards.name(place)
