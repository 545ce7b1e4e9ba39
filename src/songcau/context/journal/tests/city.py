"""A small city that changes: makes changes as the broker makes them, and knows what must be found again."""

import copy
import random
from typing import Any

from songcau.context.entities.entity import Change, Entity, Kind
from songcau.context.journal.rows import instant_text

START = 1_764_291_600_000_000
TYPES = (("https://example.org/Lamp",), ("https://example.org/Lamp", "https://example.org/Device"))
NAMES = tuple(f"https://example.org/{name}" for name in ("temperature", "power", "state", "refRoad"))


class City:
    """The present state by tenant, and the changes that led to it. Time moves by a millisecond with each change."""

    def __init__(self, seed: int = 1) -> None:
        self.dice = random.Random(seed)
        self.tenants: dict[str, dict[str, Entity]] = {}
        self.now = START

    def moment(self) -> str:
        self.now += 1000
        return instant_text(self.now)

    def put(self, entity_id: str, tenant: str = "", by: str = "tester", **values: Any) -> Change:
        """Create or replace an entity."""
        at = self.moment()
        before = self.tenants.get(tenant, {}).get(entity_id)
        names = values or {self.dice.choice(NAMES): self.dice.random() for _ in range(3)}
        attributes = {name: self.instance(value, at) for name, value in names.items()}
        types = self.dice.choice(TYPES)
        created = before.created_at if before else at
        after = Entity(entity_id, types, self.dice.choice(((), ("/wards/W05512",))), attributes, created, at)
        return self._done(Change(tenant, Kind.PUT, entity_id, before, after, tuple(attributes), at, by))

    def set(self, entity_id: str, tenant: str = "", by: str = "tester", **values: Any) -> Change:
        """Set attributes of a living entity; None removes one."""
        at = self.moment()
        before = self.tenants[tenant][entity_id]
        attributes = dict(before.attributes)
        for name, value in (values or {self.dice.choice(NAMES): self.dice.random()}).items():
            if value is None:
                attributes.pop(name, None)
            else:
                attributes[name] = self.instance(value, at)
        after = Entity(entity_id, before.types, before.scopes, attributes, before.created_at, at)
        names = tuple(values) or tuple(n for n in attributes if attributes[n] is not before.attributes.get(n))
        return self._done(Change(tenant, Kind.SET, entity_id, before, after, names, at, by))

    def retype(self, entity_id: str, tenant: str = "") -> Change:
        at = self.moment()
        before = self.tenants[tenant][entity_id]
        types = TYPES[1] if before.types == TYPES[0] else TYPES[0]
        scopes = () if before.scopes else ("/wards/W05512", "/districts/164")
        after = Entity(entity_id, types, scopes, before.attributes, before.created_at, at)
        return self._done(Change(tenant, Kind.SET, entity_id, before, after, (), at, "tester"))

    def delete(self, entity_id: str, tenant: str = "") -> Change:
        at = self.moment()
        before = self.tenants[tenant][entity_id]
        return self._done(Change(tenant, Kind.DELETE, entity_id, before, None, tuple(before.attributes), at, "tester"))

    def undo(self, change: Change) -> None:
        """As the memory does when the journal says that it could not."""
        entities = self.tenants[change.tenant]
        if change.before is None:
            del entities[change.entity_id]
        else:
            entities[change.entity_id] = change.before

    def find(self, tenant: str, entity_id: str) -> Entity | None:
        return self.tenants.get(tenant, {}).get(entity_id)

    def anything(self) -> Change:
        """A change of any kind to one of a few entities."""
        tenant = self.dice.choice(("", "", "west"))
        entity_id = f"urn:ngsi-ld:Lamp:{self.dice.randrange(6)}"
        if entity_id not in self.tenants.get(tenant, {}):
            return self.put(entity_id, tenant)
        kind = self.dice.randrange(12)
        if kind == 0:
            return self.delete(entity_id, tenant)
        if kind == 1:
            return self.put(entity_id, tenant)
        if kind == 2:
            return self.retype(entity_id, tenant)
        if kind == 3:
            return self.set(entity_id, tenant, **{self.dice.choice(NAMES): None})
        return self.set(entity_id, tenant)

    def instance(self, value: Any, at: str) -> Any:
        """One instance or, for a list, one for each value with a dataset of its own."""
        if isinstance(value, list):
            made = [self.instance(each, at) for each in value]
            return [each | {"datasetId": f"urn:ngsi-ld:Dataset:{n}"} for n, each in enumerate(made)]
        observed = instant_text(self.now - 500)
        return {"type": "Property", "value": value, "observedAt": observed, "createdAt": at, "modifiedAt": at}

    def _done(self, change: Change) -> Change:
        entities = self.tenants.setdefault(change.tenant, {})
        if change.after is None:
            del entities[change.entity_id]
        else:
            entities[change.entity_id] = change.after
        return change

    def state(self) -> dict[str, list[Any]]:
        return documents(self.tenants)


def documents(tenants: dict[str, dict[str, Entity]]) -> dict[str, list[Any]]:
    """A state to compare, entities in their order; tenants without entities do not count."""
    return {
        tenant: [copy.deepcopy(entity.document()) for entity in entities.values()]
        for tenant, entities in tenants.items()
        if entities
    }
