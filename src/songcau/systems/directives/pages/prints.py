"""The sheets of directives as PDF, made of what the person may see."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.accounts.models import Agency
from songcau.foundation.files.documents.sheets import printed
from songcau.foundation.shell.fields import AgencyChoice, PastDay
from songcau.kernel import clock
from songcau.systems.directives.models import Directive
from songcau.systems.directives.pages.case import found_directive
from songcau.systems.directives.pages.printing import sheets
from songcau.systems.directives.permissions import VIEW
from songcau.systems.directives.queries import comparing, lists
from songcau.systems.directives.rules import Timing

SHEETS = {
    "late": (
        _("Late directives by agency, of a week"),
        _("Ward by ward: late now, and what was done late in the week of the day."),
    ),
    "months": (
        _("Months compared"),
        _("Half a year of months up to that of the day, and each agency beside the month before."),
    ),
    "agencies": (_("Directives by agency"), _("How everything that was given stands now.")),
}


class PrintForm(forms.Form):
    """Of which week or month, and of which ward with all that stands under it."""

    day = PastDay(label=_("A day of the week, or of the month"), required=False)
    agency = AgencyChoice(
        label=_("Agency"), queryset=Agency.objects.none(), required=False, empty_label=_("All that I may see")
    )

    def __init__(self, data: Any, rows: Any) -> None:
        super().__init__(data, initial={"day": clock.today()})
        held = Directive.objects.filter(pk__in=rows.values("pk")).values("lead")
        self.fields["agency"].queryset = Agency.objects.filter(pk__in=held).order_by("order_key")  # type: ignore[attr-defined]


@requires(VIEW)
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """Which sheet, of which days and agency."""
    return _choice(request, PrintForm(None, lists.directives_of(actor_of(request))), 200)


def _choice(request: HttpRequest, form: PrintForm, status: int) -> HttpResponse:
    context = {"form": form, "sheets": [(name, *words) for name, words in SHEETS.items()]}
    return render(request, "directives/prints.html", context, status=status)


@requires(VIEW)
@require_GET
def document(request: HttpRequest, name: str) -> HttpResponse:
    """The sheet of that name. What makes no sense leads back to the choice, with why."""
    if name not in SHEETS:
        raise Http404
    rows, now = lists.directives_of(actor_of(request)), clock.now()
    form = PrintForm(request.GET, rows)
    if not form.is_valid():
        return _choice(request, form, 422)
    day, agency = form.cleaned_data["day"] or clock.today(), form.cleaned_data["agency"]
    if agency is not None:
        rows = rows.filter(lead__path__startswith=agency.path)
    return _pdf(_facts(name, rows, day, now), name)


def _facts(name: str, rows: Any, day: date, now: Any) -> sheets.Facts:
    if name == "months":
        return sheets.months(rows, day.replace(day=1), now)
    if name == "agencies":
        return sheets.by_agency(rows, now)
    first = day - timedelta(days=day.weekday())
    last = first + timedelta(days=6)
    late = rows.filter(lists.TIMINGS[Timing.LATE](now))
    return sheets.late(late, comparing.done_late_between(rows, first, last, now), first, last, now)


@requires(VIEW)
@require_GET
def directive_sheet(request: HttpRequest, directive_id: UUID) -> HttpResponse:
    """One directive."""
    directive = found_directive(request, directive_id)
    return _pdf(sheets.directive_sheet(directive, clock.now()), directive.code)


def _pdf(facts: sheets.Facts, name: str) -> HttpResponse:
    response = HttpResponse(printed(facts, made_at=clock.now(), form=sheets.SHEET), content_type="application/pdf")
    file = f"{name}-{clock.today().isoformat()}.pdf"
    response["Content-Disposition"] = content_disposition_header(False, file) or "inline"
    response["Cache-Control"] = "no-store"
    return response
