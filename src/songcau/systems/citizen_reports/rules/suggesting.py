"""Which categories fit what somebody typed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from songcau.kernel.text import search_key

MOST_SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class Described:
    """A category as it is found by words: its names, and the phrases that people use for it."""

    code: str
    names: tuple[str, ...]
    keywords: tuple[str, ...] = ()


def category_suggestions(text: str, categories: Iterable[Described], *, most: int = MOST_SUGGESTED) -> list[str]:
    """Codes of the categories whose phrases stand in the text, the best first; with or without marks.

    A phrase counts the square of its words: `đèn đường` says more than `đèn` and `đường` in two places. Those equal
    stand in the sequence in which they were given.
    """
    typed = f" {' '.join(_words(text))} "
    found: list[tuple[int, int, str]] = []
    for position, category in enumerate(categories):
        phrases = {" ".join(words) for phrase in (*category.names, *category.keywords) if (words := _words(phrase))}
        score = sum(len(phrase.split()) ** 2 for phrase in phrases if f" {phrase} " in typed)
        if score:
            found.append((-score, position, category.code))
    return [code for _score, _position, code in sorted(found)[:most]]


def _words(text: str) -> Sequence[str]:
    return re.findall(r"[^\W_]+", search_key(text))
