"""Real requests come in through our own Open311 endpoint; what is open, closed and late equals the source.

The data lie beside the project (`TEST_DATA`, or ../shared/data): ten thousand requests of another city, placed on our
wards for this test. One in twenty is sent; `make soak` sends them all (`--register-every 1`).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F, Q
from django.test import Client
from django.utils.http import urlencode

from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM
from songcau.systems.citizen_reports.actions import issue_api_key
from songcau.systems.citizen_reports.models import Category, Report, Reporter

FILE = Path("series") / "citizen_requests_311_baltimore_2014_2019.parquet"
NOW = datetime(2020, 1, 1, tzinfo=UTC)
# Their box of degrees, laid over ours.
THEIRS, OURS = (-76.72, 39.19, -76.52, 39.38), (105.75, 21.50, 105.92, 21.66)


@pytest.fixture
def register(request: pytest.FixtureRequest, real_data: Path) -> list[dict[str, Any]]:
    parquet = pytest.importorskip("pyarrow.parquet")
    rows: list[dict[str, Any]] = parquet.read_table(real_data / FILE).to_pylist()
    return rows[:: request.config.getoption("--register-every", default=20)]


def written(at: datetime | None) -> str:
    return at.replace(tzinfo=UTC).isoformat() if at else ""


def is_closed(row: dict[str, Any]) -> bool:
    return str(row["SRStatus"]).startswith("Closed")


def ended(row: dict[str, Any]) -> datetime | None:
    """When it was closed: never before it came, as three rows of the source say."""
    at = row["CloseDate"] or row["StatusDate"]
    return at if at is None else max(at, row["CreatedDate"])


def posted(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """As the other city's own system would post it."""
    yield "service_code", "OTHER_MATTERS"
    yield "service_request_id", row["ServiceRequestNum"]
    yield "description", f"{row['SRType']} ({row['Agency'] or 'no agency named'}), received by {row['MethodReceived']}"
    yield "requested_datetime", written(row["CreatedDate"])
    yield "expected_datetime", written(row["DueDate"])
    yield "status", "closed" if is_closed(row) else "open"
    if is_closed(row):
        yield "updated_datetime", written(ended(row))
    if row["geo_ok"]:
        west, south, east, north = THEIRS
        across = (row["Longitude"] - west) / (east - west)
        up = (row["Latitude"] - south) / (north - south)
        yield "long", repr(OURS[0] + across * (OURS[2] - OURS[0]))
        yield "lat", repr(OURS[1] + up * (OURS[3] - OURS[1]))
    else:
        yield "address_string", row["Neighborhood"] or "unknown"


def source_counts(rows: list[dict[str, Any]], now: datetime) -> dict[str, int]:
    naive = now.replace(tzinfo=None)
    closed = [row for row in rows if is_closed(row)]
    late_closed = sum(bool(row["DueDate"] and ended(row) and ended(row) > row["DueDate"]) for row in closed)
    waiting = [row for row in rows if not is_closed(row)]
    late_open = sum(bool(row["DueDate"] and row["DueDate"] < naive) for row in waiting)
    return {"open": len(waiting), "closed": len(closed), "late": late_closed + late_open}


@pytest.mark.django_db
def test_open_closed_and_late_are_as_many_as_in_the_source(client: Client, register: list[dict[str, Any]]) -> None:
    Category.objects.create(code="OTHER_MATTERS", name="Việc khác", name_en="Other matters", needs_photo_after=False)
    key = issue_api_key(by=SYSTEM, name="Sổ của thành phố khác", is_trusted=True)[1]
    with clock.frozen(NOW):
        for row in register:
            body = urlencode([("api_key", key), *posted(row)])
            answer = client.post("/open311/v2/requests.json", body, content_type="application/x-www-form-urlencoded")
            assert answer.status_code == 201, (row, answer.content.decode())
        # Some are sent again, as by a bad network: nothing is counted twice.
        for row in register[::100]:
            body = urlencode([("api_key", key), *posted(row)])
            answer = client.post("/open311/v2/requests.json", body, content_type="application/x-www-form-urlencoded")
            assert answer.status_code == 200, answer.content.decode()
    late = Q(is_open=False, closed_at__gt=F("due_at")) | Q(is_open=True, due_at__lt=NOW)
    assert {
        "open": Report.objects.still_open().count(),
        "closed": Report.objects.filter(is_open=False).count(),
        "late": Report.objects.filter(late).count(),
    } == source_counts(register, NOW)
    assert Reporter.objects.exclude(name="", phone="", email="").count() == 0
