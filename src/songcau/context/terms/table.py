"""The table of terms that a @context comes to, while it is being put together."""


class Table:
    """Terms and what they stand for. Filled by `processing`, read by `Terms`, then never changed.

    iris: term → IRI or keyword; None when the @context says that the term means nothing. coercions: term → "@id",
    "@vocab", "@json" or the IRI of a datatype, where it has one. containers: likewise "@list", "@language" … .
    prefixes: the terms that may stand before a colon. vocabulary: what goes before names without a term.

    Four plain dictionaries instead of one of objects: a public @context has tens of thousands of terms, nearly all of
    them without anything but an IRI.
    """

    __slots__ = ("coercions", "containers", "iris", "prefixes", "vocabulary")

    def __init__(self, vocabulary: str) -> None:
        self.iris: dict[str, str | None] = {}
        self.coercions: dict[str, str] = {}
        self.containers: dict[str, str] = {}
        self.prefixes: set[str] = set()
        self.vocabulary = vocabulary

    def copy(self) -> "Table":
        """A table that can be changed without changing this one."""
        other = Table(self.vocabulary)
        other.iris = self.iris.copy()
        other.coercions = self.coercions.copy()
        other.containers = self.containers.copy()
        other.prefixes = self.prefixes.copy()
        return other

    def forget(self, term: str) -> None:
        """Takes a term out, so that it can be defined anew."""
        self.iris.pop(term, None)
        self.coercions.pop(term, None)
        self.containers.pop(term, None)
        self.prefixes.discard(term)

    def define(self, term: str, iri: str | None, coercion: str = "", container: str = "") -> None:
        self.forget(term)
        self.iris[term] = iri
        if coercion:
            self.coercions[term] = coercion
        if container:
            self.containers[term] = container

    def overlay(self, other: "Table") -> None:
        """Everything that the other table says holds from now on."""
        for term in self.coercions.keys() & other.iris.keys():
            del self.coercions[term]
        for term in self.containers.keys() & other.iris.keys():
            del self.containers[term]
        self.prefixes -= other.iris.keys()
        self.iris.update(other.iris)
        self.coercions.update(other.coercions)
        self.containers.update(other.containers)
        self.prefixes |= other.prefixes
        self.vocabulary = other.vocabulary
