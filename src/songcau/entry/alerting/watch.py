"""The loop of the process `alerts`: events and seconds go into the engine, what it says goes to the case work.

What is written is written together: the findings, the state that they came from, and how far the events were read.
After a kill it goes on after the last event that was written. Of what was said meanwhile the broker tells the newest
state of each entity; the readings between are fetched from the history.
"""

import math
import queue
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import structlog
from django.db import DatabaseError, InterfaceError, connection

from songcau.context.public import Context, ContextUnavailable
from songcau.entry.alerting.following import BROKEN, MOST_WAITING, Follower, Happening
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM
from songcau.systems.incidents.actions.alert_rules.checkpoint import Progress, save_progress, take_over
from songcau.systems.incidents.queries.alert_rules import rules_in_force, windows_to_come
from songcau.systems.incidents.queries.context_history import Document, history_of
from songcau.systems.incidents.rules.alert_rules import types_of
from songcau.systems.incidents.rules.engine import Engine, RuleSpec
from songcau.systems.incidents.rules.engine.engine import Key
from songcau.systems.incidents.rules.engine.leaves import OLD_SECONDS
from songcau.systems.incidents.rules.engine.reading import place_of, said
from songcau.systems.incidents.rules.findings import RAISED, Finding
from songcau.systems.incidents.rules.receiving import name_of

log = structlog.get_logger(__name__)

TICK_SECONDS = 0.5
# How often it is looked whether rules or maintenance windows have changed.
LOOK_SECONDS = 1.0
MOST_AT_ONCE = 500
# Without anything to tell, how far it is and what it knows is written so often.
SAVE_SECONDS = 10.0
# How far back a rule that is new learns what is usual.
LEARN_DAYS = 28
RETRY_SECONDS = 1.0
READER_SECONDS = 120.0
# After a break it must be calm for so long before every change is taken to be told.
CALM_SECONDS = 5.0
# An entity that is new may have been observed so long before it was told of.
SLACK_SECONDS = 60.0


def _now() -> float:
    return clock.now().timestamp()


class Watch:
    """connect: makes a connection to the broker, for the rights of the city itself. zone: of the city's clock."""

    def __init__(self, connect: Callable[[], Context], *, zone: str) -> None:
        self._connect = connect
        self._owner = uuid4()
        offset = clock.now().astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
        self.engine = Engine(offset=offset.total_seconds())
        self._last_event: int | None = None
        self._follower: Follower | None = None
        # Whether readings may be missing, which the history has; of entities that are new: since when.
        self._has_gaps, self._is_drained = True, False
        self._gaps_until = math.inf
        self._told_until = 0.0
        # What came of the events and is not written yet.
        self._findings: list[Finding] = []
        # What entities are called, by their ids: a person knows a gauge by its name.
        self._names: dict[str, str] = {}
        self._rows: dict[Key, bytes | None] = {}
        self._stopped: set[UUID] = set()
        self._kept_reader: Context | None = None
        self._reader_until = 0.0
        self._new: list[RuleSpec] = []
        self._saved_at = self._looked_at = 0.0

    def run(self, stop: threading.Event, ready: Callable[[], None]) -> None:
        """Until `stop`. Raises TakenOver when another process has begun."""
        self._patiently(stop, self._begin)
        self._patiently(stop, self._take_up_changes)
        ready()
        while not stop.is_set():
            if time.monotonic() - self._looked_at >= LOOK_SECONDS:
                self._patiently(stop, self._take_up_changes)
            for happening in self._arrived():
                self._patiently(stop, partial(self._take, happening))
            self._expect_no_gaps()
            self.engine.advance(_now())
            self._findings += map(self._named, self.engine.take())
            if self._findings or time.monotonic() - self._saved_at >= SAVE_SECONDS:
                self._patiently(stop, self._save)
        if self._follower is not None:
            self._follower.stop()
        self._end_reader()
        self._save()
        connection.close()

    def _patiently(self, stop: threading.Event, work: Callable[[], None]) -> None:
        """Do it; when the database or the broker does not answer, again later."""
        while not stop.is_set():
            try:
                work()
            except (DatabaseError, InterfaceError, ContextUnavailable) as error:
                log.warning("alerts.waits", reason=str(error))
                connection.close()
                stop.wait(RETRY_SECONDS)
            else:
                return

    # --- beginning ------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """With what was kept: rules that are still the same go on, what stood for others is cleared."""
        kept = take_over(by=SYSTEM, owner=self._owner)
        rules = rules_in_force()
        same = [spec for spec in rules if kept.conditions.get(spec.id) == spec.version]
        ended = set(kept.conditions) - {spec.id for spec in same}
        now = _now()
        self.engine.set_rules(same, now)
        self.engine.restore(kept.rows)
        self.engine.retire(ended, kept.rows, now)
        self._last_event = kept.last_event
        self._told_until = kept.saved_at - SLACK_SECONDS if kept.saved_at else now
        self._expect_gaps()

    def _take_up_changes(self) -> None:
        """Rules and maintenance windows as they are now; what is new is shown what is so."""
        now = _now()
        rules = rules_in_force()
        if {(one.id, one.version) for one in rules} != self.engine.running:
            self._new += self.engine.set_rules(rules, now)
        self.engine.set_windows(windows_to_come(clock.now()), now)
        if self._new:
            self._show(self._new)
            self._new = []
        if self._follower is None or self._follower.types != self.engine.watched_types:
            self._follow()
        self._looked_at = time.monotonic()

    def _show(self, new: list[RuleSpec]) -> None:
        """What was and what is, to rules that know nothing yet."""
        with self._connect() as context:
            self._learn(context, new)
            for kind in sorted({kind for spec in new for kind in types_of(spec.condition)}):
                for entity in context.query(type=kind):
                    self._names[entity["id"]] = name_of(entity)
                    self.engine.see(entity, _now())

    def _follow(self) -> None:
        if self._follower is not None:
            self._follower.stop()
            self._follower = None
        if self.engine.watched_types:
            # From the very beginning where nothing is known: the broker then says to load anew.
            self._follower = Follower(self._connect, self.engine.watched_types, self._last_event or 0)
            self._follower.start()

    def _learn(self, context: Context, new: Iterable[RuleSpec]) -> None:
        """What is usual, from the history of every entity that the rules watch."""
        ids = {spec.id for spec in new}
        since = clock.now() - timedelta(days=LEARN_DAYS)
        for spec, leaf in self.engine.learners():
            if spec.id not in ids:
                continue
            watch = leaf.condition
            for entity in context.query(type=watch.type):
                if not leaf.concerns(entity["id"], place_of(entity).scope):
                    continue
                for at, document in history_of(context, entity, [watch.attribute], after=since):
                    seen = said(document.get(watch.attribute))
                    if seen is not None:
                        leaf.learn(entity["id"], place_of(entity), at, seen)

    # --- what happens ---------------------------------------------------------------------------------------

    def _arrived(self) -> list[Happening]:
        """What has arrived, after at most a tick."""
        if self._follower is None:
            time.sleep(TICK_SECONDS)
            return []
        waiting = self._follower.waiting
        found: list[Happening] = []
        # Behind a full queue the broker tells the newest states only.
        if waiting.qsize() > MOST_WAITING // 2:
            self._expect_gaps()
        try:
            found.append(waiting.get(timeout=TICK_SECONDS))
            while len(found) < MOST_AT_ONCE:
                found.append(waiting.get_nowait())
        except queue.Empty:
            self._is_drained = True
        return found

    def _expect_no_gaps(self) -> None:
        """Once all that was told has been taken in, and it was calm for long enough."""
        if self._is_drained and time.monotonic() > self._gaps_until:
            self._has_gaps = False
            self._told_until = _now() - SLACK_SECONDS
        self._is_drained = False

    def _expect_gaps(self) -> None:
        """Until nothing waits any more, of some entities the newest state only may be told."""
        self._has_gaps = True
        self._gaps_until = time.monotonic() + CALM_SECONDS

    def _take(self, happening: Happening) -> None:
        if happening.kind == BROKEN:
            self._expect_gaps()
            return
        if happening.kind == "entity":
            self._see(happening.entity)
        elif happening.kind == "reset":
            self._load_anew()
        else:
            self.engine.gone(happening.entity["id"], _now())
            self._names.pop(happening.entity["id"], None)
        self._last_event = happening.number

    def _see(self, entity: Document) -> None:
        """What it says; after a gap first what it said in between, of which the broker tells the newest only."""
        if name := name_of(entity):
            self._names[entity["id"]] = name
        if self._has_gaps:
            since, attributes = self.engine.gap_of(entity, self._told_until)
            after = datetime.fromtimestamp(max(since, _now() - OLD_SECONDS), UTC)
            for _at, document in history_of(self._reader(), entity, attributes, after=after):
                self.engine.see(document, _now())
        self.engine.see(entity, _now())

    def _named(self, finding: Finding) -> Finding:
        """An alert that begins says what its subject is called."""
        name = self._names.get(finding.subject, "")
        if finding.kind != RAISED or not name:
            return finding
        return replace(finding, values={**finding.values, "name": name})

    def _reader(self) -> Context:
        """A connection for what is asked often; its grant ends after some minutes."""
        if self._kept_reader is None or time.monotonic() > self._reader_until:
            self._end_reader()
            self._kept_reader = self._connect()
            self._reader_until = time.monotonic() + READER_SECONDS
        return self._kept_reader

    def _end_reader(self) -> None:
        if self._kept_reader is not None:
            self._kept_reader.close()
            self._kept_reader = None

    def _load_anew(self) -> None:
        """Too much has happened since: everything as it is now, and what is no more."""
        known = self.engine.known()
        found = set()
        with self._connect() as context:
            for kind in self.engine.watched_types:
                for entity in context.query(type=kind):
                    found.add(entity["id"])
                    self._see(entity)
        for entity_id in sorted(known - found):
            self.engine.gone(entity_id, _now())

    # --- what is written ------------------------------------------------------------------------------------

    def _save(self) -> None:
        """Together: what is to be told, what it came from, how far the events were read."""
        rows, stopped = self.engine.changes()
        self._rows |= rows
        self._rows = {key: row for key, row in self._rows.items() if key.rule_id not in stopped or key in rows}
        self._stopped |= stopped
        progress = Progress(
            self._last_event,
            dict(self.engine.running),
            tuple(self._findings),
            self._rows,
            frozenset(self._stopped),
            self.engine.refused,
        )
        save_progress(by=SYSTEM, owner=self._owner, progress=progress)
        self._findings.clear()
        self._rows.clear()
        self._stopped.clear()
        self.engine.refused.clear()
        self._saved_at = time.monotonic()
