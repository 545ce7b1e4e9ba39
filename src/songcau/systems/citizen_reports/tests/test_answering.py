"""What a reporter can still do with code and secret or by the account, and that nobody else can do it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.calendar.models import Promise
from songcau.foundation.calendar.rules import PromiseState
from songcau.foundation.files.models import Upload
from songcau.kernel import clock
from songcau.kernel.actor import NOBODY, Actor
from songcau.kernel.workflow import TransitionRefused
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions import (
    add_more,
    answer_question,
    answering,
    ask_reporter,
    assign_report,
    close_report,
    forget_reporter,
    merge_reports,
    nudge_report,
    publish_report,
    rate_report,
    reopen_report,
    start_work,
    submit_report,
    withdraw_report,
)
from songcau.systems.citizen_reports.actions.record import ReportUnknown, ReportWordsMissing
from songcau.systems.citizen_reports.actions.reporting import NoSuchReport, reporter_of_account, reporter_of_code
from songcau.systems.citizen_reports.actions.submitting import Contact, Submitted, TooManyPictures
from songcau.systems.citizen_reports.models import Attachment, Report, Reporter
from songcau.systems.citizen_reports.rules import AttachmentKind, State, Visibility
from songcau.systems.citizen_reports.tests.conftest import NOW
from songcau.systems.citizen_reports.tests.town import Town, draft, found, send
from songcau.systems.citizen_reports.tests.working import (
    accepted,
    announced,
    assigned,
    audited,
    held,
    later,
    lines,
    resolved,
    sender,
    started,
    steps,
)

WHY = "Vẫn còn ổ gà, mới vá được một nửa, xe vẫn sập bánh."


def submit(**contact: Any) -> Submitted:
    return submit_report(by=NOBODY, draft=draft(), contact=Contact(**contact))


def test_code_and_secret_open_a_report(town: Town) -> None:
    sent = submit()
    for code in (sent.code, rules.shown_code(sent.code).lower(), sent.code.removeprefix("PA")):
        own = reporter_of_code(code, rules.shown_secret(sent.secret).lower())
        assert (own.report_id, own.code, own.actor) == (sent.report_id, sent.code, sender(found(sent.report_id)))


@pytest.mark.parametrize("wrong", ["secret", "code", "both", "unreadable", "other"])
def test_what_is_wrong_of_the_two_is_not_said(town: Town, wrong: str) -> None:
    sent, other = submit(), submit()
    code, secret = {
        "secret": (sent.code, "0" * 10),
        "code": ("PA00000000", sent.secret),
        "both": ("PA00000000", ""),
        "unreadable": ("xin chào", sent.secret),
        "other": (sent.code, other.secret),
    }[wrong]
    with pytest.raises(NoSuchReport) as refusal:
        reporter_of_code(code, secret)
    assert refusal.value.params == {}


def test_an_unknown_code_is_compared_too(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    plain = rules.is_secret
    monkeypatch.setattr(rules, "is_secret", lambda *given: compared.append(given[1]) or plain(*given))
    sent = submit()
    for code in (sent.code, "PA00000000", "không phải mã"):
        with pytest.raises(NoSuchReport):
            reporter_of_code(code, "0" * 10)
    assert len(compared) == 3


def test_an_account_opens_its_own_reports_only(town: Town) -> None:
    person = uuid4()
    mine, others = submit(person_id=person), submit(person_id=uuid4())
    assert reporter_of_account(person, mine.report_id).actor.label == "reporter"
    for report_id in (others.report_id, uuid4()):
        with pytest.raises(NoSuchReport):
            reporter_of_account(person, report_id)


@pytest.mark.parametrize(
    "act",
    [
        lambda **at: answer_question(text="Bên trái", **at),
        lambda **at: add_more(text="Bên trái", **at),
        lambda **at: rate_report(rating=5, **at),
        lambda **at: reopen_report(text=WHY, **at),
        withdraw_report,
        forget_reporter,
        nudge_report,
    ],
)
def test_nobody_acts_as_a_reporter_but_the_reporter(town: Town, act: Callable[..., Any]) -> None:
    report, other = started(town), send()
    own = Reporter.objects.get(report=report)
    # Neither officials, nor the reporter of another report, nor who carries the id under another label.
    for by in (town.officer, town.head, sender(other), Actor(own.pk, "Nguyễn Văn An"), NOBODY):
        with pytest.raises(NotYours):
            act(by=by, report_id=report.pk)
    with pytest.raises(ReportUnknown):
        act(by=sender(report), report_id=uuid4())


def test_a_question_is_answered_with_words_and_pictures(town: Town) -> None:
    report = started(town)
    by = sender(report)
    with pytest.raises(TransitionRefused):
        answer_question(by=by, report_id=report.pk, text="Bên trái")
    ask_reporter(by=town.officer, report_id=report.pk, text="Bên nào?")
    with pytest.raises(ReportWordsMissing):
        answer_question(by=by, report_id=report.pk, text="…")
    answer_question(by=by, report_id=report.pk, text="Bên trái, gọi 0912.345.678", pictures=[held("Nguyễn An.jpg")])
    line, picture = lines(report, "reporter_answered"), Attachment.objects.get(report=report)
    assert found(report.pk).state == State.IN_PROGRESS
    assert (line.visibility, line.by_label, line.agency_name) == (Visibility.REPORTER, "reporter", "")
    assert "345" not in line.text
    assert "0912.345.678" in Reporter.objects.get(report=report).text_as_sent
    assert (picture.kind, picture.by_reporter) == (AttachmentKind.MORE, True)
    assert "ReportChanged" in announced(report)


def test_a_question_of_the_centre_brings_the_report_back_to_it(town: Town) -> None:
    report = send()
    ask_reporter(by=town.desk, report_id=report.pk, text="Ở đâu?")
    answer_question(by=sender(report), report_id=report.pk, text="Trước cổng trường")
    assert (found(report.pk).state, steps(report)[-1]) == (State.NEW, "answer_first")


def test_more_can_be_added_while_it_is_handled(town: Town) -> None:
    report = started(town)
    by = sender(report)
    add_more(by=by, report_id=report.pk, text="Hôm nay hố rộng hơn")
    add_more(by=by, report_id=report.pk, pictures=[held()])
    with pytest.raises(ReportWordsMissing):
        add_more(by=by, report_id=report.pk)
    with pytest.raises(ReportWordsMissing):
        add_more(by=by, report_id=report.pk, text="...", pictures=[held()])
    assert steps(report).count("add_more") == 2
    done = resolved(town)
    with pytest.raises(rules.ReportDone):
        add_more(by=sender(done), report_id=done.pk, text="Hôm nay hố rộng hơn")


def test_there_is_an_end_to_pictures(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    report = started(town)
    with pytest.raises(TooManyPictures):
        add_more(by=sender(report), report_id=report.pk, pictures=[held()] * 9)
    monkeypatch.setattr(answering, "MOST_OF_ALL", 1)
    add_more(by=sender(report), report_id=report.pk, pictures=[held()])
    with pytest.raises(TooManyPictures):
        add_more(by=sender(report), report_id=report.pk, pictures=[held()])


def test_pictures_of_who_agreed_are_kept_as_they_were_sent(town: Town) -> None:
    sent = submit(keeps_original=True)
    report = found(sent.report_id)
    add_more(by=sender(report), report_id=report.pk, pictures=[held()])
    assert Upload.objects.get().use == "citizen_reports.evidence_with_original"


def test_whoever_is_content_closes_it(town: Town) -> None:
    report = resolved(town)
    by = sender(report)
    rate_report(by=by, report_id=report.pk, rating=4, text="Nhanh, cảm ơn. 0912345678")
    after = found(report.pk)
    assert (after.state, after.rating, after.rated_at, after.closed_at) == (State.CLOSED, 4, NOW, NOW)
    assert "0912345678" not in after.rating_text
    assert steps(report)[-2:] == ["rate", "close_content"]
    assert announced(report)[-3:] == ["ReportStepTaken", "ReportRated", "ReportStepTaken"]
    with pytest.raises(rules.RatedAlready):
        rate_report(by=by, report_id=report.pk, rating=5)


def test_whoever_is_not_content_leaves_it_open_to_be_opened_again(town: Town) -> None:
    report = resolved(town)
    rate_report(by=sender(report), report_id=report.pk, rating=2)
    assert found(report.pk).state == State.RESOLVED
    closed = resolved(town)
    close_report(by=town.desk, report_id=closed.pk)
    rate_report(by=sender(closed), report_id=closed.pk, rating=5)
    assert (found(closed.pk).state, steps(closed).count("close_content")) == (State.CLOSED, 0)


def test_a_report_is_opened_again_once_with_a_clock_of_its_own(town: Town) -> None:
    report = resolved(town)
    by, first = sender(report), report.first_due_at
    with pytest.raises(rules.ReopenReasonMissing):
        reopen_report(by=by, report_id=report.pk, text="Chưa xong")
    with clock.frozen(later(days=7)):
        reopen_report(by=by, report_id=report.pk, text=WHY, pictures=[held()])
    after = found(report.pk)
    assert (after.state, after.reopened_by_reporter, after.reopenings) == (State.REOPENED, True, 1)
    assert (after.clock_from, after.agency) == (later(days=7), town.ward)
    assert after.due_at is not None
    assert first is not None
    assert after.due_at > max(later(days=7), first)
    assert (after.first_due_at, after.escalation) == (first, 0)
    states = set(Promise.objects.filter(subject_id=report.pk).values_list("state", flat=True))
    assert states == {PromiseState.SETTLED, PromiseState.OPEN}
    assert lines(report, "reopen_reason").visibility == Visibility.REPORTER
    # The unit goes on where it was, or the centre gives it to another: the date stays.
    with clock.frozen(later(days=8)):
        start_work(by=town.officer, report_id=report.pk)
    assert found(report.pk).due_at == after.due_at


def test_the_second_reopening_and_the_eighth_day_are_refused(town: Town) -> None:
    report = resolved(town)
    by = sender(report)
    with clock.frozen(later(days=7, seconds=1)), pytest.raises(rules.ReopenTooLate):
        reopen_report(by=by, report_id=report.pk, text=WHY)
    reopen_report(by=by, report_id=report.pk, text=WHY)
    with pytest.raises(rules.ReopenTooEarly):
        reopen_report(by=by, report_id=report.pk, text=WHY)
    assign_report(by=town.desk, report_id=report.pk, agency_id=town.other.pk)
    assert (found(report.pk).agency, Promise.objects.filter(state=PromiseState.OPEN).count()) == (town.other, 1)
    Report.objects.filter(pk=report.pk).update(state=State.RESOLVED, is_open=False)
    with pytest.raises(rules.ReopenTwice):
        reopen_report(by=by, report_id=report.pk, text=WHY)


def test_a_report_is_withdrawn_as_long_as_nobody_is_at_it(town: Town) -> None:
    report = assigned(town, contact=Contact(name="Trần Thị Bưởi", phone="0912345678"))
    publish_report(by=town.desk, report_id=report.pk)
    child = accepted(town)
    merge_reports(by=town.desk, parent_id=report.pk, child_ids=[child.pk])
    withdraw_report(by=sender(report), report_id=report.pk, forget=True)
    after = found(report.pk)
    assert (after.state, after.is_public, found(child.pk).parent) == (State.WITHDRAWN, False, None)
    assert Promise.objects.get(pk=report.promise_id).state == PromiseState.CANCELLED
    assert Reporter.objects.get(report=report).name == ""
    begun = started(town)
    with pytest.raises(rules.WithdrawTooLate):
        withdraw_report(by=sender(begun), report_id=begun.pk)
    new = send()
    withdraw_report(by=sender(new), report_id=new.pk)
    assert found(new.pk).state == State.WITHDRAWN


def test_a_reporter_is_forgotten_and_the_report_goes_on(town: Town) -> None:
    person = uuid4()
    facts = {"person_id": person, "name": "Trần Thị Bưởi", "phone": "0912345678", "email": "buoi@vidu.vn"}
    sent = submit_report(
        by=NOBODY, draft=draft(text="Ổ gà sâu, gọi tôi 0912345678"), contact=Contact(source="10.0.0.7", **facts)
    )
    report = found(sent.report_id)
    forget_reporter(by=sender(report), report_id=report.pk)
    forget_reporter(by=sender(report), report_id=report.pk)
    kept = Reporter.objects.get(report=report)
    assert (kept.person_id, kept.name, kept.phone, kept.email, kept.text_as_sent) == (None, "", "", "", "")
    assert (kept.forgotten_at, bool(kept.source_hash)) == (NOW, True)
    assert found(report.pk).state == State.NEW
    assert reporter_of_code(sent.code, sent.secret).report_id == report.pk
    with pytest.raises(NoSuchReport):
        reporter_of_account(person, report.pk)
    assert lines(report, "submit")
    assert "forget_reporter" in audited(report)


def test_what_is_late_can_be_reminded_of_once_a_day(town: Town) -> None:
    report = started(town)
    by = sender(report)
    with pytest.raises(rules.NudgeTooEarly):
        nudge_report(by=by, report_id=report.pk)
    assert report.due_at is not None
    late = report.due_at + timedelta(hours=1)
    with clock.frozen(late):
        nudge_report(by=by, report_id=report.pk)
        with pytest.raises(rules.NudgedLately):
            nudge_report(by=by, report_id=report.pk)
        nudge_report(by=town.desk, report_id=report.pk)
    after = found(report.pk)
    assert (after.nudges, after.nudged_at) == (2, late)
    done = resolved(town)
    with pytest.raises(rules.ReportDone):
        nudge_report(by=town.desk, report_id=done.pk)
    # Before anybody has it, it is the centre that is late.
    new = send()
    with clock.frozen(later(days=3)):
        nudge_report(by=sender(new), report_id=new.pk)
    assert found(new.pk).nudges == 1
