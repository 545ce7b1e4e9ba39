"""What can be asked of alerts. The conditions here are those of every list, count and figure, so that a figure and the
list behind it cannot differ.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from songcau.foundation.accounts.models import Agency
from songcau.foundation.accounts.queries import holders_of
from songcau.foundation.places.models import Unit
from songcau.kernel.actor import Actor
from songcau.systems.incidents.models import Alert, AlertEntry, AlertQuerySet
from songcau.systems.incidents.rules.alerts import Rung, State
from songcau.systems.incidents.rules.levels import Level

Condition = Callable[[datetime], Q]
HANDLE, OPERATE, VIEW = "incidents.handle", "incidents.operate", "incidents.view"
# How it stands, as the queue filters it and the wall counts it.
STANDINGS: Mapping[str, Condition] = {
    "OPEN": lambda _now: Q(is_open=True),
    "UNACKNOWLEDGED": lambda _now: Q(is_open=True, state=State.RAISED),
    "ACKNOWLEDGED": lambda _now: Q(is_open=True, state=State.ACKNOWLEDGED),
    "LATE": lambda now: Q(is_open=True, due_at__lt=now),
    "CLEARED": lambda _now: Q(is_open=True, cleared_at__isnull=False),
    "CLOSED": lambda _now: Q(is_open=False),
}
DEFAULT_STANDING = "OPEN"


def lines_of(by: Actor) -> AlertQuerySet:
    """The lines that the actor may see: alerts alone, and the first of each group."""
    return Alert.objects.visible_to(by).lines().select_related("owner_agency", "incident")


def alerts_of(by: Actor) -> AlertQuerySet:
    """Every alert that the actor may see, those that stand under another too."""
    return Alert.objects.visible_to(by).select_related("owner_agency", "incident", "head")


def open_counts(rows: QuerySet[Alert]) -> dict[str, int]:
    """Open lines by level, every level named, in one go."""
    counts = {str(level): Count("pk", filter=Q(level=level)) for level in Level}
    found = rows.order_by().filter(is_open=True).aggregate(**counts)
    return {str(level): found[str(level)] for level in Level}


def unacknowledged(rows: QuerySet[Alert], now: datetime) -> int:
    return rows.filter(STANDINGS["UNACKNOWLEDGED"](now)).count()


def reached(alert_id: UUID, act: str) -> int:
    """How many alerts an act with a line reaches: those under it too, as far as it is still to be done with them."""
    rows = Alert.objects.filter(Q(pk=alert_id) | Q(head=alert_id))
    if act == "acknowledge":
        return rows.filter(state=State.RAISED).count()
    return rows.filter(is_open=True).count() if act == "close" else rows.count()


def totals_by_ward(now: datetime) -> list[tuple[str, str, int, int]]:
    """Ward code, its name, open lines, late ones: totals that every official may read, of all wards."""
    rows = Alert.objects.lines().filter(is_open=True).exclude(ward_code="")
    late = Count("pk", filter=STANDINGS["LATE"](now))
    found = rows.order_by().values("ward_code").annotate(count=Count("pk"), late=late).order_by("ward_code")
    names = dict(rows.order_by().values_list("ward_code", "ward_name").distinct())
    return [(one["ward_code"], names.get(one["ward_code"], ""), one["count"], one["late"]) for one in found]


def members(alert: Alert) -> QuerySet[Alert]:
    """Those that stand under it, the newest first."""
    return alert.members.select_related("owner_agency").order_by("-raised_at", "pk")


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of an alert's story. `step` is a code; `text` somebody's own words."""

    at: datetime
    step: str
    text: str
    params: Mapping[str, object]
    by_label: str


def story(alert: Alert, most: int = 300) -> list[Happening]:
    """What happened, oldest first: each time its condition began and ended, and what people did. The newest `most`."""
    found = [Happening(one.at, one.step, one.text, one.params, one.by_label) for one in _entries(alert, most)]
    for number, one in enumerate(alert.occurrences.order_by("-began_at")[:most]):
        is_first = number == alert.repeats - 1
        found.append(Happening(one.began_at, "raised" if is_first else "raised_again", "", one.values, ""))
        if one.cleared_at is not None:
            found.append(Happening(one.cleared_at, "cleared", "", {}, ""))
    return sorted(found, key=lambda one: one.at)[-most:]


def _entries(alert: Alert, most: int) -> Iterable[AlertEntry]:
    return alert.entries.order_by("-at", "-id")[:most]


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """An alert as flows and consoles see it. `members`: how many stand under it."""

    id: UUID
    name_vi: str
    name_en: str
    level: str
    subject: str
    subject_name: str
    ward_code: str
    ward_name: str
    state: str
    rung: int
    owner_agency_id: UUID | None
    raised_at: datetime
    due_at: datetime
    repeats: int
    members: int
    is_demo: bool


def facts_of(alert_id: UUID) -> AlertFacts | None:
    """Of one, whoever asks: for flows."""
    alert = Alert.objects.filter(pk=alert_id).first()
    return as_facts(alert) if alert else None


def as_facts(alert: Alert) -> AlertFacts:
    return AlertFacts(
        alert.pk,
        alert.name_vi,
        alert.name_en,
        str(alert.level),
        alert.subject,
        alert.subject_name,
        alert.ward_code,
        alert.ward_name,
        str(alert.state),
        alert.rung,
        alert.owner_agency_id,
        alert.raised_at,
        alert.due_at,
        alert.repeats,
        alert.members_count,
        alert.is_demo,
    )


def concerned_by(alert_id: UUID, rung: int) -> list[UUID]:
    """Whom a rung of the ladder calls: who handles alerts in the owning agency; the head of the ward; the centre of the
    city; and for the province those who lead the city, who tell it.
    """
    alert = Alert.objects.select_related("owner_agency").filter(pk=alert_id).first()
    if alert is None:
        return []
    centre = _centre_path()
    owner = alert.owner_agency.path if alert.owner_agency else centre
    if rung == Rung.OFFICER:
        return holders_of(HANDLE, owner) if owner else []
    if rung == Rung.WARD:
        ward = _ward_path(alert.ward_code)
        return holders_of(HANDLE, ward or owner) if ward or owner else []
    if rung == Rung.CITY:
        return holders_of(OPERATE, centre) if centre else []
    return holders_of(VIEW, centre) if centre else []


def _centre_path() -> str:
    rows = Agency.objects.still_open().filter(kind=Agency.Kind.OPERATIONS_CENTRE).order_by("path")
    return rows.values_list("path", flat=True).first() or ""


def _ward_path(ward_code: str) -> str:
    units = Unit.objects.filter(code=ward_code).values_list("pk", flat=True)
    rows = Agency.objects.still_open().filter(kind=Agency.Kind.WARD_COMMITTEE, unit_id__in=list(units))
    return rows.values_list("path", flat=True).first() or ""
