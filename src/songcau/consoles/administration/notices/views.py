"""Messages: the list, trying again, the channels with a test, and the authorisation of Zalo."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from songcau.consoles.administration.log import last_entries
from songcau.consoles.administration.notices.forms import ZaloForm
from songcau.consoles.administration.notices.listing import DELIVERIES
from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.notifications import actions, permissions, queries
from songcau.foundation.notifications.adapters.port import Readiness
from songcau.foundation.notifications.rules import OUTSIDE, Channel
from songcau.foundation.notifications.words import CHANNELS, READINESS, reason
from songcau.foundation.shell.deeds import Deed, carry_out, posted
from songcau.foundation.shell.lists import State, render_list
from songcau.foundation.shell.words import say
from songcau.kernel.errors import Refused


@requires("notifications.view_deliveries")
@require_GET
def deliveries(request: HttpRequest) -> HttpResponseBase:
    """What went, or should go, out of the house."""
    by = actor_of(request)
    asked = State(DELIVERIES, request.GET).values
    channel = str(asked["channel"])
    extra = {
        "may_retry": permissions.may_retry(by),
        "channel": channel if asked["state"] == "GIVEN_UP" else "",
        "channel_words": CHANNELS.get(channel, ""),
    }
    return render_list(
        request, DELIVERIES, queries.deliveries(by), template="administration/notices/list.html", extra=extra
    )


@requires("notifications.retry_deliveries")
@require_POST
def retry(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Send one message again."""
    try:
        actions.retry_delivery(by=actor_of(request), delivery_id=delivery_id)
    except Refused as refusal:
        messages.warning(request, say(refusal))
    else:
        messages.success(request, _("The message is sent again now."))
    return redirect("administration:notices")


@requires("notifications.retry_deliveries")
@require_POST
def retry_all(request: HttpRequest) -> HttpResponse:
    """Send everything again that was given up on one channel."""
    channel = _channel(request.POST.get("channel", ""))
    again = actions.retry_all_given_up(by=actor_of(request), channel=channel)
    words = ngettext("%(count)d message is sent again.", "%(count)d messages are sent again.", again)
    messages.success(request, words % {"count": again} if again else _("Nothing was given up on this channel."))
    return redirect("administration:notices")


@requires("notifications.view_deliveries")
@require_GET
def channels(request: HttpRequest) -> HttpResponse:
    """How each way out of the house is."""
    by = actor_of(request)
    known = queries.channel_facts(by)
    rows = [
        {
            "facts": facts,
            "label": CHANNELS[facts.channel],
            "readiness": READINESS[facts.readiness],
            "error": reason(facts.last_error) if facts.last_error else "",
        }
        for facts in known
    ]
    context = {
        "channels": rows,
        "zalo": queries.zalo_facts(by),
        "simulated": any(facts.readiness is Readiness.SIMULATED for facts in known),
        "may_manage": permissions.may_manage(by),
        "log": [line for one in OUTSIDE for line in last_entries(by, f"notifications.channel:{one}")],
    }
    return render(request, "administration/notices/channels.html", context)


@requires("notifications.manage_channels")
@require_POST
def test_channel(request: HttpRequest, channel: str) -> HttpResponse:
    """Send oneself a test."""
    try:
        actions.send_test(by=actor_of(request), channel=_channel(channel))
    except Refused as refusal:
        messages.warning(request, say(refusal))
    else:
        words = _("The test is on its way to you. How it ended stands in the list of messages.")
        messages.success(request, words)
    return redirect("administration:channels")


@requires("notifications.manage_channels", fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def authorise_zalo(request: HttpRequest) -> HttpResponse:
    """Enter the refresh token of a new authorisation."""
    back = reverse("administration:channels")
    deed = Deed(
        title=_("Authorise Zalo again"),
        submit=_("Keep the token"),
        back=back,
        notice=_(
            "An administrator of the Official Account agrees to our application on Zalo's page for developers; Zalo "
            "then shows a refresh token, which is good for one use within three months. From then on it is renewed "
            "by itself."
        ),
        crumbs=((_("Messages sent"), reverse("administration:notices")), (_("Channels"), back)),
    )

    def act(values: Any) -> None:
        actions.set_zalo_token(by=actor_of(request), refresh_token=values["refresh_token"])

    return carry_out(request, ZaloForm(posted(request)), deed, act, done=_("The token is kept. Send a test now."))


def _channel(name: str) -> Channel:
    if name not in OUTSIDE:
        raise Http404
    return Channel(name)
