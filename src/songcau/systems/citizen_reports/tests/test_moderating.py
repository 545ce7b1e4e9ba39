"""The centre accepts, refuses, puts right; nobody else does; the second of two officers is told what changed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.accounts.rules import ChangedMeanwhile
from songcau.foundation.calendar.models import Promise
from songcau.foundation.calendar.rules import PromiseState
from songcau.kernel.workflow import TransitionRefused
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions import (
    accept_report,
    ask_reporter,
    assign_report,
    publish_report,
    recategorise,
    refuse_report,
    relocate,
    return_to_centre,
    set_urgency,
    withhold_report,
)
from songcau.systems.citizen_reports.actions.moderating import PlaceUnfit
from songcau.systems.citizen_reports.actions.record import (
    ReportUnknown,
    ReportWordsMissing,
    ReportWordsTooLong,
    require_words,
)
from songcau.systems.citizen_reports.actions.showing import ReportIsPrivate, ReportNotModerated, ReportNotShown
from songcau.systems.citizen_reports.actions.submitting import CategoryUnknown
from songcau.systems.citizen_reports.models import Category, Report
from songcau.systems.citizen_reports.rules import RefusalReason, State, Urgency, Visibility
from songcau.systems.citizen_reports.tests.conftest import NOW
from songcau.systems.citizen_reports.tests.town import INSIDE, OUTSIDE, Town, found, make_category, send
from songcau.systems.citizen_reports.tests.working import (
    accepted,
    announced,
    assigned,
    audited,
    lines,
    resolved,
    sender,
    started,
    steps,
)

NOT_OURS = "Đây là việc riêng giữa hai hộ gia đình, mời hai bên đến tổ hòa giải."


def test_the_centre_accepts_a_report(town: Town) -> None:
    report = send()
    after = accept_report(by=town.desk, report_id=report.pk, version=report.version)
    assert (after.state, after.accepted_at, after.version) == (State.ACCEPTED, NOW, report.version + 1)
    assert steps(report) == ["submit", "accept"]
    assert lines(report, "accept").agency_name == "Trung tâm điều hành"
    assert (announced(report)[-1], audited(report)[-1]) == ("ReportStepTaken", "accept")


def test_the_second_of_two_officers_is_told_what_changed(town: Town) -> None:
    report = send()
    set_urgency(by=town.desk, report_id=report.pk, urgency=Urgency.URGENT, version=report.version)
    with pytest.raises(ChangedMeanwhile) as refusal:
        accept_report(by=town.desk, report_id=report.pk, version=report.version)
    assert refusal.value.params == {"fields": "urgency, verify_due_at"}
    assert found(report.pk).state == State.NEW


@pytest.mark.parametrize(
    "act",
    [
        accept_report,
        lambda **at: refuse_report(reason=RefusalReason.SPAM, **at),
        lambda **at: recategorise(category="STREET_LAMP", **at),
        lambda **at: relocate(longitude=INSIDE[0], latitude=INSIDE[1], **at),
        lambda **at: set_urgency(urgency=Urgency.URGENT, **at),
        lambda **at: ask_reporter(text="Ở đâu?", **at),
        publish_report,
        lambda **at: withhold_report(reason="Có tên người", **at),
    ],
)
def test_nobody_else_moderates(town: Town, act: Callable[..., Any]) -> None:
    report = send()
    for by in (town.officer, town.head, town.mayor, town.root, sender(report)):
        with pytest.raises(NotYours):
            act(by=by, report_id=report.pk)
    with pytest.raises(ReportUnknown):
        act(by=town.desk, report_id=uuid4())


def test_a_refused_report_says_why_to_its_reporter_alone(town: Town) -> None:
    report = send()
    refuse_report(by=town.desk, report_id=report.pk, reason=RefusalReason.NOT_A_PUBLIC_MATTER, text=NOT_OURS)
    after, line = found(report.pk), lines(report, "refuse")
    assert (after.state, after.is_open, after.refusal_text) == (State.REFUSED, False, NOT_OURS)
    assert (line.visibility, line.params["reason"]) == (Visibility.REPORTER, "NOT_A_PUBLIC_MATTER")
    with pytest.raises(TransitionRefused):
        accept_report(by=town.desk, report_id=report.pk)


def test_what_is_unclear_is_asked_before_it_is_refused(town: Town) -> None:
    report = send()
    unclear = {"by": town.desk, "report_id": report.pk, "reason": RefusalReason.UNCLEAR, "text": NOT_OURS}
    with pytest.raises(rules.ReporterNotAsked):
        refuse_report(**unclear)
    ask_reporter(by=town.desk, report_id=report.pk, text="Ổ gà ở đoạn nào?")
    assert found(report.pk).state == State.WAITING_REPORTER_FIRST
    refuse_report(**unclear)
    assert found(report.pk).state == State.REFUSED
    assert announced(report)[-3:] == ["ReportStepTaken", "ReporterAsked", "ReportStepTaken"]


def test_a_duplicate_leads_to_the_first_report(town: Town) -> None:
    first, second, third = accepted(town), send(), send()
    duplicate = {"by": town.desk, "reason": RefusalReason.DUPLICATE}
    with pytest.raises(rules.FirstReportMissing):
        refuse_report(report_id=second.pk, **duplicate)
    for wrong in (second.pk, uuid4()):
        with pytest.raises(ReportUnknown):
            refuse_report(report_id=second.pk, first_report=wrong, **duplicate)
    refuse_report(report_id=second.pk, first_report=first.pk, **duplicate)
    assert lines(second, "refuse").params["first"] == ""
    publish_report(by=town.desk, report_id=first.pk)
    # A duplicate of a duplicate leads to the first of all, whose code may be told once everybody can see it.
    refuse_report(report_id=third.pk, first_report=second.pk, **duplicate)
    assert (found(third.pk).duplicate_of, lines(third, "refuse").params["first"]) == (first, first.code)


def test_two_reports_are_not_duplicates_of_each_other(town: Town) -> None:
    first, second = send(), send()
    refuse_report(by=town.desk, report_id=second.pk, reason=RefusalReason.DUPLICATE, first_report=first.pk)
    with pytest.raises(ReportUnknown):
        refuse_report(by=town.desk, report_id=first.pk, reason=RefusalReason.DUPLICATE, first_report=second.pk)


def test_a_report_that_came_back_can_be_refused_and_its_date_ends(town: Town) -> None:
    report = assigned(town)
    publish_report(by=town.desk, report_id=report.pk)
    return_to_centre(by=town.officer, report_id=report.pk, reason="Không thuộc phường")
    refuse_report(by=town.desk, report_id=report.pk, reason=RefusalReason.OUT_OF_AREA)
    after = found(report.pk)
    assert (after.withheld, after.is_public) == (True, False)
    assert Promise.objects.get(pk=after.promise_id).state == PromiseState.CANCELLED
    assert "ReportWithheld" in announced(report)


def test_another_category_moves_the_public_point_and_keeps_the_date(town: Town) -> None:
    report = assigned(town)
    publish_report(by=town.desk, report_id=report.pk)
    due = report.due_at
    recategorise(by=town.desk, report_id=report.pk, category="NOISE", version=found(report.pk).version)
    after = found(report.pk)
    assert (after.category, after.due_at, after.is_public) == (town.noise, due, True)
    assert (after.public_longitude, after.public_latitude) != INSIDE
    assert lines(report, "recategorise").params == {"was": "POTHOLE", "category": "NOISE"}
    recategorise(by=town.desk, report_id=report.pk, category="NOISE")
    assert steps(report).count("recategorise") == 1
    make_category("SECRET", is_public=False)
    recategorise(by=town.desk, report_id=report.pk, category="SECRET")
    assert not found(report.pk).is_public


def test_an_unknown_or_retired_category_is_refused(town: Town) -> None:
    report = send()
    Category.objects.filter(code="STREET_LAMP").update(retired_on=NOW.date())
    for code in ("STREET_LAMP", "NONE"):
        with pytest.raises(CategoryUnknown):
            recategorise(by=town.desk, report_id=report.pk, category=code)
    done = resolved(town)
    with pytest.raises(rules.ReportDone):
        recategorise(by=town.desk, report_id=done.pk, category="NOISE")


def test_a_report_is_put_where_it_is(town: Town, wards: None) -> None:
    report = send(longitude=None, latitude=None)
    assert report.place_doubt == "MISSING"
    relocate(
        by=town.desk, report_id=report.pk, longitude=INSIDE[0], latitude=INSIDE[1], place_words=" Cổng số 2, 0912345678"
    )
    after = found(report.pk)
    assert (after.ward_code, after.longitude, after.public_longitude) == ("05443", INSIDE[0], INSIDE[0])
    assert "0912345678" not in after.place_words
    relocate(by=town.desk, report_id=report.pk, ward_code="05446")
    after = found(report.pk)
    assert (after.ward_code, after.longitude, after.public_latitude) == ("05446", None, None)
    relocate(by=town.desk, report_id=report.pk, ward_code="05446")
    assert steps(report).count("relocate") == 2


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"ward_code": "99999"},
        {"longitude": 105.8},
        {"latitude": 21.5, "ward_code": "05443"},
        {"longitude": 181.0, "latitude": 21.5},
        {"longitude": 105.8, "latitude": float("nan")},
    ],
)
def test_a_place_that_is_none_is_refused(town: Town, wards: None, place: dict[str, Any]) -> None:
    report = send()
    with pytest.raises(PlaceUnfit):
        relocate(by=town.desk, report_id=report.pk, **place)


def test_a_point_outside_the_city_is_taken_and_doubted(town: Town, wards: None) -> None:
    report = send()
    relocate(by=town.desk, report_id=report.pk, longitude=OUTSIDE[0], latitude=OUTSIDE[1])
    assert (found(report.pk).place_doubt, found(report.pk).ward_code) == ("OUTSIDE", "")


def test_what_is_urgent_is_verified_sooner(town: Town) -> None:
    report = send()
    set_urgency(by=town.desk, report_id=report.pk, urgency=Urgency.URGENT)
    after = found(report.pk)
    # Wednesday 09:00 and four working hours: 14:30, after the midday break.
    assert after.verify_due_at - NOW < timedelta(hours=8)
    set_urgency(by=town.desk, report_id=report.pk, urgency=Urgency.URGENT)
    assert steps(report).count("set_urgency") == 1
    set_urgency(by=town.desk, report_id=report.pk, urgency=Urgency.NORMAL)
    assert timezone.localtime(found(report.pk).verify_due_at) == timezone.localtime(NOW) + timedelta(days=1)


def test_a_unit_asks_about_what_it_has(town: Town) -> None:
    report = started(town)
    with pytest.raises(NotYours):
        ask_reporter(by=town.neighbour, report_id=report.pk, text="Ở đâu?")
    with pytest.raises(ReportWordsMissing):
        ask_reporter(by=town.officer, report_id=report.pk, text=" … ")
    ask_reporter(by=town.officer, report_id=report.pk, text="Ở bên trái hay bên phải đường?")
    after, line = found(report.pk), lines(report, "ask_reporter")
    assert (after.state, line.visibility) == (State.WAITING_REPORTER, Visibility.REPORTER)
    with pytest.raises(TransitionRefused):
        ask_reporter(by=town.officer, report_id=report.pk, text="Và khi nào?")


def test_words_have_letters_and_an_end() -> None:
    assert require_words("  Đã đến\r\nxem  ") == "Đã đến\nxem"
    with pytest.raises(ReportWordsTooLong):
        require_words("a" * 1001)


def test_a_report_is_shown_once_the_centre_has_accepted_it(town: Town) -> None:
    report = send()
    with pytest.raises(ReportNotModerated):
        publish_report(by=town.desk, report_id=report.pk)
    accept_report(by=town.desk, report_id=report.pk)
    publish_report(by=town.desk, report_id=report.pk, public_text="Ổ gà, gọi 0912 345 678 để biết thêm")
    after = found(report.pk)
    assert (after.published_at, after.is_public) == (NOW, True)
    assert "345" not in after.shown_text
    assert list(Report.objects.public()) == [after]
    publish_report(by=town.desk, report_id=report.pk, public_text=after.public_text)
    assert announced(report).count("ReportPublished") == 1
    withhold_report(by=town.desk, report_id=report.pk, reason="Có tên người trong ảnh")
    assert list(Report.objects.public()) == []
    assert lines(report, "withhold").visibility == Visibility.STAFF
    with pytest.raises(ReportNotShown):
        withhold_report(by=town.desk, report_id=report.pk, reason="Có tên người trong ảnh")
    publish_report(by=town.desk, report_id=report.pk)
    assert (found(report.pk).public_text, found(report.pk).is_public) == ("", True)
    with pytest.raises(rules.ReportTextTooLong):
        publish_report(by=town.desk, report_id=report.pk, public_text="a" * 4001)


def test_a_private_report_is_never_shown(town: Town) -> None:
    private = accepted(town, is_private=True)
    with pytest.raises(ReportIsPrivate):
        publish_report(by=town.desk, report_id=private.pk)
    make_category("SECRET", is_public=False)
    moved = accepted(town)
    recategorise(by=town.desk, report_id=moved.pk, category="SECRET")
    with pytest.raises(ReportIsPrivate):
        publish_report(by=town.desk, report_id=moved.pk)
    assert not Report.objects.public().exists()


def test_assigning_what_nobody_has_accepted_is_refused(town: Town) -> None:
    report = send()
    with pytest.raises(TransitionRefused):
        assign_report(by=town.desk, report_id=report.pk, agency_id=town.ward.pk)
