"""A start: the living entities from their snapshots and the tail of the log."""

import gc
import logging
from dataclasses import dataclass, field
from typing import Final

import orjson

from songcau.context.entities.entity import Entity
from songcau.context.journal.register import Register
from songcau.context.journal.rows import replayed
from songcau.context.journal.store import Store

_log = logging.getLogger(__name__)

WORDS_HELD: Final = 10_000


@dataclass(slots=True)
class Recovered:
    """What stands in the store: entities by tenant and id, in the order in which they began; all numbers given.

    tail_rows: how many rows are in no snapshot. newest_at: the latest instant that was given, in microseconds, or 0.
    """

    entities: dict[str, dict[str, Entity]] = field(default_factory=dict)
    register: Register = field(default_factory=Register)
    tail_rows: int = 0
    newest_at: int = 0


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
    recovered.newest_at = names.last_at
    recovered.entities = {name: {} for name in names.tenants}
    living = _Living(store, {number: name for name, number in names.tenants.items()}, register)
    _replay(store, living, recovered)
    for slot, (tenant, entity_id, entity) in enumerate(zip(living.tenants, living.ids, living.entities, strict=True)):
        if entity is None:
            _log.error("the journal names %s and has nothing of it", entity_id)
            register.forget(tenant, entity_id, slot)
        else:
            recovered.entities[tenant][entity_id] = entity
    return recovered


class _Living:
    """The living entities by slot of the register, as their snapshots have them; None of what began in the tail.

    Nothing is made here for each entity that a start does not keep: it would leave its holes among what stays.
    """

    def __init__(self, store: Store, tenant_names: dict[int, str], register: Register) -> None:
        self.tenants: list[str] = []
        self.ids: list[str] = []
        self.entities: list[Entity | None] = []
        share = _Sharing().share
        for number, tenant, entity_id, seq, skip, place, first, latest, document in store.living():
            name = tenant_names[tenant]
            register.restore(name, entity_id, number, (seq, skip, place, first, latest))
            entity = None
            if document is not None:
                entity = Entity.restored(orjson.loads(document))
                entity.id = entity_id
                share(entity)
            self.tenants.append(name)
            self.ids.append(entity_id)
            self.entities.append(entity)


def _replay(store: Store, living: _Living, recovered: Recovered) -> None:
    """Bring the living up to what the tail of the log says."""
    register, entities = recovered.register, living.entities
    for row in store.tail():
        recovered.tail_rows += 1
        seq, _, skip, number, place, at, _, _, first, latest, body = row
        if at > recovered.newest_at:
            recovered.newest_at = at
        slot = register.slot_at_start(number)
        if slot is None or seq <= register.newest_in(slot):
            continue
        entities[slot] = replayed(entities[slot], living.ids[slot], at, body)
        register.move(slot, (seq, skip, place, first, latest))
        register.changed[slot] = 1


class _Sharing:
    """Equal words, instants and names of many entities as one object each: a third of the memory less."""

    def __init__(self) -> None:
        self._texts: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._words: dict[str, str] = {}

    def share(self, entity: Entity) -> None:
        words, texts = self._words, self._texts
        if len(words) > WORDS_HELD:
            words.clear()
        if len(texts) > WORDS_HELD:
            texts.clear()
        entity.types = texts.setdefault(entity.types, entity.types)
        entity.scopes = texts.setdefault(entity.scopes, entity.scopes)
        entity.created_at = words.setdefault(entity.created_at, entity.created_at)
        entity.modified_at = words.setdefault(entity.modified_at, entity.modified_at)
        names = tuple(entity.attributes)
        shared = texts.setdefault(names, names)
        if shared is not names:  # made anew, which also takes less memory than what grew while it was read
            entity.attributes = dict(zip(shared, entity.attributes.values(), strict=True))
        word_of = words.setdefault
        for attribute in entity.attributes.values():
            for instance in (attribute,) if isinstance(attribute, dict) else attribute:
                for member, value in instance.items():
                    if value.__class__ is str:
                        instance[member] = word_of(value, value)
