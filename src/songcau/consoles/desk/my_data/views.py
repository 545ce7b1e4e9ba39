"""The page “My data”, its copy, and one's requests."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from songcau.consoles.desk.my_data.copying import copy_for
from songcau.consoles.desk.my_data.forms import RequestForm
from songcau.foundation.accounts.access import actor_of, signed_in
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.personal_data import actions
from songcau.foundation.accounts.personal_data.models import DataRequest
from songcau.foundation.accounts.personal_data.rules import WORKING_DAYS, RequestKind
from songcau.foundation.accounts.personal_data.sources import held_about, known_code, title_of
from songcau.foundation.accounts.personal_data.words import (
    GROUNDS,
    OUTCOMES,
    REQUEST_KINDS,
    REQUEST_STATES,
)
from songcau.foundation.shell.deeds import Confirmation, Deed, carry_out, posted
from songcau.kernel import clock


@signed_in
@require_GET
def my_data(request: HttpRequest) -> HttpResponse:
    """What is held about oneself: from which part of the city, why, how long; who looked; what one asked."""
    me = actor_of(request).id
    context = {
        "sources": held_about(me),
        "requests": [_line(one) for one in DataRequest.objects.filter(person=me)],
        "kinds": REQUEST_KINDS.items(),
        "working_days": WORKING_DAYS,
    }
    return render(request, "desk/my_data/page.html", context)


def _line(one: DataRequest) -> dict[str, Any]:
    return {
        "asked": one,
        "kind": REQUEST_KINDS[one.kind],
        "about": title_of(one.about) if one.about else "",
        "state": REQUEST_STATES[one.state],
        "outcome": OUTCOMES.get(one.outcome, ""),
        "ground": GROUNDS.get(one.ground, ""),
    }


@signed_in
@require_POST
def copy(request: HttpRequest) -> HttpResponse:
    """A zip of all of it, for oneself; noted before it is sent, and kept nowhere."""
    person = Person.objects.get(pk=actor_of(request).id)
    actions.record_export(by=actor_of(request))
    response = HttpResponse(copy_for(person), content_type="application/zip")
    today = timezone.localtime(clock.now()).strftime("%Y-%m-%d")
    response["Content-Disposition"] = f'attachment; filename="du-lieu-{person.username}-{today}.zip"'
    response["Cache-Control"] = "no-store"
    return response


@signed_in
def ask(request: HttpRequest) -> HttpResponse:
    """A request about one's own data; `?kind=` and `?about=` begin it."""
    kind = request.GET.get("kind", "")
    begun = {
        "kind": kind if kind in set(RequestKind) else RequestKind.CORRECTION,
        "about": known_code(request.GET.get("about", "")),
    }
    form = RequestForm(posted(request), initial=begun)
    notice = _(
        "An officer for data protection answers within %(days)s working days; the answer stands on the page “My data”. "
        "Some data must be kept by law, such as the audit log: then the answer says so."
    )
    deed = Deed(
        _("Ask about your data"),
        _("Send"),
        reverse("desk:my_data"),
        notice % {"days": WORKING_DAYS},
        crumbs=((_("My data"), reverse("desk:my_data")),),
    )

    def act(values: Any) -> None:
        actions.make_request(
            by=actor_of(request), kind=RequestKind(values["kind"]), text=values["text"], about=values["about"]
        )

    return carry_out(request, form, deed, act, done=_("Your request was received."))


@signed_in
def withdraw(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Take a request of one's own back."""
    found = DataRequest.objects.filter(person=actor_of(request).id, pk=request_id).first()
    if found is None:
        raise Http404
    deed = Deed(
        _("Withdraw your request: %(kind)s?") % {"kind": REQUEST_KINDS[found.kind]},
        _("Withdraw the request"),
        reverse("desk:my_data"),
        _("Nobody will work on it any more. You may ask again at any time."),
        crumbs=((_("My data"), reverse("desk:my_data")),),
    )

    def act(_values: Any) -> None:
        actions.withdraw_request(by=actor_of(request), request_id=found.pk)

    return carry_out(request, Confirmation(posted(request)), deed, act, done=_("Your request was withdrawn."))
