"""Calendars of agencies, built from what is stored; and when something is due."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from django.conf import settings
from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from songcau.foundation.accounts.models import Agency
from songcau.foundation.calendar.deadlines import Method, Term, deadline
from songcau.foundation.calendar.layers import ONE_DAY, Layer, Layers, settled_until
from songcau.foundation.calendar.models import Change, Closure, Dated, Decree, OfficeHours, Promise
from songcau.foundation.calendar.national import profile_week
from songcau.foundation.calendar.rules import LONGEST_REST_DAYS, Calendar, PromiseState, Week

_TABLES = {OfficeHours: "hours", Decree: "decrees", Closure: "closures"}


def latest_change() -> int:
    """The number of the last change; 0 when nothing was ever changed."""
    return Change.objects.order_by("-number").values_list("number", flat=True).first() or 0


def default_week() -> Week:
    """The hours of agencies for which nobody has set any."""
    return profile_week(settings.SONGCAU.city_profile)


@dataclass(frozen=True)
class Stored:
    """The rows in force after a change that matter for what was asked, and the agencies they may be of."""

    hours: tuple[OfficeHours, ...]
    decrees: tuple[Decree, ...]
    closures: tuple[Closure, ...]
    agencies: dict[UUID, Agency]

    def with_row(self, row: Dated) -> "Stored":
        """As if this were set too."""
        name = _TABLES[type(row)]
        return replace(self, **{name: (*getattr(self, name), row)})  # type: ignore[arg-type]

    def without(self, row: Dated) -> "Stored":
        """As if this were withdrawn."""
        name = _TABLES[type(row)]
        return replace(self, **{name: tuple(one for one in getattr(self, name) if one.pk != row.pk)})  # type: ignore[arg-type]

    @cached_property
    def layers(self) -> Layers:
        """As `layers` takes them; calendars built once stay built."""
        at: dict[object, Layer] = {}
        for row in self.hours:
            layer = at.get(row.agency_id, Layer())
            at[row.agency_id] = replace(layer, hours=(*layer.hours, row.as_hours()))
        for decree in self.decrees:
            layer = at.get(decree.agency_id, Layer())
            at[decree.agency_id] = replace(layer, overrides=(*layer.overrides, *decree.overrides()))
        for closure in self.closures:
            layer = at.get(closure.agency_id, Layer())
            at[closure.agency_id] = replace(layer, shut=(*layer.shut, closure.as_shut()))
        settled = [decree.settles_year for decree in self.decrees if decree.settles_year and not decree.agency_id]
        return Layers(default_week(), at, settled_until(settled))

    @cached_property
    def _ids(self) -> dict[str, UUID]:
        return {agency.code: pk for pk, agency in self.agencies.items()}

    def chain(self, path: str) -> tuple[UUID, ...]:
        """The agency at a path and those above it, the nearest first."""
        return tuple(self._ids[code] for code in reversed(path.strip("/").split("/")))


def stored(as_of: int | None = None, *, since: date | None = None, near: str | None = None) -> Stored:
    """What is in force now, or was after the change of that number. Four queries.

    Closures and decrees that were over before `since` are left out (a decree that settles a year never is), and with
    the path `near` what is set for others than the agency there and those above it; "" is nobody in particular.
    """
    held = Q(until=None) if as_of is None else Q(since__lte=as_of) & (Q(until=None) | Q(until__gt=as_of))
    hours, agencies = OfficeHours.objects.filter(held), Agency.objects.only("code", "name", "path")
    decrees, closures = Decree.objects.filter(held), Closure.objects.filter(held)
    if near is not None:
        codes = near.strip("/").split("/")
        hours, closures = hours.filter(agency__code__in=codes), closures.filter(agency__code__in=codes)
        decrees, agencies = decrees.filter(Q(agency=None) | Q(agency__code__in=codes)), agencies.filter(code__in=codes)
    if since is not None:
        decrees = decrees.filter(Q(last_on__gte=since) | Q(settles_year__isnull=False))
        closures = closures.filter(last_on__gte=since)
    return Stored(tuple(hours), tuple(decrees), tuple(closures), agencies.in_bulk())


def oldest_needed(first: date) -> date:
    """From which day on rows are needed to plan a change of the days from `first` on.

    As far back as a promise that is open now began, and as far as days of rest are looked back through.
    """
    open_ones = Promise.objects.filter(state=PromiseState.OPEN)
    received: date | None = open_ones.aggregate(oldest=Min("received_on"))["oldest"]
    back = date.fromordinal(max(1, first.toordinal() - LONGEST_REST_DAYS))
    return min(back, received or back)


def calendar_of(agency: Agency | None, as_of: int | None = None, *, since: date | None = None) -> Calendar:
    """The calendar of an agency, or of offices of which nothing particular is known (None).

    With `since` it is that of the days from then on, and what was over before is not read.
    """
    rows = stored(as_of, since=since, near=agency.path if agency else "")
    return rows.layers.calendar(rows.chain(agency.path) if agency else ())


@dataclass(frozen=True, slots=True)
class HoursFrom:
    """From a day on an agency works the hours of `whose`, the nearest that has any; None: those of the profile."""

    on: date
    whose: Agency | None
    week: Week


def hours_between(rows: Stored, agency: Agency, first: date, last: date) -> list[HoursFrom]:
    """Whose hours hold on the first day, and each that comes to hold up to the last. Nothing is read for it."""
    chain = rows.chain(agency.path)
    calendar = rows.layers.calendar(chain)
    own = [[row for row in rows.hours if row.agency_id == one] for one in chain]
    begun = {row.valid_from for of_one in own for row in of_one}
    ended = {row.valid_to + ONE_DAY for of_one in own for row in of_one if row.valid_to is not None}
    found: list[HoursFrom] = []
    for on in [first, *sorted(on for on in begun | ended if first < on <= last)]:
        nearest = next((row.agency_id for of_one in own for row in of_one if row.as_hours().covers(on)), None)
        held = HoursFrom(on, rows.agencies.get(nearest) if nearest else None, calendar.week_on(on))
        if not found or (found[-1].whose, found[-1].week) != (held.whose, held.week):
            found.append(held)
    return found


def local(at: datetime) -> datetime:
    """The city's wall time of an instant."""
    return timezone.localtime(at).replace(tzinfo=None)


def instant(at: datetime) -> datetime:
    """The instant of the city's wall time."""
    return timezone.make_aware(at)


def due_at(received_at: datetime, working_days: int) -> datetime:
    """When so many working days of the city's usual offices are over; where no agency promises.

    Raises the refusals of `deadlines`.
    """
    at = local(received_at)
    found = deadline(calendar_of(None, since=at.date()), at, Term(Method.DAYS, working_days)).due_at
    assert found is not None  # noqa: S101  # only a pause leaves it open
    return instant(found)


def promises_of(subject_kind: str, subject_id: UUID) -> QuerySet[Promise]:
    """The dates promised for something of a system, the last first."""
    return Promise.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("-made_at", "-pk")
