"""What people write into alerts, incidents, bulletins and the log of a shift."""

from songcau.kernel.errors import Refused
from songcau.kernel.text import is_letter, normal, plain

NOTE_LIMIT = 2000
TITLE_LIMIT = 200


class WordsMissing(Refused):
    """Here something must be said, in letters or figures."""

    code = "CASE_WORDS_MISSING"


class WordsTooLong(Refused):
    """At most `limit` characters."""

    code = "CASE_WORDS_TOO_LONG"


def require_words(text: str, limit: int = NOTE_LIMIT) -> str:
    """A text of several lines, as it is stored. Raises WordsMissing, WordsTooLong."""
    said = plain(text).strip()
    if not any(sign.isdigit() or is_letter(sign) for sign in said):
        raise WordsMissing()
    if len(said) > limit:
        raise WordsTooLong(limit=limit)
    return said


def require_title(text: str) -> str:
    """One line. Raises WordsMissing, WordsTooLong."""
    return require_words(normal(text), TITLE_LIMIT)


def optional_words(text: str, limit: int = NOTE_LIMIT) -> str:
    """A text that may be left out. Raises WordsTooLong."""
    said = plain(text).strip()
    if len(said) > limit:
        raise WordsTooLong(limit=limit)
    return said
