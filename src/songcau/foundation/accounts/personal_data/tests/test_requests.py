"""What people ask about their data: made, taken, answered in time or late, carried out, withdrawn."""

from datetime import UTC, datetime, timedelta

import pytest

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.permissions import NotToOneself, NotYours
from songcau.foundation.accounts.personal_data import actions, due, rules
from songcau.foundation.accounts.personal_data.models import DataRequest
from songcau.foundation.accounts.personal_data.rules import Colour, Ground, Outcome, RequestKind, RequestState
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.rules import ChangedMeanwhile, NameUnusable
from songcau.foundation.accounts.tests.people import actor_with, give, make_person
from songcau.foundation.audit.models import Entry
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM
from songcau.kernel.workflow import TransitionRefused

TEXT = "Tên của tôi viết sai dấu."


def ask(person, kind=RequestKind.CORRECTION, **more):
    return actions.make_request(by=actor_of(person), kind=kind, text=TEXT, **more)


def names():
    return list(Event.objects.order_by("sequence").values_list("name", flat=True))


def test_from_the_request_to_the_answer(an, officer):
    asked = ask(an, about="accounts")
    assert asked.state == RequestState.RECEIVED
    assert asked.due_at == datetime(2026, 11, 26, 10, 0, tzinfo=UTC), "Monday; Tuesday 24 November is a day off"
    assert asked.colour is Colour.IN_TIME
    assert asked.is_open
    taken = actions.take_request(by=officer, request_id=asked.id)
    assert (taken.state, taken.officer_id) == (RequestState.IN_WORK, officer.id)
    done = actions.answer_request(by=officer, request_id=asked.id, outcome=Outcome.GRANTED, answer="Đã sửa.")
    assert (done.state, done.answer, done.colour) == (RequestState.ANSWERED, "Đã sửa.", Colour.CLOSED)
    assert names() == [
        "calendar.DatePromised",
        "personal_data.DataRequestReceived",
        "personal_data.DataRequestTaken",
        "calendar.PromiseSettled",
        "personal_data.DataRequestAnswered",
    ]
    entries = list(Entry.objects.order_by("sequence"))
    assert [entry.action for entry in entries] == [
        "calendar.promise_date",
        "personal_data.make_request",
        "personal_data.take_request",
        "calendar.settle_promise",
        "personal_data.answer_request",
    ]
    assert all(TEXT not in entry.details_json and "Đã sửa" not in entry.details_json for entry in entries)
    assert "CORRECTION" in str(asked)


def test_a_late_answer_says_that_it_is_late(an, officer):
    asked = ask(an)
    actions.take_request(by=officer, request_id=asked.id)
    with clock.frozen(asked.due_at + timedelta(minutes=1)):
        assert DataRequest.objects.get().colour is Colour.LATE
        done = actions.answer_request(
            by=officer, request_id=asked.id, outcome=Outcome.REFUSED, answer="Không.", ground=Ground.DATA_ARE_RIGHT
        )
        assert done.colour is Colour.CLOSED_LATE
    assert Event.objects.get(name="personal_data.DataRequestAnswered").payload["late"] is True


def test_what_cannot_be_asked(an):
    with pytest.raises(rules.RequestTextMissing):
        actions.make_request(by=actor_of(an), kind=RequestKind.OBJECTION, text=" ")
    ask(an)
    with pytest.raises(rules.RequestOpenAlready):
        ask(an)
    with pytest.raises(rules.RequestOpenAlready):
        ask(an, about="nonsense")
    ask(an, about="accounts")
    ask(an, kind=RequestKind.DELETION)
    assert DataRequest.objects.still_open().count() == 3


def test_the_steps_go_one_way(an, officer):
    asked = ask(an)
    answer = {"request_id": asked.id, "outcome": Outcome.GRANTED, "answer": "Xong."}
    with pytest.raises(TransitionRefused):
        actions.answer_request(by=officer, **answer)
    actions.take_request(by=officer, request_id=asked.id)
    with pytest.raises(TransitionRefused):
        actions.take_request(by=officer, request_id=asked.id)
    with pytest.raises(rules.GroundMissing):
        actions.answer_request(by=officer, **answer | {"outcome": Outcome.PARTLY})
    actions.answer_request(by=officer, **answer)
    with pytest.raises(TransitionRefused):
        actions.answer_request(by=officer, **answer)
    with pytest.raises(TransitionRefused):
        actions.withdraw_request(by=actor_of(an), request_id=asked.id)


def test_only_who_asked_withdraws_and_may_ask_again(an, officer):
    asked = ask(an)
    with pytest.raises(NotYours):
        actions.withdraw_request(by=officer, request_id=asked.id)
    assert actions.withdraw_request(by=actor_of(an), request_id=asked.id).state == RequestState.WITHDRAWN
    with pytest.raises(TransitionRefused):
        actions.take_request(by=officer, request_id=asked.id)
    ask(an)


def test_who_answers(tree, an, officer):
    asked = ask(an)
    for actor in (
        actor_with(Role.SYSTEM_ADMINISTRATOR),
        actor_with(Role.DATA_PROTECTION_OFFICER, tree["W10"]),
        actor_of(an),
    ):
        with pytest.raises(NotYours):
            actions.take_request(by=actor, request_id=asked.id)
        assert not DataRequest.objects.visible_to(actor).exists()
    own = ask(Person.objects.get(pk=officer.id))
    with pytest.raises(NotToOneself):
        actions.take_request(by=officer, request_id=own.id)
    assert list(DataRequest.objects.visible_to(officer)) == [asked]


def test_citizens_are_answered_by_an_officer_of_the_whole_city(tree, officer):
    asked = ask(make_person("cong-dan"))
    with pytest.raises(NotYours):
        actions.take_request(by=officer, request_id=asked.id)
    whole = make_person("toan-tp")
    give(whole, Role.DATA_PROTECTION_OFFICER, None)
    assert list(DataRequest.objects.visible_to(actor_of(whole))) == [asked]
    actions.take_request(by=actor_of(whole), request_id=asked.id)


def correct(officer, asked, person, **more):
    facts = {"version": person.version, "full_name": "Nguyễn Văn Ân", "email": "", "phone": person.phone} | more
    return actions.correct_for_request(by=officer, request_id=asked.id, **facts)


def test_the_officer_puts_right_what_was_asked(an, officer):
    asked = ask(an)
    with pytest.raises(rules.NothingToCorrect):
        correct(officer, asked, an)
    actions.take_request(by=officer, request_id=asked.id)
    with pytest.raises(NameUnusable):
        correct(officer, asked, an, full_name="")
    changed = correct(officer, asked, an)
    assert (changed.full_name, changed.email, changed.phone) == ("Nguyễn Văn Ân", "", "0912345678")
    entry = Entry.objects.get(action="accounts.change_person")
    assert entry.details["basis"] == f"personal_data.request:{asked.id}"
    assert set(entry.details["fields"]) == {"full_name", "email"}
    with pytest.raises(ChangedMeanwhile):
        correct(officer, asked, an)
    correct(officer, asked, changed)
    assert Entry.objects.filter(action="accounts.change_person").count() == 1, "nothing changed, nothing logged"


def test_an_objection_corrects_nothing(an, officer):
    asked = ask(an, kind=RequestKind.OBJECTION)
    actions.take_request(by=officer, request_id=asked.id)
    with pytest.raises(rules.NothingToCorrect):
        correct(officer, asked, an)


def test_a_moved_date_leaves_the_first_beside_it(an, officer):
    asked = ask(an)
    first, second, third = asked.due_at, asked.due_at + timedelta(days=1), asked.due_at + timedelta(days=4)
    for due_at in (second, second, third):
        actions.note_moved_date(by=SYSTEM, request_id=asked.id, due_at=due_at)
    asked.refresh_from_db()
    assert (asked.due_at, asked.first_due_at) == (third, first)
    assert names().count("personal_data.DataRequestDateMoved") == 2
    actions.withdraw_request(by=actor_of(an), request_id=asked.id)
    actions.note_moved_date(by=SYSTEM, request_id=asked.id, due_at=first)
    asked.refresh_from_db()
    assert asked.due_at == third, "what is closed keeps its date"


def test_a_city_without_a_calendar_says_so(an, monkeypatch):
    monkeypatch.setattr(due, "_used", [])
    with pytest.raises(LookupError):
        ask(an)


def test_taking_a_copy_is_noted(an):
    actions.record_export(by=actor_of(an))
    assert Entry.objects.get().action == "personal_data.export_own_data"
    assert names() == ["personal_data.OwnDataExported"]
