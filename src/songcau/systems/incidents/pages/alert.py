"""The page of one alert, and what is done with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.shell.deeds import Confirmation, Deed, carry_out, posted, refused_in_words
from songcau.foundation.shell.errors import status_of
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.systems.incidents.actions.alerts.grouping import require_grouped, ungroup_alert
from songcau.systems.incidents.actions.alerts.handling import (
    acknowledge_alert,
    close_alert,
    note_on_alert,
    pass_up_alert,
    require_untaken,
)
from songcau.systems.incidents.models import Alert
from songcau.systems.incidents.pages import code_words, raised_by
from songcau.systems.incidents.pages.code_words import Words
from songcau.systems.incidents.pages.evidence import named
from songcau.systems.incidents.pages.fields import text_field
from songcau.systems.incidents.pages.listing import alert_name
from songcau.systems.incidents.pages.queue import then_address
from songcau.systems.incidents.pages.sparks import spark_of
from songcau.systems.incidents.permissions import may_handle_alert, may_operate
from songcau.systems.incidents.queries import alerts as queries
from songcau.systems.incidents.rules.alerts import Rung, require_open, rung_above

ANY = ["GET", "HEAD", "POST"]
MOST_MEMBERS = 100


class TextForm(forms.Form):
    text = text_field(_("Note"))


class ClosingForm(forms.Form):
    text = text_field(_("Closing note"), hint=_("What was found and done. It stands in the list and in the prints."))


class PassingUpForm(forms.Form):
    text = text_field(_("What is needed"), hint=_("Who is called reads it with the alert."))


def _must_be_open(_by: Actor, alert: Alert) -> None:
    require_open(alert)


def _must_have_a_rung_above(_by: Actor, alert: Alert) -> None:
    require_open(alert)
    rung_above(alert.rung)


@dataclass(frozen=True, slots=True)
class Step:
    """`requires`: what its state must allow; asked before anything is offered."""

    title: Words
    button: Words
    form: type[forms.Form]
    act: Callable[[Actor, UUID, Any], object]
    done: Words
    notice: Words = ""
    requires: Callable[[Actor, Alert], object] = _must_be_open


STEPS: dict[str, Step] = {
    "acknowledge": Step(
        _("Acknowledge the alert"),
        _("Acknowledge"),
        Confirmation,
        lambda by, pk, values: acknowledge_alert(by=by, alert_id=pk),
        _("Acknowledged: you look after it."),
        _("You say that you look after it. Those that stand under it are acknowledged too."),
        require_untaken,
    ),
    "pass_up": Step(
        _("Pass the alert up"),
        _("Pass up"),
        PassingUpForm,
        lambda by, pk, values: pass_up_alert(by=by, alert_id=pk, text=values["text"]),
        _("Passed up; they are called."),
        _("The next of the ladder is called at once: ward, city, province. You keep the alert."),
        _must_have_a_rung_above,
    ),
    "close": Step(
        _("Close the alert"),
        pgettext_lazy("an alert", "Close"),
        ClosingForm,
        lambda by, pk, values: close_alert(by=by, alert_id=pk, text=values["text"]),
        _("Closed."),
        _("Those that stand under it are closed with the same note."),
    ),
    "note": Step(
        _("Write a note"),
        _("Write a note"),
        TextForm,
        lambda by, pk, values: note_on_alert(by=by, alert_id=pk, text=values["text"]),
        _("Noted."),
    ),
    "ungroup": Step(
        _("Let it stand alone"),
        _("Let it stand alone"),
        Confirmation,
        lambda by, pk, values: ungroup_alert(by=by, alert_id=pk),
        _("It stands alone again."),
        _("Of a group's first alert: all that stand under it become lines of their own."),
        lambda by, alert: require_grouped(alert),
    ),
}


def found_alert(request: HttpRequest, alert_id: UUID) -> Alert:
    """The alert, if the person may see it. Raises Http404."""
    alert: Alert | None = queries.alerts_of(actor_of(request)).filter(pk=alert_id).first()
    if alert is None:
        raise Http404
    return alert


@requires("incidents.view")
@require_GET
def alert_page(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """What raised it, as of when, its history, its story, and what stands under it."""
    alert, by = found_alert(request, alert_id), actor_of(request)
    values = raised_by.values_of(alert)
    context = {
        "alert": alert,
        "now": clock.now(),
        "history": spark_of(alert),
        "raised_by": raised_by.figures(values),
        "parts": raised_by.parts(alert),
        "facts": raised_by.other_facts(values),
        "evidence": named(alert.evidence),
        "story": queries.story(alert),
        "members": queries.members(alert)[:MOST_MEMBERS],
        "may_handle": alert.is_open and may_handle_alert(by, alert),
        "at_the_centre": may_operate(by),
        "may_pass_up": alert.rung < max(Rung),
        "is_late": alert.is_open and alert.due_at < clock.now(),
    }
    return render(request, "incidents/alert.html", context)


@requires("incidents.handle")
@require_http_methods(ANY)
def step(request: HttpRequest, alert_id: UUID, name: str) -> HttpResponse:
    """One thing that is done with it. What its state or the person's rights do not allow is said.

    What somebody wrote is kept though it comes too late: only what has no words is refused before the form.
    """
    wanted = STEPS.get(name)
    if wanted is None:
        raise Http404
    alert, by = found_alert(request, alert_id), actor_of(request)
    page = reverse("incidents:alert", args=[alert.pk])
    crumbs = ((_("Alerts"), reverse("incidents:alerts")), (alert_name(alert), page))
    if request.method != "POST" or wanted.form is Confirmation:
        try:
            wanted.requires(by, alert)
        except Refused as refusal:
            return _cannot(request, alert, wanted.title, refusal)
    deed = Deed(wanted.title, wanted.button, page, wanted.notice, crumbs=crumbs, fields=code_words.FIELDS)
    return carry_out(
        request,
        wanted.form(posted(request)),
        deed,
        lambda values: wanted.act(by, alert.pk, values),
        done=wanted.done,
        then=then_address(request, page),
    )


def _cannot(request: HttpRequest, alert: Alert, title: Words, refusal: Refused) -> HttpResponse:
    """It cannot be done as it stands: said before somebody tries, without a button that would only say so again."""
    context = {"alert": alert, "title": title, "says": refused_in_words(refusal, code_words.FIELDS)}
    status = status_of(refusal) if request.method == "POST" else 200
    return render(request, "incidents/alert_cannot.html", context, status=status)
