"""`request.actor` on every request, and the declarations of `access` kept. Both stand after allauth's middleware."""

import logging
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import translation

from songcau.foundation.accounts import entering, rules, second_factor, sessions
from songcau.foundation.accounts.access import Access, access_of
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.rules import Threshold
from songcau.foundation.audit.actions import record_entry
from songcau.kernel.actor import NOBODY, Actor

_log = logging.getLogger(__name__)

# What a page asks by itself, while nobody does anything, keeps no session alive.
BACKGROUND = "X-Background"

Respond = Callable[[HttpRequest], HttpResponseBase]

# Where each threshold leads, and what else may be opened while it stands. Open routes always may.
_LEADS_TO = {
    Threshold.USE_SECOND_FACTOR: "mfa_reauthenticate",
    Threshold.CHANGE_PASSWORD: "account_change_password",
    Threshold.SET_UP_SECOND_FACTOR: "mfa_activate_totp",
}
_MAY_ALSO_OPEN = {
    Threshold.USE_SECOND_FACTOR: frozenset({"mfa_reauthenticate_webauthn"}),
    Threshold.CHANGE_PASSWORD: frozenset[str](),
    Threshold.SET_UP_SECOND_FACTOR: frozenset({"account_reauthenticate", "account_change_password"}),
}

# Where these lead whoever has no password (and, but for the first, no one-time code): the ways of citizens.
_OF_PASSWORDS = {
    "account_change_password": "citizen_ways",
    "account_reauthenticate": "citizen_sign_in",
    "mfa_reauthenticate": "citizen_sign_in",
}


class ActorMiddleware:
    """Sets `request.actor`, from the roles in force now, and `request.threshold`.

    A session that is over is ended here. While a threshold stands the actor carries no roles, so that a page
    open to everyone does not show more to somebody who has given the password only. A citizen's session carries none
    either: a role that is given meanwhile counts from the next sign-in, at the door of the staff.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor, request.threshold = NOBODY, None  # type: ignore[attr-defined]
        if isinstance(person := request.user, Person):
            self._receive(request, person)
        return self.get_response(request)

    def _receive(self, request: HttpRequest, person: Person) -> None:
        roles_count = entering.may_act_as_staff(request)
        actor = actor_of(person) if roles_count else Actor(id=person.id, label=person.label)
        staff = bool(actor.grants)
        if end := sessions.end_of(request, staff=staff):
            _note(actor, "accounts.end_session", why=str(end))
            logout(request)
            request.user = AnonymousUser()
            return
        if BACKGROUND not in request.headers and (before := sessions.touch(request, person)):
            _note(actor, "accounts.move_session", previous_address=before)
        threshold = _threshold(request, person, staff=staff)
        request.threshold = threshold  # type: ignore[attr-defined]
        request.actor = replace(actor, grants=()) if threshold else actor  # type: ignore[attr-defined]
        if person.language:
            translation.activate(person.language)
            request.LANGUAGE_CODE = person.language


def _threshold(request: HttpRequest, person: Person, *, staff: bool) -> Threshold | None:
    used = sessions.factor_used(request)
    return rules.threshold(
        staff=staff,
        factor_used=used,
        # A factor that was used is there: taking it away ends every session.
        factor_set_up=used or (staff and second_factor.is_set_up(person)),
        must_change_password=person.must_change_password,
    )


def _note(actor: Actor, action: str, **details: object) -> None:
    with transaction.atomic():
        record_entry(by=actor, action=action, subject=f"accounts.person:{actor.id}", details=details)


class AccessMiddleware:
    """Refuses a route that declares nothing (403), and whoever its declaration does not let in."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> HttpResponseBase | None:
        access = access_of(view, request.resolver_match)
        if access is None:
            _log.error("route %s declares no access", request.resolver_match and request.resolver_match.route)
            raise PermissionDenied("ROUTE_UNDECLARED")
        if not access.signed_in:
            return None
        if not request.user.is_authenticated and access.otherwise:
            return HttpResponseRedirect(reverse(access.otherwise))
        if not request.user.is_authenticated:
            return _surer(request, access) or _sent_to(request, resolve_url(settings.LOGIN_URL))
        return _of_no_use(request) or _stopped_at_threshold(request) or _stopped_by(request, access)


def _of_no_use(request: HttpRequest) -> HttpResponseBase | None:
    """From a page that asks for a password to one that helps whoever has none."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    person = request.user
    if name not in _OF_PASSWORDS or not isinstance(person, Person) or person.has_usable_password():
        return None
    if name != "account_change_password" and second_factor.is_set_up(person):
        return None
    came_for = urlencode({"next": request.GET.get("next", "")})
    return HttpResponseRedirect(f"{reverse(_OF_PASSWORDS[name])}?{came_for}")


def _stopped_at_threshold(request: HttpRequest) -> HttpResponseBase | None:
    threshold: Threshold | None = getattr(request, "threshold", None)
    if threshold is None:
        return None
    target = _LEADS_TO[threshold]
    name = request.resolver_match.view_name if request.resolver_match else ""
    if name == target or name in _MAY_ALSO_OPEN[threshold]:
        return None
    return _sent_to(request, reverse(target))


def _stopped_by(request: HttpRequest, access: Access) -> HttpResponseBase | None:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if access.permission and not actor.may(access.permission):
        raise PermissionDenied("NOT_ALLOWED")
    if surer := _surer(request, access):
        return surer
    if access.fresh and not sessions.is_fresh(request):
        return _sent_to(request, reverse("account_reauthenticate"))
    return None


def _surer(request: HttpRequest, access: Access) -> HttpResponseBase | None:
    """To the ways in that are sure enough for the route."""
    if entering.assurance_of(request) >= access.assurance:
        return None
    return _sent_to(request, reverse("citizen_sign_in"), level=access.assurance.name)


def _sent_to(request: HttpRequest, url: str, **more: str) -> HttpResponseBase:
    """A redirect for a page, its htmx form for a part of one, 401 for what reads data."""
    accepts = request.headers.get("Accept", "")
    if "application/json" in accepts or "text/event-stream" in accepts:
        return HttpResponse(status=401)
    came_for = _page(request)
    asked = {**more, "next": came_for} if came_for else more
    target = f"{url}?{urlencode(asked)}" if asked else url
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def _page(request: HttpRequest) -> str:
    # What a form was sent to may show nothing when it is opened, and a part of a page never does.
    return request.get_full_path() if request.method == "GET" and "HX-Request" not in request.headers else ""
