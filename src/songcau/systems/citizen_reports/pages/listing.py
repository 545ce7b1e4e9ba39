"""The lists of reports: what stands in a line, and by what it is filtered. Nothing of a reporter is in any of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from songcau.foundation.accounts.models import Agency
from songcau.foundation.places.queries import units
from songcau.foundation.places.rules import Level
from songcau.foundation.shell import written
from songcau.foundation.shell.filters import Choice, DateRange, Filter, Pairs, Search
from songcau.foundation.shell.lists import Column, Listing
from songcau.foundation.shell.written import language
from songcau.kernel import clock
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.models import Category, Report
from songcau.systems.citizen_reports.pages.code_words import (
    CHANNELS,
    COLOURS,
    OUTCOMES,
    STATES,
    URGENCIES,
    Words,
    look_of,
)
from songcau.systems.citizen_reports.queries import searching, worklist
from songcau.systems.citizen_reports.queries.answered import Answers
from songcau.systems.citizen_reports.rules import Colour

EXCERPT = 110
# Beyond so many rows a list is not counted or turned to its end, but narrowed.
MOST_COUNTED, MOST_FOUND = 10_000, 1_000
# Answers of the list for who has none.
NOBODY = "none"
MINE = "mine"


def case_address(row: Report) -> str:
    return reverse("citizen_reports:case", args=[row.pk])


def category_words(category: Category) -> str:
    return category.name_en if get_language() == "en" and category.name_en else category.name


def categories() -> Pairs:
    """Those in use first, then those retired: reports of them are still found."""
    rows = Category.objects.order_by("retired_on", "order", "code")
    pairs: list[tuple[str, Words]] = [(one.code, category_words(one)) for one in rows]
    return pairs


def wards() -> Pairs:
    return [*((one.code, one.short_name) for one in units(Level.WARD, clock.today())), (NOBODY, _("Not known"))]


def agencies() -> Pairs:
    """Units that have, or had, any report."""
    held = Report.objects.filter(agency=OuterRef("pk"))
    rows = Agency.objects.filter(Exists(held)).order_by("order_key", "code")
    return [*((str(one.pk), one.name) for one in rows), (NOBODY, _("Nobody yet"))]


def _by_code(field: str) -> Callable[[str], Q]:
    def where(code: str) -> Q:
        return Q(**{f"{field}__isnull": True}) if code == NOBODY else Q(**{field: code})

    return where


def _ward_is(code: str) -> Q:
    return Q(ward_code="" if code == NOBODY else code)


def _colour_is(code: str) -> Q:
    return worklist.colour_is(Colour(code), clock.now())


def _outcome_is(code: str) -> Q:
    return worklist.OUTCOMES[code](clock.now())


def _category_is(code: str) -> Q:
    """By its id, so that the newest of a category are read from their index."""
    return Q(category__in=list(Category.objects.filter(code=code).values_list("pk", flat=True)))


@dataclass(frozen=True, slots=True)
class _Words(Search):
    """Every word typed is one of the report, the last begins one: from the index of words."""

    def applied(self, rows: Any, value: str) -> Any:
        return searching.found(rows, value)


def words_of(table: Any) -> Pairs:
    return [(str(code), words) for code, words in table.items()]


COLOUR = Choice(
    "colour", gettext_lazy("Colour"), [(str(code), look.words) for code, look in COLOURS.items()], where=_colour_is
)
STATE = Choice("state", gettext_lazy("State"), words_of(STATES))
CATEGORY = Choice("category", gettext_lazy("Category"), categories, where=_category_is)
WARD = Choice("ward", gettext_lazy("Ward"), wards, where=_ward_is)
UNIT = Choice("unit", gettext_lazy("Unit"), agencies, where=_by_code("agency"))
URGENCY = Choice("urgency", gettext_lazy("Urgency"), words_of(URGENCIES))
CHANNEL = Choice("channel", gettext_lazy("How it came"), words_of(CHANNELS))
RECEIVED = DateRange("received", gettext_lazy("Received"), field="received_at")
OUTCOME = Choice("outcome", gettext_lazy("How it went"), words_of(OUTCOMES), where=_outcome_is)
SEARCH = _Words(
    hint=gettext_lazy("Code, words, place; also without marks"),
)
# The search last: how it is done depends on what the others leave.
FILTERS: tuple[Filter, ...] = (COLOUR, STATE, CATEGORY, WARD, UNIT, URGENCY, CHANNEL, OUTCOME, RECEIVED, SEARCH)


def _excerpt(row: Report) -> str:
    text = " ".join(row.text.split())
    return text if len(text) <= EXCERPT else text[:EXCERPT].rstrip() + "…"


def _colour(row: Report) -> Words:
    return look_of(row, clock.now()).words


def _answers(row: Report) -> str:
    """For files: what was answered to the questions of its category, in words."""
    said = Answers(language()).of(row) if row.answers else ()
    return "; ".join(f"{asked}: {written.shown(given)}" for asked, given in said)


COLUMNS = (
    Column("colour", gettext_lazy("Colour"), _colour, only_in_files=True),
    Column(
        "code",
        gettext_lazy("Code"),
        lambda row: rules.shown_code(row.code),
        sort="code",
        template="citizen_reports/cells/code.html",
        link=case_address,
    ),
    Column("text", gettext_lazy("Matter"), _excerpt, template="citizen_reports/cells/what.html"),
    Column("category", gettext_lazy("Category"), lambda row: category_words(row.category), sort="category__name"),
    Column("ward", gettext_lazy("Ward"), lambda row: row.ward_name, sort="ward_name"),
    Column("state", gettext_lazy("State"), lambda row: STATES[row.state], template="citizen_reports/cells/state.html"),
    Column("unit", gettext_lazy("Unit"), lambda row: row.agency.name if row.agency else "", sort="agency__name"),
    Column(
        "received",
        gettext_lazy("Received"),
        lambda row: row.received_at,
        sort="received_at",
        template="citizen_reports/cells/when.html",
    ),
    Column(
        "due",
        gettext_lazy("Due by"),
        lambda row: row.asked_at,
        sort="asked_at",
        template="citizen_reports/cells/due.html",
    ),
    Column("answers", gettext_lazy("Answers"), _answers, only_in_files=True),
)


def officers_of(by_id: object) -> Choice:
    """Whose reports: one's own, nobody's, or those of a colleague who has some."""

    @cache
    def pairs() -> Pairs:
        rows = Report.objects.filter(is_open=True, officer_id__isnull=False).order_by("officer_label")
        known = rows.values_list("officer_id", "officer_label").distinct()[:200]
        return [(MINE, _("Mine")), (NOBODY, _("Nobody yet")), *((str(pk), label) for pk, label in known)]

    def where(code: str) -> Q:
        if code == MINE:
            return Q(officer_id=by_id)
        return Q(officer_id=None) if code == NOBODY else Q(officer_id=code)

    return Choice("officer", gettext_lazy("Official"), pairs, where=where)


REPORTS = Listing(
    most_counted=MOST_COUNTED,
    most_found=MOST_FOUND,
    title=gettext_lazy("Reports"),
    columns=COLUMNS,
    filters=FILTERS,
    default_sort="-received",
    file_name="phan-anh",
    empty_title=gettext_lazy("No reports"),
    empty_text=gettext_lazy("Nothing that you may see fits. Take a filter away to see more."),
)
OPEN = replace(REPORTS, title=gettext_lazy("Open reports"), default_sort="due", file_name="phan-anh-dang-mo")
LATE = replace(REPORTS, title=gettext_lazy("Late reports"), default_sort="due", file_name="phan-anh-qua-han")
THREE_TIMES = replace(
    REPORTS,
    title=gettext_lazy("Three times the term"),
    default_sort="due",
    file_name="phan-anh-qua-3-lan-han",
    empty_title=gettext_lazy("Nothing is that late"),
    empty_text=gettext_lazy("No open report has taken three times its term."),
)


def worklist_of(by_id: object) -> Listing:
    """The list of a unit: what is open, the most urgent first, with whose it is."""
    officer = Column("officer", gettext_lazy("Official"), lambda row: row.officer_label, sort="officer_label")
    return replace(
        REPORTS,
        title=gettext_lazy("Worklist"),
        columns=(*COLUMNS[:6], officer, *COLUMNS[7:]),
        filters=(COLOUR, STATE, CATEGORY, WARD, officers_of(by_id), UNIT, OUTCOME, RECEIVED, SEARCH),
        default_sort="due",
        file_name="viec-cua-don-vi",
        empty_title=gettext_lazy("Nothing waits"),
        empty_text=gettext_lazy("No open report is with your unit, or none fits the filters."),
    )
