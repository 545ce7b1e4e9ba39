"""The entities of one group (a type, the whole tenant) in the order of creation."""

from collections.abc import Iterator
from heapq import heapify, heappop, heapreplace
from operator import attrgetter

from songcau.context.entities.entity import Entity

_ORDER = attrgetter("order")


class Members:
    """Entities by id. They come in the order of creation, whatever order they were put in."""

    __slots__ = ("by_id", "is_sorted", "newest")

    def __init__(self) -> None:
        self.by_id: dict[str, Entity] = {}
        self.is_sorted = True
        self.newest = 0

    def put(self, entity: Entity) -> None:
        """Adds an entity, or puts a newer state in the place of an older one."""
        order = entity.order
        if order > self.newest:
            self.newest = order
        elif order < self.newest and entity.id not in self.by_id:
            # An older entity enters behind a younger one (a type added later, a deletion undone): sorted when asked.
            self.is_sorted = False
        self.by_id[entity.id] = entity

    def remove(self, entity_id: str) -> None:
        self.by_id.pop(entity_id, None)

    def in_order(self) -> dict[str, Entity]:
        """The entities by id; to be read at once, before the next change."""
        if not self.is_sorted:
            ordered = sorted(self.by_id.values(), key=_ORDER)
            self.by_id.clear()  # in place: others hold this dictionary
            self.by_id.update((entity.id, entity) for entity in ordered)
            self.is_sorted = True
        return self.by_id

    def __len__(self) -> int:
        return len(self.by_id)


def merged(groups: list[Members]) -> Iterator[Entity]:
    """The entities of several groups in the order of creation, each once."""
    lines = [iter(group.in_order().values()) for group in groups]
    heads = [(entity.order, number, entity) for number, line in enumerate(lines) if (entity := next(line, None))]
    heapify(heads)
    last = -1
    while heads:
        order, number, entity = heads[0]
        following = next(lines[number], None)
        if following is None:
            heappop(heads)
        else:
            heapreplace(heads, (following.order, number, following))
        if order != last:
            last = order
            yield entity
