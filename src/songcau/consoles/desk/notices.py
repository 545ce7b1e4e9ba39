"""One's own notices: the inbox, opening and marking, and by which channels one wants to be told."""

from dataclasses import dataclass
from datetime import time
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from songcau.foundation.accounts.access import actor_of, signed_in
from songcau.foundation.accounts.models import Person
from songcau.foundation.notifications import actions, queries, readiness
from songcau.foundation.notifications.adapters.port import Readiness
from songcau.foundation.notifications.kinds import Kind, all_kinds
from songcau.foundation.notifications.models import quiet_of
from songcau.foundation.notifications.rendering import full, id_in, name_of
from songcau.foundation.notifications.rules import OUTSIDE, Channel
from songcau.foundation.notifications.words import CHANNELS
from songcau.foundation.shell.context import bell_of
from songcau.foundation.shell.errors import status_of
from songcau.foundation.shell.filters import Choice, DateRange
from songcau.foundation.shell.lists import Column, Listing, render_list
from songcau.foundation.shell.words import say
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused


def _is_read(code: str) -> Q:
    return Q(read_at__isnull=code == "unread")


INBOX = Listing(
    title=gettext_lazy("My notices"),
    columns=(
        Column(
            "notice",
            gettext_lazy("Notice"),
            lambda row: full(row.kind, row.params).title,
            template="desk/notices/notice.html",
        ),
        Column("at", gettext_lazy("When"), lambda row: row.created_at, sort="created_at"),
        Column("read", gettext_lazy("Read"), lambda row: row.read_at, template="desk/notices/read.html"),
    ),
    filters=(
        Choice(
            "read",
            gettext_lazy("Read or not"),
            (("unread", gettext_lazy("Unread")), ("read", gettext_lazy("Read"))),
            where=_is_read,
        ),
        Choice("kind", gettext_lazy("Kind"), lambda: [(kind.code, kind.name) for kind in all_kinds()]),
        DateRange("at", gettext_lazy("When"), field="created_at"),
    ),
    default_sort="-at",
    page_size=25,
    file_name="thong-bao",
    empty_title=gettext_lazy("No notices yet"),
    empty_text=gettext_lazy("What concerns you will stand here: roles, your account, and the work that is yours."),
)


@signed_in
@require_GET
def inbox(request: HttpRequest) -> HttpResponseBase:
    """Everything one was told in the last year, newest first."""
    by = actor_of(request)
    extra = {"unread": queries.unread_count(by.id)}
    return render_list(request, INBOX, queries.inbox(by), template="desk/notices/inbox.html", extra=extra)


@signed_in
@require_GET
def count(request: HttpRequest) -> HttpResponse:
    """How many are unread, for the bell."""
    return JsonResponse(bell_of(actor_of(request).id), headers={"Cache-Control": "no-store"})


@signed_in
@require_GET
def open_notice(request: HttpRequest, token: str) -> HttpResponse:
    """Where a link in a message leads: the notice counts as read, and its subject is shown."""
    notice_id = id_in(token)
    if notice_id is None:
        raise Http404
    notice = actions.mark_read(by=actor_of(request), notice_id=notice_id)
    is_ours = url_has_allowed_host_and_scheme(notice.link, None) and notice.link.startswith("/")
    return redirect(notice.link if is_ours else reverse("desk:notices"))


@signed_in
@require_POST
def mark(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Mark a notice as read, or as unread."""
    actions.mark_read(by=actor_of(request), notice_id=notice_id, read=request.POST.get("read") != "no")
    return _back(request)


@signed_in
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    read = actions.mark_all_read(by=actor_of(request))
    words = ngettext("%(count)d notice was marked as read.", "%(count)d notices were marked as read.", read)
    messages.success(request, words % {"count": read} if read else _("There were no unread notices."))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the list as it was, never elsewhere."""
    here, query = reverse("desk:notices"), request.POST.get("query", "")
    return redirect(f"{here}?{query}" if query.isascii() and query.isprintable() and query else here)


class QuietForm(forms.Form):
    """When nothing that can wait is sent."""

    begins = forms.TimeField(
        label=gettext_lazy("From"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    ends = forms.TimeField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text=gettext_lazy("Leave both empty to be told at any hour. What is urgent is sent at any hour anyway."),
    )


@dataclass(frozen=True, slots=True)
class Head:
    """A channel as a column. `address`: where it reaches the person; empty: it does not."""

    channel: Channel
    label: str | Promise
    address: str
    is_simulated: bool


@dataclass(frozen=True, slots=True)
class Box:
    """One choice. `is_fixed`: a kind requires it, or the person cannot be reached there."""

    name: str
    label: str
    column: str | Promise
    is_on: bool
    is_fixed: bool
    why: str


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """By which channels one is told of what, and when not."""
    by = actor_of(request)
    person = Person.objects.select_related("zalo").get(pk=by.id)
    heads = _heads(person)
    quiet, status = quiet_of(by.id), 200
    none = quiet.begins == quiet.ends
    form = QuietForm(initial={} if none else {"begins": quiet.begins, "ends": quiet.ends})
    if request.method == "POST":
        if request.POST.get("what") == "channels":
            return _chosen(request, by, heads)
        if request.POST.get("what") == "zalo":
            return _unlinked(request, by)
        form, status = QuietForm(request.POST), 422
        if form.is_valid():
            try:
                return _quieted(request, by, form.cleaned_data["begins"], form.cleaned_data["ends"])
            except Refused as refusal:
                form.add_error(None, say(refusal))
                status = status_of(refusal)
    zalo = getattr(person, "zalo", None)
    context = {"heads": heads, "rows": _rows(by, heads), "form": form, "is_never_quiet": none, "zalo": zalo}
    return render(request, "desk/notices/preferences.html", context, status=status)


def _heads(person: Person) -> tuple[Head, ...]:
    reached = readiness.reachable([person])[person.pk]
    zalo = getattr(person, "zalo", None)
    addresses = {
        Channel.EMAIL: person.email,
        Channel.SMS: person.phone,
        Channel.ZALO: _("linked") if zalo is not None else "",
    }
    return tuple(
        Head(
            channel,
            CHANNELS[channel],
            str(addresses[channel]) if channel in reached else "",
            readiness.readiness_of(channel) is Readiness.SIMULATED,
        )
        for channel in OUTSIDE
        if readiness.readiness_of(channel) is not Readiness.NOT_SET_UP
    )


def _kinds_for(by: Actor) -> list[Kind]:
    return [kind for kind in all_kinds() if kind.is_choice and (not kind.permission or by.may(kind.permission))]


def _rows(by: Actor, heads: tuple[Head, ...]) -> list[tuple[str, list[Box]]]:
    chosen = queries.choices_of(by.id)
    return [(name_of(kind.code), [_box(kind, head, chosen) for head in heads]) for kind in _kinds_for(by)]


def _box(kind: Kind, head: Head, chosen: dict[tuple[str, Channel], bool]) -> Box:
    required = head.channel in kind.required
    wanted = chosen.get((kind.code, head.channel), head.channel in kind.usual)
    why = _("always") if required and head.address else "" if head.address else _("no address")
    return Box(
        name=f"{kind.code} {head.channel}",
        label=f"{name_of(kind.code)}: {head.label}",
        column=head.label,
        is_on=bool(head.address) and (required or wanted),
        is_fixed=required or not head.address,
        why=why,
    )


def _chosen(request: HttpRequest, by: Actor, heads: tuple[Head, ...]) -> HttpResponse:
    """What could not be chosen on the page stays as it was."""
    ticked = set(request.POST.getlist("on"))
    choices: dict[Any, bool] = {
        (kind.code, head.channel): f"{kind.code} {head.channel}" in ticked
        for kind in _kinds_for(by)
        for head in heads
        if head.address and head.channel not in kind.required
    }
    actions.choose_channels(by=by, choices=choices)
    messages.success(request, _("Your choice was saved."))
    return redirect("desk:notice_preferences")


def _unlinked(request: HttpRequest, by: Actor) -> HttpResponse:
    actions.unlink_zalo(by=by, person_id=by.id)
    messages.success(request, _("Your account is not linked to Zalo any more."))
    return redirect("desk:notice_preferences")


def _quieted(request: HttpRequest, by: Actor, begins: time | None, ends: time | None) -> HttpResponse:
    actions.choose_quiet_hours(by=by, begins=begins, ends=ends)
    messages.success(request, _("Your quiet hours were saved.") if begins else _("You have no quiet hours now."))
    return redirect("desk:notice_preferences")
