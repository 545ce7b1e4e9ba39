"""The data protection officer's pages: the worklist, answers, the access log, alarms."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from songcau.consoles.administration.data_requests import listing as requests_listing
from songcau.consoles.administration.looks import listing as looks_listing
from songcau.consoles.administration.tests.answers import at, text
from songcau.consoles.administration.tests.conftest import City, english
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.personal_data import actions, records, rules
from songcau.foundation.accounts.personal_data.models import CuriosityAlarm, DataRequest, Look
from songcau.foundation.accounts.personal_data.rules import RequestKind
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give, make_person
from songcau.foundation.shell.lists import checked
from songcau.kernel import clock


@pytest.fixture
def officer(city: City) -> Client:
    person = make_person("bao-ve", city.at("C"), "Đặng Thị Mẫu")
    give(person, Role.DATA_PROTECTION_OFFICER, city.at("C"))
    city.people["officer"] = person
    return english(city, "officer")


@pytest.fixture
def asked(city: City) -> DataRequest:
    return actions.make_request(
        by=actor_of(city.lan), kind=RequestKind.CORRECTION, text="Tên sai:\nphải là Trần Thị Làn."
    )


def test_only_officers_open_these_pages(city: City, asked: DataRequest, admin: Client, ward: Client) -> None:
    for client in (admin, ward):
        for page in ("data_requests", "looks"):
            assert client.get(at(page)).status_code == 403
        assert client.get(at("data_request", asked.pk)).status_code == 403


def test_the_worklist_stands_by_urgency(city: City, officer: Client, asked: DataRequest) -> None:
    checked(requests_listing.LISTING, requests_listing.rows(actor_of(city.officer)))
    hai = actions.make_request(by=actor_of(city.hai), kind=RequestKind.OBJECTION, text="Không đồng ý.")
    DataRequest.objects.filter(pk=hai.pk).update(due_at=clock.now() - timedelta(hours=1))
    done = actions.make_request(by=actor_of(city.uy), kind=RequestKind.OBJECTION, text="Không đồng ý.")
    actions.withdraw_request(by=actor_of(city.uy), request_id=done.pk)
    page = officer.get(at("data_requests"))
    assert [row.source.pk for row in page.context["rows"]] == [hai.pk, asked.pk, done.pk]
    assert "late" in text(page)

    def found(**query: str) -> set[object]:
        return {row.source.pk for row in officer.get(at("data_requests"), query).context["rows"]}

    assert found(state="open") == {hai.pk, asked.pk}
    assert found(state="WITHDRAWN") == {done.pk}
    assert found(urgency="LATE") == {hai.pk}
    assert found(urgency="SOON") | found(urgency="IN_TIME") == {asked.pk}
    assert found(kind="CORRECTION") == {asked.pk}


def test_taken_put_right_and_answered(city: City, officer: Client, asked: DataRequest) -> None:
    page = text(officer.get(at("data_request", asked.pk)))
    assert "Trần Thị Làn" in page
    assert at("data_request_answer", asked.pk) not in page
    look = Look.objects.get()
    assert (look.person, look.kind, look.subject_id) == (city.lan, "personal_data.request", asked.pk)
    assert officer.get(at("data_request_take", asked.pk)).status_code == 200
    assert officer.post(at("data_request_take", asked.pk)).status_code == 302
    assert officer.post(at("data_request_take", asked.pk)).status_code == 409
    page = text(officer.get(at("data_request_correct", asked.pk)))
    assert "Trần Thị Lan" in page
    facts = {"version": "1", "full_name": "Trần Thị Làn", "email": "", "phone": ""}
    assert officer.post(at("data_request_correct", asked.pk), facts | {"full_name": "1"}).status_code == 422
    assert officer.post(at("data_request_correct", asked.pk), facts).status_code == 302
    assert officer.post(at("data_request_correct", asked.pk), facts).status_code == 409
    assert Person.objects.get(pk=city.lan.pk).full_name == "Trần Thị Làn"
    page = text(officer.get(at("data_request_answer", asked.pk), {"template": "CORRECTED"}))
    assert "put your data right" in page
    assert officer.get(at("data_request_answer", asked.pk), {"template": "nonsense"}).status_code == 200
    reply = {"outcome": "GRANTED", "ground": "", "answer": "Đã sửa họ tên."}
    assert officer.post(at("data_request_answer", asked.pk), reply).status_code == 302
    page = text(officer.get(at("data_request", asked.pk)))
    assert "Đã sửa họ tên." in page
    assert at("data_request_answer", asked.pk) not in page
    assert "Đã sửa họ tên." in text(english(city, "lan").get("/me/data/"))


def test_that_addresses_were_erased_is_offered_once_they_are(city: City, officer: Client) -> None:
    Person.objects.filter(pk=city.lan.pk).update(phone="0912345678")
    asked = actions.make_request(by=actor_of(city.lan), kind=RequestKind.DELETION, text="Xóa số điện thoại.")
    actions.take_request(by=actor_of(city.officer), request_id=asked.pk)
    address = at("data_request_answer", asked.pk)
    page = text(officer.get(address, {"template": "CONTACT_ERASED"}))
    assert "We have erased" not in page
    assert 'href="?template=CONTACT_ERASED"' not in page
    facts = {"version": "1", "full_name": "Trần Thị Lan", "email": "", "phone": ""}
    assert officer.post(at("data_request_correct", asked.pk), facts).status_code == 302
    assert "We have erased" in text(officer.get(address, {"template": "CONTACT_ERASED"}))


@pytest.mark.parametrize(
    "reply",
    [
        {"outcome": "", "ground": "", "answer": "Xong."},
        {"outcome": "MAYBE", "ground": "", "answer": "Xong."},
        {"outcome": "REFUSED", "ground": "", "answer": "Không."},
        {"outcome": "REFUSED", "ground": "WHIM", "answer": "Không."},
        {"outcome": "GRANTED", "ground": "OTHER", "answer": "Xong."},
        {"outcome": "GRANTED", "ground": "", "answer": " "},
        {"outcome": "GRANTED", "ground": "", "answer": "x" * 4001},
    ],
)
def test_an_answer_that_says_too_little_is_refused(
    city: City, officer: Client, asked: DataRequest, reply: dict[str, str]
) -> None:
    actions.take_request(by=actor_of(city.officer), request_id=asked.pk)
    assert officer.post(at("data_request_answer", asked.pk), reply).status_code == 422
    assert DataRequest.objects.get().state == "IN_WORK"


def test_ones_own_request_is_for_another_officer(city: City, officer: Client) -> None:
    own = actions.make_request(by=actor_of(city.officer), kind=RequestKind.OBJECTION, text="Không đồng ý.")
    assert officer.get(at("data_request", own.pk)).status_code == 404
    assert not officer.get(at("data_requests")).context["rows"]


def test_opening_a_persons_page_is_noted_with_its_purpose(city: City, admin: Client, officer: Client) -> None:
    page = text(admin.get(at("person", city.lan.pk)))
    assert "Looking after accounts" in page
    for query in ({"purpose": "INSPECTION"}, {"purpose": "OTHER", "note": "Theo công văn 12"}, {"purpose": "OTHER"}):
        admin.get(at("person", city.lan.pk), query)
    assert admin.get(at("person", city.lan.pk), {"purpose": "nonsense"}).status_code == 422
    admin.get(at("person_change", city.lan.pk))
    purposes = list(Look.objects.order_by("at", "id").values_list("purpose", flat=True))
    assert purposes == ["ACCOUNT_CARE", "INSPECTION", "OTHER"], "what makes no sense is the page's own purpose"
    admin.get(at("person", city.quan.pk))
    assert Look.objects.count() == 3, "one's own page is no look"
    checked(looks_listing.LISTING, looks_listing.rows(actor_of(city.officer)))
    page = text(officer.get(at("looks")))
    for words in ("Nguyễn Văn Quản", "Trần Thị Lan", "Another purpose: Theo công văn 12", "127.0.0.1"):
        assert words in page, words
    assert len(officer.get(at("looks"), {"purpose": "OTHER"}).context["rows"]) == 1
    assert officer.get(at("looks"), {"format": "csv"})["Content-Type"].startswith("text/html")


def test_an_alarm_is_settled_by_an_officer(city: City, officer: Client) -> None:
    alarm = CuriosityAlarm.objects.create(at=timezone.now(), reader=city.uy, people=31)
    own = CuriosityAlarm.objects.create(at=timezone.now(), reader=city.officer, people=40)
    page = text(officer.get(at("looks")))
    assert at("curiosity_settle", alarm.pk) in page
    assert at("curiosity_settle", own.pk) not in page
    address = at("curiosity_settle", alarm.pk)
    assert officer.get(address).status_code == 200
    assert officer.post(address, {"finding": ""}).status_code == 422
    assert officer.post(address, {"finding": "Rà soát tài khoản"}).status_code == 302
    assert officer.post(address, {"finding": "Lần nữa"}).status_code == 409
    assert "Rà soát tài khoản" in text(officer.get(at("looks")))
    assert officer.get(at("curiosity_settle", city.lan.pk)).status_code == 404
    assert officer.post(at("curiosity_settle", own.pk), {"finding": "Không có gì"}).status_code == 403


@pytest.mark.parametrize("page", ["data_request_take", "data_request_answer", "data_request_correct"])
def test_no_page_of_a_request_shows_data_without_a_look(city: City, officer: Client, asked: DataRequest, page) -> None:
    assert officer.get(at(page, asked.pk)).status_code == 200
    assert Look.objects.get().person == city.lan


def test_who_opens_a_page_says_for_which_other_purpose(city: City, admin: Client) -> None:
    page = text(admin.get(at("person", city.lan.pk)))
    for code in ("CASE_WORK", "INSPECTION", "OTHER"):
        assert f'<option value="{code}">' in page
    answer = admin.get(at("person", city.lan.pk), {"purpose": "OTHER", "note": "abc"})
    assert answer.status_code == 422
    assert "for which other purpose" in text(answer)
    answer = admin.get(at("person", city.lan.pk), {"purpose": "INSPECTION", "note": "Quyết định 12/QĐ-TTra"})
    assert answer.status_code == 200
    assert "Quyết định 12/QĐ-TTra" in text(answer)
    looks = [(one.purpose, one.note) for one in Look.objects.order_by("at", "id")]
    assert ("INSPECTION", "Quyết định 12/QĐ-TTra") in looks
    assert all(purpose in ("ACCOUNT_CARE", "INSPECTION") for purpose, _note in looks)
    assert 'name="note"' not in text(admin.get(at("person", city.quan.pk))), "one's own page is no look"


def test_whose_data_stands_apart_is_neither_said_nor_found_nor_sorted_by(city: City, officer: Client) -> None:
    """Who also reads the audit log would join the person to what was looked at by the same reader at the same time."""
    records.register(records.RecordKind("tests.apart", "Người gửi", "Bạn đã gửi", stands_apart=True))
    give(city.officer, Role.DATA_PROTECTION_OFFICER)
    actions.record_look(
        by=actor_of(city.quan),
        whose=city.lan.pk,
        kind="tests.apart",
        purpose=rules.Purpose.OTHER,
        note=f"Hỏi {city.lan.full_name}",
    )
    page = text(officer.get(at("looks")))
    assert "the person alone sees it" in page
    assert city.lan.full_name not in page
    for asked in ({"q": city.lan.full_name}, {"q": city.lan.username}):
        assert list(officer.get(at("looks"), asked).context["rows"]) == []
    assert len(officer.get(at("looks"), {"sort": "person"}).context["rows"]) == 1
    records._registered.pop("tests.apart")
