"""Which entities a request means: everything that can narrow it, parsed once and kept.

A `Selection` says what an index can answer (`ids`, `types`, `needs`) and tests an entity for what remains.
"""

import re
from collections.abc import Callable, Sequence

from songcau.context.language import q as query
from songcau.context.language import type_selection
from songcau.context.language.names import Names
from songcau.context.language.patterns import matcher
from songcau.context.language.q import Predicate, Query, all_of
from songcau.context.language.type_selection import TypeSelection, listed
from songcau.context.problems import BadRequestData, TooComplexQuery

KEPT = 512
MOST_IDS = 10_000

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+\Z")


class Selection:
    """What a query asks of entities. Treat as frozen; use `Selection.of`.

    ids: the only ids that can match, or None. types: types of which each match has one, or None; type_is_all says that
    this is all that the request asks of types. needs: sets of attributes; each match has one of every set.
    `matches` tests everything, `matches_beyond_types` everything but the types.
    """

    __slots__ = ("ids", "is_everything", "is_types", "matches", "matches_beyond_types", "needs", "type_is_all", "types")

    def __init__(
        self,
        *,
        ids: tuple[str, ...] | None,
        types: TypeSelection | None,
        needs: tuple[frozenset[str], ...],
        beyond_types: list[Predicate],
    ) -> None:
        self.ids = ids
        self.types = None if types is None else types.covers
        self.type_is_all = types is not None and types.exact
        self.needs = needs
        self.matches_beyond_types = all_of(beyond_types)
        self.matches = all_of([*([] if types is None else [_has_type(types)]), *beyond_types])
        self.is_everything = types is None and not beyond_types
        self.is_types = types is not None and types.exact and not beyond_types

    @classmethod
    def of(
        cls,
        *,
        terms: Names,
        ids: str | Sequence[str] | None = None,
        id_pattern: str | None = None,
        types: str | None = None,
        attrs: str | Sequence[str] | None = None,
        q: str | None = None,
    ) -> "Selection":
        """The selection of a request's parameters, as they came; BadRequestData, InvalidRequest, TooComplexQuery.

        ids and attrs: lists parted by commas, or sequences.
        """
        ids = ids if ids is None or isinstance(ids, str) else ",".join(ids)
        attrs = attrs if attrs is None or isinstance(attrs, str) else ",".join(attrs)
        key = (terms.key, ids, id_pattern, types, attrs, q)
        found = _kept.get(key)
        if found is None:
            found = _built(cls, terms, ids, id_pattern, types, attrs, q)
            if len(_kept) >= KEPT:
                del _kept[next(iter(_kept))]
            _kept[key] = found
        return found


_kept: dict[tuple[str | None, ...], Selection] = {}


def _built(
    cls: type[Selection],
    terms: Names,
    ids: str | None,
    id_pattern: str | None,
    types: str | None,
    attrs: str | None,
    q: str | None,
) -> Selection:
    tests: list[Predicate] = []
    needs: list[frozenset[str]] = []
    wanted = None if ids is None else _ids(ids)
    if wanted is not None:
        tests.append(_has_id(wanted))
    if attrs is not None:
        names = listed(attrs, terms, "attrs")
        needs.append(frozenset(names))
        tests.append(_has_attribute(names))
    if q is not None:
        asked: Query = query.parse(q, terms)
        tests.append(asked.matches)
        if asked.needs is not None:
            needs.append(asked.needs)
    if id_pattern is not None:
        tests.append(_id_matches(matcher(id_pattern)))
    return cls(
        ids=wanted,
        types=None if types is None else type_selection.parse(types, terms),
        needs=tuple(needs),
        beyond_types=tests,
    )


def _ids(text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(text.split(",")))
    if len(found) > MOST_IDS:
        raise TooComplexQuery(f"A query names at most {MOST_IDS} ids.")
    for one in found:
        if not _URI.match(one):
            raise BadRequestData(f"'{one[:80]}' is no URI, so it is no id of an entity.")
    return found


def _has_id(ids: tuple[str, ...]) -> Predicate:
    wanted = frozenset(ids)
    return lambda entity: entity.id in wanted


def _id_matches(match: Callable[[str], bool]) -> Predicate:
    return lambda entity: match(entity.id)


def _has_type(types: TypeSelection) -> Predicate:
    if types.exact and len(types.covers) == 1:
        wanted = types.covers[0]
        return lambda entity: wanted in entity.types
    matches = types.matches
    return lambda entity: matches(entity.types)


def _has_attribute(names: tuple[str, ...]) -> Predicate:
    if len(names) == 1:
        name = names[0]
        return lambda entity: name in entity.attributes
    wanted = frozenset(names)
    return lambda entity: not wanted.isdisjoint(entity.attributes)
