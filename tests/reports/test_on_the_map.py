"""A report on the live map, in a real broker: what is said there, what never is, and that it goes when it should."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from songcau.flows.citizen_reports_on_the_map import REACTIONS, show
from songcau.foundation.accounts.context_grants import city_context
from songcau.systems.citizen_reports.actions.submitting import Contact
from songcau.systems.citizen_reports.events import ReportSubmitted
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.queries.on_the_map import on_the_map
from songcau.systems.citizen_reports.rules import State, shown_code
from songcau.systems.citizen_reports.tests.town import Town, make_town, send
from tests.context.running import running_broker


@pytest.fixture
def town(db: None) -> Town:
    return make_town()


@pytest.fixture
def _broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "SONGCAU", settings.SONGCAU.model_copy(update={"data": tmp_path}))
    (tmp_path / "run").mkdir()
    socket = str(tmp_path / "run" / "context.sock")
    with running_broker(tmp_path / "context", "--auth", "--socket", socket):
        yield


def shown(report: Report) -> dict[str, Any] | None:
    show(ReportSubmitted(report.pk), None)  # type: ignore[arg-type]
    with city_context() as context:
        return context.get(f"urn:ngsi-ld:CitizenReport:{shown_code(report.code)}", simplified=True)


@pytest.mark.usefixtures("_broker")
def test_the_map_knows_what_and_where_and_nobody(town: Town) -> None:
    contact = Contact(name="Zyxwvut Qponmlk", phone="0912345678", email="zyx@example.vn")
    report = send(contact=contact, text="Ổ gà, xin gọi 0912345678 cho Zyxwvut", ward_code="05443")
    entity = shown(report)
    assert entity is not None
    assert (entity["type"], entity["category"], entity["isOpen"]) == ("CitizenReport", "POTHOLE", True)
    assert entity["location"]["type"] == "Point"
    # Before the centre published it nobody's words are there; then those that it published.
    assert "Zyxwvut" not in str(entity)
    Report.objects.filter(pk=report.pk).update(published_at=report.received_at, public_text="Ổ gà")
    entity = shown(report)
    assert entity is not None
    assert entity["description"] == "Ổ gà"
    assert "912345678" not in str(entity)
    for state in (State.WITHDRAWN, State.REFUSED):
        Report.objects.filter(pk=report.pk).update(state=state)
        assert shown(report) is None
        Report.objects.filter(pk=report.pk).update(state=State.NEW)
        assert shown(report) is not None


def test_what_is_private_is_not_on_the_map(town: Town) -> None:
    report = send(is_private=True)
    assert on_the_map(report.pk) == (shown_code(report.code), None)
    withheld = send(longitude=None, latitude=None)
    Report.objects.filter(pk=withheld.pk).update(withheld=True)
    assert on_the_map(withheld.pk)[1] is None


def test_every_change_of_a_report_is_brought_to_the_map() -> None:
    assert {reaction.event for reaction in REACTIONS.values()} == set(REACTIONS)
    assert all(reaction.outside for reaction in REACTIONS.values())
