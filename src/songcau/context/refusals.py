"""How the broker says no to a client of the door: it does not answer, it refuses, it refuses some of many."""

from collections.abc import Sequence
from typing import Any

from songcau.kernel.errors import Unavailable

Document = dict[str, Any]


class ContextUnavailable(Unavailable):
    """The broker does not answer, or cannot put a change on disk now; trying again later may help."""

    code = "CONTEXT_UNAVAILABLE"


class ContextRefused(Exception):
    """The broker refuses what was sent: a bug of the caller's, or a right that its token lacks.

    status: of the answer. problem: the error body of the standard. failed: of a batch, each id with its problem.
    """

    def __init__(self, status: int, problem: Document, failed: Sequence[Document] = ()) -> None:
        super().__init__(f"{status} {problem.get('title', '')}: {problem.get('detail', '')}")
        self.status = status
        self.problem = problem
        self.failed = failed


class Refusals:
    """What the parts of one upsert were refused: told together, after each part had its turn."""

    def __init__(self) -> None:
        self._first: ContextRefused | None = None
        self._failed: list[Document] = []

    def add(self, refused: ContextRefused) -> None:
        """Raises the refusal at once when it is not about single entities."""
        if refused.status != 207:
            raise refused
        self._first = self._first or refused
        self._failed += refused.failed

    def end(self) -> None:
        """Raises ContextRefused with every refused entity, if there is any."""
        if self._first is not None:
            raise ContextRefused(207, self._first.problem, self._failed)
