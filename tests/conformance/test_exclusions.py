from pathlib import Path

import pytest

from tools.conformance.cases import Case
from tools.conformance.exclusions import Exclusions, load

ONE = Case("a.robot", "060_03_01 Purge Entities")
OTHER = Case("b.robot", "060_03_01 Purge All")
ALONE = Case("c.robot", "060_04 Purge None")


def test_a_case_is_excluded_by_its_number() -> None:
    excluded = Exclusions({"060_04": "its fault"})
    assert excluded.reason_for(ALONE) == "its fault"
    assert excluded.reason_for(ONE) == ""


def test_a_case_is_excluded_by_its_whole_name() -> None:
    excluded = Exclusions({ONE.name: "its fault"})
    assert excluded.reason_for(ONE) == "its fault"
    assert excluded.reason_for(OTHER) == ""


def test_an_exclusion_names_exactly_one_case() -> None:
    excluded = Exclusions({"060_03_01": "two cases", "099_01": "no case", "060_04": "one", ONE.name: "one"})
    assert excluded.faults([ONE, OTHER, ALONE]) == [
        "exclusion '060_03_01' names 2 cases",
        "exclusion '099_01' names 0 cases",
    ]


def test_an_exclusion_needs_a_reason(tmp_path: Path) -> None:
    file = tmp_path / "exclusions.toml"
    file.write_text('060_04 = "  "\n', encoding="utf-8")
    with pytest.raises(ValueError, match="060_04 has no reason"):
        load(file)


def test_a_reason_over_several_lines_becomes_one_line(tmp_path: Path) -> None:
    file = tmp_path / "exclusions.toml"
    file.write_text('060_04 = """\none\n  two"""\n', encoding="utf-8")
    assert load(file).reasons == {"060_04": "one two"}


def test_our_own_exclusions_can_be_read() -> None:
    assert all(reason.endswith(".") for reason in load().reasons.values())
