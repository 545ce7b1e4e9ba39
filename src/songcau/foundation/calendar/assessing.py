"""Promised dates, computed again with a changed calendar. Nothing is written here."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

import structlog
from django.db.models import QuerySet
from django.utils import translation

from songcau.foundation.accounts.models import Agency
from songcau.foundation.calendar.deadlines import Deadline, Method, Term, deadline, end
from songcau.foundation.calendar.models import Promise
from songcau.foundation.calendar.queries import HoursFrom, Stored, hours_between, instant, local
from songcau.foundation.calendar.rules import Calendar, PromiseState
from songcau.foundation.calendar.words import counted_then_with, counted_with, sentence, usual_offices
from songcau.kernel.errors import Refused

log = structlog.get_logger(__name__)
CHUNK = 2_000
LANGUAGES = ("vi", "en")
# What a date is computed from, and compared with.
RECKONED = ("agency_id", "method", "amount", "cut_off", "received_at", "received_on", "reckoned_at", "due_at")
# The time of day of the receipt plays no part in these, unless there is a cut-off.
BY_DAY = frozenset({Method.DAYS, Method.CALENDAR_DAYS, Method.MONTHS})


def concerned(agency: Agency | None, first_on: date, last_on: date | None) -> QuerySet[Promise]:
    """Open promises whose days, from the receipt to the end, touch those days in that subtree."""
    found = Promise.objects.filter(state=PromiseState.OPEN, reckoned_on__gte=first_on)
    if last_on is not None:
        found = found.filter(received_on__lte=last_on)
    return found if agency is None else found.filter(agency__path__startswith=agency.path)


def differing(
    rows: Stored,
    agency: Agency | None,
    first_on: date,
    last_on: date | None,
    among: QuerySet[Promise] | None = None,
) -> Iterator[tuple[Promise, datetime]]:
    """The promises, of those concerned, that the calendar of these rows gives another date than it did so far."""
    found = concerned(agency, first_on, last_on) if among is None else among
    reckoning = Reckoning(rows)
    bare = found.only(*RECKONED)
    for promise in bare.order_by("pk").iterator(CHUNK):
        again = reckoning.due(promise)
        if again is not None and again != promise.reckoned_at:
            yield promise, again


class Reckoning:
    """Dates of many promises by one calendar. Those counted in days from the same day are the same one."""

    def __init__(self, rows: Stored) -> None:
        self._rows = rows
        self._known: dict[object, datetime | None] = {}
        self._calendars: dict[UUID, Calendar] = {}

    def due(self, promise: Promise) -> datetime | None:
        """None where the changed calendar gives no date; the promised one stands then, and the log says so."""
        by_day = promise.method in BY_DAY and promise.cut_off is None
        begun = promise.received_on if by_day else promise.received_at
        key = (promise.agency_id, promise.method, promise.amount, promise.cut_off, begun)
        if key not in self._known:
            self._known[key] = self._computed(promise)
        return self._known[key]

    def _computed(self, promise: Promise) -> datetime | None:
        try:
            found = end(
                self._calendar(promise.agency_id), local(promise.received_at), term_of(promise), cut_off=promise.cut_off
            )
        except Refused as refusal:
            log.warning("calendar.promise_not_computed", promise=str(promise.pk), code=refusal.code)
            return None
        return instant(found)

    def _calendar(self, agency_id: UUID) -> Calendar:
        if (known := self._calendars.get(agency_id)) is None:
            chain = self._rows.chain(self._rows.agencies[agency_id].path)
            known = self._calendars[agency_id] = self._rows.layers.calendar(chain)
        return known


def term_of(promise: Promise) -> Term:
    return Term(Method(promise.method), promise.amount)


def reckoned(calendar: Calendar, promise: Promise) -> Deadline:
    """The promise's term in a calendar, with all that explains it. Raises the refusals of `deadlines`."""
    return deadline(calendar, local(promise.received_at), term_of(promise), cut_off=promise.cut_off)


def due(found: Deadline) -> datetime:
    """The instant a term without an open pause ends."""
    assert found.due_at is not None  # noqa: S101
    return instant(found.due_at)


def explained(rows: Stored, agency: Agency, found: Deadline) -> dict[str, str]:
    """Why the term ends then and with whose hours, in every language. Nothing is read for it."""
    held = hours_counted(rows, agency, found)
    told: dict[str, str] = {}
    for language in LANGUAGES:
        with translation.override(language):
            told[language] = f"{sentence(found)} {counted(held)}"
    return told


def hours_counted(rows: Stored, agency: Agency, found: Deadline) -> list[HoursFrom]:
    """Whose hours a term was counted with from its receipt to its end."""
    received_on = found.received_at.date()
    return hours_between(rows, agency, received_on, found.due_on or received_on)


def counted(held: Sequence[HoursFrom]) -> str:
    """With whose hours a term was counted, in the present language."""
    first, *later = held
    told = [counted_with(first.whose.name if first.whose else usual_offices(), first.week)]
    told += [counted_then_with(one.on, one.whose.name if one.whose else usual_offices(), one.week) for one in later]
    return " ".join(told)
