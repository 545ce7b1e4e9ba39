"""Closed reports drawn for a leader to look at again."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.shell.deeds import Deed, carry_out, posted
from songcau.foundation.shell.filters import Choice, DateRange
from songcau.foundation.shell.lists import Column, Listing, render_list
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.actions.closing import record_spot_check
from songcau.systems.citizen_reports.models import Report, SpotCheck
from songcau.systems.citizen_reports.pages import code_words
from songcau.systems.citizen_reports.pages.code_words import VERDICTS
from songcau.systems.citizen_reports.pages.listing import category_words
from songcau.systems.citizen_reports.pages.step_forms import VerdictForm
from songcau.systems.citizen_reports.queries import reading
from songcau.systems.citizen_reports.rules import Verdict, shown_code

WAITING = "WAITING"


def _verdict_is(code: str) -> Q:
    return Q(verdict="" if code == WAITING else code)


CHECKS = Listing(
    title=gettext_lazy("Spot checks"),
    columns=(
        Column(
            "code",
            gettext_lazy("Code"),
            lambda row: shown_code(row.report.code),
            sort="report__code",
            link=lambda row: reverse("citizen_reports:spot_check", args=[row.report_id]),
        ),
        Column("category", gettext_lazy("Category"), lambda row: category_words(row.report.category)),
        Column("ward", gettext_lazy("Ward"), lambda row: row.report.ward_name, sort="report__ward_name"),
        Column(
            "unit",
            gettext_lazy("Unit"),
            lambda row: row.report.agency.name if row.report.agency else "",
            sort="report__agency__name",
        ),
        Column("chosen", gettext_lazy("Drawn"), lambda row: row.chosen_at, sort="chosen_at"),
        Column("verdict", gettext_lazy("What was found"), lambda row: VERDICTS[row.verdict], sort="verdict"),
        Column("by", gettext_lazy("Looked at by"), lambda row: row.by_label),
        Column("done", gettext_lazy("Looked at"), lambda row: row.done_at, sort="done_at"),
    ),
    filters=(
        Choice(
            "verdict",
            gettext_lazy("What was found"),
            [(WAITING, VERDICTS[""]), *((str(code), VERDICTS[code]) for code in Verdict)],
            where=_verdict_is,
        ),
        DateRange("chosen", gettext_lazy("Drawn"), field="chosen_at"),
    ),
    default_sort="-chosen",
    file_name="kiem-tra-xac-suat",
    empty_title=gettext_lazy("No spot checks"),
    empty_text=gettext_lazy("Each week one in twenty of the reports closed in the week before is drawn."),
)


def _checks(by: Actor) -> QuerySet[SpotCheck]:
    seen = Report.objects.visible_to(by)
    return SpotCheck.objects.filter(report__in=seen).select_related("report__category", "report__agency")


@requires("citizen_reports.spot_check")
@require_GET
def spot_checks(request: HttpRequest) -> HttpResponseBase:
    """The list."""
    return render_list(request, CHECKS, _checks(actor_of(request)))


@requires("citizen_reports.spot_check")
@require_http_methods(["GET", "HEAD", "POST"])
def spot_check(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """What was reported, what is said to have been done, the pictures of both; and the leader's verdict."""
    by = actor_of(request)
    check = _checks(by).filter(report=report_id).first()
    if check is None:
        raise Http404
    report = check.report
    form = VerdictForm(posted(request), report=report, by=by)
    page = reverse("citizen_reports:spot_checks")
    deed = Deed(
        _("Spot check of %(code)s") % {"code": shown_code(report.code)},
        _("Save"),
        page,
        crumbs=((_("Spot checks"), page),),
        here=shown_code(report.code),
        fields=code_words.FIELDS,
    )

    def act(values: Mapping[str, Any]) -> None:
        record_spot_check(
            by=by,
            report_id=report.pk,
            verdict=Verdict(values["verdict"]),
            text=values["text"],
            version=values["version"],
        )

    facts = {"report": report, "check": check, "pictures": reading.pictures(report)}
    return carry_out(
        request, form, deed, act, done=_("Saved."), facts=facts, template="citizen_reports/spot_check.html"
    )
