"""What is to be looked at again at some instant, though nobody says anything until then."""

import heapq
from collections.abc import Callable, Iterator
from typing import Final

Wake = Callable[[str, float], None]
NEVER: Final = float("inf")


class Wheel:
    """Instants with what is woken at them; who is woken looks for itself whether it is still time."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Wake, str]] = []
        self._count = 0
        # How far time has come, as `due` was told.
        self.now = float("-inf")

    def put(self, at: float, wake: Wake, subject: str) -> None:
        self._count += 1
        heapq.heappush(self._heap, (at, self._count, wake, subject))

    def due(self, now: float) -> Iterator[tuple[float, Wake, str]]:
        """Those whose instant has come, the earliest first; what is put meanwhile comes too when it is due."""
        self.now = now
        heap = self._heap
        while heap and heap[0][0] <= now:
            at, _count, wake, subject = heapq.heappop(heap)
            yield at, wake, subject

    @property
    def next(self) -> float:
        return self._heap[0][0] if self._heap else NEVER
