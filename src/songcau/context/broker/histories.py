"""What can be asked of the past, and corrected in it (clauses 5.6.11 to 5.6.16, 5.7.3 and 5.7.4).

The past of an entity is what was written to it, kept from its first write on, and what the temporal interface adds to
or hides from that. An entity may have a past and not be there: it was deleted, or only its past was ever told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from uuid import uuid4

import orjson

from songcau.context.broker.broker import Broker
from songcau.context.entities.entity import Attributes, Entity, Instance
from songcau.context.journal.corrections import INSTANCE, Added, Hidden
from songcau.context.journal.history import MOST, SCOPE, Evolution, Wanted
from songcau.context.journal.journal import Journal
from songcau.context.journal.rows import microseconds
from songcau.context.journal.store import Bound
from songcau.context.language.ordering import Ordering
from songcau.context.language.selection import Selection
from songcau.context.memory.state import State
from songcau.context.problems import (
    BadRequestData,
    NonexistentTenant,
    NotAllowed,
    ResourceNotFound,
    TooComplexQuery,
)
from songcau.context.rights.caller import Caller

MOST_ENTITIES = 10_000
AT_ONCE = 100
_NOTHING = Bound(0, 0)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a temporal query asks.

    entities: which, by ids and types. content: what their past must say (q, places, scopes), or None. wanted: which
    instances to show. An entity of which nothing is to be shown is not a result.
    """

    entities: Selection
    content: Selection | None
    wanted: Wanted
    ordering: Ordering | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """An entity's history as a caller may see it, and the entity as it is now, if it is there."""

    evolution: Evolution
    entity: Entity


class Histories:
    """The past of all tenants."""

    def __init__(self, broker: Broker, journal: Journal) -> None:
        self._broker = broker
        self._journal = journal

    async def one(self, tenant: str, entity_id: str, wanted: Wanted, by: Caller) -> Past:
        """5.7.3. Raises NonexistentTenant, ResourceNotFound (also for what the caller may not see), TooComplexQuery."""
        self._state(tenant)
        found = await self._journal.history(tenant, [entity_id], _with_scopes(wanted), bound=MOST)
        past = self._seen(tenant, found[0], by) if found else None
        if past is None:
            raise ResourceNotFound(f"There is no history of {entity_id}")
        if past.evolution.is_cut:
            raise _too_long()
        _show_only(past.evolution, wanted.names)
        return past

    async def many(self, tenant: str, asked: Asked, by: Caller, *, offset: int, limit: int) -> list[Past]:
        """5.7.4: one page of what matches; what is there first, then what is gone. Raises TooComplexQuery.

        More entities than `MOST_ENTITIES` are not looked through for one question.
        """
        state = self._state(tenant)
        found: list[Past] = []
        left = MOST
        ids = self._ids(state, asked, by, await self._journal.gone(tenant))
        looked = 0
        # What a past must say may be said by attributes that are not to be shown.
        looked_at = _with_scopes(asked.wanted) if asked.content is None else replace(asked.wanted, names=None)
        while len(found) < offset + limit and (some := list(islice(ids, AT_ONCE))):
            looked += len(some)
            if looked > MOST_ENTITIES:
                raise TooComplexQuery("Too many entities have a history like that: ask for fewer by type, id or page")
            for evolution in await self._journal.history(tenant, some, looked_at, bound=left):
                left = left.without(evolution.rows, evolution.size)
                if evolution.is_cut or left.is_used_up:
                    raise _too_long()
                past = self._seen(tenant, evolution, by)
                if past is not None and _matches(past, asked):
                    found.append(past)
        return found[offset : offset + limit]

    # --- corrections --------------------------------------------------------------------------------

    async def add(
        self, tenant: str, entity_id: str, types: tuple[str, ...], told: Sequence[tuple[str, Instance]], by: Caller
    ) -> bool:
        """5.6.11: instances that were so. True if nothing was known of the entity before. Raises NotAllowed.

        An instance takes the place of one of the same attribute, dataset and instant of observation: who tells the same
        past twice has told it once.
        """
        known = await self._known(tenant, entity_id, _told_at(told))
        entity = self._entity(tenant, known, entity_id, types)
        self._check(entity, {name for name, _ in told}, by, is_new=known is None)
        at = self._broker.instant()
        added, hidden = _added(told, at), [] if known is None else _in_the_place(told, known)
        await self._journal.correct(tenant, entity_id, types=types, hidden=hidden, added=added, at=microseconds(at))
        return known is None

    async def append(self, tenant: str, entity_id: str, told: Sequence[tuple[str, Instance]], by: Caller) -> None:
        """5.6.12: the same for an entity that has a history. Raises ResourceNotFound, NotAllowed."""
        await self._require(tenant, entity_id, by)
        await self.add(tenant, entity_id, (), told, by)

    async def forget(self, tenant: str, entity_id: str, by: Caller) -> None:
        """5.6.16: the whole history. The entity itself stays, and begins a new one. Raises ResourceNotFound."""
        known = await self._require(tenant, entity_id, by, Wanted("modifiedAt"))
        self._check(known.entity, known.evolution.attributes, by)
        await self._journal.correct(tenant, entity_id, is_forgotten=True)

    async def hide(
        self, tenant: str, entity_id: str, name: str, by: Caller, *, dataset: str | None, every: bool
    ) -> None:
        """5.6.13: one attribute, of one dataset or of every. Raises ResourceNotFound, NotAllowed."""
        known = await self._require(tenant, entity_id, by, Wanted("modifiedAt", names=frozenset({name})), (name,))
        some = known.evolution.attributes.get(name, [])
        if not any(every or one.get("datasetId") == dataset for one in some):
            raise ResourceNotFound("The history of the entity holds no such attribute")
        hidden = Hidden(name, dataset, is_every_dataset=every)
        await self._journal.correct(tenant, entity_id, hidden=[hidden])

    async def replace_instance(
        self, tenant: str, entity_id: str, name: str, instance_id: str, patch: Instance | None, by: Caller
    ) -> None:
        """5.6.14 and 5.6.15: change one instance, or (None) take it away. Raises ResourceNotFound, BadRequestData."""
        known = await self._require(tenant, entity_id, by, Wanted("modifiedAt", names=frozenset({name})), (name,))
        some = known.evolution.attributes.get(name, [])
        instance = next((one for one in some if one["instanceId"] == instance_id), None)
        if instance is None:
            raise ResourceNotFound("The history of the entity holds no such instance")
        at = self._broker.instant()
        added = [] if patch is None else [_patched(name, instance, patch, at)]
        hidden = [Hidden(name, instance_id=instance_id)]
        types = known.evolution.types
        await self._journal.correct(tenant, entity_id, types=types, hidden=hidden, added=added, at=microseconds(at))

    async def _known(self, tenant: str, entity_id: str, wanted: Wanted | None = None) -> Evolution | None:
        found = await self._journal.history(
            tenant, [entity_id], wanted or Wanted(last=1), bound=MOST if wanted else _NOTHING
        )
        return found[0] if found else None

    async def _require(
        self, tenant: str, entity_id: str, by: Caller, wanted: Wanted | None = None, names: Iterable[str] = ()
    ) -> Past:
        """With all its attributes: who corrects must be allowed to write also those that it may not see.

        names: those to be corrected; whether they are there is told to nobody who may not write them.
        """
        self._state(tenant)
        known = await self._known(tenant, entity_id, wanted)
        if known is not None:
            entity = self._entity(tenant, known, entity_id, known.types)
            if by.may_reach(entity):
                self._check(entity, names, by)
                if known.is_alive or known.attributes or wanted is None:
                    return Past(known, entity)
        raise ResourceNotFound(f"There is no history of {entity_id}")

    def _entity(self, tenant: str, known: Evolution | None, entity_id: str, types: tuple[str, ...]) -> Entity:
        return self._broker.find(tenant, entity_id) or _from_its_past(known or Evolution(entity_id, types))

    def _check(self, entity: Entity, names: Iterable[str], by: Caller, *, is_new: bool = False) -> None:
        """A history may be corrected by who may write what it tells of."""
        if not by.may_write(None if is_new else entity, entity, names):
            raise NotAllowed(f"{by.label} may not correct the history of {entity.id}")

    # --- inside -------------------------------------------------------------------------------------

    def _ids(self, state: State | None, asked: Asked, by: Caller, gone: dict[str, tuple[str, ...]]) -> Iterator[str]:
        """Ids of entities that may match: of the living, then of the others."""
        if state is not None:
            permitted = None if by.sees_all else by.may_read
            ordering = asked.ordering
            if ordering is not None and by.limits_attributes:
                ordering = ordering.seen_through(by.view)
            living = state.select(asked.entities, limit=MOST_ENTITIES + 1, permitted=permitted, ordering=ordering)
            yield from (entity.id for entity in living)
        for entity_id, types in gone.items():
            is_living = state is not None and state.get(entity_id) is not None
            if not is_living and asked.entities.matches(Entity(entity_id, types, (), {}, "", "")):
                yield entity_id

    def _state(self, tenant: str) -> State | None:
        """The present state of a tenant; None if only a past was told of it. Raises NonexistentTenant."""
        try:
            return self._broker.state(tenant)
        except NonexistentTenant:
            if tenant in self._journal.tenants:
                return None
            raise

    def _seen(self, tenant: str, evolution: Evolution, by: Caller) -> Past | None:
        """With the attributes that the caller may see; None if it may not see the entity."""
        entity = self._broker.find(tenant, evolution.entity_id) or _from_its_past(evolution)
        if not by.may_read(entity):
            return None
        if by.limits_attributes:
            names = {*by.readable_names(evolution.attributes), SCOPE}
            evolution.attributes = {name: some for name, some in evolution.attributes.items() if name in names}
        return Past(evolution, entity)


def _matches(past: Past, asked: Asked) -> bool:
    """Whether it is a result; only what is to be shown is left in it."""
    evolution = past.evolution
    if asked.content is not None:
        entity = past.entity
        told: Attributes = {name: some for name, some in evolution.attributes.items() if name != SCOPE}
        as_it_was = Entity(entity.id, entity.types, entity.scopes, told, entity.created_at, entity.modified_at)
        if not asked.content.matches(as_it_was):
            return False
    _show_only(evolution, asked.wanted.names)
    return bool(evolution.attributes)


def _with_scopes(wanted: Wanted) -> Wanted:
    """The scopes of what is not there decide who may see it: they are read whether they are asked for or not."""
    return wanted if wanted.names is None else replace(wanted, names=wanted.names | {SCOPE})


def _show_only(evolution: Evolution, names: frozenset[str] | None) -> None:
    if names is not None:
        evolution.attributes = {name: some for name, some in evolution.attributes.items() if name in names}


def _added(told: Sequence[tuple[str, Instance]], at: str) -> list[Added]:
    once = {_identity(name, one) or number: (name, one) for number, (name, one) in enumerate(told)}
    return [_addition(name, f"{INSTANCE}{uuid4()}", {**one, **_stamps(at)}) for name, one in once.values()]


def _patched(name: str, instance: Instance, patch: Instance, at: str) -> Added:
    if patch.get("type", instance["type"]) != instance["type"]:
        raise BadRequestData("The kind of an attribute cannot be changed in one instance")
    if patch.get("datasetId", instance.get("datasetId")) != instance.get("datasetId"):
        raise BadRequestData("The dataset of an instance cannot be changed")
    kept = {member: value for member, value in instance.items() if member != "instanceId"}
    return _addition(name, instance["instanceId"], {**kept, **patch, "modifiedAt": at})


def _addition(name: str, instance_id: str, instance: Instance) -> Added:
    observed = instance.get("observedAt")
    at = microseconds(observed) if observed is not None else None
    return Added(name, instance.get("datasetId"), instance_id, orjson.dumps(instance), at)


def _identity(name: str, instance: Instance) -> tuple[str, str | None, int] | None:
    """What an observation is told apart by."""
    observed = instance.get("observedAt")
    return None if observed is None else (name, instance.get("datasetId"), microseconds(observed))


def _told_at(told: Sequence[tuple[str, Instance]]) -> Wanted:
    """The part of a history that may hold what is told. Without observations: none of it."""
    instants = [identity[2] for name, one in told if (identity := _identity(name, one))] or [0]
    return Wanted("observedAt", min(instants), max(instants) + 1, frozenset(name for name, _ in told))


def _in_the_place(told: Sequence[tuple[str, Instance]], known: Evolution) -> list[Hidden]:
    """The instances of a history that others take the place of."""
    new = {_identity(name, one) for name, one in told}
    return [
        Hidden(name, instance_id=one["instanceId"])
        for name, some in known.attributes.items()
        for one in some
        if _identity(name, one) in new
    ]


def _stamps(at: str) -> dict[str, str]:
    return {"createdAt": at, "modifiedAt": at}


def _from_its_past(evolution: Evolution) -> Entity:
    """An entity that is not there, as far as its history tells."""
    scopes: Sequence[Instance] = evolution.attributes.get(SCOPE, ())
    last = scopes[-1]["value"] if scopes else []
    paths = (last,) if isinstance(last, str) else tuple(last)
    return Entity(evolution.entity_id, evolution.types, paths, {}, "", "")


def _too_long() -> TooComplexQuery:
    return TooComplexQuery("The history is too long to be read at once: ask for a shorter period or fewer entities")
