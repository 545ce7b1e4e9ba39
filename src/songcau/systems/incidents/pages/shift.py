"""The shift that runs, past ones, and the duty roster."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.shell import written
from songcau.foundation.shell.deeds import Deed, carry_out, posted, refused_in_words
from songcau.foundation.shell.fields import UNCHOSEN
from songcau.foundation.shell.lists import render_list
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.systems.incidents.actions import shifts as actions
from songcau.systems.incidents.models import Duty, Shift
from songcau.systems.incidents.pages import code_words, listing
from songcau.systems.incidents.pages.code_words import SLOTS
from songcau.systems.incidents.pages.fields import text_field
from songcau.systems.incidents.permissions import require_operate
from songcau.systems.incidents.queries import shifts as queries
from songcau.systems.incidents.rules.shifts import Slot, State, uncovered

ANY = ["GET", "HEAD", "POST"]
ROSTER_DAYS = 14


class LogForm(forms.Form):
    text = text_field(gettext_lazy("What happened"), rows=2)


class NoteForm(forms.Form):
    text = text_field(
        gettext_lazy("Hand-over note"),
        rows=5,
        limit=actions.NOTE_LIMIT,
        hint=gettext_lazy("What the next shift must know. Open alerts and incidents are added by themselves."),
    )


@requires("incidents.operate")
@require_GET
def shift_page(request: HttpRequest) -> HttpResponse:
    by = actor_of(request)
    require_operate(by)
    shift = queries.running()
    given = shift if shift and shift.state == State.AWAITING_SIGNATURE else None
    duty = Duty.objects.filter(day=shift.day, slot=shift.slot) if shift else Duty.objects.none()
    context = {
        "shift": shift,
        "is_lead": shift is not None and shift.lead_id == by.id,
        "duty": duty,
        "entries": shift.entries.order_by("-at", "-pk") if shift else (),
        "last_signed": queries.last_signed(),
        "open_now": queries.carried_since(given.carried) if given else queries.carried_now(),
        "is_given": given is not None,
        "log_form": LogForm(auto_id="log_%s"),
        "note_form": NoteForm(initial={"text": shift.note if shift else ""}, auto_id="note_%s"),
    }
    return render(request, "incidents/shift.html", context)


def _start(by: Actor, _data: Any) -> str:
    actions.start_shift(by=by)
    return _("The shift runs; you lead it.")


def _log(by: Actor, data: Any) -> str:
    actions.log_in_shift(by=by, text=data.get("text", ""))
    return _("Written into the log.")


def _hand_over(by: Actor, data: Any) -> str:
    actions.hand_over(by=by, text=data.get("text", ""))
    return _("The note waits for the next lead to read and sign.")


def _take_back(by: Actor, _data: Any) -> str:
    actions.take_back_hand_over(by=by)
    return _("Taken back; your shift goes on.")


def _sign(by: Actor, data: Any) -> str:
    typed = data.get("revision", "")
    revision = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else -1
    actions.sign_hand_over(by=by, has_read=data.get("has_read") == "1", revision=revision)
    return _("Signed. Your shift runs; you lead it.")


ACTS: dict[str, Callable[[Actor, Any], str]] = {
    "start": _start,
    "log": _log,
    "hand_over": _hand_over,
    "take_back": _take_back,
    "sign": _sign,
}


@requires("incidents.operate")
@require_POST
def act(request: HttpRequest, name: str) -> HttpResponse:
    """What is done with the running shift. A refusal is said on its page."""
    wanted = ACTS.get(name)
    if wanted is None:
        raise Http404
    try:
        messages.success(request, wanted(actor_of(request), request.POST))
    except Refused as refusal:
        messages.warning(request, refused_in_words(refusal))
    return redirect("incidents:shift")


@requires("incidents.operate")
@require_GET
def shifts(request: HttpRequest) -> HttpResponseBase:
    require_operate(actor_of(request))
    return render_list(request, listing.SHIFTS, Shift.objects.all())


def found_shift(request: HttpRequest, shift_id: UUID) -> Shift:
    """Raises Http404, NotYours."""
    require_operate(actor_of(request))
    found: Shift | None = Shift.objects.filter(pk=shift_id).first()
    if found is None:
        raise Http404
    return found


@requires("incidents.operate")
@require_GET
def past(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """A shift with its note and its log."""
    shift = found_shift(request, shift_id)
    context = {"shift": shift, "entries": shift.entries.order_by("at", "pk")}
    return render(request, "incidents/shift_past.html", context)


@requires("incidents.operate")
@require_GET
def roster(request: HttpRequest) -> HttpResponse:
    """Two weeks; holidays are named, and what nobody stands for is."""
    require_operate(actor_of(request))
    first = _day(request.GET.get("from", "")) or clock.today()
    days = queries.roster(first, ROSTER_DAYS)
    missing = uncovered([one.on for one in days if one.on >= clock.today()], queries.manned(days))
    context = {
        "days": days,
        "slots": [(str(code), words) for code, words in SLOTS.items()],
        "first": first,
        "last": first + timedelta(days=ROSTER_DAYS - 1),
        "previous": first - timedelta(days=ROSTER_DAYS),
        "next": first + timedelta(days=ROSTER_DAYS),
        "uncovered": len(missing),
    }
    return render(request, "incidents/roster.html", context)


class DutyForm(forms.Form):
    """Who stands, and who of them leads; nobody: the part of the day is empty."""

    people = forms.MultipleChoiceField(
        label=gettext_lazy("On duty"), required=False, widget=forms.CheckboxSelectMultiple
    )
    lead = forms.ChoiceField(label=gettext_lazy("Leads"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        pairs = [(str(pk), label) for pk, label in queries.operators()]
        self.fields["people"].choices = pairs  # type: ignore[attr-defined]
        self.fields["lead"].choices = [("", UNCHOSEN), *pairs]  # type: ignore[attr-defined]


@requires("incidents.operate")
@require_http_methods(ANY)
def duty(request: HttpRequest, day: str, slot: str) -> HttpResponse:
    """Who stands for a part of a day."""
    by, on = actor_of(request), _day(day)
    require_operate(by)
    if on is None or slot not in list(Slot):
        raise Http404
    rows = list(Duty.objects.filter(day=on, slot=slot))
    leads = [str(one.person_id) for one in rows if one.is_lead]
    begun = {"people": [str(one.person_id) for one in rows], "lead": leads[0] if leads else ""}
    title = f"{SLOTS[slot]}, {written.day(on)}"
    back = f"{reverse('incidents:roster')}?from={on.isoformat()}"
    deed = Deed(title, gettext_lazy("Save"), back, crumbs=((_("Duty roster"), back),), here=title)

    def save(values: Any) -> object:
        lead = UUID(values["lead"]) if values["lead"] else None
        people = [UUID(one) for one in values["people"]]
        return actions.set_duty(by=by, day=on, slot=Slot(slot), person_ids=people, lead_id=lead)

    form = DutyForm(posted(request), initial=begun)
    return carry_out(request, form, deed, save, done=_("The roster is changed."), facts={"fields": code_words.FIELDS})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
