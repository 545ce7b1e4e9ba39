"""Conditions on numbers: limits, rates, the usual; and readings that are none."""

import math
from typing import Any

import pytest

from songcau.systems.incidents.rules.engine.reading import Place, Said
from songcau.systems.incidents.rules.findings import CLEARED, RAISED, STILL
from songcau.systems.incidents.tests.rules.readings import OTHER_WARD, RIVER, THRESHOLD, WARD, Told, at, level

HELD: dict[str, Any] = {**THRESHOLD, "hold_minutes": 10}
RISING: dict[str, Any] = {
    "kind": "RATE", "type": "WaterLevelObserved", "attribute": "level", "unit": "MTR",
    "side": "RISE", "change": 1, "minutes": 30, "need": 1, "of": 1,
}  # fmt: skip
USUAL: dict[str, Any] = {"kind": "DEVIATION", "type": "WaterLevelObserved", "attribute": "level", "unit": "MTR"}


def test_over_the_limit_it_is_raised_and_only_below_the_clear_value_over() -> None:
    told = Told(THRESHOLD)
    assert told.levels(25, 26, 25.7, 25.5, 25.4, 25) == [RAISED, STILL, STILL, CLEARED]
    raised, _, _, cleared = told.findings
    assert (raised.subject, raised.began_at.timestamp(), raised.at.timestamp()) == (RIVER, at(1), at(1))
    assert raised.values == {"value": 26, "limit": 26.0, "unit": "MTR"}
    assert (raised.evidence, raised.scope, raised.point) == ((RIVER,), "", None)
    assert (cleared.began_at, cleared.at.timestamp(), cleared.values["value"]) == (raised.began_at, at(4), 25.4)


def test_below_a_limit_without_a_clear_value_the_limit_itself_counts() -> None:
    told = Told({**THRESHOLD, "side": "BELOW", "limit": 5, "clear": None})
    assert told.levels(6, 5, 4, 5, 5.1) == [RAISED, STILL, STILL, CLEARED]


def test_one_reading_that_is_absurd_raises_nothing_and_clears_nothing() -> None:
    told = Told({**THRESHOLD, "need": 2, "of": 3})
    assert told.levels(25, 99, 25, 25, 26, 25, 26) == [RAISED]
    assert told.findings[0].began_at.timestamp() == at(4)
    assert told.levels(27, 20, 27, 27, 20, 20, first=7) == [STILL] * 5 + [CLEARED]
    assert told.levels(25, 25, 25, 26, 26, first=13) == [RAISED]
    assert told.findings[-1].began_at.timestamp() == at(16)


def test_what_holds_for_minutes_is_raised_then_though_nobody_says_anything() -> None:
    told = Told(HELD)
    assert told.levels(26, 27) == []
    assert told.wait(9.9) == []
    [raised] = told.wait(12)
    assert (raised.began_at.timestamp(), raised.at.timestamp()) == (at(0), at(10))
    again = Told(HELD)
    assert again.levels(26, 26, first=0, every=10) == [RAISED]


def test_what_does_not_hold_for_long_enough_is_not_raised() -> None:
    told = Told(HELD)
    assert told.levels(26, 26, 25.7) == []
    assert told.wait(30) == []
    assert told.levels(26, first=31) == []
    assert told.wait(41)[0].began_at.timestamp() == at(31)


def test_a_reading_said_twice_or_late_counts_once() -> None:
    told = Told({**THRESHOLD, "need": 2, "of": 2})
    assert told.see(level(26, 5), 5) == []
    assert told.see(level(26, 5), 6) == []
    assert told.see(level(27, 4), 6) == []
    assert [one.kind for one in told.see(level(27, 6), 6)] == [RAISED]


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (level(2600, 1, unit="CMT"), "OTHER_UNIT"),
        (level(30, 1, unit=""), "OTHER_UNIT"),
        (level(-30, 1), "IMPOSSIBLE"),
        (level(1e9, 1), "IMPOSSIBLE"),
        (level("27", 1), "NOT_A_NUMBER"),
        (level(True, 1), "NOT_A_NUMBER"),
        (level({"a": 1}, 1), "NOT_A_NUMBER"),
        (level(27, 60), "AHEAD_OF_CLOCK"),
        (level(27, -60 * 24), "TOO_OLD"),
    ],
)
def test_what_is_no_reading_is_counted_and_never_compared(document: dict[str, Any], why: str) -> None:
    told = Told({**THRESHOLD, "lowest": 0, "highest": 40})
    assert told.see(document, 1) == []
    assert told.see(document, 2) == []
    assert told.refused() == {why: 1}
    assert told.engine.refused[next(iter(told.engine.refused))][1] == RIVER
    assert [one.kind for one in told.see(level(27, 3), 3)] == [RAISED]


def test_where_no_unit_is_said_the_first_one_counts() -> None:
    told = Told({**THRESHOLD, "unit": ""})
    assert told.levels(25, unit="MLN") == []
    assert told.levels(30, first=1, unit="BLN") == []
    assert told.levels(30, first=2, unit="") == []
    assert told.refused() == {"OTHER_UNIT": 2}
    assert told.levels(30, first=3, unit="MLN") == [RAISED]
    assert told.findings[0].values["unit"] == "MLN"
    without = Told({**THRESHOLD, "unit": ""})
    assert without.levels(26, unit="") == [RAISED]


def test_without_an_observed_instant_a_new_value_is_a_reading_and_the_same_one_is_none() -> None:
    told = Told({**THRESHOLD, "need": 2, "of": 2})
    assert told.see(level(26, None), 1) == []
    assert told.see(level(26, None), 2) == []
    assert [one.kind for one in told.see(level(27, None), 3)] == [RAISED]
    assert told.findings[0].began_at.timestamp() == at(1)


def test_what_cannot_be_read_at_all_is_passed_over() -> None:
    told = Told(THRESHOLD)
    odd: list[dict[str, Any]] = [
        {"id": RIVER, "type": "Other", "level": {"value": 99}},
        {"id": RIVER, "type": "WaterLevelObserved"},
        {"id": RIVER, "type": "WaterLevelObserved", "level": {"type": "Property"}},
        {"id": RIVER, "type": "WaterLevelObserved", "level": 27},
        {"id": RIVER, "type": "WaterLevelObserved", "level": [{"value": 27, "datasetId": "urn:d:1"}]},
    ]
    for document in odd:
        assert told.see(document, 1) == []
    several = level(27, 2)
    several["level"] = [{"value": 1, "datasetId": "urn:d:1"}, several["level"]]
    several["type"] = ["WaterLevelObserved", "Device"]
    assert [one.kind for one in told.see(several, 2)] == [RAISED]
    silly = level(20, 3)
    silly["level"]["observedAt"] = "yesterday"
    assert [one.kind for one in told.see(silly, 3)] == [CLEARED]


def test_a_rule_of_some_entities_or_of_a_ward_looks_at_no_others() -> None:
    named = Told({**THRESHOLD, "ids": [RIVER]})
    assert named.levels(30, entity="urn:x:other") == []
    assert named.levels(30) == [RAISED]
    of_ward = Told({**THRESHOLD, "scope": WARD})
    assert of_ward.levels(30) == of_ward.levels(30, scope=OTHER_WARD) == of_ward.levels(30, scope=WARD + "9") == []
    assert of_ward.levels(30, scope=WARD + "/quarters/3") == [RAISED]
    assert of_ward.findings[0].scope == WARD + "/quarters/3"
    both = Told({**THRESHOLD, "ids": [RIVER], "scope": WARD})
    assert both.levels(30, scope=OTHER_WARD) == []
    assert both.levels(30, scope=WARD) == [RAISED]


def test_who_moves_to_another_ward_is_told_of_there() -> None:
    told = Told(THRESHOLD)
    assert told.levels(30, scope=WARD) == [RAISED]
    assert told.levels(25.9, first=1, scope=OTHER_WARD) == [CLEARED, RAISED, STILL]
    assert [one.scope for one in told.findings] == [WARD, WARD, OTHER_WARD, OTHER_WARD]
    calm = Told(THRESHOLD)
    assert calm.levels(20, scope=WARD) == calm.levels(21, first=1, scope=OTHER_WARD) == []


def test_where_a_thing_is_goes_along() -> None:
    line = {"type": "GeoProperty", "value": {"type": "LineString", "coordinates": [[105.8, 21.5], [105.9, 21.6]]}}
    odd = [{"type": "GeoProperty", "value": {"coordinates": bad}} for bad in ([], ["a", "b"], "x", [1])]
    for location, point in [(line, (105.8, 21.5)), *((one, None) for one in (*odd, {"value": 1}, 5))]:
        told = Told(THRESHOLD)
        assert told.see({**level(30, 0), "location": location, "scope": [WARD, OTHER_WARD]}, 0)[0].point == point
        assert told.findings[0].scope == WARD
    bare = Told(THRESHOLD)
    assert bare.see({**level(30, 0), "scope": []}, 0)[0].scope == ""


def test_an_entity_that_is_deleted_clears_what_stands_with_the_reason() -> None:
    told = Told(THRESHOLD)
    told.levels(30)
    told.engine.gone(RIVER, at(2))
    [cleared] = told.told()
    assert (cleared.kind, cleared.values["reason"], cleared.values["value"]) == (CLEARED, "ENTITY_DELETED", 30)
    told.engine.gone(RIVER, at(3))
    told.levels(20, first=4)
    told.engine.gone(RIVER, at(5))
    assert told.told() == []


def test_a_rise_within_the_time_is_raised_and_over_when_it_calms() -> None:
    told = Told(RISING)
    assert told.levels(20, 20.3, 20.6, 20.9, 21.2, 21.5, every=5) == [RAISED]
    assert told.findings[0].values == {
        "value": 21.5,
        "change": pytest.approx(1.2),
        "limit": 1.0,
        "minutes": 30.0,
        "unit": "MTR",
    }
    assert CLEARED in told.levels(*[21.5] * 8, first=30, every=5)
    slow = Told(RISING)
    assert slow.levels(20, 20.3, 20.6, 20.9, 21.2, every=30) == []


def test_a_fall_is_seen_and_a_spike_is_neither_a_rise_nor_a_fall() -> None:
    falling = Told({**RISING, "side": "FALL", "clear": 0.1})
    assert falling.levels(22, 21.5, 21, 20.5, every=5)[0] == RAISED
    assert falling.findings[0].values["change"] == pytest.approx(-1.0)
    for side in ("RISE", "FALL"):
        told = Told({**RISING, "side": side})
        assert told.levels(20, 20, 20, 90, 20, 20, -50, 20, 20, every=3) == []


def daily(minutes: float) -> float:
    """A level that has its usual course over a day."""
    return 20 + 2 * math.sin(minutes / 1440 * 2 * math.pi)


def learnt(document: dict[str, Any], days: int = 10) -> Told:
    told = Told(document)
    for number in range(days * 48):
        wobble = 0.2 if number % 2 else -0.2
        told.see(level(daily(number * 30) + wobble, number * 30), number * 30)
    return told


def test_what_is_usual_at_its_hour_is_no_alert_and_what_is_not_is_one() -> None:
    told = learnt(USUAL)
    assert told.findings == []
    begin = 10 * 1440
    kinds = told.levels(*[daily(begin + n * 30) + 6 for n in range(8)], first=begin, every=30)
    assert kinds[0] == RAISED
    values = told.findings[0].values
    assert values["usual"] == pytest.approx(daily(begin + 30), abs=1)
    assert (values["limit"], values["unit"]) == (3.5, "MTR")
    back = told.levels(*[daily(begin + n * 30) for n in range(8, 20)], first=begin + 240, every=30)
    assert back[-1] == CLEARED


def test_a_deviation_has_a_side() -> None:
    begin = 10 * 1440
    for side, away, expected in [("ABOVE", 6, True), ("ABOVE", -6, False), ("BELOW", -6, True), ("BELOW", 6, False)]:
        told = learnt({**USUAL, "side": side, "clear": 1})
        kinds = told.levels(*[daily(begin + n * 30) + away for n in range(8)], first=begin, every=30)
        assert (RAISED in kinds) is expected


def test_before_there_is_enough_history_nothing_is_unusual() -> None:
    told = learnt(USUAL, days=5)
    begin = 5 * 1440
    assert told.levels(*[40] * 8, first=begin, every=30) == []


def test_one_spike_is_no_deviation() -> None:
    told = learnt({**USUAL, "smooth_minutes": 0})
    begin = 10 * 1440
    assert told.levels(daily(begin) + 1, daily(begin + 30), first=begin, every=30) == []


def test_what_is_told_long_after_is_learnt_and_raises_nothing() -> None:
    told = Told(USUAL)
    for number in range(-10 * 48, 0):
        wobble = 0.2 if number % 2 else -0.2
        told.see(level(daily(number * 30) + wobble, number * 30), 0)
    assert (told.findings, told.refused()) == ([], {})
    assert told.levels(*[daily(n * 30) + 6 for n in range(1, 9)], first=30, every=30)[0] == RAISED


def test_what_the_history_says_is_learnt_without_a_word() -> None:
    told = Told({**USUAL, "lowest": 0, "highest": 40})
    [(_spec, leaf)] = told.engine.learners()
    for number in range(-10 * 48, 0):
        wobble = 0.2 if number % 2 else -0.2
        leaf.learn(RIVER, Place("", None), at(number * 30), Said(daily(number * 30) + wobble, "MTR", None))
    leaf.learn(RIVER, Place("", None), at(-60), Said(0.0, "MTR", None))
    leaf.learn(RIVER, Place("", None), at(-1), Said(400.0, "MTR", None))
    assert told.told() == []
    assert told.levels(*[daily(n * 30) + 6 for n in range(8)], every=30)[0] == RAISED
