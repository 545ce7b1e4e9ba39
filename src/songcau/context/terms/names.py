"""Which strings are names, IRIs and keywords (ETSI GS CIM 009, clause 4.6.2; RFC 3987; JSON-LD 1.1)."""

import re
from typing import Final

_KEYWORDS = """
base container context default direction graph id import included index json language list nest none prefix propagate
protected reverse set type value version vocab
"""
KEYWORDS: Final = frozenset("@" + word for word in _KEYWORDS.split())
LIKE_A_KEYWORD: Final = re.compile(r"@[A-Za-z]+")
LONGEST_NAME: Final = 2048
LONGEST_IRI: Final = 2048  # that a @context names; one that it makes of a name may have both lengths

_NAME = re.compile(r"\w+")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|\\^`\x7f]+")


def is_name(text: str) -> bool:
    """A letter, then letters, digits and underscores, of any script: what types and attributes may be called."""
    return text[:1].isalpha() and _NAME.fullmatch(text) is not None


def is_iri(text: str) -> bool:
    """An absolute IRI, its parts not looked at further: a scheme, a colon, and no character that an IRI excludes."""
    return _ABSOLUTE.fullmatch(text) is not None
