"""The map's addresses: each person sees what is theirs, the past is told, what makes no sense is refused in words."""

import asyncio
from datetime import timedelta

import pytest
from django.test import Client

from songcau.consoles.operations.live import streams
from songcau.consoles.operations.live.city import LiveCity
from songcau.consoles.operations.live.feeding import FEED
from songcau.consoles.operations.readings import LISTING, Line, Lines
from songcau.kernel import clock
from songcau.systems.citizen_reports.tests.desk import Enter, text_of
from songcau.systems.citizen_reports.tests.town import Town, send
from tests.operations.conftest import OTHER, WARD

pytestmark = pytest.mark.usefixtures("live")
CITY = (105.7, 21.5, 105.9, 21.7)


def test_the_page_names_what_there_is(enter: Enter, town: Town) -> None:
    page = text_of(enter(town.desk).get("/operations/map/"))
    assert "Trạm thời tiết" in page
    assert "1 dữ liệu cũ" in page
    assert "địa bàn của mình" not in page
    assert "địa bàn của mình" in text_of(enter(town.head).get("/operations/map/"))


def test_an_empty_city_and_one_that_is_not_loaded_say_so(enter: Enter, town: Town, live: LiveCity) -> None:
    live.fill([], 11)
    assert "Chưa có số liệu nào" in text_of(enter(town.desk).get("/operations/map/"))
    FEED._filled.clear()
    assert "Chưa tải được số liệu" in text_of(enter(town.desk).get("/operations/map/"))
    FEED._filled.set()


def test_points_are_those_one_may_see_with_where_to_go_on(enter: Enter, town: Town, live: LiveCity) -> None:
    answer = enter(town.desk).get("/operations/points.json")
    assert answer["X-Last-Event-ID"] == f"{live.epoch}.10"
    kinds = answer.json()["kinds"]
    assert {kind: len(flat) // 5 for kind, flat in kinds.items()} == {
        "WeatherObserved": 3, "WaterObserved": 1, "TrafficFlowObserved": 3,
    }  # fmt: skip
    mine = enter(town.head).get("/operations/points.json").json()["kinds"]
    assert len(mine["WeatherObserved"]) == 5


def test_the_stream_tells_and_ends(enter: Enter, town: Town, live: LiveCity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LIFE_SECONDS", 0.01)
    answer = enter(town.desk).get("/operations/stream/", headers={"Last-Event-ID": f"{live.epoch}.10"})
    assert answer["Content-Type"] == "text/event-stream"

    async def read() -> bytes:
        return b"".join([part async for part in answer])  # type: ignore[union-attr]

    assert b"event: beat" in asyncio.run(read())


@pytest.mark.parametrize(("kinds", "many"), [("WeatherObserved,TrafficFlowObserved", 6), ("", 0), ("Odd", 0)])
def test_clusters_hold_the_kinds_that_are_asked_for(enter: Enter, town: Town, kinds: str, many: int) -> None:
    box = ",".join(map(str, CITY))
    found = enter(town.desk).get(f"/operations/clusters.geojson?bbox={box}&zoom=9&kinds={kinds}").json()
    assert sum(feature["properties"]["count"] for feature in found["features"]) == many


def test_wards_have_figures_or_none_and_none_is_not_zero(enter: Enter, town: Town) -> None:
    report = send()
    report.ward_code = WARD
    report.save()
    client = enter(town.head)
    found = client.get("/operations/wards.json?of=reports.open").json()
    by_code = {ward["code"]: ward for ward in found["wards"]}
    assert (by_code[WARD]["value"], by_code[OTHER]["value"]) == (1, 0)
    heat = client.get("/operations/wards.json?of=WeatherObserved.temperature").json()
    texts = {ward["code"]: ward["text"] for ward in heat["wards"]}
    # The station that has been silent for a day does not count; totals are for everybody who watches.
    assert (texts[WARD], texts[OTHER]) == ("21 °C", "22 °C")
    flow = {
        w["code"]: w["value"]
        for w in client.get("/operations/wards.json?of=TrafficFlowObserved.intensity").json()["wards"]
    }
    assert flow[OTHER] is None
    assert client.get("/operations/wards.json?of=Odd.nothing").json() == {"missing": True}
    assert client.get("/operations/wards.json").json() == {"missing": True}


def key_of(live: LiveCity, number: int) -> str:
    held = next(one for one in live.everything(None)[2] if one.thing and one.thing.id.endswith(f":{number}"))
    return f"/operations/thing/{live.epoch}/{held.key}/"


@pytest.mark.usefixtures("broker")
def test_a_thing_is_told_with_source_and_age(enter: Enter, town: Town, live: LiveCity) -> None:
    box = text_of(enter(town.desk).get(key_of(live, 1)))
    assert "Trạm 1" in box
    assert "21 °C" in box
    assert "Nguồn" in box
    assert "Dữ liệu cũ" not in box
    old = text_of(enter(town.desk).get(key_of(live, 3)))
    assert "Dữ liệu cũ" in old
    assert enter(town.head).get(key_of(live, 1)).status_code == 200
    assert enter(town.head).get(key_of(live, 3)).status_code == 404
    assert enter(town.desk).get("/operations/thing/other/1/").status_code == 404


def test_a_thing_that_cannot_be_read_says_so(enter: Enter, town: Town, live: LiveCity) -> None:
    answer = enter(town.desk).get(key_of(live, 1))
    assert (answer.status_code, "không trả lời" in text_of(answer)) == (503, True)


@pytest.mark.usefixtures("broker")
def test_an_hour_of_the_past_is_told_to_who_may_see_it(enter: Enter, town: Town) -> None:
    at = (clock.now() - timedelta(minutes=30)).isoformat()
    asked = {"at": at, "kinds": "WeatherObserved,Odd", "of": "WeatherObserved.temperature"}
    told = enter(town.desk).get("/operations/hour.json", asked).json()
    assert {track["kind"] for track in told["tracks"]} == {"WeatherObserved"}
    assert sorted(track["values"][1] for track in told["tracks"]) == [21.0, 22.0]
    mine = enter(town.head).get("/operations/hour.json", asked).json()
    assert [track["ward"] for track in mine["tracks"]] == [WARD]


@pytest.mark.parametrize(
    "at", ["", "yesterday", "2026-01-01T00:00:00", "2001-01-01T00:00:00+00:00", "2999-01-01T00:00:00+00:00"]
)
def test_an_hour_that_makes_no_sense_is_refused_in_words(enter: Enter, town: Town, at: str) -> None:
    answer = enter(town.desk).get("/operations/hour.json", {"at": at})
    assert answer.status_code == 400
    assert "Hãy chọn" in answer.json()["refused"]


def test_the_past_without_a_broker_is_refused_in_words(enter: Enter, town: Town) -> None:
    answer = enter(town.desk).get("/operations/hour.json", {"at": clock.now().isoformat(), "kinds": "WeatherObserved"})
    assert (answer.status_code, "thử lại" in answer.json()["refused"]) == (503, True)


@pytest.mark.parametrize(
    ("query", "many"),
    [
        ("", 7), ("?kind=WeatherObserved", 3), ("?kind=WeatherObserved&state=STALE", 1), (f"?ward={OTHER}", 2),
        ("?kind=TrafficFlowObserved&attribute=intensity", 3), ("?attribute=intensity&sort=-value", 3),
        ("?sort=ward", 7),
        ("?kind=odd", 7),
    ],
)  # fmt: skip
def test_readings_are_a_list_that_filters_and_sorts(enter: Enter, town: Town, query: str, many: int) -> None:
    page = text_of(enter(town.desk).get(f"/operations/readings/{query}"))
    assert f"<strong>{many}</strong>" in page


def test_readings_are_exported(enter: Enter, town: Town) -> None:
    sheet = text_of(enter(town.desk).get("/operations/readings/?kind=WeatherObserved&format=csv"))
    assert len(sheet.strip().split("\n")) == 4
    assert "21 °C" in sheet


def test_lines_sort_with_the_empty_ones_last() -> None:
    def line(pk: str, value: float | None) -> Line:
        return Line(pk, "K", pk, "", "", "", value, "", 0.0, is_stale=False, attributes=frozenset())

    column = LISTING.column("value")
    assert column is not None
    from django.db.models import F

    lines = Lines([line("a", None), line("b", 1.0), line("c", 2.0)])
    assert [one.pk for one in lines.order_by(F("value").desc(nulls_last=True), "pk")] == ["c", "b", "a"]
    assert [one.pk for one in lines.order_by(F("value").asc(nulls_last=True), "pk")] == ["b", "c", "a"]


def test_outlines_are_a_collection(enter: Enter, town: Town) -> None:
    assert enter(town.desk).get("/operations/outlines.geojson").json()["type"] == "FeatureCollection"
    assert Client().get("/operations/outlines.geojson").status_code == 302
