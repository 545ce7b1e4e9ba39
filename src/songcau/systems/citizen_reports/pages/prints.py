"""The sheets of the desk as PDF, made of what the person may see."""

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
from songcau.foundation.places.queries import unit_by_code
from songcau.foundation.places.rules import Level
from songcau.foundation.shell.fields import Day, PastDay
from songcau.kernel import clock
from songcau.systems.citizen_reports.pages.case import found_report
from songcau.systems.citizen_reports.pages.fields import ward_choices
from songcau.systems.citizen_reports.pages.printing import sheets
from songcau.systems.citizen_reports.pages.printing.forms import printed
from songcau.systems.citizen_reports.queries import worklist

SHEETS = {
    "by_unit": (
        _("Weekly table by unit"),
        _("Received, in time, late, reopened, how content people are."),
    ),
    "late": (_("Late reports"), _("Open and past the date, the longest first.")),
    "hot_spots": (_("Hot spots"), _("Where many reports are: a map and a list with the same numbers.")),
    "voters": (
        _("Sheet for a meeting with voters"),
        _("What was reported in a ward and what came of it."),
    ),
}

# As the files are called, for people who keep them in a folder.
FILES = {
    "by_unit": "phan-anh-theo-don-vi",
    "late": "phan-anh-qua-han",
    "hot_spots": "diem-nong-phan-anh",
    "voters": "phan-anh-tiep-xuc-cu-tri",
}


class DaysForm(forms.Form):
    """Of which days, and of which ward."""

    first = PastDay(label=_("Received from"), required=False)
    last = Day(label=_("until"), required=False)
    ward = forms.ChoiceField(label=_("Ward"), required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"first": _monday() - timedelta(days=7), "last": _monday() - timedelta(days=1)})
        self.fields["ward"].choices = ward_choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("first"), values.get("last")
        if first and last and last < first:
            self.add_error("last", _("The end must come after the beginning."))
        return values


def _monday() -> date:
    today = clock.today()
    return today - timedelta(days=today.weekday())


@requires("citizen_reports.view_reports")
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """Which sheet, of which days and ward."""
    return _choice(request, DaysForm(), 200)


def _choice(request: HttpRequest, form: DaysForm, status: int) -> HttpResponse:
    context = {"form": form, "sheets": [(name, *words) for name, words in SHEETS.items()]}
    return render(request, "citizen_reports/prints.html", context, status=status)


@requires("citizen_reports.view_reports")
@require_GET
def document(request: HttpRequest, name: str) -> HttpResponse:
    """The sheet of that name. Days that make no sense lead back to the choice, with why."""
    if name not in SHEETS:
        raise Http404
    form = DaysForm(request.GET)
    if not form.is_valid():
        return _choice(request, form, 422)
    rows, now, values = worklist.reports_of(actor_of(request)), clock.now(), form.cleaned_data
    first, last, ward = values["first"], values["last"], values["ward"]
    if ward:
        rows = rows.filter(ward_code=ward)
    if name == "by_unit":
        facts = sheets.by_unit(rows, first, last, now)
    elif name == "late":
        facts = sheets.late(rows.filter(worklist.OUTCOMES["OPEN_LATE"](now)).order_by("asked_at", "pk"), now)
    elif name == "hot_spots":
        facts = sheets.hot_spots(rows, first, last, now)
    else:
        facts = sheets.voters(rows, _ward_name(ward), first, last, now)
    return _pdf(facts, FILES[name])


def _ward_name(code: str) -> str:
    """In full, as it is read out; nothing for the whole city."""
    unit = unit_by_code(code, Level.WARD, clock.today()) if code else None
    return unit.name if unit else ""


@requires("citizen_reports.view_reports")
@require_GET
def report_sheet(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """One report."""
    report = found_report(request, report_id)
    return _pdf(sheets.report_sheet(report, clock.now()), report.code)


def _pdf(facts: sheets.Facts, name: str) -> HttpResponse:
    now = clock.now()
    response = HttpResponse(printed(facts, made_at=now), content_type="application/pdf")
    file = f"{name}-{clock.today().isoformat()}.pdf"
    response["Content-Disposition"] = content_disposition_header(False, file) or "inline"
    response["Cache-Control"] = "no-store"
    return response
