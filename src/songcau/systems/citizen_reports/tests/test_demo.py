"""The demonstration city's reports: every state and colour, marked, whole, and there once however often it is made."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from songcau.foundation.accounts.demo import seed_demo
from songcau.foundation.audit.queries import chain_verdict
from songcau.foundation.calendar.models import Promise
from songcau.foundation.calendar.rules import PromiseState
from songcau.foundation.places.queries import units
from songcau.foundation.places.rules import Level
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.management import seed_reports
from songcau.systems.citizen_reports.management.requests_311 import FILE
from songcau.systems.citizen_reports.management.stories import closings
from songcau.systems.citizen_reports.models import Attachment, Entry, Report, Reporter
from songcau.systems.citizen_reports.rules import AttachmentKind, Colour, RefusalReason, State

HEADINGS = (
    "SRRecordID,ServiceRequestNum,SRType,MethodReceived,CreatedDate,SRStatus,StatusDate,DueDate,CloseDate,"
    "Agency,Outcome,Neighborhood,CouncilDistrict,PoliceDistrict,ZipCode,Latitude,Longitude,geo_ok"
)
ROWS = """
1,18-1,SW-Dirty Alley,Phone,2018-03-12 09:00:00,Closed,,2018-03-19 09:00:00,2018-03-13 15:00:00,SW,,Alpha,9,,,,,
2,18-2,SW-Dirty Alley,API,2018-03-12 10:00:00,Closed (Duplicate),,,2018-03-12 12:00:00,SW,,Alpha,9,,,,,
3,18-3,TRM-Pothole Repair,Web,2018-11-24 10:00:00,Open,,,,TR,,Beta,2,,,,,
4,18-4,WW-Water Leak,Mail,2018-11-24 20:00:00,New,,,,WW,,Gamma,14,,,,,
5,18-5,TRM-Pothole Repair,Internal,2018-10-01 10:00:00,Pending,,,,TR,,Beta,2,,,,,
6,18-6,Something New,Phone,2018-11-24 10:00:00,Closed,,,2019-03-01 10:00:00,XX,,,,,,,,
7,18-7,SW-Dirty Alley,Phone,,Closed,,,,SW,,Alpha,9,,,,,
"""


@pytest.fixture
def city(db: None, wards: None) -> None:
    seed_demo(SYSTEM, units(Level.WARD, date(2026, 11, 25)))


def seeded(data: Path | None = None) -> list[str]:
    said: list[str] = []
    seed_reports(SYSTEM, data, say=said.append)
    return said


@pytest.mark.usefixtures("city")
def test_the_made_up_reports_show_every_state_and_colour_and_are_there_once() -> None:
    assert seeded() == ["reports: 61 made-up ones in every state"]
    reports = list(Report.objects.all())
    assert {report.state for report in reports} == set(State)
    assert {_colour(report) for report in reports} == set(Colour)
    assert all(report.is_demo and report.ward_code for report in reports)
    assert Reporter.objects.count() == len(reports) == 61
    assert Attachment.objects.filter(kind=AttachmentKind.AFTER).exists()
    assert Report.objects.filter(rating__isnull=False).count() > 5
    assert Report.objects.filter(parent__isnull=False).count() == 2
    assert chain_verdict().faults == 0
    assert Entry.objects.filter(at__gt=clock.now()).count() == 0
    assert seeded() == ["reports: 0 made-up ones in every state"]


@pytest.mark.usefixtures("city")
def test_real_requests_are_placed_with_their_steps_dates_and_promises(tmp_path: Path) -> None:
    file = tmp_path / FILE
    file.parent.mkdir(parents=True)
    file.write_text(HEADINGS + ROWS, encoding="utf-8")
    assert seeded(tmp_path)[-1] == "reports: 6 real requests of Baltimore, placed on the city's wards"
    real = Report.objects.filter(text__contains="Baltimore")
    placed = {report.text.split(" số ")[1].split(" ")[0]: report for report in real}
    closed, twice, open_, new, pending, later = (placed[f"18-{number}"] for number in range(1, 7))
    assert [one.state for one in (closed, twice, open_, new)] == ["CLOSED", "REFUSED", "ASSIGNED", "NEW"]
    # What was closed months later is not closed yet: that day has not come.
    assert [pending.state, later.state] == ["IN_PROGRESS", "IN_PROGRESS"]
    assert (twice.refusal_reason, twice.duplicate_of_id) == (RefusalReason.DUPLICATE, closed.pk)
    now = clock.now()
    for report in placed.values():
        assert now - timedelta(weeks=52) <= report.received_at <= now
        assert report.ward_code
        assert "Baltimore" in report.text
        assert report.search_key
        assert report.is_open == rules.is_open(State(report.state))
        assert Entry.objects.filter(report=report)[0].step == "submit"
    promise = Promise.objects.get(subject_id=closed.pk)
    assert (promise.state, promise.due_at) == (PromiseState.SETTLED, closed.due_at)
    assert Promise.objects.get(subject_id=open_.pk).state == PromiseState.OPEN
    assert rules.is_three_times(now, pending.received_at, pending.due_at, State.IN_PROGRESS)
    assert pending.escalation == rules.MOST_ESCALATION
    assert seeded(tmp_path)[-1].startswith("reports: 0 real requests")


@pytest.mark.usefixtures("city")
def test_without_the_series_it_says_so(tmp_path: Path) -> None:
    assert "only the made-up ones" in seeded(tmp_path)[-1]


def _colour(report: Report) -> Colour:
    due_at = report.due_at or report.verify_due_at
    return rules.colour(clock.now(), report.clock_from, due_at, State(report.state))


@pytest.mark.usefixtures("city")
def test_what_is_said_to_have_been_done_fits_the_category() -> None:
    seeded()
    said = closings()
    closed = Report.objects.exclude(closing_text="").select_related("category")
    assert closed.count() > 10
    assert all(report.closing_text == said[report.category.code] for report in closed)
