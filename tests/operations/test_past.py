"""The map of the past shows what somebody wrote, too: reports while they were open, incidents while underway."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from songcau.consoles.operations.live.city import LiveCity
from songcau.consoles.operations.live.things import thing_of
from songcau.consoles.operations.telling import tell_totals
from songcau.foundation.accounts.context_grants import city_context
from songcau.kernel import clock
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.rules import State
from songcau.systems.citizen_reports.tests.desk import Enter
from songcau.systems.citizen_reports.tests.town import Town, send
from songcau.systems.incidents.models import Incident
from songcau.systems.incidents.rules.incidents import State as IncidentState
from tests.operations.conftest import OTHER, WARD

pytestmark = pytest.mark.usefixtures("broker", "live")
HOUR = timedelta(hours=1)
PLACE = (105.84, 21.59)


def reported(received_at: datetime, closed_at: datetime | None = None, *, ward: str = WARD, **more: Any) -> Report:
    report = send()
    report.received_at, report.closed_at, report.ward_code = received_at, closed_at, ward
    report.public_longitude, report.public_latitude = PLACE
    report.state = State.NEW if closed_at is None else State.CLOSED
    for name, value in more.items():
        setattr(report, name, value)
    report.save()
    return report


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def told(client: Client, at: datetime, **asked: str) -> list[dict[str, Any]]:
    answer = client.get("/operations/hour.json", {"at": at.isoformat(), **asked})
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["tracks"]
    return found


def test_reports_stand_on_the_map_of_the_past_while_they_were_open(enter: Enter, town: Town) -> None:
    hour = clock.now() - 5 * HOUR
    before = reported(hour - 9 * HOUR, hour - timedelta(minutes=1))
    within = reported(hour - 9 * HOUR, hour + timedelta(minutes=20))
    still = reported(hour + timedelta(minutes=30), ward=OTHER)
    reported(hour + 2 * HOUR)
    reported(hour, is_private=True)
    reported(hour, withheld=True)
    reported(hour, state=State.WITHDRAWN)
    spans = [track["lasts"] for track in told(enter(town.desk), hour, kinds="CitizenReport")]
    expected = [[seconds(within.received_at), seconds(hour) + 20 * 60], [seconds(still.received_at), 0]]
    assert sorted(spans) == expected, (
        f"neither what had ended ({before.code}), nor what had not come, nor what nobody may see"
    )
    assert told(enter(town.desk), hour, kinds="CitizenReport")[0]["places"][1:] == [105_840_000, 21_590_000]
    assert [track["ward"] for track in told(enter(town.head), hour, kinds="CitizenReport")] == [WARD]


def test_incidents_stand_there_while_somebody_worked_on_them(enter: Enter, town: Town) -> None:
    hour = clock.now() - 5 * HOUR
    facts = {"kind": "FLOOD", "level": "HIGH", "opened_at": hour, "changed_at": hour}
    facts |= {"longitude": PLACE[0], "latitude": PLACE[1]}
    Incident.objects.create(number=1, title="a", state=IncidentState.OPEN, began_at=hour - 9 * HOUR, **facts)
    ended = hour - timedelta(minutes=1)
    Incident.objects.create(
        number=2, title="b", state=IncidentState.CLOSED, began_at=hour - HOUR, resolved_at=ended, **facts
    )
    tracks = told(enter(town.desk), hour, kinds="Incident")
    assert [track["lasts"] for track in tracks] == [[int((hour - 9 * HOUR).timestamp()), 0]]
    assert told(enter(town.head), hour, kinds="Incident") == [], "it lies in no ward of theirs"


def test_the_colours_of_wards_are_told_from_their_totals(enter: Enter, town: Town, live: LiveCity) -> None:
    reported(clock.now())
    tell_totals(clock.now())
    with city_context() as context:
        live.fill([thing_of(one) for one in context.query(type="WardTotals")], 10)
    at = clock.now() - timedelta(minutes=30)
    tracks = told(enter(town.desk), at, kinds="", of="reports.open")
    by_ward = {track["ward"]: track for track in tracks}
    assert {ward: track["values"][1] for ward, track in by_ward.items()} == {WARD: 1, OTHER: 0}
    assert all(track["places"] == [] for track in tracks)
