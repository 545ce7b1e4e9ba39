"""Other tests of this machine may look at pictures at the same time: these wait for nobody but themselves."""

from pathlib import Path

import pytest

from songcau.systems.citizen_reports.adapters import blurring


@pytest.fixture(autouse=True)
def lock_of_this_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blurring, "LOCK", tmp_path / "blurring.lock")
