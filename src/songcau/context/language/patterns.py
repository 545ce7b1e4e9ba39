"""Regular expressions that a client sends: compiled so that no text can make one run long.

Python's `re` backtracks: `(a+)+$` against forty letters runs for hours, and no bound on length or on nesting cures it
(`a*a*a*a*b` is enough). RE2 matches in time linear in the text and refuses what would need more (back-references,
look-around), so a pattern costs at most its own size in memory. It is asked through its `Set`, which costs 0.7 µs a
text where its imitation of `re` costs 2.3 µs. What is only a literal with open or closed ends needs no engine at all.
It is loaded with the first pattern that needs it: a broker that sees none saves 4 MB.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from songcau.context.problems import BadRequestData, TooComplexQuery

LONGEST = 1_000
MEMORY = 1 << 20  # bytes that RE2 may use for one pattern

# No characters but those that mean themselves. A dot means any character; in a literal that is too much to promise.
_LITERAL = re.compile(r"(?P<begin>\^)?(?P<open>\.\*)?(?P<text>[\w:/#@&=%,;!~ '\"<>-]*)(?P<end>\.\*)?(?P<close>\$)?\Z")


@lru_cache(maxsize=256)
def matcher(pattern: str) -> Callable[[str], bool]:
    """A test whether the pattern is found anywhere in a text; BadRequestData, TooComplexQuery."""
    if len(pattern) > LONGEST:
        raise TooComplexQuery(f"A regular expression has at most {LONGEST} characters.")
    if found := _LITERAL.match(pattern):
        return _literal(found)
    from re2 import _re2  # here and not above: 4 MB that a broker without patterns saves

    options = _re2.RE2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = MEMORY
    source = _encoded(pattern)
    single = _re2.RE2(source, options)
    if not single.ok():
        reason = single.error().decode(errors="replace")
        if "too large" in reason or "repetition size" in reason:
            raise TooComplexQuery(f"The regular expression '{pattern[:80]}' is too complex: {reason}.")
        raise BadRequestData(f"'{pattern[:80]}' is no regular expression: {reason}.")
    several = _re2.Set(_re2.RE2.Anchor.UNANCHORED, options)
    several.Add(source)
    several.Compile()
    match = several.Match
    return lambda text: bool(match(text.encode(errors="replace")))


def _encoded(pattern: str) -> bytes:
    try:
        return pattern.encode()
    except UnicodeEncodeError as error:
        raise BadRequestData("The regular expression has a character that is none.") from error


def _literal(found: re.Match[str]) -> Callable[[str], bool]:
    text = found["text"]
    from_start = found["begin"] and not found["open"]
    to_end = found["close"] and not found["end"]
    if from_start and to_end:
        return lambda value: value == text
    if from_start:
        return lambda value: value.startswith(text)
    if to_end:
        return lambda value: value.endswith(text)
    return lambda value: text in value
