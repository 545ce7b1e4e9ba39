"""What happens to a report, from the action over the outbox to the inboxes of those whom it concerns."""

# ruff: noqa: F811 - fixtures are imported, and asked for by name
from datetime import timedelta
from uuid import UUID

import pytest

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.tests.people import make_person
from songcau.foundation.calendar.events import PromisedDateMoved
from songcau.foundation.notifications.models import Notice
from songcau.foundation.notifications.rendering import in_language
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import NOBODY, SYSTEM, Actor
from songcau.systems.citizen_reports.actions import (
    accept_report,
    answer_question,
    ask_reporter,
    assign_report,
    choose_spot_checks,
    close_report,
    escalate_late,
    nudge_report,
    record_spot_check,
    refuse_report,
    reopen_report,
    return_to_centre,
    submit_report,
    tell_reporter,
)
from songcau.systems.citizen_reports.actions.submitting import Contact
from songcau.systems.citizen_reports.models import Attachment, Report, SpotCheck
from songcau.systems.citizen_reports.queries.telling import account_of_reporter, facts_of, handlers_of, leaders, step_of
from songcau.systems.citizen_reports.rules import AttachmentState, RefusalReason, Verdict
from songcau.systems.citizen_reports.tasks import JOBS
from songcau.systems.citizen_reports.tests.conftest import NOW
from songcau.systems.citizen_reports.tests.town import Town, draft, found
from songcau.systems.citizen_reports.tests.working import held, later, resolved, sender, started
from tests.reports.whole_city import _files_of_its_own, _stands, _whole_city, town, wards, work  # noqa: F401

WHY = "Vẫn còn ổ gà, mới vá được một nửa, xe vẫn sập bánh."


@pytest.fixture
def citizen(db: None) -> Person:
    return make_person("congdan", full_name="Trần Thị Bưởi")


def kinds(of: Actor | Person) -> list[str]:
    told = Notice.objects.filter(person_id=of.pk if isinstance(of, Person) else of.id).order_by("created_at", "pk")
    return [kind.partition(".")[2] for kind in told.values_list("kind", flat=True)]


def sent(citizen: Person, **more: object) -> Report:
    submitted = submit_report(by=NOBODY, draft=draft(**more), contact=Contact(person_id=citizen.pk))
    return found(submitted.report_id)


def test_who_has_it_is_told_at_each_step(town: Town, citizen: Person) -> None:
    report = sent(citizen)
    accept_report(by=town.desk, report_id=report.pk)
    assign_report(by=town.desk, report_id=report.pk, agency_id=town.ward.pk)
    work()
    assert (kinds(town.officer), kinds(town.head), kinds(town.neighbour)) == (["assigned"], ["assigned"], [])
    notice = Notice.objects.get(person=town.officer.id)
    assert town.ward.name in in_language(notice, "vi").title
    assert notice.link == f"/citizen_reports/{report.pk}/"
    ask_reporter(by=town.officer, report_id=report.pk, text="Bên nào?")
    work()
    answer_question(by=sender(report), report_id=report.pk, text="Bên trái")
    work()
    assert kinds(town.head) == ["assigned", "answer_came"]
    return_to_centre(by=town.officer, report_id=report.pk, reason="Không thuộc phường")
    work()
    assert kinds(town.desk) == ["returned"]
    assert kinds(citizen) == ["received", "asked"]


def test_urgent_ones_are_told_to_the_desk_at_once(town: Town, citizen: Person) -> None:
    sent(citizen)
    sent(citizen, category="POWER_OUTAGE")
    work()
    assert kinds(town.desk) == ["urgent_came"]


def test_the_account_it_came_from_is_told_and_nothing_says_of_what(town: Town, citizen: Person) -> None:
    report = started(town, contact=Contact(person_id=citizen.pk))
    tell_reporter(by=town.officer, report_id=report.pk, text="Chiều mai đội duy tu sẽ đến")
    refused = sent(citizen)
    refuse_report(by=town.desk, report_id=refused.pk, reason=RefusalReason.SPAM)
    work()
    assert set(kinds(citizen)) == {"received", "told", "refused"}
    for notice in Notice.objects.filter(person=citizen):
        said = f"{notice.params} {notice.subject} {notice.link} {notice.key}"
        for one in (report, refused):
            assert str(one.pk) not in said
            assert one.code not in said


def test_late_ones_go_up_and_reminders_to_who_has_them(town: Town) -> None:
    report = started(town)
    assert report.due_at is not None
    term = report.due_at - report.received_at
    for times, whom in ((1, town.officer), (2, town.desk), (3, town.mayor)):
        with clock.frozen(report.received_at + times * term + timedelta(minutes=1)):
            escalate_late(by=SYSTEM)
            work()
        assert "late" in kinds(whom), times
    with clock.frozen(later(days=20)):
        nudge_report(by=sender(report), report_id=report.pk)
        work()
    assert kinds(town.head)[-1] == "nudged"


def test_what_is_opened_again_and_checked_is_told(town: Town, citizen: Person) -> None:
    report = resolved(town, contact=Contact(person_id=citizen.pk))
    close_report(by=town.desk, report_id=report.pk)
    with clock.frozen(later(days=5)):
        assert choose_spot_checks(by=SYSTEM) == 1
        work()
        assert kinds(town.mayor) == ["to_check"]
        record_spot_check(by=town.mayor, report_id=report.pk, verdict=Verdict.BAD, text="Vẫn còn nguyên ổ gà")
        work()
    assert kinds(town.officer)[-1] == "opened_again"
    assert kinds(citizen)[-2:] == ["resolved", "reopened"]
    other = resolved(town)
    reopen_report(by=sender(other), report_id=other.pk, text=WHY)
    work()
    assert kinds(town.head).count("opened_again") == 2


def test_a_moved_promise_moves_the_report(town: Town) -> None:
    report = started(town)
    assert report.promise_id is not None
    assert report.due_at is not None
    moved = report.due_at + timedelta(days=1)
    for kind in ("citizen_reports.report", "procedures.dossier"):
        event = PromisedDateMoved(report.promise_id, kind, report.pk, report.due_at, moved)
        announce(event, subject="calendar.promise:1", by=SYSTEM)
    work()
    assert found(report.pk).due_at == moved


def test_pictures_are_taken_in_by_the_worker(town: Town, citizen: Person) -> None:
    submitted = submit_report(by=NOBODY, draft=draft(), contact=Contact(), pictures=[held()])
    work()
    assert Attachment.objects.get(report=submitted.report_id).state == AttachmentState.READY


def test_every_job_runs(town: Town) -> None:
    report = resolved(town)
    assert report.resolved_at == NOW
    with clock.frozen(later(days=8)):
        for job in JOBS:
            job.run()
        assert found(report.pk).state == "CLOSED"
    with clock.frozen(later(days=14)):
        for job in JOBS:
            job.run()
    assert SpotCheck.objects.get().report == report


def test_whom_it_concerns_where_there_is_nothing() -> None:
    nothing = UUID(int=7)
    assert (facts_of(nothing), handlers_of(nothing), leaders(nothing)) == (None, [], [])
    assert (account_of_reporter(nothing), step_of(nothing)) == (None, "")
