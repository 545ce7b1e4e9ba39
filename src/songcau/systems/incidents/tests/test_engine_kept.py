"""What the engine keeps is written with what came of it, by one process only."""

from uuid import UUID, uuid4

import pytest

from songcau.foundation.accounts.permissions import NotYours
from songcau.kernel.actor import SYSTEM
from songcau.systems.incidents.actions.alert_rules.checkpoint import Kept, Progress, TakenOver, save_progress, take_over
from songcau.systems.incidents.models import Alert, AlertRule, EngineCheckpoint, EngineState, RefusedReadings
from songcau.systems.incidents.queries.alert_rules import rules_in_force
from songcau.systems.incidents.rules.engine import Engine
from songcau.systems.incidents.rules.engine.engine import Key
from songcau.systems.incidents.rules.findings import CLEARED, RAISED
from songcau.systems.incidents.tests.rules.readings import RIVER, at, level
from songcau.systems.incidents.tests.test_alert_rules import make_rule
from songcau.systems.incidents.tests.town import Town

OWNER = UUID(int=7)


def progress_of(engine: Engine, last_event: int, owner: UUID = OWNER) -> None:
    rows, stopped = engine.changes()
    facts = Progress(last_event, dict(engine.running), engine.take(), rows, frozenset(stopped), dict(engine.refused))
    save_progress(by=SYSTEM, owner=owner, progress=facts)


def begun(kept: Kept) -> Engine:
    engine = Engine(rules_in_force())
    engine.restore(kept.rows)
    return engine


def test_a_process_goes_on_where_the_one_before_it_had_written(town: Town) -> None:
    rule = make_rule(town)
    kept = take_over(by=SYSTEM, owner=OWNER)
    assert kept == Kept(None, None, {}, ())
    engine = begun(kept)
    engine.see(level(30, 0), at(0))
    engine.see(level("x", 1), at(1))
    progress_of(engine, 5)
    assert Alert.objects.count() == 1
    assert str(EngineCheckpoint.objects.get()) == "5"
    assert {str(one).split()[1] for one in EngineState.objects.all()} == {"-1", "0"}
    # Killed here: what follows is read again, and raised once.
    engine.see(level(20, 2), at(2))
    again = take_over(by=SYSTEM, owner=uuid4())
    assert (again.last_event, again.conditions) == (5, {rule.pk: 1})
    with pytest.raises(TakenOver):
        progress_of(engine, 6)
    second = begun(again)
    second.see(level(20, 2), at(2))
    second.see(level("y", 3), at(3))
    owner = EngineCheckpoint.objects.get().owner
    assert owner is not None
    progress_of(second, 6, owner)
    alert = Alert.objects.get()
    assert alert.cleared_at is not None
    assert [(one.why, one.count, one.last_subject) for one in RefusedReadings.objects.all()] == [
        ("NOT_A_NUMBER", 2, RIVER)
    ]
    assert "NOT_A_NUMBER 2" in str(RefusedReadings.objects.get())
    second.gone(RIVER, at(4))
    progress_of(second, 7, owner)
    assert not EngineState.objects.exists()


def test_a_rule_that_stopped_leaves_nothing_of_itself(town: Town) -> None:
    rule = make_rule(town)
    engine = begun(take_over(by=SYSTEM, owner=OWNER))
    engine.see(level(30, 0), at(0))
    engine.see(level("x", 1), at(1))
    rows, _stopped = engine.changes()
    findings = engine.take()
    assert [one.kind for one in findings] == [RAISED]
    facts = Progress(1, dict(engine.running), findings, rows, frozenset(), {(uuid4(), "TOO_OLD"): (1, RIVER)})
    save_progress(by=SYSTEM, owner=OWNER, progress=facts)
    assert not RefusedReadings.objects.exists()
    # It stopped while nobody looked.
    kept = take_over(by=SYSTEM, owner=OWNER)
    AlertRule.objects.update(enabled=False)
    later = Engine(rules_in_force())
    later.retire([rule.pk], kept.rows, at(9))
    later.retire([uuid4()], kept.rows, at(9))
    progress_of(later, 2)
    assert Alert.objects.get().cleared_at is not None
    assert not EngineState.objects.exists()


def test_many_rows_are_written_in_parts(town: Town) -> None:
    take_over(by=SYSTEM, owner=OWNER)
    keys = [Key(UUID(int=1), 0, f"urn:x:{number}") for number in range(1100)]
    for content in (b"[1]", None):
        facts = Progress(1, {}, (), dict.fromkeys(keys, content), frozenset(), {})
        save_progress(by=SYSTEM, owner=OWNER, progress=facts)
        assert EngineState.objects.count() == (1100 if content else 0)


def test_only_songcau_itself_writes_it(town: Town) -> None:
    with pytest.raises(NotYours):
        take_over(by=town.desk, owner=OWNER)
    with pytest.raises(NotYours):
        save_progress(by=town.desk, owner=OWNER, progress=Progress(1, {}, (), {}, frozenset(), {}))


def test_what_is_cleared_when_a_rule_stops_says_so(town: Town) -> None:
    make_rule(town)
    engine = Engine(rules_in_force())
    engine.see(level(30, 0), at(0))
    engine.take()
    engine.set_rules([], at(1))
    assert [(one.kind, one.values) for one in engine.take()] == [(CLEARED, {"reason": "RULE_STOPPED"})]
