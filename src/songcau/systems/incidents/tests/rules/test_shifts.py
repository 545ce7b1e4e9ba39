"""Parts of the day, the roster, the signature: asked on plain data."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest

from songcau.systems.incidents.rules import shifts as rules
from songcau.systems.incidents.rules.shifts import Slot

DAY = date(2026, 11, 25)
LEAD, OTHER = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("hour", "day", "slot"),
    [
        (6, 25, "MORNING"),
        (13, 25, "MORNING"),
        (14, 25, "AFTERNOON"),
        (22, 25, "NIGHT"),
        (23, 25, "NIGHT"),
        (5, 24, "NIGHT"),
    ],
)
def test_the_night_belongs_to_the_day_on_which_it_began(hour: int, day: int, slot: str) -> None:
    assert rules.slot_at(datetime(2026, 11, 25, hour, tzinfo=UTC)) == (date(2026, 11, day), slot)


def test_a_part_of_the_day_ends_where_the_next_begins() -> None:
    assert [rules.hours_of(slot) for slot in Slot] == [(time(6), time(14)), (time(14), time(22)), (time(22), time(6))]


def test_a_duty_has_a_lead_among_its_people() -> None:
    rules.require_duty([LEAD, OTHER], LEAD, DAY, DAY)
    for people, lead, day in (
        ([], LEAD, DAY),
        ([OTHER], LEAD, DAY),
        ([OTHER], None, DAY),
        ([LEAD] * 31, LEAD, DAY),
        ([LEAD], LEAD, DAY + timedelta(days=93)),
    ):
        with pytest.raises(rules.DutyUnfit):
            rules.require_duty(people, lead, day, DAY)


def test_only_the_lead_hands_over() -> None:
    rules.require_lead(LEAD, LEAD, "Lan")
    with pytest.raises(rules.NotTheLead):
        rules.require_lead(OTHER, LEAD, "Lan")


def test_who_signs_is_another_has_read_and_saw_this_very_note() -> None:
    rules.require_signature(OTHER, LEAD, has_read=True, seen=2, revision=2)
    with pytest.raises(rules.SignedByItself):
        rules.require_signature(LEAD, LEAD, has_read=True, seen=2, revision=2)
    with pytest.raises(rules.NotRead):
        rules.require_signature(OTHER, LEAD, has_read=False, seen=2, revision=2)
    with pytest.raises(rules.NoteChanged):
        rules.require_signature(OTHER, LEAD, has_read=True, seen=1, revision=2)


def test_what_nobody_stands_for_is_named() -> None:
    assert rules.uncovered([DAY], {(DAY, "MORNING"), (DAY, "NIGHT")}) == [(DAY, Slot.AFTERNOON)]
