"""The Open311 server: both formats, every field, every fault, and never a word about who reported."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

import pytest
from django.db.models import F
from django.test import Client
from django.urls import resolve
from django.utils.http import urlencode

from songcau.foundation.accounts.permissions import NotYours
from songcau.kernel import clock
from songcau.systems.citizen_reports.actions.api_keys import (
    ApiKeyNameUnusable,
    ApiKeyUnknown,
    issue_api_key,
    revoke_api_key,
)
from songcau.systems.citizen_reports.actions.importing import History, take_over_history
from songcau.systems.citizen_reports.api.services import jurisdiction
from songcau.systems.citizen_reports.models import ApiKey, Attachment, Report, Reporter
from songcau.systems.citizen_reports.rules import BlurState, State
from songcau.systems.citizen_reports.tests.conftest import NOW
from songcau.systems.citizen_reports.tests.town import INSIDE, Town, make_category, send

BASE = "/open311/v2"
POTHOLE = {
    "service_code": "POTHOLE",
    "lat": str(INSIDE[1]),
    "long": str(INSIDE[0]),
    "description": "Ổ gà sâu <trước> cổng trường & rất nguy hiểm",
    "first_name": "Zyxwvut",
    "last_name": "Qponmlk",
    "email": "zyxwvut@example.vn",
    "phone": "0912345678",
}


@pytest.fixture
def key(town: Town) -> str:
    return issue_api_key(by=town.root, name="Ứng dụng C")[1]


@pytest.fixture
def trusted(town: Town) -> str:
    return issue_api_key(by=town.root, name="Sổ cũ", is_trusted=True)[1]


def post(client: Client, key: str, *, expect: int = 201, headers: Any = None, **fields: Any) -> list[dict[str, Any]]:
    body = urlencode({"api_key": key, **POTHOLE, **fields})
    answer = client.post(
        f"{BASE}/requests.json", body, content_type="application/x-www-form-urlencoded", headers=headers or {}
    )
    assert answer.status_code == expect, answer.content.decode()
    found: list[dict[str, Any]] = json.loads(answer.content)
    return found


def read(client: Client, path: str, *, expect: int = 200, **params: str) -> Any:
    answer = client.get(f"{BASE}/{path}", params)
    assert answer.status_code == expect, answer.content.decode()
    return json.loads(answer.content)


def tree(content: bytes) -> Element:
    return ET.fromstring(content)  # noqa: S314  # written by our own server


def published(report: Report) -> Report:
    Report.objects.filter(pk=report.pk).update(published_at=clock.now())
    return Report.objects.get(pk=report.pk)


def test_the_server_says_where_it_is_in_both_formats(client: Client, town: Town) -> None:
    said = read(client, "discovery.json")
    endpoint = said["endpoints"][0]
    assert set(said) == {"changeset", "contact", "key_service", "endpoints"}
    assert endpoint["formats"] == ["text/xml", "application/json"]
    assert endpoint["url"].endswith("/open311/v2")
    answer = client.get(f"{BASE}/discovery.xml")
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    root = tree(answer.content)
    assert [element.tag for element in root] == ["changeset", "contact", "key_service", "endpoints"]
    assert [one.text for one in root.findall("endpoints/endpoint/formats/format")] == endpoint["formats"]


def test_services_are_what_the_public_is_offered(client: Client, town: Town) -> None:
    make_category("INSPECTION", is_internal=True)
    services = {one["service_code"]: one for one in read(client, "services.json")}
    # A heading over others is no service, and what is internal appears nowhere.
    assert set(services) == {"POTHOLE", "STREET_LAMP", "NOISE", "POWER_OUTAGE"}
    pothole = services["POTHOLE"]
    assert (pothole["group"], pothole["metadata"], pothole["type"]) == ("Đường sá", False, "realtime")
    assert pothole["keywords"] == "ổ gà,mặt đường hỏng"
    english = client.get(f"{BASE}/services.json", headers={"accept-language": "en"}).json()
    assert "Pothole" in {one["service_name"] for one in english}
    assert len(tree(client.get(f"{BASE}/services.xml").content).findall("service")) == 4
    read(client, "services/POTHOLE.json", expect=404)
    read(client, "services.json", expect=404, jurisdiction_id="elsewhere.example")
    assert read(client, "services.json", jurisdiction_id=jurisdiction())


def test_a_service_with_questions_is_defined(client: Client, town: Town) -> None:
    town.lamp.questions = [
        {"key": "pole", "kind": "TEXT", "label": "Số cột", "label_en": "Pole", "required": True},
        {"key": "dark", "kind": "YES_NO", "label": "Tối hẳn?", "label_en": "All dark?", "required": False},
        {"key": "count", "kind": "NUMBER", "label": "Mấy đèn", "label_en": "How many", "required": False},
        {
            "key": "colour",
            "kind": "CHOICE",
            "label": "Màu",
            "label_en": "Colour",
            "required": False,
            "options": [{"value": "WHITE", "label": "Trắng", "label_en": "White"}],
        },
    ]
    town.lamp.save()
    attributes = read(client, "services/STREET_LAMP.json")["attributes"]
    assert [one["datatype"] for one in attributes] == ["text", "singlevaluelist", "number", "singlevaluelist"]
    assert [one["order"] for one in attributes] == [1, 2, 3, 4]
    assert attributes[3]["values"] == [{"key": "WHITE", "name": "Trắng"}]
    assert attributes[1]["values"] == [{"key": "yes", "name": "có"}, {"key": "no", "name": "không"}]
    root = tree(client.get(f"{BASE}/services/STREET_LAMP.xml", headers={"accept-language": "en"}).content)
    assert root.findtext("attributes/attribute/description") == "Pole"
    assert root.findtext("attributes/attribute/required") == "true"
    assert root.findtext("attributes/attribute/values/value/name") in ("yes", "White")


def test_a_report_comes_in_and_says_nothing_of_who_sent_it(client: Client, town: Town, key: str) -> None:
    made = post(client, key)[0]
    report = Report.objects.get(code=made["service_request_id"].replace("-", ""))
    reporter = Reporter.objects.get(report=report)
    assert (reporter.name, reporter.phone) == ("Qponmlk Zyxwvut", "+84912345678")
    read(client, f"requests/{made['service_request_id']}.json", expect=404)
    assert read(client, "requests.json") == []
    own = read(client, f"requests/{made['service_request_id']}.json", api_key=key)[0]
    assert (own["status"], own["description"], own["lat"]) == ("open", "", None)
    published(report)
    for answer in (
        client.get(f"{BASE}/requests.json"),
        client.get(f"{BASE}/requests.xml"),
        client.get(f"{BASE}/requests/{made['service_request_id']}.xml", {"api_key": key}),
    ):
        text = answer.content.decode()
        assert "cổng trường" in text
        for trace in ("Zyxwvut", "Qponmlk", "zyxwvut", "912345678", "0912", str(reporter.pk)):
            assert trace not in text
    root = tree(client.get(f"{BASE}/requests.xml").content)
    assert root.findtext("request/description") == POTHOLE["description"]
    assert root.findtext("request/requested_datetime") == "2026-11-25T02:00:00+00:00"


def test_the_same_reference_is_the_same_report(client: Client, town: Town, key: str) -> None:
    first = post(client, key, headers={"Idempotency-Key": "a-1"})
    assert post(client, key, expect=200, headers={"Idempotency-Key": "a-1"})[0] == first[0]
    assert post(client, key, headers={"Idempotency-Key": "a-2"}) != first
    assert post(client, key) != post(client, key)
    fault = post(client, key, expect=400, headers={"Idempotency-Key": "a" * 201})
    assert fault[0]["code"] == "400.Idempotency-Key"


def test_an_address_without_a_point_is_a_place_too(client: Client, town: Town, key: str) -> None:
    made = post(client, key, lat="", long="", address_string="Ngõ 12 đường Bắc Kạn")
    report = Report.objects.get(code=made[0]["service_request_id"].replace("-", ""))
    assert (report.longitude, report.place_words) == (None, "Ngõ 12 đường Bắc Kạn")


def test_answers_to_questions_come_as_attributes(client: Client, town: Town, key: str) -> None:
    town.pothole.questions = [{"key": "deep", "kind": "TEXT", "label": "Sâu", "label_en": "Deep", "required": True}]
    town.pothole.save()
    assert post(client, key, expect=400)[0]["code"] == "400.ANSWERS_UNFIT"
    assert post(client, key, expect=400, **{"attribute[deep": "x"})[0]["code"] == "400.ANSWERS_UNFIT"
    post(client, key, **{"attribute[deep]": "20 cm"})
    assert Report.objects.get().answers == {"deep": "20 cm"}
    body = urlencode({"api_key": key, **POTHOLE}) + "&attribute%5Bdeep%5D%5B%5D=a&attribute%5Bdeep%5D%5B%5D=b"
    answer = client.post(f"{BASE}/requests.json", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400


def test_a_picture_elsewhere_waits_to_be_fetched(client: Client, town: Town, key: str) -> None:
    post(client, key, media_url="https://example.vn/hole.jpg")
    assert Attachment.objects.get().source_url == "https://example.vn/hole.jpg"


def test_requests_are_found_by_what_the_standard_names(client: Client, town: Town) -> None:
    old = published(send())
    Report.objects.filter(pk=old.pk).update(received_at=NOW - timedelta(days=100))
    pothole, lamp = published(send()), published(send(category="STREET_LAMP"))
    Report.objects.filter(pk=lamp.pk).update(is_open=False, state=State.CLOSED, closed_at=NOW, closing_text="Đã thay")

    def codes(**params: str) -> set[str]:
        return {one["service_code"] for one in read(client, "requests.json", **params)}

    assert codes() == {"POTHOLE", "STREET_LAMP"}
    assert codes(service_code="STREET_LAMP,NOISE") == {"STREET_LAMP"}
    assert codes(status="open") == {"POTHOLE"}
    assert codes(status="closed") == {"STREET_LAMP"}
    assert len(read(client, "requests.json", status="open,closed", page_size="1")) == 1
    assert len(read(client, "requests.json", page="3", page_size="1")) == 0
    by_code = read(client, "requests.json", service_request_id=f"{old.code},{pothole.code},nonsense", status="closed")
    assert len(by_code) == 2
    until = (NOW - timedelta(days=90)).isoformat()
    assert len(read(client, "requests.json", end_date=until)) == 1
    assert len(read(client, "requests.json", start_date=(NOW - timedelta(days=120)).isoformat())) == 1
    closed = read(client, f"requests/{lamp.code.lower()}.json")[0]
    assert (closed["status"], closed["status_notes"]) == ("closed", "Đã thay")
    assert closed["updated_datetime"] == "2026-11-25T02:00:00+00:00"


def test_every_state_is_said_in_words(client: Client, town: Town) -> None:
    report = published(send())
    for state in State:
        Report.objects.filter(pk=report.pk).update(state=state, closing_text="Đã vá mặt đường")
        assert read(client, f"requests/{report.code}.json")[0]["status_notes"]


def test_homes_are_not_pointed_at(client: Client, town: Town) -> None:
    report = published(send(category="NOISE", text="Hát karaoke rất to mỗi đêm", place_words="Số nhà 5, ngõ 3"))
    said = read(client, f"requests/{report.code}.json")[0]
    assert (said["lat"], said["long"]) == (report.public_latitude, report.public_longitude)
    assert (said["lat"], said["long"]) != (INSIDE[1], INSIDE[0])
    assert "Số nhà" not in json.dumps(said, ensure_ascii=False)


def test_a_picture_is_shown_once_a_person_approved_it(client: Client, town: Town) -> None:
    report = published(send())
    row = Attachment.objects.create(report=report, kind="PROBLEM", at=NOW)
    assert read(client, "requests.json")[0]["media_url"] == ""
    Attachment.objects.filter(pk=row.pk).update(public_file_id=uuid4(), blur_state=BlurState.APPROVED)
    address = read(client, "requests.json")[0]["media_url"]
    assert resolve(urlsplit(address).path).kwargs == {"code": report.code, "picture_id": row.pk}


def test_a_contact_in_the_closing_text_is_masked_here_too(client: Client, town: Town) -> None:
    report = published(send())
    Report.objects.filter(pk=report.pk).update(state=State.RESOLVED, closing_text="Đã báo chị qua 0912345678.")
    assert "0912345678" not in json.dumps(read(client, "requests.json"), ensure_ascii=False)


def test_there_are_no_tokens(client: Client, town: Town) -> None:
    assert read(client, "tokens/abc.json", expect=404)[0]["code"] == "404.token"
    assert client.get(f"{BASE}/requests.csv").status_code == 404
    assert client.delete(f"{BASE}/requests.json").status_code == 405


def test_a_register_is_taken_over_with_its_history(client: Client, town: Town, trusted: str, key: str) -> None:
    history = {
        "requested_datetime": "2026-10-01T08:00:00+07:00",
        "expected_datetime": "2026-10-05T17:00:00+07:00",
        "updated_datetime": "2026-10-09T10:00:00+07:00",
        "status": "closed",
        "status_notes": "Repaired",
        "service_request_id": "19-00001",
    }
    post(client, trusted, **history)
    post(client, trusted, expect=200, **history)
    report = Report.objects.get()
    assert (report.state, report.is_open, report.closing_text) == (State.CLOSED, False, "Repaired")
    assert report.first_due_at == report.due_at is not None
    assert Report.objects.filter(closed_at__gt=F("due_at")).count() == 1
    post(client, trusted, requested_datetime="2026-10-01T08:00:00Z", status="open", service_request_id="19-00002")
    assert Report.objects.filter(is_open=True, due_at=None).count() == 1
    assert post(client, trusted, expect=400, requested_datetime="2027-10-01T08:00:00Z")[0]["code"] == (
        "400.requested_datetime"
    )
    bad = urlencode({"api_key": trusted, **POTHOLE, "status": "late"})
    answer = client.post(f"{BASE}/requests.json", bad, content_type="application/x-www-form-urlencoded")
    assert answer.json()[0]["code"] == "400.status"
    # A key that is not trusted says nothing about the past.
    code = post(client, key, **history)[0]["service_request_id"].replace("-", "")
    assert Report.objects.get(code=code).received_at == NOW


def test_history_is_taken_over_once(town: Town) -> None:
    report = send()
    take_over_history(by=town.root, report_id=report.pk, history=History(is_closed=True))
    take_over_history(by=town.root, report_id=report.pk, history=History(due_at=NOW))
    report.refresh_from_db()
    assert (report.closed_at, report.due_at) == (NOW, None)
    private = send(is_private=True)
    take_over_history(by=town.root, report_id=private.pk, history=History(is_public=True))
    private.refresh_from_db()
    assert private.published_at is None


def test_keys_are_shown_once_and_taken_back_at_once(client: Client, town: Town, key: str) -> None:
    row = ApiKey.objects.get()
    assert key not in (row.key_hash, row.hint)
    for name in ("", "a" * 121, "Ứng dụng C"):
        with pytest.raises(ApiKeyNameUnusable):
            issue_api_key(by=town.root, name=name)
    for who in (town.desk, town.officer):
        with pytest.raises(NotYours):
            issue_api_key(by=who, name="Khác")
        with pytest.raises(NotYours):
            revoke_api_key(by=who, key_id=row.pk)
    revoke_api_key(by=town.root, key_id=row.pk)
    assert post(client, key, expect=403)[0]["code"] == "403"
    for gone in (row.pk, UUID(int=5)):
        with pytest.raises(ApiKeyUnknown):
            revoke_api_key(by=town.root, key_id=gone)


def test_somebody_who_sends_too_much_is_slowed_down(client: Client, town: Town, key: str) -> None:
    for _time in range(3):
        post(client, key, account_id="77")
    assert post(client, key, expect=400, account_id="77")[0]["code"] == "400.REPORTS_TOO_FAST"
    post(client, key, account_id="78")
