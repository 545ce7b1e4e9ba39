from pathlib import Path

import pytest

from tools.conformance.cases import NOT_RUN, Case, Outcome
from tools.conformance.exclusions import Exclusion, Exclusions, load

ONE = Case("a.robot", "060_03_01 Purge Entities")
OTHER = Case("b.robot", "060_03_01 Purge All")
ALONE = Case("c.robot", "060_04 Purge None")
FAULT = Exclusion("its fault", "503 != 504")


def failed(case: Case, message: str = "Setup failed:\n503 != 504") -> Outcome:
    return Outcome(case, "failed", message)


def test_a_case_is_excluded_by_its_number() -> None:
    excluded = Exclusions({"060_04": FAULT})
    assert excluded.reason_for(failed(ALONE)) == "its fault"
    assert excluded.reason_for(failed(ONE)) == ""


def test_a_case_is_excluded_by_its_whole_name() -> None:
    excluded = Exclusions({ONE.name: FAULT})
    assert excluded.reason_for(failed(ONE)) == "its fault"
    assert excluded.reason_for(failed(OTHER)) == ""


def test_a_case_that_fails_for_another_reason_counts() -> None:
    excluded = Exclusions({"060_04": FAULT})
    assert excluded.reason_for(failed(ALONE, "503 != 404")) == ""
    assert excluded.reason_for(Outcome(ALONE, NOT_RUN)) == ""


def test_an_excluded_case_that_passes_is_told_as_that() -> None:
    assert Exclusions({"060_04": FAULT}).reason_for(Outcome(ALONE, "passed")) == "its fault"


def test_an_exclusion_names_exactly_one_case() -> None:
    excluded = Exclusions({"060_03_01": FAULT, "099_01": FAULT, "060_04": FAULT, ONE.name: FAULT})
    assert excluded.faults([ONE, OTHER, ALONE]) == [
        "exclusion '060_03_01' names 2 cases",
        "exclusion '099_01' names 0 cases",
    ]


@pytest.mark.parametrize(
    ("written", "lack"),
    [
        ('[060_04]\nmessage = "x"\nreason = "  "', "reason"),
        ('[060_04]\nreason = "x"', "message"),
        ('060_04 = "x"', "reason"),
    ],
)
def test_an_exclusion_needs_a_reason_and_a_message(tmp_path: Path, written: str, lack: str) -> None:
    file = tmp_path / "exclusions.toml"
    file.write_text(written, encoding="utf-8")
    with pytest.raises(ValueError, match=f"060_04 has no {lack}"):
        load(file)


def test_a_reason_over_several_lines_becomes_one_line(tmp_path: Path) -> None:
    file = tmp_path / "exclusions.toml"
    file.write_text('[060_04]\nmessage = "x"\nreason = """\none\n  two"""\n', encoding="utf-8")
    assert load(file).cases == {"060_04": Exclusion("one two", "x")}


def test_our_own_exclusions_can_be_read() -> None:
    assert all(exclusion.reason.endswith(".") for exclusion in load().cases.values())
