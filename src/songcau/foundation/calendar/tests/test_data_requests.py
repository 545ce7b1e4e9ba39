"""The date of a request about personal data is a promised one: a decree puts it in question, a decision moves it."""

from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.personal_data import actions as requests
from songcau.foundation.accounts.personal_data.models import DataRequest
from songcau.foundation.accounts.personal_data.rules import Outcome, RequestKind, RequestOpenAlready
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give, make_person
from songcau.foundation.calendar import actions
from songcau.foundation.calendar.models import Impact, Promise
from songcau.foundation.calendar.queries import latest_change
from songcau.foundation.calendar.tests.conftest import Town
from songcau.foundation.calendar.tests.test_changes import closed, decree
from songcau.kernel.actor import SYSTEM, Actor


def ask(person: Person, **more: Any) -> DataRequest:
    facts = {"kind": RequestKind.CORRECTION, "text": "Tên viết sai dấu."}
    return requests.make_request(by=actor_of(person), **facts | more)


@pytest.fixture
def officer(town: Town) -> Actor:
    person = make_person("bao-ve", town.city)
    give(person, Role.DATA_PROTECTION_OFFICER, None)
    return actor_of(person)


def test_the_agency_of_the_person_promises_the_date(town: Town) -> None:
    closed(town, town.ward, first_on=date(2026, 11, 26), last_on=date(2026, 11, 26), from_minute=0)
    asked = ask(make_person("lan", town.ward))
    assert asked.due_at == timezone.make_aware(datetime(2026, 11, 30, 17)), "the ward is closed on Thursday"  # noqa: DTZ001
    promise = Promise.objects.get()
    assert (promise.subject_kind, promise.subject_id) == ("personal_data.request", asked.pk)
    assert (promise.agency, promise.due_at, promise.received_at) == (town.ward, asked.due_at, asked.received_at)
    assert promise.label == "Yêu cầu về dữ liệu cá nhân tiếp nhận lúc 09:00 ngày 25/11/2026"


def test_the_agency_over_all_promises_to_who_belongs_to_none(town: Town) -> None:
    ask(make_person("cong-dan"))
    assert Promise.objects.get().agency == town.city


@pytest.mark.django_db
def test_a_city_without_agencies_answers_in_the_usual_time_and_has_no_promise_to_end() -> None:
    asked = ask(make_person("dau-tien"))
    assert asked.due_at == timezone.make_aware(datetime(2026, 11, 27, 17))  # noqa: DTZ001
    requests.withdraw_request(by=actor_of(Person.objects.get()), request_id=asked.pk)
    assert not Promise.objects.exists()


def test_an_answer_settles_the_promise_and_a_withdrawal_cancels_it(town: Town, officer: Actor) -> None:
    lan, hai = make_person("lan", town.ward), make_person("hai", town.ward)
    answered, withdrawn = ask(lan), ask(hai)
    requests.take_request(by=officer, request_id=answered.pk)
    requests.answer_request(by=officer, request_id=answered.pk, outcome=Outcome.GRANTED, answer="Đã sửa.")
    requests.withdraw_request(by=actor_of(hai), request_id=withdrawn.pk)
    states = {promise.subject_id: promise.state for promise in Promise.objects.all()}
    assert states == {answered.pk: "SETTLED", withdrawn.pk: "CANCELLED"}


def test_a_decree_puts_the_date_in_question(town: Town) -> None:
    asked = ask(make_person("lan", town.ward))
    decree(town, off=[date(2026, 11, 27)], worked=[])
    assert actions.find_impacts(by=SYSTEM, upto=latest_change()) == 1
    impact = Impact.objects.visible_to(town.warden).open().get()
    assert (impact.promise.subject_id, impact.old_due_at) == (asked.pk, asked.due_at)
    assert impact.new_due_at == timezone.make_aware(datetime(2026, 11, 30, 17))  # noqa: DTZ001


def test_a_refused_request_promises_nothing(town: Town) -> None:
    lan = make_person("lan", town.ward)
    ask(lan)
    with pytest.raises(RequestOpenAlready):
        ask(lan)
    assert Promise.objects.count() == 1
