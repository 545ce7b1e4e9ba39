"""The lists of the calendar: documents, hours, closures, and promised dates in question."""

from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise as Words
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.models import under
from songcau.foundation.calendar.models import Closure, Decree, Impact, OfficeHours
from songcau.foundation.calendar.permissions import MANAGE_HOURS
from songcau.foundation.calendar.rules import DAY_MINUTES, clock_written
from songcau.foundation.calendar.words import CHANGES, IMPACT_STATES, hours
from songcau.foundation.shell.filters import Choice, DateRange, Search
from songcau.foundation.shell.lists import Column, Listing
from songcau.foundation.shell.written import day
from songcau.kernel.actor import EVERYWHERE, Actor

Row = TypeVar("Row", bound=Model)
STATE_TEMPLATE = "administration/calendar/state.html"
STATES = (("held", _("in force")), ("withdrawn", _("withdrawn")))
STATE = Choice("state", _("State"), STATES, where=lambda code: Q(until__isnull=code == "held"))


def within(by: Actor, rows: QuerySet[Row], *, or_country: bool = False) -> QuerySet[Row]:
    """Rows of agencies whose calendar the actor changes; with `or_country` those of the whole country too."""
    scopes = by.scopes(MANAGE_HOURS)
    if EVERYWHERE in scopes:
        return rows
    found = under(scopes, "agency__path")
    return rows.filter(found | Q(agency=None) if or_country else found)


def decrees(by: Actor) -> QuerySet[Decree]:
    return within(by, Decree.objects.select_related("agency", "until"), or_country=True)


def office_hours(by: Actor) -> QuerySet[OfficeHours]:
    return within(by, OfficeHours.objects.select_related("agency", "until"))


def closures(by: Actor) -> QuerySet[Closure]:
    return within(by, Closure.objects.select_related("agency", "until"))


def impacts(by: Actor) -> QuerySet[Impact]:
    return Impact.objects.visible_to(by).select_related("promise__agency", "change")


def state_words(row: Any) -> str | Words:
    return STATES[row.until_id is not None][1]


def days_shown(days: list[Any]) -> str:
    return ", ".join(day(one) for one in days)


def closed_shown(on: Any, minute: int, whole: int) -> str:
    """A day, with the minute unless it is a whole day's."""
    return day(on) if minute == whole else f"{clock_written(minute)} {day(on)}"


def year_of(row: Any) -> str:
    """The agency's year on the desk."""
    return f"{reverse('desk:working_calendar')}?agency={row.agency.code}"


DECREES = Listing(
    title=_("Days off and days worked by a document"),
    file_name="van-ban-lich-lam-viec",
    default_sort="-first",
    columns=(
        Column("document", _("Document"), lambda row: row.document, sort="document"),
        Column("on", _("Date of the document"), lambda row: row.document_on, sort="document_on"),
        Column(
            "place",
            _("Where it holds"),
            lambda row: row.agency.name if row.agency else _now("the whole country"),
            sort="agency__order_key",
        ),
        Column("first", _("Days off"), lambda row: days_shown(row.off_on), sort="first_on"),
        Column("worked", _("Days worked instead"), lambda row: days_shown(row.worked_on)),
        Column("reason", _("Reason"), lambda row: row.reason, sort="reason"),
        Column("state", _("State"), state_words, template=STATE_TEMPLATE),
    ),
    filters=(
        Search(fields=("document", "reason"), hint=_("Number of the document or reason")),
        STATE,
        DateRange("on", _("Date of the document"), field="document_on"),
    ),
    empty_title=_("No document yet"),
    empty_text=_("What comes with songcau holds: the holidays of the law and the swaps known when it was made."),
)
HOURS = Listing(
    title=_("Office hours"),
    file_name="gio-lam-viec",
    default_sort="agency",
    columns=(
        Column("agency", _("Agency"), lambda row: row.agency.name, sort="agency__order_key", link=year_of),
        Column("from", _("From"), lambda row: row.valid_from, sort="valid_from"),
        Column("to", _("To"), lambda row: row.valid_to, sort="valid_to"),
        Column("hours", _("Office hours"), lambda row: hours(row.as_hours().week)),
        Column("state", _("State"), state_words, template=STATE_TEMPLATE),
    ),
    filters=(Search(folded_fields=("agency__search_key",), hint=_("Name or code")), STATE),
    empty_title=_("No agency has hours of its own"),
    empty_text=_("All have the usual office hours of the city."),
)
CLOSURES = Listing(
    title=_("Closures"),
    file_name="tam-dong-cua",
    default_sort="-first",
    columns=(
        Column("agency", _("Agency"), lambda row: row.agency.name, sort="agency__order_key", link=year_of),
        Column("first", _("Closed from"), lambda row: closed_shown(row.first_on, row.from_minute, 0), sort="first_on"),
        Column(
            "last", _("Closed until"), lambda row: closed_shown(row.last_on, row.to_minute, DAY_MINUTES), sort="last_on"
        ),
        Column("below", _("With all agencies under it"), lambda row: _now("yes") if row.below else _now("no")),
        Column("reason", _("Reason"), lambda row: row.reason, sort="reason"),
        Column("document", _("Document"), lambda row: row.document, sort="document"),
        Column("state", _("State"), state_words, template=STATE_TEMPLATE),
    ),
    filters=(
        Search(fields=("reason", "document"), folded_fields=("agency__search_key",), hint=_("Agency or reason")),
        STATE,
        DateRange("on", _("First day"), field="first_on"),
    ),
    empty_title=_("No closure"),
    empty_text=_("An agency is closed for a while as in a storm; days off by a document stand under documents."),
)
DATES = Listing(
    title=_("Promised dates in question"),
    file_name="ngay-hen-bi-anh-huong",
    default_sort="old",
    columns=(
        Column(
            "label",
            _("Promised for"),
            lambda row: row.promise.label,
            sort="promise__label",
            template="administration/calendar/choose.html",
        ),
        Column("agency", _("Agency"), lambda row: row.promise.agency.name, sort="promise__agency__order_key"),
        Column("old", _("Promised"), lambda row: row.old_due_at, sort="old_due_at"),
        Column("new", _("By the changed calendar"), lambda row: row.new_due_at, sort="new_due_at"),
        Column("change", _("Change of the calendar"), lambda row: change_words(row.change), sort="change__number"),
        Column("state", _("State"), lambda row: IMPACT_STATES[row.state], sort="state"),
        Column("basis", _("Decided"), lambda row: "; ".join(filter(None, (row.decided_by, row.basis)))),
    ),
    filters=(
        Search(
            fields=("promise__label", "change__document", "change__reason"),
            folded_fields=("promise__agency__search_key",),
            hint=_("What it was promised for, agency, or document"),
        ),
        Choice("state", _("State"), list(IMPACT_STATES.items())),
        Choice("kind", _("Change of the calendar"), list(CHANGES.items()), field="change__kind"),
        DateRange("old", _("Promised"), field="old_due_at"),
    ),
    empty_title=_("Nothing to decide"),
    empty_text=_("No promised date would be another one by the calendar as it is now."),
)


def change_words(change: Any) -> str:
    """What was changed, by which document or for which reason, and the first day it concerns."""
    named = [str(CHANGES[change.kind]), change.document or change.reason, day(change.first_on)]
    return ", ".join(part for part in named if part)
