"""Which channels a change can concern: an index by type, and by scope or area within it."""

import re
from collections.abc import Iterable, Iterator

from songcau.context.entities.entity import Change, Entity
from songcau.context.memory.places import Place, place
from songcau.context.stream.channel import Channel

ANY = ""
_ONE_SCOPE = re.compile(r"((?:/[^/,;|()+#\s]+)+)(?:/#)?")


def paths_of(scope_query: str | None) -> tuple[str, ...] | None:
    """The paths at or below which every match lies, where the query is as simple as /a/b, /a/b/# or a list of such."""
    if scope_query is None:
        return None
    found = [_ONE_SCOPE.fullmatch(part) for part in re.split(r"[,|]", scope_query)]
    return tuple(dict.fromkeys(one.group(1) for one in found if one)) if all(found) else None


class Channels:
    """All channels, of all tenants."""

    def __init__(self) -> None:
        self._by_type: dict[tuple[str, str], _Shelf] = {}

    def add(self, channel: Channel) -> None:
        for kind in channel.wish.selection.types or (ANY,):
            self._by_type.setdefault((channel.wish.tenant, kind), _Shelf()).add(channel)

    def remove(self, channel: Channel) -> None:
        for kind in channel.wish.selection.types or (ANY,):
            shelf = self._by_type[channel.wish.tenant, kind]
            shelf.remove(channel)
            if not shelf:
                del self._by_type[channel.wish.tenant, kind]

    def of(self, change: Change) -> dict[Channel, None]:
        """Those that the change may concern, by what the entity was and what it is."""
        found: dict[Channel, None] = {}
        by_type = self._by_type
        if not by_type:
            return found
        before, after = change.before, change.after
        for entity in (after, before) if before is not None else (after,):
            if entity is None:
                continue
            for kind in (*entity.types, ANY):
                shelf = by_type.get((change.tenant, kind))
                if shelf is not None:
                    found.update(dict.fromkeys(shelf.of(entity)))
        return found


class _Shelf:
    """Channels of one type: by scope, by the GeoProperty of their area, and the others."""

    def __init__(self) -> None:
        self._by_scope: dict[str, dict[Channel, None]] = {}
        self._by_area: dict[str, dict[Channel, None]] = {}
        self._others: dict[str, dict[Channel, None]] = {}

    def __bool__(self) -> bool:
        return bool(self._by_scope or self._by_area or self._others)

    def add(self, channel: Channel) -> None:
        shelf, keys = self._where(channel)
        for key in keys:
            shelf.setdefault(key, {})[channel] = None

    def remove(self, channel: Channel) -> None:
        shelf, keys = self._where(channel)
        for key in keys:
            del shelf[key][channel]
            if not shelf[key]:
                del shelf[key]

    def _where(self, channel: Channel) -> tuple[dict[str, dict[Channel, None]], tuple[str, ...]]:
        wish = channel.wish
        if wish.scopes is not None:
            return self._by_scope, wish.scopes
        area = wish.selection.area
        if area is not None and area.boxes is not None:
            return self._by_area, (area.attribute,)
        return self._others, (ANY,)

    def of(self, entity: Entity) -> Iterator[Channel]:
        yield from self._others.get(ANY, ())
        if self._by_scope:
            for scope in entity.scopes:
                for path in _paths(scope):
                    yield from self._by_scope.get(path, ())
        for attribute, channels in self._by_area.items():
            where = place(entity.attributes.get(attribute))
            if where is not None:
                yield from _touching(channels, where)


def _paths(scope: str) -> Iterator[str]:
    """A scope and those above it: /a/b/c, /a/b, /a."""
    yield scope
    end = scope.rfind("/")
    while end > 0:
        yield scope[:end]
        end = scope.rfind("/", 0, end)


def _touching(channels: Iterable[Channel], where: Place) -> Iterator[Channel]:
    """Those whose boxes touch the place, a point or a box; the exact answer is the selection's."""
    west, south, east, north = (*where, *where) if len(where) == 2 else where  # a point
    for channel in channels:
        area = channel.wish.selection.area
        for box in (area.boxes if area is not None else None) or ():
            if west <= box[2] and box[0] <= east and south <= box[3] and box[1] <= north:
                yield channel
                break
