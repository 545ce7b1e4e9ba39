"""What single values must be: instants, URIs, scopes, JSON without null (ETSI GS CIM 009, clauses 4.5.0, 4.6 and 4.18).

Each function takes a piece of a payload and the name of it, which begins the sentence of a refusal.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from songcau.context.problems import BadRequestData
from songcau.context.remembering import short_kept
from songcau.context.terms.names import is_iri, is_name

NULL: Final = "urn:ngsi-ld:null"
"""What a client sends in the place of null, to delete something."""

DEEPEST: Final = 32
LONGEST_TEXT: Final = 2048
LONGEST_WORD: Final = 80
MOST_KNOWN_INSTANTS: Final = 4096
MOST_KNOWN_WORDS: Final = 4096
SCALARS: Final = frozenset((bool, int, float))
CONTAINERS: Final = frozenset((dict, list))

_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_known_instants: dict[str, str] = {}
_known_words: dict[str, str] = {}


class Misfit(BadRequestData):
    """A value that breaks a rule. Who reads an attribute adds on the way out whose it is: its sentence begins with the
    member, and making the whole sentence beforehand would cost as much as reading the value."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.path: list[str] = []

    def of(self, name: str) -> BadRequestData:
        """The refusal with the attribute in it."""
        return BadRequestData(f"The attribute {'.'.join((name, *reversed(self.path)))!r}: {self.detail}")


def read_instant(text: object, what: str) -> str:
    """An instant in UTC, ISO 8601 as the standard has it: `2026-11-28T01:00:00Z`, with up to six decimals.

    A comma before the decimals and an offset instead of `Z` are taken too, and put into the standard's form.
    """
    if not isinstance(text, str):
        raise Misfit(f"{what} is not a date and time as text")
    instant = _known_instants.get(text)  # one batch has few different ones
    if instant is None:
        instant = _instant(text, what)
        if len(_known_instants) >= MOST_KNOWN_INSTANTS:
            _known_instants.clear()
        _known_instants[text] = instant
    return instant


def _instant(text: str, what: str) -> str:
    form = _INSTANT.fullmatch(text)
    try:
        moment = datetime.fromisoformat(text) if form else None
    except ValueError:
        moment = None
    if form is None or moment is None:
        raise Misfit(f"{what} is not a date and time such as 2026-11-28T01:00:00Z: {text[:40]!r}")
    if form[1] is None:
        raise Misfit(f"{what} has no time zone (Z): {text[:40]!r}")
    return text.replace(",", ".") if form[1] == "Z" else _in_utc(moment, what)


def _in_utc(moment: datetime, what: str) -> str:
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise Misfit(f"{what} is out of range") from None
    return moment.isoformat().replace("+00:00", "Z")


def read_uri(text: object, what: str) -> str:
    if not isinstance(text, str) or len(text) > LONGEST_TEXT or not is_iri(text):
        raise Misfit(f"{what} is not a URI")
    return text


def read_text(text: object, what: str) -> str:
    if not isinstance(text, str) or not text:
        raise Misfit(f"{what} is not text")
    return text


def read_scopes(value: object) -> tuple[str, ...]:
    """Paths such as `/wards/W05512`, each once; none for an NGSI-LD Null."""
    if value == NULL:
        return ()
    if isinstance(value, list):
        return tuple(dict.fromkeys(_scope(scope) for scope in value))
    return alone(_scope(value))


def known(text: str) -> str:
    """The same text: a short one that came lately as that object, since the words of a city are few."""
    word = _known_words.get(text)
    if word is not None or len(text) > LONGEST_WORD:
        return word or text
    if len(_known_words) >= MOST_KNOWN_WORDS:
        _known_words.clear()
    _known_words[text] = text
    return text


@short_kept(MOST_KNOWN_WORDS)
def alone(word: str) -> tuple[str, ...]:
    """One type or one scope, as the same object for all the entities that have it."""
    return (word,)


def _scope(scope: object) -> str:
    if not isinstance(scope, str) or len(scope) > LONGEST_TEXT:
        raise Misfit("A scope is a text such as /wards/W05512")
    path = scope.removeprefix("/")
    if not all(is_name(level) for level in path.split("/")):
        raise Misfit(f"{scope[:60]!r} is no scope: its levels are a letter, then letters, digits, underscores")
    return scope


def check_json(value: Any, what: str, *, nulls: bool = False, depth: int = 0) -> None:
    """Refuses null, which JSON-LD does not have, and nesting that is too deep; with `nulls` an NGSI-LD Null may stand
    anywhere (it removes a member in a merge)."""
    if value.__class__ in CONTAINERS:
        if depth >= DEEPEST:
            raise Misfit(f"{what} is more than {DEEPEST} levels deep")
        for part in _parts(value):
            if part.__class__ not in SCALARS:
                check_json(part, what, nulls=nulls, depth=depth + 1)
    elif value is None:
        raise Misfit(f"{what} is null; NGSI-LD has no null (to delete something say {NULL!r})")
    elif not nulls and value == NULL:
        raise Misfit(f"{what} is an NGSI-LD Null, which has no place here")


def _parts(value: Any) -> Iterable[Any]:
    """What is to be looked at in a list or an object: nothing in a JSON literal, where JSON-LD has null."""
    if value.__class__ is list:
        return value
    return () if value.get("@type") == "@json" else value.values()


def check_depth(value: Any, what: str, depth: int = 0) -> None:
    """Refuses JSON that is nested too deep; otherwise it may be anything."""
    if value.__class__ in CONTAINERS:
        if depth >= DEEPEST:
            raise Misfit(f"{what} is more than {DEEPEST} levels deep")
        for part in value.values() if value.__class__ is dict else value:
            check_depth(part, what, depth + 1)
