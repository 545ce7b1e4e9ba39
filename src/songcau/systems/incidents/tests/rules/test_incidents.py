"""States of incidents, checklists, bulletins, areas: asked on plain data."""

from datetime import UTC, datetime, timedelta

import pytest

from songcau.kernel.workflow import GuardRefused, TransitionRefused
from songcau.systems.incidents.rules import incidents as rules
from songcau.systems.incidents.rules.incidents import EntryKind, State

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SQUARE = [(105.0, 21.0), (106.0, 21.0), (106.0, 22.0), (105.0, 22.0)]


def test_an_incident_is_closed_only_after_its_review() -> None:
    with pytest.raises(GuardRefused) as refusal:
        rules.WORKFLOW.step(State.RESOLVED, "close")
    assert refusal.value.params["guard"] == "INCIDENT_REVIEWED"
    assert rules.WORKFLOW.step(State.RESOLVED, "close", {"reviewed": True}) == State.CLOSED
    with pytest.raises(TransitionRefused):
        rules.WORKFLOW.step(State.OPEN, "close", {"reviewed": True})


def test_what_is_closed_is_not_changed_and_what_is_open_is_not_reviewed() -> None:
    rules.require_not_closed(State.RESOLVED)
    rules.require_reviewable(State.RESOLVED)
    rules.require_reviewable(State.CLOSED)
    with pytest.raises(rules.IncidentClosed):
        rules.require_not_closed(State.CLOSED)
    with pytest.raises(rules.ReviewTooEarly):
        rules.require_reviewable(State.UNDER_CONTROL)


@pytest.mark.parametrize(("alerts", "items"), [(1, 0), (0, 2), (3, 1)])
def test_what_is_left_is_left_knowingly(alerts: int, items: int) -> None:
    with pytest.raises(rules.ThingsLeft) as refusal:
        rules.require_known(alerts, items, knowing=False)
    assert refusal.value.params == {"alerts": alerts, "items": items}
    rules.require_known(alerts, items, knowing=True)
    rules.require_known(0, 0, knowing=False)


def test_people_write_some_kinds_of_lines_only() -> None:
    rules.require_written(EntryKind.DECISION)
    with pytest.raises(rules.EntryKindUnfit):
        rules.require_written(EntryKind.STEP)


@pytest.mark.parametrize(
    ("done", "now", "late"),
    [(None, 0, False), (None, 2, True), (0, 9, False), (2, 2, True), (1, 9, False)],
)
def test_an_item_is_late_when_done_late_or_not_in_time(done: int | None, now: int, late: bool) -> None:
    due = rules.item_due_at(AT, 60)
    at = None if done is None else AT + done * HOUR
    assert rules.is_item_late(due, at, AT + now * HOUR) is late


@pytest.mark.parametrize(
    "items",
    [
        [],
        [("", 5, "Gọi")],
        [("Trực", 5, " ")],
        [("Trực", -1, "Gọi")],
        [("Trực", rules.MOST_MINUTES + 1, "Gọi")],
        [("Trực", 5, "Gọi")] * (rules.MOST_ITEMS + 1),
    ],
)
def test_a_playbook_without_sense_is_refused(items: list[tuple[str, int, str]]) -> None:
    rules.require_items([("Trực", 0, "Gọi")])
    with pytest.raises(rules.PlaybookUnfit):
        rules.require_items(items)


@pytest.mark.parametrize(
    ("first", "last"),
    [(0, 0), (2, 1), (-3, -1), (-3, 0), (0, 15 * 24)],
)
def test_a_bulletin_that_cannot_hold_is_refused(first: int, last: int) -> None:
    rules.require_period(AT - HOUR, AT + HOUR, AT)
    with pytest.raises(rules.BulletinPeriodUnfit):
        rules.require_period(AT + first * HOUR, AT + last * HOUR, AT)


def test_a_bulletin_holds_from_its_beginning_to_its_end_unless_withdrawn() -> None:
    first, last = AT, AT + 2 * HOUR
    assert rules.is_in_force(first, last, AT, None, AT)
    assert not rules.is_in_force(first, last, None, None, AT)
    assert not rules.is_in_force(first, last, AT, AT, AT)
    assert not rules.is_in_force(first, last, AT, None, AT - HOUR)
    assert not rules.is_in_force(first, last, AT, None, last)


def test_an_area_is_closed_where_it_began() -> None:
    assert rules.require_ring(SQUARE)[-1] == rules.require_ring(SQUARE)[0] == [105.0, 21.0]
    assert rules.require_ring([*SQUARE, SQUARE[0]]) == rules.require_ring(SQUARE)


def test_an_area_lies_in_the_city_as_far_as_anybody_knows() -> None:
    rules.require_in_city(True)
    rules.require_in_city(None)
    with pytest.raises(rules.AreaOutside):
        rules.require_in_city(False)


@pytest.mark.parametrize(
    "ring",
    [
        [],
        SQUARE[:1],
        SQUARE[:2],
        [(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)],
        [(200.0, 0.0), *SQUARE],
        [(0.0, 91.0), *SQUARE],
        SQUARE * 200,
    ],
)
def test_what_encloses_nothing_is_no_area(ring: list[tuple[float, float]]) -> None:
    with pytest.raises(rules.AreaUnfit):
        rules.require_ring(ring)
