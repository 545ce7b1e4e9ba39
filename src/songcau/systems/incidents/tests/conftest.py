"""The town of `town.py`, a folder of its own for files, rules that a test names, and a clock that stands."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.utils import translation

from songcau.foundation.files import scanners, storage
from songcau.foundation.places import revision
from songcau.kernel import clock
from songcau.systems.incidents.queries import alert_rules
from songcau.systems.incidents.queries.alert_rules import RuleFacts
from songcau.systems.incidents.tests.town import Town, make_town, rule

# Wednesday, nine in the morning in the city.
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _stands() -> Iterator[None]:
    with clock.frozen(NOW), translation.override("vi"):
        yield


@pytest.fixture(autouse=True)
def _looks_at_places_at_once() -> None:
    """What an earlier test's process saw is not this test's."""
    revision.forget()


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


class Rules:
    """Rules as the engine's tables would give them; `add` makes one."""

    def __init__(self) -> None:
        self.known: dict[UUID, RuleFacts] = {}

    def add(self, **more: Any) -> UUID:
        made = rule(**more)
        self.known[made.id] = made
        return made.id

    def facts_of(self, rule_ids: Collection[UUID]) -> dict[UUID, RuleFacts]:
        return {one: self.known[one] for one in rule_ids if one in self.known}


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Rules:
    made = Rules()
    monkeypatch.setattr(alert_rules, "facts_of", made.facts_of)
    return made
