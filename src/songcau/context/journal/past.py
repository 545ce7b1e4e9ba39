"""Changes told again: the log read forward from any place, each row with the entity before and after it.

A row holds what it wrote, not what was before. The state before the first row of an entity is put together from the
entity as it is now, for attributes that were not written since, and from the entity's own earlier rows for the others.
These are read back a bounded way: an attribute that was deleted since and not written for long before is left out.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final

import orjson

from songcau.context.entities.entity import Attribute, Attributes, Change, Entity, Kind, instances
from songcau.context.journal.rows import Row, instant_text
from songcau.context.journal.store import Bound, Store

BACK: Final = Bound(rows=2_000, bytes=16 * 1024 * 1024)
MOST_BYTES_AT_ONCE: Final = 16 * 1024 * 1024
# So far it is looked for attributes that may have been deleted since, when all that are there now are found.
ROWS_BACK_WHEN_FOUND: Final = 50
MOST_ENTITIES_HELD: Final = 20_000

Present = Callable[[str, str], Entity | None]


class Past:
    """One reading of the log, forward. `present` gives an entity as it is now; it is called from another thread."""

    def __init__(self, store: Store, present: Present) -> None:
        self._store = store
        self._present = present
        self._states: OrderedDict[int, Entity | None] = OrderedDict()

    async def after(self, sequence: int, limit: int) -> list[tuple[int, Change]]:
        """The changes that follow a sequence number, each with its own: `limit` at most; none at the end of the log."""
        return await asyncio.to_thread(self._read, sequence, limit)

    def _read(self, sequence: int, limit: int) -> list[tuple[int, Change]]:
        rows = self._store.rows_after(sequence, Bound(limit, MOST_BYTES_AT_ONCE))
        return [(row[0], self._change(tenant, entity_id, row)) for tenant, entity_id, row in rows]

    def _change(self, tenant: str, entity_id: str, row: Row) -> Change:
        _, previous, _, number, _, at, kind, _, _, _, body = row
        told: dict[str, Any] = orjson.loads(body)
        moment = instant_text(at)
        before = self._states[number] if number in self._states else self._before(tenant, entity_id, previous, moment)
        after = None if kind == Kind.DELETE else _after(before, entity_id, told, moment)
        self._states[number] = after
        self._states.move_to_end(number)
        if len(self._states) > MOST_ENTITIES_HELD:
            self._states.popitem(last=False)
        return Change(tenant, Kind(kind), entity_id, before, after, _names(told, before, after), moment, "")

    def _before(self, tenant: str, entity_id: str, previous: int, moment: str) -> Entity | None:
        """The entity as the row `previous` left it; None for 0, which stands before an entity's first row."""
        if not previous:
            return None
        present = self._present(tenant, entity_id)
        if present is not None and present.created_at >= moment:
            present = None  # another entity, made under the same id since
        earlier = _Earlier(present, moment)
        for count, row in enumerate(self._store.rows_back(previous, BACK)):
            if earlier.is_whole_with(row) or (count >= ROWS_BACK_WHEN_FOUND and earlier.has_all):
                break
        return earlier.entity(entity_id)


class _Earlier:
    """An entity at an earlier moment, put together from its present and, newest first, the rows before that moment.

    sought: attributes that are there now and were written since, not found yet; None when there is no present.
    """

    def __init__(self, present: Entity | None, moment: str) -> None:
        self._attributes: Attributes = {}
        self._types: tuple[str, ...] | None = None
        self._scopes: tuple[str, ...] | None = None
        self._created_at: str | None = None
        self._modified_at: str | None = None
        self._present = present
        self._moment = moment
        self.sought: set[str] | None = None
        if present is not None:
            self._attributes = {name: one for name, one in present.attributes.items() if not _is_since(one, moment)}
            self.sought = present.attributes.keys() - self._attributes.keys()
        self._known = set(self._attributes)

    @property
    def has_all(self) -> bool:
        """All attributes that are there now are found."""
        return self.sought is not None and not self.sought

    def is_whole_with(self, row: Row) -> bool:
        """Take a row in; True when it is one that tells the whole entity, so that nothing before it matters."""
        told = orjson.loads(row[-1])
        self._modified_at = self._modified_at or instant_text(row[5])
        for name, attribute in told.get("a", {}).items():
            if name not in self._known:
                self._known.add(name)
                if attribute is not None:
                    self._attributes[name] = attribute
        if self.sought:
            self.sought -= self._known
        if self._types is None and "t" in told:
            self._types = tuple(told["t"])
        if self._scopes is None and "s" in told:
            self._scopes = tuple(told["s"])
        self._created_at = told.get("c")
        return "c" in told

    def entity(self, entity_id: str) -> Entity:
        present, moment = self._present, self._moment
        types = self._types if self._types is not None or present is None else present.types
        scopes = self._scopes if self._scopes is not None or present is None else present.scopes
        created_at = self._created_at or (moment if present is None else present.created_at)
        return Entity(
            entity_id, types or (), scopes or (), self._attributes, created_at, self._modified_at or created_at
        )


def _is_since(attribute: Attribute, moment: str) -> bool:
    return any(instance.get("modifiedAt", "") >= moment for instance in instances(attribute))


def _after(before: Entity | None, entity_id: str, told: dict[str, Any], moment: str) -> Entity:
    written = told.get("a", {})
    if "c" in told:
        kept = {name: attribute for name, attribute in written.items() if attribute is not None}
        return Entity(entity_id, tuple(told["t"]), tuple(told["s"]), kept, told["c"], moment)
    attributes = dict(before.attributes) if before is not None else {}
    for name, attribute in written.items():
        if attribute is None:
            attributes.pop(name, None)
        else:
            attributes[name] = attribute
    types = tuple(told["t"]) if "t" in told else before.types if before is not None else ()
    scopes = tuple(told["s"]) if "s" in told else before.scopes if before is not None else ()
    return Entity(entity_id, types, scopes, attributes, before.created_at if before is not None else moment, moment)


def _names(told: dict[str, Any], before: Entity | None, after: Entity | None) -> tuple[str, ...]:
    if "a" in told and "c" not in told:
        return tuple(told["a"])
    return tuple(
        dict.fromkeys((*(after.attributes if after is not None else ()), *(before.attributes if before else ())))
    )
