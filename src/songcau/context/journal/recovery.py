"""A start: the living entities from their snapshots and the tail of the log."""

import gc
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson

from songcau.context.entities.entity import Entity, Kind
from songcau.context.journal.register import Register
from songcau.context.journal.rows import Row, replayed
from songcau.context.journal.store import Snapshot, Store

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Recovered:
    """What stands in the store: entities by tenant and id, in the order in which they began; all numbers given.

    tail: entity number → its newest row and state (None if it ended), for all that the tail tells of; tail_rows:
    how many rows that is.
    """

    entities: dict[str, dict[str, Entity]] = field(default_factory=dict)
    register: Register = field(default_factory=Register)
    tail: dict[int, tuple[Row, Entity | None]] = field(default_factory=dict)
    tail_rows: int = 0


def recover(store: Store) -> Recovered:
    """Read it all. The collector of cycles rests meanwhile: it would walk through every entity again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return _recover(store)
    finally:
        if was_enabled:
            gc.enable()


def _recover(store: Store) -> Recovered:
    names = store.names()
    recovered = Recovered()
    register = recovered.register
    register.tenants, register.authors = names.tenants, names.authors
    register.next_entity, register.next_seq = names.last_entity + 1, names.last_seq + 1
    tenant_names = {number: name for name, number in names.tenants.items()}
    recovered.entities = {name: {} for name in names.tenants}
    lives = dict(_lives(store))
    for row in store.tail():
        recovered.tail_rows += 1
        seq, _, skip, number, place, at, kind, _, first, latest, body = row
        if kind == Kind.DELETE:
            recovered.tail[number] = (row, None)
        life = lives.get(number)
        if life is None or seq <= life[0].seq:
            continue
        snapshot, entity = life
        entity = replayed(entity, snapshot.entity_id, at, body)
        lives[number] = (snapshot, entity)
        recovered.tail[number] = (row, entity)
        snapshot.seq, snapshot.skip, snapshot.place, snapshot.first, snapshot.latest = seq, skip, place, first, latest
    for number, (snapshot, entity) in lives.items():
        if entity is None:
            _log.error("the journal names %s and has nothing of it", snapshot.entity_id)
            continue
        tenant = tenant_names[snapshot.tenant]
        newest = (snapshot.seq, 0, snapshot.skip, number, snapshot.place, 0, 0, 0, snapshot.first, snapshot.latest, b"")
        register.restore(tenant, entity.id, newest)
        recovered.entities[tenant][entity.id] = entity
    return recovered


def _lives(store: Store) -> Iterator[tuple[int, tuple[Snapshot, Entity | None]]]:
    """The living entities as their snapshots have them; equal types and words are one object, which saves memory."""
    types: dict[tuple[str, ...], tuple[str, ...]] = {}
    words: dict[str, str] = {}
    for snapshot in store.living():
        entity = None
        if snapshot.document is not None:
            entity = Entity.restored(orjson.loads(snapshot.document))
            entity.types = types.setdefault(entity.types, entity.types)
            for attribute in entity.attributes.values():
                for instance in attribute if isinstance(attribute, list) else (attribute,):
                    kind = instance["type"]
                    instance["type"] = words.setdefault(kind, kind)
        yield snapshot.number, (snapshot, entity)
