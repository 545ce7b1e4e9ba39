"""Whoever keeps the engine's state and begins with it again in the middle gets the same findings."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songcau.systems.incidents.rules.alert_rules import read_condition
from songcau.systems.incidents.rules.engine import Engine, RuleSpec, Window
from songcau.systems.incidents.rules.engine.engine import Key
from songcau.systems.incidents.tests.rules.readings import (
    FLOODED,
    OTHER_WARD,
    RIVER,
    THRESHOLD,
    WARD,
    at,
    level,
    report,
)

LEVEL = {"type": "WaterLevelObserved", "attribute": "level", "unit": "MTR"}
DOCUMENTS: list[dict[str, Any]] = [
    THRESHOLD,
    {**THRESHOLD, "hold_minutes": 7, "need": 2, "of": 3},
    {"kind": "RATE", **LEVEL, "side": "FALL", "change": 3, "minutes": 20, "need": 1, "of": 1},
    {"kind": "ABSENCE", "type": "WaterLevelObserved", "attribute": "level", "minutes": 15},
    {"kind": "DEVIATION", **LEVEL, "history_days": 1, "smooth_minutes": 5},
    {"kind": "STATE", "type": "CitizenReport", "attribute": "isOpen", "values": [True], "hold_minutes": 9},
    {**FLOODED, "limit": 2, "clear": 2},
    {
        "kind": "ALL",
        "parts": [{"condition": THRESHOLD, "anywhere": True}, {"condition": {**FLOODED, "limit": 1, "clear": 1}}],
    },
]  # fmt: skip
RULES = [RuleSpec(UUID(int=number + 1), 1, read_condition(document)) for number, document in enumerate(DOCUMENTS)]
WINDOWS = [Window(UUID(int=1), "", "", at(20), at(40))]

LEVELS = st.builds(
    lambda value, entity, scope: lambda minutes: level(value, minutes, entity=f"{RIVER}{entity}", scope=scope),
    st.one_of(st.floats(20, 30), st.just(-1e9), st.just("x")),
    st.integers(0, 1),
    st.sampled_from([WARD, OTHER_WARD]),
)
REPORTS = st.builds(
    lambda number, is_open, scope: lambda minutes: report(number, minutes, isOpen=is_open, scope=scope),
    st.integers(0, 5),
    st.booleans(),
    st.sampled_from([WARD, OTHER_WARD]),
)
GONE = st.builds(lambda number: lambda _minutes: f"{RIVER}{number}", st.integers(0, 1))
# How long nothing is said, what is said then, and whether the engine begins anew before.
STEPS = st.lists(
    st.tuples(st.sampled_from([0.5, 3, 8, 60]), st.one_of(LEVELS, LEVELS, REPORTS, REPORTS, GONE), st.booleans()),
    min_size=5,
    max_size=40,
)


def made() -> Engine:
    engine = Engine(RULES)
    engine.set_windows(WINDOWS, at(0))
    return engine


def step(engine: Engine, minutes: float, said: Any) -> None:
    engine.advance(at(minutes))
    what = said(minutes)
    if isinstance(what, str):
        engine.gone(what, at(minutes))
    else:
        engine.see(what, at(minutes))


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_restored_from_its_rows_or_from_one_piece_it_says_the_same(steps: list[Any]) -> None:
    whole, rows, piece = made(), made(), made()
    kept: dict[Key, bytes] = {}
    minutes = 0.0
    for pause, said, begins_anew in steps:
        minutes += pause
        if begins_anew:
            again = made()
            again.restore(kept.items())
            rows = again
            again = made()
            again.restore_snapshot(piece.snapshot())
            piece = again
        for engine in (whole, rows, piece):
            step(engine, minutes, said)
        # What comes at the same instant comes in any order.
        told = sorted(map(repr, whole.take()))
        assert sorted(map(repr, rows.take())) == told
        assert sorted(map(repr, piece.take())) == told
        for key, content in rows.changes()[0].items():
            if content is None:
                kept.pop(key, None)
            else:
                kept[key] = content
    for engine in (whole, rows, piece):
        engine.advance(at(minutes + 500))
    told = sorted(map(repr, whole.take()))
    assert sorted(map(repr, rows.take())) == told
    assert sorted(map(repr, piece.take())) == told


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_what_is_raised_is_cleared_before_it_is_raised_again(steps: list[Any]) -> None:
    engine, minutes, standing = made(), 0.0, set()
    for pause, said, _begins_anew in steps:
        minutes += pause
        step(engine, minutes, said)
        for one in engine.take():
            name = (one.rule_id, one.subject)
            assert (name in standing) is (one.kind != "RAISED")
            assert one.began_at <= one.at
            if one.kind == "RAISED":
                standing.add(name)
            elif one.kind == "CLEARED":
                standing.remove(name)


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_saying_everything_twice_changes_nothing(steps: list[Any]) -> None:
    once, twice, minutes = made(), made(), 0.0
    for pause, said, _begins_anew in steps:
        minutes += pause
        step(once, minutes, said)
        step(twice, minutes, said)
        step(twice, minutes, said)
        assert [(s.kind, s.rule_id, s.subject, s.began_at) for s in twice.take()] == [
            (s.kind, s.rule_id, s.subject, s.began_at) for s in once.take()
        ]


def test_rows_of_rules_that_are_no_more_are_passed_over() -> None:
    engine = made()
    engine.restore([(Key(UUID(int=99), 0, RIVER), b"[]"), (Key(UUID(int=1), 7, RIVER), b"[]")])
    engine.advance(at(1000))
    assert engine.take() == []


@pytest.mark.parametrize("spec", RULES, ids=lambda spec: type(spec.condition).__name__)
def test_what_changed_is_given_once(spec: RuleSpec) -> None:
    engine = Engine([spec])
    engine.see(level(30, 0, scope=WARD), at(0))
    engine.see(report(1, 0), at(0))
    assert engine.changes()[0]
    assert engine.changes() == ({}, set())


def test_what_is_counted_meanwhile_is_named_when_the_other_part_begins() -> None:
    """By who was there from the beginning, as by who began anew in the middle."""
    whole, kept = made(), made()
    for engine in (whole, kept):
        step(engine, 1, lambda minutes: report(0, minutes, isOpen=True, scope=WARD))
        step(engine, 2, lambda minutes: report(1, minutes, isOpen=True, scope=WARD))
    again = made()
    again.restore(kept.changes()[0].items())  # type: ignore[arg-type]
    for engine in (whole, again):
        step(engine, 3, lambda minutes: level(27, minutes))
        [found] = [one for one in engine.take() if one.rule_id == UUID(int=len(RULES))]
        assert sum("CitizenReport" in one for one in found.evidence) == 2
