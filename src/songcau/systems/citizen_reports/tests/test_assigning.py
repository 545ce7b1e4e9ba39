"""An agency gets a report, its date is promised once, and goes along wherever the report goes."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from songcau.foundation.accounts.models import Agency
from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.calendar.deadlines import Method
from songcau.foundation.calendar.models import Promise
from songcau.foundation.places.models import Unit
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM
from songcau.kernel.workflow import TransitionRefused
from songcau.systems.citizen_reports.actions import (
    accept_report,
    ask_reporter,
    assign_report,
    follow_closed_agencies,
    hand_to_officer,
    merge_reports,
    note_moved_date,
    reroute_report,
    return_to_centre,
    take_report,
    wait_outside,
)
from songcau.systems.citizen_reports.actions.assigning import AgencyNotOpen, OfficerUnfit, SameAgency, suggest_agency
from songcau.systems.citizen_reports.actions.record import ReportFollowsAnother, ReportWordsMissing
from songcau.systems.citizen_reports.models import RoutingRule
from songcau.systems.citizen_reports.rules import OfficeTime, State
from songcau.systems.citizen_reports.tests.conftest import NOW
from songcau.systems.citizen_reports.tests.town import Town, found, make_category, send
from songcau.systems.citizen_reports.tests.working import (
    accepted,
    announced,
    assigned,
    later,
    lines,
    resolved,
    started,
    steps,
)


def local(at: datetime | None) -> datetime:
    assert at is not None
    return timezone.localtime(at)


def test_the_term_runs_from_the_receipt_by_the_calendar_of_the_agency(town: Town) -> None:
    with clock.frozen(later(days=-1)):
        report = send()
    accept_report(by=town.desk, report_id=report.pk)
    assign_report(by=town.desk, report_id=report.pk, agency_id=town.ward.pk, version=found(report.pk).version)
    after = found(report.pk)
    # Tuesday and five working days: the end of Tuesday next week, although it was assigned on Wednesday.
    assert (local(after.due_at).date(), local(after.due_at).hour) == (date(2026, 12, 1), 17)
    assert (after.state, after.agency, after.assigned_at) == (State.ASSIGNED, town.ward, NOW)
    assert after.first_due_at == after.due_at
    assert after.thrice_due_at == after.received_at + 3 * (after.due_at - after.received_at)
    promise = Promise.objects.get(pk=after.promise_id)
    assert (promise.agency, promise.received_at, promise.subject_id) == (town.ward, report.received_at, report.pk)
    assert after.due_explained == promise.explained
    assert set(after.due_explained) == {"vi", "en"}
    assert lines(report, "assign").params["to"] == town.ward.name
    assert "ReportStepTaken" in announced(report)


def test_another_agency_keeps_the_first_date(town: Town) -> None:
    report = started(town)
    due, promise = report.due_at, report.promise_id
    with pytest.raises(NotYours):
        reroute_report(by=town.officer, report_id=report.pk, agency_id=town.office.pk, reason="Đường của thành phố")
    with pytest.raises(SameAgency):
        reroute_report(by=town.desk, report_id=report.pk, agency_id=town.ward.pk, reason="Đường của thành phố")
    with pytest.raises(ReportWordsMissing):
        reroute_report(by=town.desk, report_id=report.pk, agency_id=town.office.pk, reason=" ")
    with clock.frozen(later(days=3)):
        reroute_report(by=town.desk, report_id=report.pk, agency_id=town.office.pk, reason="Đường của thành phố")
    after = found(report.pk)
    assert (after.state, after.agency, after.due_at, after.first_due_at, after.promise_id) == (
        State.ASSIGNED,
        town.office,
        due,
        due,
        promise,
    )
    assert Promise.objects.count() == 1
    assert lines(report, "reroute").params == {"to": town.office.name, "was": town.ward.name}


def test_a_report_given_back_keeps_its_date_too(town: Town) -> None:
    report = started(town)
    with pytest.raises(NotYours):
        return_to_centre(by=town.neighbour, report_id=report.pk, reason="Không thuộc phường")
    return_to_centre(by=town.officer, report_id=report.pk, reason="Không thuộc phường")
    back = found(report.pk)
    assert (back.state, back.agency, back.due_at) == (State.ACCEPTED, None, report.due_at)
    with clock.frozen(later(days=9)):
        assign_report(by=town.desk, report_id=report.pk, agency_id=town.other.pk)
    assert (found(report.pk).due_at, Promise.objects.count()) == (report.due_at, 1)


def test_the_centre_itself_gives_back_what_no_agency_has(town: Town) -> None:
    report = assigned(town)
    type(report).objects.filter(pk=report.pk).update(agency=None)
    return_to_centre(by=town.desk, report_id=report.pk, reason="Nhầm lẫn")
    with pytest.raises(OfficerUnfit):
        hand_to_officer(by=town.desk, report_id=report.pk, officer_id=town.officer.id)
    with pytest.raises(NotYours):
        take_report(by=town.desk, report_id=report.pk)


def test_terms_by_hours_and_by_calendar_days(town: Town) -> None:
    noise = assigned(town, category="NOISE")
    # Five working hours from Wednesday 09:00 (07:30–11:30, 13:30–17:00 or the like).
    assert local(noise.due_at).date() == date(2026, 11, 25)
    make_category("CALENDAR", term_method=Method.CALENDAR_DAYS, term_amount=3)
    assert local(assigned(town, category="CALENDAR").due_at).date() >= date(2026, 11, 28)


def test_officers_of_the_agency_take_it(town: Town) -> None:
    report = assigned(town)
    for by in (town.neighbour, town.desk):
        with pytest.raises(NotYours):
            take_report(by=by, report_id=report.pk)
    take_report(by=town.officer, report_id=report.pk)
    assert (found(report.pk).officer_id, found(report.pk).officer_label) == (town.officer.id, town.officer.label)
    take_report(by=town.officer, report_id=report.pk)
    assert steps(report).count("take") == 1
    with pytest.raises(OfficerUnfit):
        hand_to_officer(by=town.head, report_id=report.pk, officer_id=town.neighbour.id)
    with pytest.raises(NotYours):
        hand_to_officer(by=town.neighbour, report_id=report.pk, officer_id=town.officer.id)
    hand_to_officer(by=town.officer, report_id=report.pk, officer_id=town.head.id)
    assert found(report.pk).officer_id == town.head.id
    return_to_centre(by=town.head, report_id=report.pk, reason="Không thuộc phường")
    assert (found(report.pk).officer_id, found(report.pk).officer_label) == (None, "")


def test_it_can_be_assigned_to_an_officer_at_once(town: Town) -> None:
    report = accepted(town)
    with pytest.raises(OfficerUnfit):
        assign_report(by=town.desk, report_id=report.pk, agency_id=town.ward.pk, officer_id=town.neighbour.id)
    assign_report(by=town.desk, report_id=report.pk, agency_id=town.ward.pk, officer_id=town.officer.id)
    assert found(report.pk).officer_id == town.officer.id


def test_nobody_else_assigns(town: Town) -> None:
    report = accepted(town)
    with pytest.raises(NotYours):
        assign_report(by=town.head, report_id=report.pk, agency_id=town.ward.pk)


def test_what_hangs_on_another_report_is_not_assigned(town: Town) -> None:
    first, second = assigned(town), assigned(town)
    third = accepted(town)
    merge_reports(by=town.desk, parent_id=first.pk, child_ids=[second.pk, third.pk])
    with pytest.raises(ReportFollowsAnother):
        assign_report(by=town.desk, report_id=third.pk, agency_id=town.ward.pk)
    with pytest.raises(ReportFollowsAnother):
        reroute_report(by=town.desk, report_id=second.pk, agency_id=town.office.pk, reason="Đường của thành phố")


def close(agency: Agency, *heirs: Agency) -> None:
    agency.closed_on = date(2026, 11, 20)
    agency.save()
    agency.successors.set(heirs)


def test_a_closed_agency_stands_for_the_one_that_came_after_it(town: Town) -> None:
    close(town.ward, town.other)
    assert assigned(town).agency == town.other
    close(town.office)
    report = accepted(town)
    with pytest.raises(AgencyNotOpen):
        assign_report(by=town.desk, report_id=report.pk, agency_id=town.office.pk)


def test_of_several_that_came_after_it_the_one_of_the_ward_gets_it(town: Town, wards: None) -> None:
    unit = Unit.objects.get(level="WARD", code="05443")
    town.other.unit_id = unit.pk
    town.other.save()
    close(town.ward, town.other, town.office)
    assert assigned(town).agency == town.other
    # Where the place is not known the centre has to choose.
    report = accepted(town, longitude=None, latitude=None)
    with pytest.raises(AgencyNotOpen) as refusal:
        assign_report(by=town.desk, report_id=report.pk, agency_id=town.ward.pk)
    assert town.office.name in str(refusal.value.params["names"])


def test_reports_follow_an_agency_that_is_merged(town: Town) -> None:
    report, waiting = started(town), started(town)
    ask_reporter(by=town.officer, report_id=waiting.pk, text="Ở bên nào?")
    done = resolved(town)
    assert follow_closed_agencies(by=SYSTEM) == 0
    close(town.ward, town.other)
    assert follow_closed_agencies(by=SYSTEM) == 2
    after = found(report.pk)
    assert (after.agency, after.state, after.due_at) == (town.other, State.IN_PROGRESS, report.due_at)
    assert (found(waiting.pk).state, found(waiting.pk).agency) == (State.WAITING_REPORTER, town.other)
    assert (found(done.pk).agency, follow_closed_agencies(by=SYSTEM)) == (town.ward, 0)


def test_where_nothing_came_after_it_the_centre_gets_them_back(town: Town) -> None:
    report, waiting = started(town), started(town)
    wait_outside(by=town.officer, report_id=waiting.pk, waiting_for="Điện lực cắt điện")
    close(town.ward)
    assert follow_closed_agencies(by=SYSTEM) == 1
    assert (found(report.pk).state, found(report.pk).agency) == (State.ACCEPTED, None)
    # What waits for others goes back when the waiting is over.
    assert found(waiting.pk).agency == town.ward


def test_what_another_worker_moved_meanwhile_is_left_alone(town: Town) -> None:
    from songcau.systems.citizen_reports.actions.assigning import _followed

    assert _followed(SYSTEM, started(town).pk) is False
    assert _followed(SYSTEM, send().pk) is False


def test_a_moved_date_moves_the_report_and_the_first_stays_in_sight(town: Town) -> None:
    report = started(town)
    due = report.due_at + timedelta(days=1)
    note_moved_date(by=SYSTEM, report_id=report.pk, due_at=due)
    note_moved_date(by=SYSTEM, report_id=report.pk, due_at=due)
    after = found(report.pk)
    assert (after.due_at, after.first_due_at) == (due, report.due_at)
    assert after.thrice_due_at == after.received_at + 3 * (due - after.received_at)
    assert steps(report).count("move_date") == 1
    done = resolved(town)
    note_moved_date(by=SYSTEM, report_id=done.pk, due_at=due)
    assert found(done.pk).due_at == done.due_at


def suggested(town: Town, at: datetime = NOW, **more: Any) -> UUID | None:
    agency = suggest_agency(send(**more), at)
    return agency.pk if agency else None


def test_who_would_get_it_follows_category_ward_and_hours(town: Town, wards: None) -> None:
    assert suggested(town) == town.office.pk
    assert suggested(town, category="POWER_OUTAGE") == town.power.pk
    assert suggested(town, category="NOISE") == town.ward.pk
    assert suggested(town, category="NOISE", longitude=None, latitude=None) is None
    RoutingRule.objects.create(category=town.pothole, hours=OfficeTime.OUTSIDE, agency=town.centre)
    assert suggested(town) == town.office.pk
    # At eight in the evening the centre itself.
    assert suggested(town, later(hours=11)) == town.centre.pk
    RoutingRule.objects.create(category=town.pothole.parent, ward_code="05443", agency=town.ward)
    assert suggested(town) == town.office.pk


def test_a_rule_of_the_ward_of_today_holds_for_what_came_when_it_was_another(town: Town, wards: None) -> None:
    report = send(category="NOISE")
    type(report).objects.filter(pk=report.pk).update(ward_code="05999")
    assert suggest_agency(found(report.pk), NOW) == town.ward


def test_a_rule_for_a_closed_agency_stands_for_what_came_after_it(town: Town) -> None:
    report = send()
    close(town.office, town.other)
    assert suggest_agency(report, NOW) == town.other


def test_what_is_assigned_is_not_assigned_again(town: Town) -> None:
    report = assigned(town)
    with pytest.raises(TransitionRefused):
        assign_report(by=town.desk, report_id=report.pk, agency_id=town.other.pk)
