"""The @contexts that this broker stores: fetched ones, those that clients host here, its own (clause 5.13).

What is stored is told to a keeper, which puts it on disk; at a start it is brought back by `restore`. So the broker
knows after a start what it had fetched before, also when the network is away.
"""

import hashlib
from asyncio import Future
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import orjson

from songcau.context.problems import BadRequestData
from songcau.kernel import clock
from songcau.kernel.ids import new_id

PATH: Final = "/ngsi-ld/v1/jsonldContexts/"
NAMESPACE: Final = "urn:ngsi-ld:Context:"
MOST_HOSTED: Final = 1_000
MOST_BYTES: Final = 64_000_000
"""Of all together; what was fetched or made longest ago goes first, what clients host here stays."""

Keeper = Callable[[str, dict[str, Any] | None], "Future[int]"]
"""Puts a @context on disk under its local id, or forgets it (None)."""


class Kind(StrEnum):
    """Where a stored @context comes from, in the words of the standard."""

    CACHED = "Cached"
    HOSTED = "Hosted"
    IMPLICIT = "ImplicitlyCreated"


@dataclass(frozen=True, slots=True)
class Stored:
    """One stored @context. url: where it was fetched, for a cached one, else the address under this broker's own.

    context: its "@context" member. created_at: ISO 8601 in UTC. size: bytes of it.
    """

    local_id: str
    url: str
    kind: Kind
    context: Any
    created_at: str
    size: int

    def document(self) -> dict[str, Any]:
        """What is put on disk."""
        return {"url": self.url, "kind": self.kind.value, "context": self.context, "createdAt": self.created_at}

    def details(self, base: str) -> dict[str, str]:
        """What is told of it (5.13.3.5). How often it was used is not: counting would cost every request."""
        return {
            "URL": self.address(base),
            "localId": self.local_id,
            "kind": self.kind.value,
            "createdAt": self.created_at,
        }

    def address(self, base: str) -> str:
        return self.url if self.kind is Kind.CACHED else base + PATH + self.local_id


def stamp(moment: datetime) -> str:
    """An instant in UTC as it is stored."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def local_id_of(text: bytes) -> str:
    """An identifier that the same text always gets."""
    return NAMESPACE + hashlib.sha256(text).hexdigest()[:32]


class Shelf:
    """Stored @contexts by local id, the oldest first."""

    def __init__(self, keeper: Keeper | None = None) -> None:
        self.keeper = keeper
        self._entries: OrderedDict[str, Stored] = OrderedDict()
        self._bytes = 0

    def __iter__(self) -> Iterator[Stored]:
        return iter(list(self._entries.values()))

    def restore(self, documents: Mapping[str, Mapping[str, Any]]) -> None:
        """Takes over what was put on disk: local id → document."""
        for local_id, document in sorted(documents.items(), key=lambda item: str(item[1]["createdAt"])):
            size = len(orjson.dumps(document["context"]))
            kind = Kind(document["kind"])
            self._put(Stored(local_id, document["url"], kind, document["context"], document["createdAt"], size))

    def find(self, name: str) -> Stored | None:
        """By local id, by the address it was fetched from, or by its address under this broker, whatever its host."""
        stored = self._entries.get(name) or self._entries.get(local_id_of(name.encode()))
        if stored is None and PATH in name:
            stored = self._entries.get(name.partition(PATH)[2])
        return stored

    def host(self, context: Any) -> tuple[Stored, "Future[int] | None"]:
        """Stores a client's @context under an identifier of its own; the future is done when it is on disk."""
        if sum(stored.kind is Kind.HOSTED for stored in self._entries.values()) >= MOST_HOSTED:
            raise BadRequestData(f"This broker hosts {MOST_HOSTED:,} @contexts already, and no more")
        return self._add(f"{NAMESPACE}{new_id()}", "", Kind.HOSTED, context, len(orjson.dumps(context)))

    def make(self, context: Any) -> Stored:
        """Stores a @context that a request brought along, so that a Link header can name it."""
        text = orjson.dumps(context)
        known = self._entries.get(local_id_of(text))
        if known is not None:
            self._entries.move_to_end(known.local_id)  # it stays longer than others
            return known
        return self._add(local_id_of(text), "", Kind.IMPLICIT, context, len(text))[0]

    def cache(self, url: str, context: Any, size: int) -> Stored:
        """Stores what was fetched from an address, in place of what was fetched there before."""
        return self._add(local_id_of(url.encode()), url, Kind.CACHED, context, size)[0]

    def lend(self, url: str, context: Any, size: int, created_at: str) -> Stored:
        """Holds a preloaded @context as if it were fetched. It is not put on disk, where it is already."""
        stored = Stored(local_id_of(url.encode()), url, Kind.CACHED, context, created_at, size)
        self._put(stored)
        return stored

    def remove(self, stored: Stored) -> "Future[int] | None":
        """The future is done when it is gone from the disk."""
        del self._entries[stored.local_id]
        self._bytes -= stored.size
        return self._tell(stored.local_id, None)

    def _add(self, local_id: str, url: str, kind: Kind, context: Any, size: int) -> tuple[Stored, "Future[int] | None"]:
        stored = Stored(local_id, url, kind, context, stamp(clock.now()), size)
        self._put(stored)
        return stored, self._tell(local_id, stored.document())

    def _put(self, stored: Stored) -> None:
        former = self._entries.pop(stored.local_id, None)
        self._bytes += stored.size - (former.size if former else 0)
        self._entries[stored.local_id] = stored
        if self._bytes > MOST_BYTES:
            self._make_room(stored)

    def _make_room(self, newest: Stored) -> None:
        for stored in self:
            if self._bytes <= MOST_BYTES:
                return
            if stored.kind is not Kind.HOSTED and stored is not newest:
                self.remove(stored)

    def _tell(self, local_id: str, document: dict[str, Any] | None) -> "Future[int] | None":
        if self.keeper is None:
            return None
        future = self.keeper(local_id, document)
        # Nobody may wait for it: a failure is the journal's to tell, and not worth a second line in the log.
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
        return future
