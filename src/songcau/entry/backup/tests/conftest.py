"""A full city on either database, made once; and an empty place for each test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from songcau.entry.backup.tests import cities
from songcau.entry.backup.tests.cities import POSTGRESQL, SQLITE, City, new_city
from songcau.entry.backup.tests.statements import worked_out_once
from tools import capabilities

NO_POSTGRESQL = capabilities.postgresql()
ENGINES = [
    SQLITE,
    pytest.param(POSTGRESQL, marks=pytest.mark.skipif(NO_POSTGRESQL is not None, reason=str(NO_POSTGRESQL))),
]


@pytest.fixture(autouse=True)
def _databases_of_our_own(django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="session", autouse=True)
def _worked_out_once() -> Iterator[None]:
    with worked_out_once():
        yield


@pytest.fixture(scope="session")
def make_database() -> Iterator[Callable[[], str]]:
    with cities.empty_databases() as make:
        yield make


@pytest.fixture(scope="session")
def full_sqlite(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    """The folder of a city that nobody changes; tests take copies."""
    folder = tmp_path_factory.mktemp("full")
    with django_db_blocker.unblock():
        cities.fill(new_city(SQLITE, folder, ""))
    return folder


@pytest.fixture
def full(full_sqlite: Path, tmp_path: Path) -> City:
    """A full city on SQLite that the test may change."""
    shutil.copytree(full_sqlite, tmp_path / "full")
    return new_city(SQLITE, tmp_path / "full", "")


@pytest.fixture(scope="session")
def full_postgresql(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any, make_database: Callable[[], str]
) -> City:
    """One for all tests: they only read it."""
    city = new_city(POSTGRESQL, tmp_path_factory.mktemp("full-pg"), make_database())
    with django_db_blocker.unblock():
        cities.fill(city)
    return city


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., City]:
    """Makes an empty place: `place(engine)`."""

    def make(engine: str = SQLITE, **changes: object) -> City:
        name = request.getfixturevalue("make_database")() if engine == POSTGRESQL else ""
        return new_city(engine, tmp_path / f"place-{len(list(tmp_path.iterdir()))}", name, **changes)

    return make


@pytest.fixture
def of(full: City, request: pytest.FixtureRequest) -> Callable[[str], City]:
    """The full city on an engine."""
    return lambda engine: full if engine == SQLITE else request.getfixturevalue("full_postgresql")
