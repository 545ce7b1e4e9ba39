"""Silence, states, counts in an area, conjunctions, maintenance, and rules that change."""

from typing import Any

import pytest

from songcau.systems.incidents.rules.alert_rules import read_condition
from songcau.systems.incidents.rules.engine import RuleSpec, Window
from songcau.systems.incidents.rules.engine.standing import STILL_SECONDS
from songcau.systems.incidents.rules.findings import CLEARED, RAISED, STILL
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

SILENT: dict[str, Any] = {"kind": "ABSENCE", "type": "WaterLevelObserved", "attribute": "level", "minutes": 10}
OFFLINE: dict[str, Any] = {"kind": "STATE", "type": "Camera", "attribute": "status", "values": ["OFFLINE", False, 0]}
RAIN: dict[str, Any] = {
    "kind": "THRESHOLD", "type": "WeatherObserved", "attribute": "rain", "side": "ABOVE", "limit": 30, "clear": 10,
    "need": 1, "of": 1,
}  # fmt: skip
STORM: dict[str, Any] = {"kind": "ALL", "parts": [{"condition": RAIN, "anywhere": True}, {"condition": FLOODED}]}


def camera(value: object, minutes: float | None, scope: str = "") -> dict[str, Any]:
    said = {"type": "Property", "value": value}
    return {
        "id": "urn:ngsi-ld:Camera:1",
        "type": "Camera",
        "scope": scope,
        "status": said if minutes is None else level(value, minutes)["level"],
    }


def rain(value: float, minutes: float, scope: str = "", entity: str = "urn:x:gauge") -> dict[str, Any]:
    return {"id": entity, "type": "WeatherObserved", "scope": scope, "rain": level(value, minutes, unit="")["level"]}


def kinds(found: list[Any]) -> list[str]:
    return [one.kind for one in found]


# --- silence ------------------------------------------------------------------------------------------------


def test_a_feed_that_is_silent_is_raised_and_over_when_it_speaks() -> None:
    told = Told(SILENT)
    told.see(level(20, 0), 0)
    told.see(level(20, 5), 5)
    assert told.wait(14) == []
    [raised] = told.wait(16)
    assert (raised.kind, raised.began_at.timestamp(), raised.at.timestamp()) == (RAISED, at(15), at(16))
    assert raised.values == {"minutes": 10.0, "last": at(5)}
    assert kinds(told.see(level(20, 5), 17)) == []
    assert kinds(told.see(level(21, 6), 18)) == []
    assert kinds(told.see(level(21, 19), 19)) == [CLEARED]
    assert kinds(told.wait(40)) == [RAISED]


def test_who_tells_what_nobody_heard_is_not_silent_meanwhile() -> None:
    """A device that was kept from the line says its past first; one whose past ends long ago is silent all the same."""
    told = Told(SILENT)
    for minute in (-40, -30, -20):
        assert kinds(told.see(level(20, minute), 0)) == []
    assert kinds(told.see(level(20, 0), 0.5)) == []
    assert told.wait(9) == []
    silent = Told(SILENT)
    silent.see(level(20, -40), 0)
    assert silent.wait(0.5) == []
    [raised] = silent.wait(1.5)
    assert (raised.kind, raised.began_at.timestamp()) == (RAISED, at(-30))


def test_a_clock_that_is_fast_makes_no_feed_fresh_for_longer() -> None:
    told = Told(SILENT)
    told.see(level(20, 600), 0)
    assert kinds(told.wait(11)) == [RAISED]


def test_a_feed_that_says_no_instant_is_alive_while_its_value_changes() -> None:
    told = Told(SILENT)
    told.see(level(20, None), 0)
    told.see(level(20, None), 9)
    assert kinds(told.wait(11)) == [RAISED]
    assert kinds(told.see(level(21, None), 12)) == [CLEARED]


def test_who_is_deleted_is_not_silent() -> None:
    told = Told(SILENT)
    told.see(level(20, 0), 0)
    told.engine.gone(RIVER, at(1))
    assert told.wait(60) == []


# --- states -------------------------------------------------------------------------------------------------


def test_a_state_is_raised_while_it_is_one_of_those_named() -> None:
    told = Told(OFFLINE)
    assert kinds(told.see(camera("ONLINE", 0), 0)) == []
    assert kinds(told.see(camera("OFFLINE", 1), 1)) == [RAISED]
    assert told.findings[0].values == {"value": "OFFLINE"}
    assert kinds(told.see(camera("OFFLINE", 2), 2)) == [STILL]
    assert kinds(told.see(camera(False, 3), 3)) == [STILL]
    assert kinds(told.see(camera(True, 4), 4)) == [CLEARED]
    assert kinds(told.see(camera(1, 5), 5)) == kinds(told.see(camera(["OFFLINE"], 6), 6)) == []
    assert kinds(told.see(camera("OFFLINE", 6), 7)) == []


def test_a_state_may_have_to_last() -> None:
    told = Told({**OFFLINE, "hold_minutes": 5})
    told.see(camera("OFFLINE", 0), 0)
    told.see(camera("ONLINE", 1), 1)
    assert told.wait(20) == []
    told.see(camera("OFFLINE", 21), 21)
    told.see(camera("OFFLINE", 22), 22)
    [raised] = told.wait(30)
    assert (raised.began_at.timestamp(), raised.at.timestamp()) == (at(21), at(26))
    at_once = Told({**OFFLINE, "hold_minutes": 5})
    at_once.see(camera("OFFLINE", 0), 0)
    assert kinds(at_once.see(camera(0, 5), 4.9)) == [RAISED]


# --- counts -------------------------------------------------------------------------------------------------


def test_so_many_in_one_ward_within_the_time_are_an_alert() -> None:
    told = Told(FLOODED)
    assert told.see(report(1, 0), 0) == told.see(report(2, 5), 5) == told.see(report(3, 6, scope=OTHER_WARD), 6) == []
    [raised] = told.see(report(4, 7), 7)
    assert (raised.subject, raised.scope, raised.began_at.timestamp()) == (f"area:{WARD}", WARD, at(7))
    assert raised.values == {"value": 3, "limit": 3, "minutes": 60.0}
    assert raised.evidence == tuple(f"urn:ngsi-ld:CitizenReport:{number}" for number in (1, 2, 4))
    [more] = told.see(report(5, 9), 9)
    assert (more.kind, more.values["value"]) == (STILL, 4)
    assert kinds(told.wait(61)) == kinds(told.wait(66)) == [STILL]
    assert kinds(told.wait(67.5)) == [CLEARED]
    assert told.wait(200) == []


def test_the_same_report_counts_once_and_a_closed_one_not_at_all() -> None:
    told = Told(FLOODED)
    for minutes in range(5):
        told.see(report(1, 0, state=str(minutes)), minutes)
    told.see(report(2, 1, category="NOISE"), 5)
    told.see(report(3, 1, isOpen=False), 5)
    told.see(report(4, 1), 5)
    bare = report(5, 1)
    del bare["isOpen"]
    told.see(bare, 5)
    told.see(report(6, 1, scope=""), 5)
    assert told.findings == []
    assert kinds(told.see(report(7, 2), 6)) == [RAISED]
    told.see(report(7, 2, isOpen=False), 7)
    assert kinds(told.see(report(4, 1, category="WASTE"), 8)) == [CLEARED]


def test_one_that_moves_counts_where_it_is() -> None:
    told = Told({**FLOODED, "limit": 1, "clear": None})
    assert kinds(told.see(report(1, 0), 0)) == [RAISED]
    assert kinds(told.see(report(1, 0, scope=OTHER_WARD), 1)) == [CLEARED, RAISED]
    told.engine.gone("urn:ngsi-ld:CitizenReport:1", at(2))
    told.engine.gone("urn:ngsi-ld:CitizenReport:9", at(2))
    assert kinds(told.told()) == [CLEARED]


def test_what_is_past_or_ahead_is_not_counted() -> None:
    told = Told({**FLOODED, "limit": 1, "clear": None})
    assert told.see(report(1, -70), 0) == told.see(report(2, 60), 0) == []
    assert told.refused() == {"AHEAD_OF_CLOCK": 1}
    without = report(3, 0, reportedAt=5)
    assert kinds(told.see(without, 3)) == [RAISED]
    assert told.findings[0].began_at.timestamp() == at(3)
    missing = Told({**FLOODED, "limit": 1, "clear": None, "time_attribute": ""})
    assert missing.see(report(1, 1), 3)[0].began_at.timestamp() == at(1)


def test_a_city_and_a_circle_are_areas_too() -> None:
    whole = Told({**FLOODED, "by": "CITY"})
    assert [kinds(whole.see(report(n, n, scope=f"/wards/W{n}"), n)) for n in range(3)] == [[], [], [RAISED]]
    assert (whole.findings[0].subject, whole.findings[0].scope) == ("area:/", "")
    circle = {"longitude": 105.84, "latitude": 21.59, "metres": 500}
    near = Told({**FLOODED, "by": "CIRCLE", "circle": circle, "limit": 1, "clear": None})

    def located(number: int, latitude: float) -> dict[str, Any]:
        point = {"type": "Point", "coordinates": [105.84, latitude]}
        return {**report(number, 0), "location": {"type": "GeoProperty", "value": point}}

    assert near.see(report(1, 0), 0) == near.see(located(2, 21.596), 0) == []
    [raised] = near.see(located(3, 21.594), 0)
    assert (raised.subject, raised.point) == ("area:circle", (105.84, 21.59))


# --- conjunctions -------------------------------------------------------------------------------------------


def test_everything_at_once_in_one_ward() -> None:
    told = Told(STORM)
    for number in range(3):
        assert told.see(report(number, number), number) == []
    [raised] = told.see(rain(40, 5), 5)
    assert (raised.subject, raised.scope, raised.began_at.timestamp()) == (f"area:{WARD}", WARD, at(5))
    assert raised.values["1.value"] == 40
    assert raised.values["2.value"] == 3
    assert len(raised.evidence) == 4
    assert told.see(rain(35, 6), 6) == []
    for number in range(10, 13):
        told.see(report(number, number, scope=OTHER_WARD), number)
    assert told.findings[-1].subject == f"area:{OTHER_WARD}"
    assert kinds(told.see(rain(5, 20), 20)) == [CLEARED, CLEARED]
    assert kinds(told.see(rain(50, 21), 21)) == [RAISED, RAISED]
    assert kinds(told.wait(63)) == [CLEARED]


def test_parts_in_different_wards_are_no_conjunction() -> None:
    told = Told({**STORM, "parts": [{"condition": RAIN}, {"condition": FLOODED}]})
    told.see(rain(40, 0), 0)
    told.see(rain(40, 0, OTHER_WARD, "urn:x:2"), 0)
    for number in range(3):
        assert told.see(report(number, 1), 1) == []
    assert kinds(told.see(rain(40, 2, WARD, "urn:x:3"), 2)) == [RAISED]
    assert kinds(told.see(rain(40, 3, WARD, "urn:x:4"), 3)) == []
    assert kinds(told.see(rain(4, 4, WARD, "urn:x:3"), 4)) == []
    assert kinds(told.see(rain(4, 5, WARD, "urn:x:4"), 5)) == [CLEARED]
    assert kinds(told.see(rain(4, 5), 5)) == []


def test_a_conjunction_in_the_city_or_of_one_entity() -> None:
    quality = {**THRESHOLD, "attribute": "flow", "limit": 5, "clear": None, "side": "BELOW", "unit": ""}
    for join, subject in (("CITY", "area:/"), ("ENTITY", RIVER)):
        told = Told({"kind": "ALL", "join": join, "parts": [{"condition": THRESHOLD}, {"condition": quality}]})
        both = {**level(30, 1, scope=WARD), "flow": level(3, 1, unit="")["level"]}
        [raised] = told.see(both, 1)
        assert (raised.subject, raised.scope) == (subject, WARD if join == "ENTITY" else "")
        other = {**level(20, 2, entity="urn:x:1", scope=WARD), "flow": level(3, 2, unit="")["level"]}
        assert told.see(other, 2) == []
        told.engine.gone(RIVER, at(3))
        assert kinds(told.told()) == [CLEARED]


# --- what goes on, maintenance, changes ---------------------------------------------------------------------


def test_what_goes_on_is_told_once_a_minute() -> None:
    told = Told(THRESHOLD)
    assert told.levels(*[30] * 10, every=0.25) == [RAISED, STILL, STILL]
    assert told.findings[1].at.timestamp() - told.findings[0].at.timestamp() == STILL_SECONDS


def window(**more: Any) -> Window:
    return Window(**{"rule_id": None, "subject": "", "scope": "", "starts_at": at(0), "ends_at": at(10), **more})


@pytest.mark.parametrize("more", [{}, {"rule_id": RULE}, {"subject": RIVER}, {"scope": "/wards"}, {"scope": WARD}])
def test_during_maintenance_nobody_is_told_and_after_it_of_what_still_holds(more: dict[str, Any]) -> None:
    told = Told(THRESHOLD, windows=[window(**more)])
    assert told.levels(30, 30, 20, 30, scope=WARD) == []
    [raised] = told.wait(11)
    assert (raised.kind, raised.began_at.timestamp()) == (RAISED, at(3))
    assert told.levels(30, first=20, scope=WARD) == [STILL]


ELSEWHERE: list[dict[str, Any]] = [
    {"subject": "urn:x:1"}, {"scope": OTHER_WARD}, {"ends_at": at(0)}, {"starts_at": at(5)},
]  # fmt: skip


@pytest.mark.parametrize("more", ELSEWHERE)
def test_a_window_about_something_else_withholds_nothing(more: dict[str, Any]) -> None:
    assert Told(THRESHOLD, windows=[window(**more)]).levels(30, scope=WARD) == [RAISED]


def test_what_ended_during_maintenance_was_never_told_of() -> None:
    told = Told(THRESHOLD, windows=[window(), window(ends_at=at(20))])
    assert told.levels(30, 30, 20) == []
    assert told.wait(30) == []


def test_a_window_that_is_ended_early_tells_at_once() -> None:
    told = Told(THRESHOLD, windows=[window()])
    told.levels(30)
    told.engine.set_windows([], at(2))
    assert kinds(told.told()) == [RAISED]
    told.engine.set_windows([window()], at(3))
    assert told.told() == told.wait(15) == []


def test_a_window_that_is_over_withholds_nothing_of_a_subject_that_moves() -> None:
    told = Told(THRESHOLD, windows=[window()])
    assert told.levels(30, scope=WARD) == []
    assert kinds(told.wait(11)) == [RAISED]
    assert kinds(told.see(level("x", 12, scope=OTHER_WARD), 12)) == [CLEARED, RAISED]
    assert told.wait(13) == []


def test_a_rule_that_stops_clears_what_stands_and_one_that_stays_keeps_it() -> None:
    told = Told(THRESHOLD)
    told.levels(30)
    same = RuleSpec(RULE, 1, read_condition(THRESHOLD))
    assert told.engine.set_rules([same], at(1)) == ()
    assert told.told() == []
    higher = RuleSpec(RULE, 2, read_condition({**THRESHOLD, "limit": 29, "hold_minutes": 5}))
    assert told.engine.set_rules([higher], at(2)) == (higher,)
    [cleared] = told.told()
    assert (cleared.kind, cleared.values) == (CLEARED, {"reason": "RULE_STOPPED"})
    told.see(level(30, 3), 3)
    told.engine.set_rules([], at(4))
    assert told.wait(60) == []
    assert told.engine.watched_types == ()
    assert told.engine.changes() == ({}, {RULE})


def test_a_count_that_is_stopped_leaves_nothing_on_the_wheel() -> None:
    told = Told({**FLOODED, "limit": 1, "clear": None})
    told.see(report(1, 0), 0)
    told.engine.set_rules([], at(1))
    assert kinds(told.told()) == [CLEARED]
    assert told.engine.next_due < at(100)
    assert told.wait(100) == []
    assert told.engine.next_due == float("inf")
