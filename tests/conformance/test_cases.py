from pathlib import Path

from tests.conformance.conftest import ENTITIES, PURGE
from tools.conformance.cases import NOT_RUN, Case, cases_of, outcomes_in
from tools.conformance.groups import BY_NAME

FILE = "ContextInformation/Provision/Entities/001_01.robot"
ASKED = """{
    "method": "POST",
    "url": "http://127.0.0.1:1/ngsi-ld/v1/entities/",
    "headers": {"Content-Type": "application/json", "User-Agent": "x"},
    "body": {"id": "urn:a"}
}"""
ANSWERED = """{
    "url": "http://127.0.0.1:1/ngsi-ld/v1/entities/",
    "headers": {"Location": "/a"},
    "status_code": 409,
    "body": null
}"""
NOTIFIED = """{
    "headers": {"Link": "x"},
    "body": {"type": "Notification"}
}"""


def written(folder: Path, tests: str, setup: str = "") -> Path:
    output = folder / "output.xml"
    output.write_text(
        f'<robot><suite name="all"><suite name="one" source="/somewhere/TP/NGSI-LD/{FILE}">{setup}{tests}</suite>'
        "</suite><statistics/></robot>",
        encoding="utf-8",
    )
    return output


def test_cases_are_read_from_the_sources_without_settings_comments_and_keywords(checkout: Path) -> None:
    assert cases_of(checkout, BY_NAME["entities"]) == [
        Case(ENTITIES, "001_01_01 A Minimal Entity"),
        Case(ENTITIES, "001_01_03 One With An Argument"),
    ]


def test_cases_are_chosen_by_number_or_by_name(checkout: Path) -> None:
    assert [case.id for case in cases_of(checkout, BY_NAME["entities"], "001_01_03")] == ["001_01_03"]
    assert [case.id for case in cases_of(checkout, BY_NAME["entities"], "*Minimal*")] == ["001_01_01"]
    assert cases_of(checkout, BY_NAME["purge"], "001_*") == []
    assert cases_of(checkout, BY_NAME["purge"], "*Same*") == [Case(PURGE, "060_01_01 The Same Number")]


def test_a_passed_case_is_read(tmp_path: Path) -> None:
    test = '<test name="001_01_01 One"><status status="PASS" elapsed="0.25"/></test>'
    [outcome] = outcomes_in(written(tmp_path, test))
    assert (outcome.case, outcome.status, outcome.seconds) == (Case(FILE, "001_01_01 One"), "passed", 0.25)


def test_a_failed_case_keeps_its_message_and_what_was_said(tmp_path: Path) -> None:
    test = (
        f'<test name="001_01_01 One"><kw name="Output"><msg>{ASKED}</msg><msg>{ANSWERED}</msg>'
        f"<msg>{NOTIFIED}</msg><msg>{{\nnot JSON</msg><msg>Length is 3</msg></kw>"
        '<status status="FAIL" elapsed="1">201 != 409\nand more</status></test>'
    )
    [outcome] = outcomes_in(written(tmp_path, test))
    assert outcome.status == "failed"
    assert outcome.first_line == "201 != 409"
    assert outcome.exchanges == (
        "> POST http://127.0.0.1:1/ngsi-ld/v1/entities/ {'Content-Type': 'application/json'} {\"id\": \"urn:a\"}",
        "< 409 {'Location': '/a'} ",
        "! notification {'Link': 'x'} {\"type\": \"Notification\"}",
    )


def test_a_failed_set_up_of_a_file_is_told_with_what_it_said(tmp_path: Path) -> None:
    setup = f'<kw name="Before" type="SETUP"><msg>{ANSWERED}</msg></kw>'
    test = '<test name="001_01_01 One"><status status="FAIL">Parent suite setup failed:\n201 != 409</status></test>'
    [outcome] = outcomes_in(written(tmp_path, test, setup))
    assert outcome.first_line == "201 != 409"
    assert outcome.exchanges == ("< 409 {'Location': '/a'} ",)


def test_a_long_body_is_cut(tmp_path: Path) -> None:
    long = ANSWERED.replace("null", f'"{"x" * 2000}"')
    test = f'<test name="001_01_01 One"><kw><msg>{long}</msg></kw><status status="FAIL">no</status></test>'
    [outcome] = outcomes_in(written(tmp_path, test))
    assert outcome.exchanges[0].endswith("x…")
    assert len(outcome.exchanges[0]) < 700


def test_a_case_without_a_status_did_not_run(tmp_path: Path) -> None:
    [outcome] = outcomes_in(written(tmp_path, '<test name="001_01_01 One"></test>'))
    assert outcome.status == NOT_RUN


def test_an_output_that_was_cut_off_gives_the_cases_before_the_cut(tmp_path: Path) -> None:
    output = written(tmp_path, '<test name="001_01_01 One"><status status="PASS"/></test><test name="001_01_02 Two">')
    output.write_text(output.read_text(encoding="utf-8").split("Two")[0], encoding="utf-8")
    assert [outcome.case.id for outcome in outcomes_in(output)] == ["001_01_01"]


def test_no_output_gives_no_outcomes(tmp_path: Path) -> None:
    assert outcomes_in(tmp_path / "output.xml") == []
