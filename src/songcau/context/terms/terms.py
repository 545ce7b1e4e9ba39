"""What names mean under one @context: from a term to its IRI, and back (clauses 4.4 and 5.5.7)."""

from collections.abc import Callable
from sys import getsizeof
from typing import ClassVar, Final
from weakref import WeakValueDictionary

import orjson

from songcau.context.problems import BadRequestData
from songcau.context.terms.core_context import CORE_TABLE, CORE_URL
from songcau.context.terms.names import LONGEST_NAME, is_iri, is_name
from songcau.context.terms.table import Table

MOST_BYTES: Final = 64 * 1024 * 1024


class Answers(dict[str, str]):
    """Answers of a function of one string, kept until there are too many of them, here or in all together.

    A subclass of dict, since then a known answer costs one look-up in C: names are expanded for every attribute of
    every entity that is read.
    """

    __slots__ = ("__weakref__", "ask", "most")

    all: ClassVar[WeakValueDictionary[int, "Answers"]] = WeakValueDictionary()
    learned: ClassVar[int] = 0
    """Bytes of what all of them learned since they were last emptied: no less than what they hold."""

    def __init__(self, ask: Callable[[str], str], most: int = 10_000) -> None:
        super().__init__()
        self.ask = ask
        self.most = most
        Answers.all[id(self)] = self

    def __missing__(self, question: str) -> str:
        answer = self.ask(question)
        if len(self) >= self.most:
            self.clear()
        self[question] = answer
        Answers.learned += getsizeof(question) + getsizeof(answer)
        if Answers.learned > MOST_BYTES:
            Answers.forget()
        return answer

    @classmethod
    def forget(cls) -> None:
        """Empty all of them."""
        cls.learned = 0
        for reference in cls.all.valuerefs():
            one = reference()
            if one is not None:
                one.clear()


class Terms:
    """One @context, compiled. Treat as frozen.

    key: identity, for caches; two `Terms` with one key mean the same. reference: what stands as "@context" in an
    answer (an address, or the list or object that the client gave). link: the address for a Link header.
    """

    __slots__ = (
        "_link",
        "_prefixes",
        "_reference_json",
        "_table",
        "_terms",
        "compact",
        "expand",
        "expand_value",
        "key",
        "reference",
        "stretch",
    )

    expand: Callable[[str], str]
    """A type's or attribute's name → its IRI. An IRI stays as it is. Raises BadRequestData for what is no name."""

    expand_value: Callable[[str], str]
    """A value out of a vocabulary → its IRI; any characters are taken. Raises BadRequestData for a keyword."""

    compact: Callable[[str], str]
    """An IRI → the shortest name that `expand` takes back to it, or the IRI itself."""

    stretch: int
    """By so many characters at most an IRI is longer than the name it was made from, unless the table has it whole."""

    def __init__(self, table: Table, key: str, reference: object, link: str | Callable[[], str]) -> None:
        self.key = key
        self.reference = reference
        self._reference_json: bytes | None = None
        self._link = link
        self._table = table
        self._terms: dict[str, str] | None = None
        self._prefixes: list[tuple[str, str]] = []
        self.stretch = max(
            len(table.vocabulary), max((len(table.iris[one] or "") for one in table.prefixes), default=0)
        )
        self.expand = Answers(self._expanded_name).__getitem__
        self.expand_value = Answers(self._expanded).__getitem__
        self.compact = Answers(self._compacted).__getitem__

    @property
    def link(self) -> str:
        """The address that a Link header names; one of this broker when the @context came in a body."""
        return self._link if isinstance(self._link, str) else self._link()

    @property
    def has_no_address(self) -> bool:
        """Whether the client gave the @context itself, so that a Link needs an address of this broker."""
        return not isinstance(self._link, str)

    @property
    def reference_json(self) -> bytes:
        """The reference as it stands in an answer."""
        if self._reference_json is None:
            self._reference_json = orjson.dumps(self.reference)
        return self._reference_json

    @property
    def size(self) -> int:
        """How many terms it has."""
        return len(self._table.iris)

    @property
    def weight(self) -> int:
        """How many bytes its terms take, about."""
        return sum(100 + 2 * len(term) + len(iri or "") for term, iri in self._table.iris.items())

    def coercion(self, term: str) -> str:
        """What a plain value of the term is taken as: "@id", "@vocab", "@json", a datatype's IRI, or "" for nothing."""
        return self._table.coercions.get(term, "")

    def _expanded_name(self, name: str) -> str:
        if ":" not in name and not is_name(name):
            shown = name[:60]
            raise BadRequestData(f"{shown!r} is no name: a name is a letter, then letters, digits and underscores")
        return self._expanded(name)

    def _expanded(self, name: str) -> str:
        if len(name) > LONGEST_NAME or not name:
            raise BadRequestData(f"A name has between 1 and {LONGEST_NAME} characters")
        iris = self._table.iris
        if name in iris:
            return self._usable(name, iris[name])
        if name[0] == "@":
            raise BadRequestData(f"{name[:60]!r} is a keyword of JSON-LD and cannot name anything")
        prefix, colon, suffix = name.partition(":")
        if not colon:
            return self._table.vocabulary + name
        if prefix in self._table.prefixes and not suffix.startswith("//"):
            name = (iris[prefix] or "") + suffix
        if not is_iri(name):
            raise BadRequestData(f"{name[:60]!r} has a colon but is no IRI")
        return name

    @staticmethod
    def _usable(name: str, iri: str | None) -> str:
        if iri is None:
            raise BadRequestData(f"The @context says that {name[:60]!r} has no meaning")
        if iri[0] == "@":
            raise BadRequestData(f"{name[:60]!r} is a reserved word and cannot name anything else")
        return iri

    def _compacted(self, iri: str) -> str:
        if self._terms is None:
            self._turn_round()
        term = self._terms.get(iri) if self._terms else None
        if term is not None:
            return term
        vocabulary = self._table.vocabulary
        if iri.startswith(vocabulary):
            name = iri[len(vocabulary) :]
            if name and ":" not in name and name[0] != "@" and name not in self._table.iris:
                return name
        return self._prefixed(iri)

    def _prefixed(self, iri: str) -> str:
        """The shortest compact IRI (`prefix:rest`), the alphabetically first of equally short ones, or the IRI."""
        best: tuple[int, str] | None = None
        for start, prefix in self._prefixes:
            if iri.startswith(start) and len(iri) > len(start):
                name = f"{prefix}:{iri[len(start) :]}"
                if name not in self._table.iris and not name.startswith("//", len(prefix) + 1):
                    best = min(best or (len(name), name), (len(name), name))
        return best[1] if best else iri

    def _turn_round(self) -> None:
        """Makes the way back. Of several terms for one IRI the best is the one without a coercion (it fits every
        value), then with one to an identifier, then with another, then one for a container; then the shortest."""
        table = self._table
        chosen: dict[str, tuple[int, int, str]] = {}
        for term, iri in table.iris.items():
            if not iri or iri[0] == "@" or not (is_name(term) or ":" in term):
                continue
            rank = 0
            if term in table.coercions:
                rank = 1 if table.coercions[term] in ("@id", "@vocab") else 2
            if term in table.containers:
                rank += 3
            candidate = (rank, len(term), term)
            if iri not in chosen or candidate < chosen[iri]:
                chosen[iri] = candidate
        self._prefixes = [(iri, term) for term in table.prefixes if (iri := table.iris.get(term))]
        self._terms = {iri: term for iri, (_, _, term) in chosen.items()}


CORE = Terms(CORE_TABLE, "core", CORE_URL, CORE_URL)
"""The core @context alone: what names mean when a client gives no @context."""
