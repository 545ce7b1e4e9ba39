"""A start: the living entities from their snapshots and the tail of the log."""

import gc
import logging
from dataclasses import dataclass, field
from typing import Final

import orjson

from songcau.context.entities.entity import Entity
from songcau.context.journal.register import Register
from songcau.context.journal.rows import replayed
from songcau.context.journal.store import Chain, Store

_log = logging.getLogger(__name__)

WORDS_HELD: Final = 10_000


@dataclass(slots=True)
class Recovered:
    """What stands in the store: entities by tenant and id, in the order in which they began; all numbers given.

    tail_rows: how many rows are in no snapshot.
    """

    entities: dict[str, dict[str, Entity]] = field(default_factory=dict)
    register: Register = field(default_factory=Register)
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
    lives = _lives(store)
    changed = _replay(store, lives, recovered)
    for number, (tenant, entity_id, chain, entity) in lives.items():
        if entity is None:
            _log.error("the journal names %s and has nothing of it", entity_id)
            continue
        name = tenant_names[tenant]
        register.restore(name, entity.id, number, chain, is_changed=number in changed)
        recovered.entities[name][entity.id] = entity
    return recovered


# Tenant's number, id, where its chain stands, and what it is.
_Life = tuple[int, str, Chain, Entity | None]


def _lives(store: Store) -> dict[int, _Life]:
    """The living entities as their snapshots have them."""
    share = _Sharing().share
    lives: dict[int, _Life] = {}
    for number, tenant, entity_id, seq, skip, place, first, latest, document in store.living():
        entity = None
        if document is not None:
            entity = Entity.restored(orjson.loads(document))
            share(entity)
        lives[number] = (tenant, entity_id, (seq, skip, place, first, latest), entity)
    return lives


def _replay(store: Store, lives: dict[int, _Life], recovered: Recovered) -> set[int]:
    """Bring the living up to what the tail of the log says; the numbers of those of which it says something."""
    changed = set()
    for row in store.tail():
        recovered.tail_rows += 1
        seq, _, skip, number, place, at, _, _, first, latest, body = row
        life = lives.get(number)
        if life is None or seq <= life[2][0]:
            continue
        tenant, entity_id, _, entity = life
        entity = replayed(entity, entity_id, at, body)
        lives[number] = (tenant, entity_id, (seq, skip, place, first, latest), entity)
        changed.add(number)
    return changed


class _Sharing:
    """Equal words, instants and types of many entities as one object each: a third of the memory less."""

    def __init__(self) -> None:
        self._types: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._words: dict[str, str] = {}

    def share(self, entity: Entity) -> None:
        words = self._words
        if len(words) > WORDS_HELD:
            words.clear()
        entity.types = self._types.setdefault(entity.types, entity.types)
        entity.created_at = words.setdefault(entity.created_at, entity.created_at)
        entity.modified_at = words.setdefault(entity.modified_at, entity.modified_at)
        for attribute in entity.attributes.values():
            for instance in (attribute,) if isinstance(attribute, dict) else attribute:
                for member, value in instance.items():
                    if value.__class__ is str:
                        instance[member] = words.setdefault(value, value)
