"""The kinds of notices, with their words. An app registers its own in `AppConfig.ready`.

A kind says two things of the same happening: `title` and `body` for the inbox and the e-mail, with parameters; and
`short` for SMS and Zalo, which others may read on a locked screen: a sentence without any parameter, to which the
sender adds a link. That no personal content goes there is thereby not a matter of care.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_noop, override

from songcau.foundation.notifications.rules import Channel, Urgency

Words = str | Promise
EMAIL = frozenset({Channel.EMAIL})
# For the catalogue: what a burst of one kind is called when its kind has no words of its own for it.
SEVERAL = gettext_noop("%(count)s notices: %(name)s")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice.

    `name` is what the page of preferences calls it. `usual` are the outside channels it takes when the person chose
    nothing; `required` cannot be switched off.
    `to_closed_accounts`: also to people who can no longer sign in. `permission`: who does not hold it anywhere when it
    is told gets none, and need not choose; `is_choice` False: nobody chooses. `says` puts a parameter that is a code
    into words.
    """

    code: str
    name: Words
    title: Words
    body: Words
    short: Words
    params: frozenset[str] = frozenset()
    urgency: Urgency = Urgency.NORMAL
    usual: frozenset[Channel] = EMAIL
    required: frozenset[Channel] = frozenset()
    to_closed_accounts: bool = False
    permission: str = ""
    is_choice: bool = True
    says: Mapping[str, Callable[[str], Words]] = field(default_factory=dict)


def instant_in_words(iso: str) -> str:
    """For `says`: an instant, kept as ISO 8601, as the language writes it, in the city's zone."""
    try:
        at = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return formats.date_format(timezone.localtime(at), "DATETIME_FORMAT")


class KindUnknown(LookupError):
    """No app registered this kind: an error in the programme."""


class ParamsWrong(ValueError):
    """A notice was given other parameters than its kind names: an error in the programme."""


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Make kinds known; saying the same code again replaces it. Raises ValueError for a `short` with a parameter."""
    for kind in kinds:
        with override("en"):
            if "%" in str(kind.short):
                raise ValueError(f"{kind.code}: the short text goes where others may read it and takes no parameter")
        _kinds[kind.code] = kind


def kind_of(code: str) -> Kind:
    """Raises KindUnknown."""
    try:
        return _kinds[code]
    except KeyError:
        raise KindUnknown(code) from None


def known(code: str) -> Kind | None:
    """The kind, or None when the part of the city that had it is gone."""
    return _kinds.get(code)


def all_kinds() -> tuple[Kind, ...]:
    """Every kind, by its code."""
    return tuple(_kinds[code] for code in sorted(_kinds))


def require_params(kind: Kind, params: Iterable[str]) -> None:
    """Raises ParamsWrong."""
    if (given := frozenset(params)) != kind.params:
        raise ParamsWrong(f"{kind.code}: {sorted(given ^ kind.params)}")
