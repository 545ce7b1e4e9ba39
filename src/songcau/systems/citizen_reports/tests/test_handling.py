"""The unit works, waits, plans, tells, shows what was done, and resolves with an answer that is one."""

from datetime import date
from typing import Any

import pytest

from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.accounts.rules import ChangedMeanwhile
from songcau.foundation.calendar.models import Promise
from songcau.foundation.calendar.rules import PromiseState
from songcau.foundation.files.models import FileLink
from songcau.kernel import clock
from songcau.kernel.actor import NOBODY
from songcau.kernel.workflow import TransitionRefused
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions import (
    accept_report,
    add_evidence,
    add_note,
    ask_reporter,
    assign_report,
    handling,
    merge_reports,
    plan_work,
    resolve_report,
    resume_work,
    start_work,
    submit_report,
    tell_reporter,
    wait_outside,
)
from songcau.systems.citizen_reports.actions.handling import EvidenceUnfit
from songcau.systems.citizen_reports.actions.record import ReportFollowsAnother, ReportWordsMissing
from songcau.systems.citizen_reports.actions.submitting import Contact
from songcau.systems.citizen_reports.models import Attachment
from songcau.systems.citizen_reports.rules import AttachmentKind, AttachmentState, State, Visibility
from songcau.systems.citizen_reports.tests.conftest import NOW
from songcau.systems.citizen_reports.tests.town import Town, draft, found
from songcau.systems.citizen_reports.tests.working import (
    CLOSING,
    announced,
    assigned,
    held,
    later,
    lines,
    resolved,
    spoilt,
    started,
    steps,
)


def test_work_begins_and_waits_and_goes_on(town: Town) -> None:
    report = assigned(town)
    with pytest.raises(NotYours):
        start_work(by=town.neighbour, report_id=report.pk)
    start_work(by=town.officer, report_id=report.pk, version=report.version)
    assert (found(report.pk).state, found(report.pk).started_at) == (State.IN_PROGRESS, NOW)
    assert Promise.objects.count() == 1
    wait_outside(by=town.officer, report_id=report.pk, waiting_for="Điện lực cắt điện")
    after = found(report.pk)
    assert (after.state, after.waiting_for, after.due_at) == (State.WAITING_OUTSIDE, "Điện lực cắt điện", report.due_at)
    with clock.frozen(later(hours=1)):
        resume_work(by=town.officer, report_id=report.pk)
    after = found(report.pk)
    assert (after.state, after.waiting_for, after.started_at) == (State.IN_PROGRESS, "", NOW)


def test_the_second_officer_is_told_what_the_first_changed(town: Town) -> None:
    report = assigned(town)
    start_work(by=town.officer, report_id=report.pk, version=report.version)
    with pytest.raises(ChangedMeanwhile) as refusal:
        wait_outside(by=town.head, report_id=report.pk, waiting_for="Điện lực", version=report.version)
    assert refusal.value.params == {"fields": "started_at, state"}
    assert found(report.pk).state == State.IN_PROGRESS


def test_what_waited_before_anybody_began_begins_when_it_goes_on(town: Town) -> None:
    report = assigned(town)
    wait_outside(by=town.officer, report_id=report.pk, waiting_for="Điện lực cắt điện")
    resume_work(by=town.officer, report_id=report.pk)
    assert found(report.pk).started_at == NOW


def test_who_was_asked_may_have_answered_on_the_telephone(town: Town) -> None:
    report = started(town)
    ask_reporter(by=town.officer, report_id=report.pk, text="Ở bên nào?")
    resume_work(by=town.officer, report_id=report.pk)
    assert found(report.pk).state == State.IN_PROGRESS


def test_a_plan_stands_beside_the_date(town: Town) -> None:
    report = started(town)
    plan = {"by": town.officer, "report_id": report.pk, "text": "Phải chờ thảm nhựa cùng cả tuyến đường"}
    plan_work(due_on=date(2026, 12, 20), **plan)
    plan_work(due_on=date(2026, 12, 20), **plan)
    after = found(report.pk)
    assert (after.plan_due_on, after.due_at) == (date(2026, 12, 20), report.due_at)
    assert steps(report).count("plan") == 1
    with pytest.raises(rules.PlanDateUnfit):
        plan_work(due_on=date(2026, 11, 25), **plan)


def test_officials_note_and_tell(town: Town) -> None:
    report = started(town)
    add_note(by=town.officer, report_id=report.pk, text="Đã gọi đội duy tu")
    tell_reporter(by=town.officer, report_id=report.pk, text="Chiều mai đội duy tu sẽ đến")
    assert lines(report, "note").visibility == Visibility.STAFF
    assert lines(report, "tell_reporter").visibility == Visibility.REPORTER
    assert announced(report)[-2:] == ["ReportChanged", "ReporterAsked"]
    for act in (add_note, tell_reporter):
        with pytest.raises(ReportWordsMissing):
            act(by=town.officer, report_id=report.pk, text="")
        with pytest.raises(NotYours):
            act(by=town.neighbour, report_id=report.pk, text="Xin chào")


def test_an_official_adds_pictures_of_before_and_after(town: Town) -> None:
    report = started(town)
    added = add_evidence(
        by=town.officer, report_id=report.pk, kind=AttachmentKind.BEFORE, held=held("Nguyễn Văn A.jpg")
    )
    assert (added.state, added.by_reporter) == (AttachmentState.WAITING, False)
    with pytest.raises(EvidenceUnfit):
        add_evidence(by=town.officer, report_id=report.pk, kind=AttachmentKind.PROBLEM, held=held())
    with pytest.raises(NotYours):
        add_evidence(by=town.neighbour, report_id=report.pk, kind=AttachmentKind.AFTER, held=held())


def test_there_is_an_end_to_evidence(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handling, "MOST_EVIDENCE", 1)
    report = started(town)
    add_evidence(by=town.officer, report_id=report.pk, kind=AttachmentKind.AFTER, held=held())
    with pytest.raises(EvidenceUnfit):
        add_evidence(by=town.officer, report_id=report.pk, kind=AttachmentKind.AFTER, held=held())


def test_a_report_is_resolved_with_a_picture_and_an_answer(town: Town) -> None:
    report = started(town)
    add_evidence(by=town.officer, report_id=report.pk, kind=AttachmentKind.AFTER, held=held())
    resolve_report(by=town.officer, report_id=report.pk, closing_text=CLOSING, version=found(report.pk).version)
    after = found(report.pk)
    assert (after.state, after.is_open, after.resolved_at, after.closing_text) == (State.RESOLVED, False, NOW, CLOSING)
    assert Promise.objects.get(pk=report.promise_id).state == PromiseState.SETTLED
    # The picture was taken in before: it is a file, under a name that tells nothing.
    assert FileLink.objects.get(pk=Attachment.objects.get(report=report).file_id).name == "1.jpg"
    assert lines(report, "resolve").visibility == Visibility.PUBLIC
    with pytest.raises(rules.ReportDone):
        add_evidence(by=town.officer, report_id=report.pk, kind=AttachmentKind.AFTER, held=held())


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", rules.ClosingEmpty),
        ("đã chuyển", rules.ClosingOnlyForwards),
        ("Đã chuyển đơn vị chức năng xử lý theo thẩm quyền.", rules.ClosingOnlyForwards),
        ("da tiep nhan", rules.ClosingOnlyReceives),
        (CLOSING, rules.PhotoMissing),
    ],
)
def test_without_a_picture_or_an_answer_it_is_not(town: Town, text: str, refusal: type[Exception]) -> None:
    report = started(town)
    with pytest.raises(refusal):
        resolve_report(by=town.officer, report_id=report.pk, closing_text=text)
    assert found(report.pk).state == State.IN_PROGRESS


def test_the_reporters_own_picture_is_one_of_before(town: Town) -> None:
    sent = submit_report(by=NOBODY, draft=draft(), contact=Contact(), pictures=[held()])
    accept_report(by=town.desk, report_id=sent.report_id)
    assign_report(by=town.desk, report_id=sent.report_id, agency_id=town.ward.pk)
    start_work(by=town.officer, report_id=sent.report_id)
    with pytest.raises(rules.PhotoAfterMissing):
        resolve_report(by=town.officer, report_id=sent.report_id, closing_text=CLOSING)


def test_a_picture_that_is_none_is_no_evidence(town: Town) -> None:
    report = started(town)
    add_evidence(by=town.officer, report_id=report.pk, kind=AttachmentKind.AFTER, held=spoilt())
    with pytest.raises(rules.PhotoMissing):
        resolve_report(by=town.officer, report_id=report.pk, closing_text=CLOSING)
    assert Attachment.objects.get(report=report).state == AttachmentState.REFUSED
    assert lines(report, "refuse_picture").visibility == Visibility.STAFF


def test_a_category_may_need_no_picture(town: Town) -> None:
    town.lamp.needs_photo_after = False
    town.lamp.save()
    report = started(town, category="STREET_LAMP")
    with pytest.raises(NotYours):
        resolve_report(by=town.neighbour, report_id=report.pk, closing_text=CLOSING)
    with clock.frozen(later(days=30)):
        resolve_report(by=town.officer, report_id=report.pk, closing_text=CLOSING)
    assert found(report.pk).state == State.RESOLVED


def test_what_hangs_on_another_is_not_worked_on(town: Town) -> None:
    first, second, third = started(town), assigned(town), started(town)
    merge_reports(by=town.desk, parent_id=first.pk, child_ids=[second.pk, third.pk])
    with pytest.raises(ReportFollowsAnother):
        start_work(by=town.officer, report_id=second.pk)
    with pytest.raises(ReportFollowsAnother):
        resolve_report(by=town.officer, report_id=third.pk, closing_text=CLOSING)


def test_what_is_resolved_is_not_resolved_again(town: Town) -> None:
    report = resolved(town)
    act: dict[str, Any] = {"by": town.officer, "report_id": report.pk}
    with pytest.raises(TransitionRefused):
        resolve_report(closing_text=CLOSING, **act)
    with pytest.raises(TransitionRefused):
        start_work(**act)
