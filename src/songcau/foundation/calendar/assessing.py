"""Promised dates, computed again with a changed calendar. Nothing is written here."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

import structlog
from django.db.models import QuerySet
from django.utils import translation

from songcau.foundation.accounts.models import Agency
from songcau.foundation.calendar.deadlines import Deadline, Method, Term, deadline
from songcau.foundation.calendar.models import Promise
from songcau.foundation.calendar.queries import Stored, instant, local, whose_hours
from songcau.foundation.calendar.rules import Calendar, PromiseState
from songcau.foundation.calendar.words import counted_with, sentence, usual_offices
from songcau.kernel.errors import Refused

if TYPE_CHECKING:
    from songcau.foundation.calendar.layers import Layers

log = structlog.get_logger(__name__)
CHUNK = 2_000
LANGUAGES = ("vi", "en")


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
) -> Iterator[tuple[Promise, Deadline]]:
    """The promises, of those concerned, that the calendar of these rows gives another date than it did so far."""
    layers = rows.layers
    found = concerned(agency, first_on, last_on) if among is None else among
    for promise in found.select_related("agency").order_by("pk").iterator(CHUNK):
        again = recomputed(layers, rows, promise)
        if again is not None and due(again) != promise.reckoned_at:
            yield promise, again


def recomputed(layers: "Layers", rows: Stored, promise: Promise) -> Deadline | None:
    """None where the changed calendar gives no date; the promised one stands then, and the log says so."""
    try:
        return reckoned(layers.calendar(rows.chain(promise.agency.path)), promise)
    except Refused as refusal:
        log.warning("calendar.promise_not_computed", promise=str(promise.pk), code=refusal.code)
        return None


def reckoned(calendar: Calendar, promise: Promise) -> Deadline:
    """The promise's term in a calendar. Raises the refusals of `deadlines`."""
    term = Term(Method(promise.method), promise.amount)
    return deadline(calendar, local(promise.received_at), term, cut_off=promise.cut_off)


def due(found: Deadline) -> datetime:
    """The instant a term without an open pause ends."""
    assert found.due_at is not None  # noqa: S101
    return instant(found.due_at)


def explained(rows: Stored, agency: Agency, found: Deadline) -> dict[str, str]:
    """Why the term ends then and with whose hours, in every language."""
    week = rows.layers.calendar(rows.chain(agency.path)).week_on(found.received_at.date())
    whose = whose_hours(agency, rows)
    told: dict[str, str] = {}
    for language in LANGUAGES:
        with translation.override(language):
            told[language] = f"{sentence(found)} {counted_with(whose.name if whose else usual_offices(), week)}"
    return told
