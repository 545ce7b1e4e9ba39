import json
import sys
from pathlib import Path

import pytest

from tests.conformance.conftest import MQTT, PURGE
from tools.conformance import contexts, runs, servers
from tools.conformance.cases import NOT_RUN, Case, Outcome, cases_of
from tools.conformance.groups import ALONE, BY_NAME, chosen
from tools.conformance.runs import Part, Plan, complete, parts_of, run_all, run_part

# Hangs in the first case and, when told to end, writes what Robot writes then; when cases are named, all pass.
HANGING = """import pathlib, signal, sys
words = sys.argv[1:]
output = pathlib.Path(words[words.index("--outputdir") + 1])
output.mkdir(parents=True)
source = pathlib.Path(next(word for word in words if word.endswith(".robot"))).resolve()
PASS = '<test name="{}"><status status="PASS"/></test>'
FAIL = '<test name="{}"><status status="FAIL">{}</status></test>'
ENDED = FAIL.format("001_01_01 A Minimal Entity", "Execution terminated by signal")
LEFT_OUT = FAIL.format("001_01_03 One With An Argument", "Test execution stopped due to a fatal error.")
def write(tests):
    (output / "output.xml").write_text(f'<robot><suite source="{source}">{tests}</suite></robot>')
def ended(*_):
    write(ENDED + LEFT_OUT)
    raise SystemExit(2)
if "001_01_01 A Minimal Entity" in words or "--test" not in words:
    signal.signal(signal.SIGTERM, ended)
    signal.pause()
write(PASS.format("001_01_03 One With An Argument"))
"""


def plan(checkout: Path, output: Path, program: Path) -> Plan:
    preloaded = output / "contexts"
    preloaded.mkdir(parents=True)
    contexts.write_folder(checkout, preloaded)
    return Plan(checkout, Path(sys.executable), [sys.executable, str(program)], preloaded, output, False)


def test_groups_are_cut_into_parts_with_the_longest_first(checkout: Path) -> None:
    parts = parts_of(checkout, chosen("entities,subscriptions,mqtt"))
    assert [part.name for part in parts] == ["subscriptions-1", "entities-1"]
    assert parts[0].files == [MQTT]


def test_a_file_is_never_cut_and_a_long_group_becomes_several_parts(checkout: Path) -> None:
    folder = (checkout / "TP" / "NGSI-LD" / MQTT).parent
    for number in range(2, 9):
        text = "*** Test Cases ***\n" + "".join(f"058_0{number}_0{case} Over MQTT\n" for case in (1, 2, 3))
        (folder / f"058_0{number}.robot").write_text(text, encoding="utf-8")
    parts = parts_of(checkout, chosen("mqtt"))
    assert sorted(len(part.cases) for part in parts) == [3, 6, 6, 7]
    assert sorted(file for part in parts for file in part.files) == sorted(
        {case.file for case in cases_of(checkout, BY_NAME["mqtt"])}
    )


def test_a_file_that_others_would_spoil_is_a_part_of_its_own(checkout: Path) -> None:
    [alone] = ALONE
    for name in (alone, alone.replace("053_06", "053_05"), alone.replace("053_06", "053_07")):
        file = checkout / "TP" / "NGSI-LD" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"*** Test Cases ***\n{file.stem}_01 One\n", encoding="utf-8")
    parts = parts_of(checkout, chosen("contexts"))
    assert [[case.id for case in part.cases] for part in parts] == [["053_05_01", "053_07_01"], ["053_06_01"]]


def test_what_robot_wrote_nothing_of_did_not_run() -> None:
    one, two = Case("a.robot", "001 One"), Case("a.robot", "002 Two")
    part = Part(BY_NAME["entities"], 1, (one, two))
    assert complete(part, [Outcome(two, "passed")], "it ended") == [
        Outcome(one, NOT_RUN, "it ended"),
        Outcome(two, "passed"),
    ]


def test_parts_run_against_brokers_of_their_own(checkout: Path, tmp_path: Path, broker_program: Path) -> None:
    said: list[str] = []
    output = tmp_path / "output"
    parts = parts_of(checkout, chosen("entities,purge"))
    outcomes = run_all(plan(checkout, output, broker_program), parts, servers.most_workers(), said.append)
    assert [outcome.status for outcome in outcomes] == ["passed"] * 4
    assert sorted(line.split(" in ")[0] for line in said) == ["entities-1: 2 of 2 passed", "purge-1: 2 of 2 passed"]
    given = [json.loads((output / f"{part.name}-1" / "variables.json").read_text(encoding="utf-8")) for part in parts]
    assert given[0]["url"] != given[1]["url"]
    assert given[0]["core_context"] == "https://example.org/core.jsonld"
    assert given[0]["notification_server_port"] == 8085


def test_only_the_cases_that_were_asked_for_are_named_to_robot(
    checkout: Path, tmp_path: Path, broker_program: Path
) -> None:
    [part] = parts_of(checkout, chosen("purge"), "*Same*")
    outcomes, trouble = run_part(plan(checkout, tmp_path / "output", broker_program), part, "127.0.0.1")
    assert [(outcome.case, outcome.status) for outcome in outcomes] == [
        (Case(PURGE, "060_01_01 The Same Number"), "passed")
    ]
    assert trouble == ""


def test_a_broker_that_ends_at_once_is_told_with_its_last_words(checkout: Path, tmp_path: Path) -> None:
    program = tmp_path / "broken.py"
    program.write_text("raise SystemExit('the folder is not writable')", encoding="utf-8")
    [part] = parts_of(checkout, chosen("entities"))
    outcomes, trouble = run_part(plan(checkout, tmp_path / "output", program), part, "127.0.0.1")
    assert [outcome.status for outcome in outcomes] == [NOT_RUN, NOT_RUN]
    assert "the folder is not writable" in trouble
    assert "the broker ended with 1" in outcomes[0].message


def test_robot_that_cannot_run_is_told(checkout: Path, tmp_path: Path, broker_program: Path) -> None:
    (checkout / "robot" / "__main__.py").write_text("raise SystemExit(252)", encoding="utf-8")
    [part] = parts_of(checkout, chosen("entities"))
    outcomes, trouble = run_part(plan(checkout, tmp_path / "output", broker_program), part, "127.0.0.1")
    assert {outcome.status for outcome in outcomes} == {NOT_RUN}
    assert "Robot ended with 252" in trouble


def test_a_case_that_hangs_has_failed_and_the_rest_is_run_again(
    checkout: Path, tmp_path: Path, broker_program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "SPARE_SECONDS", 1.0)
    monkeypatch.setattr(runs, "PATIENCE", 0.0)
    (checkout / "robot" / "__main__.py").write_text(HANGING, encoding="utf-8")
    [part] = parts_of(checkout, chosen("entities"))
    outcomes, trouble = run_part(plan(checkout, tmp_path / "output", broker_program), part, "127.0.0.1")
    assert [(outcome.case.id, outcome.status) for outcome in outcomes] == [
        ("001_01_01", "failed"),
        ("001_01_03", "passed"),
    ]
    assert outcomes[0].first_line == "Execution terminated by signal"
    assert "Robot was ended after 1 s" in trouble


def test_a_hanging_robot_that_writes_nothing_hung_in_the_first_case(
    checkout: Path, tmp_path: Path, broker_program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "SPARE_SECONDS", 0.5)
    monkeypatch.setattr(runs, "PATIENCE", 0.0)
    (checkout / "robot" / "__main__.py").write_text("import time\ntime.sleep(60)", encoding="utf-8")
    [part] = parts_of(checkout, chosen("entities"))
    outcomes, _ = run_part(plan(checkout, tmp_path / "output", broker_program), part, "127.0.0.1")
    assert [outcome.message for outcome in outcomes] == ["Robot hung in this case"] * 2


def test_a_broker_is_ended_with_its_part(checkout: Path, tmp_path: Path, broker_program: Path) -> None:
    command = [sys.executable, str(broker_program)]
    with servers.Broker(command, tmp_path / "part", tmp_path) as broker:
        assert broker.alive
    assert not broker.alive


def test_the_suite_s_contexts_are_preloaded_under_the_addresses_its_files_name(checkout: Path, tmp_path: Path) -> None:
    contexts.write_folder(checkout, tmp_path)
    index = json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))
    assert len(index) == 6
    assert all((tmp_path / name).is_file() for name in index.values())
    assert not any("non-existing" in url or "core-context" in url for url in index)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux answers on every address of loopback")
def test_each_worker_has_an_address_of_its_own() -> None:
    assert servers.address_of(0) != servers.address_of(1)
