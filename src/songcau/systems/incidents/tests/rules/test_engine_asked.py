"""What the engine can be asked, by the process that feeds it."""

from uuid import UUID

import pytest

from songcau.systems.incidents.rules.alert_rules import read_condition
from songcau.systems.incidents.rules.engine import Engine, RuleSpec, Window, shelves
from songcau.systems.incidents.rules.engine.engine import Key
from songcau.systems.incidents.rules.findings import CLEARED
from songcau.systems.incidents.tests.rules.readings import (
    FLOODED,
    OTHER_WARD,
    RIVER,
    RULE,
    THRESHOLD,
    WARD,
    Told,
    at,
    level,
    report,
)


def test_it_says_what_it_watches_and_knows() -> None:
    told = Told({**THRESHOLD, "scope": WARD})
    engine = told.engine
    assert engine.running == {(RULE, 1)}
    assert engine.watched_types == ("WaterLevelObserved",)
    assert (engine.interested(level(1, 0, scope=WARD)), engine.interested(level(1, 0))) == (1, 0)
    assert engine.known() == set()
    told.see(level("x", 0, scope=WARD), 0)
    assert engine.known() == set()
    told.see(level(20, 1, scope=WARD), 1)
    assert engine.known() == {RIVER}
    assert engine.learners() == []


def test_it_says_since_when_readings_may_be_missing() -> None:
    told = Told({**THRESHOLD, "scope": WARD})
    engine, new = told.engine, level(20, 5, scope=WARD)
    assert engine.gap_of(new, at(-3)) == (at(-3), ("level",))
    told.see(new, 5)
    assert engine.gap_of(new, at(-3)) == (at(5), ("level",))
    assert engine.gap_of(level(20, 5), at(-3)) == (at(-3), ())
    counted = Told(FLOODED)
    counted.see(report(1, 0), 0)
    assert counted.engine.gap_of(report(1, 0), at(-3)) == (at(-3), ("category",))
    assert counted.engine.known() == set()


def test_what_stood_for_a_rule_that_is_no_more_is_cleared() -> None:
    told = Told(THRESHOLD)
    told.levels(30)
    rows = [(key, row or b"") for key, row in told.engine.changes()[0].items()]
    later = Engine()
    later.retire([RULE], [*rows, (Key(UUID(int=9), -1, RIVER), b"")], at(5))
    [cleared] = later.take()
    assert (cleared.kind, cleared.rule_id, cleared.values) == (CLEARED, RULE, {"reason": "RULE_STOPPED"})
    assert later.changes() == ({}, {RULE})


def test_scopes_are_looked_up_once_and_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "MOST_KNOWN", 2)
    told = Told({**THRESHOLD, "scope": "/wards"})
    for number in range(5):
        assert told.levels(30, first=number, entity=f"urn:x:{number}", scope=f"/wards/W{number}") == ["RAISED"]


def test_a_part_that_holds_nowhere_goes_on_without_a_word() -> None:
    told = Told({"kind": "ALL", "parts": [{"condition": THRESHOLD}, {"condition": FLOODED}]})
    assert told.levels(30, 31) == []
    assert told.levels(30, 32, first=2, scope=OTHER_WARD) == []
    spec = RuleSpec(RULE, 1, read_condition(THRESHOLD))
    assert Engine([spec]).interested(level(1, 0)) == 1


def test_what_maintenance_withheld_is_told_after_it_by_who_begins_anew() -> None:
    window = Window(None, "", "", at(0), at(10))
    told = Told(THRESHOLD, windows=[window])
    assert told.levels(30) == []
    again = Told(THRESHOLD, windows=[window])
    again.engine.restore_snapshot(told.engine.snapshot())
    assert again.wait(5) == []
    assert [one.began_at.timestamp() for one in again.wait(11)] == [at(0)]
