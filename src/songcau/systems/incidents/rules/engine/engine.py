"""The engine: takes what entities say and the time, gives findings. No clock, no database, no network.

Its state is one row a rule, part and subject, so that who keeps it writes only what changed: `changes`, and `restore`
with the same rows. Whoever restores in the middle and goes on gets the same findings.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson

from songcau.systems.incidents.rules.alert_rules.conditions import (
    Absence,
    All,
    Condition,
    Count,
    Deviation,
    Rate,
    State,
    Threshold,
)
from songcau.systems.incidents.rules.engine.counting import CountLeaf
from songcau.systems.incidents.rules.engine.joining import Held, Joined
from songcau.systems.incidents.rules.engine.leaves import AbsenceLeaf, Leaf, StateLeaf
from songcau.systems.incidents.rules.engine.measured import DeviationLeaf, RateLeaf, ThresholdLeaf
from songcau.systems.incidents.rules.engine.reading import Document, place_of, said, types_in
from songcau.systems.incidents.rules.engine.shelves import Shelves
from songcau.systems.incidents.rules.engine.standing import Sink, Standing, Standings
from songcau.systems.incidents.rules.engine.upkeep import Window
from songcau.systems.incidents.rules.engine.wheel import Wheel
from songcau.systems.incidents.rules.findings import Finding

# The number of the row that says what stands for a rule; its parts count from 0.
STANDS: Final = -1
_LEAVES: Final[Mapping[type, type[Leaf[Any]]]] = {
    Threshold: ThresholdLeaf,
    Rate: RateLeaf,
    Absence: AbsenceLeaf,
    Deviation: DeviationLeaf,
    State: StateLeaf,
    Count: CountLeaf,
}


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A rule as the engine needs it. version: a rule that is changed begins anew."""

    id: UUID
    version: int
    condition: Condition


class Key(NamedTuple):
    """A row of the state."""

    rule_id: UUID
    part: int
    subject: str


class _Running:
    """A rule with its parts and what stands for it."""

    standings: Standings

    def __init__(self, spec: RuleSpec) -> None:
        self.spec = spec
        self.joined: Joined | None = None
        self.leaves: list[Leaf[Any]] = []
        # Of each part, and of what stands: the subjects whose row changed.
        self.changed: dict[int, set[str]] = {STANDS: set()}


class Engine:
    """offset: of the city's clock from UTC, in seconds."""

    def __init__(self, rules: Iterable[RuleSpec] = (), *, offset: float = 0.0) -> None:
        self.offset = offset
        # How often, of each rule, a reading was not compared, and why; whoever keeps the state takes them.
        self.refused: dict[tuple[UUID, str], tuple[int, str]] = {}
        self._windows: tuple[Window, ...] = ()
        self._wheel = Wheel()
        self._running: dict[UUID, _Running] = {}
        self._shelves = Shelves()
        self._findings: list[Finding] = []
        self._stopped: set[UUID] = set()
        self.set_rules(rules, 0.0)

    # --- rules ----------------------------------------------------------------------------------------------

    def set_rules(self, rules: Iterable[RuleSpec], now: float) -> tuple[RuleSpec, ...]:
        """These rules and no others. One that is the same keeps its state; of one that stops, what stands is cleared.

        Gives those that are new: whoever calls shows them what is so.
        """
        wanted = {spec.id: spec for spec in rules}
        for rule_id, running in list(self._running.items()):
            if rule_id not in wanted or wanted[rule_id] != running.spec:
                running.standings.stop(now)
                for leaf in running.leaves:
                    leaf.close()
                self._stopped.add(rule_id)
                del self._running[rule_id]
        new = tuple(spec for spec in wanted.values() if spec.id not in self._running)
        for spec in new:
            self._running[spec.id] = self._started(spec)
        self._shelves = Shelves()
        for running in self._running.values():
            for leaf in running.leaves:
                self._shelves.add(leaf)
        return new

    def _started(self, spec: RuleSpec) -> _Running:
        def refuse(why: str, entity_id: str) -> None:
            count, _last = self.refused.get((spec.id, why), (0, ""))
            self.refused[spec.id, why] = (count + 1, entity_id)

        running = _Running(spec)
        standings = Standings(spec.id, self._wheel, self._findings.append, running.changed[STANDS].add)
        standings.windows = self._windows
        running.standings = standings
        condition = spec.condition
        parts = [part.condition for part in condition.parts] if isinstance(condition, All) else [condition]
        if isinstance(condition, All):
            running.joined = Joined(condition, standings)
        for number, part in enumerate(parts):
            changed = running.changed[number] = set()
            sink: Sink = running.joined.part(number) if running.joined else standings
            leaf = _LEAVES[type(part)](part, sink, self._wheel, changed.add, refuse)
            if isinstance(leaf, DeviationLeaf):
                leaf.offset = self.offset
            running.leaves.append(leaf)
        return running

    def set_windows(self, windows: Sequence[Window], now: float) -> None:
        """The maintenance windows; what one of them withheld and none does any more is told."""
        self._windows = tuple(windows)
        for running in self._running.values():
            running.standings.windows = self._windows
            for subject, standing in list(running.standings.by_subject.items()):
                if standing.told_at is None:
                    running.standings.wake(subject, now)

    @property
    def running(self) -> set[tuple[UUID, int]]:
        """Its rules, each with its version."""
        return {(running.spec.id, running.spec.version) for running in self._running.values()}

    def known(self) -> set[str]:
        """Ids of the entities of which it keeps readings."""
        return {
            name
            for running in self._running.values()
            for leaf in running.leaves
            for name in leaf.names()
            if leaf.last_of(name) is not None
        }

    def gap_of(self, document: Document, otherwise: float) -> tuple[float, tuple[str, ...]]:
        """Since when readings of the entity may be missing, and of which attributes.

        otherwise: since when, where nothing is known of it.
        """
        entity_id = document["id"]
        since: list[float] = []
        names: list[str] = []
        for kind in types_in(document):
            for name, slot in self._shelves.by_type.get(kind, {}).items():
                lasts = [leaf.last_of(entity_id) for leaf in slot.of(entity_id, place_of(document).scope)]
                if lasts:
                    since += [otherwise if last is None else last for last in lasts]
                    names.append(name)
        return min(since, default=otherwise), tuple(names)

    @property
    def watched_types(self) -> tuple[str, ...]:
        return tuple(sorted(self._shelves.by_type))

    def learners(self) -> list[tuple[RuleSpec, DeviationLeaf]]:
        """The conditions that learn what is usual: what the history says can be given to `learn`."""
        return [
            (running.spec, leaf)
            for running in self._running.values()
            for leaf in running.leaves
            if isinstance(leaf, DeviationLeaf)
        ]

    # --- what happens ---------------------------------------------------------------------------------------

    def see(self, document: Document, now: float) -> None:
        """What an entity says, whole or in part, as a normalized NGSI-LD document."""
        for kind in types_in(document):
            shelf = self._shelves.by_type.get(kind)
            if shelf is None:
                continue
            entity_id = document["id"]
            place = place_of(document)
            for attribute, slot in shelf.items():
                raw = document.get(attribute)
                seen = said(raw) if raw is not None else None
                if seen is not None:
                    for leaf in slot.of(entity_id, place.scope):
                        leaf.see(entity_id, place, seen, document, now)

    def interested(self, document: Document) -> int:
        """How many conditions look at what an entity says."""
        scope = place_of(document).scope
        slots = [slot for kind in types_in(document) for slot in self._shelves.by_type.get(kind, {}).values()]
        return sum(1 for slot in slots for _leaf in slot.of(document["id"], scope))

    def gone(self, entity_id: str, now: float) -> None:
        """An entity is no more."""
        for running in self._running.values():
            for leaf in running.leaves:
                leaf.forget(entity_id, now)

    def advance(self, now: float) -> None:
        """Time has passed: what was waited for, and what should have come by now."""
        for _at, wake, subject in self._wheel.due(now):
            wake(subject, now)

    @property
    def next_due(self) -> float:
        """When `advance` will have something to do; infinite when never."""
        return self._wheel.next

    def take(self) -> list[Finding]:
        """The findings since the last time, in order."""
        taken = list(self._findings)
        self._findings.clear()
        return taken

    # --- what is kept ---------------------------------------------------------------------------------------

    def changes(self) -> tuple[dict[Key, bytes | None], set[UUID]]:
        """The rows that changed since the last time (None: gone), and the rules of which no row is to be left first."""
        rows: dict[Key, bytes | None] = {}
        for rule_id, running in self._running.items():
            for part, subjects in running.changed.items():
                for subject in subjects:
                    key = Key(rule_id, part, subject)
                    rows[key] = self._row(key)
                subjects.clear()
        stopped, self._stopped = self._stopped, set()
        return rows, stopped

    def _row(self, key: Key) -> bytes | None:
        running = self._running[key.rule_id]
        if key.part == STANDS:
            standing = running.standings.by_subject.get(key.subject)
            packed = standing.packed() if standing else None
        else:
            packed = running.leaves[key.part].packed(key.subject)
        return None if packed is None else orjson.dumps(packed)

    def restore(self, rows: Iterable[tuple[Key, bytes]]) -> None:
        """Begin with what was kept; rows of rules that are not there are passed over."""
        for key, content in rows:
            running = self._running.get(key.rule_id)
            if running is None:
                continue
            packed = orjson.loads(content)
            if key.part == STANDS:
                running.standings.by_subject[key.subject] = Standing.unpacked(packed)
            elif key.part < len(running.leaves):
                running.leaves[key.part].unpack(key.subject, packed)
        for running in self._running.values():
            self._join_again(running)

    def retire(self, rules: Iterable[UUID], rows: Iterable[tuple[Key, bytes]], now: float) -> None:
        """Clear what stood for rules that stopped while nobody looked; of their rows none is left."""
        stopped = set(rules)
        self._stopped |= stopped
        for key, content in rows:
            if key.rule_id in stopped and key.part == STANDS:
                standings = Standings(key.rule_id, self._wheel, self._findings.append, lambda _subject: None)
                standings.by_subject[key.subject] = Standing.unpacked(orjson.loads(content))
                standings.stop(now)

    def _join_again(self, running: _Running) -> None:
        if running.joined is not None:
            for number, leaf in enumerate(running.leaves):
                for subject, place, began, values, evidence in leaf.standing():
                    running.joined.put(number, subject, Held(place, began, values, evidence))
            running.joined.restored(running.standings.by_subject)
        for subject, standing in running.standings.by_subject.items():
            if standing.told_at is None:
                self._wheel.put(0.0, running.standings.wake, subject)

    def snapshot(self) -> bytes:
        """The whole state in one piece."""
        rows = []
        for rule_id, running in self._running.items():
            for subject in running.standings.by_subject:
                rows.append((Key(rule_id, STANDS, subject), self._row(Key(rule_id, STANDS, subject))))
            for part, leaf in enumerate(running.leaves):
                for subject in leaf.names():
                    rows.append((Key(rule_id, part, subject), self._row(Key(rule_id, part, subject))))
        return orjson.dumps([(str(key.rule_id), key.part, key.subject, (row or b"").decode()) for key, row in rows])

    def restore_snapshot(self, snapshot: bytes) -> None:
        rows = orjson.loads(snapshot)
        self.restore((Key(UUID(rule_id), part, subject), row.encode()) for rule_id, part, subject, row in rows)
