"""Maintenance windows: the list, a new one, one that is ended early."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.shell.deeds import Confirmation, Deed, carry_out, posted
from songcau.foundation.shell.fields import LONGEST_REASON
from songcau.foundation.shell.filters import Choice
from songcau.foundation.shell.lists import Column, Listing, render_list
from songcau.kernel import clock
from songcau.systems.incidents.actions.alert_rules import end_maintenance, set_maintenance
from songcau.systems.incidents.models import AlertRule, MaintenanceWindow
from songcau.systems.incidents.pages.alert_rules.fields import ward_scopes
from songcau.systems.incidents.pages.alert_rules.views import ANY, rule_words

RUNNING, TO_COME, OVER = "RUNNING", "TO_COME", "OVER"
STANDINGS: dict[str, Any] = {
    RUNNING: gettext_lazy("Running"),
    TO_COME: gettext_lazy("To come"),
    OVER: gettext_lazy("Over"),
}


def _when(code: str) -> Q:
    now = clock.now()
    over = Q(ended_at__isnull=False) | Q(ends_at__lte=now)
    if code == OVER:
        return over
    return ~over & (Q(starts_at__lte=now) if code == RUNNING else Q(starts_at__gt=now))


def standing(row: MaintenanceWindow) -> Any:
    now = clock.now()
    if row.ended_at is not None or row.ends_at <= now:
        return STANDINGS[OVER]
    return STANDINGS[RUNNING if row.starts_at <= now else TO_COME]


def _about(row: MaintenanceWindow) -> str:
    said = [rule_words(row.rule)] if row.rule else []
    return " · ".join([*said, *(one for one in (row.subject, row.scope) if one)])


def _end_link(row: MaintenanceWindow) -> str:
    return "" if standing(row) == STANDINGS[OVER] else reverse("incidents:maintenance_end", args=[row.pk])


WINDOWS = Listing(
    title=gettext_lazy("Maintenance windows"),
    columns=(
        Column("about", pgettext_lazy("maintenance", "About"), _about),
        Column("from", gettext_lazy("From"), lambda row: row.starts_at, sort="starts_at"),
        Column("until", gettext_lazy("Until"), lambda row: row.ended_at or row.ends_at, sort="ends_at"),
        Column("standing", gettext_lazy("Now"), standing),
        Column("reason", gettext_lazy("Reason"), lambda row: row.reason),
        Column("by", gettext_lazy("Set by"), lambda row: row.by_label),
        Column("end", gettext_lazy("End it"), lambda row: _("End now …") if _end_link(row) else "", link=_end_link),
    ),
    filters=(Choice("when", gettext_lazy("Now"), tuple(STANDINGS.items()), where=_when),),
    default_sort="-from",
    file_name="lich-bao-tri",
    empty_title=gettext_lazy("No maintenance"),
    empty_text=gettext_lazy("While a device is worked on, a window keeps its alerts from calling anybody."),
)


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, widget=widget)


class WindowForm(forms.Form):
    rule = forms.ModelChoiceField(
        label=gettext_lazy("Rule"),
        queryset=AlertRule.objects.order_by("code"),
        required=False,
        empty_label=gettext_lazy("every rule"),
    )
    subject = forms.CharField(
        label=gettext_lazy("Entity"),
        required=False,
        max_length=250,
        help_text=gettext_lazy("Its id, such as urn:ngsi-ld:WaterObserved:GIABAY."),
    )
    scope = forms.ChoiceField(label=gettext_lazy("Ward"), required=False)
    starts_at = _moment(gettext_lazy("From"))
    ends_at = _moment(gettext_lazy("Until"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Any = None, *, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.fields["rule"].label_from_instance = rule_words  # type: ignore[attr-defined]
        wards = list(ward_scopes())
        self.fields["scope"].choices = [("", "—"), *wards[1:]]  # type: ignore[attr-defined]


@requires("incidents.operate")
@require_GET
def windows(request: HttpRequest) -> HttpResponseBase:
    """The list."""
    rows = MaintenanceWindow.objects.select_related("rule")
    return render_list(request, WINDOWS, rows, template="incidents/alert_rules/windows.html")


@requires("incidents.operate")
@require_http_methods(ANY)
def add(request: HttpRequest) -> HttpResponse:
    """A new one; `?rule=` and `?subject=` say what it is about."""
    begins: dict[str, Any] = {"starts_at": _minute(clock.now())}
    begins |= {name: request.GET[name] for name in ("rule", "subject") if name in request.GET}
    form = WindowForm(posted(request), initial=begins)

    def act(values: Mapping[str, Any]) -> None:
        rule = values["rule"]
        plain = {name: values[name] for name in ("subject", "scope", "starts_at", "ends_at", "reason")}
        set_maintenance(by=actor_of(request), rule_id=rule.pk if rule else None, **plain)

    notice = _("What still holds when it ends is told then. What ends meanwhile is never told.")
    return carry_out(
        request, form, _deed(_("Set maintenance"), pgettext("maintenance", "Set"), notice), act, done=_("Set.")
    )


@requires("incidents.operate")
@require_http_methods(ANY)
def end(request: HttpRequest, window_id: UUID) -> HttpResponse:
    """Before its time."""

    def act(_values: Mapping[str, Any]) -> None:
        end_maintenance(by=actor_of(request), window_id=window_id)

    notice = _("What still holds is told at once.")
    deed = _deed(_("End the maintenance now?"), _("End now"), notice)
    return carry_out(request, Confirmation(posted(request)), deed, act, done=_("Ended."))


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)


def _deed(title: Any, submit: Any, notice: Any) -> Deed:
    page = reverse("incidents:maintenance")
    return Deed(title, submit, page, notice, crumbs=((WINDOWS.title, page),), here=title)
