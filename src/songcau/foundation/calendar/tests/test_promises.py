"""Dates that were promised stand until a person moves them, whatever happens to the calendar."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from songcau.foundation.accounts.events import AgencyMoved
from songcau.foundation.accounts.models import Agency
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import actor_with
from songcau.foundation.audit.models import Entry
from songcau.foundation.calendar import actions, assessing, layers, tasks
from songcau.foundation.calendar.actions import impacts as impact_actions
from songcau.foundation.calendar.actions.impacts import ImpactUnknown, TooManyImpacts
from songcau.foundation.calendar.actions.promises import PromiseUnknown
from songcau.foundation.calendar.deadlines import BeyondCalendar, Method
from songcau.foundation.calendar.events import CalendarChanged
from songcau.foundation.calendar.models import Change, Impact, Promise
from songcau.foundation.calendar.permissions import MayNotDecideDates
from songcau.foundation.calendar.planning import plan_decree
from songcau.foundation.calendar.queries import latest_change, promises_of, stored
from songcau.foundation.calendar.rules import Why
from songcau.foundation.calendar.tests.conftest import Promised, Town
from songcau.foundation.calendar.tests.test_changes import MONDAY, SATURDAY, closed, decree, hours
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM
from songcau.kernel.workflow import TransitionRefused


def assess() -> int:
    return actions.find_impacts(by=SYSTEM, upto=latest_change())


def end(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(f"{text} 17:00"))


def told(name: str) -> list[dict[str, Any]]:
    return list(Event.objects.filter(name=f"calendar.{name}").order_by("sequence").values_list("payload", flat=True))


def test_a_date_is_promised_with_the_sentence_that_explains_it(town: Town, promised: Promised) -> None:
    promise = promised(amount=2)
    assert (promise.due_at, promise.first_due_at, promise.seen) == (end("2026-11-27"), end("2026-11-27"), 0)
    assert "Thời hạn 2 ngày làm việc" in promise.explained["vi"]
    assert "2 working days" in promise.explained["en"]
    assert "usual offices" in promise.explained["en"]
    assert str(promise) == "Hồ sơ 1 2026-11-27"
    assert list(promises_of("tests.dossier", UUID(int=1))) == [promise]
    assert told("DatePromised")[0]["subject_id"] == str(UUID(int=1))
    assert Entry.objects.get().action == "calendar.promise_date"


def test_the_sentence_names_the_agency_whose_hours_were_counted(town: Town, promised: Promised) -> None:
    hours(town, valid_from=date(2026, 1, 1))
    promise = promised(amount=3)
    assert (promise.due_at, promise.seen) == (
        timezone.make_aware(datetime(2026, 11, 28, 11, 30)),  # noqa: DTZ001  # a Saturday morning
        1,
    )
    assert town.ward.name in promise.explained["vi"]


def test_the_sentence_names_no_agency_whose_hours_did_not_hold(town: Town, promised: Promised) -> None:
    hours(town, valid_from=date(2027, 1, 1))
    hours(town, valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 30))
    told = promised(amount=3).explained
    assert town.ward.name not in told["vi"]
    assert "usual offices" in told["en"]


def test_the_sentence_names_hours_that_came_to_hold_while_the_term_ran(town: Town, promised: Promised) -> None:
    hours(town, valid_from=date(2026, 11, 28))
    promise = promised(amount=3)
    assert promise.due_at == timezone.make_aware(datetime(2026, 11, 28, 11, 30))  # noqa: DTZ001
    assert "tính theo giờ làm việc của các cơ quan hành chính thành phố" in promise.explained["vi"].lower()
    assert (
        f"Từ ngày 28/11/2026 tính theo giờ làm việc của {town.ward.name}: từ Thứ 2 đến Thứ 6 07:30–11:30, 13:00–17:00; "
        "Thứ 7 07:30–11:30." in promise.explained["vi"]
    )
    assert f"From 28 Nov 2026 on counted with the office hours of {town.ward.name}" in promise.explained["en"]


def test_a_holiday_decreed_after_a_date_was_promised_moves_nothing_by_itself(town: Town, promised: Promised) -> None:
    late, early = promised(), promised(amount=1)
    row = decree(town, off=[date(2026, 12, 1)], worked=[])
    assert assess() == 1
    impact = Impact.objects.get()
    assert (impact.promise, impact.change_id) == (late, 1)
    assert (impact.old_due_at, impact.new_due_at) == (end("2026-12-02"), end("2026-12-03"))
    assert str(impact) == f"{late.pk} 1"
    late.refresh_from_db()
    early.refresh_from_db()
    assert (late.due_at, late.reckoned_at, late.seen) == (end("2026-12-02"), end("2026-12-03"), 1)
    assert (early.due_at, early.reckoned_at, early.seen) == (end("2026-11-26"), end("2026-11-26"), 1)
    assert told("ImpactsFound") == [{"change": 1, "count": 1}]
    assert Change.objects.get().assessed_at is not None
    assert assess() == 0, "again finds nothing more"
    actions.withdraw_decree(by=town.root, decree_id=row.pk, reason="nhầm")
    assert assess() == 0
    impact.refresh_from_db()
    assert impact.state == "OVERTAKEN", "the date is right again, so there is nothing to decide"


def test_a_later_change_overtakes_the_question_of_an_earlier(town: Town, promised: Promised) -> None:
    promised()
    decree(town, off=[date(2026, 12, 1)], worked=[])
    closed(town, town.city, first_on=date(2026, 12, 3), last_on=date(2026, 12, 3), from_minute=0, below=True)
    assert assess() == 2
    first, second = Impact.objects.order_by("change_id")
    assert (first.state, first.new_due_at) == ("OVERTAKEN", end("2026-12-03"))
    assert (second.state, second.old_due_at, second.new_due_at) == ("OPEN", end("2026-12-02"), end("2026-12-04"))


def test_one_decision_keeps_many_dates(town: Town, promised: Promised) -> None:
    promises = [promised(), promised(amount=6)]
    decree(town, off=[date(2026, 12, 1)], worked=[])
    assess()
    chosen = list(Impact.objects.values_list("pk", flat=True))
    assert actions.decide_impacts(by=town.warden, impact_ids=chosen, move=False, basis="đã hẹn dân") == 2
    for promise in promises:
        promise.refresh_from_db()
        assert promise.due_at == promise.first_due_at
    assert [impact.state for impact in Impact.objects.all()] == ["KEPT", "KEPT"]
    assert len(told("PromisedDateKept")) == 2
    hours(town, valid_from=date(2027, 6, 1))
    decree(town, document="17/QĐ", off=[date(2027, 6, 2)], worked=[])
    assert assess() == 0, "what was decided is not asked again by a change that has nothing to do with it"


def test_one_decision_moves_many_dates_and_leaves_the_first_beside(town: Town, promised: Promised) -> None:
    promise = promised()
    decree(town, off=[date(2026, 12, 1)], worked=[])
    assess()
    impact = Impact.objects.get()
    actions.decide_impacts(by=town.warden, impact_ids=[impact.pk, impact.pk], move=True, basis=" Thông báo 5/TB ")
    promise.refresh_from_db()
    impact.refresh_from_db()
    assert (promise.first_due_at, promise.due_at) == (end("2026-12-02"), end("2026-12-03"))
    assert (impact.state, impact.basis, impact.decided_by) == ("MOVED", "Thông báo 5/TB", town.warden.label)
    assert "15/QĐ-TTg" in promise.explained["vi"]
    assert "15/QĐ-TTg" not in promise.first_explained["vi"]
    moved = told("PromisedDateMoved")[0]
    assert datetime.fromisoformat(moved["old_due_at"]) == end("2026-12-02")
    entry = Entry.objects.get(action="calendar.move_date")
    assert (entry.subject, entry.details["due_at"]) == (f"calendar.promise:{promise.pk}", "2026-12-03T17:00")
    with pytest.raises(TransitionRefused):
        actions.decide_impacts(by=town.root, impact_ids=[impact.pk], move=False, basis="chậm hơn")


def test_a_kept_date_is_asked_about_again_only_by_a_change_of_its_own_days(town: Town, promised: Promised) -> None:
    promised()
    decree(town, off=[date(2026, 12, 1)], worked=[])
    assess()
    actions.decide_impacts(by=town.root, impact_ids=[Impact.objects.get().pk], move=False, basis="giữ")
    decree(town, document="18/QĐ", off=[date(2026, 11, 27)], worked=[])
    assert assess() == 1
    again = Impact.objects.open().get()
    assert (again.old_due_at, again.new_due_at) == (end("2026-12-02"), end("2026-12-04"))


def test_a_decision_needs_a_basis_dates_that_are_there_and_the_right(
    town: Town, promised: Promised, monkeypatch: pytest.MonkeyPatch
) -> None:
    promised()
    promised(agency=town.other)
    decree(town, off=[date(2026, 12, 1)], worked=[])
    assess()
    chosen = list(Impact.objects.values_list("pk", flat=True))
    refused: list[tuple[type[Exception], dict[str, Any]]] = [
        (layers.ReasonMissing, {"basis": " "}),
        (ImpactUnknown, {"impact_ids": []}),
        (ImpactUnknown, {"impact_ids": [*chosen, uuid4()]}),
        (MayNotDecideDates, {"by": town.warden}),
        (MayNotDecideDates, {"by": town.clerk}),
    ]
    for refusal, more in refused:
        with pytest.raises(refusal):
            actions.decide_impacts(**{"by": town.root, "impact_ids": chosen, "move": True, "basis": "x", **more})
    monkeypatch.setattr(impact_actions, "MOST_AT_ONCE", 1)
    with pytest.raises(TooManyImpacts):
        actions.decide_impacts(by=town.root, impact_ids=chosen, move=True, basis="x")
    assert Impact.objects.open().count() == 2
    assert [impact.promise.agency for impact in Impact.objects.visible_to(town.warden)] == [town.desk]
    assert Impact.objects.visible_to(town.root).count() == 2
    assert not Impact.objects.visible_to(town.clerk)
    assert Impact.objects.visible_to(actor_with(Role.WARD_LEADER, town.other)).count() == 1


def test_a_change_elsewhere_concerns_nobody_here(town: Town, promised: Promised) -> None:
    promised()
    closed(town, town.other, from_minute=0)
    closed(town, town.ward, from_minute=0)
    assert assess() == 0


def test_a_promise_is_settled_in_time_or_late_and_then_left_alone(town: Town, promised: Promised) -> None:
    in_time, late = promised(), promised()
    decree(town, off=[date(2026, 12, 1)], worked=[])
    assess()
    assert actions.settle_promise(by=SYSTEM, promise_id=in_time.pk).state == "SETTLED"
    with clock.frozen(end("2026-12-02") + timedelta(seconds=1)):
        actions.settle_promise(by=SYSTEM, promise_id=late.pk)
    assert [one["late"] for one in told("PromiseSettled")] == [False, True]
    assert not Impact.objects.open()
    with pytest.raises(TransitionRefused):
        actions.cancel_promise(by=SYSTEM, promise_id=late.pk)
    with pytest.raises(PromiseUnknown):
        actions.settle_promise(by=SYSTEM, promise_id=uuid4())
    decree(town, document="19/QĐ", off=[date(2026, 11, 26)], worked=[])
    assert assess() == 0


def test_a_cancelled_promise_is_nobodys_concern(town: Town, promised: Promised) -> None:
    actions.cancel_promise(by=SYSTEM, promise_id=promised().pk)
    assert len(told("PromiseCancelled")) == 1
    decree(town, off=[date(2026, 12, 1)], worked=[])
    assert assess() == 0


def test_a_date_promised_while_a_change_was_committed_is_found_by_the_job(town: Town, promised: Promised) -> None:
    seen = promised()
    decree(town, off=[date(2026, 12, 1)], worked=[])
    decree(town, document="20/QĐ", off=[date(2026, 12, 3)], worked=[])
    assess()
    missed = promised()
    Promise.objects.filter(pk=missed.pk).update(
        seen=0, due_at=seen.due_at, reckoned_at=seen.due_at, reckoned_on=date(2026, 12, 2)
    )
    tasks.find_missed_impacts()
    assert [(one.change_id, one.state) for one in missed.impacts.order_by("change_id")] == [
        (1, "OVERTAKEN"),
        (2, "OPEN"),
    ]
    assert seen.impacts.count() == 2, "the others are not looked at twice"


def test_the_reactions_find_impacts_of_changes_and_of_agencies_that_moved(town: Town, promised: Promised) -> None:
    facts: Any = None
    promise = promised()
    hours(town, town.other, valid_from=date(2026, 1, 1))
    assert assess() == 0
    Agency.objects.filter(pk=town.desk.pk).update(parent=town.other, path=f"{town.other.path}MC-1/")
    tasks.note_moved_agency(AgencyMoved(town.desk.pk, town.desk.path, f"{town.other.path}MC-1/"), facts)
    change = Change.objects.first()
    assert change is not None
    assert change.kind == "AGENCY_MOVED"
    tasks.find_impacts(CalendarChanged(change.number, change.kind, town.desk.pk, change.first_on, None), facts)
    impact = promise.impacts.get()
    assert (impact.change, impact.new_due_at) == (change, end("2026-12-01"))


def test_a_plan_says_how_many_promised_dates_it_would_put_in_question(town: Town, promised: Promised) -> None:
    promised()
    promised(amount=1)
    plan = plan_decree(
        by=town.root,
        agency_id=None,
        document="1",
        document_on=date(2026, 11, 1),
        reason="x",
        off=[MONDAY],
        worked=[SATURDAY],
    )
    assert plan.promises_in_question() == 1
    assert not Change.objects.exists()


def test_a_date_the_changed_calendar_cannot_give_stands(
    town: Town, promised: Promised, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise = promised()

    def fail(*_given: object, **_named: object) -> None:
        raise BeyondCalendar

    monkeypatch.setattr(assessing, "end", fail)
    decree(town, off=[date(2026, 12, 1)], worked=[])
    assert assess() == 0
    promise.refresh_from_db()
    assert (promise.due_at, promise.seen) == (end("2026-12-02"), 1)


def test_terms_by_hours_and_months_are_found_too(town: Town, promised: Promised) -> None:
    by_hours, months = promised(amount=8, method=Method.HOURS), promised("2026-11-01 09:00", 1, Method.MONTHS)
    decree(town, off=[date(2026, 11, 26), date(2026, 12, 1)], worked=[])
    assert assess() == 2
    assert by_hours.impacts.get().new_due_at == timezone.make_aware(datetime(2026, 11, 27, 9, 0))  # noqa: DTZ001
    assert months.impacts.get().new_due_at == end("2026-12-02")


def test_the_sentences_of_a_date_are_written_without_asking_the_database(
    town: Town, promised: Promised, django_assert_num_queries: Any
) -> None:
    hours(town, valid_from=date(2026, 11, 28))
    promise = promised(amount=3)
    rows = stored(since=promise.received_on)
    with django_assert_num_queries(0):
        found = assessing.reckoned(rows.layers.calendar(rows.chain(town.desk.path)), promise)
        assert assessing.explained(rows, town.desk, found) == promise.explained


def test_an_old_closure_is_in_what_is_computed_again_for_a_promise_of_then(town: Town, promised: Promised) -> None:
    closed(town, town.city, first_on=date(2026, 1, 6), last_on=date(2026, 1, 6), from_minute=0, below=True)
    promise = promised("2026-01-05 09:00", 240)
    decree(town, off=[date(2026, 12, 1)], worked=[])
    assert (
        plan_decree(
            by=town.root,
            agency_id=None,
            document="16/QĐ",
            document_on=date(2026, 11, 1),
            reason="x",
            off=[date(2026, 12, 2)],
        ).promises_in_question()
        == 1
    )
    assert assess() == 1
    moved = promise.impacts.get()
    actions.decide_impacts(by=town.root, impact_ids=[moved.pk], move=True, basis="x")
    promise.refresh_from_db()
    rows = stored()
    whole = assessing.reckoned(rows.layers.calendar(rows.chain(town.desk.path)), promise)
    assert promise.due_at == moved.new_due_at == assessing.due(whole)
    assert any(rest.day.why is Why.CLOSURE for rest in whole.rests)
