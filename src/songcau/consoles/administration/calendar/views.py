"""Documents, hours and closures: the lists, a new one with what it would bring about, and its end."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from songcau.consoles.administration.calendar import listing
from songcau.consoles.administration.calendar.forms import ClosureForm, DecreeForm, HoursForm, WithdrawForm
from songcau.consoles.administration.calendar.previews import carry_out_seen, in_question
from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.accounts.models import Agency
from songcau.foundation.calendar import actions, permissions
from songcau.foundation.calendar.models import DECIDE, Closure, Decree, OfficeHours
from songcau.foundation.calendar.national import WEEKDAYS
from songcau.foundation.calendar.planning import Plan, plan_closure, plan_decree, plan_hours, plan_withdrawal
from songcau.foundation.calendar.queries import calendar_of
from songcau.foundation.calendar.rules import DAY_MINUTES, ChangeKind
from songcau.foundation.calendar.words import hours as hours_words
from songcau.foundation.shell.deeds import Deed, Words, carry_out, posted
from songcau.foundation.shell.lists import Listing, render_list
from songcau.foundation.shell.written import day
from songcau.kernel import clock
from songcau.kernel.actor import Actor

ANY = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True)
class Room:
    """One of the three lists, and the pages that lead from it."""

    listing: Listing
    rows: Callable[[Actor], QuerySet[Any]]
    name: str
    add_name: str
    withdraw_name: str
    add: Words
    withdraw: Words
    kind: ChangeKind


DECREES = Room(
    listing.DECREES,
    listing.decrees,
    "calendar_decrees",
    "calendar_decree_add",
    "calendar_decree_withdraw",
    gettext_lazy("Record a document"),
    gettext_lazy("Withdraw …"),
    ChangeKind.DECREE_WITHDRAWN,
)
HOURS = Room(
    listing.HOURS,
    listing.office_hours,
    "calendar_hours",
    "calendar_hours_add",
    "calendar_hours_withdraw",
    gettext_lazy("Set office hours"),
    gettext_lazy("Withdraw …"),
    ChangeKind.HOURS_WITHDRAWN,
)
CLOSURES = Room(
    listing.CLOSURES,
    listing.closures,
    "calendar_closures",
    "calendar_closure_add",
    "calendar_closure_lift",
    gettext_lazy("Close an agency for a while"),
    gettext_lazy("Reopen …"),
    ChangeKind.AGENCY_REOPENED,
)


@requires("calendar.manage_agency_hours")
@require_GET
def decrees(request: HttpRequest) -> HttpResponseBase:
    """Documents that make days off or worked."""
    return _list(request, DECREES)


@requires("calendar.manage_agency_hours")
@require_GET
def hours(request: HttpRequest) -> HttpResponseBase:
    """Office hours that agencies have of their own."""
    return _list(request, HOURS)


@requires("calendar.manage_agency_hours")
@require_GET
def closures(request: HttpRequest) -> HttpResponseBase:
    """Closures of agencies."""
    return _list(request, CLOSURES)


@requires("calendar.manage_agency_hours")
@require_http_methods(ANY)
def decree_add(request: HttpRequest) -> HttpResponse:
    """A document with its days."""
    by = actor_of(request)
    form = DecreeForm(posted(request), by=by, for_country=permissions.may_change(by, None))

    def given(values: Any) -> dict[str, Any]:
        named = {name: values[name] for name in ("document", "document_on", "reason", "reason_en", "off", "worked")}
        agency = values["agency"].pk if values["agency"] else None
        return {"by": by, "agency_id": agency, "settles_year": values.get("settles_year"), **named}

    def told(planned: Plan) -> str:
        row = planned.row
        assert isinstance(row, Decree)  # noqa: S101
        parts = [
            (_("Off: %(days)s."), listing.days_shown(row.off_on)),
            (_("Worked: %(days)s."), listing.days_shown(row.worked_on)),
        ]
        return " ".join(words % {"days": days} for words, days in parts if days)

    return carry_out_seen(
        request,
        form,
        _deed(DECREES),
        lambda values: plan_decree(**given(values)),
        lambda values: actions.record_decree(**given(values)),
        done=_("The document was recorded."),
        told=told,
    )


@requires("calendar.manage_agency_hours")
@require_http_methods(ANY)
def hours_add(request: HttpRequest) -> HttpResponse:
    """Hours of an agency; the form begins with those it has."""
    by = actor_of(request)
    named = Agency.objects.still_open().filter(code=request.GET.get("agency", "").replace("\0", "")[:40]).first()
    today = clock.today()
    initial = {"agency": named.pk if named else None, "valid_from": today}
    form = HoursForm(posted(request), by=by, week=calendar_of(named, since=today).week_on(today), initial=initial)

    def given(values: Any) -> dict[str, Any]:
        return {
            "by": by,
            "agency_id": values["agency"].pk,
            "valid_from": values["valid_from"],
            "valid_to": values["valid_to"],
            "days": [values[weekday] for weekday in WEEKDAYS],
            "decreed": values["decreed"],
        }

    def told(planned: Plan) -> str:
        row = planned.row
        assert isinstance(row, OfficeHours)  # noqa: S101
        return f"{row.agency.name}: {hours_words(row.as_hours().week)}."

    return carry_out_seen(
        request,
        form,
        _deed(HOURS),
        lambda values: plan_hours(**given(values)),
        lambda values: actions.set_hours(**given(values)),
        done=_("The office hours were set."),
        told=told,
    )


@requires("calendar.manage_agency_hours")
@require_http_methods(ANY)
def closure_add(request: HttpRequest) -> HttpResponse:
    """An agency is closed for a while."""
    by = actor_of(request)
    today = clock.today()
    form = ClosureForm(posted(request), by=by, initial={"first_on": today, "last_on": today})

    def given(values: Any) -> dict[str, Any]:
        named = {name: values[name] for name in ("first_on", "last_on", "reason", "document", "below")}
        minutes = {"from_minute": values["from_time"], "to_minute": values["to_time"]}
        return {"by": by, "agency_id": values["agency"].pk, **minutes, **named}

    def told(planned: Plan) -> str:
        row = planned.row
        assert isinstance(row, Closure)  # noqa: S101
        span = _("%(agency)s is closed from %(first)s to %(last)s.")
        first = listing.closed_shown(row.first_on, row.from_minute, 0)
        last = listing.closed_shown(row.last_on, row.to_minute, DAY_MINUTES)
        return span % {"agency": row.agency.name, "first": first, "last": last}

    return carry_out_seen(
        request,
        form,
        _deed(CLOSURES),
        lambda values: plan_closure(**given(values)),
        lambda values: actions.close_agency(**given(values)),
        done=_("The closure was recorded."),
        told=told,
    )


@requires("calendar.manage_agency_hours")
@require_http_methods(ANY)
def decree_withdraw(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """The document holds no longer."""
    row = _held(request, DECREES, row_id)

    def act(values: Any) -> None:
        actions.withdraw_decree(by=actor_of(request), decree_id=row_id, reason=values["reason"])

    title = _("Withdraw %(name)s from the calendar?") % {"name": row.document if row else ""}
    return _withdraw(request, DECREES, row, title, act, _("The document was withdrawn."))


@requires("calendar.manage_agency_hours")
@require_http_methods(ANY)
def hours_withdraw(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """The hours hold no longer."""
    row = _held(request, HOURS, row_id)

    def act(values: Any) -> None:
        actions.withdraw_hours(by=actor_of(request), hours_id=row_id, reason=values["reason"])

    named = {"name": row.agency.name, "on": day(row.valid_from)} if row else {"name": "", "on": ""}
    title = _("Withdraw the office hours of %(name)s from %(on)s?") % named
    return _withdraw(request, HOURS, row, title, act, _("The office hours were withdrawn."))


@requires("calendar.manage_agency_hours")
@require_http_methods(ANY)
def closure_lift(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """The closure does not hold."""
    row = _held(request, CLOSURES, row_id)

    def act(values: Any) -> None:
        actions.reopen_agency(by=actor_of(request), closure_id=row_id, reason=values["reason"])

    title = _("Reopen %(name)s?") % {"name": row.agency.name if row else ""}
    return _withdraw(request, CLOSURES, row, title, act, _("The closure was lifted."))


def _list(request: HttpRequest, room: Room) -> HttpResponseBase:
    by = actor_of(request)
    extra = {
        "room": room,
        "for_country": permissions.may_change(by, None),
        "may_decide": by.may(DECIDE),
        "may_manage": True,
    }
    return render_list(request, room.listing, room.rows(by), template="administration/calendar/list.html", extra=extra)


def _deed(room: Room) -> Deed:
    back = reverse(f"administration:{room.name}")
    return Deed(room.add, _("Continue"), back, crumbs=((room.listing.title, back),), here=room.add)


def _held(request: HttpRequest, room: Room, row_id: UUID) -> Any:
    """The row, if the actor sees it; None when it was withdrawn already."""
    row = room.rows(actor_of(request)).filter(pk=row_id).first()
    if row is None:
        raise Http404
    return None if row.until_id else row


def _withdraw(
    request: HttpRequest, room: Room, row: Any, title: str, act: Callable[[Any], None], done: str
) -> HttpResponse:
    back = reverse(f"administration:{room.name}")
    if row is None:
        messages.info(request, _("It was withdrawn already."))
        return redirect(back)
    planned = plan_withdrawal(by=actor_of(request), kind=room.kind, row_id=row.pk, reason="–")
    submit = _("Reopen") if room is CLOSURES else _("Withdraw")
    deed = Deed(title, submit, back, in_question(planned), danger=True, crumbs=((room.listing.title, back),))
    return carry_out(request, WithdrawForm(posted(request)), deed, act, done=done)
