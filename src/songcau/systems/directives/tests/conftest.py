"""The town of `town.py`, a folder of its own for files, and a clock that stands at Wednesday, nine in the morning."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone, translation

from songcau.foundation.files import scanners, storage
from songcau.kernel import clock
from songcau.systems.directives.tests.town import Town, make_town

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=timezone.get_fixed_timezone(0))


@pytest.fixture(autouse=True)
def _stands() -> Iterator[None]:
    with clock.frozen(NOW), translation.override("vi"):
        yield


@pytest.fixture(autouse=True)
def _files_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    changed = settings.SONGCAU.model_copy(update={"data": tmp_path, "files_scanner": ""})
    monkeypatch.setattr(settings, "SONGCAU", changed)
    storage.store.cache_clear()
    scanners.scanner.cache_clear()
    yield
    storage.store.cache_clear()
    scanners.scanner.cache_clear()


@pytest.fixture
def town(db: None) -> Town:
    return make_town()
