"""An incident and its alerts go together: taken when it opens, seen when it ends, closed with it where asked."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from songcau.foundation.accounts.rules import ChangedBy
from songcau.foundation.audit.models import Entry as AuditEntry
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.kernel.workflow import TransitionRefused
from songcau.systems.incidents.actions.alerts.grouping import group_alerts
from songcau.systems.incidents.actions.alerts.handling import acknowledge_alert, close_alert
from songcau.systems.incidents.actions.incidents import stepping, working
from songcau.systems.incidents.actions.incidents.opening import add_alerts, change_incident, open_incident
from songcau.systems.incidents.models import Alert, Incident
from songcau.systems.incidents.queries import alerts as alert_queries
from songcau.systems.incidents.queries import incidents as queries
from songcau.systems.incidents.rules.incidents import EntryKind, State, ThingsLeft
from songcau.systems.incidents.tests.conftest import NOW, Rules
from songcau.systems.incidents.tests.test_incidents import opened, playbook, review, said
from songcau.systems.incidents.tests.test_pages import Enter, at, enter, several, text
from songcau.systems.incidents.tests.town import Town, finding, only, receive

__all__ = ["enter"]


def states() -> list[str]:
    return list(Alert.objects.order_by("subject").values_list("state", flat=True))


def of_alerts(town: Town, alerts: list[Alert], **more: Any) -> Incident:
    return open_incident(by=town.desk, said=said(town), alert_ids=[one.pk for one in alerts], **more)


def test_who_opens_an_incident_has_taken_its_alerts(town: Town, rules: Rules) -> None:
    receive(finding(rules.add(), NOW))
    incident = of_alerts(town, [only()])

    alert = only()
    assert (alert.state, alert.acknowledged_by_label, alert.acknowledged_at) == ("ACKNOWLEDGED", town.desk.label, NOW)
    assert {"incident", "acknowledge"} < {line.step for line in alert_queries.story(alert)}
    entry = AuditEntry.objects.get(action="incidents.acknowledge_alert")
    assert (entry.subject, entry.actor_id) == (f"incidents.alert:{alert.pk}", town.desk.id)
    assert Event.objects.filter(name__endswith="AlertAcknowledged").count() == 1
    assert incident.alerts.get() == alert


def test_what_somebody_else_took_or_closed_stays_as_it_is(town: Town, rules: Rules) -> None:
    taken, over, _waits = several(rules, 3)
    acknowledge_alert(by=town.head, alert_id=taken.pk)
    close_alert(by=town.head, alert_id=over.pk, text="Nhầm.")
    of_alerts(town, [*Alert.objects.all()])

    taken.refresh_from_db()
    assert taken.acknowledged_by_label == town.head.label
    assert states() == ["ACKNOWLEDGED", "CLOSED", "ACKNOWLEDGED"]


def test_a_group_is_taken_and_closed_once_with_who_stands_under_it(town: Town, rules: Rules) -> None:
    chosen = several(rules, 3)
    group_alerts(by=town.desk, alert_ids=[one.pk for one in chosen])
    incident = of_alerts(town, chosen)
    assert states() == ["ACKNOWLEDGED"] * 3
    assert AuditEntry.objects.filter(action="incidents.acknowledge_alert").count() == 1

    stepping.resolve_incident(by=town.desk, incident_id=incident.pk, text="Nước đã rút.", with_alerts=True)
    assert states() == ["CLOSED"] * 3
    assert set(Alert.objects.values_list("closing_note", flat=True)) == {"Nước đã rút."}
    assert AuditEntry.objects.filter(action="incidents.close_alert").count() == 1


def test_what_stands_under_an_alert_goes_along_with_it(town: Town, rules: Rules) -> None:
    first, second, later = several(rules, 3)
    acknowledge_alert(by=town.head, alert_id=first.pk)
    group_alerts(by=town.desk, alert_ids=[first.pk, second.pk])
    Alert.objects.filter(pk=later.pk).update(head=first)  # its rule put it there: nobody took it yet
    incident = of_alerts(town, [first])

    assert states() == ["ACKNOWLEDGED"] * 3
    assert set(incident.alerts.all()) == {first, second, later}
    assert queries.left_of(incident).alerts == (first,), "one line is left, as in the queue"
    stepping.resolve_incident(by=town.desk, incident_id=incident.pk, text="Nước đã rút.", with_alerts=True)
    assert states() == ["CLOSED"] * 3


def test_an_alert_added_later_is_taken_too(town: Town, rules: Rules) -> None:
    receive(finding(rules.add(), NOW))
    add_alerts(by=town.second, incident_id=opened(town).pk, alert_ids=[only().pk])
    assert only().acknowledged_by_label == town.second.label


def test_an_incident_ends_with_things_left_only_knowingly(town: Town, rules: Rules) -> None:
    receive(finding(rules.add(), NOW))
    incident = of_alerts(town, [only()], playbook_id=playbook(town).pk)
    working.tick_item(by=town.desk, incident_id=incident.pk, item_id=incident.checklist.all()[0].pk)
    end: dict[str, Any] = {"by": town.desk, "incident_id": incident.pk}
    with pytest.raises(ThingsLeft) as refusal:
        stepping.resolve_incident(**end, text="Nước đã rút.")
    assert refusal.value.params == {"alerts": 1, "items": 1}
    with pytest.raises(ThingsLeft) as refusal:
        stepping.resolve_incident(**end, text="Nước đã rút.", with_alerts=True)
    assert refusal.value.params == {"alerts": 0, "items": 1}
    assert only().is_open, "what is refused closes nothing"

    stepping.resolve_incident(**end, text="Nước đã rút.", knowing=True)
    review(town, incident.pk)
    with pytest.raises(ThingsLeft):
        stepping.close_incident(**end)
    stepping.close_incident(**end, knowing=True)
    left = [line.params["alerts_left"] for line in queries.timeline(incident) if line.step in ("resolve", "close")]
    assert left == [1, 1]
    assert AuditEntry.objects.get(action="incidents.close_incident").details["items_left"] == 1
    with pytest.raises(TransitionRefused):
        stepping.close_incident(**end)


def test_the_page_of_an_end_names_what_is_left_and_asks_for_a_tick(town: Town, rules: Rules, enter: Enter) -> None:
    receive(finding(rules.add(), NOW))
    incident = of_alerts(town, [only()], playbook_id=playbook(town).pk)
    client, address = enter(town.desk), at("incident_step", incident.pk, "resolve")
    page = text(client.get(address))
    for words in (at("alert", only().pk), "Gọi phường", "Sơ tán dân", 'name="knows"', 'name="with_alerts"'):
        assert words in page
    sent = {"version": incident.version, "text": "Nước đã rút."}
    refused = client.post(address, sent)
    assert refused.status_code == 422
    assert "Còn lại: 1 cảnh báo chưa đóng, 2 việc chưa làm" in refused.content.decode()
    assert client.post(address, sent | {"with_alerts": "on", "knows": "on"}).status_code == 302
    assert only().state == "CLOSED"
    review(town, incident.pk)
    close_it(client, incident)
    assert 'name="knows"' not in text(client.get(at("incident_step", opened(town).pk, "resolve")))


def test_a_review_is_the_first_thing_to_do_until_it_is_written(town: Town, enter: Enter) -> None:
    incident, client = opened(town), enter(town.desk)
    stepping.resolve_incident(by=town.desk, incident_id=incident.pk, text="Nước đã rút.")
    assert f'btn-primary" href="{at("incident_step", incident.pk, "review")}' in text(
        client.get(at("incident", incident.pk))
    )
    review(town, incident.pk)
    assert f'btn-primary" href="{at("incident_step", incident.pk, "close")}' in text(
        client.get(at("incident", incident.pk))
    )
    stepping.close_incident(by=town.desk, incident_id=incident.pk)
    page = text(client.get(at("incident", incident.pk)))
    assert "btn-primary" not in page.partition("<main")[2]
    assert "Sửa phần rút kinh nghiệm" in page


def test_who_saves_second_is_told_who_was_first_when_and_what(town: Town, enter: Enter) -> None:
    incident = opened(town)
    sent = {"version": incident.version, "text": ""}
    with clock.frozen(NOW + timedelta(minutes=5)):
        stepping.control_incident(by=town.second, incident_id=incident.pk)
        working.write_entry(by=town.desk, incident_id=incident.pk, kind=EntryKind.NOTE, text="Nước còn cao.")
        answer = enter(town.desk).post(at("incident_step", incident.pk, "control"), sent)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert f"{town.second.label} vừa lưu bản ghi này lúc 09:05 25/11/2026 (đã sửa: trạng thái)" in page
    assert "ông/bà" not in page


def test_wards_and_agencies_that_changed_meanwhile_are_noticed_too(town: Town) -> None:
    incident = opened(town)
    change_incident(
        by=town.second, incident_id=incident.pk, said=said(town, ward_codes=(), supporting_ids=[town.other.pk])
    )
    with pytest.raises(ChangedBy) as refusal:
        change_incident(by=town.desk, incident_id=incident.pk, said=said(town), version=incident.version)
    assert refusal.value.params == {"fields": "supporting, wards", "who": town.second.label, "at": NOW}


def close_it(client: Client, incident: Incident) -> None:
    incident.refresh_from_db()
    address = at("incident_step", incident.pk, "close")
    page = text(client.get(address))
    assert "with_alerts" not in page
    assert "Sơ tán dân" in page
    assert client.post(address, {"version": incident.version}).status_code == 422
    assert client.post(address, {"version": incident.version, "knows": "on"}).status_code == 302
    incident.refresh_from_db()
    assert incident.state == State.CLOSED
