"""Language and theme: two small forms that every page carries."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from songcau.foundation.accounts.access import actor_of, open_to_everyone
from songcau.foundation.accounts.actions import set_preferences
from songcau.foundation.accounts.models import Person
from songcau.foundation.shell.context import THEME_COOKIE, THEMES

A_YEAR = timedelta(days=365)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page the form stood on, never to another site."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    return HttpResponseRedirect(target)


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=A_YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )


def remember_both(response: HttpResponse, language: str, theme: str) -> None:
    """Language ("": the city's) and theme on this device, for a page that stores them with the account itself."""
    _remember(response, settings.LANGUAGE_COOKIE_NAME, language or settings.LANGUAGE_CODE)
    _remember(response, THEME_COOKIE, theme)


@open_to_everyone
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language on this device and with the account; one we do not have changes nothing."""
    response = _back(request)
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, chosen)
        if isinstance(person := request.user, Person):
            set_preferences(by=actor_of(request), language=chosen, theme=person.theme)
    return response


@open_to_everyone
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme on this device and with the account; one we do not have changes nothing."""
    response = _back(request)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        _remember(response, THEME_COOKIE, chosen)
        if isinstance(person := request.user, Person):
            set_preferences(by=actor_of(request), language=person.language, theme=chosen)
    return response
