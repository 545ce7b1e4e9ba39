"""The journal as the event loop sees it: append and go on; the future says when it is on disk."""

import asyncio
import logging
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import orjson

from songcau.context.entities.entity import Change, Entity
from songcau.context.journal.corrections import Added, Correction, Hidden
from songcau.context.journal.history import MOST, Evolution, Wanted, evolution_of
from songcau.context.journal.pace import Pace
from songcau.context.journal.past import Past
from songcau.context.journal.recovery import Recovered, recover
from songcau.context.journal.register import Register
from songcau.context.journal.retention import ROWS_AT_ONCE, Expired, Known, Removal, Retention
from songcau.context.journal.rows import instant_text
from songcau.context.journal.snapshots import Present, Snapshots
from songcau.context.journal.sqlite import SqliteStore
from songcau.context.journal.store import Bound, Store, StoreError
from songcau.context.journal.transaction import Transaction
from songcau.context.journal.writer import Writer
from songcau.context.problems import StorageUnavailable

_log = logging.getLogger(__name__)

T = TypeVar("T")

ENTITIES_AT_ONCE: Final = 1000

SECONDS_BEFORE_A_SWITCH: Final = 0.001


class Journal:
    """One store of one broker. Every method is called on the event loop that opened it.

    recovered: the entities found by `open`, by tenant and id; whoever takes them over may clear it. newest_instant: the
    latest that `open` found to have been given, as it is stored, or "".
    healthy: whether the newest attempt to write succeeded; `last_error` says what the store answered if not.
    """

    def __init__(self, folder: Path, *, store: Store | None = None, pace: Pace | None = None) -> None:
        self._store = store or SqliteStore(folder)
        self._pace = pace or Pace()
        self._bytes_waiting = 0
        self._in_flight = 0
        self._register = Register()
        self._snapshots = Snapshots(self._register, self._pace, 0)
        self._is_slice_on_its_way = False
        self._told: list[Callable[[list[Change]], None]] = []
        self._is_open = False
        self._is_ringing = False
        self._seq_on_disk = 0
        self.recovered: dict[str, dict[str, Entity]] = {}
        self.newest_instant = ""
        self.healthy = True
        self.last_error: str | None = None

    async def open(self) -> None:
        """Read everything, then take changes. StoreError (StoreInUse, WrongVersion) in plain words if it cannot."""
        self._loop = asyncio.get_running_loop()
        # The writer's thread comes back from its fsync in 1 ms rather than in 5 when the loop is busy: measured, a
        # commit then takes a third of the time.
        sys.setswitchinterval(min(sys.getswitchinterval(), SECONDS_BEFORE_A_SWITCH))
        found = await asyncio.to_thread(self._read)
        self._register, self.recovered = found.register, found.entities
        self._seq_on_disk = self._register.next_seq - 1
        self.newest_instant = instant_text(found.newest_at) if found.newest_at else ""
        present, self._snapshots = self._snapshots.present, Snapshots(found.register, self._pace, found.tail_rows)
        self._snapshots.present = present
        self._writer = Writer(self._store, self._wrote, self._failed, self._pace)
        self._writer.start()
        self._is_open = True

    def _read(self) -> Recovered:
        self._store.open()
        try:
            return recover(self._store)
        except BaseException:
            self._store.close()
            raise

    @property
    def tenants(self) -> list[str]:
        """Every tenant that ever had an entity."""
        return list(self._register.tenants)

    def knows(self, present: Present) -> None:
        """Where the journal finds an entity as it is after all that was appended: for snapshots."""
        self._snapshots.present = present

    def on_failed(self, callback: Callable[[list[Change]], None]) -> None:
        """Call with changes that were appended and are not on disk, newest first, before their futures fail."""
        self._told.append(callback)

    def append(self, changes: Sequence[Change]) -> asyncio.Future[int]:
        """The sequence number of the last change, once all of them are on disk; StorageUnavailable if they are not."""
        transaction = Transaction(changes, self._loop.create_future())
        refusal = self._refusal()
        if refusal is not None:
            self._give_up([transaction], refusal)
            return transaction.future
        try:
            self._register.enter(changes, transaction)
        except (ValueError, TypeError, OverflowError) as error:
            _log.exception("a change cannot be written as JSON")
            self._give_up([transaction], f"The change cannot be written: {error}")
            return transaction.future
        return self._hand_over(transaction, sum(len(row[-1]) for row in transaction.rows))

    def put_document(self, kind: str, tenant: str, name: str, document: dict[str, Any] | None) -> asyncio.Future[int]:
        """Keep a document, or forget it (None); what `append` says holds for it, in the same order."""
        transaction = Transaction((), self._loop.create_future())
        refusal = self._refusal()
        if refusal is not None:
            self._give_up([transaction], refusal)
            return transaction.future
        body = None if document is None else orjson.dumps(document)
        transaction.documents.append((kind, tenant, name, body))
        return self._hand_over(transaction, len(body or b""))

    def correct(
        self,
        tenant: str,
        entity_id: str,
        *,
        types: tuple[str, ...] = (),
        hidden: Sequence[Hidden] = (),
        added: Sequence[Added] = (),
        is_forgotten: bool = False,
        at: int = 0,
    ) -> asyncio.Future[int]:
        """Change a history: hide, then add, or forget it whole. What `append` says holds for it, in the same order.

        at: the instant, in microseconds since 1970, that what is added was given.
        """
        transaction = Transaction((), self._loop.create_future())
        refusal = self._refusal()
        if refusal is not None:
            self._give_up([transaction], refusal)
            return transaction.future
        tenant_number, number = self._register.reserve(tenant, transaction)
        correction = Correction(
            tenant, tenant_number, entity_id, number, types, tuple(hidden), tuple(added), is_forgotten, at
        )
        transaction.corrections.append(correction)
        return self._hand_over(transaction, sum(len(each.body) for each in added))

    def _refusal(self) -> str | None:
        if not self._is_open:
            return "The journal is closed."
        if self._bytes_waiting > self._pace.bytes_that_may_wait:
            return "More changes wait for the disk than this broker keeps in memory; try again in a moment."
        return None

    def _hand_over(self, transaction: Transaction, size: int) -> asyncio.Future[int]:
        transaction.size = size
        self._in_flight += 1
        self._bytes_waiting += size
        if self._writer.give(transaction) and not self._is_ringing:
            # At the end of this turn of the loop: one commit takes what all requests of the turn append.
            self._is_ringing = True
            self._loop.call_soon(self._ring)
        return transaction.future

    def _ring(self) -> None:
        self._is_ringing = False
        self._writer.ring()

    # --- answers of the writer's thread, each as one call on the loop ---------------------------

    def _wrote(self, transactions: Sequence[Transaction]) -> None:
        self._loop.call_soon_threadsafe(self._settle, transactions)

    def _failed(self, transactions: Sequence[Transaction], error: StoreError) -> None:
        self._loop.call_soon_threadsafe(self._undo, transactions, error)

    def _settle(self, transactions: Sequence[Transaction]) -> None:
        self.healthy, self.last_error = True, None
        self._in_flight -= len(transactions)
        rows = 0
        for one in transactions:
            self._bytes_waiting -= one.size
            if one.rows:
                self._seq_on_disk = one.rows[-1][0]
                rows += len(one.rows)
            if one.names:
                self._register.kept(one)
            if not one.future.done():
                one.future.set_result(self._seq_on_disk)
        self._snapshots.committed(rows)
        if self._snapshots.is_due and self._is_open:
            self._sweep(max(rows, self._pace.entities_in_a_slice))

    def _sweep(self, size: int) -> None:
        """The next slice of snapshots, when the one before is on disk: never faster than the disk takes changes."""
        if self._is_slice_on_its_way:
            return
        self._is_slice_on_its_way = True
        transaction = Transaction((), self._loop.create_future())
        self._snapshots.fill(transaction, size)
        self._hand_over(transaction, sum(len(one[-1]) for one in transaction.snapshots))
        transaction.future.add_done_callback(self._swept)

    def _swept(self, future: asyncio.Future[int]) -> None:
        self._is_slice_on_its_way = False
        if future.exception() is None and self._snapshots.is_due and self._is_open:
            self._sweep(self._pace.entities_in_a_slice)

    def _undo(self, transactions: Sequence[Transaction], error: StoreError) -> None:
        """What could not be written, and all that came after it and may rest on it."""
        self.healthy, self.last_error = False, str(error)
        _log.error("the journal cannot write: %s", error)
        lost = [*transactions, *self._writer.take_back()]
        self._in_flight -= len(lost)
        for one in reversed(lost):
            self._bytes_waiting -= one.size
            self._register.undo(one)
            if one.swept or one.covered is not None:
                self._snapshots.failed(one)
        self._give_up(lost, "The change could not be put on disk; nothing was changed.")
        self._writer.go_on()

    def _give_up(self, transactions: Sequence[Transaction], detail: str) -> None:
        changes = [change for one in reversed(transactions) for change in reversed(one.changes)]
        if changes:
            for callback in self._told:
                callback(changes)
        for one in transactions:
            if not one.future.done():
                one.future.set_exception(StorageUnavailable(detail))

    # --- reading ---------------------------------------------------------------------------------

    def documents(self, kind: str) -> list[tuple[str, str, dict[str, Any]]]:
        """(tenant, id, document) of a kind, by tenant and id. It waits for the disk: meant for a start."""
        return self._store.documents(kind)

    async def history(self, tenant: str, ids: Sequence[str], wanted: Wanted, *, bound: Bound = MOST) -> list[Evolution]:
        """What was so of these entities, in their order; those that the log does not know are left out.

        Everything appended before the call is contained. It is read beside the event loop, at most so much.
        """
        for _ in range(3):
            newest = {entity_id: self._register.newest(tenant, entity_id) for entity_id in ids}
            if await self.flushed():  # otherwise rows that `newest` names were taken back
                return await self._read_beside(partial(self._evolutions, tenant, newest, wanted, bound))
        raise StorageUnavailable("The history cannot be read while changes fail; try again in a moment.")

    async def gone(self, tenant: str) -> dict[str, tuple[str, ...]]:
        """Entities that have a history and are not there, with the types they last had, in the order of beginning."""
        await self.flushed()
        return await self._read_beside(lambda: dict(self._store.gone(tenant)))

    async def expire(self, retention: Retention, now: int) -> int:
        """Take from the disk what is too old by the retention, and what was hidden; the number of rows that went.

        It goes by small transactions between those of everybody else. StorageUnavailable if the disk refuses.
        """
        await self._write_snapshots(self._pace.entities_in_a_slice)
        hidden = await self._read_beside(self._store.hidden_numbers)
        removed, after = 0, 0
        while some := await self._read_beside(partial(self._store.known, after, ENTITIES_AT_ONCE)):
            after = some[-1].number
            for known in some:
                cut = retention.cut(known.types, now)
                if cut is not None or known.number in hidden:
                    removed += await self._expire_one(known, cut)
        return removed

    async def _write_snapshots(self, size: int) -> None:
        """Only rows that no start needs may go. So many entities at once."""
        await self.flushed()
        self._snapshots.demand()
        while self._snapshots.is_due or self._is_slice_on_its_way:
            if not self._is_slice_on_its_way:
                self._sweep(size)
            if not await self.flushed():
                return
            await asyncio.sleep(0)

    async def _expire_one(self, known: Known, cut: int | None) -> int:
        removed = 0
        while True:
            newest = known.newest
            if newest is None:
                await self.flushed()
                newest = self._register.newest(known.tenant, known.entity_id)
            found = Expired(is_all=True)
            if newest:
                found = await self._read_beside(partial(self._store.expired, known.number, newest, cut, ROWS_AT_ONCE))
            is_over = found.is_all and known.newest is not None
            if found.rows or is_over or known.newest == 0:
                removal = Removal(known.number, tuple(found.rows), cut if known.newest == 0 else None, is_over)
                await self._remove(removal)
                removed += len(found.rows)
            if len(found.rows) < ROWS_AT_ONCE:
                return removed

    def _remove(self, removal: Removal) -> asyncio.Future[int]:
        transaction = Transaction((), self._loop.create_future())
        refusal = self._refusal()
        if refusal is not None:
            self._give_up([transaction], refusal)
            return transaction.future
        transaction.removals.append(removal)
        return self._hand_over(transaction, 0)

    async def _read_beside(self, read: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(read)
        except StoreError as error:
            raise StorageUnavailable(f"The history cannot be read: {error}") from error

    def _evolutions(self, tenant: str, newest: dict[str, int | None], wanted: Wanted, bound: Bound) -> list[Evolution]:
        found = []
        for entity_id, last in newest.items():
            evolution = evolution_of(self._store, tenant, entity_id, last, wanted, bound=bound)
            if evolution is not None:
                found.append(evolution)
                bound = bound.without(evolution.rows, evolution.size)
        return found

    def past(self, present: Present) -> Past:
        """A reading of the log forward from any place; `present` gives an entity as it is now, or None."""
        return Past(self._store, present)

    @property
    def head(self) -> int:
        """The newest sequence number on disk."""
        return self._seq_on_disk

    async def flushed(self) -> bool:
        """Wait until all that was appended is on disk, or has failed: then False."""
        if not self._in_flight:
            return True
        transaction = Transaction((), self._loop.create_future())
        self._hand_over(transaction, 0)
        try:
            await transaction.future
        except StorageUnavailable:
            return False
        return True

    async def close(self) -> None:
        """Write what waits and the last snapshots, then let go of the store."""
        if self._is_open:
            await self._write_snapshots(ENTITIES_AT_ONCE)
            self._is_open = False
            self._writer.end()
            await asyncio.to_thread(self._writer.join)
