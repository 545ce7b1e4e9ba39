"""What each part of the city holds about a person. A part says so once, from its `AppConfig.ready`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise

Words = str | Promise
MOST = 200


@dataclass(frozen=True, slots=True)
class Section:
    """A table of what is held, and what a person wants to know of it.

    `why` it is held, how long it is `kept`, whether the person may have it put right or erased, and `why_not`.
    `rows` hold words, days, instants or nothing; `left_out` counts older rows that are not in it.
    """

    code: str
    title: Words
    columns: tuple[Words, ...]
    rows: Sequence[tuple[object, ...]]
    why: Words
    kept: Words
    correctable: bool = False
    erasable: bool = False
    why_not: Words = ""
    left_out: int = 0

    @property
    def labelled_rows(self) -> list[list[tuple[Words, object]]]:
        """Each value with its column, for a screen that has no room for a table."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]

    def as_data(self) -> dict[str, Any]:
        """For a copy that a machine can read."""
        return {
            "code": self.code,
            "title": str(self.title),
            "why": str(self.why),
            "kept": str(self.kept),
            "correctable": self.correctable,
            "erasable": self.erasable,
            "why_not": str(self.why_not),
            "left_out": self.left_out,
            "columns": [str(column) for column in self.columns],
            "rows": [[_plain(value) for value in row] for row in self.rows],
        }


class PersonalDataSource(Protocol):
    """A part of the city. `code` names it for good; `held_about` gives at most `most` rows a section, newest first."""

    @property
    def code(self) -> str: ...
    @property
    def title(self) -> Words: ...
    def held_about(self, person_id: UUID, *, most: int) -> Sequence[Section]: ...


_registered: dict[str, PersonalDataSource] = {}
_action_words: list[Callable[[str], Words]] = [lambda code: code]


def register(*sources: PersonalDataSource) -> None:
    """Add sources. Saying the same code again replaces it."""
    for source in sources:
        _registered[source.code] = source


def registered() -> tuple[PersonalDataSource, ...]:
    """Every source, in the order in which they said so."""
    return tuple(_registered.values())


def known_code(code: str) -> str:
    """The code of a source there is; nothing for any other."""
    return code if code in _registered else ""


def title_of(code: str) -> Words:
    return _registered[code].title if code in _registered else code


def held_about(person_id: UUID, *, most: int = MOST) -> list[tuple[PersonalDataSource, Sequence[Section]]]:
    """All that is held about a person, source by source."""
    return [(source, source.held_about(person_id, most=most)) for source in registered()]


def newest(rows: QuerySet[Any], most: int) -> tuple[list[Any], int]:
    """The first `most` rows of a source, and how many there are besides: `rows` and `left_out` of a section."""
    shown = list(rows[: most + 1])
    return shown[:most], rows.count() - most if len(shown) > most else 0


def use_action_words(words: Callable[[str], Words]) -> None:
    """For who knows the words of the audit log's actions, from `AppConfig.ready`."""
    _action_words[:] = [words]


def said(action: str) -> Words:
    """An action of the audit log in words."""
    return _action_words[0](action)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int) else str(value)
