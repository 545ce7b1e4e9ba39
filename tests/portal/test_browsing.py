"""What everybody may see: published reports only, without a person, found without marks, on a map of few points."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from songcau.kernel import clock
from songcau.systems.citizen_reports.actions.submitting import Contact
from songcau.systems.citizen_reports.api import requests
from songcau.systems.citizen_reports.models import Attachment, Report
from songcau.systems.citizen_reports.tests.town import INSIDE, Town, send

pytestmark = pytest.mark.django_db
LIST, POINTS = "/portal/reports/", "/portal/reports/points/"


def published(**more: Any) -> Report:
    report = send(**more)
    report.published_at = clock.now()
    for name in ("public_text",):
        setattr(report, name, more.get(name, ""))
    report.save()
    return report


def test_only_published_reports_are_listed_and_opened(citizen: Client, town: Town) -> None:
    shown, hidden = published(text="Ổ gà to"), send(text="Chưa duyệt gì cả")
    withheld = published(text="Rút lại rồi nhé")
    withheld.withheld = True
    withheld.save()
    page = citizen.get(LIST).content.decode()
    assert shown.code in page
    assert "Chưa duyệt" not in page
    assert "Rút lại" not in page
    assert citizen.get(f"{LIST}{shown.code}/").status_code == 200
    for report in (hidden, withheld):
        assert citizen.get(f"{LIST}{report.code}/").status_code == 404
    assert citizen.get(f"{LIST}khong-co/").status_code == 404
    assert citizen.get(f"{LIST}{shown.code.lower()}/")["Location"] == f"{LIST}{shown.code}/"


def test_no_page_and_no_answer_holds_the_reporter(citizen: Client, town: Town) -> None:
    contact = Contact(name="Đàm Thị Riêng", phone="0912 345 678", email="rieng@example.vn")
    report = published(text="Ổ gà, gọi tôi 0912 345 678 nhé", place_words="cạnh nhà bà Riêng", contact=contact)
    for address in (
        "/portal/",
        LIST,
        f"{LIST}?q=o+ga",
        f"{LIST}map/",
        POINTS,
        f"{LIST}{report.code}/",
        "/portal/?q=o+ga",
    ):
        text = citizen.get(address).content.decode()
        assert not re.search(r"0?912\D{0,3}345\D{0,3}678|Riêng|rieng@", text), address


def test_words_are_found_without_marks_and_hidden_words_never(citizen: Client, town: Town) -> None:
    report = send(text="Ông Vũ Bá Tật đổ rác ra đường")
    report.published_at, report.public_text = clock.now(), "Có người đổ rác ra đường"
    report.save()
    assert report.code in citizen.get(f"{LIST}?q=do+rac").content.decode()
    assert report.code in citizen.get("/portal/?q=do+rac").content.decode()
    assert report.code not in citizen.get(f"{LIST}?q=ba+tat").content.decode()


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("category=POTHOLE", True),
        ("category=ROADS", True),
        ("category=NOISE", False),
        ("state=OPEN", True),
        ("state=DONE", False),
        ("days=7", True),
        ("ward=99999", False),
        ("days=abc&state=x&page=zz", True),
        ("page=99999", False),
    ],
)
def test_filters(citizen: Client, town: Town, query: str, is_there: bool) -> None:
    report = published()
    page = citizen.get(f"{LIST}?{query}")
    assert page.status_code == 200
    assert (report.code in page.content.decode()) is is_there


def test_pages_go_on_to_older_ones(citizen: Client, town: Town) -> None:
    for _each in range(23):
        published()
    first, second = citizen.get(LIST).content.decode(), citizen.get(f"{LIST}?page=2").content.decode()
    assert 'rel="next"' in first
    assert 'rel="prev"' in second
    assert 'rel="next"' not in second
    assert "23 phản ánh" in first


def test_the_map_gets_clusters_far_away_and_single_reports_near_by(citizen: Client, town: Town) -> None:
    for step in range(5):
        published(longitude=INSIDE[0] + step * 0.001, latitude=INSIDE[1])
    send(longitude=INSIDE[0], latitude=INSIDE[1])
    box = "105.7,21.5,105.9,21.7"
    far = citizen.get(f"{POINTS}?box={box}&zoom=8").json()["features"]
    assert sum(one["properties"]["count"] for one in far) == 5
    assert len(far) < 5
    near = citizen.get(f"{POINTS}?box={box}&zoom=17").json()["features"]
    assert len(near) == 5
    assert all(one["properties"]["address"].startswith(LIST) for one in near)
    assert citizen.get(f"{POINTS}?box=0,0,1,1&zoom=17").json()["features"] == []
    assert citizen.get(f"{POINTS}?box=x&zoom=NaN").status_code == 200


def test_a_place_at_homes_is_shown_elsewhere(citizen: Client, town: Town) -> None:
    report = published(category="NOISE")
    found = citizen.get(f"{POINTS}?zoom=17").json()["features"][0]["geometry"]["coordinates"]
    assert found != [report.longitude, report.latitude]
    assert "150" in citizen.get(f"{LIST}{report.code}/").content.decode()


def test_pictures_are_shown_only_when_a_person_approved_the_blurred_one(citizen: Client, town: Town) -> None:
    from uuid import uuid4

    from songcau.systems.citizen_reports.models import Attachment

    report = published()
    picture = Attachment.objects.create(report=report, kind="PROBLEM", file_id=uuid4(), state="READY", at=clock.now())
    assert citizen.get(f"{LIST}{report.code}/pictures/{picture.pk}/").status_code == 404
    assert "/pictures/" not in citizen.get(f"{LIST}{report.code}/").content.decode()


@pytest.mark.usefixtures("wards")
def test_outlines_are_kept_by_browsers_until_places_change(citizen: Client) -> None:
    first = citizen.get("/portal/wards.geojson")
    assert len(first.json()["features"]) == 32
    assert citizen.get("/portal/wards.geojson", headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_searching_for_a_subject_leads_to_the_form(citizen: Client, town: Town) -> None:
    page = citizen.get("/portal/?q=den+duong").content.decode()
    assert "/portal/report/?category=STREET_LAMP" in page
    form = citizen.get("/portal/report/?category=STREET_LAMP").content.decode()
    assert '<option value="STREET_LAMP" selected>' in form


@pytest.mark.parametrize(
    ("state", "label"),
    [("IN_PROGRESS", "Ai đang xử lý"), ("CLOSED", "Đơn vị đã xử lý"), ("REFUSED", "Đơn vị trả lời")],
)
def test_what_is_over_is_not_said_to_be_with_anybody(citizen: Client, town: Town, state: str, label: str) -> None:
    report = published()
    report.state, report.resolved_at = state, clock.now() if state == "CLOSED" else None
    report.due_at = clock.now()
    report.save()
    page = citizen.get(f"{LIST}{report.code}/").content.decode()
    assert label in page
    assert ("Ai đang xử lý" in page) is ("Hạn xử lý" in page) is (state == "IN_PROGRESS")
    assert ("Xử lý xong lúc" in page) is (state == "CLOSED")


def test_open311_names_the_portals_own_address_of_a_picture(town: Town) -> None:
    picture = Attachment(report=published())
    named = requests._picture_address(picture)
    assert named == settings.SONGCAU.public_url.rstrip("/") + reverse(
        "portal:public_picture", args=[picture.report.code, picture.pk]
    )
