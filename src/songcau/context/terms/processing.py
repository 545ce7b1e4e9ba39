"""From a @context to its table of terms: the context processing of JSON-LD 1.1, as far as names need it.

What is done with the parts of a @context:

- terms, expanded definitions, prefixes, `@vocab`, `null`, lists and references to other @contexts: as JSON-LD says;
- the core @context: it lies under everything (so its prefixes are known) and over everything (so it always wins);
- `@import`: as JSON-LD says; `@base`, `@language`, `@direction`, `@propagate`, `@protected`: accepted, without effect;
- scoped @contexts (a "@context" in a definition): the standard forbids them (5.5.7). In what a client sends they are
  refused; in a public @context, which the client did not write, they are passed over and never loaded;
- a reverse property: its term means nothing.
"""

from collections.abc import Callable
from typing import Final, cast

from songcau.context.problems import BadRequestData
from songcau.context.terms.core_context import CORE_TABLE, CORE_URLS
from songcau.context.terms.names import KEYWORDS, LIKE_A_KEYWORD, LONGEST_IRI, LONGEST_NAME, is_iri
from songcau.context.terms.references import address
from songcau.context.terms.table import Table

MOST_TERMS: Final = 100_000
MOST_INLINE_TERMS: Final = 2_000
MOST_DOCUMENTS: Final = 64
DEEPEST: Final = 16
"""Of @contexts that name one another, and of terms that are defined by one another."""

_GENERAL_DELIMITERS: Final = tuple(":/?#[]@")

Documents = Callable[[str], object]
"""An address → the "@context" member of the document there; raises `NotLoaded` when it must be fetched first."""


class NotLoaded(Exception):
    """A @context that must be fetched before the work can go on. Stays within this room."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


class Processing:
    """One run over one @context with everything that it names."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._opened = 0

    def table(self, context: object, base: str | None = None) -> Table:
        """The table of a @context that stands at an address, or in a body (base None)."""
        table = CORE_TABLE.copy()
        trail = () if base is None else (base,)
        table = self._extended(table, context, base, trail)
        table.overlay(CORE_TABLE)
        return table

    def _extended(self, table: Table, context: object, base: str | None, trail: tuple[str, ...]) -> Table:
        if context is None:
            return CORE_TABLE.copy()
        if isinstance(context, str):
            return self._referenced(table, context, base, trail)
        if isinstance(context, dict):
            self._merge(table, context, base, trail)
            return table
        if not isinstance(context, list):
            raise BadRequestData("A @context is an address, an object, or a list of these")
        if len(trail) > DEEPEST:
            raise BadRequestData(f"The @context is more than {DEEPEST} levels deep")
        for part in context:
            if isinstance(part, list):
                raise BadRequestData("A list of @contexts does not contain another list")
            table = self._extended(table, part, base, trail)
        return table

    def _referenced(self, table: Table, reference: str, base: str | None, trail: tuple[str, ...]) -> Table:
        url = address(reference, base)
        if url in CORE_URLS:
            return table
        context = self._opened_document(url, trail)
        return self._extended(table, context, url, (*trail, url))

    def _opened_document(self, url: str, trail: tuple[str, ...]) -> object:
        if url in trail:
            raise BadRequestData(f"The @context {url} names itself")
        if len(trail) >= DEEPEST:
            raise BadRequestData(f"The @context is more than {DEEPEST} levels deep")
        self._opened += 1
        if self._opened > MOST_DOCUMENTS:
            raise BadRequestData(f"The @context names more than {MOST_DOCUMENTS} others")
        return self._documents(url)

    def _merge(self, table: Table, context: dict[str, object], base: str | None, trail: tuple[str, ...]) -> None:
        if "@import" in context:
            context = self._with_import(context, base, trail)
        if len(table.iris) + len(context) > MOST_TERMS:
            raise BadRequestData(f"The @context has more than {MOST_TERMS:,} terms")
        if base is None and len(context) > MOST_INLINE_TERMS:
            raise BadRequestData(
                f"A @context in a body has at most {MOST_INLINE_TERMS:,} terms; give a larger one by its address"
            )
        version = context.get("@version", 1.1)
        if version != 1.1:
            raise BadRequestData("The @version of a @context is the number 1.1")
        definitions = Definitions(table, context, scoped=base is not None)
        if "@vocab" in context:
            table.vocabulary = definitions.vocabulary(context["@vocab"])
        for term in context:
            definitions.define(term)

    def _with_import(self, context: dict[str, object], base: str | None, trail: tuple[str, ...]) -> dict[str, object]:
        reference = context["@import"]
        if not isinstance(reference, str):
            raise BadRequestData("@import is an address")
        url = address(reference, base)
        imported = {} if url in CORE_URLS else self._opened_document(url, trail)
        if not isinstance(imported, dict) or "@import" in imported:
            raise BadRequestData(f"The @context {url} cannot be imported: it is not a single object")
        return {**imported, **context}


class Definitions:
    """The terms of one object, defined one after the other; a term may be defined by terms that stand after it."""

    def __init__(self, table: Table, context: dict[str, object], *, scoped: bool) -> None:
        self._table = table
        self._context = context
        self._scoped = scoped
        self._done: dict[str, bool] = {}
        self._depth = 0

    def vocabulary(self, value: object) -> str:
        """What `@vocab` stands for; without one, what it was before the core @context is laid over everything."""
        if value is None:
            return CORE_TABLE.vocabulary
        if not isinstance(value, str):
            raise BadRequestData("@vocab is an IRI")
        return self._iri(value, "@vocab") or CORE_TABLE.vocabulary

    def define(self, term: str) -> None:
        if term in self._done:
            if not self._done[term]:
                raise BadRequestData(f"The term {term[:60]!r} of the @context is defined by itself")
            return
        if LIKE_A_KEYWORD.fullmatch(term):
            self._done[term] = True
            return
        if not 0 < len(term) <= LONGEST_NAME:
            raise BadRequestData(f"A term of a @context has between 1 and {LONGEST_NAME} characters")
        if self._depth >= DEEPEST:
            raise BadRequestData(f"The term {term[:60]!r} of the @context hangs on more than {DEEPEST} others")
        self._done[term] = False
        self._depth += 1
        self._create(term, self._context[term])
        self._depth -= 1
        self._done[term] = True

    def _create(self, term: str, value: object) -> None:
        self._table.forget(term)
        if value is None:
            self._table.define(term, None)
        elif isinstance(value, str):
            iri = self._iri(value, term)
            self._table.define(term, iri)
            if iri and ":" not in term and iri.endswith(_GENERAL_DELIMITERS):
                self._table.prefixes.add(term)
        elif isinstance(value, dict):
            self._create_expanded(term, cast("dict[str, object]", value))
        else:
            raise BadRequestData(f"The term {term[:60]!r} of the @context is neither text nor an object")

    def _create_expanded(self, term: str, definition: dict[str, object]) -> None:
        if "@context" in definition and not self._scoped:
            raise BadRequestData(f"The term {term[:60]!r} has a @context of its own; NGSI-LD has no scoped @contexts")
        if "@reverse" in definition:
            self._table.define(term, None)
            return
        iri = self._identity(term, definition)
        coercion = definition.get("@type")
        if coercion is not None:
            if not isinstance(coercion, str):
                raise BadRequestData(f"The @type of the term {term[:60]!r} of the @context is not text")
            coercion = self._iri(coercion, term)
        self._table.define(term, iri, coercion or "", self._container(term, definition.get("@container")))
        if iri and definition.get("@prefix") is True and ":" not in term:
            self._table.prefixes.add(term)

    def _identity(self, term: str, definition: dict[str, object]) -> str | None:
        if "@id" in definition:
            identity = definition["@id"]
            if identity is None:
                return None
            if not isinstance(identity, str):
                raise BadRequestData(f"The @id of the term {term[:60]!r} of the @context is not text")
            if identity != term:
                return self._iri(identity, term)
        prefix, colon, suffix = term.partition(":")
        if not colon:
            return self._short_enough(self._table.vocabulary + term, term)
        self._define_first(prefix)
        start = self._table.iris.get(prefix) if prefix in self._table.prefixes else None
        return self._short_enough(start + suffix, term) if start else term

    @staticmethod
    def _container(term: str, container: object) -> str:
        if container is None:
            return ""
        kinds = container if isinstance(container, list) else [container]
        known = [kind for kind in kinds if isinstance(kind, str) and kind in KEYWORDS]
        if len(known) < len(kinds):
            raise BadRequestData(f"The @container of the term {term[:60]!r} of the @context is not known")
        return " ".join(sorted(known))

    def _define_first(self, term: str) -> None:
        if term in self._context and not self._done.get(term):
            self.define(term)

    def _iri(self, value: str, term: str) -> str | None:
        """What a piece of the @context stands for: a keyword, another term, a compact IRI, an IRI, a plain name."""
        if value in KEYWORDS:
            return value
        if not value or LIKE_A_KEYWORD.fullmatch(value):
            return None
        if value != term:
            self._define_first(value)
            if value in self._table.iris:
                return self._table.iris[value]
        iri = self._compact_iri(value, term) if ":" in value else self._table.vocabulary + value
        return self._short_enough(iri, term)

    @staticmethod
    def _short_enough(iri: str, term: str) -> str:
        """Terms that stand for one another would make a few long words of a body into gigabytes."""
        if len(iri) > LONGEST_IRI:
            raise BadRequestData(
                f"The term {term[:60]!r} of the @context stands for an IRI of more than {LONGEST_IRI:,} characters"
            )
        return iri

    def _compact_iri(self, value: str, term: str) -> str:
        prefix, _, suffix = value.partition(":")
        if not suffix.startswith("//"):
            self._define_first(prefix)
            if prefix in self._table.prefixes:
                value = (self._table.iris[prefix] or "") + suffix
        if not is_iri(value):
            raise BadRequestData(f"The term {term[:60]!r} of the @context stands for {value[:60]!r}, which is no IRI")
        return value
