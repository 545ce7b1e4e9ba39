"""What every template knows without asking."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, gettext, ngettext

from songcau.foundation.notifications.queries import unread_count
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


def _own_theme(request: HttpRequest) -> str:
    """The theme kept with the account, which is the same on every device; else that of this one."""
    kept = getattr(getattr(request, "user", None), "theme", "auto")
    return kept if kept in THEMES[1:] else theme_of(request)


MOST_SHOWN = 99


def bell_of(person_id: UUID) -> dict[str, object]:
    """How many notices are unread: as the bell shows it, and in words. One query, made where a bell is drawn."""
    unread = unread_count(person_id)
    words = ngettext("%(count)d unread notice", "%(count)d unread notices", unread) % {"count": unread}
    return {
        "unread": unread,
        "shown": f"{MOST_SHOWN}+" if unread > MOST_SHOWN else str(unread),
        "words": words if unread else gettext("Notices: none unread"),
    }


def shell(request: HttpRequest) -> dict[str, object]:
    """City, demo flag, version, language, theme, menu, request id, and the instant the page was made."""
    actor = getattr(request, "actor", NOBODY)
    return {
        "city_name": settings.SONGCAU.city_name,
        "demo": settings.SONGCAU.demo,
        "version": VERSION,
        "language": get_language() or settings.LANGUAGE_CODE,
        "languages": settings.LANGUAGES,
        "theme": _own_theme(request),
        "actor": actor,
        "is_signed_in": actor.id != NOBODY.id,
        "bell": lambda: bell_of(actor.id),
        "navigation": menu(actor, request.path) if actor.id != NOBODY.id else (),
        "request_id": trace.current(),
        "made_at": clock.now(),
    }
