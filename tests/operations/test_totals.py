"""The centre's totals stand in the live city as the wall counts them, and are said anew when they change."""

from datetime import timedelta

import pytest

from songcau.consoles.operations.live.things import thing_of
from songcau.consoles.operations.measures import indicators
from songcau.consoles.operations.telling import AGAIN, tell_totals
from songcau.foundation.accounts.context_grants import city_context
from songcau.kernel import clock
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.rules import State
from songcau.systems.citizen_reports.tests.desk import Enter, text_of
from songcau.systems.citizen_reports.tests.town import Town, send
from tests.operations.conftest import NOW, OTHER, WARD
from tests.operations.test_wall import counted_links

pytestmark = pytest.mark.usefixtures("broker", "town")


def said(entity_id: str) -> dict[str, object]:
    with city_context() as context:
        found = context.get(f"urn:ngsi-ld:{entity_id}")
    assert found is not None, f"nothing is said of {entity_id}"
    return {name: one["value"] for name, one in found.items() if isinstance(one, dict) and "value" in one}


def test_the_city_and_each_ward_are_counted_as_the_wall_counts_them(enter: Enter, town: Town, live: object) -> None:
    for number in range(3):
        report = send(category="POTHOLE")
        report.ward_code = WARD
        report.verify_due_at = clock.now() + timedelta(hours=1 - 4 * number)
        report.save()
    assert tell_totals(clock.now()) == 3
    city, ward, other = said("CityTotals:city"), said(f"WardTotals:{WARD}"), said(f"WardTotals:{OTHER}")
    page = text_of(enter(town.desk).get("/operations/"))
    shown = {href: count for count, href in counted_links(page)}
    assert (city["reportsOpen"], city["reportsLate"]) == (3, 2)
    assert city["reportsOpen"] == shown["/citizen_reports/open/"]
    assert city["reportsLate"] == shown["/citizen_reports/late/"]
    assert (ward["reportsOpen"], ward["reportsLate"], ward["name"]) == (3, 2, "Phường Trưng Vương")
    assert (other["reportsOpen"], other["reportsLate"]) == (0, 0), "no report is zero here, not nothing"


def test_what_did_not_change_is_not_said_again_before_its_time() -> None:
    now = clock.now()
    report = send(category="POTHOLE")
    assert tell_totals(now) == 3
    assert tell_totals(now) == 0
    Report.objects.filter(pk=report.pk).update(state=State.CLOSED, is_open=False)
    soon = now + timedelta(minutes=1)
    assert tell_totals(soon) == 1 + bool(report.ward_code), "the city, and the ward it lay in"
    assert said("CityTotals:city")["reportsOpen"] == 0
    assert tell_totals(soon + AGAIN) == 3, "somebody still counts"
    with city_context() as context:
        since = (now - timedelta(seconds=1)).isoformat()
        told = context.history("urn:ngsi-ld:CityTotals:city", attributes=["reportsOpen"], after=since)
    assert told is not None
    assert [one["value"] for one in sorted(told["reportsOpen"], key=lambda one: one["observedAt"])] == [1, 0, 0]


def test_totals_of_wards_are_no_second_colour_of_the_map() -> None:
    counted = {"type": "Property", "value": 3, "observedAt": NOW.isoformat()}
    ward = thing_of({"id": "urn:x", "type": "WardTotals", "scope": f"/wards/W{WARD}", "reportsOpen": counted})
    assert [one.code for one in indicators([ward])] == ["reports.open", "reports.late", "reports.today"]
