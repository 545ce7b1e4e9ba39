"""Answers that are remembered while there is room for them: a client must not fill the memory with what it asks."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Final, Generic, TypeVar, TypeVarTuple

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
R = TypeVar("R")
Text = TypeVar("Text", str, bytes)
Rest = TypeVarTuple("Rest")

LONGEST: Final = 1024
"""Characters, or bytes, of a header or a parameter that is remembered; what is longer is read each time."""


class Remembered(Generic[K, V]):
    """At most so many answers, and so many bytes of them; the oldest goes first.

    What is larger than an eighth of the room is not remembered at all: it would drive out everything else.
    """

    __slots__ = ("_answers", "_most", "_room", "_sizes", "get", "size")

    get: Callable[[K], V | None]
    """The answer that is remembered for a key: one look-up in C, since every request makes some."""

    def __init__(self, most: int, room: int) -> None:
        self._answers: dict[K, V] = {}
        self._sizes: OrderedDict[K, int] = OrderedDict()
        self._most = most
        self._room = room
        self.get = self._answers.get
        self.size = 0

    def __len__(self) -> int:
        return len(self._answers)

    def keep(self, key: K, answer: V, size: int) -> None:
        """size: what the answer and its key take in memory, about."""
        if size > self._room // 8:
            return
        self.size += size - self._sizes.pop(key, 0)
        self._answers[key], self._sizes[key] = answer, size
        while len(self._sizes) > self._most or self.size > self._room:
            oldest, freed = self._sizes.popitem(last=False)
            self.size -= freed
            del self._answers[oldest]


def short_kept(
    most: int,
) -> Callable[[Callable[[Text, *Rest], R]], Callable[[Text, *Rest], R]]:
    """For a pure function whose first argument comes from a client, a text or bytes: answers to short ones are kept."""

    def decorate(function: Callable[[Text, *Rest], R]) -> Callable[[Text, *Rest], R]:
        kept = lru_cache(maxsize=most)(function)

        @wraps(function)
        def answer(asked: Text, *rest: *Rest) -> R:
            return kept(asked, *rest) if len(asked) <= LONGEST else function(asked, *rest)

        return answer

    return decorate
