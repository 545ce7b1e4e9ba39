from pathlib import Path

import pytest

from tests.conformance.conftest import ENTITIES, MQTT, PURGE
from tools.conformance import table
from tools.conformance.cases import NOT_RUN, Case, Outcome
from tools.conformance.exclusions import Exclusion, Exclusions
from tools.conformance.groups import BY_NAME, chosen

OUTCOMES = (
    Outcome(Case(ENTITIES, "001_01_01 One"), "passed", seconds=0.123),
    Outcome(Case(ENTITIES, "001_01_02 Two"), "failed", "201 != 400\nmore", exchanges=("> POST /", "< 400")),
    Outcome(Case(ENTITIES, "001_01_03 Three"), NOT_RUN, "the broker ended"),
    Outcome(Case(ENTITIES, "001_01_04 Four"), "failed", "503 != 504"),
    Outcome(Case(MQTT, "058_01_01 Five"), "passed"),
    Outcome(Case(PURGE, "060_01_01 Six"), "passed"),
)
RESULT = table.Result(OUTCOMES, Exclusions({"001_01_04": Exclusion("the suite wants 503", "503 != 504")}))


def test_a_row_counts_what_did_not_run_as_failed_and_what_is_excluded_apart() -> None:
    assert RESULT.row(BY_NAME["entities"]) == table.Row("entities", 4, 1, 2, 1)


def test_cases_over_mqtt_are_shown_and_not_counted_twice() -> None:
    rows = table.rows_of(RESULT, chosen("subscriptions,mqtt"))
    assert [(row.title, row.cases) for row in rows] == [
        ("subscriptions and notifications", 1),
        ("  of these over MQTT", 1),
        ("together, order 1", 1),
        ("all", 1),
    ]


def test_cases_over_mqtt_are_counted_when_they_are_asked_for_alone() -> None:
    assert [row.cases for row in table.rows_of(RESULT, chosen("mqtt,purge"))] == [1, 1, 2, 2]


def test_one_group_alone_needs_no_sum() -> None:
    assert len(table.rows_of(RESULT, chosen("purge"))) == 1


def test_the_table_for_the_terminal_is_aligned() -> None:
    assert table.as_text(table.rows_of(RESULT, chosen("entities,purge"))).splitlines() == [
        "group              cases  passed  failed  excluded",
        "entities               4       1       2         1",
        "purge                  1       1       0         0",
        "together, order 1      5       2       2         1",
        "all                    5       2       2         1",
    ]


def test_the_table_of_the_page_has_its_sums_in_bold() -> None:
    lines = table.as_markdown(table.rows_of(RESULT, chosen("entities,purge"))).splitlines()
    assert lines[2] == "| entities | 4 | 1 | 2 | 1 |"
    assert lines[-1] == "| **all** | **5** | **2** | **2** | **1** |"


def test_failures_are_what_is_left_to_mend() -> None:
    text = table.failure_list(RESULT.failures(BY_NAME["entities"]))
    assert text == (
        f"001_01_02 Two\n  {ENTITIES}\n  201 != 400\n    > POST /\n    < 400\n"
        f"\n001_01_03 Three\n  {ENTITIES}\n  not run\n"
    )


def test_excluded_cases_are_listed_with_how_they_ended() -> None:
    assert table.as_list_of_exclusions(RESULT) == "- `001_01_04 Four` (failed): the suite wants 503"


def test_the_run_is_written_for_machines() -> None:
    written = table.as_json(RESULT, "abc")
    assert written["suite"] == "abc"
    groups, cases = written["groups"], written["cases"]
    assert isinstance(groups, list)
    assert isinstance(cases, list)
    assert groups[0] == {
        "name": "entities",
        "order": 1,
        "title": "entities",
        "cases": 4,
        "passed": 1,
        "failed": 2,
        "excluded": 1,
    }
    assert cases[3] == {
        "id": "001_01_04",
        "name": "001_01_04 Four",
        "file": ENTITIES,
        "group": "entities",
        "status": "failed",
        "seconds": 0.0,
        "message": "503 != 504",
        "excluded": "the suite wants 503",
    }
    assert cases[4]["group"] == "subscriptions"


def test_the_page_is_written_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n", encoding="utf-8")
    table.put_into_page(page, "\nnew\n")
    assert page.read_text(encoding="utf-8") == f"before\n{table.BEGIN}\nnew\n{table.END}\nafter\n"


def test_a_page_without_its_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("by hand\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"page\.md lacks the marks"):
        table.put_into_page(page, "new")
    assert page.read_text(encoding="utf-8") == "by hand\n"


def test_our_own_page_has_its_marks() -> None:
    text = (Path(__file__).parents[2] / "docs" / "CONFORMANCE.md").read_text(encoding="utf-8")
    assert text.count(table.BEGIN) == text.count(table.END) == 1
