"""Pace, warnings, blocks and appeals."""

from datetime import UTC, datetime, timedelta

import pytest

from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.rules import Sanction

AT = datetime(2026, 11, 28, 2, tzinfo=UTC)
WHY = "Tôi đã gửi ảnh chụp, phản ánh này là đúng sự thật"


def test_who_reports_at_a_usual_pace_is_let_through() -> None:
    rules.require_pace(0, 0, 0, known=False)
    rules.require_pace(2, 9, 19, known=False)
    rules.require_pace(4, 29, 59, known=True)


@pytest.mark.parametrize(
    ("counts", "known", "minutes"),
    [((3, 3, 3), False, 1), ((0, 10, 10), False, 60), ((0, 0, 20), False, 1440), ((5, 5, 5), True, 1),
     ((0, 30, 30), True, 60), ((0, 0, 60), True, 1440)],
)  # fmt: skip
def test_who_is_too_fast_is_told_how_long_to_wait(counts: tuple[int, int, int], known: bool, minutes: int) -> None:
    with pytest.raises(rules.ReportsTooFast) as raised:
        rules.require_pace(*counts, known=known)
    assert raised.value.params["minutes"] == minutes


def test_two_warnings_come_before_a_block_of_seven_days_and_then_of_thirty() -> None:
    assert rules.standing_after(0, AT) == Sanction(1, None)
    assert rules.standing_after(1, AT) == Sanction(2, None)
    assert rules.standing_after(2, AT) == Sanction(3, AT + timedelta(days=7))
    assert rules.standing_after(3, AT) == Sanction(4, AT + timedelta(days=30))
    assert rules.standing_after(9, AT) == Sanction(10, AT + timedelta(days=30))


def test_a_block_ends_by_itself() -> None:
    rules.require_not_blocked(None, AT)
    rules.require_not_blocked(AT, AT)
    with pytest.raises(rules.ReportingBlocked):
        rules.require_not_blocked(AT + timedelta(seconds=1), AT)


def test_an_appeal_is_made_once_and_says_why() -> None:
    assert rules.require_appeal(f" {WHY} ", warnings=1, is_open=False) == WHY
    with pytest.raises(rules.NothingToAppeal):
        rules.require_appeal(WHY, warnings=0, is_open=False)
    with pytest.raises(rules.AppealOpenAlready):
        rules.require_appeal(WHY, warnings=3, is_open=True)
    for text in ("", "sai rồi", "a" * 2001):
        with pytest.raises(rules.AppealTextMissing):
            rules.require_appeal(text, warnings=1, is_open=False)
