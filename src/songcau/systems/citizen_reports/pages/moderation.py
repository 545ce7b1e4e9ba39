"""The centre's queue: what came in, what fits it, and everything that is decided about it on one screen."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.shell.deeds import refused_in_words
from songcau.foundation.shell.errors import status_of
from songcau.foundation.shell.filters import Choice
from songcau.foundation.shell.lists import Column, Listing, State, list_context, render_list
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions import assigning, moderating, showing
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.pages import code_words, listing
from songcau.systems.citizen_reports.pages.answers import asked, filled_templates
from songcau.systems.citizen_reports.pages.bulk import BulkForm
from songcau.systems.citizen_reports.pages.case import where_next
from songcau.systems.citizen_reports.pages.fields import CategoryChoice, unit_field
from songcau.systems.citizen_reports.pages.step_forms import AnswerForm, MergeForm, RefuseForm, StepForm
from songcau.systems.citizen_reports.pages.steps import steps_for
from songcau.systems.citizen_reports.permissions import may_moderate, require_moderate
from songcau.systems.citizen_reports.queries import reading, similar, worklist
from songcau.systems.citizen_reports.queries.routing import suggest_agency
from songcau.systems.citizen_reports.rules import Urgency

_UNACCEPTED = (rules.State.NEW, rules.State.WAITING_REPORTER_FIRST)
_QUEUE_STATES = [(str(code), words) for code, words in code_words.STATES.items() if code in worklist.QUEUE]

QUEUE = Listing(
    most_counted=listing.MOST_COUNTED,
    title=gettext_lazy("Moderation"),
    columns=(
        Column("tick", gettext_lazy("Choose"), lambda row: "", template="citizen_reports/cells/tick.html"),
        Column("what", gettext_lazy("Matter"), lambda row: row.text, template="citizen_reports/cells/queued.html"),
        Column(
            "due",
            gettext_lazy("To be looked at by"),
            lambda row: row.verify_due_at,
            sort="verify_due_at",
            template="citizen_reports/cells/due.html",
        ),
    ),
    filters=(
        listing.SEARCH,
        listing.COLOUR,
        Choice("state", gettext_lazy("State"), _QUEUE_STATES),
        listing.CATEGORY,
        listing.WARD,
        listing.URGENCY,
        listing.CHANNEL,
        listing.RECEIVED,
    ),
    default_sort="due",
    page_size=25,
    file_name="cho-tiep-nhan",
    empty_title=gettext_lazy("Nothing waits to be looked at"),
    empty_text=gettext_lazy("Every report that came in was decided. New ones stand here at once."),
)


class TriageForm(StepForm):
    """Everything that is usually decided at once; it begins with what fits."""

    category = CategoryChoice()
    urgency = forms.ChoiceField(
        label=gettext_lazy("Urgency"), choices=[(str(code), words) for code, words in code_words.URGENCIES.items()]
    )
    agency = unit_field(
        gettext_lazy("Unit"), required=False, hint=gettext_lazy("Empty: accept it now, give it to a unit later.")
    )
    publish = forms.BooleanField(label=gettext_lazy("Publish it at once"), required=False)

    def begins_with(self, report: Report) -> dict[str, Any]:
        agency = report.agency or suggest_agency(report, clock.now())
        return {
            "category": report.category_id,
            "urgency": report.urgency,
            "agency": agency.pk if agency else None,
            "publish": False,
        }

    def prepare(self) -> None:
        self.fields["category"].offer()  # type: ignore[attr-defined]
        if self.report.is_private or not self.report.category.is_public:
            del self.fields["publish"]


@requires("citizen_reports.moderate")
@require_GET
def queue(request: HttpRequest) -> HttpResponseBase:
    """The queue, and beside it the report that `?report=` names, or the first."""
    by = actor_of(request)
    require_moderate(by)
    rows = worklist.moderation_queue(by)
    if request.headers.get("HX-Request") == "true" or request.GET.get("format"):
        return render_list(request, QUEUE, rows)
    return _page(request, by, None, 200)


def _page(request: HttpRequest, by: Actor, form: TriageForm | None, status: int) -> HttpResponse:
    rows = worklist.moderation_queue(by)
    context = list_context(request, QUEUE, rows)
    shown = [row.source for row in context["rows"]]  # type: ignore[attr-defined]
    report = form.report if form else _chosen(request, by, shown)
    facts = panel_facts(by, report, form) if report else {"report": None}
    following = _following(request, shown, report)
    extra = {"bulk": BulkForm(auto_id="bulk_%s"), "then": following, "selected": report.pk if report else None}
    return render(request, "citizen_reports/moderation.html", context | facts | extra, status=status)


def _chosen(request: HttpRequest, by: Actor, shown: list[Report]) -> Report | None:
    rows = Report.objects.visible_to(by).select_related("category__parent", "agency", "parent")
    try:
        wanted = rows.filter(pk=UUID(request.GET.get("report", ""))).first()
    except ValueError:
        wanted = None
    if wanted is not None or not shown:
        return wanted
    return rows.get(pk=shown[0].pk)


def _following(request: HttpRequest, shown: list[Report], report: Report | None) -> str:
    """Where the desk goes on once this one is decided: the list as it is, with the next one open."""
    keys = [row.pk for row in shown]
    place = keys.index(report.pk) if report is not None and report.pk in keys else -1
    later = keys[place + 1 :] or keys[: max(place, 0)]
    query = State(QUEUE, request.GET).query(report=later[0] if later else None)
    return reverse("citizen_reports:moderation") + (f"?{query}" if query else "")


def panel_facts(by: Actor, report: Report, form: TriageForm | None = None) -> dict[str, Any]:
    """One report with what fits it: category by its words, unit by the rules, reports that look like it."""
    steps = steps_for(by, report)
    names = {step.name for step in steps}
    agency = suggest_agency(report, clock.now())
    about: dict[str, Any] = {"report": report, "by": by}
    return {
        "report": report,
        "now": clock.now(),
        "steps": steps,
        "names": names,
        "answers": asked(report),
        "pictures": reading.pictures(report),
        "suggested_categories": [
            one for one in similar.suggested_categories(report.text) if one.pk != report.category_id
        ],
        "suggested_agency": agency,
        "similar": similar.similar_reports(report),
        "filled": filled_templates(report),
        "triage": form or (TriageForm(**about) if names & {"accept", "assign"} else None),
        "refuse": RefuseForm(**about, auto_id="refuse_%s") if "refuse" in names else None,
        "ask": AnswerForm(**about, auto_id="ask_%s") if "ask" in names else None,
        "merge": MergeForm(**about, auto_id="merge_%s") if "merge" in names else None,
        "at_the_centre": may_moderate(by),
    }


@requires("citizen_reports.moderate")
@require_POST
def triage(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Accept it, with category, urgency, unit and publication, all or nothing; then the next one."""
    by = actor_of(request)
    require_moderate(by)
    rows = Report.objects.visible_to(by).select_related("category__parent", "agency", "parent")
    report = rows.filter(pk=report_id).first()
    if report is None:
        raise Http404
    form = TriageForm(request.POST, report=report, by=by)
    status = 422
    if form.is_valid():
        try:
            decide(by, report, form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refused_in_words(refusal, code_words.FIELDS))
            status = status_of(refusal)
        else:
            words = _("%(code)s was accepted.") % {"code": rules.shown_code(report.code)}
            messages.success(request, words)
            return redirect(where_next(request, reverse("citizen_reports:moderation")))
    return _page(request, by, form, status)


@transaction.atomic
def decide(by: Actor, report: Report, values: dict[str, Any]) -> None:
    """Category and urgency first: the term that is promised is theirs. Raises what the actions raise."""
    report_id, version = report.pk, values["version"]
    report.require_unchanged(version)
    if values["category"].pk != report.category_id:
        code = values["category"].code
        version = moderating.recategorise(by=by, report_id=report_id, category=code, version=version).version
    if values["urgency"] != report.urgency:
        urgency = Urgency(values["urgency"])
        version = moderating.set_urgency(by=by, report_id=report_id, urgency=urgency, version=version).version
    if report.state in _UNACCEPTED:
        version = moderating.accept_report(by=by, report_id=report_id, version=version).version
    if values.get("publish"):
        version = showing.publish_report(by=by, report_id=report_id, version=version).version
    if values["agency"] is not None:
        assigning.assign_report(by=by, report_id=report_id, agency_id=values["agency"].pk, version=version)
