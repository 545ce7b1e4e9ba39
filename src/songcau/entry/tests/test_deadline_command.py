"""`songcau deadline`: the date on its first line, then the sentence."""

from datetime import date

import pytest
from click.testing import CliRunner, Result

from songcau.entry.commands.terms import deadline as command
from songcau.foundation.accounts.tests.people import make_agency
from songcau.foundation.calendar import actions
from songcau.kernel.actor import SYSTEM


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, ["--received", "2026-02-12T16:00", *arguments])


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (["--days", "2"], "2026-02-23"),
        (["--days", "2", "--method", "hours"], "2026-02-23 16:00"),
        (["--days", "2", "--profile", "tn-2022"], "2026-02-23"),
        (["--days", "0.5", "--method", "hours"], "2026-02-13 10:30"),
        (["--days", "30", "--method", "calendar-days"], "2026-03-16"),
        (["--method", "same-day", "--cut-off", "15:00"], "2026-02-13"),
    ],
)
def test_the_command_prints_the_date_then_the_sentence(arguments: list[str], first: str) -> None:
    printed = run(*arguments)
    assert printed.exit_code == 0
    date, words = printed.output.splitlines()
    assert date == first
    assert words.startswith("Tiếp nhận lúc 16:00 Thứ 5 12/02/2026.")
    assert run(*arguments, "--language", "en").output.splitlines()[1].startswith("Received at 16:00")


@pytest.mark.parametrize(
    "arguments", [[], ["--days", "x"], ["--days", "2", "--method", "weeks"], ["--cut-off", "25:00"]]
)
def test_the_command_says_how_it_is_used(arguments: list[str]) -> None:
    printed = run(*arguments)
    assert printed.exit_code == 2
    assert "Usage" in printed.output


@pytest.mark.parametrize("days", ["0", "0.5", "10000"])
def test_the_command_refuses_what_is_no_term(days: str) -> None:
    refused = run("--days", days)
    assert refused.exit_code == 1
    assert getattr(refused.exception, "code", "").startswith("TERM_")


@pytest.mark.django_db
def test_the_command_counts_with_the_stored_calendar_of_an_agency() -> None:
    ward = make_agency("UBND-1")
    make_agency("MC-1", ward)
    actions.set_hours(
        by=SYSTEM,
        agency_id=ward.pk,
        valid_from=date(2026, 1, 1),
        valid_to=None,
        days=[[(450, 690), (780, 1020)]] * 5 + [[(450, 690)], []],
        decreed=[(450, 690), (780, 1020)],
    )
    printed = run("--days", "2", "--agency", "MC-1")
    assert printed.exit_code == 0, printed.output
    day, words = printed.output.splitlines()
    assert day == "2026-02-14", "the Saturday counts"
    assert f"giờ làm việc của {ward.name}" in words
    actions.withdraw_hours(by=SYSTEM, hours_id=ward.office_hours.get().pk, reason="thử")
    assert run("--days", "2", "--agency", "MC-1").output.splitlines()[0] == "2026-02-23"


@pytest.mark.django_db
def test_an_agency_that_is_none_is_said_so() -> None:
    assert "no agency has the code X" in run("--days", "2", "--agency", "X").output
    assert run("--days", "2", "--agency", "X", "--profile", "tn-2022").exit_code == 2
