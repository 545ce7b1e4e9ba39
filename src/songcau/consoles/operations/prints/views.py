"""All prints of the centre on one page; those that several systems are in are made here."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from songcau.consoles.operations.doors import directives, incidents
from songcau.consoles.operations.prints.forms import DayForm, MonthForm, WeekForm
from songcau.consoles.operations.prints.late import VIEW_REPORTS, late_week
from songcau.consoles.operations.prints.late_sheet import late_sheet, late_table
from songcau.consoles.operations.prints.months import months_compared
from songcau.consoles.operations.prints.months_sheet import months_sheet, months_table
from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.files.documents.sheets import printed
from songcau.foundation.shell import exports
from songcau.kernel import clock


@requires("incidents.view")
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """Which print, of which days."""
    return _choice(request, WeekForm(), MonthForm(), 200)


def _choice(request: HttpRequest, week: WeekForm, month: MonthForm, status: int) -> HttpResponse:
    by = actor_of(request)
    context: dict[str, Any] = {
        "week": week,
        "month": month,
        # Above the page stands what is wrong in either of the two.
        "form": month if month.is_bound else week,
        "day": DayForm(),
        **incidents.hand_over_addresses(by),
        "sees_reports": by.may(VIEW_REPORTS),
        "sees_directives": directives.sees(by),
    }
    return render(request, "operations/prints.html", context, status=status)


@requires("incidents.view")
@require_GET
def late(request: HttpRequest) -> HttpResponseBase:
    """The late list of a week; as a table with `format=csv` or `xlsx`. What is no week leads back, with why."""
    form = WeekForm(request.GET)
    if not form.is_valid():
        return _choice(request, form, MonthForm(), 422)
    found = late_week(actor_of(request), form.week(), clock.now())
    if (kind := request.GET.get("format", "")) in exports.FORMATS:
        return exports.respond(late_table(found), kind)
    return _pdf(late_sheet(found), f"qua-han-tuan-{found.week.first.isoformat()}")


@requires("incidents.view")
@require_GET
def months(request: HttpRequest) -> HttpResponseBase:
    """Months compared; as a table with `format=csv` or `xlsx`. What is no month leads back, with why."""
    form = MonthForm(request.GET)
    if not form.is_valid():
        return _choice(request, WeekForm(), form, 422)
    found = months_compared(actor_of(request), form.chosen(), clock.now())
    if (kind := request.GET.get("format", "")) in exports.FORMATS:
        return exports.respond(months_table(found), kind)
    return _pdf(months_sheet(found), f"so-sanh-thang-{found.months[0].first:%Y-%m}")


def _pdf(facts: dict[str, Any], name: str) -> HttpResponse:
    response = HttpResponse(printed(facts, made_at=clock.now()), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"{name}.pdf") or "inline"
    response["Cache-Control"] = "no-store"
    return response
