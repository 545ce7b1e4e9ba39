"""The lists: a unit's worklist by colour, all reports, the late ones, those at three times the term."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.shell.lists import State, render_list
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.pages import counting, listing
from songcau.systems.citizen_reports.pages.code_words import COLOURS
from songcau.systems.citizen_reports.permissions import may_moderate
from songcau.systems.citizen_reports.queries import worklist
from songcau.systems.citizen_reports.queries.statistics import By, lines
from songcau.systems.citizen_reports.rules import Colour

OPEN_COLOURS = (Colour.BLACK, Colour.RED, Colour.AMBER, Colour.GREEN)


@requires("citizen_reports.view_reports")
@require_GET
def my_worklist(request: HttpRequest) -> HttpResponseBase:
    """What is open and has a unit, by colour; the unit sees its own."""
    by = actor_of(request)
    wanted = listing.worklist_of(by.id)
    # Filtered for a state or an outcome, also what is done: the address says so itself.
    says = State(wanted, request.GET).values
    rows = worklist.reports_of(by).filter(worklist.has_unit())
    if not says["state"] and not says["outcome"] and says["colour"] != Colour.GREY:
        rows = rows.filter(is_open=True)
    extra = {"colours": _colours(by), "colour": says["colour"], "may_write_down": may_moderate(by)}
    return render_list(
        request, wanted, rows, template="citizen_reports/worklist.html", extra=extra, exact=counting.exact_of(by)
    )


def _colours(by: Actor) -> list[tuple[Colour, object, int]]:
    """How many are open in each colour; a click on one filters by it."""
    found = worklist.counted_by_colour(Report.objects.visible_to(by).filter(worklist.has_unit()), clock.now())
    return [(one, COLOURS[one], found[one]) for one in OPEN_COLOURS]


@requires("citizen_reports.view_reports")
@require_GET
def all_reports(request: HttpRequest) -> HttpResponseBase:
    """Everything the actor may see: where the figures of the statistics lead."""
    by = actor_of(request)
    extra = {"may_write_down": may_moderate(by)}
    return render_list(
        request,
        listing.REPORTS,
        worklist.reports_of(by),
        template="citizen_reports/reports.html",
        extra=extra,
        exact=counting.exact_of(by, whole=True),
    )


@requires("citizen_reports.view_reports")
@require_GET
def still_open(request: HttpRequest) -> HttpResponseBase:
    """Whatever somebody still has to do something about, with a unit or without one."""
    rows = worklist.reports_of(actor_of(request)).filter(is_open=True)
    return render_list(request, listing.OPEN, rows, template="citizen_reports/reports.html")


@requires("citizen_reports.view_reports")
@require_GET
def late(request: HttpRequest) -> HttpResponseBase:
    """Open and past the date, the longest first; above them how many each unit has."""
    by, now = actor_of(request), clock.now()
    rows = worklist.late_reports(by, now)
    units = [(line, "?" + urlencode({"unit": line.key or listing.NOBODY})) for line in lines(rows, By.UNIT, now)]
    return render_list(
        request,
        listing.LATE,
        rows,
        template="citizen_reports/late.html",
        extra={"units": units},
        exact=counting.exact_of(by),
    )


@requires("citizen_reports.view_reports")
@require_GET
def three_times(request: HttpRequest) -> HttpResponseBase:
    """Open at three times the term, or later."""
    by = actor_of(request)
    rows = worklist.reports_of(by).filter(worklist.three_times(clock.now()))
    return render_list(
        request, listing.THREE_TIMES, rows, template="citizen_reports/late.html", exact=counting.exact_of(by)
    )


@requires("citizen_reports.view_reports")
@require_GET
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """`/citizen_reports/code/PA…`: to the page of that report."""
    found = Report.objects.visible_to(actor_of(request)).filter(code=rules.normalised_code(code)).first()
    if found is None:
        raise Http404
    return redirect("citizen_reports:case", found.pk)
