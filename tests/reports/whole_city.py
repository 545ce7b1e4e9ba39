"""The whole city's reactions, and what its worker does with them."""

import pytest

from songcau.entry.reactions import jobs, reactions
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.delivery import claim_next, deliver
from songcau.foundation.outbox.models import Delivery
from songcau.foundation.outbox.reactions import install
from songcau.foundation.outbox.rules import State
from songcau.systems.citizen_reports.tests.conftest import (
    _files_of_its_own as _files_of_its_own,
)
from songcau.systems.citizen_reports.tests.conftest import (
    _stands as _stands,
)
from songcau.systems.citizen_reports.tests.conftest import (
    town as town,
)
from songcau.systems.citizen_reports.tests.conftest import (
    wards as wards,
)

# The live map needs a broker; `test_on_the_map` has one.
NEEDS_A_BROKER = "citizen_reports_on_the_map"


@pytest.fixture(autouse=True)
def _whole_city(db: None) -> None:
    install([one for one in reactions() if NEEDS_A_BROKER not in one.name], jobs(), record=record_entry)


def work() -> None:
    """What a worker does until nothing is left."""
    while claimed := claim_next("test"):
        deliver(claimed)
    failed = Delivery.objects.filter(attempts__gt=0, state__in=(State.WAITING, State.DEAD))
    assert list(failed.values_list("reaction", "last_error")) == []
