"""Which conditions a reading concerns: by type and attribute, then by the entity or the scope that they are about."""

from collections.abc import Iterator
from typing import Any

from songcau.systems.incidents.rules.engine.leaves import Leaf

AnyLeaf = Leaf[Any]
MOST_KNOWN = 10_000


class Slot:
    """The conditions on one attribute of one type."""

    __slots__ = ("_known", "by_id", "by_scope", "of_all")

    def __init__(self) -> None:
        self.of_all: list[AnyLeaf] = []
        self.by_id: dict[str, list[AnyLeaf]] = {}
        self.by_scope: dict[str, list[AnyLeaf]] = {}
        # Of each scope, those that name no entity: looked up once.
        self._known: dict[str, tuple[AnyLeaf, ...]] = {}

    def add(self, leaf: AnyLeaf) -> None:
        watch = leaf.condition
        if watch.ids:
            for entity_id in watch.ids:
                self.by_id.setdefault(entity_id, []).append(leaf)
        elif watch.scope:
            self.by_scope.setdefault(watch.scope, []).append(leaf)
        else:
            self.of_all.append(leaf)

    def of(self, entity_id: str, scope: str) -> tuple[AnyLeaf, ...]:
        known = self._known.get(scope)
        if known is None:
            known = self._known[scope] = self._of_scope(scope)
        if entity_id not in self.by_id:
            return known
        return known + tuple(leaf for leaf in self.by_id[entity_id] if leaf.concerns(entity_id, scope))

    def _of_scope(self, scope: str) -> tuple[AnyLeaf, ...]:
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        within = (leaf for path in _above(scope) for leaf in self.by_scope.get(path, ()))
        return (*self.of_all, *within)


def _above(scope: str) -> Iterator[str]:
    """A scope and those above it: /a/b, /a."""
    while scope:
        yield scope
        scope = scope.rpartition("/")[0]


class Shelves:
    """All conditions."""

    def __init__(self) -> None:
        self.by_type: dict[str, dict[str, Slot]] = {}

    def add(self, leaf: AnyLeaf) -> None:
        watch = leaf.condition
        self.by_type.setdefault(watch.type, {}).setdefault(watch.attribute, Slot()).add(leaf)
