"""Which entities a request means: everything that can narrow it, parsed once and kept.

A `Selection` says what an index can answer (`ids`, `types`, `needs`, `area`, `scope`) and tests an entity for what
remains.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from songcau.context.language import geo, patterns, scopes, type_selection
from songcau.context.language import q as query
from songcau.context.language.geo import GeoQuery
from songcau.context.language.names import Names
from songcau.context.language.q import Predicate, all_of, any_of
from songcau.context.language.type_selection import TypeSelection, listed
from songcau.context.problems import BadRequestData, TooComplexQuery
from songcau.context.remembering import Remembered

KEPT = 512
KEPT_BYTES = 16 * 1024 * 1024
LONGEST_KEPT = 4_096  # characters; what is longer is read again each time, so that the cache stays small
MOST_IDS = 10_000
MOST_SELECTORS = 256

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+\Z")


class Selection:
    """What a query asks of entities. Treat as frozen; use `Selection.of`.

    ids: the only ids that can match, or None. types: of which each match has one, or None; `type_is_all` says that this
    is all that the request asks of types. needs: sets of attributes; each match has one of every set. area: the
    geo-query, or None. scope: a test of which each match has a scope, or None.
    `matches` tests everything; `matches_beyond_types` and `matches_beyond_area` everything but what they name.
    weight: what testing an entity costs, a plain comparison of q being 1.
    """

    __slots__ = (
        "area",
        "ids",
        "is_everything",
        "is_types",
        "matches",
        "matches_beyond_area",
        "matches_beyond_types",
        "needs",
        "scope",
        "type_is_all",
        "types",
        "weight",
    )

    def __init__(
        self,
        *,
        ids: tuple[str, ...] | None = None,
        types: TypeSelection | None = None,
        needs: tuple[frozenset[str], ...] = (),
        scope: Callable[[str], bool] | None = None,
        area: GeoQuery | None = None,
        others: Sequence[Predicate] = (),
        weight: int = 1,
    ) -> None:
        self.ids = ids
        self.types = None if types is None else types.covers
        self.type_is_all = types is not None and types.exact
        self.needs = needs
        self.scope = scope
        self.area = area
        self.weight = weight
        of_types = [] if types is None else [_has_type(types)]
        of_area = [] if area is None else [area.matches]
        self.matches_beyond_types = all_of([*others, *of_area])
        self.matches_beyond_area = all_of([*of_types, *others])
        self.matches = all_of([*of_types, *others, *of_area])
        self.is_types = self.type_is_all and not others and area is None
        self.is_everything = types is None and not others and area is None

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
        scope_q: str | None = None,
        georel: str | None = None,
        geometry: str | None = None,
        coordinates: str | None = None,
        geoproperty: str | None = None,
    ) -> "Selection":
        """The selection of a request's parameters, as they came; BadRequestData, TooComplexQuery.

        ids and attrs: lists parted by commas, or sequences.
        """
        ids = ids if ids is None or isinstance(ids, str) else ",".join(ids)
        attrs = attrs if attrs is None or isinstance(attrs, str) else ",".join(attrs)
        asked = (ids, id_pattern, types, attrs, q, scope_q, georel, geometry, coordinates, geoproperty)
        key = (terms.key, *asked)
        found = _kept.get(key)
        if found is None:
            found = _built(terms, *asked)
            length = sum(len(one) for one in asked if one is not None)
            if length <= LONGEST_KEPT:
                _kept.keep(key, found, 2000 + length * (20 + terms.stretch // 2))
        return found

    @classmethod
    def of_body(
        cls,
        *,
        terms: Names,
        entities: object = None,
        attrs: object = None,
        q: object = None,
        scope_q: object = None,
        geo_q: object = None,
    ) -> "Selection":
        """The selection of a Query or a Subscription as a body holds it (clauses 5.2.12, 5.2.23).

        entities: selectors {id, idPattern, type}, of which one must match. geo_q: the object `geoQ`. Nothing is kept:
        a subscription keeps its selection itself. BadRequestData, TooComplexQuery.
        """
        parts = _Parts()
        if attrs is not None:
            parts.attributes(",".join(_strings(attrs, "attrs")), terms)
        if q is not None:
            # In a body, too, q comes percent-encoded, as it would stand in an address.
            parts.query(unquote(_string(q, "q")), terms)
        if scope_q is not None:
            parts.scopes(_string(scope_q, "scopeQ"))
        if geo_q is not None:
            parts.area = geo.of_body(terms, geo_q)
        if entities is not None:
            _select_by_body(parts, entities, terms)
        return parts.selection()


_kept: Remembered[tuple[str | None, ...], Selection] = Remembered(KEPT, KEPT_BYTES)


class _Parts:
    """What a selection is put together from."""

    def __init__(self) -> None:
        self.ids: tuple[str, ...] | None = None
        self.types: TypeSelection | None = None
        self.needs: list[frozenset[str]] = []
        self.scope: Callable[[str], bool] | None = None
        self.area: GeoQuery | None = None
        self.tests: list[Predicate] = []
        self.weight = 1

    def selection(self) -> Selection:
        return Selection(
            ids=self.ids,
            types=self.types,
            needs=tuple(self.needs),
            scope=self.scope,
            area=self.area,
            others=self.tests,
            weight=self.weight + (0 if self.area is None else self.area.weight),
        )

    def attributes(self, attrs: str, terms: Names) -> None:
        names = listed(attrs, terms, "attrs")
        self.needs.append(frozenset(names))
        self.tests.append(_has_attribute(names))

    def query(self, text: str, terms: Names) -> None:
        found = query.parse(text, terms)
        self.tests.append(found.matches)
        self.weight += found.weight
        if found.needs is not None:
            self.needs.append(found.needs)

    def id_pattern(self, text: str) -> None:
        found = patterns.compiled(text)
        self.tests.append(_id_matches(found.finds))
        self.weight += found.weight

    def scopes(self, text: str) -> None:
        found = scopes.parse(text)
        matches = found.matches
        self.scope = found.covers
        self.weight += found.weight
        self.tests.append(lambda entity: matches(entity.scopes))


def _built(
    terms: Names,
    ids: str | None,
    id_pattern: str | None,
    types: str | None,
    attrs: str | None,
    q: str | None,
    scope_q: str | None,
    georel: str | None,
    geometry: str | None,
    coordinates: str | None,
    geoproperty: str | None,
) -> Selection:
    parts = _Parts()
    if ids is not None:
        parts.ids = _ids(ids.split(","))
        parts.tests.append(_has_id(parts.ids))
    if types is not None:
        parts.types = type_selection.parse(types, terms)
    if attrs is not None:
        parts.attributes(attrs, terms)
    if scope_q is not None:
        parts.scopes(scope_q)
    if q is not None:
        parts.query(q, terms)
    if id_pattern is not None:
        parts.id_pattern(id_pattern)
    if georel is not None or geometry is not None or coordinates is not None:
        parts.area = geo.parse(terms, georel, geometry, coordinates, geoproperty)
    return parts.selection()


def _select_by_body(parts: _Parts, entities: object, terms: Names) -> None:
    """Adds the selectors of a body. What all of them say by ids or by plain types, an index can answer."""
    if not isinstance(entities, list) or not entities:
        raise BadRequestData("entities is a non-empty array of {id, idPattern, type}.")
    if len(entities) > MOST_SELECTORS:
        raise TooComplexQuery(f"entities has at most {MOST_SELECTORS} selectors.")
    found = [_selector(one, terms, parts) for one in entities]
    if len(found) == 1:
        ids, parts.types, tests = found[0]
        parts.ids = ids or None
        parts.tests += tests
        return
    if all(ids for ids, _, _ in found):
        parts.ids = tuple(dict.fromkeys(one for ids, _, _ in found for one in ids))
    known = [types for _, types, _ in found if types is not None]
    if len(known) == len(found):
        parts.types = type_selection.either(known)
    whole = [all_of([*tests, *([] if types is None else [_has_type(types)])]) for _, types, tests in found]
    parts.tests.append(any_of(whole))


def _selector(
    member: object, terms: Names, parts: _Parts
) -> tuple[tuple[str, ...], TypeSelection | None, list[Predicate]]:
    """The ids, the types and the further tests of one {id, idPattern, type}; its weight is added to the parts."""
    if not isinstance(member, Mapping) or not member.keys() & {"id", "idPattern", "type"}:
        raise BadRequestData("Each of entities is an object with id, idPattern or type.")
    parts.weight += 1
    tests: list[Predicate] = []
    ids: tuple[str, ...] = ()
    if (wanted := member.get("id")) is not None:
        ids = _ids(_strings(wanted, "id"))
        tests.append(_has_id(ids))
    if (pattern := member.get("idPattern")) is not None:
        found = patterns.compiled(_string(pattern, "idPattern"))
        tests.append(_id_matches(found.finds))
        parts.weight += found.weight
    types = member.get("type")
    return ids, None if types is None else type_selection.parse(_string(types, "type"), terms), tests


def _string(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise BadRequestData(f"{what} is a string, not {str(value)[:80]!r}.")
    return value


def _strings(value: Any, what: str) -> list[str]:
    """A string, or a non-empty array of strings."""
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return value
    return _string(value, what).split(",")


def _ids(wanted: list[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(wanted))
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
