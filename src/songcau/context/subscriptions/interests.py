"""Which subscriptions a change can concern: an index by id, type and watched attribute.

A change looks only at its candidates; most changes of a city concern nobody, and must find that out at once.
"""

from collections.abc import Iterable

from songcau.context.entities.entity import Change
from songcau.context.subscriptions.occurrences import ENTITY_CREATED, ENTITY_DELETED
from songcau.context.subscriptions.subscription import Subscription

_WHOLE_ENTITY = ENTITY_CREATED | ENTITY_DELETED


class Interests:
    """The subscriptions that are told of changes."""

    def __init__(self) -> None:
        self._tenants: dict[str, _Tenant] = {}

    def add(self, subscription: Subscription) -> None:
        self._tenants.setdefault(subscription.tenant, _Tenant()).add(subscription)

    def remove(self, subscription: Subscription) -> None:
        tenant = self._tenants.get(subscription.tenant)
        if tenant is not None:
            tenant.remove(subscription)
            if not tenant:
                del self._tenants[subscription.tenant]

    def of(self, change: Change) -> Iterable[Subscription]:
        """Those that the change may concern: each once, every one that it does concern among them."""
        tenant = self._tenants.get(change.tenant)
        return () if tenant is None else tenant.of(change)


class _Watchers:
    """Subscriptions of one type: those of some attributes by name, the others in one list."""

    __slots__ = ("by_attribute", "of_any")

    def __init__(self) -> None:
        self.of_any: list[Subscription] = []
        self.by_attribute: dict[str, list[Subscription]] = {}

    def add(self, subscription: Subscription) -> None:
        names = _indexed_by(subscription)
        if names is None:
            self.of_any.append(subscription)
        else:
            for name in names:
                self.by_attribute.setdefault(name, []).append(subscription)

    def remove(self, subscription: Subscription) -> None:
        names = _indexed_by(subscription)
        if names is None:
            self.of_any.remove(subscription)
            return
        for name in names:
            watchers = self.by_attribute[name]
            watchers.remove(subscription)
            if not watchers:
                del self.by_attribute[name]

    def collect(self, change: Change, found: list[list[Subscription]]) -> None:
        if self.of_any:
            found.append(self.of_any)
        by_attribute = self.by_attribute
        if by_attribute:
            for name in change.names:
                watchers = by_attribute.get(name)
                if watchers is not None:
                    found.append(watchers)

    def __bool__(self) -> bool:
        return bool(self.of_any or self.by_attribute)


class _Tenant:
    def __init__(self) -> None:
        self.by_id: dict[str, list[Subscription]] = {}
        self.by_type: dict[str, _Watchers] = {}
        self.of_any_type = _Watchers()

    def __bool__(self) -> bool:
        return bool(self.by_id or self.by_type or self.of_any_type)

    def add(self, subscription: Subscription) -> None:
        if subscription.selection.ids is not None:
            for entity_id in subscription.selection.ids:
                self.by_id.setdefault(entity_id, []).append(subscription)
        elif subscription.selection.types is None:
            self.of_any_type.add(subscription)
        else:
            for kind in subscription.selection.types:
                self.by_type.setdefault(kind, _Watchers()).add(subscription)

    def remove(self, subscription: Subscription) -> None:
        if subscription.selection.ids is not None:
            for entity_id in subscription.selection.ids:
                listed = self.by_id[entity_id]
                listed.remove(subscription)
                if not listed:
                    del self.by_id[entity_id]
        elif subscription.selection.types is None:
            self.of_any_type.remove(subscription)
        else:
            for kind in subscription.selection.types:
                self.by_type[kind].remove(subscription)
                if not self.by_type[kind]:
                    del self.by_type[kind]

    def of(self, change: Change) -> Iterable[Subscription]:
        entity = change.after if change.after is not None else change.before
        if entity is None:
            return ()
        found: list[list[Subscription]] = []
        listed = self.by_id.get(change.entity_id)
        if listed is not None:
            found.append(listed)
        for kind in entity.types:
            watchers = self.by_type.get(kind)
            if watchers is not None:
                watchers.collect(change, found)
        if self.of_any_type:
            self.of_any_type.collect(change, found)
        if not found:
            return ()
        if len(found) == 1:
            return tuple(found[0])
        return dict.fromkeys(subscription for some in found for subscription in some)


def _indexed_by(subscription: Subscription) -> frozenset[str] | None:
    """The attributes without which no change concerns it; None when changes of the entity as a whole do."""
    return None if subscription.triggers & _WHOLE_ENTITY else subscription.watched
