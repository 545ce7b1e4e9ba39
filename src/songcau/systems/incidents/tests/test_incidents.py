"""An incident from its opening to its review, and again; who may what; what stays when an entity is deleted."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.accounts.rules import ChangedMeanwhile
from songcau.foundation.audit.models import Entry as AuditEntry
from songcau.foundation.outbox.models import Event
from songcau.foundation.places.models import Boundary, Unit
from songcau.foundation.places.revision import locked_revision, raise_revision
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM
from songcau.kernel.workflow import GuardRefused, TransitionRefused
from songcau.systems.incidents.actions import playbooks
from songcau.systems.incidents.actions.incidents import opening, stepping, working
from songcau.systems.incidents.actions.incidents.opening import Said, add_alerts, change_incident, open_incident
from songcau.systems.incidents.actions.incidents.record import IncidentUnknown
from songcau.systems.incidents.actions.playbooks import Item
from songcau.systems.incidents.actions.usual_playbooks import USUAL, load_usual_playbooks
from songcau.systems.incidents.models import Alert, EntryIsImmutable, Incident, Playbook
from songcau.systems.incidents.queries import incidents as queries
from songcau.systems.incidents.rules import incidents as rules
from songcau.systems.incidents.rules.incidents import EntryKind, Kind
from songcau.systems.incidents.rules.levels import Level
from songcau.systems.incidents.rules.texts import WordsMissing
from songcau.systems.incidents.tests.conftest import NOW, Rules
from songcau.systems.incidents.tests.town import GAUGE, Town, finding, only, receive

ITEMS = (Item("Trực ban", 5, "Gọi phường", "Call the ward"), Item("Phường", 60, "Sơ tán dân"))


def said(town: Town, **more: Any) -> Said:
    facts: dict[str, Any] = {
        "title": "Ngập phường Trưng Vương",
        "kind": Kind.FLOOD,
        "level": Level.HIGH,
        "ward_codes": ("05443",),
        "lead_agency_id": town.ward.pk,
        **more,
    }
    return Said(**facts)


def opened(town: Town, **more: Any) -> Incident:
    return open_incident(by=town.desk, said=said(town, **more))


def playbook(town: Town, **more: Any) -> Playbook:
    facts: dict[str, Any] = {"code": "flood 1", "kind": Kind.FLOOD, "name_vi": "Ứng phó ngập", "items": ITEMS, **more}
    return playbooks.add_playbook(by=town.desk, **facts)


def steps(incident: Incident) -> list[str]:
    return [one.step or str(one.kind) for one in queries.timeline(incident)]


def announced() -> list[str]:
    return [name.rpartition(".")[2] for name in Event.objects.order_by("pk").values_list("name", flat=True)]


def resolved(town: Town) -> Incident:
    incident = opened(town)
    return stepping.resolve_incident(by=town.desk, incident_id=incident.pk, text="Nước đã rút.")


def review(town: Town, incident_id: UUID, **more: str) -> None:
    words = {"what_happened": "Mưa to.", "went_well": "Gọi kịp.", "to_improve": "Thiếu bơm.", **more}
    stepping.review_incident(by=town.desk, incident_id=incident_id, **words)


def test_an_incident_opens_with_alerts_wards_and_a_playbook(town: Town, rules: Rules) -> None:
    receive(finding(rules.add(), NOW))
    made = playbook(town)
    incident = open_incident(
        by=town.desk,
        said=said(
            town, supporting_ids=[town.other.pk, town.ward.pk], ring=[(105.8, 21.5), (105.9, 21.5), (105.9, 21.6)]
        ),
        began_at=NOW - timedelta(minutes=30),
        alert_ids=[only().pk],
        playbook_id=made.pk,
    )

    assert (incident.number, incident.state, incident.began_at) == (1, "OPEN", NOW - timedelta(minutes=30))
    assert only().incident == incident
    assert [one.ward_name for one in incident.wards.all()] == ["Trưng Vương"]
    assert list(incident.supporting.all()) == [town.other]
    assert incident.area
    assert incident.area["coordinates"][0][0] == incident.area["coordinates"][0][-1]
    items = queries.checklist(incident, NOW + timedelta(minutes=6))
    assert [(one.row.text_vi, one.is_late) for one in items] == [("Gọi phường", True), ("Sơ tán dân", False)]
    assert incident.subjects.get().last_name == "Cầu Gia Bảy"
    assert announced()[-1] == "IncidentOpened"
    assert opened(town).number == 2


def test_a_playbook_changed_later_changes_no_incident(town: Town) -> None:
    made = playbook(town)
    incident = open_incident(by=town.desk, said=said(town), playbook_id=made.pk)
    playbooks.change_playbook(by=town.desk, playbook_id=made.pk, kind=Kind.FIRE, name_vi="Khác", items=ITEMS[:1])

    assert incident.checklist.count() == 2
    assert incident.playbook_name == "Ứng phó ngập"


def test_playbooks_have_codes_of_their_own_versions_and_an_end(town: Town) -> None:
    made = playbook(town)
    assert (made.code, made.items.count()) == ("FLOOD_1", 2)
    for code in ("flood_1", "lũ", "", "a" * 41):
        with pytest.raises(playbooks.PlaybookCodeTaken):
            playbook(town, code=code)
    with pytest.raises(rules.PlaybookUnfit):
        playbook(town, code="NEW", items=())
    with pytest.raises(NotYours):
        playbooks.retire_playbook(by=town.head, playbook_id=made.pk)
    change: dict[str, Any] = {"playbook_id": made.pk, "kind": Kind.FLOOD, "name_vi": "Ngập", "items": ITEMS}
    playbooks.change_playbook(by=town.desk, version=made.version, **change)
    with pytest.raises(ChangedMeanwhile):
        playbooks.change_playbook(by=town.second, version=made.version, **change)
    playbooks.retire_playbook(by=town.desk, playbook_id=made.pk)
    playbooks.retire_playbook(by=town.desk, playbook_id=made.pk)
    assert AuditEntry.objects.filter(action="incidents.retire_playbook").count() == 1
    with pytest.raises(opening.PlaybookUnknown):
        open_incident(by=town.desk, said=said(town), playbook_id=made.pk)
    with pytest.raises(opening.PlaybookUnknown):
        playbooks.retire_playbook(by=town.desk, playbook_id=uuid4())


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"title": "  "}, WordsMissing),
        ({"ward_codes": ("99999",)}, opening.WardUnknown),
        ({"lead_agency_id": uuid4()}, opening.AgencyClosed),
        ({"longitude": 105.8}, opening.PlaceUnfit),
        ({"longitude": 205.8, "latitude": 21.5}, opening.PlaceUnfit),
        ({"longitude": 105.8, "latitude": 91.0}, opening.PlaceUnfit),
        ({"ring": [(1.0, 1.0)]}, rules.AreaUnfit),
    ],
)
def test_what_makes_no_sense_opens_nothing(town: Town, more: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        opened(town, **more)
    assert Incident.objects.count() == 0


def test_an_area_that_touches_no_ward_is_refused(town: Town) -> None:
    corners = [[105.8, 21.5], [105.9, 21.5], [105.9, 21.6], [105.8, 21.5]]
    Boundary.objects.create(
        unit=Unit.objects.get(code="05443"),
        geometry={"type": "Polygon", "coordinates": [corners]},
        valid_from=date(2020, 1, 1),
        area_km2=1.0,
        recorded_at=NOW,
    )
    locked_revision()
    raise_revision()
    incident = opened(town, ring=[(105.85, 21.51), (105.95, 21.51), (105.95, 21.7)])
    outside = said(town, ring=[(21.51, 65.85), (21.51, 65.95), (21.7, 65.95)])
    with pytest.raises(rules.AreaOutside):
        open_incident(by=town.desk, said=outside)
    with pytest.raises(rules.AreaOutside):
        change_incident(by=town.desk, incident_id=incident.pk, said=outside)
    assert Incident.objects.get() == incident


def test_only_the_centre_opens_and_an_incident_may_have_no_lead(town: Town) -> None:
    with pytest.raises(NotYours):
        open_incident(by=town.head, said=said(town))
    incident = opened(town, lead_agency_id=None, longitude=105.8, latitude=21.5)
    assert (incident.lead_agency, incident.longitude) == (None, 105.8)


def test_an_alert_belongs_to_one_incident(town: Town, rules: Rules) -> None:
    receive(finding(rules.add(), NOW, subject="area:/wards/W05443"))
    first, second = opened(town), opened(town)
    add_alerts(by=town.desk, incident_id=first.pk, alert_ids=[only().pk])
    add_alerts(by=town.desk, incident_id=first.pk, alert_ids=[only().pk])
    with pytest.raises(opening.AlertsOfAnother) as refusal:
        add_alerts(by=town.desk, incident_id=second.pk, alert_ids=[only().pk])

    assert refusal.value.params == {"number": first.number}
    assert AuditEntry.objects.filter(action="incidents.add_alerts").count() == 1
    assert first.subjects.count() == 0


def test_facts_are_put_right_and_the_second_is_told(town: Town) -> None:
    incident = opened(town)
    change: dict[str, Any] = {"incident_id": incident.pk, "version": incident.version}
    both = said(town, level=Level.CRITICAL, ward_codes=("05443", "05446"), supporting_ids=[town.other.pk])
    change_incident(by=town.desk, said=both, **change)
    with pytest.raises(ChangedMeanwhile):
        change_incident(by=town.second, said=said(town), **change)

    incident.refresh_from_db()
    assert (incident.level, incident.wards.count(), incident.supporting.count()) == ("CRITICAL", 2, 1)
    assert queries.timeline(incident, "CHANGE").get().params["fields"] == ["level", "wards", "supporting"]
    before = queries.timeline(incident).count()
    change_incident(by=town.desk, incident_id=incident.pk, said=both)
    assert queries.timeline(incident).count() == before


def test_an_incident_goes_its_way_and_is_closed_after_its_review(town: Town) -> None:
    incident = opened(town)
    stepping.control_incident(by=town.desk, incident_id=incident.pk, version=incident.version)
    with pytest.raises(rules.ReviewTooEarly):
        review(town, incident.pk)
    stepping.resolve_incident(by=town.desk, incident_id=incident.pk, text="Nước đã rút.")
    with pytest.raises(GuardRefused):
        stepping.close_incident(by=town.desk, incident_id=incident.pk)
    review(town, incident.pk)
    review(town, incident.pk, went_well="Rất kịp.")
    stepping.close_incident(by=town.desk, incident_id=incident.pk)

    assert steps(incident) == ["open", "control", "resolve", "review", "review", "close"]
    assert queries.timeline(incident).filter(step="review").last().params["before"]["went_well"] == "Gọi kịp."  # type: ignore[union-attr]
    assert announced()[-2:] == ["IncidentChanged", "IncidentClosed"]
    with pytest.raises(rules.IncidentClosed):
        working.write_entry(by=town.desk, incident_id=incident.pk, kind=EntryKind.NOTE, text="Muộn.")
    with pytest.raises(rules.IncidentClosed):
        change_incident(by=town.desk, incident_id=incident.pk, said=said(town))


def test_an_incident_is_opened_again_with_a_reason(town: Town) -> None:
    incident = resolved(town)
    with pytest.raises(WordsMissing):
        stepping.reopen_incident(by=town.desk, incident_id=incident.pk, text="")
    again = stepping.reopen_incident(by=town.desk, incident_id=incident.pk, text="Nước lên lại.")

    assert (again.state, again.reopenings, again.resolved_at, again.is_underway) == ("OPEN", 1, None, True)
    with pytest.raises(TransitionRefused):
        stepping.reopen_incident(by=town.desk, incident_id=incident.pk, text="Hai lần.")
    with pytest.raises(NotYours):
        stepping.control_incident(by=town.head, incident_id=incident.pk)


def test_an_item_is_ticked_once_with_who_when_and_late(town: Town) -> None:
    incident = open_incident(by=town.desk, said=said(town), playbook_id=playbook(town).pk)
    first = incident.checklist.all()[0]
    with clock.frozen(NOW + timedelta(minutes=7)):
        working.tick_item(by=town.officer, incident_id=incident.pk, item_id=first.pk, text="Đã gọi hai lần")
        with pytest.raises(rules.ItemDoneAlready) as refusal:
            working.tick_item(by=town.desk, incident_id=incident.pk, item_id=first.pk)

    assert refusal.value.params["who"] == town.officer.label
    assert queries.timeline(incident, "CHECK").get().params["late"] is True
    working.untick_item(by=town.desk, incident_id=incident.pk, item_id=first.pk)
    first.refresh_from_db()
    assert (first.done_at, first.note) == (None, "")
    with pytest.raises(rules.ItemNotDone):
        working.untick_item(by=town.desk, incident_id=incident.pk, item_id=first.pk)
    with pytest.raises(working.ItemUnknown):
        working.tick_item(by=town.desk, incident_id=incident.pk, item_id=uuid4())


def test_who_works_on_it_writes_lines_that_nobody_changes(town: Town) -> None:
    incident = opened(town)
    entry = working.write_entry(
        by=town.officer,
        incident_id=incident.pk,
        kind=EntryKind.SITUATION,
        text="Nước ngập 40 cm.",
        happened_at=NOW - timedelta(minutes=15),
    )
    assert entry.agency_name == town.ward.name
    entry.text = "Không ngập."
    with pytest.raises(EntryIsImmutable):
        entry.save()
    with pytest.raises(EntryIsImmutable):
        entry.delete()
    write: dict[str, Any] = {"incident_id": incident.pk, "kind": EntryKind.NOTE, "text": "Chú ý."}
    with pytest.raises(working.HappenedLater):
        working.write_entry(by=town.desk, happened_at=NOW + timedelta(minutes=1), **write)
    with pytest.raises(rules.EntryKindUnfit):
        working.write_entry(by=town.desk, **write | {"kind": EntryKind.STEP})
    with pytest.raises(NotYours):
        working.write_entry(by=town.mayor, **write)
    with pytest.raises(IncidentUnknown):
        working.write_entry(by=town.neighbour, **write)


def test_a_ward_sees_what_it_leads_supports_or_lies_in(town: Town) -> None:
    own, supported = opened(town), opened(town, ward_codes=(), lead_agency_id=None, supporting_ids=[town.ward.pk])
    elsewhere = opened(town, ward_codes=("05446",), lead_agency_id=town.other.pk)

    assert set(queries.incidents_of(town.head)) == {own, supported}
    assert set(queries.incidents_of(town.neighbour)) == {elsewhere}
    assert queries.incidents_of(town.mayor).count() == queries.incidents_of(town.desk).count() == 3
    assert set(queries.concerned_by(own.pk)) == {town.head.id, town.officer.id}
    assert set(queries.concerned_by(supported.pk)) == {town.head.id, town.officer.id}


def test_a_deleted_entity_stays_with_its_last_name(town: Town, rules: Rules) -> None:
    receive(finding(rules.add(), NOW))
    incident = open_incident(by=town.desk, said=said(town), alert_ids=[only().pk])
    tell = working.note_missing_subjects
    tell(by=SYSTEM, incident_id=incident.pk, known={GAUGE: "Cầu Gia Bảy mới"})
    tell(by=SYSTEM, incident_id=incident.pk, known={GAUGE: None})
    tell(by=SYSTEM, incident_id=incident.pk, known={GAUGE: None})

    subject = incident.subjects.get()
    assert (subject.last_name, subject.gone_at) == ("Cầu Gia Bảy mới", NOW)
    assert steps(incident).count("subject_gone") == 1
    tell(by=SYSTEM, incident_id=incident.pk, known={GAUGE: ""})
    subject.refresh_from_db()
    assert (subject.last_name, subject.gone_at) == ("Cầu Gia Bảy mới", None)
    with pytest.raises(NotYours):
        tell(by=town.desk, incident_id=incident.pk, known={})


def test_a_city_begins_with_usual_playbooks_and_keeps_what_it_changed(town: Town) -> None:
    assert load_usual_playbooks(by=SYSTEM) == len(USUAL)
    flood = Playbook.objects.get(code="FLOOD")
    playbooks.retire_playbook(by=town.desk, playbook_id=flood.pk)
    assert load_usual_playbooks(by=SYSTEM) == 0
    assert Playbook.objects.filter(retired_at__isnull=False).count() == 1
    with pytest.raises(NotYours):
        load_usual_playbooks(by=town.head)


def test_what_nobody_knows_of_is_unknown(town: Town) -> None:
    with pytest.raises(IncidentUnknown):
        stepping.control_incident(by=town.desk, incident_id=uuid4())
    assert queries.facts_of(uuid4()) is None
    assert Alert.objects.count() == 0
