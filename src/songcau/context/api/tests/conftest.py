"""Brokers for tests: whole ones, without a socket."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from songcau.context.api.tests.client import Client
from songcau.context.api.tests.notified import City


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    made = Client(tmp_path)
    yield made
    made.close()


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    made = City(tmp_path)
    yield made
    made.close()
