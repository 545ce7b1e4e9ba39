"""Units: the map and its list, one unit, a point, and importing boundaries on screen."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from songcau.consoles.administration.tests.town import SignedIn, Town, as_, town
from songcau.consoles.administration.units import forms
from songcau.foundation.places.actions import load_profile
from songcau.foundation.places.models import Boundary, Unit
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM

__all__ = ["as_", "town"]

MAP, OUTLINES = "/administration/units/", "/administration/units/outlines/"
IMPORT, APPLY = "/administration/units/import/", "/administration/units/import/apply/"


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def wards(db: None) -> None:
    load_profile(by=SYSTEM, name="tn-2022")


def square(code: str = "05449", side: float = 0.006) -> dict[str, Any]:
    unit = Unit.objects.get(code=code, level="WARD")
    x, y = float(unit.longitude or 0), float(unit.latitude or 0)
    ring = [
        [x - side, y - side],
        [x + side, y - side],
        [x + side, y + side],
        [x - side, y + side],
        [x - side, y - side],
    ]
    return {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def upload(client: Client, *features: dict[str, Any], content: bytes | None = None, **form: str) -> Any:
    body = content if content is not None else json.dumps({"type": "FeatureCollection", "features": features}).encode()
    file = SimpleUploadedFile("wards.geojson", body)
    return client.post(IMPORT, {"file": file, "source": "đo vẽ 2026", "valid_from": str(clock.today()), **form})


def hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="')[1].split('"')[0]


def test_the_map_page_holds_the_thirty_two_wards_as_a_list(town: Town, wards: None, as_: SignedIn) -> None:
    page = text(as_(town.clerk).get(MAP))
    assert page.count("data-unit=") == 32
    assert "Phường Quán Triều" in page
    assert "32 ranh giới chỉ xấp xỉ" in page
    assert IMPORT not in page
    assert IMPORT in text(as_(town.root).get(MAP))


def test_the_map_of_a_unit_that_is_no_more_is_of_its_last_day(town: Town, wards: None, as_: SignedIn) -> None:
    load_profile(by=SYSTEM, name="vn-2025")
    old = Unit.objects.get(code="05449", level="WARD", valid_to=date(2025, 7, 1))
    assert "on=2025-06-30" in text(as_(town.root).get(f"{MAP}{old.pk}/"))


@pytest.mark.parametrize("on", ["2021-12-31", "0001-01-01"])
def test_a_day_before_the_record_says_so(town: Town, wards: None, as_: SignedIn, on: str) -> None:
    page = text(as_(town.root).get(MAP, {"on": on}))
    assert page.count("data-unit=") == 0
    assert "Không có đơn vị vào ngày đó" in page


@pytest.mark.parametrize("on", ["", "yesterday", "2026-02-30", "9" * 400, "\0", "2026-11-23T00:00"])
def test_a_day_that_is_none_is_today(town: Town, wards: None, as_: SignedIn, on: str) -> None:
    client = as_(town.root)
    assert text(client.get(MAP, {"on": on})).count("data-unit=") == 32
    assert client.get(OUTLINES, {"on": on}).status_code == 200


@pytest.mark.parametrize(
    ("typed", "said"), [("dong bam", "Phường Đồng Bẩm"), ("xyzzy", "Không có đơn vị nào của ngày đó"), ("\0'%_", "")]
)
def test_search_forgives_marks_and_nonsense(town: Town, wards: None, as_: SignedIn, typed: str, said: str) -> None:
    answer = as_(town.root).get(MAP, {"q": typed})
    assert answer.status_code == 200
    assert said in text(answer)


def test_an_old_name_leads_to_the_unit_of_today(town: Town, wards: None, as_: SignedIn) -> None:
    load_profile(by=SYSTEM, name="vn-2025")
    page = text(as_(town.root).get(MAP, {"q": "trung vuong"}))
    assert "Phường Phan Đình Phùng" in page
    assert "qua tên cũ Phường Trưng Vương" in page
    assert text(as_(town.root).get(MAP, {"on": "2024-01-01", "q": ""})).count("Phường Trưng Vương") >= 1


def test_outlines_are_sent_once_until_places_change(town: Town, wards: None, as_: SignedIn) -> None:
    client = as_(town.root)
    first = client.get(OUTLINES)
    assert len(first.json()["features"]) == 32
    assert client.get(OUTLINES, headers={"If-None-Match": first["ETag"]}).status_code == 304
    upload(client, square())
    page = text(upload(client, square()))
    client.post(APPLY, {name: hidden(page, name) for name in ("digest", "on", "source")})
    assert client.get(OUTLINES, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_list_a_unit_and_what_is_not_found(town: Town, wards: None, as_: SignedIn) -> None:
    client = as_(town.root)
    assert "Phường Quán Triều" in text(client.get(reverse("administration:unit_list")))
    assert "Phường Quán Triều" not in text(client.get(reverse("administration:unit_list"), {"level": "PROVINCE"}))
    assert client.get(reverse("administration:unit_list"), {"format": "csv", "state": "past"}).status_code == 200
    ward = Unit.objects.get(code="05449", level="WARD")
    page = text(client.get(reverse("administration:unit", args=[ward.pk])))
    assert "Phường Phan Đình Phùng" in page
    assert "xấp xỉ" in page
    assert client.get(reverse("administration:unit", args=[uuid4()])).status_code == 404
    city = Unit.objects.get(code="164")
    assert "Phường Quán Triều" in text(client.get(reverse("administration:unit", args=[city.pk])))


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ({}, 200, ""),
        ({"longitude": "105.840234", "latitude": "21.58667"}, 200, "Phường Phan Đình Phùng"),
        ({"longitude": "105.0", "latitude": "10.0"}, 200, "không thuộc phường, xã nào"),
        ({"longitude": "NaN", "latitude": "21.5"}, 422, 'role="alert"'),
        ({"longitude": "1e309", "latitude": "21.5"}, 422, 'role="alert"'),
        ({"longitude": "east", "latitude": ""}, 422, 'role="alert"'),
    ],
)
def test_which_ward_a_point_lies_in(
    town: Town, wards: None, as_: SignedIn, query: dict[str, str], status: int, said: str
) -> None:
    answer = as_(town.root).get(reverse("administration:unit_point"), query)
    assert answer.status_code == status
    assert said in text(answer)


def test_a_file_is_shown_then_applied_exactly(town: Town, wards: None, as_: SignedIn) -> None:
    client = as_(town.root)
    assert client.get(IMPORT).status_code == 200
    page = text(upload(client, square()))
    assert "thay ranh giới xấp xỉ" in page
    assert not Boundary.objects.filter(approximate=False).exists()
    answer = client.post(APPLY, {name: hidden(page, name) for name in ("digest", "on", "source")})
    assert answer["Location"] == MAP
    assert Boundary.objects.get(approximate=False).source == "đo vẽ 2026"
    again = client.post(APPLY, {name: hidden(page, name) for name in ("digest", "on", "source")})
    assert again["Location"] == IMPORT
    assert "đều đang có hiệu lực" in text(upload(client, square()))


def test_what_changed_meanwhile_is_not_applied(town: Town, wards: None, as_: SignedIn) -> None:
    client = as_(town.root)
    page = text(upload(client, square()))
    load_profile(by=SYSTEM, name="vn-2025")
    answer = client.post(APPLY, {name: hidden(page, name) for name in ("digest", "on", "source")})
    assert answer.status_code in {409, 422}
    assert not Boundary.objects.filter(approximate=False).exists()
    forged = client.post(APPLY, {"digest": "0" * 64, "on": "nonsense", "source": "x"})
    assert forged.status_code in {409, 422}


@pytest.mark.parametrize(
    "content", [b"", b"no json", b"[]", b'{"type": "FeatureCollection", "features": []}', b"\xff\xfe", b"[" * 100_000]
)
def test_a_file_that_is_no_geojson_is_refused_in_words(town: Town, wards: None, as_: SignedIn, content: bytes) -> None:
    answer = upload(as_(town.root), content=content)
    assert answer.status_code == 422
    assert 'role="alert"' in text(answer)


def test_faults_are_listed_and_there_is_nothing_to_press(town: Town, wards: None, as_: SignedIn) -> None:
    swapped = square()
    ring = swapped["geometry"]["coordinates"][0]
    swapped["geometry"]["coordinates"] = [[[y, x] for x, y in ring]]
    answer = upload(as_(town.root), swapped)
    assert answer.status_code == 422
    assert "kinh độ" in text(answer).lower()
    assert 'name="digest"' not in text(answer)


def test_a_file_too_large_is_refused(town: Town, wards: None, as_: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "LARGEST_FILE_BYTES", 10)
    answer = upload(as_(town.root), square())
    assert answer.status_code == 422
    assert "MB" in text(answer)


def test_importing_is_for_those_who_may_and_have_just_signed_in(town: Town, wards: None, as_: SignedIn) -> None:
    assert as_(town.warden).get(IMPORT).status_code == 403
    client = as_(town.root)
    with clock.frozen(clock.now() + timedelta(minutes=20)):
        assert reverse("account_reauthenticate") in client.get(IMPORT)["Location"]
    assert client.post(IMPORT, {}).status_code == 422
    assert client.get(APPLY).status_code == 405
