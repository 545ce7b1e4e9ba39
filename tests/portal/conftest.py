"""A small city with reports in it, a folder of its own for files, and a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from songcau.foundation.files import scanners, storage
from songcau.systems.citizen_reports.tests.town import Town, make_town


@pytest.fixture(autouse=True)
def _files_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    changed = settings.SONGCAU.model_copy(update={"data": tmp_path, "files_scanner": ""})
    monkeypatch.setattr(settings, "SONGCAU", changed)
    storage.store.cache_clear()
    scanners.scanner.cache_clear()
    with translation.override("vi"):
        yield
    storage.store.cache_clear()
    scanners.scanner.cache_clear()


@pytest.fixture
def town(db: None) -> Town:
    cache.clear()
    return make_town()


@pytest.fixture
def wards(db: None) -> None:
    """The city's 32 wards, in approximate outlines."""
    from songcau.foundation.places import revision
    from songcau.foundation.places.actions import load_profile
    from songcau.kernel.actor import SYSTEM

    revision.forget()
    load_profile(by=SYSTEM, name="tn-2022")


@pytest.fixture
def citizen() -> Client:
    """Somebody without an account."""
    return Client()
