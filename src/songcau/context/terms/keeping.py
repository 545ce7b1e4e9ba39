"""Answers that depend on a @context, remembered without holding the @context itself.

A cache that has terms among its keys would hold every @context that a client ever sent; this one has their identity.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, TypeVarTuple

from songcau.context.terms.terms import Terms

Arguments = TypeVarTuple("Arguments")
R = TypeVar("R")

MOST_KEPT = 2048


def kept_by_terms(function: Callable[[Terms, *Arguments], R]) -> Callable[[Terms, *Arguments], R]:
    """For a pure function of terms and of other positional arguments, all hashable: it remembers its newest answers.

    The answers must not hold the terms.
    """
    kept: dict[object, R] = {}

    @wraps(function)
    def remembering(terms: Terms, *arguments: *Arguments) -> R:
        key = (terms.key, arguments)
        try:
            return kept[key]
        except KeyError:
            answer = function(terms, *arguments)
        if len(kept) >= MOST_KEPT:
            del kept[next(iter(kept))]
        kept[key] = answer
        return answer

    return remembering
