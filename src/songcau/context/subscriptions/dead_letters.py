"""Notifications that were given up: kept with the reason, to be looked at and tried again.

They are bounded in number and size; the oldest goes when there is no room, and that is counted and logged.
"""

import logging
from asyncio import Future
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from songcau.context.problems import ResourceNotFound
from songcau.context.subscriptions.endpoints import without_password

KIND = "dead-letter"
MOST = 10_000
MOST_BYTES = 16 * 1024 * 1024
LONGEST_BODY = 1024 * 1024

_log = logging.getLogger(__name__)


class Documents(Protocol):
    """The part of the journal that keeps documents."""

    def put_document(self, kind: str, tenant: str, name: str, document: dict[str, Any] | None) -> "Future[int]": ...

    def documents(self, kind: str) -> list[tuple[str, str, dict[str, Any]]]: ...


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """id: that of the notification. attempts: how often it was tried. body: the notification as it was sent."""

    id: str
    tenant: str
    subscription: str
    uri: str
    given_up_at: str
    reason: str
    attempts: int
    body: str

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "subscriptionId": self.subscription,
            "uri": without_password(self.uri),
            "givenUpAt": self.given_up_at,
            "reason": self.reason,
            "attempts": self.attempts,
            "notification": self.body,
        }


class DeadLetters:
    """All of them, oldest first; kept in the journal as documents.

    refused: called when the disk did not take something; whoever made this asks it to `put_again` some time later.
    """

    def __init__(self, journal: Documents, refused: Callable[[], object] = lambda: None) -> None:
        self._journal = journal
        self._refused = refused
        self._not_on_disk: dict[tuple[str, str], None] = {}
        self._kept: dict[tuple[str, str], DeadLetter] = {}
        self._bytes = 0
        self.dropped = 0

    def load(self) -> None:
        found = []
        for tenant, name, stored in self._journal.documents(KIND):
            found.append(
                DeadLetter(
                    name,
                    tenant,
                    stored["subscriptionId"],
                    stored["uri"],
                    stored["givenUpAt"],
                    stored["reason"],
                    stored["attempts"],
                    stored["notification"],
                )
            )
        for letter in sorted(found, key=lambda letter: letter.given_up_at):
            self._kept[letter.tenant, letter.id] = letter
            self._bytes += len(letter.body)

    def keep(self, letter: DeadLetter) -> None:
        """Keep a letter; one that is kept already keeps its place."""
        if len(letter.body) > LONGEST_BODY:
            self.dropped += 1
            _log.error("a dead letter of %s is too large to be kept: %s", letter.subscription, letter.id)
            return
        former = self._kept.get((letter.tenant, letter.id))
        self._bytes += len(letter.body) - (len(former.body) if former is not None else 0)
        self._kept[letter.tenant, letter.id] = letter
        self._put(letter.tenant, letter.id)
        while len(self._kept) > MOST or self._bytes > MOST_BYTES:
            oldest = next(iter(self._kept.values()))
            self.dropped += 1
            _log.error("no room for more dead letters: the oldest, of %s, is dropped", oldest.subscription)
            self.forget(oldest.tenant, oldest.id)

    def get(self, tenant: str, letter_id: str) -> DeadLetter:
        """Raises ResourceNotFound."""
        try:
            return self._kept[tenant, letter_id]
        except KeyError:
            raise ResourceNotFound(f"There is no dead letter {letter_id}") from None

    def of(self, tenant: str, subscription: str | None = None) -> Iterator[DeadLetter]:
        for letter in self._kept.values():
            if letter.tenant == tenant and subscription in {None, letter.subscription}:
                yield letter

    def __len__(self) -> int:
        return len(self._kept)

    def forget(self, tenant: str, letter_id: str) -> "Future[int] | None":
        """None when there is no such letter any more."""
        letter = self._kept.pop((tenant, letter_id), None)
        if letter is None:
            return None
        self._bytes -= len(letter.body)
        return self._put(tenant, letter_id)

    def put_again(self) -> None:
        """What the disk did not take: letters that are kept, and the absence of those that are no more."""
        refused, self._not_on_disk = self._not_on_disk, {}
        for tenant, letter_id in refused:
            self._put(tenant, letter_id)

    def _put(self, tenant: str, letter_id: str) -> "Future[int]":
        """Put on disk what is so of a letter now."""
        letter = self._kept.get((tenant, letter_id))
        future = self._journal.put_document(KIND, tenant, letter_id, None if letter is None else letter.shown())

        def look(done: "Future[int]") -> None:
            if not done.cancelled() and done.exception() is not None:  # the journal has logged it
                self._not_on_disk[tenant, letter_id] = None
                self._refused()

        future.add_done_callback(look)
        return future
