"""Regular expressions that a client sends: compiled so that no text can make one run long.

Python's `re` backtracks: `(a+)+$` against forty letters runs for hours, and no bound on length or on nesting cures it
(`a*a*a*a*b` is enough). RE2 matches in time linear in the text and refuses what would need more (back-references,
look-around), so a pattern costs at most its own size in memory. It is asked by the compiled expression itself, which
costs 0.9 µs a text where its imitation of `re` costs 2.3 µs; its `Set` would cost 0.7 µs, but brings the process down
when a pattern is too large for it, and says "no" when it runs out of memory. What is only a literal with open or closed
ends needs no engine at all. RE2 is loaded with the first pattern that needs it: a broker that sees none saves 4 MB.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from songcau.context.problems import BadRequestData, TooComplexQuery

LONGEST = 1_000
MEMORY = 1 << 18  # bytes that RE2 may use for one pattern
_STEPS_OF_A_TERM = 30  # of a compiled expression: one that counts to hundreds may need as many steps for each character

# No characters but those that mean themselves. A dot means any character; in a literal that is too much to promise.
_LITERAL = re.compile(r"(?P<begin>\^)?(?P<open>\.\*)?(?P<text>[\w:/#@&=%,;!~ '\"<>-]*)(?P<end>\.\*)?(?P<close>\$)?\Z")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled expression. finds: whether it is found anywhere in a text. weight: what a text costs, in q's terms."""

    finds: Callable[[str], bool]
    weight: int


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Pattern:
    """The expression, ready; BadRequestData, TooComplexQuery."""
    if len(pattern) > LONGEST:
        raise TooComplexQuery(f"A regular expression has at most {LONGEST} characters.")
    if found := _LITERAL.match(pattern):
        return Pattern(_literal(found), 1)
    from re2 import _re2  # here and not above: 4 MB that a broker without patterns saves

    options = _re2.RE2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = MEMORY
    expression = _re2.RE2(_encoded(pattern), options)
    if not expression.ok():
        reason = expression.error().decode(errors="replace")
        if "too large" in reason or "repetition size" in reason:
            raise TooComplexQuery(f"The regular expression '{pattern[:80]}' is too complex: {reason}.")
        raise BadRequestData(f"'{pattern[:80]}' is no regular expression: {reason}.")
    match, anywhere = expression.Match, _re2.RE2.Anchor.UNANCHORED

    def finds(text: str) -> bool:
        encoded = text.encode(errors="replace")
        start, _ = match(anywhere, encoded, 0, len(encoded))[0]
        return bool(start >= 0)

    return Pattern(finds, 3 + expression.ProgramSize() // _STEPS_OF_A_TERM)


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
