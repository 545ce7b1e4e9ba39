"""A city with people to tell something to, and settings of a test's own."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from songcau.foundation.accounts.models import Agency, Person
from songcau.foundation.accounts.tests.people import make_agency, make_person
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.notifications import kinds
from songcau.foundation.notifications.kinds import Kind
from songcau.foundation.notifications.rules import Channel, Urgency
from songcau.foundation.outbox import reactions
from songcau.kernel import clock

# A Monday, 10:00 in Hà Nội: nobody's quiet hours.
MORNING = datetime(2026, 11, 23, 3, tzinfo=UTC)
REPORT = "tests.report"
ALARM = "tests.alarm"


@pytest.fixture(autouse=True)
def _outbox():
    before = list(reactions._installed)
    reactions.install((), (), record=record_entry)
    yield
    reactions._installed[:] = before


@pytest.fixture(autouse=True)
def _kinds():
    before = dict(kinds._kinds)
    kinds.register(
        Kind(
            REPORT,
            name="Báo cáo",
            title="Report of %(who)s",
            body="At %(place)s, telephone %(phone)s.",
            short="There is news about a report.",
            params=frozenset({"who", "place", "phone"}),
            usual=frozenset({Channel.EMAIL, Channel.SMS, Channel.ZALO}),
        ),
        Kind(
            ALARM,
            name="Báo động",
            title="Alarm",
            body="Alarm",
            short="Alarm",
            urgency=Urgency.URGENT,
            required=frozenset({Channel.EMAIL}),
        ),
    )
    yield
    kinds._kinds.clear()
    kinds._kinds.update(before)


@pytest.fixture(autouse=True)
def morning():
    """The clock stands at a morning; a test may move it on."""
    with clock.frozen(MORNING):
        yield


@pytest.fixture
def set_up(settings, tmp_path) -> Callable[..., None]:
    """Give the installation other settings; its data folder is one of the test's own."""

    def change(**values: object) -> None:
        settings.SONGCAU = settings.SONGCAU.model_copy(update={"data": tmp_path, **values})

    change(demo=True)
    return change


@pytest.fixture
def agency(db) -> Agency:
    cache.clear()
    return make_agency("UBND-1")


@pytest.fixture
def lan(agency: Agency, set_up) -> Person:
    return make_person("lan", agency, "Trần Thị Lan", email="lan@example.vn", phone="0912345678", language="vi")


@pytest.fixture
def binh(agency: Agency, set_up) -> Person:
    return make_person("binh", agency, "Lê Văn Bình", email="binh@example.vn", language="en")
