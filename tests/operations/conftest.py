"""The town of reports with its wards' places, a broker of its own, and the live city fed from it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import translation

from songcau.consoles.operations.live import feeding
from songcau.consoles.operations.live.city import LiveCity
from songcau.consoles.operations.live.things import thing_of
from songcau.consoles.operations.tests.entities import station
from songcau.foundation.accounts.context_grants import city_context
from songcau.foundation.files import storage
from songcau.foundation.places.models import Unit
from songcau.foundation.places.rules import Level
from songcau.kernel import clock
from songcau.systems.citizen_reports.tests.desk import Enter, browsers
from songcau.systems.citizen_reports.tests.town import Town, make_town
from songcau.systems.incidents.tests.conftest import rules as rules
from tests.context.running import running_broker

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
# Wednesday, nine in the morning; the week before it is the one from the 16th to the 22nd.
NOW = datetime(2026, 11, 25, 9, tzinfo=ZONE)
WARD, OTHER = "05443", "05446"


@pytest.fixture(autouse=True)
def _in_vietnamese() -> Iterator[None]:
    with translation.override("vi"):
        yield


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "SONGCAU", settings.SONGCAU.model_copy(update={"data": tmp_path}))
    storage.store.cache_clear()
    yield
    storage.store.cache_clear()


@pytest.fixture
def wednesday() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


@pytest.fixture
def town(db: None) -> Town:
    """Its two ward committees work in their wards, so that who leads one sees what is there."""
    made = make_town()
    for agency, code, name in ((made.ward, WARD, "Trưng Vương"), (made.other, OTHER, "Túc Duyên")):
        facts = {"level": Level.WARD, "kind": "WARD", "name": f"Phường {name}", "short_name": name}
        unit = Unit.objects.create(code=code, valid_from=date(2020, 1, 1), **facts)
        agency.unit_id = unit.pk
        agency.save()
    return made


@pytest.fixture
def enter(town: Town) -> Enter:
    return browsers()


def entities() -> list[dict[str, Any]]:
    """Stations in two wards, one of them silent for a day; a gauge; detectors."""
    now = clock.now()
    fresh, old = (now.isoformat().replace("+00:00", "Z") for now in (now, now - timedelta(days=1)))
    flow = {"type": "Property", "value": 700, "observedAt": fresh}
    return [
        station(1, at=fresh),
        station(2, ward=OTHER, at=fresh),
        station(3, ward=OTHER, at=old),
        station(4, kind="WaterObserved", at=old),
        *(station(5 + number, kind="TrafficFlowObserved", at=fresh, intensity=flow) for number in range(3)),
    ]


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> LiveCity:
    """The live city of this process, filled by hand: no thread runs."""
    city = LiveCity()
    city.fill([thing_of(entity) for entity in entities()], 10)
    monkeypatch.setattr(feeding.FEED, "city", city)
    monkeypatch.setattr(feeding.FEED, "begin", lambda: None)
    feeding.FEED._filled.set()
    return city


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[None]:
    """A real one, where the city's own calls find it, with the same entities in it."""
    (tmp_path / "run").mkdir()
    socket = str(tmp_path / "run" / "context.sock")
    with running_broker(tmp_path / "context", "--auth", "--socket", socket):
        with city_context() as context:
            context.upsert(entities())
        yield
