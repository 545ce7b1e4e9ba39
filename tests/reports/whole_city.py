"""The whole city's reactions, and what its worker does with them."""

from collections.abc import Iterator

import pytest

from songcau.entry.reactions import install_all
from songcau.foundation.outbox.delivery import claim_next, deliver
from songcau.foundation.outbox.models import Delivery
from songcau.foundation.outbox.rules import State
from songcau.systems.citizen_reports.tests.conftest import (  # noqa: F401 - fixtures
    _files_of_its_own,
    _stands,
    town,
    wards,
)


@pytest.fixture(autouse=True)
def _whole_city(db: None) -> Iterator[None]:
    install_all()
    yield


def work() -> None:
    """Until nothing is left. What failed is a fault; what waits for a service outside (the broker) is not."""
    while claimed := claim_next("test"):
        deliver(claimed)
    failed = Delivery.objects.filter(faults__gt=0).exclude(state=State.DONE)
    assert list(failed.values_list("reaction", "error")) == []
