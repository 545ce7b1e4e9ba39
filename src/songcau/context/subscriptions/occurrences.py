"""A committed change as subscribers see it: its place in the journal, and what it did to which attribute."""

from songcau.context.entities.entity import Attribute, Change, Entity, Kind, instances

# What kinds of change a subscription wants to be told of (notificationTrigger), as bits.
ENTITY_CREATED = 1
ENTITY_UPDATED = 2
ENTITY_DELETED = 4
ATTRIBUTE_CREATED = 8
ATTRIBUTE_UPDATED = 16
ATTRIBUTE_DELETED = 32
TRIGGER_BITS = {
    "entityCreated": ENTITY_CREATED,
    "entityUpdated": ENTITY_UPDATED,
    "entityDeleted": ENTITY_DELETED,
    "attributeCreated": ATTRIBUTE_CREATED,
    "attributeUpdated": ATTRIBUTE_UPDATED,
    "attributeDeleted": ATTRIBUTE_DELETED,
}
_OF_ATTRIBUTES = ATTRIBUTE_CREATED | ATTRIBUTE_UPDATED | ATTRIBUTE_DELETED


class Occurrence:
    """A change with its sequence number in the journal. Shared by all subscriptions that are told of it."""

    __slots__ = ("_deeds", "change", "entity", "sequence")

    def __init__(self, sequence: int, change: Change, entity: Entity) -> None:
        self.sequence = sequence
        self.change = change
        self.entity = entity  # as it is after the change; of a deleted one, as it was
        self._deeds: dict[str, int] | None = None

    @property
    def deeds(self) -> dict[str, int]:
        """For each attribute written, what was done to it: ATTRIBUTE_CREATED, …_UPDATED, …_DELETED, or several."""
        if self._deeds is None:
            self._deeds = _deeds(self.change)
        return self._deeds

    def fires(self, triggers: int, watched: frozenset[str] | None) -> bool:
        """Whether the change is of a kind in `triggers`, as far as the watched attributes go (None: all of them)."""
        change = self.change
        if change.after is None:
            if triggers & ENTITY_DELETED:
                return True
        elif change.before is None:
            if triggers & ENTITY_CREATED:
                return True
        elif triggers & ENTITY_UPDATED and (watched is None or not watched.isdisjoint(change.names)):
            return True
        if not triggers & _OF_ATTRIBUTES:
            return False
        deeds = self.deeds
        if watched is None:
            return any(deed & triggers for deed in deeds.values())
        return any(deeds.get(name, 0) & triggers for name in watched)


def occurrence(sequence: int, change: Change) -> Occurrence | None:
    """None for a change of nothing, which no store makes but a replayed log may hold."""
    entity = change.after if change.after is not None else change.before
    return None if entity is None else Occurrence(sequence, change, entity)


def _deeds(change: Change) -> dict[str, int]:
    had = change.before.attributes if change.before is not None else {}
    has = change.after.attributes if change.after is not None else {}
    names = change.names if change.kind == Kind.SET else tuple(dict.fromkeys((*has, *had)))
    deeds: dict[str, int] = {}
    for name in names:
        before, after = had.get(name), has.get(name)
        if before is None:
            deed = 0 if after is None else ATTRIBUTE_CREATED
        elif after is None:
            deed = ATTRIBUTE_DELETED
        elif type(before) is dict and type(after) is dict and before.get("datasetId") == after.get("datasetId"):
            deed = ATTRIBUTE_UPDATED
        else:
            deed = _deed_of_several(before, after)
        if deed:
            deeds[name] = deed
    return deeds


def _deed_of_several(before: Attribute, after: Attribute) -> int:
    """An attribute with several instances: one may come, another change, a third go, in one change."""
    had = {each.get("datasetId"): each for each in instances(before)}
    has = {each.get("datasetId"): each for each in instances(after)}
    deed = ATTRIBUTE_CREATED if has.keys() - had.keys() else 0
    if had.keys() - has.keys():
        deed |= ATTRIBUTE_DELETED
    # Not by identity: a change that is told again after a start has instances of its own.
    if any(had[dataset] != has[dataset] for dataset in had.keys() & has.keys()):
        deed |= ATTRIBUTE_UPDATED
    return deed
