"""Every test that asks for a store is run with each database."""

from collections.abc import Iterator

import pytest

from songcau.context.journal.tests.stores import Chosen, emptied, own_database
from tools import capabilities


@pytest.fixture(scope="session")
def postgresql_address() -> Iterator[str]:
    if reason := capabilities.postgresql():
        pytest.skip(f"NOT RUN: {reason}")
    with own_database() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def any_store(request: pytest.FixtureRequest) -> Iterator[None]:
    """The database in which `new_store` keeps what it is given."""
    if request.param == "postgresql":
        Chosen.address = request.getfixturevalue("postgresql_address")
        emptied(Chosen.address)
    yield
    Chosen.address = ""
