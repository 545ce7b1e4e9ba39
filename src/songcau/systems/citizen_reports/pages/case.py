"""The page of one report, and what is done with it."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.accounts.personal_data.rules import Purpose
from songcau.foundation.accounts.personal_data.words import PURPOSES
from songcau.foundation.files.actions import read_file
from songcau.foundation.files.downloads import given
from songcau.foundation.files.rules import clean_name
from songcau.foundation.shell.deeds import Deed, carry_out
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM, Actor
from songcau.systems.citizen_reports.actions.looking import look_at_original, look_at_reporter
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.pages import code_words
from songcau.systems.citizen_reports.pages.answers import asked, filled_templates
from songcau.systems.citizen_reports.pages.step_forms import PurposeForm
from songcau.systems.citizen_reports.pages.steps import BY_NAME, steps_for
from songcau.systems.citizen_reports.permissions import may_moderate, may_view_reporter
from songcau.systems.citizen_reports.queries import reading
from songcau.systems.citizen_reports.rules import shown_code

ANY = ["GET", "HEAD", "POST"]


def found_report(request: HttpRequest, report_id: UUID) -> Report:
    """The report, if the person may see it. Raises Http404."""
    rows = Report.objects.visible_to(actor_of(request)).select_related(
        "category__parent", "agency", "parent", "duplicate_of"
    )
    report: Report | None = rows.filter(pk=report_id).first()
    if report is None:
        raise Http404
    return report


@requires("citizen_reports.view_reports")
@require_GET
def case(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Everything about one report that the person may see; who sent it stands in none of it."""
    report = found_report(request, report_id)
    return render(request, "citizen_reports/case.html", facts_of(actor_of(request), report))


def facts_of(by: Actor, report: Report) -> dict[str, Any]:
    """What the page of a report is drawn from."""
    at_the_centre = may_moderate(by)
    steps = steps_for(by, report)
    visible = Report.objects.visible_to(by).select_related("category", "agency")
    explained = report.due_explained or {}
    return {
        "report": report,
        "now": clock.now(),
        "steps": steps,
        "first_steps": [step for step in steps if step.is_first],
        "more_steps": [step for step in steps if not step.is_first],
        "answers": asked(report),
        "pictures": reading.pictures(report),
        "timeline": reading.timeline(report, at_the_centre=at_the_centre),
        "due_explained": explained.get(get_language() or "vi", explained.get("vi", "")),
        "children": visible.filter(parent=report),
        "duplicates": visible.filter(duplicate_of=report),
        "parent": visible.filter(children=report).first(),
        "first_report": visible.filter(duplicates=report).first(),
        "links": report.links.select_related("jurisdiction"),
        "at_the_centre": at_the_centre,
        "may_look": may_view_reporter(by),
        "takes_focus": True,
    }


@requires("citizen_reports.view_reports")
@require_http_methods(ANY)
def step(request: HttpRequest, report_id: UUID, name: str) -> HttpResponse:
    """One thing that is done with it. What the state or the person's rights do not allow is said, never a 500."""
    wanted = BY_NAME.get(name)
    if wanted is None:
        raise Http404
    report, by = found_report(request, report_id), actor_of(request)
    is_post = request.method == "POST"
    form = wanted.form(request.POST if is_post else None, request.FILES if is_post else None, report=report, by=by)
    page = reverse("citizen_reports:case", args=[report.pk])
    deed = Deed(
        wanted.title,
        wanted.button,
        page,
        wanted.notice,
        wanted.is_danger,
        crumbs=crumbs_of(report),
        here=wanted.title,
        fields=code_words.FIELDS,
    )
    offered = wanted in steps_for(by, report)
    facts = {
        "report": report,
        "now": clock.now(),
        "offered": offered,
        "filled": filled_templates(report) if wanted.has_answers else (),
        "then": request.POST.get("then", request.GET.get("then", "")),
    }

    def act(values: Any) -> HttpResponse:
        wanted.act(by, report, values)
        messages.success(request, str(wanted.done))
        # It may have left the person's sight, as what goes to another unit does.
        is_seen = Report.objects.visible_to(by).filter(pk=report.pk).exists()
        return redirect(where_next(request, page) if is_seen else "citizen_reports:worklist")

    return carry_out(
        request,
        form,
        deed,
        act,
        done=wanted.done,
        facts=facts,
        template="citizen_reports/step.html",
    )


def where_next(request: HttpRequest, page: str) -> str:
    """Where the form asked to go on, within the desk; else the report's own page."""
    wanted = request.POST.get("then", "")
    ours = url_has_allowed_host_and_scheme(wanted, None) and urlsplit(wanted).path.startswith("/citizen_reports/")
    return wanted if ours else page


def crumbs_of(report: Report) -> tuple[tuple[str, str], ...]:
    return (
        (_("Worklist"), reverse("citizen_reports:worklist")),
        (shown_code(report.code), reverse("citizen_reports:case", args=[report.pk])),
    )


@requires("citizen_reports.view_reporter")
@never_cache
@require_http_methods(ANY)
def reporter(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Who sent it: at the centre's desk, for a purpose that the log keeps. Shown on the answer itself, once."""
    report, by = found_report(request, report_id), actor_of(request)
    if not may_view_reporter(by):
        raise Http404
    form = PurposeForm(request.POST if request.method == "POST" else None, report=report, by=by)
    deed = Deed(
        _("Look who sent %(code)s") % {"code": shown_code(report.code)},
        _("Look"),
        reverse("citizen_reports:case", args=[report.pk]),
        _("The unit that handles it must not learn who sent it. Write to the sender through the report instead."),
        crumbs=crumbs_of(report),
    )

    def act(values: Any) -> HttpResponse:
        facts = look_at_reporter(
            by=by,
            report_id=report.pk,
            purpose=Purpose(values["purpose"]),
            text=values["note"],
            address=str(get_adapter().get_client_ip(request)),
        )
        return render(
            request,
            "citizen_reports/reporter.html",
            {"report": report, "facts": facts, "purpose": PURPOSES[values["purpose"]], "deed": deed},
        )

    return carry_out(request, form, deed, act, done="")


@requires("citizen_reports.view_reporter")
@never_cache
@require_http_methods(ANY)
def original(request: HttpRequest, report_id: UUID, picture_id: UUID) -> HttpResponseBase:
    """A picture as it was sent, for a purpose that the log keeps: given as the answer itself, once, to be saved."""
    report, by = found_report(request, report_id), actor_of(request)
    if not may_view_reporter(by):
        raise Http404
    form = PurposeForm(request.POST if request.method == "POST" else None, report=report, by=by)
    deed = Deed(
        _("Open a picture of %(code)s as it was sent") % {"code": shown_code(report.code)},
        _("Save the picture"),
        reverse("citizen_reports:case", args=[report.pk]),
        _("It tells where, when and with what it was taken, and so perhaps who sent it. Do not copy it to the unit."),
        crumbs=crumbs_of(report),
    )
    looked: list[UUID] = []

    def act(values: Any) -> HttpResponse:
        looked.append(
            look_at_original(
                by=by,
                report_id=report.pk,
                picture_id=picture_id,
                purpose=Purpose(values["purpose"]),
                text=values["note"],
                address=str(get_adapter().get_client_ip(request)),
            )
        )
        return HttpResponse()

    answer = carry_out(request, form, deed, act, done="")
    return _as_sent(request, report, looked[0]) if looked else answer


def _as_sent(request: HttpRequest, report: Report, file_id: UUID) -> HttpResponseBase:
    blob = read_file(by=SYSTEM, file_id=file_id, original=True).blob
    response = given(request, blob, blob.media_type)
    name = clean_name(report.code, blob.media_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
