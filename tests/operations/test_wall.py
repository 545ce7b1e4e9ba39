"""Each figure of the wall opens a list with as many rows; what is old says so; what is missing is not zero."""

import re
import time
from datetime import timedelta
from typing import Any, Never
from uuid import uuid4

import orjson
import pytest
from django.test import Client

from songcau.consoles.operations.live.city import LiveCity
from songcau.consoles.operations.live.feeding import FEED
from songcau.consoles.operations.wall import arrangements, sparks
from songcau.consoles.operations.wall.tiles import KINDS, key_of
from songcau.context.public import ContextUnavailable
from songcau.kernel import clock
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.rules import State, Urgency
from songcau.systems.citizen_reports.tests.desk import Enter, text_of
from songcau.systems.citizen_reports.tests.town import Town, send
from songcau.systems.incidents.models import Wall

DAY = timedelta(days=1)
PATIENCE = 30.0


@pytest.fixture(autouse=True)
def _reports(town: Town, live: LiveCity) -> None:
    """Open and closed, late and not, urgent and not, of today and before, of two wards."""
    now = clock.now()
    for number in range(7):
        report = send(category="POWER_OUTAGE" if number % 3 == 0 else "POTHOLE")
        report.received_at = now - number * timedelta(hours=9)
        report.verify_due_at = now + timedelta(hours=5 - 4 * number)
        report.state = State.CLOSED if number == 5 else State.NEW
        report.closed_at = now if number == 5 else None
        report.agency = town.ward if number % 2 else None
        report.save()


def counted_links(html: str) -> list[tuple[int, str]]:
    found = re.findall(r'<a [^>]*?href="([^"]+)"[^>]*? data-count="(\d+)"', html)
    return [(int(count), href.replace("&amp;", "&")) for href, count in found]


def rows_at(client: Client, address: str) -> int:
    answer = client.get(address)
    assert answer.status_code == 200, address
    said = re.search(r'<p role="status"[^>]*>(?:Hơn )?<strong>([\d.]+)</strong>', text_of(answer))
    assert said, f"{address} says no number of rows"
    return int(said[1].replace(".", ""))


@pytest.mark.parametrize("who", ["desk", "mayor", "head"])
def test_every_figure_opens_a_list_that_has_as_many_rows(enter: Enter, town: Town, who: str) -> None:
    client = enter(getattr(town, who))
    page = text_of(client.get("/operations/"))
    links = counted_links(page)
    assert len(links) >= 8, "the wall shows too few figures to be a wall"
    assert {rows_at(client, href) - count for count, href in links} == {0}


def test_the_figures_are_those_of_the_reports(enter: Enter, town: Town) -> None:
    page = text_of(enter(town.desk).get("/operations/"))
    found = {href: count for count, href in counted_links(page)}
    assert found["/citizen_reports/open/"] == Report.objects.filter(is_open=True).count() == 6
    assert found["/citizen_reports/late/"] == Report.objects.filter(is_open=True, asked_at__lt=clock.now()).count() > 0
    urgent = Report.objects.filter(is_open=True, urgency=Urgency.URGENT).count()
    assert found["/citizen_reports/open/?urgency=URGENT"] == urgent > 0


def test_old_data_are_grey_and_missing_ones_are_not_zero(enter: Enter, town: Town) -> None:
    answer = enter(town.desk).get(
        "/operations/tiles/?of=MEASURE:WeatherObserved,MEASURE:WaterObserved,MEASURE:Nothing,ODD,MAP"
    )
    tiles = answer.json()["tiles"]
    assert set(tiles) == {"MEASURE:WeatherObserved", "MEASURE:WaterObserved", "MEASURE:Nothing"}
    assert "is-stale" not in tiles["MEASURE:WeatherObserved"]
    assert "2/3 trạm" in tiles["MEASURE:WeatherObserved"]
    assert "Dữ liệu cũ" in tiles["MEASURE:WaterObserved"]
    assert "is-stale" in tiles["MEASURE:WaterObserved"]
    assert "không có số liệu" in tiles["MEASURE:Nothing"]
    assert "data-count" not in tiles["MEASURE:Nothing"]


def test_when_the_broker_is_silent_all_that_came_from_it_is_old(
    enter: Enter, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FEED, "_cut_off_since", 1.0)
    tiles = (
        enter(town.desk).get("/operations/tiles/?of=MEASURE:WeatherObserved,FLOW,FIGURE:reports_open").json()["tiles"]
    )
    assert "is-stale" in tiles["MEASURE:WeatherObserved"]
    assert "is-stale" in tiles["FLOW"]
    assert "is-stale" not in tiles["FIGURE:reports_open"]


def test_a_leader_of_a_ward_sees_the_own_ward_alone(enter: Enter, town: Town) -> None:
    tiles = (
        enter(town.head)
        .get("/operations/tiles/?of=MEASURE:WeatherObserved,FIGURE:reports_open,FIGURE:odd")
        .json()["tiles"]
    )
    assert "1/1 trạm" in tiles["MEASURE:WeatherObserved"]
    mine = Report.objects.filter(is_open=True, agency=town.ward).count()
    assert f'data-count="{mine}"' in tiles["FIGURE:reports_open"]
    assert "Không thuộc phạm vi" in tiles["FIGURE:odd"]


def test_nobody_is_named_on_the_wall(enter: Enter, town: Town) -> None:
    page = text_of(enter(town.desk).get("/operations/"))
    for actor in (town.desk, town.officer, town.head, town.mayor):
        assert actor.label not in page


def test_who_watches_nothing_stays_outside(enter: Enter, town: Town) -> None:
    for address in (
        "/operations/",
        "/operations/map/",
        "/operations/points.json",
        "/operations/stream/",
        "/operations/units/",
    ):
        assert enter(town.officer).get(address).status_code == 403, address
        assert Client().get(address, headers={"accept": "text/event-stream"}).status_code == 401, address


def saved(client: Client, **more: Any) -> Any:
    tiles = [{"kind": "HOURS", "x": 0, "y": 0, "width": 8, "height": 8, "options": {}}]
    body = {"name": "Mưa lũ", "tiles": tiles, "rotation": 30, **more}
    return client.post("/operations/save/", orjson.dumps(body), content_type="application/json")


def test_a_wall_is_saved_opened_and_turned(enter: Enter, town: Town) -> None:
    client = enter(town.desk)
    answer = saved(client)
    assert answer.status_code == 200, answer.content
    page = text_of(client.get(f"/operations/?wall={answer.json()['id']}"))
    assert "HOURS" in page
    assert "Mưa lũ" in page
    assert 'data-key="ALERTS"' not in page
    assert saved(client).json()["refused"].startswith("Đã có màn hình trùng tên")
    assert saved(client, name="Ngày lễ").status_code == 200
    first = Wall.objects.get(name="Mưa lũ")
    turned = text_of(client.get(f"/operations/?wall={first.pk}&turn=1"))
    assert str(Wall.objects.get(name="Ngày lễ").pk) in re.search(r'"next": "([^"]+)"', turned)[1]  # type: ignore[index]
    changed = saved(client, id=str(first.pk), version=first.version, name="Mưa lũ 2")
    assert changed.status_code == 200
    assert saved(client, id=str(first.pk), version=first.version, name="Khác").status_code == 409
    assert saved(client, id=str(uuid4()), version=1, name="Mới").status_code == 422


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"name": "x"}', b'{"name":"x","tiles":[],"rotation":"soon"}', b'{"id":"no","version":1}']
)
def test_what_is_no_wall_is_refused_in_words(enter: Enter, town: Town, body: bytes) -> None:
    answer = enter(town.desk).post("/operations/save/", body, content_type="application/json")
    assert answer.status_code == 400
    assert "không phải" in answer.json()["refused"]


def test_a_wall_whose_tiles_lie_on_each_other_is_refused(enter: Enter, town: Town) -> None:
    tile = {"kind": "HOURS", "x": 0, "y": 0, "width": 8, "height": 8, "options": {}}
    answer = saved(enter(town.desk), tiles=[tile, tile])
    assert (answer.status_code, "chồng" in answer.json()["refused"]) == (422, True)


def test_only_the_centre_saves_walls(enter: Enter, town: Town) -> None:
    assert saved(enter(town.mayor)).status_code == 403
    assert not Wall.objects.exists()


def test_the_usual_wall_fills_its_grid_once() -> None:
    cells = [
        (x, y)
        for tile in arrangements.usual().tiles
        for x in range(tile["x"], tile["x"] + tile["width"])
        for y in range(tile["y"], tile["y"] + tile["height"])
    ]
    assert len(cells) == len(set(cells)) == arrangements.COLUMNS * arrangements.ROWS
    assert {key_of(tile).partition(":")[0] for tile in arrangements.usual().tiles} == set(KINDS)


@pytest.mark.usefixtures("broker")
def test_the_last_hours_are_a_line_and_no_broker_is_no_line(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from songcau.foundation.accounts.context_grants import city_context

    lines = sparks.Sparks()
    now = clock.now()
    with city_context() as context:
        for minutes in (30, 20, 10):
            at = (now - timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
            value = {"type": "Property", "value": 20 + minutes, "observedAt": at}
            context.upsert([{"id": "urn:ngsi-ld:Line:1", "type": "Line", "temperature": value}])
    # Nobody waits for it who does not say so; whoever looks again finds it.
    assert lines.line("urn:ngsi-ld:Line:1", "temperature") == ""
    drawn = lines.line("urn:ngsi-ld:Line:1", "temperature", PATIENCE)
    assert len(drawn.split()) == 3
    assert lines.line("urn:ngsi-ld:Line:1", "temperature") == drawn
    # After a minute it is read anew, and shown as it was until then; after ten it is shown no more.
    monkeypatch.setattr(sparks, "city_context", away)
    monkeypatch.setattr(sparks, "MOST_KEPT", 1)
    kept_at = time.monotonic() - sparks.KEPT_SECONDS - 1
    lines._kept["urn:ngsi-ld:Line:1", "temperature"] = (kept_at, drawn)
    assert lines.line("urn:ngsi-ld:Line:1", "temperature") == drawn
    lines.line("urn:ngsi-ld:Line:2", "temperature", PATIENCE)
    lines._kept["urn:ngsi-ld:Line:1", "temperature"] = (kept_at - sparks.OLD_SECONDS, drawn)
    assert lines.line("urn:ngsi-ld:Line:1", "temperature") == ""
    lines.line("urn:ngsi-ld:Line:3", "temperature", PATIENCE)
    assert len(lines._kept) == 1


def away() -> Never:
    raise ContextUnavailable


def test_of_many_lines_the_newest_asked_for_are_read_and_the_reader_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparks, "city_context", away)
    monkeypatch.setattr(sparks, "IDLE_SECONDS", 0.05)
    monkeypatch.setattr(sparks, "MOST_WAITING", 2)
    lines = sparks.Sparks()
    with lines._news:
        for number in range(4):
            lines._want((f"urn:ngsi-ld:Line:{number}", "temperature"))
        assert [key[0][-1] for key in lines._waiting] == ["2", "3"]
        reader = lines._reader
    assert reader is not None
    reader.join(PATIENCE)
    assert [key[0][-1] for key in lines._kept] == ["3", "2"]
    assert lines._reader is None
    # Asked for again while it was being read: it is not read twice.
    lines._waiting["urn:ngsi-ld:Line:3", "temperature"] = None
    assert lines._next() is None


def test_a_fault_in_a_history_is_logged_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> Never:
        raise ValueError("no history as one expects it")

    monkeypatch.setattr(sparks, "city_context", fails)
    lines = sparks.Sparks()
    assert lines.line("urn:ngsi-ld:Line:1", "temperature", PATIENCE) == ""
    assert "cannot be drawn" in caplog.text
    monkeypatch.setattr(sparks, "city_context", away)
    assert lines.line("urn:ngsi-ld:Line:2", "temperature", PATIENCE) == ""
    assert len(lines._kept) == 2
