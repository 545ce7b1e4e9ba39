"""The outbox: how far behind it is, its jobs and workers, and what to do with dead letters."""

import json

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from songcau.consoles.administration.outbox import reading, words
from songcau.consoles.administration.outbox.forms import SkipForm
from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.outbox import actions, permissions
from songcau.foundation.outbox.models import Delivery
from songcau.foundation.outbox.rules import State
from songcau.foundation.outbox.words import STATES
from songcau.foundation.shell.errors import status_of
from songcau.foundation.shell.lists import render_list
from songcau.foundation.shell.words import say
from songcau.kernel import clock
from songcau.kernel.errors import Refused
from songcau.kernel.text import normal

LARGEST_ID = 2**63 - 1


@requires("outbox.view")
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """The first page; asked by htmx, only the part of it that changes."""
    part = request.headers.get("HX-Request") == "true"
    context = {
        "outbox": reading.overview(actor_of(request)),
        "may_replay": permissions.may_replay(actor_of(request)),
        "read_at": clock.now(),
    }
    return render(request, f"administration/outbox/{'live' if part else 'outbox'}.html", context)


@requires("outbox.view")
@require_GET
def dead_letters(request: HttpRequest) -> HttpResponseBase:
    """The list; filtered by a reaction, with a button that replays all of it."""
    actor = actor_of(request)
    reaction = reading.DEAD_LETTERS.filters[1].cleaned(request.GET)
    return render_list(
        request,
        reading.DEAD_LETTERS,
        reading.dead_letters(actor),
        template="administration/outbox/dead_letters.html",
        extra={"reaction": reaction, "may_replay": permissions.may_replay(actor)},
    )


@requires("outbox.view")
@require_GET
def delivery(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """A dead letter, or what has become of it."""
    found = _found(request, delivery_id)
    return render(request, "administration/outbox/delivery.html", _facts(request, found))


@requires("outbox.replay")
@require_POST
def replay(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Try it again. Somebody who was slower is told so on the delivery's page."""
    try:
        actions.replay_delivery(by=actor_of(request), delivery_id=delivery_id)
    except Refused as refusal:
        return _told(request, delivery_id, refusal)
    messages.success(request, _("It is tried again now. If it fails again, it comes back to the dead letters."))
    return redirect("administration:dead_letters")


@requires("outbox.replay")
@require_http_methods(["GET", "HEAD", "POST"])
def skip(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Says what skipping means, asks for the reason, and skips."""
    form = SkipForm(request.POST if request.method == "POST" else None)
    found, status = _found(request, delivery_id), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.skip_delivery(
                    by=actor_of(request),
                    delivery_id=delivery_id,
                    reason=form.cleaned_data["reason"],
                )
            except Refused as refusal:
                form.add_error(None, say(refusal))
                status = status_of(refusal)
            else:
                messages.success(request, _("It was skipped for good. What waited behind it goes on now."))
                return redirect("administration:dead_letters")
    return render(request, "administration/outbox/skip.html", _facts(request, found) | {"form": form}, status=status)


@requires("outbox.replay")
@require_POST
def replay_all(request: HttpRequest) -> HttpResponse:
    """Try all dead letters of one reaction again."""
    reaction = normal(request.POST.get("reaction", ""))[:200]
    replayed = actions.replay_all_dead(by=actor_of(request), reaction=reaction)
    if replayed:
        words_ = ngettext("%(count)d dead letter is tried again.", "%(count)d dead letters are tried again.", replayed)
        messages.success(request, words_ % {"count": replayed})
    else:
        messages.info(request, _("There were no dead letters of this reaction; somebody may have been faster."))
    return redirect("administration:dead_letters")


def _found(request: HttpRequest, delivery_id: int) -> Delivery:
    known = delivery_id <= LARGEST_ID
    found = reading.delivery(actor_of(request), delivery_id) if known else None
    if found is None:
        raise Http404
    return found


def _facts(request: HttpRequest, found: Delivery) -> dict[str, object]:
    may_replay = permissions.may_replay(actor_of(request))
    payload = json.dumps(found.event.payload, ensure_ascii=False, indent=2) if may_replay else ""
    return {
        "delivery": found,
        "event": found.event,
        "state": STATES[found.state],
        "is_dead": found.state == State.DEAD,
        "error": words.error(found.last_error) if found.last_error else "",
        "behind": reading.waiting_behind(found),
        "payload": payload,
        "may_replay": may_replay,
    }


def _told(request: HttpRequest, delivery_id: int, refusal: Refused) -> HttpResponse:
    context = _facts(request, _found(request, delivery_id)) | {"refusal": say(refusal)}
    return render(request, "administration/outbox/delivery.html", context, status=status_of(refusal))
