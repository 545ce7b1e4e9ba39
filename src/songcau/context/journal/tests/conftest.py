"""Every test that asks for a store is run with each database."""

from collections.abc import Iterator

import pytest

from songcau.context.journal.postgresql import PostgresqlStore
from songcau.context.journal.tests.stores import Chosen, emptied, own_database
from tools import capabilities


@pytest.fixture(scope="session")
def postgresql_address() -> Iterator[str]:
    if reason := capabilities.postgresql():
        pytest.skip(f"NOT RUN: {reason}")
    with own_database() as address:
        yield address


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that find another broker at work need not wait for it as long as a person would."""
    monkeypatch.setattr(PostgresqlStore, "seconds_for_the_lock", 1.0)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_store(request: pytest.FixtureRequest) -> Iterator[None]:
    """The database in which `new_store` keeps what it is given."""
    if request.param == "postgresql":
        Chosen.address = request.getfixturevalue("postgresql_address")
        emptied(Chosen.address)
    yield
    Chosen.address = ""
