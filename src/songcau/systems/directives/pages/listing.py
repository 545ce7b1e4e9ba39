"""The lists of directives: what stands in a line, and by what it is filtered."""

from dataclasses import replace
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songcau.foundation.accounts.models import Agency
from songcau.foundation.shell.filters import Choice, DateRange, Filter, Pairs, Search
from songcau.foundation.shell.lists import Column, Listing
from songcau.kernel import clock
from songcau.systems.directives.models import Directive
from songcau.systems.directives.pages.code_words import SOURCES, STATES, TIMINGS, look_of
from songcau.systems.directives.queries import lists
from songcau.systems.directives.rules import WORKING, Timing

# Choices that stand for several states, or for something beside the state.
AT_WORK, EXTENSION = "AT_WORK", "EXTENSION"
ALL_GIVEN = "ALL_GIVEN"
MINE, NOBODY = "mine", "none"


def case_address(row: Directive) -> str:
    return reverse("directives:case", args=[row.pk])


def _state_is(code: str) -> Q:
    if code == AT_WORK:
        return Q(state__in=WORKING)
    return lists.extension_waits() if code == EXTENSION else Q(state=code)


def _timing_is(code: str) -> Q:
    return lists.GIVEN if code == ALL_GIVEN else lists.TIMINGS[Timing(code)](clock.now())


def _agencies(field: str) -> Pairs:
    held = Directive.objects.filter(**{field: OuterRef("pk")})
    rows = Agency.objects.filter(Exists(held)).order_by("order_key", "code")
    return [(str(one.pk), one.name) for one in rows]


def leading() -> Pairs:
    """Agencies that lead, or led, any directive."""
    return _agencies("lead")


def giving() -> Pairs:
    return _agencies("giver_agency")


def _states() -> Pairs:
    usual = [(str(code), words) for code, words in STATES.items()]
    return [(AT_WORK, _("At work")), (EXTENSION, _("More time is asked for")), *usual]


def _timings() -> Pairs:
    return [(ALL_GIVEN, _("All that was given")), *((str(code), look.words) for code, look in TIMINGS.items())]


TIMING = Choice("timing", gettext_lazy("How it stands with time"), _timings, where=_timing_is)
STATE = Choice("state", gettext_lazy("State"), _states, where=_state_is)
UNIT = Choice("unit", gettext_lazy("Leading agency"), leading, field="lead")
GIVER = Choice("giver", gettext_lazy("Given in the name of"), giving, field="giver_agency")
SOURCE = Choice(
    "source", gettext_lazy("Comes from"), [(str(code), words) for code, words in SOURCES.items()], field="source_kind"
)
GIVEN_ON = DateRange("given", gettext_lazy("Given on"), field="given_at")
DUE_ON = DateRange("due", gettext_lazy("To be done by"), field="due_at")
SEARCH = Search(folded_fields=("search_key",), hint=gettext_lazy("Code, words; also without marks"))


def _timing_words(row: Directive) -> Any:
    return look_of(row, clock.now()).words


COLUMNS = (
    Column("timing", gettext_lazy("How it stands with time"), _timing_words, only_in_files=True),
    Column(
        "code",
        gettext_lazy("Code"),
        lambda row: row.code,
        sort="code",
        template="directives/cells/code.html",
        link=case_address,
    ),
    Column("title", gettext_lazy("Task"), lambda row: row.title, template="directives/cells/title.html"),
    Column("lead", gettext_lazy("Leading agency"), lambda row: row.lead.name, sort="lead__name"),
    Column("giver", gettext_lazy("Given in the name of"), lambda row: row.giver_agency.name, only_in_files=True),
    Column("state", gettext_lazy("State"), lambda row: STATES[row.state], template="directives/cells/state.html"),
    Column("percent", gettext_lazy("Done, %"), lambda row: row.percent, sort="percent", numeric=True),
    Column(
        "given",
        gettext_lazy("Given on"),
        lambda row: row.given_at,
        sort="given_at",
        template="directives/cells/when.html",
    ),
    Column("first", gettext_lazy("First date"), lambda row: row.first_due_at, only_in_files=True),
    Column(
        "due",
        gettext_lazy("To be done by"),
        lambda row: row.due_at,
        sort="due_at",
        template="directives/cells/due.html",
    ),
)


def filters_of(by_id: object) -> tuple[Filter, ...]:
    """With whose it is: one's own, or nobody's yet."""

    def where(code: str) -> Q:
        return Q(officer_id=by_id) if code == MINE else Q(officer_id=None)

    officer = Choice(
        "officer", gettext_lazy("Official"), lambda: [(MINE, _("Mine")), (NOBODY, _("Nobody yet"))], where=where
    )
    return (SEARCH, TIMING, STATE, UNIT, officer, GIVER, SOURCE, GIVEN_ON, DUE_ON)


def all_of(by_id: object) -> Listing:
    return Listing(
        title=gettext_lazy("Directives of leaders"),
        columns=COLUMNS,
        filters=filters_of(by_id),
        default_sort="-given",
        file_name="chi-dao",
        empty_title=gettext_lazy("No directives"),
        empty_text=gettext_lazy("No directive that you may see fits. Take a filter away to see more."),
    )


def late_of(by_id: object) -> Listing:
    return replace(
        all_of(by_id),
        title=gettext_lazy("Late directives"),
        default_sort="due",
        file_name="chi-dao-qua-han",
        empty_title=gettext_lazy("Nothing is late"),
        empty_text=gettext_lazy("No directive that you may see is past its date."),
    )
