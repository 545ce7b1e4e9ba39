"""How far each subscription has been told, on disk: after a kill nothing owed is forgotten, little is told twice.

Every second the places of the lines that moved are put as documents, and after them the newest sequence number that was
told to anybody. A line without a place of its own has been told everything up to that number.
"""

from asyncio import Future
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from songcau.context.subscriptions.dead_letters import Documents
from songcau.context.subscriptions.lines import Line, Tally

KIND = "notified"
HEAD_KIND = "notified-head"
HEAD = "head"


class Places:
    """What is on disk of lines' places and tallies. refused: called with a line whose place the disk did not take."""

    def __init__(self, journal: Documents, refused: Callable[[Line], object] = lambda line: None) -> None:
        self._journal = journal
        self._refused = refused
        self._head_on_disk = -1

    def load(self) -> tuple[int, dict[tuple[str, str], dict[str, Any]]]:
        """The head, and the stored place of each line that has one, by tenant and id."""
        head = max((stored["sequence"] for _, _, stored in self._journal.documents(HEAD_KIND)), default=0)
        self._head_on_disk = head
        return head, {(tenant, name): stored for tenant, name, stored in self._journal.documents(KIND)}

    def put(self, lines: Iterable[Line], head: int) -> "Future[int] | None":
        """Put the places of these lines, then the head. The future of the last one; None when nothing is to be put."""
        last: Future[int] | None = None
        for line in lines:
            last = self._journal.put_document(KIND, line.tenant, line.id, _place(line, head))
            last.add_done_callback(partial(self._look, line))
        if head != self._head_on_disk:
            last = self._journal.put_document(HEAD_KIND, "", HEAD, {"sequence": head})
            last.add_done_callback(self._look_at_head)
            self._head_on_disk = head
        return last

    def forget(self, tenant: str, name: str) -> None:
        self._journal.put_document(KIND, tenant, name, None).add_done_callback(_is_refused)

    def _look(self, line: Line, future: "Future[int]") -> None:
        """A place must be put again before a newer head is: else a line that is behind would count as told."""
        if _is_refused(future):
            self._refused(line)

    def _look_at_head(self, future: "Future[int]") -> None:
        if _is_refused(future):
            self._head_on_disk = -1


def restored_tally(stored: dict[str, Any]) -> Tally:
    return Tally(
        stored.get("timesSent", 0),
        stored.get("timesFailed", 0),
        stored.get("lastNotification", ""),
        stored.get("lastSuccess", ""),
        stored.get("lastFailure", ""),
        stored.get("lastError", ""),
        stored.get("isFailing", False),
    )


def _place(line: Line, head: int) -> dict[str, Any]:
    tally, settled = line.tally, line.settled(head)
    return {
        "owedAfter": settled if settled < head else None,
        "timesSent": tally.times_sent,
        "timesFailed": tally.times_failed,
        "lastNotification": tally.last_notification,
        "lastSuccess": tally.last_success,
        "lastFailure": tally.last_failure,
        "lastError": tally.last_error,
        "isFailing": tally.is_failing,
    }


def _is_refused(future: "Future[int]") -> bool:
    return not future.cancelled() and future.exception() is not None
