"""Codes become words here: refusals of every installed app, and what the error pages say."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songcau.foundation.shell.written import shown
from songcau.kernel.errors import Anticipated, NotAllowed, Refused, Unavailable

Words = str | Promise

REFUSALS: dict[str, Words] = {
    "ANTICIPATED": _("This cannot be done now."),
    "REFUSED": _("This cannot be done as it stands."),
    "NOT_ALLOWED": _("You do not have the right to do or see this."),
    "CONTEXT_UNAVAILABLE": _("The live city does not answer just now (%(detail)s). Please try again in a moment."),
    "UNAVAILABLE": _(
        "A part that is needed for this does not answer at the moment. Please try again in a few minutes."
    ),
    "TRANSITION_REFUSED": _(
        "Somebody has already taken this further, so this step is no longer possible. Reload the page."
    ),
    "GUARD_REFUSED": _("A condition for this step is not met yet."),
    "JSON_UNREADABLE": _("What was sent is not JSON in UTF-8."),
    "NUMBER_UNREADABLE": _("“%(text)s” is not a number that can be read without guessing. Write it like %(example)s."),
    "MONEY_NOT_WHOLE": _("“%(text)s” is not a whole number of đồng."),
    "NOT_MONEY": _("“%(text)s” is not an amount of money."),
    "NUMBER_TOO_LARGE": _("Numbers above %(most)s are not read out in words."),
    "DATE_UNREADABLE": _("“%(text)s” is not a date. Write the day first: %(example)s."),
}
# How the person's language writes what could not be read.
EXAMPLES: dict[str, Words] = {
    "NUMBER_UNREADABLE": _("1,889,852.5 or 2 billion 500 million"),
    "DATE_UNREADABLE": _("23/11/2026"),
}


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What happened, and what the person can do."""

    title: Words
    text: Words
    advice: Words


PAGES: dict[int, ErrorPage] = {
    400: ErrorPage(
        _("We could not read this request"),
        _("What your browser sent was incomplete or damaged."),
        _("Go back, reload the page and try again."),
    ),
    403: ErrorPage(
        _("You may not open this"),
        _("Your account does not have the right to do or see this."),
        _("If your work needs it, ask the administrator of your agency for the right."),
    ),
    404: ErrorPage(
        _("There is no such page"),
        _("The address may be mistyped, or what stood here was moved or removed."),
        _("Check the address, or start again from the first page."),
    ),
    409: ErrorPage(
        _("Somebody was faster"),
        _("This was changed by somebody else in the meantime."),
        _("Go back, reload the page and look at the present state before trying again."),
    ),
    413: ErrorPage(
        _("This is too large"),
        _("What you sent is larger than this page takes."),
        _("Send less at a time, or a smaller file."),
    ),
    422: ErrorPage(
        _("This cannot be done"),
        _("This cannot be done as it stands."),
        _("Go back, correct it and try again. Nothing was changed."),
    ),
    429: ErrorPage(
        _("Too many attempts"),
        _("There were too many attempts from here in a short time."),
        _("Wait a few minutes, then try again."),
    ),
    500: ErrorPage(
        _("Something went wrong on our side"),
        _("The fault is ours and has been recorded. Nothing you entered on the last page was saved."),
        _("Try again in a moment. If it happens again, give the administrator the number below."),
    ),
    503: ErrorPage(
        _("Not available at the moment"),
        _("A part of the system does not answer at the moment."),
        _("Wait a minute, then try again. Nothing was changed."),
    ),
    507: ErrorPage(
        _("The storage is full"),
        _("The server has no room left, so nothing could be saved. What was saved before is safe."),
        _("Please tell the administrator now: space on the server's disk has to be freed."),
    ),
}
FORM_EXPIRED = ErrorPage(
    _("This form has expired"),
    _("The page was open for long, you signed in anew in another window, or cookies are blocked."),
    _("Go back, reload the page and send the form again."),
)


def say(error: Anticipated) -> str:
    """The error in the person's language, its parameters written as the language writes them."""
    known = refusals()
    words = known.get(str(error.params.get("guard", ""))) or known.get(error.code) or known[_family(error)]
    examples = {"example": str(EXAMPLES.get(error.code, ""))}
    return str(words) % _Params(examples | {name: shown(value) for name, value in error.params.items()})


@cache
def refusals() -> Mapping[str, Words]:
    """code → words, from `words.REFUSALS` (or `pages.words.REFUSALS`) of every installed songcau app."""
    found = dict(REFUSALS)
    for config in apps.get_app_configs():
        if config.name.startswith("songcau."):
            for room in ("words", "pages.words"):
                found |= _table(config.name, room)
    return found


def _table(app: str, room: str) -> dict[str, Words]:
    parent = f"{app}.{room}".rpartition(".")[0]
    if find_spec(parent) is None or find_spec(f"{app}.{room}") is None:
        return {}
    return getattr(import_module(f"{app}.{room}"), "REFUSALS", {})


def _family(error: Anticipated) -> str:
    for family in (NotAllowed, Unavailable, Refused):
        if isinstance(error, family):
            return family.code
    return Anticipated.code


class _Params(dict[str, object]):
    """A word that names a parameter the error does not carry shows an ellipsis: half a sentence beats a 500."""

    def __missing__(self, name: str) -> str:
        return "…"
