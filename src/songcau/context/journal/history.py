"""What was so of an entity: the instances of its attributes, made from the rows of its log. Pure: no database.

An instance of the past is the stored instance with an `instanceId`; one that was taken away is an NGSI-LD Null with
`deletedAt`. The scopes of an entity have a history as an attribute named `scope` has.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import orjson

from songcau.context.entities.changes import as_deleted
from songcau.context.entities.entity import Instance, instances
from songcau.context.journal.corrections import INSTANCE, Mask
from songcau.context.journal.repeats import each_once
from songcau.context.journal.rows import Row, instant_text, microseconds
from songcau.context.journal.store import Addition, Bound, Life, Period, Store

SCOPE: Final = "scope"
# A second of work, beside the loop, and what its instances take in memory: some three times the bytes.
MOST: Final = Bound(rows=200_000, bytes=64 * 1024 * 1024)

TimeProperty = Literal["observedAt", "createdAt", "modifiedAt", "deletedAt"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which instances are asked for.

    time: the property that `since` (contained) and `until` (not contained) bound, in microseconds since 1970; an
    instance without it is left out as soon as one of them is given. names: expanded attribute names, or all. last: at
    most so many of each attribute, the newest. What was taken away is shown when `time` is deletedAt, and only then.
    """

    time: TimeProperty = "observedAt"
    since: int | None = None
    until: int | None = None
    names: frozenset[str] | None = None
    last: int | None = None

    @property
    def is_bounded(self) -> bool:
        return self.since is not None or self.until is not None

    def period(self) -> Period:
        """What rows must be read: a little more than what is asked for, never less."""
        if self.time == "observedAt":
            return Period(observed=True, since=self.since, until=self.until) if self.is_bounded else Period()
        # An instance of that createdAt may be written again at any time after it.
        return Period(since=self.since, until=None if self.time == "createdAt" else self.until)

    def contains(self, at: int) -> bool:
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)


@dataclass(slots=True)
class Evolution:
    """One entity's history: each attribute's instances, oldest first by the property asked for.

    types: what it is, or last was. By observedAt, an observation that was written twice is here once. is_cut: the log
    holds more than is read for one question; the newest is here. rows, size: what was read, in rows and bytes.
    """

    entity_id: str
    types: tuple[str, ...]
    attributes: dict[str, list[Instance]] = field(default_factory=dict)
    is_alive: bool = False
    is_cut: bool = False
    rows: int = 0
    size: int = 0
    kinds: dict[str, str] = field(default_factory=dict)


def told_by(row: Row, wanted: Wanted, mask: Mask) -> Iterator[tuple[str, Instance]]:
    """The instances that a row brought (name, instance), or those it took away if these are asked for.

    Each has an instanceId made of the row and its place in it, so that it can be found again.
    """
    seq, at, told = row[0], row[5], orjson.loads(row[-1])
    moment = instant_text(at)
    is_gone = wanted.time == "deletedAt"
    for place, (name, instance) in enumerate(_gone(told, moment) if is_gone else _new(told, at, moment)):
        if wanted.names is not None and name not in wanted.names:
            continue
        # What is gone has no place of its own to hide: it counts as the place before the first.
        if not mask.hides(seq, -1 if is_gone else place, name, instance.get("datasetId")):
            mark = "gone-" if is_gone else ""
            yield name, {**instance, "instanceId": f"{INSTANCE}{mark}{seq}-{place}"}


def _new(told: dict[str, Any], at: int, moment: str) -> Iterator[tuple[str, Instance]]:
    for name, attribute in told.get("a", {}).items():
        for instance in instances(attribute) if attribute is not None else ():
            modified = instance.get("modifiedAt")
            if modified is None or microseconds(modified) == at:
                yield name, instance
    for name, late in told.get("l", ()):
        yield name, late
    if told.get("s"):
        scopes = told["s"]
        value = scopes[0] if len(scopes) == 1 else scopes
        yield SCOPE, {"type": "Property", "value": value, "createdAt": moment, "modifiedAt": moment}


def _gone(told: dict[str, Any], moment: str) -> Iterator[tuple[str, Instance]]:
    for name, lost in told.get("g", {}).items():
        for each in lost:
            yield name, instances(as_deleted(each, moment))[0]
    if "s" in told and not told["s"] and "c" not in told:
        yield SCOPE, {"type": "Property", "value": [], "deletedAt": moment}


def evolution_of(
    store: Store, tenant: str, entity_id: str, newest: int | None, wanted: Wanted, *, bound: Bound
) -> Evolution | None:
    """All lives of an entity as one history; None if it never lived. `newest`: the last row of the life it has now."""
    lives = store.lives(tenant, entity_id)
    if not lives:
        return None
    left = bound
    told: list[tuple[str, Instance]] = []
    for life in reversed(lives):
        if left.is_used_up:
            break
        if life.newest == 0:
            additions = store.additions(life.number, wanted.period(), left)
            left = left.without(len(additions), sum(len(body) for _, _, body in additions))
            told += _added(additions, wanted)
            continue
        last = life.newest if life.newest is not None else newest
        rows = store.rows_of(last, wanted.period(), left) if last is not None else []
        left = left.without(len(rows), sum(len(row[-1]) for row in rows))
        mask = store.mask(life.number)
        told += (each for row in reversed(rows) for each in told_by(row, wanted, mask))
    evolution = gathered(entity_id, _types(lives), told, wanted)
    evolution.is_alive = any(life.newest is None for life in lives)
    evolution.is_cut = left.is_used_up
    evolution.rows, evolution.size = bound.rows - left.rows, bound.bytes - left.bytes
    return evolution


def _added(additions: Iterable[Addition], wanted: Wanted) -> Iterator[tuple[str, Instance]]:
    for name, instance_id, body in additions:
        if wanted.names is None or name in wanted.names:
            yield name, {**orjson.loads(body), "instanceId": instance_id}


def _types(lives: list[Life]) -> tuple[str, ...]:
    """Those of the newest life that was lived, or else of the one that was told."""
    return max(lives, key=lambda life: (life.newest != 0, life.number)).types


def gathered(entity_id: str, types: tuple[str, ...], told: Iterable[tuple[str, Instance]], wanted: Wanted) -> Evolution:
    """Instances in any order, put in order of time, each attribute cut to the newest that are asked for."""
    timed: dict[str, list[tuple[int, Instance]]] = {}
    for name, instance in told:
        stamp = instance.get(wanted.time)
        if stamp is None:
            if wanted.is_bounded or wanted.time == "deletedAt":
                continue
            stamp = instance.get("modifiedAt")
        at = _instant(stamp)
        if wanted.contains(at):
            timed.setdefault(name, []).append((at, instance))
    evolution = Evolution(entity_id, types)
    for name, found in timed.items():
        found.sort(key=_at)
        shown = [each for _, each in (each_once(found) if wanted.time == "observedAt" else found)]
        evolution.attributes[name] = shown[-wanted.last :] if wanted.last else shown
    return evolution


def _instant(stamp: str | None) -> int:
    """Microseconds of a stamp; 0 for none, or for one that is no instant, which a payload cannot bring."""
    try:
        return microseconds(stamp) if stamp is not None else 0
    except ValueError:
        return 0


def _at(timed: tuple[int, Instance]) -> int:
    return timed[0]
