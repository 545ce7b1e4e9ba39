"""What the query languages ask of a @context, and how a name begins and ends in their texts."""

import re
from typing import Protocol

from songcau.context.problems import BadRequestData


class Names(Protocol):
    """The part of a @context's terms that queries need."""

    @property
    def key(self) -> str:
        """The identity of the terms, for caches."""

    @property
    def stretch(self) -> int:
        """By so many characters at most an IRI is longer than its name."""

    def expand(self, term: str) -> str:
        """The IRI of a type or an attribute; BadRequestData when the name has a character that names may not have."""


# Members of an attribute instance that are no sub-attributes: they keep their short names in the stored form.
MEMBERS = frozenset(
    {
        "observedAt",
        "createdAt",
        "modifiedAt",
        "deletedAt",
        "expiresAt",
        "unitCode",
        "datasetId",
        "instanceId",
        "objectType",
        "lang",
    }
)
TIMES = frozenset({"observedAt", "createdAt", "modifiedAt", "deletedAt", "expiresAt"})
# Members of an entity itself; no attribute can have these names.
ENTITY_MEMBERS = frozenset({"id", "type", "scope", "@id", "@type", "@context"})

# The dot before an IRI with an authority, and such an IRI.
_BEFORE_IRI = re.compile(r"\.(?=[A-Za-z][A-Za-z0-9+-]*://)")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+-]*://")


def dotted(text: str) -> tuple[str, ...]:
    """The elements of a dotted path of names, of which any may be an IRI such as `https://example.org/voc#speed`.

    A dot of an IRI's host or folder is part of the IRI; one after its last `/` or `#` ends the element.
    """
    elements: list[str] = []
    for piece in _BEFORE_IRI.split(text):
        cut = max(piece.rfind("/"), piece.rfind("#")) + 1 if _IRI.match(piece) else 0
        first, *rest = piece[cut:].split(".")
        elements += [piece[:cut] + first, *rest]
    if "" in elements:
        raise BadRequestData(f"The path '{text[:80]}' has an empty name.")
    return tuple(elements)
