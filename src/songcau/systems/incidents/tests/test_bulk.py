"""Several alerts at once: what is refused is said by its name and loses nothing; what was done is counted truly."""

import re
from typing import Any

import pytest
from django.test import Client

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.tests.people import sign_in
from songcau.kernel.actor import Actor
from songcau.systems.incidents.actions.alerts.handling import acknowledge_alert
from songcau.systems.incidents.models import Alert
from songcau.systems.incidents.tests.conftest import Rules
from songcau.systems.incidents.tests.test_pages import at, said, several, text
from songcau.systems.incidents.tests.town import Town


def client_of(actor: Actor) -> Client:
    client = Client()
    sign_in(client, Person.objects.get(pk=actor.id))
    return client


@pytest.fixture
def desk(town: Town) -> Client:
    return client_of(town.desk)


def send(client: Client, act: str, alerts: list[Alert], **more: Any) -> str:
    return said(client, at("bulk"), {"act": act, "chosen": [str(one.pk) for one in alerts], **more})


def ticked(page: str) -> set[str]:
    return set(re.findall(r'name="chosen" value="([^"]+)" checked', page))


@pytest.mark.parametrize("act", ["acknowledge", "close", "group", "ungroup", "incident"])
def test_with_nothing_ticked_a_tick_is_asked_for(town: Town, rules: Rules, desk: Client, act: str) -> None:
    several(rules, 2)
    page = send(desk, act, [], text="Đã xong.")
    assert "Vui lòng đánh dấu ít nhất một cảnh báo." in page
    assert "ít nhất hai" not in page
    assert f'<option value="{act}" selected>' in page
    assert "Đã xong.</textarea>" in page


def test_one_is_no_group(town: Town, rules: Rules, desk: Client) -> None:
    alerts = several(rules, 2)
    page = send(desk, "group", alerts[:1])
    assert "Vui lòng đánh dấu ít nhất hai cảnh báo" in page
    assert ticked(page) == {str(alerts[0].pk)}


def test_closing_without_a_note_names_the_note_and_keeps_what_was_ticked(
    town: Town, rules: Rules, desk: Client
) -> None:
    alerts = several(rules, 3)
    page = send(desk, "close", alerts[:2], text=" … ", then=f"{at('alerts')}?level=HIGH")
    assert re.search(r'<a href="#id_text">Ghi chú khi đóng: [^<]+</a>', page)
    assert ticked(page) == {str(one.pk) for one in alerts[:2]}
    assert '<option value="close" selected>' in page
    assert " … </textarea>" in page
    assert Alert.objects.filter(is_open=True).count() == 3
    # Once only: who comes back later finds nothing ticked.
    again = text(desk.get(at("alerts")))
    assert not ticked(again)
    assert "#id_text" not in again


def test_the_note_is_not_called_optional(town: Town, rules: Rules, desk: Client) -> None:
    several(rules, 1)
    for page in (text(desk.get(at("alerts"))), send(desk, "group", [])):
        assert "không bắt buộc" not in page.split('id="bulk"')[1]


def test_what_was_done_is_counted_in_lines_and_alerts(town: Town, rules: Rules, desk: Client) -> None:
    alerts = several(rules, 5)
    assert "2 cảnh báo đã gộp vào một dòng." in send(desk, "group", alerts[:2])
    assert "4 cảnh báo đã gộp vào một dòng." in send(desk, "group", [Alert.objects.get(members_count=1), *alerts[2:4]])
    head = Alert.objects.get(members_count=3)
    assert "Đã tiếp nhận: 1 dòng (4 cảnh báo)." in send(desk, "acknowledge", [head])
    assert "Đã tiếp nhận: 1 cảnh báo." in send(desk, "acknowledge", alerts[4:])
    assert "Nay mỗi cảnh báo một dòng: 4 cảnh báo." in send(desk, "ungroup", [head])
    send(desk, "group", alerts[:2])
    lines = list(Alert.objects.lines())
    assert "Đã đóng: 4 dòng (5 cảnh báo)." in send(desk, "close", lines, text="Mưa tạnh.")


def test_members_that_somebody_has_already_are_not_counted_again(town: Town, rules: Rules, desk: Client) -> None:
    alerts = several(rules, 3)
    send(desk, "group", alerts)
    member = Alert.objects.exclude(head=None).first()
    assert member is not None
    acknowledge_alert(by=town.second, alert_id=member.pk)
    assert "Đã tiếp nhận: 1 dòng (2 cảnh báo)." in send(desk, "acknowledge", [Alert.objects.lines().get()])


def test_who_has_acknowledged_an_alert_is_told_so_and_offered_nothing(town: Town, rules: Rules, desk: Client) -> None:
    alert = several(rules, 1)[0]
    acknowledge_alert(by=town.desk, alert_id=alert.pk)
    page = at("alert_step", alert.pk, "acknowledge")
    shown, sent = desk.get(page), desk.post(page)
    assert (shown.status_code, sent.status_code) == (200, 409)
    for answer in (shown, sent):
        body = answer.content.decode()
        assert "Bạn đã tiếp nhận cảnh báo này, lúc 09:00 25/11/2026." in body
        assert town.desk.label not in body.split("<main")[1]
        assert "Có vấn đề cần sửa" not in body
        assert '<button class="btn btn-primary"' not in body.split("<main")[1]
    assert "Bạn đã tiếp nhận cảnh báo này" in send(desk, "acknowledge", [alert])


def test_that_a_colleague_was_faster_is_said_before_the_button_is_pressed(town: Town, rules: Rules) -> None:
    alert = several(rules, 1)[0]
    acknowledge_alert(by=town.desk, alert_id=alert.pk)
    second = client_of(town.second)
    page = text(second.get(at("alert_step", alert.pk, "acknowledge")))
    assert f"{town.desk.label} đã tiếp nhận cảnh báo này trước, lúc 09:00 25/11/2026." in page
    assert '<button class="btn btn-primary"' not in page.split("<main")[1]
    assert f'href="{at("alert", alert.pk)}"' in page


def test_what_was_written_too_late_is_kept(town: Town, rules: Rules, desk: Client) -> None:
    alert = several(rules, 1)[0]
    send(desk, "close", [alert], text="Xong.")
    page = at("alert_step", alert.pk, "close")
    late = client_of(town.second).post(page, {"text": "Tôi cũng đã đến."})
    assert late.status_code == 409
    assert "Tôi cũng đã đến." in late.content.decode()
    assert "<textarea" not in text(desk.get(page))


def test_what_the_ladder_or_the_line_does_not_allow_is_not_offered(town: Town, rules: Rules, desk: Client) -> None:
    alert = several(rules, 1)[0]
    Alert.objects.update(rung=3)
    assert "<textarea" not in text(desk.get(at("alert_step", alert.pk, "pass_up")))
    assert "<textarea" in text(desk.get(at("alert_step", alert.pk, "note")))
    assert "đứng riêng" in text(desk.get(at("alert_step", alert.pk, "ungroup")))
