"""Answers that depend on a @context, remembered without holding the @context itself.

A cache that has terms among its keys would hold every @context that a client ever sent; this one has their identity.
It is bounded in bytes too: what a question of names comes to is as long as the IRIs that its @context makes of them.
"""

from collections.abc import Callable
from functools import wraps
from typing import Final, TypeVar, TypeVarTuple

from songcau.context.remembering import LONGEST, Remembered
from songcau.context.terms.terms import Terms

Arguments = TypeVarTuple("Arguments")
R = TypeVar("R")

MOST_KEPT: Final = 2048
MOST_BYTES: Final = 16 * 1024 * 1024
_LEAST: Final = 500


def kept_by_terms(function: Callable[[Terms, *Arguments], R]) -> Callable[[Terms, *Arguments], R]:
    """For a pure function of terms and of other positional arguments, all hashable: it remembers its newest answers.

    The answers must not hold the terms.
    """
    kept: Remembered[object, R] = Remembered(MOST_KEPT, MOST_BYTES)

    @wraps(function)
    def remembering(terms: Terms, *arguments: *Arguments) -> R:
        key = (terms.key, arguments)
        answer = kept.get(key)
        if answer is None:
            answer = function(terms, *arguments)
            length = sum(len(one) for one in arguments if isinstance(one, str | bytes))
            if length <= LONGEST:
                kept.keep(key, answer, _LEAST + size_of_answer(terms, length))
        return answer

    return remembering


def size_of_answer(terms: Terms, length: int) -> int:
    """How many bytes at most the names of a question of so many characters come to, about. Of two characters one may
    be a name."""
    return length * (8 + terms.stretch // 2)
