"""Answers that belong to one @context: kept with its terms, so that they go when the terms go.

A cache that has terms among its keys would hold every @context that a client ever sent.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, TypeVarTuple, cast

from songcau.context.terms.terms import Terms

Arguments = TypeVarTuple("Arguments")
R = TypeVar("R")

MOST_KEPT = 256


def kept_with_terms(function: Callable[[Terms, *Arguments], R]) -> Callable[[Terms, *Arguments], R]:
    """For a pure function of terms and of other positional arguments, all hashable: it remembers its answers."""

    @wraps(function)
    def remembering(terms: Terms, *arguments: *Arguments) -> R:
        kept = terms.kept
        key = (function, arguments)
        if key in kept:
            return cast("R", kept[key])
        answer = function(terms, *arguments)
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[key] = answer
        return answer

    return remembering
