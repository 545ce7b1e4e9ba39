"""What was late in a span of time, and what months raised, opened and closed: for prints that show several systems."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet
from django.utils import timezone

from songcau.kernel.actor import Actor
from songcau.systems.incidents.models import Alert, ChecklistItem, Incident
from songcau.systems.incidents.models.reach import own_wards, sees_all
from songcau.systems.incidents.queries.alerts import lines_of
from songcau.systems.incidents.rules.alerts import State, acknowledge_by

# From an instant on, and before another one.
Span = tuple[datetime, datetime]


class Missed(StrEnum):
    """What was not done in time with an alert."""

    ACKNOWLEDGE = "ACKNOWLEDGE"
    CLOSE = "CLOSE"


@dataclass(frozen=True, slots=True)
class LateAlert:
    """A line of the queue that nobody took, or closed, in time. `due_at` is the first date missed in the span;
    `ended_at` None: something is late still. `rung`: how far up it has called (`Rung`). `owner` and its path are empty
    where the operations centre looks after it.
    """

    code: str
    name_vi: str
    name_en: str
    subject: str
    level: str
    ward_code: str
    ward_name: str
    owner: str
    owner_path: str
    missed: tuple[Missed, ...]
    due_at: datetime
    ended_at: datetime | None
    state: State
    rung: int


@dataclass(frozen=True, slots=True)
class LateStep:
    """An item of an incident's checklist. What was never done ends when the incident is resolved."""

    number: int
    position: int
    title: str
    text_vi: str
    text_en: str
    role: str
    lead: str
    lead_path: str
    ward_codes: tuple[str, ...]
    due_at: datetime
    ended_at: datetime | None
    is_done: bool


def late_alerts_between(by: Actor, span: Span, now: datetime) -> list[LateAlert]:
    """Those that were late at some time of the span, of what the actor may see; the longest first. One query."""
    begin, until = span
    rows = lines_of(by).filter(Q(closed_at=None) | Q(closed_at__gt=begin), raised_at__lt=until)
    found = [_late(row, span, now) for row in rows]
    return sorted((one for one in found if one is not None), key=lambda one: (one.due_at, one.code, one.subject))


def _late(row: Alert, span: Span, now: datetime) -> LateAlert | None:
    begin, until = span
    times = [
        (what, since, ended)
        for what, since, ended in _times_late(row, now)
        if since < until and (ended is None or ended > begin)
    ]
    if not times:
        return None
    ends = [ended for _what, _since, ended in times if ended is not None]
    return LateAlert(
        code=row.rule_code,
        name_vi=row.name_vi,
        name_en=row.name_en,
        subject=row.subject_name,
        level=str(row.level),
        ward_code=row.ward_code,
        ward_name=row.ward_name,
        owner=row.owner_agency.name if row.owner_agency else "",
        owner_path=row.owner_agency.path if row.owner_agency else "",
        missed=tuple(what for what, _since, _ended in times),
        due_at=min(since for _what, since, _ended in times),
        ended_at=max(ends) if len(ends) == len(times) else None,
        state=State(row.state),
        rung=row.rung,
    )


def _times_late(row: Alert, now: datetime) -> Iterator[tuple[Missed, datetime, datetime | None]]:
    """What was missed, since when, and until when; None: still."""
    taken, by = _taken_at(row), _acknowledge_by(row)
    if by < (taken or now):
        yield Missed.ACKNOWLEDGE, by, taken
    if row.due_at < (row.closed_at or now):
        yield Missed.CLOSE, row.due_at, row.closed_at


def _taken_at(row: Alert) -> datetime | None:
    """From when nobody had to take it any more: somebody had, it was closed, or its condition had gone."""
    return min((at for at in (row.acknowledged_at, row.closed_at, row.cleared_at) if at is not None), default=None)


def _acknowledge_by(row: Alert) -> datetime:
    raised_at, due_at = timezone.localtime(row.raised_at), timezone.localtime(row.due_at)
    return acknowledge_by(row.level, raised_at, due_at, row.escalate_minutes, row.quiet_from, row.quiet_until)


def late_steps_between(by: Actor, span: Span, now: datetime) -> list[LateStep]:
    """Those that were late at some time of the span, of incidents that the actor may see; the longest first. Two
    queries.
    """
    begin, until = span
    late = Q(done_at=None) | (Q(done_at__gt=begin) & Q(done_at__gt=F("due_at")))
    rows = ChecklistItem.objects.filter(late, due_at__lt=until, incident__in=Incident.objects.visible_to(by))
    rows = rows.select_related("incident__lead_agency").prefetch_related("incident__wards")
    found = [_step(row) for row in rows.order_by("due_at", "incident__number", "position")]
    return [one for one in found if max(one.due_at, begin) < (one.ended_at or now)]


def _step(row: ChecklistItem) -> LateStep:
    incident = row.incident
    return LateStep(
        number=incident.number,
        position=row.position,
        title=incident.title,
        text_vi=row.text_vi,
        text_en=row.text_en,
        role=row.role,
        lead=incident.lead_agency.name if incident.lead_agency else "",
        lead_path=incident.lead_agency.path if incident.lead_agency else "",
        ward_codes=tuple(ward.ward_code for ward in incident.wards.all()),
        due_at=row.due_at,
        ended_at=row.done_at or incident.resolved_at,
        is_done=row.done_at is not None,
    )


@dataclass(slots=True)
class AlertsOfMonth:
    """Lines raised in a span; of them acknowledged in time, or not (those whose time is not over, and those whose
    condition went before anybody had to, are neither), and escalated. `closed` in the span, whenever raised.
    """

    raised: int = 0
    in_time: int = 0
    not_in_time: int = 0
    escalated: int = 0
    closed: int = 0

    @property
    def in_time_percent(self) -> float | None:
        judged = self.in_time + self.not_in_time
        return 100 * self.in_time / judged if judged else None


@dataclass(frozen=True, slots=True)
class AlertKind:
    """A rule, as its alerts name it."""

    code: str
    name_vi: str
    name_en: str


@dataclass(slots=True)
class AlertsInSpan:
    """Of the whole, by kind, and by the ward's code (empty: in no known ward)."""

    whole: AlertsOfMonth = field(default_factory=AlertsOfMonth)
    by_kind: dict[AlertKind, AlertsOfMonth] = field(default_factory=lambda: defaultdict(AlertsOfMonth))
    by_ward: dict[str, AlertsOfMonth] = field(default_factory=lambda: defaultdict(AlertsOfMonth))

    def of(self, row: Alert) -> tuple[AlertsOfMonth, ...]:
        kind = AlertKind(row.rule_code, row.name_vi, row.name_en)
        return self.whole, self.by_kind[kind], self.by_ward[row.ward_code]


_COUNTED = (
    *("rule_code", "name_vi", "name_en", "ward_code", "level", "raised_at", "due_at", "escalate_minutes"),
    *("quiet_from", "quiet_until", "acknowledged_at", "closed_at", "cleared_at", "rung"),
)


def alerts_in_spans(by: Actor, spans: Sequence[Span], now: datetime) -> list[AlertsInSpan]:
    """For each span, of what the actor may see. Two queries a span, however many alerts."""
    return [_alerts_in(Alert.objects.visible_to(by).lines().order_by().only(*_COUNTED), span, now) for span in spans]


def _alerts_in(rows: QuerySet[Alert], span: Span, now: datetime) -> AlertsInSpan:
    begin, until = span
    found = AlertsInSpan()
    for row in rows.filter(raised_at__gte=begin, raised_at__lt=until).iterator():
        counts = _judged(row, now)
        for sums in found.of(row):
            _add(sums, raised=1, escalated=int(row.rung > 0), **counts)
    for row in rows.filter(closed_at__gte=begin, closed_at__lt=until).iterator():
        for sums in found.of(row):
            _add(sums, closed=1)
    return found


def _judged(row: Alert, now: datetime) -> dict[str, int]:
    """Whether it was acknowledged in time, as far as that can be said."""
    by = _acknowledge_by(row)
    answered = min((at for at in (row.acknowledged_at, row.closed_at) if at is not None), default=None)
    if answered is not None and answered <= by:
        return {"in_time": 1}
    is_late = by < (_taken_at(row) or now)
    return {"not_in_time": int(is_late)}


def _add(sums: AlertsOfMonth, **counts: int) -> None:
    for name, many in counts.items():
        setattr(sums, name, getattr(sums, name) + many)


@dataclass(frozen=True, slots=True)
class IncidentsInSpan:
    """Opened and closed in a span by level, and opened by the ward's code: one in two wards counts in both."""

    opened: Mapping[str, int]
    closed: Mapping[str, int]
    opened_by_ward: Mapping[str, int]


def incidents_in_spans(by: Actor, spans: Sequence[Span]) -> list[IncidentsInSpan]:
    """For each span, of what the actor may see. Three queries a span."""
    return [_incidents_in(Incident.objects.visible_to(by).order_by(), *span) for span in spans]


def _incidents_in(rows: QuerySet[Incident], begin: datetime, until: datetime) -> IncidentsInSpan:
    opened = rows.filter(opened_at__gte=begin, opened_at__lt=until)
    closed = rows.filter(closed_at__gte=begin, closed_at__lt=until)
    return IncidentsInSpan(_by(opened, "level"), _by(closed, "level"), _by(opened, "wards__ward_code"))


def _by(rows: QuerySet[Incident], column: str) -> Mapping[str, int]:
    found: Any = rows.values(column).annotate(many=Count("pk", distinct=True))
    return Counter({row[column] or "": row["many"] for row in found})


def alerts_since() -> datetime | None:
    """When the first alert of the city was raised: of the time before nothing is known. None: there is none."""
    found: datetime | None = Alert.objects.aggregate(first=Min("raised_at"))["first"]
    return found


def incidents_since() -> datetime | None:
    """When the first incident of the city was opened."""
    found: datetime | None = Incident.objects.aggregate(first=Min("opened_at"))["first"]
    return found


def wards_seen(by: Actor) -> frozenset[str] | None:
    """Codes of the wards whose alerts and incidents they see; None: nothing of the city is left out for them."""
    return None if sees_all(by) else frozenset(own_wards(by))
