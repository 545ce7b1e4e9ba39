"""The daily bulletin of a day that is over, from the history in a real broker."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from songcau.systems.incidents.pages.printing.weather import Observed, observations, observed_between
from tests.incidents.city import city_broker, instant, say

DAY = timedelta(days=1)
# Midnight in the city.
FIRST = datetime(2026, 11, 20, 17, tzinfo=UTC)


@pytest.fixture
def _broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with city_broker(tmp_path, monkeypatch):
        yield


def observe(at: datetime, station: str = "gia-bay", **values: object) -> None:
    figures = {name: {"type": "Property", "value": value, "observedAt": instant(at)} for name, value in values.items()}
    say({"id": f"urn:ngsi-ld:WeatherObserved:{station}", "type": "WeatherObserved", **figures})


@pytest.mark.usefixtures("_broker")
def test_of_a_day_that_is_over_its_own_weather_is_told() -> None:
    observe(FIRST - timedelta(minutes=1), temperature=5)
    for hours, temperature in ((0, 15.5), (7, 24), (23, 16)):
        observe(FIRST + timedelta(hours=hours), temperature=temperature, precipitation=hours, relativeHumidity="wet")
    observe(FIRST + DAY, temperature=41)
    observe(FIRST + DAY, "new", temperature=42)

    assert observed_between(FIRST, FIRST + DAY) == [
        Observed("gia-bay", {"temperature": (15.5, 24.0), "precipitation": (0.0, 23.0)})
    ]
    assert observed_between(FIRST - 9 * DAY, FIRST - 8 * DAY) == []
    assert {one.figures["temperature"] for one in observations() or ()} == {41.0, 42.0}


@pytest.mark.usefixtures("_broker")
def test_no_more_stations_than_the_page_has_room_for() -> None:
    for number in range(6):
        observe(FIRST, str(number), temperature=number)
    assert len(observed_between(FIRST, FIRST + DAY) or ()) == 4


def test_a_live_city_that_does_not_answer_is_not_one_without_weather(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with city_broker(tmp_path, monkeypatch):
        observe(FIRST, temperature=1)
    assert observed_between(FIRST, FIRST + DAY) is None
