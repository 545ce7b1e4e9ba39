"""False reports, and sources that were warned or blocked. Nobody is named here: a source is known by a hash only."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.shell.deeds import Deed, carry_out, posted
from songcau.foundation.shell.filters import Choice
from songcau.foundation.shell.lists import Column, Listing, render_list
from songcau.kernel import clock
from songcau.systems.citizen_reports.actions import abuse
from songcau.systems.citizen_reports.models import Standing
from songcau.systems.citizen_reports.pages.case import crumbs_of, found_report
from songcau.systems.citizen_reports.pages.fields import text_field
from songcau.systems.citizen_reports.permissions import require_moderate
from songcau.systems.citizen_reports.rules import shown_code

ANY = ["GET", "HEAD", "POST"]


def _is(code: str) -> Q:
    appealed = Q(appealed_at__isnull=False, settled_at=None)
    return appealed if code == "APPEAL" else Q(blocked_until__gt=clock.now())


SOURCES = Listing(
    title=gettext_lazy("Sources warned and blocked"),
    columns=(
        Column(
            "source",
            gettext_lazy("Source"),
            lambda row: row.source_hash[:12],
            link=lambda row: reverse("citizen_reports:source", args=[row.pk]),
        ),
        Column("warnings", gettext_lazy("Warnings"), lambda row: row.warnings, sort="warnings", numeric=True),
        Column("until", gettext_lazy("Blocked until"), lambda row: row.blocked_until, sort="blocked_until"),
        Column("reason", gettext_lazy("Why"), lambda row: row.reason),
        Column("appealed", gettext_lazy("Appealed"), lambda row: row.appealed_at, sort="appealed_at"),
        Column("changed", gettext_lazy("Changed"), lambda row: row.changed_at, sort="changed_at"),
    ),
    filters=(
        Choice(
            "which",
            gettext_lazy("Which"),
            (("APPEAL", gettext_lazy("With an appeal to be read")), ("BLOCKED", gettext_lazy("Blocked now"))),
            where=_is,
        ),
    ),
    default_sort="-changed",
    file_name="nguon-bi-canh-bao",
    empty_title=gettext_lazy("No source was ever warned"),
    empty_text=gettext_lazy("A false report is noted on its own page; its source is warned, later blocked."),
)


class FalseForm(forms.Form):
    reason = text_field(gettext_lazy("Why it is false"), rows=3, limit=500)
    days = forms.IntegerField(
        label=gettext_lazy("Block its source for so many days"),
        required=False,
        min_value=1,
        max_value=365,
        help_text=gettext_lazy("Empty: warn it. After two warnings it is blocked by itself."),
    )


class SettleForm(forms.Form):
    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=(
            ("UPHOLD", gettext_lazy("The block stays")),
            ("LIFT", gettext_lazy("Lift the block")),
            ("CLEAR", gettext_lazy("Lift the block and strike the warnings")),
        ),
        widget=forms.RadioSelect,
    )
    reason = text_field(gettext_lazy("Reason"), rows=3, limit=500)


@requires("citizen_reports.moderate")
@require_GET
def sources(request: HttpRequest) -> HttpResponseBase:
    """The list."""
    require_moderate(actor_of(request))
    return render_list(request, SOURCES, Standing.objects.all())


@requires("citizen_reports.moderate")
@require_http_methods(ANY)
def source(request: HttpRequest, standing_id: UUID) -> HttpResponse:
    """One source: its last reason, its appeal, and what is decided about it."""
    by = actor_of(request)
    require_moderate(by)
    standing = Standing.objects.filter(pk=standing_id).first()
    if standing is None:
        raise Http404
    page = reverse("citizen_reports:sources")
    deed = Deed(
        _("Source %(name)s") % {"name": standing.source_hash[:12]}, _("Decide"), page, crumbs=((SOURCES.title, page),)
    )

    def act(values: Mapping[str, Any]) -> None:
        about: dict[str, Any] = {"by": by, "standing_id": standing.pk, "reason": values["reason"]}
        if values["decision"] == "UPHOLD":
            abuse.uphold(**about)
        else:
            abuse.unblock(**about, clear_warnings=values["decision"] == "CLEAR")

    return carry_out(
        request,
        SettleForm(posted(request)),
        deed,
        act,
        done=_("Decided."),
        facts={"standing": standing},
        template="citizen_reports/source.html",
    )


@requires("citizen_reports.moderate")
@require_http_methods(ANY)
def false_report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Note a report as false: its source is warned or blocked, and nobody learns who that is."""
    by = actor_of(request)
    require_moderate(by)
    report = found_report(request, report_id)
    deed = Deed(
        _("Note %(code)s as a false report") % {"code": shown_code(report.code)},
        _("Note"),
        reverse("citizen_reports:case", args=[report.pk]),
        _("Its source is warned; after two warnings it is blocked for seven days, then for thirty. It may appeal."),
        danger=True,
        crumbs=crumbs_of(report),
        here=_("False report"),
    )

    def act(values: Mapping[str, Any]) -> None:
        if values["days"]:
            abuse.block_source(by=by, report_id=report.pk, days=values["days"], reason=values["reason"])
        else:
            abuse.warn_source(by=by, report_id=report.pk, reason=values["reason"])

    return carry_out(request, FalseForm(posted(request)), deed, act, done=_("Noted."))
