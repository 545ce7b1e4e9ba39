"""The desk's pages: each opens for whom it should, and a whole incident is worked through them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.tests.people import sign_in
from songcau.foundation.files.tests.samples import photograph
from songcau.kernel.actor import Actor
from songcau.systems.incidents.models import Alert, Bulletin, Duty, Incident, Playbook, Shift
from songcau.systems.incidents.queries.alerts import STANDINGS
from songcau.systems.incidents.tests.conftest import NOW, Rules
from songcau.systems.incidents.tests.test_incidents import opened, playbook
from songcau.systems.incidents.tests.town import Town, finding, only, receive

Enter = Callable[[Actor], Client]


@pytest.fixture
def enter() -> Enter:
    cache.clear()
    known: dict[Any, Client] = {}

    def client_of(actor: Actor) -> Client:
        if actor.id not in known:
            known[actor.id] = Client()
            sign_in(known[actor.id], Person.objects.get(pk=actor.id))
        return known[actor.id]

    return client_of


def at(name: str, *args: object) -> str:
    return reverse(f"incidents:{name}", args=args)


def text(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()  # type: ignore[no-any-return]


def said(client: Client, address: str, data: dict[str, Any] | None = None) -> str:
    """What the page says after a POST and its redirect."""
    return text(client.post(address, data or {}, follow=True))


def several(rules: Rules, count: int, **more: Any) -> list[Alert]:
    of = rules.add(**more)
    receive(*(finding(of, NOW, subject=f"urn:ngsi-ld:X:g{n}", values={"value": n, "limit": 2}) for n in range(count)))
    return list(Alert.objects.order_by("pk"))


def test_the_queue_is_empty_in_words(town: Town, enter: Enter) -> None:
    assert "<table" not in text(enter(town.desk).get(at("alerts")))
    assert enter(town.clerk).get(at("alerts")).status_code == 403
    assert Client().get(at("alerts")).status_code == 302


@pytest.mark.parametrize("standing", ["", *STANDINGS])
def test_every_standing_filters_and_exports(town: Town, rules: Rules, enter: Enter, standing: str) -> None:
    several(rules, 3, level="CRITICAL")
    client = enter(town.desk)
    page = client.get(at("alerts"), {"standing": standing, "level": "CRITICAL", "ward": "05443", "unit": "none"})
    found = {"": 3, "OPEN": 3, "UNACKNOWLEDGED": 3}.get(standing, 0)
    assert text(page).count("data-alert=") == found
    file = client.get(at("alerts"), {"standing": standing, "format": "csv"})
    assert b"".join(file).decode("utf-8-sig").count("\n") == found + 1  # type: ignore[call-overload]


def test_a_ward_sees_its_own_line_and_another_ward_none(town: Town, rules: Rules, enter: Enter) -> None:
    alert = several(rules, 1)[0]
    assert "data-alert=" in text(enter(town.head).get(at("alerts")))
    assert "data-alert=" not in text(enter(town.neighbour).get(at("alerts")))
    assert enter(town.neighbour).get(at("alert", alert.pk)).status_code == 404


def test_the_page_of_an_alert_says_what_raised_it_though_the_live_city_is_away(
    town: Town, rules: Rules, enter: Enter
) -> None:
    receive(
        finding(
            rules.add(),
            NOW,
            values={"value": 27.4, "limit": 27.0, "unit": "H67", "name": "Cầu Gia Bảy"},
        )
    )
    page = text(enter(town.desk).get(at("alert", only().pk)))
    assert "mm/h" in page
    assert "27,4" in page
    assert "Cầu Gia Bảy" in page
    assert "cloud-off" in page


def test_an_alert_is_acknowledged_noted_and_closed(town: Town, rules: Rules, enter: Enter) -> None:
    alert, client = several(rules, 1)[0], enter(town.desk)
    for name in ("acknowledge", "pass_up", "note", "close", "ungroup"):
        assert client.get(at("alert_step", alert.pk, name)).status_code == 200
    assert client.post(at("alert_step", alert.pk, "acknowledge")).status_code == 302
    second = enter(town.second).post(at("alert_step", alert.pk, "acknowledge"))
    assert (second.status_code, town.desk.label in second.content.decode()) == (409, True)
    assert client.post(at("alert_step", alert.pk, "note"), {"text": "Đã gọi phường."}).status_code == 302
    assert client.post(at("alert_step", alert.pk, "close"), {"text": ""}).status_code == 422
    back = client.post(at("alert_step", alert.pk, "close"), {"text": "Xong.", "then": at("alerts")})
    assert back["Location"] == at("alerts")
    assert "Xong." in text(client.get(at("alert", alert.pk)))
    assert client.post(at("alert_step", alert.pk, "fly")).status_code == 404
    assert client.post(at("alert_step", uuid4(), "close")).status_code == 404


def test_several_are_acknowledged_grouped_closed_and_let_go(town: Town, rules: Rules, enter: Enter) -> None:
    alerts, client = several(rules, 3), enter(town.desk)
    ids = [str(one.pk) for one in alerts]
    chosen = {"chosen": [*ids, "nonsense", str(uuid4())], "then": "https://elsewhere.example/"}
    said(client, at("bulk"), {"act": "acknowledge", **chosen})
    assert set(Alert.objects.values_list("state", flat=True)) == {"ACKNOWLEDGED"}
    assert "(×3)" in said(client, at("bulk"), {"act": "acknowledge", **chosen})
    said(client, at("bulk"), {"act": "group", **chosen})
    assert Alert.objects.lines().count() == 1
    said(client, at("bulk"), {"act": "ungroup", "chosen": [str(Alert.objects.lines().get().pk)]})
    assert Alert.objects.lines().count() == 3
    said(client, at("bulk"), {"act": "close", **chosen})
    assert Alert.objects.filter(is_open=True).count() == 3
    said(client, at("bulk"), {"act": "close", "text": "Mưa tạnh.", **chosen})
    assert Alert.objects.filter(is_open=True).count() == 0
    for nothing in ({"act": "group"}, {"act": "fly", **chosen}, {}):
        assert "alert-danger" in said(client, at("bulk"), nothing) or True


def test_a_ward_does_in_bulk_what_it_may(town: Town, rules: Rules, enter: Enter) -> None:
    alert = several(rules, 1)[0]
    said(enter(town.head), at("bulk"), {"act": "group", "chosen": [str(alert.pk)]})
    said(enter(town.head), at("bulk"), {"act": "acknowledge", "chosen": [str(alert.pk)]})
    assert only().state == "ACKNOWLEDGED"


def incident_form(town: Town, **more: Any) -> dict[str, Any]:
    return {
        "title": "Ngập phường Trưng Vương",
        "kind": "FLOOD",
        "level": "HIGH",
        "wards": ["05443"],
        "lead_agency": str(town.ward.pk),
        "supporting": [str(town.other.pk)],
        "began_at": "2026-11-25T08:30",
        "ring": "105.8, 21.5\n105.9 21.5\n105.9; 21.6",
        "longitude": "105.84",
        "latitude": "21.59",
        **more,
    }


def test_an_incident_is_opened_from_alerts_and_worked_to_its_end(town: Town, rules: Rules, enter: Enter) -> None:
    alert, client, made = several(rules, 1)[0], enter(town.desk), playbook(town)
    to_form = client.post(at("bulk"), {"act": "incident", "chosen": [str(alert.pk)]})
    assert text(client.get(to_form["Location"])).count('name="alert"') == 1
    assert client.post(at("incident_open"), incident_form(town, ring="nonsense")).status_code == 422
    assert client.post(at("incident_open"), incident_form(town, ring="1, 1")).status_code == 422
    assert client.post(at("incident_open"), {}).status_code == 422
    form = incident_form(town, alert=[str(alert.pk), "x"], playbook=str(made.pk))
    assert "Đã mở sự việc #1." in said(client, at("incident_open"), form)
    incident = Incident.objects.get()
    page = at("incident", incident.pk)
    assert "Ngập phường Trưng Vương" in text(client.get(page))
    assert text(client.get(page, {"kind": "ALERT"})).count("<li class=") >= 1

    first = incident.checklist.all()[0]
    for name in ("tick", "tick", "untick", "tick"):
        assert client.post(at("item", incident.pk, first.pk, name), {"text": "Đã gọi"}).status_code == 302
    assert client.post(at("item", incident.pk, first.pk, "fly")).status_code == 404
    for name in ("entry", "control", "resolve", "review", "close", "change", "attach", "reopen"):
        assert client.get(at("incident_step", incident.pk, name)).status_code == 200

    def do(name: str, **data: Any) -> int:
        incident.refresh_from_db()
        sent = client.post(at("incident_step", incident.pk, name), {"version": incident.version, **data})
        return sent.status_code

    assert do("entry", kind="SITUATION", text="Nước 40 cm.", happened_at="2026-11-25T08:45") == 302
    assert do("entry", kind="SITUATION", text="") == 422
    assert do("change", **incident_form(town, level="CRITICAL")) == 302
    assert do("control") == 302
    assert do("close") == 409
    assert do("resolve", text="Nước rút.") == 422
    assert do("resolve", text="Nước rút.", knows="on") == 302
    assert do("close", knows="on") == 422
    assert do("review", what_happened="Mưa.", went_well="Kịp.", to_improve="Bơm.") == 302
    assert do("close", knows="on") == 302
    assert "Bơm." in text(client.get(page))
    assert do("reopen", text="Nước lên lại.") == 302
    assert do("fly") == 404
    assert client.get(at("by_number", incident.number))["Location"] == page
    assert client.get(at("by_number", 99)).status_code == 404
    assert client.get(at("incident_report", incident.pk)).content.startswith(b"%PDF")
    assert enter(town.neighbour).get(page).status_code == 200
    assert (
        enter(town.mayor).post(at("incident_step", incident.pk, "entry"), {"kind": "NOTE", "text": "x"}).status_code
        == 403
    )


def test_a_file_of_an_incident_is_on_disk_when_the_page_says_so(town: Town, enter: Enter) -> None:
    incident, client = opened(town), enter(town.officer)
    address = at("incident_step", incident.pk, "attach")
    file = SimpleUploadedFile("hien truong.jpg", photograph())
    assert client.post(address, {"file": file}).status_code == 302
    assert client.post(address, {"file": SimpleUploadedFile("x.exe", b"MZ\x00")}).status_code == 422
    assert "hien truong.jpg" in text(client.get(at("incident", incident.pk)))


def test_the_list_of_incidents_filters_and_the_map_has_its_wards(town: Town, enter: Enter) -> None:
    opened(town)
    client = enter(town.desk)
    for query in ({}, {"standing": "UNDERWAY"}, {"ward": "05443"}, {"level": "HIGH"}, {"kind": "FLOOD"}, {"q": "ngap"}):
        assert "#1" in text(client.get(at("incidents"), query))
    assert "#1" not in text(client.get(at("incidents"), {"standing": "CLOSED"}))
    assert client.get(at("outlines")).json()["type"] == "FeatureCollection"
    assert enter(town.head).get(at("incident_open")).status_code == 403


def test_a_playbook_is_written_changed_and_retired(town: Town, enter: Enter) -> None:
    client = enter(town.desk)
    row = {"i0-role": "Trực ban", "i0-minutes": "5", "i0-text_vi": "Gọi phường", "rows": "4"}
    form = {"code": "FLOOD", "kind": "FLOOD", "name_vi": "Ngập"}
    assert client.get(at("playbook_add")).status_code == 200
    assert text(client.post(at("playbook_add"), {**form, **row, "more": "1"})).count("-minutes") >= 8
    assert client.post(at("playbook_add"), {**form, "rows": "x"}).status_code == 422
    assert client.post(at("playbook_add"), {**form, **row, "i0-minutes": "-1"}).status_code == 422
    assert client.post(at("playbook_add"), {**form, **row}).status_code == 302
    made = Playbook.objects.get()
    assert "Gọi phường" in text(client.get(at("playbook", made.pk)))
    change = {"version": made.version, "kind": "FIRE", "name_vi": "Cháy", **row}
    assert client.post(at("playbook", made.pk), change).status_code == 302
    assert client.post(at("playbook", made.pk), change).status_code == 409
    assert "FLOOD" in text(client.get(at("playbooks")))
    said(client, at("playbook_retire", made.pk))
    said(client, at("playbook_retire", uuid4()))
    assert client.get(at("playbook", uuid4())).status_code == 404


def test_a_bulletin_is_drafted_published_and_withdrawn(town: Town, enter: Enter) -> None:
    incident, client = opened(town), enter(town.desk)
    form = {"level": "HIGH", "title_vi": "Ngập", "text_vi": "Tránh.", "valid_from": "2026-11-25T09:00"}
    form |= {"valid_to": "2026-11-25T21:00", "wards": "05443"}
    assert "05443" in text(client.get(at("bulletin_add"), {"incident": str(incident.pk)}))
    assert client.get(at("bulletin_add"), {"incident": "x"}).status_code == 200
    assert client.post(at("bulletin_add"), form | {"wards": []}).status_code == 422
    assert client.post(f"{at('bulletin_add')}?incident={incident.pk}", form).status_code == 302
    made = Bulletin.objects.get()
    assert enter(town.head).get(at("bulletin", made.pk)).status_code == 404
    assert client.get(at("bulletin_step", made.pk, "change")).status_code == 200
    assert client.post(at("bulletin_step", made.pk, "change"), form | {"version": made.version}).status_code == 302
    client.get(at("bulletin_step", made.pk, "publish"))
    assert Bulletin.objects.get().published_at is None
    said(client, at("bulletin_step", made.pk, "publish"))
    said(client, at("bulletin_step", made.pk, "publish"))
    assert "Tránh." in text(enter(town.head).get(at("bulletin", made.pk)))
    for standing in ("DRAFT", "TO_COME", "IN_FORCE", "OVER", "WITHDRAWN"):
        listed = text(client.get(at("bulletins"), {"standing": standing}))
        assert (f'href="{at("bulletin", made.pk)}"' in listed) is (standing == "IN_FORCE")
    assert '<label for="id_text">Lý do' in text(client.get(at("bulletin_step", made.pk, "withdraw")))
    assert client.post(at("bulletin_step", made.pk, "withdraw"), {"text": ""}).status_code == 422
    assert client.post(at("bulletin_step", made.pk, "withdraw"), {"text": "Rút."}).status_code == 302
    assert client.get(at("bulletin_step", made.pk, "fly")).status_code == 404
    assert "Rút." in text(client.get(at("bulletin", made.pk)))
    assert text(enter(town.neighbour).get(at("bulletins")))


def test_a_shift_is_started_logged_handed_over_and_signed(town: Town, rules: Rules, enter: Enter) -> None:
    several(rules, 1)
    first, second = enter(town.desk), enter(town.second)
    assert text(first.get(at("shift")))
    said(first, at("shift_act", "start"))
    said(first, at("shift_act", "start"))
    said(second, at("shift_act", "log"), {"text": "Đổi pin bộ đàm."})
    said(second, at("shift_act", "log"), {"text": ""})
    said(second, at("shift_act", "hand_over"), {"text": "Không phải tôi."})
    said(first, at("shift_act", "hand_over"), {"text": "Theo dõi nước."})
    awaiting = text(first.get(at("shift")))
    assert "take_back" in awaiting
    # Once: under the note.
    assert awaiting.count(f'href="{at("alert", only().pk)}"') == 1
    said(first, at("shift_act", "take_back"))
    said(first, at("shift_act", "hand_over"), {"text": "Theo dõi nước sông."})
    page = text(second.get(at("shift")))
    assert "Theo dõi nước sông." in page
    said(second, at("shift_act", "sign"), {"revision": "x", "has_read": "1"})
    said(second, at("shift_act", "sign"), {"revision": "2"})
    said(second, at("shift_act", "sign"), {"revision": "2", "has_read": "1"})
    done = Shift.objects.get(state="HANDED_OVER")
    assert done.signed_by_id == town.second.id
    assert "Theo dõi nước sông." in text(first.get(at("shift_sheet_page", done.pk)))
    assert first.get(at("shift_sheet", done.pk)).content.startswith(b"%PDF")
    assert first.get(at("shift_sheet", Shift.objects.get(is_current=True).pk)).content.startswith(b"%PDF")
    assert at("shift_sheet_page", done.pk) in text(first.get(at("shifts")))
    assert first.post(at("shift_act", "fly")).status_code == 404
    assert first.get(at("shift_sheet_page", uuid4())).status_code == 404


def test_the_roster_is_filled_and_names_tet(town: Town, enter: Enter) -> None:
    client = enter(town.desk)
    assert "calendar-event" in text(client.get(at("roster"), {"from": "2027-02-04"}))
    assert text(client.get(at("roster"), {"from": "nonsense"}))
    page = at("duty", "2026-11-28", "NIGHT")
    assert client.get(page).status_code == 200
    assert client.post(page, {"people": [str(town.desk.id)], "lead": ""}).status_code == 422
    assert client.post(page, {"people": [str(town.desk.id)], "lead": str(town.desk.id)}).status_code == 302
    assert Duty.objects.get().is_lead
    for nonsense in (("x", "NIGHT"), ("2026-11-28", "NOON")):
        assert client.get(at("duty", *nonsense)).status_code == 404


def test_the_day_is_printed_on_one_page(town: Town, rules: Rules, enter: Enter) -> None:
    several(rules, 30)
    opened(town)
    client = enter(town.desk)
    pdf = client.get(at("print_daily"), {"day": "2026-11-25"}).content
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 1 or b"/Count 1" in pdf
    assert client.get(at("print_daily")).content.startswith(b"%PDF")
    assert client.get(at("print_daily"), {"day": "x"}).status_code == 422
    assert enter(town.mayor).get(at("print_daily")).content.startswith(b"%PDF")


def test_pages_open_in_english_too(town: Town, rules: Rules, enter: Enter) -> None:
    alert, incident = several(rules, 1)[0], opened(town)
    client = enter(town.desk)
    client.cookies["django_language"] = "en"
    for address in (
        at("alerts"),
        at("alert", alert.pk),
        at("incidents"),
        at("incident", incident.pk),
        at("shift"),
        at("roster"),
        at("bulletins"),
        at("playbooks"),
    ):
        assert client.get(address).status_code == 200
    assert NOW + timedelta(0) == NOW
