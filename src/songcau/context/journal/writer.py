"""The thread that puts on disk what the event loop appended.

It takes everything that waits, writes it in one transaction, and tells the loop once: so the cost of an fsync is
shared by all requests that came while the last one ran (group commit).
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from songcau.context.journal.pace import Pace
from songcau.context.journal.store import Store, StoreError
from songcau.context.journal.transaction import Batch, Transaction

_log = logging.getLogger(__name__)


class Writer:
    """`wrote` and `failed` are called in this thread; after `failed` it rests until `go_on` is called.

    A commit without an answer is in doubt: a new connection is asked for a while whether it took place. If
    none can be had, the changes count as failed, and are taken out of the store once it is back.
    """

    def __init__(
        self,
        store: Store,
        wrote: Callable[[Sequence[Transaction]], None],
        failed: Callable[[Sequence[Transaction], StoreError], None],
        pace: Pace,
    ) -> None:
        self._store = store
        self._wrote = wrote
        self._failed = failed
        self._waiting: deque[Transaction] = deque()
        self._bell = threading.Lock()
        self._bell.acquire()
        self._is_asleep = False
        self._is_ending = False
        self._go_on = threading.Event()
        self._is_lost = False
        self._is_ill = False
        self._doubt: Batch | None = None
        self._pace = pace
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def give(self, transaction: Transaction) -> bool:
        """Called by the loop. True when the writer sleeps: then `ring` must be called once all is given."""
        self._waiting.append(transaction)
        return self._is_asleep

    def ring(self) -> None:
        """Wake the writer. Called by the loop only, so that the bell is never rung twice."""
        self._is_asleep = False
        if self._bell.locked():
            self._bell.release()

    def take_back(self) -> list[Transaction]:
        """All that waits, while the writer rests after a failure."""
        taken = list(self._waiting)
        self._waiting.clear()
        return taken

    def go_on(self) -> None:
        self._go_on.set()

    def end(self) -> None:
        """Write what waits, then close the store. `join` waits for it."""
        self._is_ending = True
        self.ring()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        while True:
            if self._waiting:
                self._write(self._take())
            elif self._is_ending:
                break
            else:
                self._sleep()
        self._store.close()

    def _sleep(self) -> None:
        """Until something is given; while the store is ill, only for a moment, and then ask how it is.

        The interpreter's lock makes the order of the steps count: the loop first gives and then looks whether this
        thread is asleep, this thread first says so and then looks whether something was given.
        """
        self._is_asleep = True
        if self._waiting or self._is_ending:
            self._is_asleep = False
        elif self._is_ill:
            if not self._bell.acquire(timeout=self._pace.seconds_between_probes):
                self._write([])
        else:
            self._bell.acquire()

    def _take(self) -> list[Transaction]:
        taken: list[Transaction] = []
        rows = 0
        while self._waiting and rows < self._pace.rows_in_one_commit:
            one = self._waiting.popleft()
            rows += len(one.rows)
            taken.append(one)
        return taken

    def _write(self, transactions: list[Transaction]) -> None:
        """Once more with a new connection if the first one was lost, perhaps long before, and nothing was written."""
        for is_last in (False, True):
            batch = Batch.of(transactions)
            error = self._try(batch)
            if error is None or (error.is_doubtful and self._is_written(batch)):
                break
            if is_last or not error.is_lost or self._doubt is not None:
                self._rest(transactions, error)
                return
        if transactions or self._is_ill:
            self._is_ill = False
            self._wrote(transactions)

    def _try(self, batch: Batch) -> StoreError | None:
        """Write the batch; why it could not be written, or None."""
        try:
            self._mend()
            batch.is_probe = self._is_ill
            self._store.write(batch)
        except StoreError as error:
            self._is_lost = self._is_lost or error.is_lost
            return error
        except Exception as error:  # a bug: the journal must answer all the same
            _log.exception("the journal's writer failed")
            self._is_lost = True
            return StoreError(f"{type(error).__name__}: {error}")
        return None

    def _mend(self) -> None:
        """A new connection after one was lost, and nothing in the store that was answered with a failure."""
        if self._is_lost:
            self._store.reopen()
            self._is_lost = False
        if self._doubt is not None:
            if self._store.holds(self._doubt):
                self._store.revoke(self._doubt)
            self._doubt = None

    def _is_written(self, batch: Batch) -> bool:
        """Ask a new connection whether the commit that gave no answer took place; for a while, as clients wait."""
        deadline = time.monotonic() + self._pace.seconds_of_doubt
        self._is_lost, self._doubt = True, batch
        while True:
            try:
                self._store.reopen()
                is_held = self._store.holds(batch)
            except StoreError:
                if time.monotonic() > deadline or self._is_ending:
                    return False
                time.sleep(0.1)
            else:
                self._is_lost, self._doubt = False, None
                return is_held

    def _rest(self, transactions: list[Transaction], error: StoreError) -> None:
        self._is_ill = True
        self._go_on.clear()
        self._failed(transactions, error)
        self._go_on.wait()
