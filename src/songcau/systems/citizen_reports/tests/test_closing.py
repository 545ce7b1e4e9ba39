"""How reports end: closed by the centre and by time, followed by their children, checked by leaders; and lateness."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.calendar.models import Promise
from songcau.foundation.calendar.rules import PromiseState
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM
from songcau.kernel.workflow import TransitionRefused
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions import (
    add_evidence,
    ask_reporter,
    assign_report,
    choose_spot_checks,
    close_after_days,
    close_report,
    closing,
    escalate_late,
    merge_reports,
    merging,
    rate_report,
    record_spot_check,
    refuse_report,
    reopen_report,
    resolve_report,
    start_work,
    unmerge_report,
)
from songcau.systems.citizen_reports.actions.closing import SpotCheckDone, SpotCheckMissing
from songcau.systems.citizen_reports.actions.merging import NothingToMerge, ReportFollowsNone, TooManyToMerge
from songcau.systems.citizen_reports.actions.record import ReportFollowsAnother, ReportUnknown, ReportWordsMissing
from songcau.systems.citizen_reports.models import Report, SpotCheck
from songcau.systems.citizen_reports.queries.telling import facts_of
from songcau.systems.citizen_reports.rules import AttachmentKind, RefusalReason, State, Verdict, Visibility
from songcau.systems.citizen_reports.tests.conftest import NOW
from songcau.systems.citizen_reports.tests.town import Town, found, send
from songcau.systems.citizen_reports.tests.working import (
    CLOSING,
    accepted,
    announced,
    assigned,
    held,
    later,
    lines,
    resolved,
    sender,
    shown_after,
    started,
    steps,
)


def test_the_centre_closes_what_is_resolved(town: Town) -> None:
    report = resolved(town)
    with pytest.raises(NotYours):
        close_report(by=town.head, report_id=report.pk)
    close_report(by=town.desk, report_id=report.pk, version=report.version)
    assert (found(report.pk).state, found(report.pk).closed_at) == (State.CLOSED, NOW)
    with pytest.raises(TransitionRefused):
        close_report(by=town.desk, report_id=report.pk)


def test_after_seven_days_songcau_closes_it(town: Town) -> None:
    report = resolved(town)
    with clock.frozen(later(days=7)):
        assert close_after_days(by=SYSTEM) == 0
    with clock.frozen(later(days=7, seconds=1)):
        assert close_after_days(by=SYSTEM) == 1
        assert close_after_days(by=SYSTEM) == 0
    assert (found(report.pk).state, lines(report, "close_after_days").by_label) == (State.CLOSED, "songcau")


def test_what_was_opened_again_meanwhile_is_not_closed(town: Town) -> None:
    report = resolved(town)
    reopen_report(by=sender(report), report_id=report.pk, text="Vẫn còn ổ gà, mới vá được một nửa.")
    assert closing._closed_by_time(SYSTEM, report.pk, later(days=9)) is False


def test_children_follow_their_parent_to_the_end(town: Town) -> None:
    parent, new, unit = started(town), send(), assigned(town)
    date = unit.due_at
    merge_reports(by=town.desk, parent_id=parent.pk, child_ids=[new.pk, unit.pk, parent.pk, new.pk])
    # What was new counts as accepted, and has no date of its own any more.
    assert (found(new.pk).state, found(new.pk).parent) == (State.ACCEPTED, parent)
    assert (found(unit.pk).due_at, Promise.objects.get(subject_id=unit.pk).state) == (None, PromiseState.CANCELLED)
    assert date is not None
    add_evidence(by=town.officer, report_id=parent.pk, kind=AttachmentKind.AFTER, held=held())
    resolve_report(by=town.officer, report_id=parent.pk, closing_text=CLOSING)
    for child in (new, unit):
        after = found(child.pk)
        assert (after.state, after.closing_text, after.resolved_at) == (State.RESOLVED, CLOSING, NOW)
        assert steps(child)[-1] == "resolve_with_parent"
    # A child's reporter may see it otherwise: it is then a report of its own.
    reopen_report(by=sender(new), report_id=new.pk, text="Trước nhà tôi vẫn chưa vá, đi lại rất nguy hiểm.")
    assert (found(new.pk).state, found(new.pk).parent, found(new.pk).due_at) == (State.REOPENED, None, None)
    rate_report(by=sender(parent), report_id=parent.pk, rating=5)
    assert (found(parent.pk).state, found(unit.pk).state) == (State.CLOSED, State.CLOSED)
    assert (steps(unit)[-1], found(new.pk).state) == ("close_with_parent", State.REOPENED)


def test_a_report_without_an_agency_gets_its_new_date_when_one_has_it(town: Town) -> None:
    parent, child = started(town), send()
    merge_reports(by=town.desk, parent_id=parent.pk, child_ids=[child.pk])
    add_evidence(by=town.officer, report_id=parent.pk, kind=AttachmentKind.AFTER, held=held())
    resolve_report(by=town.officer, report_id=parent.pk, closing_text=CLOSING)
    with clock.frozen(later(days=3)):
        reopen_report(by=sender(child), report_id=child.pk, text="Trước nhà tôi vẫn chưa vá, đi lại rất nguy hiểm.")
        assign_report(by=town.desk, report_id=child.pk, agency_id=town.ward.pk)
    after = found(child.pk)
    assert Promise.objects.get(pk=after.promise_id).received_at == later(days=3)


def test_merging_refuses_what_makes_no_sense(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    parent, child, grandchild, done = started(town), accepted(town), accepted(town), resolved(town)
    desk = town.desk
    with pytest.raises(NotYours):
        merge_reports(by=town.head, parent_id=parent.pk, child_ids=[child.pk])
    with pytest.raises(NothingToMerge):
        merge_reports(by=desk, parent_id=parent.pk, child_ids=[parent.pk])
    with pytest.raises(ReportUnknown):
        merge_reports(by=desk, parent_id=parent.pk, child_ids=[uuid4()])
    for pair in ((parent, done), (done, child)):
        with pytest.raises(rules.ReportDone):
            merge_reports(by=desk, parent_id=pair[0].pk, child_ids=[pair[1].pk])
    merge_reports(by=desk, parent_id=child.pk, child_ids=[grandchild.pk])
    with pytest.raises(ReportFollowsAnother):
        merge_reports(by=desk, parent_id=grandchild.pk, child_ids=[parent.pk])
    with pytest.raises(ReportFollowsAnother):
        merge_reports(by=desk, parent_id=parent.pk, child_ids=[grandchild.pk])
    merge_reports(by=desk, parent_id=parent.pk, child_ids=[child.pk], version=parent.version)
    assert (found(child.pk).parent, found(grandchild.pk).parent) == (parent, parent)
    monkeypatch.setattr(merging, "MOST_CHILDREN", 1)
    with pytest.raises(TooManyToMerge):
        merge_reports(by=desk, parent_id=parent.pk, child_ids=[uuid4(), uuid4()])


def test_loosened_it_is_a_report_of_its_own_with_its_first_date(town: Town) -> None:
    parent, child, new = started(town), assigned(town), send()
    date = child.due_at
    with pytest.raises(ReportFollowsNone):
        unmerge_report(by=town.desk, report_id=child.pk)
    merge_reports(by=town.desk, parent_id=parent.pk, child_ids=[child.pk, new.pk])
    with pytest.raises(NotYours):
        unmerge_report(by=town.head, report_id=child.pk)
    unmerge_report(by=town.desk, report_id=child.pk)
    unmerge_report(by=town.desk, report_id=new.pk)
    assert (found(child.pk).parent, found(child.pk).due_at, found(child.pk).first_due_at) == (None, date, date)
    assert (found(new.pk).parent, found(new.pk).due_at) == (None, None)


def test_children_of_a_refused_parent_stand_for_themselves_again(town: Town) -> None:
    parent, child = accepted(town), accepted(town)
    merge_reports(by=town.desk, parent_id=parent.pk, child_ids=[child.pk])
    refuse_report(by=town.desk, report_id=parent.pk, reason=RefusalReason.SPAM)
    assert (found(child.pk).parent, found(child.pk).state) == (None, State.ACCEPTED)
    assert lines(child, "merged").visibility == Visibility.REPORTER


def closed(town: Town, count: int, at: datetime = NOW) -> list[Report]:
    reports = [send() for _ in range(count)]
    Report.objects.filter(pk__in=[one.pk for one in reports]).update(
        state=State.CLOSED, is_open=False, agency=town.ward, resolved_at=at, closed_at=at
    )
    return reports


def test_five_in_a_hundred_are_drawn_once_a_week_and_always_the_same(town: Town) -> None:
    closed(town, 21)
    closed(town, 3, later(days=-7))
    # Wednesday's belong to the week that is drawn from next Monday on.
    assert choose_spot_checks(by=SYSTEM) == 1
    SpotCheck.objects.all().delete()
    with clock.frozen(later(days=5)):
        assert choose_spot_checks(by=SYSTEM) == 2
        drawn = set(SpotCheck.objects.values_list("report", flat=True))
        assert choose_spot_checks(by=SYSTEM) == 0
        SpotCheck.objects.all().delete()
        assert choose_spot_checks(by=SYSTEM) == 2
    assert set(SpotCheck.objects.values_list("report", flat=True)) == drawn
    with clock.frozen(later(days=12)):
        assert choose_spot_checks(by=SYSTEM) == 0


def drawn(town: Town) -> Report:
    report = resolved(town)
    close_report(by=town.desk, report_id=report.pk)
    with clock.frozen(later(days=5)):
        choose_spot_checks(by=SYSTEM)
    return found(report.pk)


def test_a_leader_checks_what_was_drawn(town: Town) -> None:
    report, other = drawn(town), resolved(town)
    assert announced(report)[-1] == "ReportChanged"
    check = {"by": town.mayor, "verdict": Verdict.GOOD}
    with pytest.raises(NotYours):
        record_spot_check(report_id=report.pk, **check | {"by": town.officer})
    with pytest.raises(SpotCheckMissing):
        record_spot_check(report_id=other.pk, **check)
    record_spot_check(report_id=report.pk, version=report.version, **check)
    verdict = SpotCheck.objects.get(report=report)
    assert (verdict.verdict, verdict.by_label, found(report.pk).state) == ("GOOD", town.mayor.label, State.CLOSED)
    with pytest.raises(SpotCheckDone):
        record_spot_check(report_id=report.pk, **check)


def test_a_bad_check_opens_it_again_and_leaves_the_reporters_chance(town: Town) -> None:
    report = drawn(town)
    bad = {"by": town.mayor, "report_id": report.pk, "verdict": Verdict.BAD}
    with pytest.raises(ReportWordsMissing):
        record_spot_check(**bad)
    record_spot_check(text="Đến xem vẫn còn nguyên ổ gà", **bad)
    after = found(report.pk)
    assert (after.state, after.reopened_by_reporter, after.reopenings) == (State.REOPENED, False, 1)
    assert after.due_at is not None


def test_a_bad_check_of_what_the_reporter_opened_before_is_only_noted(town: Town) -> None:
    report = drawn(town)
    reopen_report(by=sender(report), report_id=report.pk, text="Vẫn còn ổ gà, mới vá được một nửa.")
    record_spot_check(by=town.mayor, report_id=report.pk, verdict=Verdict.BAD, text="Vẫn còn nguyên ổ gà")
    assert (found(report.pk).reopenings, SpotCheck.objects.get().verdict) == (1, "BAD")


def test_what_is_late_is_told_one_level_higher_each_term(town: Town) -> None:
    report, done = started(town), resolved(town)
    assert escalate_late(by=SYSTEM) == 0
    assert report.due_at is not None
    term = report.due_at - report.received_at
    for times, level in ((1, 1), (2, 2), (2.5, 2), (3, 3), (9, 3)):
        with clock.frozen(report.received_at + times * term + timedelta(seconds=1)):
            escalate_late(by=SYSTEM)
            assert escalate_late(by=SYSTEM) == 0
        assert (found(report.pk).escalation, found(done.pk).escalation) == (level, 0)
    assert announced(report).count("ReportEscalated") == 3
    assert closing._raised(SYSTEM, done.pk, later(days=99)) is False


def test_a_reopened_report_is_late_by_its_new_clock(town: Town) -> None:
    report = resolved(town)
    with clock.frozen(later(days=6)):
        reopen_report(by=sender(report), report_id=report.pk, text="Vẫn còn ổ gà, mới vá được một nửa.")
    with clock.frozen(later(days=8)):
        assert escalate_late(by=SYSTEM) == 0
    with clock.frozen(later(days=15)):
        assert escalate_late(by=SYSTEM) == 1
    assert found(report.pk).escalation == 1


def test_what_the_centre_leaves_too_long_is_told_as_anything_late(town: Town) -> None:
    new, asked, follows = send(), send(), send()
    waiting = accepted(town)
    ask_reporter(by=town.desk, report_id=asked.pk, text="Ổ gà ở đoạn nào của đường?")
    merge_reports(by=town.desk, parent_id=waiting.pk, child_ids=[follows.pk])
    term = new.verify_due_at - new.received_at
    for times, level in ((1, 1), (2, 2), (3, 3)):
        with clock.frozen(new.received_at + times * term + timedelta(seconds=1)):
            assert escalate_late(by=SYSTEM) == 2
            assert escalate_late(by=SYSTEM) == 0
        assert [found(one.pk).escalation for one in (new, waiting, asked, follows)] == [level, level, 0, 0]
    facts = facts_of(new.pk)
    assert facts is not None
    assert facts.agency == town.centre.name
    # Handed out, the unit's own term counts from level 0.
    assign_report(by=town.desk, report_id=waiting.pk, agency_id=town.ward.pk)
    assert found(waiting.pk).escalation == 0


def test_children_are_opened_again_with_their_parent(town: Town) -> None:
    parent, child, happy = started(town), send(), send()
    merge_reports(by=town.desk, parent_id=parent.pk, child_ids=[child.pk, happy.pk])
    shown_after(town.officer, parent)
    resolve_report(by=town.officer, report_id=parent.pk, closing_text=CLOSING)
    rate_report(by=sender(happy), report_id=happy.pk, rating=5)
    reopen_report(by=sender(parent), report_id=parent.pk, text="Ổ gà vẫn còn nguyên, xe vẫn ngã ở đó.")
    assert (found(child.pk).state, found(child.pk).parent, found(child.pk).reopenings) == (State.REOPENED, parent, 1)
    assert steps(child)[-1] == "reopen_with_parent"
    assert found(happy.pk).state == State.CLOSED
    # They end with it once more.
    start_work(by=town.officer, report_id=parent.pk)
    shown_after(town.officer, parent)
    resolve_report(by=town.officer, report_id=parent.pk, closing_text=CLOSING)
    assert found(child.pk).state == State.RESOLVED
