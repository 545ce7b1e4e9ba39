"""The name somebody gives as their contact, found again in what they write about the matter."""

import re

from songcau.kernel.text import folded, nfc
from songcau.systems.citizen_reports.rules.contacts import MASK

# One word is a word of the language as often as it is a name.
LEAST_WORDS = 2


def hidden_name(text: str, name: str) -> tuple[str, bool]:
    """The text with the whole name masked, however it is written (case, marks, spaces), and whether it was there.

    A part of it alone stays: `Bưởi` is a fruit, too. What was masked is read by the centre in the text as it was sent.
    """
    words = folded(name).split()
    if len(words) < LEAST_WORDS:
        return text, False
    whole = nfc(text)
    inside = r"\W+".join(map(re.escape, words))
    pattern = re.compile(rf"(?<!\w){inside}(?!\w)")
    spans = [found.span() for found in pattern.finditer("".join(map(_bare, whole)))]
    if not spans:
        return text, False
    for begin, end in reversed(spans):
        whole = whole[:begin] + MASK + whole[end:]
    return whole, True


def _bare(sign: str) -> str:
    """One sign for one, so that places stay what they are."""
    bare = folded(sign)
    return bare if len(bare) == 1 else sign
