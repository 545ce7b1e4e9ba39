"""“I have seen this too”: one person counts once, and hears of the end."""

from typing import Any
from uuid import uuid4

import pytest

from songcau.foundation.accounts.tests.people import make_person
from songcau.kernel.actor import NOBODY
from songcau.systems.citizen_reports.actions import merge_reports, publish_report, withhold_report
from songcau.systems.citizen_reports.actions.joining import JoinedAlready, join_report
from songcau.systems.citizen_reports.actions.record import ReportUnknown
from songcau.systems.citizen_reports.actions.submitting import Contact, Submitted
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.queries.for_public import public_report
from songcau.systems.citizen_reports.rules import AnswersUnfit, ReportDone, ReportTextTooLong, State
from songcau.systems.citizen_reports.tests.town import Town, draft, found, send
from songcau.systems.citizen_reports.tests.working import accepted, resolved

NOTHING: dict[str, Any] = {"category": "", "text": "", "longitude": None, "latitude": None}


def shown(town: Town, **more: Any) -> Report:
    report = accepted(town, **more)
    publish_report(by=town.desk, report_id=report.pk)
    return found(report.pk)


def join(report: Report, source: str = "", **more: Any) -> Submitted:
    contact = Contact(source=source, person_id=more.pop("person_id", None))
    return join_report(by=NOBODY, code=report.code, draft=draft(**{**NOTHING, **more}), contact=contact)


def others(report: Report) -> int:
    page = public_report(report.code, "vi")
    assert page is not None
    return page.others


def test_who_has_met_it_too_has_a_report_that_follows_the_first(town: Town) -> None:
    first = shown(town)
    made = join(first, "device:a")
    child = found(made.report_id)
    assert (child.parent, child.state, child.category) == (first, State.ACCEPTED, first.category)
    assert child.text == "Tôi cũng gặp sự việc này."
    assert (child.longitude, child.latitude) == (first.public_longitude, first.public_latitude)
    assert others(first) == 1


def test_what_was_typed_stays_and_the_place_that_was_given_too(town: Town) -> None:
    first = shown(town)
    ward = found(join(first, "device:a", text="Xe tôi cũng ngã ở đây", place_words="Cổng trường").report_id)
    assert (ward.text, ward.longitude) == ("Xe tôi cũng ngã ở đây", None)
    english = found(join(first, "device:b", language="en", longitude=105.843, latitude=21.595).report_id)
    assert (english.text, english.longitude) == ("I have seen this too.", 105.843)


def test_one_person_counts_once_by_account_and_by_browser(town: Town) -> None:
    person = make_person("lan")
    first = shown(town, contact=Contact(source="device:first"))
    made = join(first, f"person:{person.pk}", person_id=person.pk)
    for source, who in ((f"person:{person.pk}", person.pk), ("device:new", person.pk), ("device:first", None)):
        with pytest.raises(JoinedAlready):
            join(first, source, person_id=who)
    join(first, "device:other")
    # By telephone the desk wrote down two more, and one by the first sender once again.
    desk = [send().pk, send().pk, send(contact=Contact(source="device:first")).pk]
    merge_reports(by=town.desk, parent_id=first.pk, child_ids=desk)
    assert others(first) == 4
    assert found(made.report_id).parent == first


def test_the_same_sending_again_is_the_same(town: Town) -> None:
    first, number = shown(town), uuid4()
    made = join(first, "device:a", submission_id=number)
    again = join(first, "device:a", submission_id=number)
    assert (again.report_id, again.secret, again.is_new) == (made.report_id, made.secret, False)
    assert others(first) == 1


def test_who_joins_one_that_follows_hangs_on_the_first(town: Town) -> None:
    first, second = shown(town), shown(town)
    merge_reports(by=town.desk, parent_id=first.pk, child_ids=[second.pk])
    assert found(join(second, "device:a").report_id).parent == first


def test_questions_of_the_subject_are_not_asked_again(town: Town) -> None:
    first = shown(town)
    town.pothole.questions = [{"key": "deep", "kind": "TEXT", "label": "Sâu?", "required": True}]
    town.pothole.save()
    with pytest.raises(AnswersUnfit):
        send()
    assert found(join(first, "device:a").report_id).answers == {}


def test_what_is_done_hidden_or_unknown_is_not_joined(town: Town) -> None:
    hidden, done = shown(town), resolved(town)
    withhold_report(by=town.desk, report_id=hidden.pk, reason="Có tên người trong ảnh, phải xem lại.")
    with pytest.raises(ReportUnknown):
        join(found(hidden.pk))
    publish_report(by=town.desk, report_id=done.pk)
    with pytest.raises(ReportDone):
        join(found(done.pk))
    with pytest.raises(ReportUnknown):
        join_report(by=NOBODY, code="PA00000000", draft=draft(), contact=Contact())
    first = shown(town)
    with pytest.raises(ReportTextTooLong):
        join(first, text="dài " * 4000)
    assert others(first) == 0
