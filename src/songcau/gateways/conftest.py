"""One broker for all tests of the gateways that neither stop it nor give it tokens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from songcau.gateways.tests import broker as brokers
from songcau.gateways.tests.broker import Broker


@pytest.fixture(scope="package")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    folder: Path = tmp_path_factory.mktemp("broker")
    with brokers.running(folder) as running:
        yield running
