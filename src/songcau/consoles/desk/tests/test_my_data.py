"""The page “My data”: what is held, a copy of it, and asking for something."""

import io
import json
import zipfile

import pytest
from django.test import Client
from django.urls import reverse

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.personal_data import actions
from songcau.foundation.accounts.personal_data.models import DataRequest
from songcau.foundation.accounts.personal_data.rules import Ground, Outcome, Purpose, RequestKind
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give, make_agency, make_person, sign_in
from songcau.foundation.audit.models import Entry

pytestmark = pytest.mark.django_db
MINE = "/me/data/"
ASK = f"{MINE}ask/"


@pytest.fixture
def person() -> Person:
    return make_person("cong-dan", None, "Nguyễn Thị Dân", email="dan@example.vn")


@pytest.fixture
def client(person: Person) -> Client:
    found = Client()
    sign_in(found, person)
    return found


@pytest.fixture
def officer() -> Person:
    found = make_person("bao-ve", make_agency("VP"), "Đặng Thị Mẫu")
    give(found, Role.DATA_PROTECTION_OFFICER, None)
    return found


def typed(**more: str) -> dict[str, str]:
    return {"kind": "CORRECTION", "about": "accounts", "text": "Tên sai dấu: phải là Nguyễn Thị Đàn."} | more


def test_a_citizen_reads_what_is_held_why_and_who_looked(client: Client, person: Person, officer: Person) -> None:
    actions.record_look(by=actor_of(officer), whose=person.pk, kind="accounts.person", purpose=Purpose.INSPECTION)
    page = client.get(MINE).content.decode()
    for words in ("dan@example.vn", "Để biết ai đăng nhập", "Kiểm tra, thanh tra", "Cơ quan VP", "Đăng nhập"):
        assert words in page, words
    assert "Đặng Thị Mẫu" not in page, "unit and post, not the name"


def test_the_anonymous_are_led_to_sign_in() -> None:
    for address in (MINE, ASK):
        assert Client().get(address).status_code == 302
    assert Client().post(f"{MINE}copy/").status_code == 302


def test_the_copy_is_for_people_and_for_machines_and_is_noted(client: Client, person: Person) -> None:
    answer = client.post(f"{MINE}copy/")
    assert answer["Content-Type"] == "application/zip"
    assert answer["Cache-Control"] == "no-store"
    assert "du-lieu-cong-dan-" in answer["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    data = json.loads(archive.read("du-lieu-cua-toi.json"))
    assert data["person"]["username"] == "cong-dan"
    assert {source["code"] for source in data["sources"]} >= {"accounts", "personal_data"}
    page = archive.read("du-lieu-cua-toi.html").decode()
    assert "dan@example.vn" in page
    assert "<script" not in page
    assert Entry.objects.filter(action="personal_data.export_own_data", actor_id=person.pk).count() == 1
    assert client.get(f"{MINE}copy/").status_code == 405


def test_asking_and_taking_it_back(client: Client, person: Person) -> None:
    assert client.get(f"{ASK}?kind=DELETION&about=accounts").context["form"].initial["kind"] == "DELETION"
    assert client.get(f"{ASK}?kind=nonsense&about=nonsense").status_code == 200
    assert client.post(ASK, typed()).status_code == 302
    asked = DataRequest.objects.get()
    assert (asked.person, asked.about) == (person, "accounts")
    page = client.get(MINE).content.decode()
    assert "Nguyễn Thị Đàn" in page
    assert "Đã tiếp nhận" in page
    assert client.post(ASK, typed()).status_code == 409
    address = reverse("desk:my_data_withdraw", args=[asked.pk])
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 409
    assert client.post(ASK, typed()).status_code == 302


@pytest.mark.parametrize(
    "bad",
    [{"kind": ""}, {"kind": "SELL"}, {"about": "nonsense"}, {"text": ""}, {"text": "x" * 2001}, {"text": "\0"}],
)
def test_what_is_typed_badly_gets_a_sentence(client: Client, bad: dict[str, str]) -> None:
    answer = client.post(ASK, typed(**bad))
    assert answer.status_code == 422
    assert not DataRequest.objects.exists()


def test_the_answer_appears_with_its_reason(client: Client, person: Person, officer: Person) -> None:
    asked = actions.make_request(by=actor_of(person), kind=RequestKind.DELETION, text="Xóa hết dữ liệu.")
    actions.take_request(by=actor_of(officer), request_id=asked.pk)
    actions.answer_request(
        by=actor_of(officer),
        request_id=asked.pk,
        outcome=Outcome.PARTLY,
        answer="Đã xóa thư điện tử.\nNhật ký được giữ lại.",
        ground=Ground.LOG_IS_KEPT,
    )
    page = client.get(MINE).content.decode()
    for words in ("Đã xóa thư điện tử.", "Chấp nhận một phần", "Nhật ký hệ thống phải giữ nguyên"):
        assert words in page, words
    assert reverse("desk:my_data_withdraw", args=[asked.pk]) not in page


def test_what_others_asked_is_nobodys_business(client: Client) -> None:
    other = make_person("nguoi-khac")
    asked = actions.make_request(by=actor_of(other), kind=RequestKind.OBJECTION, text="Không đồng ý chia sẻ.")
    assert client.get(reverse("desk:my_data_withdraw", args=[asked.pk])).status_code == 404
    assert "Không đồng ý chia sẻ." not in client.get(MINE).content.decode()
