"""Citizens at the door: the ways in, the journey to a provider and back, and one's own ways."""

import logging
from urllib.parse import urlencode
from uuid import UUID

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from songcau.foundation.accounts import actions, pending, phone_codes, sessions
from songcau.foundation.accounts.access import actor_of, open_to_everyone, signed_in
from songcau.foundation.accounts.adapters import AccountAdapter
from songcau.foundation.accounts.entering import assurance_of, enter, provider_of, providers
from songcau.foundation.accounts.identity_forms import NameForm
from songcau.foundation.accounts.identity_models import PHONE_PROVIDER, Identity
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.phones import masked
from songcau.foundation.accounts.sign_on import flow
from songcau.foundation.accounts.sign_on.providers import Provider
from songcau.foundation.accounts.sign_on.rules import Assurance, Reason, SignOnExpired, SignOnFailed, Vouched
from songcau.foundation.accounts.words import said
from songcau.foundation.audit.actions import record_entry
from songcau.kernel import clock
from songcau.kernel.errors import Anticipated, Unavailable

log = logging.getLogger(__name__)
_RATES = {"sign_on": "60/m/ip"}


def safe_next(request: HttpRequest, target: str) -> str:
    """An address of our own, or nothing."""
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if ours else ""


def wanted_level(text: str) -> Assurance:
    return Assurance.__members__.get(text, Assurance.NONE)


def limited(request: HttpRequest) -> HttpResponseBase | None:
    """Every step at the door is written into the audit log; no address may fill it."""
    allowed = ratelimit.consume(request, app="songcau", action="sign_on", config=_RATES, limit_get=True)
    return None if allowed is not None else ratelimit.respond_429(request)


def stale(request: HttpRequest) -> HttpResponseBase | None:
    """Ways are changed soon after signing in only: not by whoever finds a browser open."""
    if sessions.is_fresh(request):
        return None
    messages.info(request, _("To change your ways to sign in, please sign in again first."))
    has_password = _person(request).has_usable_password()
    door = reverse("account_reauthenticate" if has_password else "citizen_sign_in")
    return redirect(f"{door}?{urlencode({'next': reverse('citizen_ways')})}")


@open_to_everyone
@require_GET
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """The ways in, with what each is good for. `level`: what the page that sent us here asks for."""
    wanted = wanted_level(request.GET.get("level", ""))
    context = {
        "ways": [(code, one) for code, one in providers().items() if one.strongest >= wanted],
        "by_phone": phone_codes.can_send() and wanted <= Assurance.LOW,
        "wanted": wanted,
        "level": wanted.name if wanted > Assurance.LOW else "",
        "next_url": safe_next(request, request.GET.get("next", "")),
        "action_name": "citizen_begin",
    }
    return render(request, "accounts/sign_in.html", context)


@open_to_everyone
@require_POST
def begin(request: HttpRequest, code: str) -> HttpResponseBase:
    """To the provider."""
    return limited(request) or _to_provider(request, code, person="")


@signed_in
@require_POST
def begin_link(request: HttpRequest, code: str) -> HttpResponseBase:
    """To the provider, for one more way into one's own account."""
    return limited(request) or stale(request) or _to_provider(request, code, person=str(request.user.pk))


def _to_provider(request: HttpRequest, code: str, *, person: str) -> HttpResponseBase:
    provider = _provider(code)
    try:
        address, begun = flow.begin(
            code,
            provider,
            redirect_uri=_callback_address(code),
            wanted=wanted_level(request.POST.get("level", "")),
            now=clock.now(),
            next_url=safe_next(request, request.POST.get("next", "")),
            person=person,
        )
    except Anticipated as refusal:
        return refused(request, refusal, code)
    pending.remember(request, begun)
    return HttpResponseRedirect(address)


@open_to_everyone
@require_GET
@never_cache
def callback(request: HttpRequest, code: str) -> HttpResponseBase:
    """Back from the provider, with an answer that proves who it is, or with none."""
    provider = _provider(code)
    if answer := limited(request):
        return answer
    try:
        begun = pending.taken_out(request, code, request.GET.get("state", ""))
        _require_same_person(request, begun)
        found = flow.finish(code, provider, begun, request.GET.dict(), redirect_uri=_callback_address(code))
        if begun.person:
            return link(request, found.vouched)
        return receive(
            request, found.vouched, next_url=begun.next_url, id_token=found.id_token, staff_too=provider.staff
        )
    except Anticipated as refusal:
        return refused(request, refusal, code)


def _require_same_person(request: HttpRequest, begun: flow.Pending) -> None:
    if begun.person and begun.person != str(request.user.pk):
        raise SignOnExpired(reason=str(Reason.OTHER_PERSON))


def receive(
    request: HttpRequest,
    vouched: Vouched,
    *,
    next_url: str,
    id_token: str = "",
    staff_too: bool = False,
    name: str = "",
) -> HttpResponseBase:
    """Sign the vouched-for in; somebody whose name nobody said is asked for it."""
    by = actor_of(request)
    try:
        person = actions.receive_person(by=by, vouched=vouched, staff_too=staff_too, full_name=name)
    except actions.NameNeeded:
        pending.keep_newcomer(request, vouched, next_url=next_url, id_token=id_token)
        return redirect("citizen_name")
    pending.forget(request)
    return enter(request, person, vouched, next_url=next_url, id_token=id_token)


def link(request: HttpRequest, vouched: Vouched) -> HttpResponseBase:
    """One more way for who is signed in. Raises as `link_identity`."""
    actions.link_identity(
        by=actor_of(request),
        vouched=vouched,
        session=assurance_of(request),
    )
    pending.forget(request)
    messages.success(request, _("You can sign in this way from now on."))
    return redirect("citizen_ways")


@open_to_everyone
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def give_name(request: HttpRequest) -> HttpResponseBase:
    """The name of somebody who signs in for the first time by something that knows none."""
    held = pending.newcomer(request)
    if held is None:
        return redirect("citizen_sign_in")
    vouched, next_url, id_token = held
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            name = form.cleaned_data["full_name"]
            return receive(request, vouched, next_url=next_url, id_token=id_token, name=name)
        except Anticipated as refusal:
            return refused(request, refusal, vouched.provider)
    return render(request, "accounts/name.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
@require_GET
@never_cache
def ways(request: HttpRequest) -> HttpResponse:
    """By what one can sign in, and what could be added."""
    person = _person(request)
    held = list(person.identities.all())
    codes = {one.provider for one in held}
    context = {
        "person": person,
        "held": [(one, way_label(one)) for one in held],
        "can_part": len(held) + person.has_usable_password() > 1,
        "now_by": provider_of(request),
        "level": assurance_of(request),
        "more": [(code, one) for code, one in providers().items() if code not in codes],
        "phone_too": phone_codes.can_send() and PHONE_PROVIDER not in codes,
    }
    return render(request, "accounts/ways.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def part(request: HttpRequest, identity_id: UUID) -> HttpResponseBase:
    """Ask, then take a way away."""
    identity = _person(request).identities.filter(pk=identity_id).first()
    if identity is None:
        raise Http404
    if answer := stale(request):
        return answer
    if request.method == "POST":
        try:
            by = actor_of(request)
            actions.unlink_identity(by=by, identity_id=identity_id, session=assurance_of(request))
        except Anticipated as refusal:
            messages.error(request, said(refusal))
        else:
            sessions.end_others(request)  # one of them may have been begun by it, on a telephone that was lost
            messages.success(request, _("This way to sign in was removed."))
        return redirect("citizen_ways")
    return render(request, "accounts/part.html", {"identity": identity, "label": way_label(identity)})


def way_label(identity: Identity) -> str:
    """What a way is called on pages."""
    if identity.provider == PHONE_PROVIDER:
        return _("Telephone %(number)s") % {"number": masked(identity.subject)}
    provider = providers().get(identity.provider)
    return provider.label if provider else identity.provider


def refused(request: HttpRequest, refusal: Anticipated, code: str) -> HttpResponse:
    """One sentence for the person, the reason for the log and the audit. Nobody was signed in."""
    reason = str(refusal.params.get("reason") or refusal.code)
    address = AccountAdapter(request).get_client_ip(request)
    log.warning("sign-in by %s refused: %s", code, reason)
    with transaction.atomic():
        record_entry(
            by=actor_of(request),
            action="accounts.refuse_sign_on",
            subject=f"accounts.provider:{code}",
            details={"reason": reason, "address": address},
        )
    label = providers()[code].label if code in providers() else ""
    again = isinstance(refusal, SignOnFailed | SignOnExpired | Unavailable) and not request.user.is_authenticated
    context = {
        "sentence": said(refusal, provider=label),
        "code": code if again and label else "",
        "label": label,
    }
    return render(request, "accounts/refused.html", context, status=503 if isinstance(refusal, Unavailable) else 422)


def _provider(code: str) -> Provider:
    if code not in providers():
        raise Http404
    return providers()[code]


def _callback_address(code: str) -> str:
    return str(settings.SONGCAU.public_url) + reverse("citizen_callback", args=[code])


def _person(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user
