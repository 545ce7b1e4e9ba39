"""Beside an alert and an incident stand the directives that came of it, and the way to a new one."""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.utils.safestring import SafeString

from songcau.consoles.operations import tied
from songcau.foundation.shell import beside
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM, Actor
from songcau.systems.citizen_reports.tests.desk import Enter, text_of
from songcau.systems.citizen_reports.tests.town import Town
from songcau.systems.directives import public as directives
from songcau.systems.incidents import public as incidents
from songcau.systems.incidents.models import Alert
from songcau.systems.incidents.queries import alert_rules
from songcau.systems.incidents.rules.incidents import Kind
from songcau.systems.incidents.rules.levels import Level
from songcau.systems.incidents.tests.conftest import Rules
from songcau.systems.incidents.tests.town import finding
from tests.operations.conftest import WARD

TITLE = "Ngập phường Trưng Vương"
FORM = re.compile(r'href="(/directives/give/\?[^"]+)"')


@pytest.fixture
def incident(town: Town) -> incidents.IncidentLine:
    said = incidents.Said(TITLE, Kind.FLOOD, Level.HIGH, ward_codes=(WARD,), lead_agency_id=town.ward.pk)
    incidents.open_incident(by=town.desk, said=said)
    return incidents.open_incidents(SYSTEM)[0]


def give(town: Town, incident: incidents.IncidentLine, title: str) -> None:
    address = incidents.incident_address(incident.id)
    source = directives.Source(directives.SourceKind.INCIDENT, incident.id, f"#{incident.number}", address)
    task = directives.Task(
        uuid4(), title, "Xong trong ngày, báo cáo kèm ảnh.", town.ward.pk, directives.Due(2), source=source
    )
    directives.give_directive(by=town.mayor, task=task)


def test_the_way_to_a_directive_names_where_it_comes_from(
    enter: Enter, town: Town, incident: incidents.IncidentLine
) -> None:
    page = text_of(enter(town.desk).get(incidents.incident_address(incident.id)))
    assert "Chưa có nhiệm vụ nào" in page
    found = FORM.search(page)
    assert found is not None
    form = text_of(enter(town.desk).get(unescape(found[1])))
    assert f"#{incident.number} {TITLE}" in form
    assert f'value="{TITLE}"' in form


def test_what_came_of_it_stands_there_with_how_far_it_is(
    enter: Enter, town: Town, incident: incidents.IncidentLine
) -> None:
    give(town, incident, "Điều máy bơm")
    page = text_of(enter(town.head).get(incidents.incident_address(incident.id)))
    assert "Điều máy bơm" in page
    assert "0 %" in page
    assert "UBND phường Trưng Vương" in page


def test_who_only_reports_finds_no_form(enter: Enter, town: Town, incident: incidents.IncidentLine) -> None:
    page = text_of(enter(town.officer).get(incidents.incident_address(incident.id)))
    assert "Chưa có nhiệm vụ nào" in page
    assert not FORM.search(page)


def test_an_alert_leads_to_a_directive_too(enter: Enter, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = Rules()
    monkeypatch.setattr(alert_rules, "facts_of", rules.facts_of)
    incidents.receive_findings(by=SYSTEM, findings=[finding(rules.add(), clock.now())])
    page = text_of(enter(town.desk).get(incidents.alert_address(Alert.objects.get().pk)))
    found = FORM.search(page)
    assert found is not None
    assert "source=ALERT" in found[1]
    assert "Mực nước cao, Cầu Gia Bảy" in text_of(enter(town.desk).get(unescape(found[1])))


def test_beside_what_is_not_there_or_not_for_them_stands_nothing(town: Town, incident: incidents.IncidentLine) -> None:
    nobody = Actor(id=uuid4(), label="Ai đó")
    assert tied.of_incident(nobody, incident.id) == ""
    assert tied.of_incident(town.desk, uuid4()) == ""
    assert tied.of_alert(town.desk, uuid4()) == ""
    assert beside.beside(town.desk, "river", uuid4()) == ""


def test_parts_of_several_stand_in_the_order_in_which_they_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "_parts", {})
    for name in ("first", "second"):
        beside.register("river", name, lambda _by, _id, name=name: SafeString(f"<i>{name}</i>"))  # type: ignore[misc]
    assert beside.beside(SYSTEM, "river", uuid4()) == "<i>first</i>\n<i>second</i>"
