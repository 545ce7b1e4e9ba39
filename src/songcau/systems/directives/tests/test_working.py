"""The agencies at work: reports with evidence, contributions, more time, done, accepted or sent back."""

from datetime import timedelta
from uuid import uuid4

import pytest

from songcau.foundation.accounts.models import Agency
from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.accounts.rules import ChangedMeanwhile
from songcau.foundation.calendar.models import Promise
from songcau.foundation.calendar.rules import PromiseState
from songcau.foundation.files.models import FileLink, Upload
from songcau.foundation.files.parts import Part
from songcau.foundation.files.uses import Subject
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM
from songcau.kernel.workflow import TransitionRefused
from songcau.systems.directives import actions, rules
from songcau.systems.directives.actions import evidence as evidence_actions
from songcau.systems.directives.actions.changing import DirectiveOfficerUnfit
from songcau.systems.directives.actions.extending import NoExtensionWaits
from songcau.systems.directives.actions.personal_data import OfDirectives
from songcau.systems.directives.actions.watching import NudgedLately
from songcau.systems.directives.models import Directive, Entry, Evidence
from songcau.systems.directives.queries import reading
from songcau.systems.directives.rules import DeadlineKind, Due, EvidenceState, ExtensionState, State, Told
from songcau.systems.directives.tests.conftest import NOW
from songcau.systems.directives.tests.town import (
    DONE,
    WHY,
    Town,
    announced,
    audited,
    done,
    drafted,
    found,
    given,
    held,
    later,
    spoilt,
    steps,
)

SAID = "Đã nạo vét 120 m, còn 180 m."


def test_the_agency_begins_and_reports_how_far_it_is(town: Town) -> None:
    directive = given(town)
    with pytest.raises(NotYours):
        actions.start_work(by=town.neighbour, directive_id=directive.pk)
    actions.start_work(by=town.officer, directive_id=directive.pk, version=directive.version)
    actions.report_progress(by=town.head, directive_id=directive.pk, percent=40, text=SAID, files=[held()])
    after = found(directive.pk)
    assert (after.state, after.percent, after.started_at, after.reported_at) == (State.IN_PROGRESS, 40, NOW, NOW)
    assert steps(after) == ["give", "start", "report"]
    assert Entry.objects.get(step="report").percent == 40
    assert announced(after) == ["DirectiveGiven", "DirectiveReported", "EvidenceAdded", "DirectiveReported"]
    for refusal, facts in (
        (rules.PercentUnfit, {"percent": 100, "text": SAID}),
        (rules.DirectiveWordsUnfit, {"percent": 50, "text": "xong"}),
        (rules.TooManyFiles, {"percent": 50, "text": SAID, "files": [held() for _n in range(11)]}),
    ):
        with pytest.raises(refusal):
            actions.report_progress(by=town.officer, directive_id=directive.pk, **facts)  # type: ignore[arg-type]
    assert found(directive.pk).percent == 40


def test_a_report_without_a_beginning_begins(town: Town) -> None:
    directive = given(town)
    actions.report_progress(by=town.officer, directive_id=directive.pk, percent=10, text=SAID)
    assert (found(directive.pk).state, found(directive.pk).started_at) == (State.IN_PROGRESS, NOW)


def test_of_two_who_save_the_second_is_told_what_the_first_changed(town: Town) -> None:
    directive = given(town)
    actions.report_progress(by=town.officer, directive_id=directive.pk, percent=10, text=SAID, version=1 + 1)
    with pytest.raises(ChangedMeanwhile) as refusal:
        actions.report_progress(
            by=town.colleague, directive_id=directive.pk, percent=20, text=SAID, version=directive.version
        )
    assert "percent" in str(refusal.value.params["fields"])
    assert found(directive.pk).percent == 10


def test_a_supporting_agency_reports_its_part_beside_the_leading_one(town: Town) -> None:
    directive = given(town, supporting_ids=[town.office.pk])
    with pytest.raises(NotYours):
        actions.report_progress(by=town.engineer, directive_id=directive.pk, percent=10, text=SAID)
    for who, agency in ((town.engineer, town.ward), (town.officer, town.office), (town.neighbour, town.other)):
        with pytest.raises(NotYours):
            actions.contribute(by=who, directive_id=directive.pk, agency_id=agency.pk, text=SAID)
    actions.contribute(
        by=town.engineer, directive_id=directive.pk, agency_id=town.office.pk, text=SAID, files=[held("bản vẽ.jpg")]
    )
    assert directive.supporting.get().contributed_at == NOW
    line = Entry.objects.get(step="contribute")
    assert (line.agency, line.text) == (town.office, SAID)
    actions.withdraw_directive(by=town.mayor, directive_id=directive.pk, reason=WHY)
    with pytest.raises(rules.DirectiveNotAtWork):
        actions.contribute(by=town.engineer, directive_id=directive.pk, agency_id=town.office.pk, text=SAID)


def test_done_needs_evidence_and_is_accepted_by_who_gave_it(town: Town) -> None:
    directive = given(town)
    with pytest.raises(rules.EvidenceMissing):
        actions.finish_work(by=town.officer, directive_id=directive.pk, text=DONE)
    actions.report_progress(by=town.officer, directive_id=directive.pk, percent=90, text=SAID, files=[held()])
    actions.finish_work(by=town.officer, directive_id=directive.pk, text=DONE)
    after = found(directive.pk)
    assert (after.state, after.percent, after.done_at) == (State.DONE, 100, NOW)
    assert Promise.objects.get().state == PromiseState.SETTLED
    for who in (town.head, town.officer, town.desk):
        with pytest.raises(NotYours):
            actions.accept_result(by=who, directive_id=directive.pk)
    # The deputy leads the same agency: the post decides, not the person.
    actions.accept_result(by=town.deputy, directive_id=directive.pk, text="Làm tốt")
    assert (found(directive.pk).state, found(directive.pk).closed_at) == (State.CLOSED, NOW)
    assert announced(after)[-2:] == ["DirectiveDone", "DirectiveClosed"]
    with pytest.raises(TransitionRefused):
        actions.accept_result(by=town.mayor, directive_id=directive.pk)


def test_done_late_is_kept_as_late(town: Town) -> None:
    directive = given(town)
    assert directive.due_at is not None
    with clock.frozen(directive.due_at + timedelta(minutes=1)):
        actions.finish_work(by=town.officer, directive_id=directive.pk, text=DONE, files=[held()])
    assert found(directive.pk).done_at == directive.due_at + timedelta(minutes=1)


def test_sent_back_it_goes_on_with_its_date(town: Town) -> None:
    directive = done(town)
    with pytest.raises(rules.DirectiveWordsUnfit):
        actions.send_back(by=town.mayor, directive_id=directive.pk, reason="Chưa")
    actions.send_back(by=town.mayor, directive_id=directive.pk, reason="Còn đoạn cuối chưa có nắp đậy.")
    after = found(directive.pk)
    assert (after.state, after.percent, after.done_at, after.sent_back) == (State.IN_PROGRESS, 99, None, 1)
    assert after.due_at == directive.due_at
    actions.finish_work(by=town.officer, directive_id=directive.pk, text=DONE)
    assert found(directive.pk).state == State.DONE


def test_more_time_is_asked_approved_and_the_first_date_stays(town: Town) -> None:
    directive = given(town)
    first = directive.due_at
    wanted = later(days=20)
    with pytest.raises(NotYours):
        actions.ask_extension(by=town.engineer, directive_id=directive.pk, due_at=wanted, reason=WHY)
    with pytest.raises(rules.ExtensionNotLater):
        actions.ask_extension(by=town.officer, directive_id=directive.pk, due_at=later(days=1), reason=WHY)
    actions.ask_extension(
        by=town.officer, directive_id=directive.pk, due_at=wanted, reason=WHY, version=directive.version
    )
    assert found(directive.pk).due_at == first
    with pytest.raises(rules.ExtensionWaits):
        actions.ask_extension(by=town.officer, directive_id=directive.pk, due_at=wanted, reason=WHY)
    with pytest.raises(NotYours):
        actions.decide_extension(by=town.head, directive_id=directive.pk, approved=True)
    actions.decide_extension(by=town.mayor, directive_id=directive.pk, approved=True, due_at=later(days=15))
    after = found(directive.pk)
    assert (after.due_at, after.first_due_at) == (later(days=15), first)
    assert after.was_moved
    assert [(one.kind, one.due_at) for one in after.deadlines.all()] == [
        (DeadlineKind.FIRST, first),
        (DeadlineKind.EXTENSION, later(days=15)),
    ]
    extension = after.extensions.get()
    assert (extension.state, extension.wanted_due_at, extension.decided_due_at) == (
        ExtensionState.APPROVED,
        wanted,
        later(days=15),
    )
    assert Promise.objects.get().state == PromiseState.CANCELLED
    with pytest.raises(NoExtensionWaits):
        actions.decide_extension(by=town.mayor, directive_id=directive.pk, approved=True)


def test_more_time_as_asked_or_refused_with_the_reason(town: Town) -> None:
    directive = given(town)
    actions.ask_extension(by=town.officer, directive_id=directive.pk, due_at=later(days=20), reason=WHY)
    with pytest.raises(rules.DirectiveWordsUnfit):
        actions.decide_extension(by=town.mayor, directive_id=directive.pk, approved=False)
    actions.decide_extension(by=town.mayor, directive_id=directive.pk, approved=False, answer="Mưa đã tạnh, cần xong.")
    assert found(directive.pk).due_at == directive.due_at
    assert directive.extensions.get().state == ExtensionState.REFUSED
    actions.ask_extension(by=town.officer, directive_id=directive.pk, due_at=later(days=20), reason=WHY)
    actions.decide_extension(by=town.mayor, directive_id=directive.pk, approved=True)
    assert found(directive.pk).due_at == later(days=20)
    assert audited(directive)[-2:] == ["ask_extension", "approve_extension"]


def test_what_waits_is_overtaken_when_it_is_done_changed_or_withdrawn(town: Town) -> None:
    one, two, three = given(town), given(town), given(town)
    for directive in (one, two, three):
        actions.ask_extension(by=town.officer, directive_id=directive.pk, due_at=later(days=20), reason=WHY)
    actions.finish_work(by=town.officer, directive_id=one.pk, text=DONE, files=[held()])
    actions.change_deadline(by=town.mayor, directive_id=two.pk, due_at=later(days=30), reason=WHY)
    actions.withdraw_directive(by=town.mayor, directive_id=three.pk, reason=WHY)
    for directive in (one, two, three):
        assert directive.extensions.get().state == ExtensionState.OVERTAKEN
    with pytest.raises(rules.DirectiveNotAtWork):
        actions.ask_extension(by=town.officer, directive_id=one.pk, due_at=later(days=40), reason=WHY)


def test_who_gave_it_changes_words_agencies_and_date(town: Town) -> None:
    directive = given(town, supporting_ids=[town.office.pk, town.other.pk])
    actions.contribute(by=town.engineer, directive_id=directive.pk, agency_id=town.office.pk, text=SAID)
    facts = {"title": directive.title, "content": directive.content, "is_urgent": False}
    with pytest.raises(NotYours):
        actions.change_directive(by=town.head, directive_id=directive.pk, supporting_ids=[], **facts)
    # Who has contributed stays, whoever saves the form without them.
    actions.change_directive(
        by=town.mayor, directive_id=directive.pk, supporting_ids=[town.counter.pk], **{**facts, "is_urgent": True}
    )
    assert {row.agency_id for row in directive.supporting.all()} == {town.office.pk, town.counter.pk}
    assert found(directive.pk).is_urgent
    assert announced(directive)[-2:] == ["DirectiveChanged", "SupportersAdded"]
    before = steps(directive)
    unchanged = {**facts, "is_urgent": True, "supporting_ids": [town.office.pk, town.counter.pk]}
    actions.change_directive(by=town.mayor, directive_id=directive.pk, **unchanged)  # type: ignore[arg-type]
    assert steps(directive) == before
    with pytest.raises(rules.LeadAlsoSupports):
        actions.change_directive(by=town.mayor, directive_id=directive.pk, supporting_ids=[town.ward.pk], **facts)
    actions.change_deadline(by=town.mayor, directive_id=directive.pk, due_at=later(days=1), reason=WHY)
    assert found(directive.pk).due_at == later(days=1)
    count = directive.deadlines.count()
    actions.change_deadline(by=town.mayor, directive_id=directive.pk, due_at=later(days=1), reason=WHY)
    assert directive.deadlines.count() == count


def test_only_words_changed_is_only_that(town: Town) -> None:
    directive = given(town, supporting_ids=[town.office.pk])
    actions.change_directive(
        by=town.mayor,
        directive_id=directive.pk,
        title="Một tên khác hẳn",
        content=directive.content,
        is_urgent=False,
        supporting_ids=[town.office.pk],
    )
    assert announced(directive)[-1] == "DirectiveChanged"


def test_an_official_of_the_leading_agency_has_it(town: Town) -> None:
    directive = given(town)
    actions.assign_officer(by=town.officer, directive_id=directive.pk, officer_id=town.officer.id)
    assert found(directive.pk).officer_id == town.officer.id
    actions.assign_officer(by=town.officer, directive_id=directive.pk, officer_id=town.officer.id)
    assert steps(directive).count("assign_officer") == 1
    actions.assign_officer(by=town.head, directive_id=directive.pk, officer_id=town.colleague.id)
    assert found(directive.pk).officer_id == town.colleague.id
    for person in (town.engineer.id, uuid4()):
        with pytest.raises(DirectiveOfficerUnfit):
            actions.assign_officer(by=town.head, directive_id=directive.pk, officer_id=person)


def test_files_are_taken_in_after_the_answer_and_a_spoilt_one_is_said(town: Town) -> None:
    directive = given(town)
    actions.report_progress(by=town.officer, directive_id=directive.pk, percent=5, text=SAID, files=[held(), spoilt()])
    assert actions.take_in_evidence(by=SYSTEM, directive_id=directive.pk) == 2
    assert actions.take_in_waiting(by=SYSTEM) == 0
    states = list(Evidence.objects.order_by("at", "pk").values_list("state", flat=True))
    assert sorted(states) == [EvidenceState.READY, EvidenceState.REFUSED]
    assert "refuse_file" in steps(directive)
    line = next(one for one in reading.timeline(found(directive.pk)) if one.entry.step == "report")
    assert [one.file_id is not None for one in line.files] == [True, False]
    # A refused one is no evidence: only the good one counts.
    Evidence.objects.filter(state=EvidenceState.READY).update(state=EvidenceState.REFUSED)
    with pytest.raises(rules.EvidenceMissing):
        actions.finish_work(by=town.officer, directive_id=directive.pk, text=DONE)


def test_files_are_read_by_whoever_sees_the_directive(town: Town) -> None:
    directive = given(town)
    actions.report_progress(by=town.officer, directive_id=directive.pk, percent=5, text=SAID, files=[held()])
    actions.take_in_evidence(by=SYSTEM, directive_id=directive.pk)
    link, use = FileLink.objects.get(), evidence_actions.USES[0]
    for who, may in ((town.mayor, True), (town.officer, True), (town.desk, True), (town.neighbour, False)):
        assert use.may_read(who, link) is may
    assert not use.may_upload(town.officer, Subject("other.kind", directive.pk))
    assert not use.may_upload(town.officer, Subject("directives.directive", uuid4()))
    assert use.may_upload(SYSTEM, Subject("directives.directive", directive.pk))


def test_what_somebody_is_at_or_was_done_elsewhere_is_seen(town: Town) -> None:
    directive = given(town)
    actions.report_progress(by=town.officer, directive_id=directive.pk, percent=5, text=SAID, files=[held(), held()])
    first, second = Evidence.objects.order_by("pk")
    with Part(first.upload_id).locked():
        assert actions.take_in_evidence(by=SYSTEM, directive_id=directive.pk) == 1
    # Its bytes and its upload are gone: that is written down, once.
    Part(first.upload_id).remove()
    Upload.objects.filter(pk=first.upload_id).update(state="REFUSED", refusal="ACTIVE_CONTENT")
    assert actions.take_in_waiting(by=SYSTEM) == 1
    first.refresh_from_db()
    assert (first.state, first.refusal) == (EvidenceState.REFUSED, "ACTIVE_CONTENT")
    assert not evidence_actions._noted(SYSTEM, first.pk, None, "AGAIN")
    second.refresh_from_db()
    assert second.state == EvidenceState.READY


def test_what_falls_due_is_told_once_at_each_stage(town: Town) -> None:
    directive = given(town, due=Due(at=later(days=8)))
    drafted(town)
    told = []
    for days in (0, 5.9, 6.1, 6.2, 8.1, 8.2, 11.1, 12):
        with clock.frozen(NOW + timedelta(days=days)):
            told.append(actions.tell_fallen_due(by=SYSTEM))
    assert told == [0, 0, 1, 0, 1, 0, 1, 0]
    after = found(directive.pk)
    assert (after.told, after.version) == (Told.LONG_LATE, directive.version)
    assert announced(after).count("DirectiveFellDue") == 3
    with clock.frozen(NOW + timedelta(days=12)):
        actions.change_deadline(by=town.mayor, directive_id=directive.pk, due_at=later(days=2), reason=WHY)
        assert found(directive.pk).told == Told.NOTHING


def test_what_was_done_meanwhile_is_not_told(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from songcau.systems.directives.actions import watching

    directive = done(town)
    with clock.frozen(later(days=30)):
        assert not watching._fell_due(SYSTEM, directive.pk)
    other = given(town)
    assert not watching._fell_due(SYSTEM, other.pk)


def test_a_leader_reminds_now_and_then(town: Town) -> None:
    directive = given(town)
    with pytest.raises(NotYours):
        actions.nudge_directive(by=town.officer, directive_id=directive.pk)
    actions.nudge_directive(by=town.mayor, directive_id=directive.pk)
    with pytest.raises(NudgedLately):
        actions.nudge_directive(by=town.desk, directive_id=directive.pk)
    with clock.frozen(later(hours=13)):
        actions.nudge_directive(by=town.desk, directive_id=directive.pk)
    assert steps(directive).count("nudge") == 2


def test_a_moved_date_moves_it_and_is_kept(town: Town) -> None:
    directive = given(town)
    moved = later(days=9)
    for _twice in range(2):
        actions.note_moved_date(by=SYSTEM, directive_id=directive.pk, due_at=moved)
    after = found(directive.pk)
    assert (after.due_at, after.first_due_at) == (moved, directive.due_at)
    assert [one.kind for one in after.deadlines.all()] == [DeadlineKind.FIRST, DeadlineKind.CALENDAR]
    actions.change_deadline(by=town.mayor, directive_id=directive.pk, due_at=later(days=3), reason=WHY)
    # What the leader has set is no promise any more.
    actions.note_moved_date(by=SYSTEM, directive_id=directive.pk, due_at=later(days=30))
    assert found(directive.pk).due_at == later(days=3)


def test_what_a_closed_agency_leads_goes_to_the_one_that_came_after(town: Town) -> None:
    directive, other = given(town), given(town, lead_id=town.other.pk, supporting_ids=[town.office.pk])
    actions.assign_officer(by=town.officer, directive_id=directive.pk, officer_id=town.officer.id)
    Agency.objects.filter(pk__in=[town.ward.pk, town.other.pk]).update(closed_on=clock.today())
    assert actions.follow_closed_agencies(by=SYSTEM) == 0
    town.ward.successors.add(town.centre)
    town.other.successors.add(town.office)
    # The office supports it already: a person decides.
    assert actions.follow_closed_agencies(by=SYSTEM) == 1
    after = found(directive.pk)
    assert (after.lead, after.officer_id) == (town.centre, None)
    assert found(other.pk).lead == town.other


def test_a_person_sees_what_is_held_about_them(town: Town) -> None:
    directive = given(town)
    actions.assign_officer(by=town.officer, directive_id=directive.pk, officer_id=town.officer.id)
    actions.report_progress(by=town.officer, directive_id=directive.pk, percent=5, text=SAID)
    named, written = OfDirectives().held_about(town.officer.id, most=10)
    assert [row[0] for row in named.rows] == [directive.code]
    assert SAID in {row[1] for row in written.rows}
    assert not any(section.rows for section in OfDirectives().held_about(town.neighbour.id, most=10))
    assert Directive.objects.count() == 1
