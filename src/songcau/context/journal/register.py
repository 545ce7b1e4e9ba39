"""Which entity is which number in the log, and where its newest row stands.

Rows of one entity are chained from the newest to the oldest (`previous`), and by chapters of 256 rows (`skip`): so a
history is found without an index, whose random pages would cost more than the log itself (docs/decisions/0012).
Everything here belongs to the event loop; the writer's thread gets finished rows.

An entity that is deleted and made again gets another number. So a start needs no numbers of what is gone.
"""

from array import array
from bisect import bisect_left
from collections.abc import Sequence

from songcau.context.entities.entity import Change
from songcau.context.journal.rows import NOT_AFTER, NOT_BEFORE, Row, body_of, microseconds, observed_of
from songcau.context.journal.store import Chain
from songcau.context.journal.transaction import Transaction

CHAPTER = 256


class Register:
    """Numbers for tenants, authors and entities; the state of each living entity's chain, by slot.

    changed: for each slot whether its entity changed since its snapshot.
    """

    def __init__(self) -> None:
        self.tenants: dict[str, int] = {}
        self.authors: dict[str, int] = {}
        self.slots: dict[str, dict[str, int]] = {}
        self.next_entity = 1
        self.next_seq = 1
        self._free: list[int] = []
        self._number = array("q")
        self._last = array("q")
        self._skip = array("q")
        self._place = array("h")
        self._first = array("q")
        self._latest = array("q")
        self._owner = array("q")
        self._ids: list[str] = []
        self.changed = bytearray()
        self._owner_known = 0
        self._owner_name = ""

    def enter(self, changes: Sequence[Change], transaction: Transaction) -> None:
        """Give each change its row in the transaction. After an exception nothing of it remains but used numbers.

        Only what `_row` does before its first assignment can fail: an instant that is none, a value JSON cannot hold.
        """
        try:
            for change in changes:
                transaction.rows.append(self._row(change, transaction))
        except BaseException:
            self.undo(transaction)
            raise

    def _row(self, change: Change, transaction: Transaction) -> Row:
        body = body_of(change)
        at = microseconds(change.at)
        first, latest = observed_of(change)
        by = self.authors.get(change.by)
        if by is None:
            by = self._new(self.authors, change.by, transaction.authors)
        try:
            slot = self.slots[change.tenant][change.entity_id]
        except KeyError:
            slot = self._begin(change, transaction)
        previous = self._last[slot]
        place = self._place[slot] + 1
        if place > CHAPTER:
            place = 1
            self._skip[slot] = previous
        elif place > 1:
            before_first, before_latest = self._first[slot], self._latest[slot]
            first = before_first if before_first < first else first
            latest = before_latest if before_latest > latest else latest
        seq = self.next_seq
        self.next_seq = seq + 1
        self._last[slot] = seq
        self._place[slot] = place
        self._first[slot] = first
        self._latest[slot] = latest
        self.changed[slot] = 1
        transaction.slots.append(slot)
        number = self._number[slot]
        before, after = change.before, change.after
        if after is None:
            self._end(change, seq, number, transaction)
        elif before is not None and before.types is not after.types and before.types != after.types:
            transaction.retyped.append((" ".join(after.types), number))
        return (
            seq,
            previous,
            self._skip[slot],
            number,
            place,
            at,
            int(change.kind),  # SQLite takes long to bind what is nearly an int
            by,
            first if first != NOT_BEFORE else None,
            latest if latest != NOT_AFTER else None,
            body,
        )

    def reserve(self, tenant: str, transaction: Transaction) -> tuple[int, int]:
        """The tenant's number, and a number for an entity, whether the store will need it or not."""
        number = self.next_entity
        self.next_entity = number + 1
        return self._tenant(tenant, transaction), number

    def _tenant(self, tenant: str, transaction: Transaction) -> int:
        return self.tenants.get(tenant) or self._new(self.tenants, tenant, transaction.tenants)

    def _new(self, known: dict[str, int], name: str, told: list[tuple[int, str]]) -> int:
        number = known[name] = len(known) + 1
        told.append((number, name))
        return number

    def _begin(self, change: Change, transaction: Transaction) -> int:
        tenant = self._tenant(change.tenant, transaction)
        slots = self.slots.setdefault(change.tenant, {})
        number = self.next_entity
        self.next_entity = number + 1
        slot = slots[change.entity_id] = self._take_slot(change.entity_id, tenant, number, (0, 0, 0, None, None))
        entity = change.after or change.before
        transaction.begun.append((number, tenant, change.entity_id, " ".join(entity.types if entity else ())))
        transaction.names.append((change.tenant, change.entity_id, slot, True))
        return slot

    def _end(self, change: Change, seq: int, number: int, transaction: Transaction) -> None:
        slot = self.slots[change.tenant].pop(change.entity_id)
        self.changed[slot] = 0
        transaction.ended.append((seq, number))
        transaction.names.append((change.tenant, change.entity_id, slot, False))

    def _take_slot(self, entity_id: str, tenant: int, number: int, chain: Chain) -> int:
        if self._free:
            slot = self._free.pop()
        else:
            slot = len(self._ids)
            self._ids.append("")
            self.changed.append(0)
            for column in (self._number, self._last, self._skip, self._place, self._first, self._latest, self._owner):
                column.append(0)
        self._ids[slot], self._owner[slot], self._number[slot] = entity_id, tenant, number
        self.move(slot, chain)
        return slot

    def restore(self, tenant: str, entity_id: str, number: int, chain: Chain) -> None:
        """A living entity found at a start, with the place of its newest row. They come by number."""
        slot = self._take_slot(entity_id, self.tenants[tenant], number, chain)
        try:
            self.slots[tenant][entity_id] = slot
        except KeyError:
            self.slots[tenant] = {entity_id: slot}

    def changed_slots(self, start: int, most: int) -> list[int]:
        """The next slots, from a slot on, whose entities changed."""
        found: list[int] = []
        slot = self.changed.find(1, start)
        while slot >= 0 and len(found) < most:
            found.append(slot)
            slot = self.changed.find(1, slot + 1)
        return found

    def name_of(self, slot: int) -> tuple[str, str]:
        """Tenant and id."""
        owner = self._owner[slot]
        if owner != self._owner_known:
            self._owner_name = next(name for name, number in self.tenants.items() if number == owner)
            self._owner_known = owner
        return self._owner_name, self._ids[slot]

    def chain_of(self, slot: int) -> tuple[int, int, int, int, int | None, int | None]:
        """(number, seq, skip, place, observed from, observed to) as a snapshot keeps them."""
        first, latest = self._first[slot], self._latest[slot]
        return (
            self._number[slot],
            self._last[slot],
            self._skip[slot],
            self._place[slot],
            first if first != NOT_BEFORE else None,
            latest if latest != NOT_AFTER else None,
        )

    def move(self, slot: int, chain: Chain) -> None:
        """Another row is the newest of an entity."""
        self._last[slot], self._skip[slot], self._place[slot], first, latest = chain
        self._first[slot] = NOT_BEFORE if first is None else first
        self._latest[slot] = NOT_AFTER if latest is None else latest

    def forget(self, tenant: str, entity_id: str, slot: int) -> None:
        """A start found nothing of an entity that was named."""
        del self.slots[tenant][entity_id]
        self._free.append(slot)

    def slot_at_start(self, number: int) -> int | None:
        """The slot of an entity, as long as a start has given slots by number and taken none back."""
        slot = bisect_left(self._number, number)
        return slot if slot < len(self._number) and self._number[slot] == number else None

    def newest_in(self, slot: int) -> int:
        """The newest row of the entity in a slot."""
        return self._last[slot]

    def newest(self, tenant: str, entity_id: str) -> int | None:
        """The newest row of a living entity."""
        slot = self.slots.get(tenant, {}).get(entity_id)
        return None if slot is None else self._last[slot]

    def kept(self, transaction: Transaction) -> None:
        """The transaction is on disk: slots of what it deleted may serve others."""
        self._free += [slot for _, _, slot, begins in transaction.names if not begins]

    def undo(self, transaction: Transaction) -> None:
        """Take back a transaction; the newest must be taken back first.

        What a chapter has observed may stay too wide, which makes a search read more and find no less.
        """
        for row, slot in zip(reversed(transaction.rows), reversed(transaction.slots), strict=False):
            self._back(row, slot)
        for tenant, entity_id, slot, begins in reversed(transaction.names):
            if begins:
                del self.slots[tenant][entity_id]
                self.changed[slot] = 0
                self._free.append(slot)
            else:
                self.slots[tenant][entity_id] = slot
                self.changed[slot] = 1
        for _, label in transaction.authors:
            self.authors.pop(label, None)
        for _, name in transaction.tenants:
            self.tenants.pop(name, None)
            self._owner_known = 0
            self.slots.pop(name, None)

    def _back(self, row: Row, slot: int) -> None:
        _, previous, _, _, place, _, _, _, first, latest, _ = row
        self._last[slot] = previous
        if place == 1 and previous:
            # The first of a chapter: the chapter before is full again, of times that are no longer known.
            self._place[slot] = CHAPTER
            self._first[slot], self._latest[slot] = NOT_AFTER, NOT_BEFORE
        else:
            self._place[slot] = place - 1
            self._first[slot] = NOT_BEFORE if first is None else first
            self._latest[slot] = NOT_AFTER if latest is None else latest
