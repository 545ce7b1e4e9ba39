import json
import sys
from pathlib import Path

import pytest

from tools.conformance.__main__ import main


@pytest.fixture
def words(checkout: Path, broker_program: Path) -> list[str]:
    return [str(checkout), "--robot", sys.executable, "--broker", sys.executable, str(broker_program)]


def test_a_run_prints_its_table_and_writes_what_was_asked_for(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failing, machine = tmp_path / "failing", tmp_path / "run.json"
    code = main(["--groups", "entities,purge", "--failing", str(failing), "--json", str(machine), *words])
    said = capsys.readouterr().out
    assert code == 0
    assert ["entities", "2", "2", "0", "0"] in [line.split() for line in said.splitlines()]
    assert "NOTE entities: 2 cases in this checkout, 55 in commit 1d442dc" in said
    assert (failing / "purge.txt").read_text(encoding="utf-8") == ""
    assert json.loads(machine.read_text(encoding="utf-8"))["suite"] == "unknown"


def test_a_failing_case_ends_the_command_with_1(
    words: list[str], checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "robot" / "__main__.py").write_text("", encoding="utf-8")
    assert main(["--groups", "entities", *words]) == 1
    assert ["entities", "2", "0", "2", "0"] in [line.split() for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (["--groups", "nope"], "no such group: nope"),
        (["--groups", "purge", "--cases", "zz*"], "no case of these groups matches zz*"),
        (["--keep", "full"], "full is not an empty folder"),
        (["--json", "nowhere/run.json"], "there is no folder for nowhere/run.json"),
        (["--page", "--groups", "purge"], "the page shows a run of the whole suite"),
        (["--robot", "nowhere/python"], "nowhere/python is not there"),
    ],
)
def test_what_cannot_be_done_is_said_at_once(
    words: list[str],
    asked: list[str],
    why: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "log.html").touch()
    assert main([words[0], "--robot", sys.executable, *asked]) == 2
    assert why in capsys.readouterr().err


def test_a_folder_that_is_no_checkout_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "is no checkout of the suite" in capsys.readouterr().err
