"""What every template knows without asking."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from songcau.foundation.shell.navigation import menu
from songcau.foundation.shell.version import VERSION
from songcau.kernel import clock, trace
from songcau.kernel.actor import NOBODY

THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")


def theme_of(request: HttpRequest) -> str:
    """The theme the person chose; `auto` follows the device."""
    chosen = request.COOKIES.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def shell(request: HttpRequest) -> dict[str, object]:
    """City, demo flag, version, language, theme, menu, request id, and the instant the page was made."""
    actor = getattr(request, "actor", NOBODY)
    return {
        "city_name": settings.SONGCAU.city_name,
        "demo": settings.SONGCAU.demo,
        "version": VERSION,
        "language": get_language() or settings.LANGUAGE_CODE,
        "languages": settings.LANGUAGES,
        "theme": theme_of(request),
        "actor": actor,
        "is_signed_in": actor.id != NOBODY.id,
        "navigation": menu(actor, request.path) if actor.id != NOBODY.id else (),
        "request_id": trace.current(),
        "made_at": clock.now(),
    }
