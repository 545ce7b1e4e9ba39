"""Quiet hours, the ladder, groups: asked on plain data."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest

from songcau.systems.incidents.rules import alerts as rules
from songcau.systems.incidents.rules import receiving
from songcau.systems.incidents.rules.alerts import Rung, State
from songcau.systems.incidents.rules.levels import Level, most_serious, rank_of
from songcau.systems.incidents.rules.receiving import Line, Lines
from songcau.systems.incidents.rules.texts import (
    WordsMissing,
    WordsTooLong,
    optional_words,
    require_title,
    require_words,
)

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
ONE, TWO = uuid4(), uuid4()


@dataclass
class Standing:
    state: str
    acknowledged_at: datetime | None = None
    acknowledged_by_id: UUID | None = None
    acknowledged_by_label: str = ""
    closed_at: datetime | None = None
    closed_by_label: str = ""


@pytest.mark.parametrize(
    ("at", "quiet"),
    [(time(22), True), (time(23, 59), True), (time(0), True), (time(5, 59), True), (time(6), False), (time(21), False)],
)
def test_quiet_hours_go_over_midnight(at: time, quiet: bool) -> None:
    assert rules.is_quiet(at, time(22), time(6)) is quiet


@pytest.mark.parametrize(("at", "quiet"), [(time(12), True), (time(13, 30), False), (time(11), False)])
def test_quiet_hours_within_a_day(at: time, quiet: bool) -> None:
    assert rules.is_quiet(at, time(12), time(13, 30)) is quiet


def test_without_an_end_or_with_equal_ends_nothing_is_quiet() -> None:
    assert not rules.is_quiet(time(1), None, time(6))
    assert not rules.is_quiet(time(1), time(22), None)
    assert not rules.is_quiet(time(6), time(6), time(6))


@pytest.mark.parametrize(
    ("level", "called"), [("CRITICAL", True), ("HIGH", True), ("MEDIUM", False), ("INFORMATION", False), ("?", False)]
)
def test_in_quiet_hours_only_the_serious_call(level: str, called: bool) -> None:
    assert rules.may_call(level, time(23), time(22), time(6)) is called
    assert rules.may_call(level, time(12), time(22), time(6))


@pytest.mark.parametrize(("minutes", "rung"), [(0, 0), (9, 0), (10, 1), (20, 2), (39, 2), (40, 3), (4000, 3)])
def test_what_nobody_takes_climbs_from_when_it_was_raised(minutes: int, rung: int) -> None:
    now = AT + timedelta(minutes=minutes)
    assert rules.rung_by(State.RAISED, AT, AT, (10, 20, 40), now, is_cleared=False) == rung


def test_what_somebody_has_climbs_only_when_it_is_late() -> None:
    due = AT + timedelta(minutes=60)
    before, after = due + timedelta(minutes=9), due + timedelta(minutes=10)
    assert rules.rung_by(State.ACKNOWLEDGED, AT, due, (10, 20), before, is_cleared=False) == Rung.OFFICER
    assert rules.rung_by(State.ACKNOWLEDGED, AT, due, (10, 20), after, is_cleared=False) == Rung.WARD


def test_a_ladder_in_any_order_with_nonsense_in_it_never_goes_past_the_province() -> None:
    now = AT + timedelta(days=1)
    assert rules.rung_by(State.RAISED, AT, AT, (40, -5, 10, 20, 30, 50), now, is_cleared=False) == Rung.PROVINCE
    assert rules.rung_by(State.RAISED, AT, AT, (-5,), now, is_cleared=False) == Rung.OFFICER


@pytest.mark.parametrize(("state", "cleared"), [(State.CLOSED, False), (State.RAISED, True)])
def test_what_is_over_calls_nobody(state: State, cleared: bool) -> None:
    assert rules.rung_by(state, AT, AT, (1,), AT + timedelta(days=1), is_cleared=cleared) == Rung.OFFICER


def test_due_comes_from_the_rule_or_is_the_usual() -> None:
    assert rules.due_at(AT, 15) == AT + timedelta(minutes=15)
    assert rules.due_at(AT, 0) == AT + timedelta(minutes=60)


def test_the_second_is_told_who_was_first() -> None:
    rules.require_unacknowledged(Standing(State.RAISED), ONE)
    with pytest.raises(rules.AlertAcknowledgedAlready) as first:
        rules.require_unacknowledged(Standing(State.ACKNOWLEDGED, AT, TWO, "Lan"), ONE)
    assert first.value.params == {"who": "Lan", "at": AT}
    with pytest.raises(rules.AlertClosed):
        rules.require_unacknowledged(Standing(State.CLOSED, AT, ONE, "Lan", AT, "Bình"), ONE)


def test_who_has_it_already_is_told_so_and_not_of_somebody_else() -> None:
    with pytest.raises(rules.AcknowledgedByYou) as mine:
        rules.require_unacknowledged(Standing(State.ACKNOWLEDGED, AT, ONE, "Lan"), ONE)
    assert mine.value.params == {"at": AT}


def test_how_many_at_once() -> None:
    rules.require_count(1)
    rules.require_count(0, least=0)
    for least in (1, 2):
        with pytest.raises(rules.NoAlertChosen):
            rules.require_count(0, least=least)
    with pytest.raises(rules.TooFewToGroup):
        rules.require_count(1, least=2)
    with pytest.raises(rules.TooManyAlerts):
        rules.require_count(rules.MOST_AT_ONCE + 1)


def test_what_alerts_have_in_common() -> None:
    assert rules.group_key(1, "RULE", "/wards/W05443") == "1"
    assert rules.group_key(1, "WARD", "/wards/W05443") == "1 /wards/W05443"
    assert rules.group_key(1, "WARD", "") == ""
    assert rules.group_key(1, "NONE", "/wards/W05443") == ""
    assert rules.group_span("WARD", 15) == timedelta(minutes=15)
    assert rules.group_span("WARD", 0) == rules.group_span("NONE", 15) == timedelta(minutes=60)


def test_the_most_serious_leads_of_those_the_oldest() -> None:
    later = AT + timedelta(minutes=1)
    assert rules.head_position([("LOW", AT), ("HIGH", later), ("HIGH", AT)]) == 2
    assert rules.head_position([]) == 0


def test_levels_have_an_order_and_an_unknown_one_stands_last() -> None:
    assert [rank_of(level) for level in (*Level, "?")] == [1, 2, 3, 4, 5, 6]
    assert most_serious(("LOW", "HIGH")) == "HIGH"
    assert most_serious(()) == "INFORMATION"


def test_a_group_takes_what_comes_within_its_span_and_the_newest_line_leads() -> None:
    lines, span = Lines(), timedelta(minutes=10)
    for line in (Line(ONE, ONE, "k", AT), Line(TWO, ONE, "k", AT + timedelta(minutes=30)), Line(ONE, ONE, "k", AT)):
        lines.add(line)
    assert lines.head_for(ONE, "k", AT + timedelta(minutes=35), span) == TWO
    assert lines.head_for(ONE, "k", AT, span) is None
    assert lines.head_for(ONE, "", AT, span) is None
    assert lines.head_for(TWO, "other", AT, span) is None


@pytest.mark.parametrize(
    ("entity", "name"),
    [
        ({"name": " Cầu  Gia Bảy "}, "Cầu Gia Bảy"),
        ({"name": {"languageMap": {"en": "Bridge", "vi": "Cầu"}}}, "Cầu"),
        ({"name": {"en": "Bridge"}}, "Bridge"),
        ({"name": {"languageMap": {}}}, ""),
        ({"name": {"languageMap": {"en": 3}}}, ""),
        ({"name": 3}, ""),
        ({}, ""),
    ],
)
def test_an_entity_is_called_as_it_says(entity: dict[str, object], name: str) -> None:
    assert receiving.entity_name(entity) == name
    assert receiving.name_of(entity) == name
    assert receiving.name_of({"name": {"type": "Property", "value": entity.get("name")}}) == name


@pytest.mark.parametrize(
    ("subject", "values", "ward", "known", "name"),
    [
        ("urn:ngsi-ld:X:g1", {"name": " A  b "}, "Trưng Vương", "", "A b"),
        ("urn:ngsi-ld:X:g1", {"name": " "}, "Trưng Vương", "", "g1"),
        ("urn:ngsi-ld:X:g1", {"name": 3}, "", "Cầu", "Cầu"),
        ("area:/wards/W05443", {}, "Trưng Vương", "", "Trưng Vương"),
        ("area:/wards/W05443", {}, "Trưng Vương", "Cũ", "Cũ"),
    ],
)
def test_a_subject_keeps_the_name_that_is_known(
    subject: str, values: dict[str, object], ward: str, known: str, name: str
) -> None:
    assert receiving.subject_name(subject, values, ward, known) == name


def test_words_are_asked_for_and_not_too_many() -> None:
    assert require_words("  đã xong\r\n ") == "đã xong"
    assert require_title("a\nb") == "a b"
    assert optional_words(" ") == ""
    for empty in ("", " … ", "!!!"):
        with pytest.raises(WordsMissing):
            require_words(empty)
    with pytest.raises(WordsTooLong):
        require_words("a" * 2001)
    with pytest.raises(WordsTooLong):
        optional_words("a" * 2001)


@pytest.mark.parametrize(
    ("level", "raised", "minutes", "quiet", "by"),
    [
        ("MEDIUM", "25T09:00", (10, 20), (None, None), "25T09:10"),
        ("MEDIUM", "25T09:00", (30, 5), (time(22), time(6)), "25T09:05"),
        # Without a ladder, or with one of nonsense, by the due time.
        ("MEDIUM", "25T09:00", (), (None, None), "25T10:00"),
        ("MEDIUM", "25T09:00", (-5,), (None, None), "25T10:00"),
        # Quiet hours are waited for, before midnight and after it, but not by what is serious.
        ("MEDIUM", "25T23:00", (10,), (time(22), time(6)), "26T06:00"),
        ("MEDIUM", "26T02:00", (10,), (time(22), time(6)), "26T06:00"),
        ("MEDIUM", "25T12:10", (10,), (time(12), time(13)), "25T13:00"),
        ("HIGH", "25T23:00", (10,), (time(22), time(6)), "25T23:10"),
    ],
)
def test_by_when_somebody_must_have_taken_it(
    level: str, raised: str, minutes: tuple[int, ...], quiet: tuple[time | None, time | None], by: str
) -> None:
    at = datetime.fromisoformat(f"2026-11-{raised}")
    found = rules.acknowledge_by(level, at, at + timedelta(hours=1), minutes, *quiet)
    assert found == datetime.fromisoformat(f"2026-11-{by}")
