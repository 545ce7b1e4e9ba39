"""To another jurisdiction and back: each report once, whatever gets lost on the way, and never who reported."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import httpx
import pytest
from django.test import Client

from songcau.foundation.accounts.permissions import NotYours
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM
from songcau.systems.citizen_reports.actions import forwarding
from songcau.systems.citizen_reports.actions.api_keys import issue_api_key
from songcau.systems.citizen_reports.actions.forwarding import (
    ForwardedAlready,
    JurisdictionUnusable,
    ask_jurisdictions,
    connected,
    forward_report,
    pull_reports,
    read_back,
    sealed_key,
    send_again,
    send_link,
)
from songcau.systems.citizen_reports.actions.submitting import Contact
from songcau.systems.citizen_reports.adapters.open311 import HttpPeer, PeerAway, PeerRefused, Window
from songcau.systems.citizen_reports.adapters.open311 import client as client_room
from songcau.systems.citizen_reports.models import Attachment, Entry, Jurisdiction, OutsideLink, Report
from songcau.systems.citizen_reports.rules import Direction, LinkState, State, shown_code
from songcau.systems.citizen_reports.tests.conftest import NOW
from songcau.systems.citizen_reports.tests.elsewhere import Elsewhere
from songcau.systems.citizen_reports.tests.test_open311 import post, read
from songcau.systems.citizen_reports.tests.town import INSIDE, Town, found, send

FAULT = [{"code": "400", "description": "no such service"}]


@pytest.fixture
def elsewhere() -> Elsewhere:
    return Elsewhere()


@pytest.fixture
def jurisdiction(town: Town) -> Jurisdiction:
    return Jurisdiction.objects.create(
        name="Điện lực",
        base_url="http://127.0.0.1:1/v2/",
        jurisdiction_id="power.example",
        api_key_sealed=sealed_key("k-1"),
        forwards=True,
        pulls=True,
        service_map={"out": {"POWER_OUTAGE": "OUT", "POTHOLE": "HOLE"}, "HOLE": "POTHOLE", "*": "STREET_LAMP"},
    )


@pytest.fixture
def connect(elsewhere: Elsewhere) -> forwarding.Connect:
    return lambda one: HttpPeer(
        one.base_url, jurisdiction_id=one.jurisdiction_id, api_key="k-1", transport=httpx.MockTransport(elsewhere)
    )


def forwarded(town: Town, jurisdiction: Jurisdiction, **more: Any) -> OutsideLink:
    return forward_report(by=town.desk, report_id=send(**more).pk, jurisdiction_id=jurisdiction.pk)


def test_a_report_is_sent_once_and_without_who_reported(
    town: Town, jurisdiction: Jurisdiction, elsewhere: Elsewhere, connect: forwarding.Connect
) -> None:
    contact = Contact(name="Zyxwvut Qponmlk", phone="0912345678", email="zyx@example.vn")
    link = forwarded(town, jurisdiction, contact=contact, text="Ổ gà sâu, gọi 0912345678 nhé")
    for _time in range(3):
        send_link(by=SYSTEM, link_id=link.pk, connect=connect)
    link.refresh_from_db()
    assert (link.state, link.remote_id, link.attempts, elsewhere.posts) == (LinkState.SENT, "R1", 1, 1)
    sent = elsewhere.asked[0]
    fields = {name: values[0] for name, values in parse_qs(sent.content.decode()).items()}
    assert (fields["service_code"], fields["api_key"], fields["jurisdiction_id"]) == ("HOLE", "k-1", "power.example")
    assert (float(fields["long"]), float(fields["lat"])) == INSIDE
    for trace in ("Zyxwvut", "912345678", "zyx@", "first_name", "account_id"):
        assert trace not in sent.content.decode() + str(sent.headers)
    assert Entry.objects.filter(report=link.report, step__startswith="forward").count() == 2


def test_an_answer_that_was_lost_sends_nothing_twice(
    town: Town, jurisdiction: Jurisdiction, elsewhere: Elsewhere, connect: forwarding.Connect
) -> None:
    elsewhere.add("R0", description="Việc khác [PA-0000-0000]")
    link = forwarded(town, jurisdiction, longitude=None, latitude=None, place_words="Chợ Thái")
    elsewhere.loses_answers = 1
    with pytest.raises(PeerAway):
        send_link(by=SYSTEM, link_id=link.pk, connect=connect)
    link.refresh_from_db()
    assert (link.state, len(elsewhere.requests)) == (LinkState.SENDING, 2)
    send_link(by=SYSTEM, link_id=link.pk, connect=connect)
    link.refresh_from_db()
    assert (link.state, link.remote_id, link.attempts, elsewhere.posts) == (LinkState.SENT, "R2", 2, 1)


def test_one_that_never_arrived_is_sent_again(
    town: Town, jurisdiction: Jurisdiction, elsewhere: Elsewhere, connect: forwarding.Connect
) -> None:
    link = forwarded(town, jurisdiction)
    elsewhere.fails = lambda _request: httpx.Response(503)
    with pytest.raises(PeerAway):
        send_link(by=SYSTEM, link_id=link.pk, connect=connect)
    elsewhere.fails = lambda _request: None
    send_link(by=SYSTEM, link_id=link.pk, connect=connect)
    assert OutsideLink.objects.get().remote_id == "R1"


def test_a_refusal_is_shown_and_may_be_tried_again(
    town: Town, jurisdiction: Jurisdiction, elsewhere: Elsewhere, connect: forwarding.Connect
) -> None:
    link = forwarded(town, jurisdiction)
    elsewhere.fails = lambda _request: httpx.Response(400, json=FAULT)
    send_link(by=SYSTEM, link_id=link.pk, connect=connect)
    link.refresh_from_db()
    assert (link.state, link.last_error) == (LinkState.FAILED, "no such service")
    with pytest.raises(NotYours):
        send_again(by=town.neighbour, link_id=link.pk)
    send_again(by=town.desk, link_id=link.pk)
    with pytest.raises(ForwardedAlready):
        send_again(by=town.desk, link_id=link.pk)
    elsewhere.fails = lambda _request: None
    send_link(by=SYSTEM, link_id=link.pk, connect=connect)
    assert (OutsideLink.objects.get().state, elsewhere.posts) == (LinkState.SENT, 1)


def test_tokens_and_xml_are_understood(
    town: Town, jurisdiction: Jurisdiction, elsewhere: Elsewhere, connect: forwarding.Connect
) -> None:
    elsewhere.speaks_xml_only = elsewhere.gives_tokens = True
    link = forwarded(town, jurisdiction)
    send_link(by=SYSTEM, link_id=link.pk, connect=connect)
    link.refresh_from_db()
    assert (link.remote_id, link.token) == ("", "TR1")
    hidden, elsewhere.requests = elsewhere.requests, {}
    assert read_back(by=SYSTEM, jurisdiction_id=jurisdiction.pk, connect=connect) == 0
    elsewhere.requests = hidden
    assert read_back(by=SYSTEM, jurisdiction_id=jurisdiction.pk, connect=connect) == 1
    link.refresh_from_db()
    assert (link.remote_id, link.remote_status) == ("R1", "open")


def test_what_the_other_side_says_is_read_back(
    town: Town, jurisdiction: Jurisdiction, elsewhere: Elsewhere, connect: forwarding.Connect
) -> None:
    link = forwarded(town, jurisdiction)
    send_link(by=SYSTEM, link_id=link.pk, connect=connect)
    assert read_back(by=SYSTEM, jurisdiction_id=jurisdiction.pk, connect=connect) == 1
    assert read_back(by=SYSTEM, jurisdiction_id=jurisdiction.pk, connect=connect) == 0
    elsewhere.requests["R1"] |= {"status": "closed", "status_notes": "Đã nối lại đường dây"}
    assert read_back(by=SYSTEM, jurisdiction_id=jurisdiction.pk, connect=connect) == 1
    link.refresh_from_db()
    line = Entry.objects.filter(step="outside_says").latest("id")
    assert (link.state, line.text) == (LinkState.CLOSED, "Đã nối lại đường dây")
    # It is for the unit to say that it is done.
    assert found(link.report_id).is_open
    assert read_back(by=SYSTEM, jurisdiction_id=jurisdiction.pk, connect=connect) == 0
    elsewhere.requests["R1"] |= {"status": "open", "status_notes": "Lại mất điện"}
    assert read_back(by=SYSTEM, jurisdiction_id=jurisdiction.pk, connect=connect) == 1
    assert read_back(by=SYSTEM, jurisdiction_id=jurisdiction.pk, connect=connect) == 0
    link.refresh_from_db()
    assert (link.state, link.remote_status) == (LinkState.SENT, "open")
    # What was closed there long ago is asked for no more.
    elsewhere.requests["R1"] |= {"status": "closed", "status_notes": "Đã xong"}
    assert read_back(by=SYSTEM, jurisdiction_id=jurisdiction.pk, connect=connect) == 1
    elsewhere.requests["R1"] |= {"status": "open"}
    with clock.frozen(NOW + forwarding.MAY_REOPEN):
        assert read_back(by=SYSTEM, jurisdiction_id=jurisdiction.pk, connect=connect) == 0


def test_what_cannot_be_forwarded_says_why(town: Town, jurisdiction: Jurisdiction) -> None:
    report = send()
    with pytest.raises(NotYours):
        forward_report(by=town.neighbour, report_id=report.pk, jurisdiction_id=jurisdiction.pk)
    with pytest.raises(JurisdictionUnusable):
        forward_report(by=town.desk, report_id=report.pk, jurisdiction_id=uuid4())
    with pytest.raises(JurisdictionUnusable):
        forward_report(by=town.desk, report_id=send(category="NOISE").pk, jurisdiction_id=jurisdiction.pk)
    forward_report(by=town.desk, report_id=report.pk, jurisdiction_id=jurisdiction.pk)
    with pytest.raises(ForwardedAlready):
        forward_report(by=town.desk, report_id=report.pk, jurisdiction_id=jurisdiction.pk)


def test_reports_of_the_other_side_are_taken_over_once(
    town: Town, jurisdiction: Jurisdiction, elsewhere: Elsewhere, connect: forwarding.Connect
) -> None:
    elsewhere.add("A1", service_code="HOLE", description="Hố sâu giữa đường", lat=INSIDE[1], long=INSIDE[0])
    elsewhere.add("A2", service_code="ELSE", description="Đèn không sáng", status="closed", status_notes="Đã thay bóng")
    elsewhere.add("A3", service_code="HOLE", description="")
    elsewhere.add("", service_code="HOLE", description="Không có số")
    elsewhere.requests["A1"]["media_url"] = "https://example.vn/a.jpg"
    assert pull_reports(by=SYSTEM, jurisdiction_id=jurisdiction.pk, connect=connect) == 2
    jurisdiction.refresh_from_db()
    assert (jurisdiction.last_error, jurisdiction.pulled_until) == ("NOT_TAKEN 1", clock.now())
    with clock.frozen(NOW + timedelta(hours=1)):
        assert pull_reports(by=SYSTEM, jurisdiction_id=jurisdiction.pk, connect=connect) == 0
    reports = {link.remote_id: link.report for link in OutsideLink.objects.filter(direction=Direction.IN)}
    assert (reports["A1"].category, reports["A1"].is_open) == (town.pothole, True)
    assert (reports["A2"].category, reports["A2"].state, reports["A2"].closing_text) == (
        town.lamp,
        State.CLOSED,
        "Đã thay bóng",
    )
    assert Attachment.objects.get(report=reports["A1"]).source_url == "https://example.vn/a.jpg"
    # It does not go back to where it came from.
    with pytest.raises(ForwardedAlready):
        forward_report(by=town.desk, report_id=reports["A1"].pk, jurisdiction_id=jurisdiction.pk)


def test_what_we_sent_does_not_come_back(
    town: Town, jurisdiction: Jurisdiction, elsewhere: Elsewhere, connect: forwarding.Connect
) -> None:
    link = forwarded(town, jurisdiction)
    send_link(by=SYSTEM, link_id=link.pk, connect=connect)
    OutsideLink.objects.update(remote_id="")
    assert pull_reports(by=SYSTEM, jurisdiction_id=jurisdiction.pk, connect=connect) == 0
    assert Report.objects.count() == 1


NEIGHBOURS = "PA-7K3M-Q2X9"


def test_what_they_sent_us_themselves_is_not_taken_over_besides(
    client: Client, town: Town, jurisdiction: Jurisdiction, elsewhere: Elsewhere, connect: forwarding.Connect
) -> None:
    key = issue_api_key(by=town.root, name="Thành phố bên")[1]
    elsewhere.add(NEIGHBOURS, service_code="HOLE", description="Hố sâu giữa đường", lat=INSIDE[1], long=INSIDE[0])
    post(client, key, description=f"Hố sâu giữa đường\n[{NEIGHBOURS}]")
    assert pull_reports(by=SYSTEM, jurisdiction_id=jurisdiction.pk, connect=connect) == 0
    assert Report.objects.count() == 1


def test_what_was_taken_over_before_they_sent_it_is_the_same_report(
    client: Client, town: Town, jurisdiction: Jurisdiction, elsewhere: Elsewhere, connect: forwarding.Connect
) -> None:
    key = issue_api_key(by=town.root, name="Thành phố bên")[1]
    elsewhere.add(NEIGHBOURS, service_code="HOLE", description="Hố sâu giữa đường", lat=INSIDE[1], long=INSIDE[0])
    assert pull_reports(by=SYSTEM, jurisdiction_id=jurisdiction.pk, connect=connect) == 1
    for _time in range(2):
        answer = post(client, key, expect=200, description=f"Hố sâu giữa đường\n[{NEIGHBOURS}]")
        assert answer[0]["service_request_id"] == shown_code(Report.objects.get().code)
    # Its key reads how it stands before the public does, as if it had been sent first.
    code = answer[0]["service_request_id"]
    assert len(read(client, "requests.json", service_request_id=code, api_key=key)) == 1
    # Another text under the same number is another report: numbers of two cities may be alike.
    post(client, key, description=f"Cột điện nghiêng\n[{NEIGHBOURS}]")
    assert Report.objects.count() == 2


def test_many_pages_are_read_and_an_endless_first_page_is_not(
    town: Town, jurisdiction: Jurisdiction, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_room, "PAGE", 2)
    for number in range(5):
        elsewhere.add(f"B{number}")
    peer = HttpPeer("http://127.0.0.1:1", transport=httpx.MockTransport(elsewhere))
    window = Window(NOW - timedelta(days=1), NOW)
    assert len(list(peer.made_in(window))) == 5
    same = elsewhere._written(list(elsewhere.requests.values())[:2], "json").content
    elsewhere.fails = lambda _request: httpx.Response(200, content=same)
    assert len(list(peer.made_in(window))) == 2
    more = iter(range(10_000))
    elsewhere.fails = lambda _request: httpx.Response(
        200, json=[{"service_request_id": next(more)}, {"service_request_id": next(more)}]
    )
    assert len(list(peer.made_in(window))) == 2 * client_room.MOST_PAGES


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(429),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, text="7"),
        httpx.Response(200, text="[" * 100_000),
        httpx.Response(201, json=[]),
        httpx.Response(201, json=[{"service_notice": "thanks"}]),
        httpx.Response(200, content=b"x" * 2000),
    ],
)
def test_nonsense_of_the_other_side_is_tried_later(
    town: Town,
    jurisdiction: Jurisdiction,
    elsewhere: Elsewhere,
    connect: forwarding.Connect,
    answer: httpx.Response,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if len(answer.content) == 2000:
        monkeypatch.setattr(client_room, "MOST_BYTES", 1000)
    link = forwarded(town, jurisdiction)
    content, status = answer.content, answer.status_code
    elsewhere.fails = lambda _request: httpx.Response(status, content=content)
    with pytest.raises(PeerAway):
        send_link(by=SYSTEM, link_id=link.pk, connect=connect)
    assert OutsideLink.objects.get().state == LinkState.SENDING


def test_malicious_xml_is_not_read(elsewhere: Elsewhere) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>'

    def fails(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404 if request.url.path.endswith("json") else 200, text=bomb)

    elsewhere.fails = fails
    peer = HttpPeer("http://127.0.0.1:1", transport=httpx.MockTransport(elsewhere))
    with pytest.raises(PeerAway):
        list(peer.by_ids(["1"]))


def test_rows_are_read_with_care(elsewhere: Elsewhere) -> None:
    elsewhere.fails = lambda _request: httpx.Response(
        200,
        json={
            "service_requests": [
                {
                    "service_request_id": 7,
                    "lat": "NaN",
                    "long": 500,
                    "requested_datetime": "2026-01-01T00:00:00",
                    "updated_datetime": "0001-01-01T00:00:00+07:00",
                },
                "text",
                {"service_request_id": None},
            ]
        },
    )
    peer = HttpPeer("http://127.0.0.1:1", transport=httpx.MockTransport(elsewhere))
    (only,) = peer.by_ids(["7"])
    assert (only.remote_id, only.latitude, only.longitude, only.is_open) == ("7", None, None, True)
    assert only.requested_at is not None
    assert (only.requested_at.tzinfo is not None, only.updated_at) == (True, None)
    elsewhere.fails = lambda _request: httpx.Response(403, json=[{"code": 403, "description": "key"}])
    with pytest.raises(PeerRefused):
        list(peer.by_ids(["7"]))
    elsewhere.fails = lambda _request: httpx.Response(403, json=[])
    with pytest.raises(PeerRefused):
        list(peer.by_ids(["7"]))


def test_a_link_that_is_gone_or_came_in_is_not_sent(
    town: Town, jurisdiction: Jurisdiction, elsewhere: Elsewhere, connect: forwarding.Connect
) -> None:
    send_link(by=SYSTEM, link_id=uuid4(), connect=connect)
    assert elsewhere.asked == []
    peer = connected(jurisdiction)
    assert isinstance(peer, HttpPeer)
    assert peer._key == "k-1"
    jurisdiction.api_key_sealed = sealed_key("")
    assert connected(jurisdiction)._key == ""  # type: ignore[attr-defined]
    assert "k-1" not in json.dumps(Jurisdiction.objects.values_list("api_key_sealed", flat=True)[0])


def test_one_that_is_away_holds_up_none_of_the_others(
    town: Town, jurisdiction: Jurisdiction, elsewhere: Elsewhere, connect: forwarding.Connect
) -> None:
    Jurisdiction.objects.create(name="Nơi nhận", base_url="http://127.0.0.1:1", forwards=True)
    Jurisdiction.objects.create(name="Nơi gửi", base_url="http://127.0.0.1:1", pulls=True)
    Jurisdiction.objects.create(name="Không dùng", base_url="http://127.0.0.1:1")
    elsewhere.add("A1", service_code="HOLE", description="Hố sâu giữa đường")
    assert ask_jurisdictions(by=SYSTEM, connect=connect) == 0
    assert OutsideLink.objects.count() == 1
    elsewhere.fails = lambda _request: httpx.Response(503)
    assert ask_jurisdictions(by=SYSTEM, connect=connect) == 2
    assert Jurisdiction.objects.filter(last_error="JURISDICTION_AWAY HTTP 503").count() == 2
