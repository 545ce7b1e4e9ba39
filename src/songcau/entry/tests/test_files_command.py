"""`songcau files verify` names what is wrong with the store, and its exit code says whether anything is."""

from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from songcau.entry.commands.files import files
from songcau.foundation.files import verifying
from songcau.foundation.files.verifying import Fault, Finding


def ran(monkeypatch: pytest.MonkeyPatch, *findings: Finding | None) -> tuple[int, str]:
    def found() -> Iterator[Finding | None]:
        return iter(findings)

    monkeypatch.setattr(verifying, "findings", found)
    monkeypatch.setattr(verifying, "total", lambda: len(findings))
    result = CliRunner().invoke(files, ["verify"])
    return result.exit_code, result.stdout


def test_a_whole_store_ends_well(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ran(monkeypatch, None, None) == (0, "2 checked, 0 missing, 0 corrupt, 0 orphan\n")


def test_every_fault_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = ran(monkeypatch, None, Finding("ab", Fault.MISSING, ("don.pdf", "a.txt")), Finding("cd", Fault.ORPHAN))
    assert code == 1
    assert "MISSING  ab  don.pdf, a.txt\nORPHAN  cd\n" in said
    assert said.endswith("2 checked, 1 missing, 0 corrupt, 1 orphan\n")
