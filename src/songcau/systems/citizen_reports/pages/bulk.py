"""The same done with many reports at once. Each stands for itself: what one refuses stops no other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.shell.deeds import refused_in_words
from songcau.foundation.shell.words import say
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import NotAllowed, Refused
from songcau.systems.citizen_reports.actions import merging, moderating, showing
from songcau.systems.citizen_reports.actions.bulk import MOST_AT_ONCE, Chosen, in_bulk
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.pages import code_words
from songcau.systems.citizen_reports.pages.code_words import REASONS
from songcau.systems.citizen_reports.pages.fields import unit_field
from songcau.systems.citizen_reports.pages.steps import BY_NAME, Words
from songcau.systems.citizen_reports.permissions import require_moderate
from songcau.systems.citizen_reports.queries.routing import suggest_agency
from songcau.systems.citizen_reports.rules import RefusalReason

ACTS: dict[str, Words] = {
    "accept": _("Accept"),
    "suggested": _("Accept and give to the unit that the rules name"),
    "assign": _("Give to the unit chosen here"),
    "publish": _("Publish"),
    "merge": _("Join with the oldest of them"),
    "refuse": _("Refuse for the reason chosen here"),
}


class NoUnitFits(Refused):
    """No rule says who gets it."""

    code = "REPORT_NO_UNIT_FITS"


class NothingChosen(Refused):
    """No report was ticked, or more than `most`."""

    code = "REPORTS_NOT_CHOSEN"


class BulkForm(forms.Form):
    """What is done with those ticked, and what it needs."""

    act = forms.ChoiceField(label=_("With those chosen"), choices=list(ACTS.items()))
    agency = unit_field(required=False)
    reason = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        choices=[
            ("", "—"),
            *((str(code), words) for code, words in REASONS.items() if code is not RefusalReason.DUPLICATE),
        ],
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        needed = {"assign": "agency", "refuse": "reason"}.get(values.get("act", ""), "")
        if needed and not values.get(needed):
            self.add_error(needed, _("Please choose one."))
        return values


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one; `refusal` empty: it was done."""

    report: Report
    refusal: str


@requires("citizen_reports.moderate")
@require_POST
def many(request: HttpRequest) -> HttpResponse:
    """Do it, and tell for each what came of it."""
    by = actor_of(request)
    require_moderate(by)
    chosen = _chosen(request, by)
    form = BulkForm(request.POST)
    if not form.is_valid():
        context = {"form": form, "reports": chosen, "picked": [f"{one.pk}:{one.version}" for one in chosen]}
        return render(request, "citizen_reports/bulk_form.html", context, status=422)
    results = done_with(by, chosen, form.cleaned_data)
    context = {
        "results": results,
        "done": sum(not one.refusal for one in results),
        "act": ACTS[form.cleaned_data["act"]],
        "takes_focus": True,
    }
    return render(request, "citizen_reports/bulk.html", context)


def _chosen(request: HttpRequest, by: Actor) -> list[Report]:
    """The reports ticked, each at the version that was shown. Raises NothingChosen."""
    versions: dict[UUID, int] = {}
    for pair in request.POST.getlist("chosen")[: MOST_AT_ONCE + 1]:
        key, _colon, version = pair.partition(":")
        try:
            versions[UUID(key)] = int(version)
        except ValueError:
            continue
    if not versions or len(versions) > MOST_AT_ONCE:
        raise NothingChosen(most=MOST_AT_ONCE)
    rows = Report.objects.visible_to(by).filter(pk__in=versions).select_related("category", "agency")
    found = list(rows.order_by("received_at", "pk"))
    for report in found:
        # What the actions compare with: the version the desk has seen, not the one of this instant.
        report.version = versions[report.pk]
    return found


def done_with(by: Actor, reports: list[Report], values: dict[str, Any]) -> list[Result]:
    """One after the other, each in its own transaction. Raises TooManyAtOnce."""
    act, rows = _acts(by, reports, values)[values["act"]], {report.pk: report for report in reports}
    outcome = in_bulk([Chosen(one.pk, one.version) for one in reports], lambda one: act(rows[one.report_id]))
    return [Result(report, _words_of(outcome.refused.get(report.pk))) for report in reports]


def _words_of(refusal: Refused | NotAllowed | None) -> str:
    if refusal is None:
        return ""
    return refused_in_words(refusal, code_words.FIELDS) if isinstance(refusal, Refused) else say(refusal)


def _acts(by: Actor, reports: list[Report], values: dict[str, Any]) -> dict[str, Callable[[Report], object]]:
    def named(report: Report) -> dict[str, Any]:
        return {"by": by, "report_id": report.pk, "version": report.version}

    def assign(report: Report, agency: Any) -> None:
        if agency is None:
            raise NoUnitFits
        BY_NAME["assign"].act(by, report, {"version": report.version, "agency": agency})

    return {
        "accept": lambda report: moderating.accept_report(**named(report)),
        "suggested": lambda report: assign(report, suggest_agency(report, clock.now())),
        "assign": lambda report: assign(report, values["agency"]),
        "publish": lambda report: showing.publish_report(**named(report)),
        "merge": lambda report: _merge(by, reports[0], report),
        "refuse": lambda report: moderating.refuse_report(**named(report), reason=RefusalReason(values["reason"])),
    }


def _merge(by: Actor, parent: Report, child: Report) -> None:
    """The oldest is the one the others follow: nothing happens to it."""
    if child.pk != parent.pk:
        merging.merge_reports(by=by, parent_id=parent.pk, child_ids=[child.pk])
