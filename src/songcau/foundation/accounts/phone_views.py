"""Signing in by a code to one's telephone, and adding the number to one's ways."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from songcau.foundation.accounts import actions, pending
from songcau.foundation.accounts.access import actor_of, open_to_everyone, signed_in
from songcau.foundation.accounts.adapters import AccountAdapter
from songcau.foundation.accounts.identity_forms import CodeForm, PhoneForm
from songcau.foundation.accounts.identity_models import PHONE_PROVIDER
from songcau.foundation.accounts.identity_views import limited, link, receive, refused, safe_next, stale
from songcau.foundation.accounts.phones import shown
from songcau.foundation.accounts.sign_on.codes import PhoneCodeWrong
from songcau.foundation.accounts.sign_on.rules import Assurance, Vouched
from songcau.foundation.accounts.words import said
from songcau.kernel.errors import Anticipated, Refused


@open_to_everyone
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def ask(request: HttpRequest) -> HttpResponseBase:
    """The number; a code goes to it, whether it is known here or not."""
    return _ask(request, linking=False)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def ask_link(request: HttpRequest) -> HttpResponseBase:
    """The number to be added to one's ways."""
    return stale(request) or _ask(request, linking=True)


def _ask(request: HttpRequest, *, linking: bool) -> HttpResponseBase:
    if request.method != "POST":
        return _asking(request, PhoneForm(), linking=linking)
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return _asking(request, form, linking=linking)
    if answer := limited(request):
        return answer
    phone = form.cleaned_data["phone"]
    try:
        actions.request_phone_code(
            by=actor_of(request),
            phone=phone,
            address=AccountAdapter(request).get_client_ip(request),
            language=get_language() or "vi",
        )
    except Refused as refusal:
        form.add_error(None, said(refusal))
        return _asking(request, form, linking=linking)
    except Anticipated as refusal:
        return refused(request, refusal, PHONE_PROVIDER)
    pending.keep_phone(request, phone, next_url=safe_next(request, request.POST.get("next", "")), linking=linking)
    return redirect("citizen_phone_code")


def _asking(request: HttpRequest, form: PhoneForm, *, linking: bool) -> HttpResponse:
    next_url = safe_next(request, request.POST.get("next", "") or request.GET.get("next", ""))
    kept = format_html('<input type="hidden" name="next" value="{}">', next_url)
    context = {"form": form, "redirect_field": kept, "linking": linking}
    return render(request, "accounts/phone.html", context, status=422 if form.errors else 200)


@open_to_everyone
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def code(request: HttpRequest) -> HttpResponseBase:
    """The code that came."""
    held = pending.kept_phone(request)
    if held is None or (held["linking"] and not request.user.is_authenticated):
        return redirect("citizen_phone")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if answer := limited(request):
            return answer
        try:
            return _checked(request, held, form.cleaned_data["code"])
        except PhoneCodeWrong as refusal:
            form.add_error("code", said(refusal))
        except Anticipated as refusal:
            return refused(request, refusal, PHONE_PROVIDER)
    again = "citizen_phone_link" if held["linking"] else "citizen_phone"
    context = {"form": form, "phone": shown(held["phone"]), "again": again}
    return render(request, "accounts/phone_code.html", context, status=422 if form.errors else 200)


def _checked(request: HttpRequest, held: dict[str, object], typed: str) -> HttpResponseBase:
    phone = str(held["phone"])
    address = AccountAdapter(request).get_client_ip(request)
    by = actor_of(request)
    actions.check_phone_code(by=by, phone=phone, code=typed, address=address)
    vouched = Vouched(provider=PHONE_PROVIDER, subject=phone, assurance=Assurance.LOW, phone=phone)
    if held["linking"]:
        return link(request, vouched)
    return receive(request, vouched, next_url=str(held["next_url"]))
