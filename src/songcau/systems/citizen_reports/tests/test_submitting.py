"""What was answered with a code is there; the same report sent again is the same; nothing in it says who."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.utils import timezone

from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.accounts.phones import PhoneUnreadable
from songcau.foundation.accounts.tests.people import make_person
from songcau.foundation.audit.models import Entry as AuditEntry
from songcau.foundation.files.actions import finish_upload, read_file
from songcau.foundation.files.models import FileLink, Upload
from songcau.foundation.files.receiving import Held, hold_bytes
from songcau.foundation.files.refusals import MayNotReadFile, MayNotUpload
from songcau.foundation.files.tests.samples import photograph
from songcau.foundation.files.uses import Subject, use_of
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.kernel.actor import NOBODY, SYSTEM
from songcau.kernel.ids import new_id
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions import add_more, submitting
from songcau.systems.citizen_reports.actions.evidence import EVIDENCE, EVIDENCE_WITH_ORIGINAL, MOST_PICTURES, SUBJECT
from songcau.systems.citizen_reports.actions.reporting import reporter_of_account
from songcau.systems.citizen_reports.actions.submitting import (
    CategoryUnknown,
    Contact,
    TooManyPictures,
    salt_of,
    submit_report,
)
from songcau.systems.citizen_reports.models import Attachment, Entry, Report, Reporter, Standing
from songcau.systems.citizen_reports.permissions import may_view, reporter_actor
from songcau.systems.citizen_reports.rules import Channel, PlaceDoubt, State, Urgency
from songcau.systems.citizen_reports.tests.conftest import NOW
from songcau.systems.citizen_reports.tests.town import INSIDE, OUTSIDE, Town, draft, found, make_category, send
from songcau.systems.citizen_reports.tests.working import lines


def held(use: str = EVIDENCE) -> Held:
    content = photograph()
    return hold_bytes(use=use, name="ổ gà.jpg", chunks=iter([content]), length=len(content))


def test_a_report_comes_in_whole(town: Town) -> None:
    picture = held()
    submitted = submit_report(by=NOBODY, draft=draft(), contact=Contact(phone="0912 345 678"), pictures=[picture])
    report = found(submitted.report_id)
    assert (report.state, report.is_open, report.category, report.channel) == (
        State.NEW,
        True,
        town.pothole,
        Channel.PORTAL,
    )
    assert (report.code, rules.normalised_code(submitted.code.lower())) == (submitted.code, submitted.code)
    assert rules.is_secret(submitted.secret, report.secret_hash, salt_of(report.pk))
    # Wednesday 09:00 and eight working hours: Thursday 09:00.
    assert timezone.localtime(report.verify_due_at) == timezone.localtime(NOW) + timedelta(days=1)
    attachment = Attachment.objects.get(report=report)
    assert (attachment.upload_id, attachment.is_picture, attachment.by_reporter) == (picture.upload_id, True, True)
    assert Upload.objects.get(pk=picture.upload_id).owner_label == "reporter"
    assert Event.objects.filter(name="citizen_reports.ReportSubmitted", subject=f"{SUBJECT}:{report.pk}").count() == 1
    assert AuditEntry.objects.get(action="citizen_reports.submit_report").actor_label == "reporter"
    assert [(line.step, line.by_label) for line in Entry.objects.filter(report=report)] == [("submit", "reporter")]


def test_the_same_report_sent_five_times_is_one(town: Town) -> None:
    wanted = draft()
    answers = [submit_report(by=NOBODY, draft=wanted, contact=Contact()) for _time in range(5)]
    assert len({(answer.report_id, answer.code, answer.secret) for answer in answers}) == 1
    assert [answer.is_new for answer in answers] == [True, False, False, False, False]
    assert Report.objects.count() == 1


def test_two_at_the_same_moment_are_one(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = draft()
    first = submit_report(by=NOBODY, draft=wanted, contact=Contact())
    asked = iter([None, submitting.submitted(wanted.submission_id)])
    monkeypatch.setattr(submitting, "submitted", lambda _id: next(asked))
    again = submit_report(by=NOBODY, draft=wanted, contact=Contact())
    assert (again.report_id, again.is_new, Report.objects.count()) == (first.report_id, False, 1)


def test_another_fault_of_the_table_is_not_hidden(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    first = send()
    monkeypatch.setattr(rules, "new_code", lambda _random: first.code)
    with pytest.raises(IntegrityError):
        send()


def test_contacts_in_the_text_are_kept_from_those_who_handle_it(town: Town) -> None:
    report = send(text="Ổ gà sâu lắm, gọi tôi 0912 345 678 hoặc lan@example.vn", place_words="Nhà ông Ba, 0912345678")
    assert "0912" not in report.text + report.search_key + report.place_words
    assert "example.vn" not in report.text
    assert "0912 345 678" in Reporter.objects.get(report=report).text_as_sent
    assert Reporter.objects.get(report=send()).text_as_sent == ""


@pytest.mark.usefixtures("wards")
def test_the_ward_is_that_of_the_place_on_the_day(town: Town) -> None:
    assert send().ward_code == "05443"
    outside = send(longitude=OUTSIDE[0], latitude=OUTSIDE[1])
    assert (outside.ward_code, outside.place_doubt) == ("", PlaceDoubt.OUTSIDE)
    nowhere = send(longitude=None, latitude=None)
    assert (nowhere.place_doubt, nowhere.public_longitude) == (PlaceDoubt.MISSING, None)
    named = send(longitude=None, latitude=None, ward_code="05443")
    assert (named.ward_name, named.place_doubt) == (found(named.pk).ward_name, "")
    assert send(longitude=None, latitude=None, ward_code="99999").place_doubt == PlaceDoubt.MISSING


def test_the_public_place_is_fuzzed_only_near_homes(town: Town) -> None:
    plain = send()
    assert (plain.public_longitude, plain.public_latitude) == (round(INSIDE[0], 5), round(INSIDE[1], 5))
    noisy = send(category="NOISE", text="Hát karaoke ầm ĩ sau mười một giờ đêm.")
    assert (noisy.longitude, noisy.latitude) == INSIDE
    assert (noisy.public_longitude, noisy.public_latitude) != INSIDE
    assert abs((noisy.public_latitude or 0) - INSIDE[1]) < 0.003


def test_what_is_urgent_is_looked_at_sooner(town: Town) -> None:
    assert send(category="POWER_OUTAGE").urgency == Urgency.URGENT
    urgent = send(is_urgent=True)
    assert urgent.verify_due_at < send().verify_due_at


def test_questions_of_the_category_are_answered(town: Town) -> None:
    town.lamp.questions = [{"key": "pole", "kind": "TEXT", "label": "Số cột", "label_en": "Pole", "required": True}]
    town.lamp.save()
    with pytest.raises(rules.AnswersUnfit):
        send(category="STREET_LAMP")
    report = send(category="STREET_LAMP", answers={"pole": "12A", "else": "x"})
    assert report.answers == {"pole": "12A"}


def test_a_category_retired_while_a_draft_lay_offline_loses_nothing(town: Town) -> None:
    heir = make_category("ROAD_SURFACE", name="Mặt đường")
    for category, replaced_by in ((town.pothole, heir), (town.lamp, None)):
        category.retired_on, category.replaced_by = date(2026, 11, 1), replaced_by
        category.save()
    report = send(answers={"gone": "x"})
    assert (report.category, report.answers) == (heir, {})
    assert Entry.objects.get(report=report, step="replace_category").params == {"was": "POTHOLE"}
    assert send(category="STREET_LAMP").category.retired_on is None
    with pytest.raises(CategoryUnknown):
        send(category="NO_SUCH")
    type(heir).objects.filter(retired_on=None).update(is_internal=True)
    with pytest.raises(CategoryUnknown):
        send(category="STREET_LAMP")


def test_internal_categories_are_for_the_city_itself(town: Town) -> None:
    make_category("INSPECTION", is_internal=True, is_public=False)
    with pytest.raises(CategoryUnknown):
        send(category="INSPECTION")
    report = send(by=town.desk, category="INSPECTION", channel=Channel.STAFF)
    assert (report.is_private, Entry.objects.get(report=report).by_label) == (True, town.desk.label)


def test_only_the_centre_writes_down_what_somebody_says(town: Town) -> None:
    for channel in (Channel.PHONE, Channel.COUNTER, Channel.STAFF):
        with pytest.raises(NotYours):
            send(by=town.officer, channel=channel)
    said = send(by=town.desk, channel=Channel.PHONE, contact=Contact(name="Bà Lan", phone="0912345678"))
    assert Reporter.objects.get(report=said).phone == "+84912345678"
    old = timezone.make_aware(datetime.fromisoformat("2026-11-20 08:00"))
    assert send(by=town.desk, channel=Channel.PHONE, received_at=old).received_at == old
    assert send(received_at=old).received_at == clock.now()


def test_what_cannot_be_taken_says_why(town: Town) -> None:
    with pytest.raises(rules.ReportTextEmpty):
        send(text="  ")
    with pytest.raises(rules.ReportWithoutWords):
        send(text="😀" * 3000)
    with pytest.raises(rules.ReportTextTooLong):
        send(text="a" * 4001)
    with pytest.raises(PhoneUnreadable):
        send(contact=Contact(phone="12"))
    with pytest.raises(TooManyPictures):
        submit_report(by=NOBODY, draft=draft(), contact=Contact(), pictures=[held()] * (MOST_PICTURES + 1))
    assert Report.objects.count() == 0
    assert send(text="<b>Ổ gà</b> sâu trước cổng trường").text.startswith("<b>")


def test_abuse_is_slowed_down_and_blocked(town: Town) -> None:
    source = Contact(source="198.51.100.7")
    for _time in range(rules.UNKNOWN_PACE[0]):
        send(contact=source)
    with pytest.raises(rules.ReportsTooFast):
        send(contact=source)
    assert send(contact=Contact(source="198.51.100.8")).pk
    person = make_person("lan")
    assert send(contact=Contact(source="person", person_id=person.pk)).pk
    with clock.frozen(NOW + timedelta(minutes=2)):
        assert send(contact=source).pk
        hashed = submitting.source_hash(source.source)
        assert source.source not in hashed
        until = clock.now() + timedelta(days=7)
        Standing.objects.create(source_hash=hashed, blocked_until=until, changed_at=clock.now())
        with pytest.raises(rules.ReportingBlocked):
            send(contact=source)
    with clock.frozen(NOW + timedelta(days=9)):
        assert send(contact=source).pk


def test_pictures_are_seen_by_those_whose_case_it_is(town: Town) -> None:
    consent = Contact(keeps_original=True)
    picture = held()
    submitted = submit_report(by=NOBODY, draft=draft(), contact=consent, pictures=[picture])
    report = found(submitted.report_id)
    report.agency = town.ward
    report.save()
    finish_upload(by=SYSTEM, upload_id=picture.upload_id)
    link = FileLink.objects.get(subject_id=report.pk)
    reporter = reporter_actor(Reporter.objects.get(report=report).pk)
    assert link.use == EVIDENCE_WITH_ORIGINAL
    for who in (town.desk, town.officer, town.mayor, reporter):
        assert read_file(by=who, file_id=link.pk).link == link
    for who in (town.neighbour, NOBODY, reporter_actor(new_id())):
        with pytest.raises(MayNotReadFile):
            read_file(by=who, file_id=link.pk)
    assert read_file(by=SYSTEM, file_id=link.pk, original=True).link == link
    # Not even the desk: it gives a purpose first.
    for who in (town.desk, town.officer, town.mayor, reporter):
        with pytest.raises(MayNotReadFile):
            read_file(by=who, file_id=link.pk, original=True)
    use = use_of(EVIDENCE)
    assert use.may_upload(town.officer, Subject(SUBJECT, report.pk))
    assert not use.may_upload(town.neighbour, Subject(SUBJECT, report.pk))
    assert not use.may_upload(reporter, Subject(SUBJECT, new_id()))
    assert not use.may_upload(reporter, Subject("tests.dossier", report.pk))
    link.subject_id = new_id()
    assert not use.may_read(town.desk, link)


def test_a_picture_of_somebody_elses_is_not_attached(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submitting, "SUBJECT", "tests.dossier")
    with pytest.raises(MayNotUpload):
        submit_report(by=NOBODY, draft=draft(), contact=Contact(), pictures=[held()])
    assert Report.objects.count() == 0


def test_secrets_differ_and_are_worked_out_again(town: Town) -> None:
    one, other = uuid4(), uuid4()
    assert submitting.secret_of(one) == submitting.secret_of(one) != submitting.secret_of(other)
    assert replace(draft(), submission_id=one).submission_id == one


def test_what_somebody_writes_of_themselves_into_answers_is_masked(town: Town) -> None:
    question = {"key": "who", "kind": "TEXT", "label": "Ghi chú", "label_en": "Note", "required": False}
    many = question | {"key": "many", "kind": "YES_NO"}
    make_category("ASKS", questions=[question, many])
    name, said = "Trần Thị Bưởi", "Tôi là TRAN THI BUOI, gọi 0912345678"
    for text in (said, "Trước cổng trường"):
        wanted = draft(category="ASKS", answers={"who": text, "many": True})
        report = found(submit_report(by=NOBODY, draft=wanted, contact=Contact(name=name)).report_id)
        kept = Reporter.objects.get(report=report).text_as_sent
        if text == said:
            assert (report.answers["who"], report.answers["many"]) == ("Tôi là •••, gọi •••", True)
            assert kept == f"who: {said}"
        else:
            assert (report.answers["who"], kept) == (text, "")


def test_what_nobody_has_yet_is_seen_by_the_centre_and_who_leads_the_city(town: Town) -> None:
    report = send()
    seen = {
        name: Report.objects.visible_to(getattr(town, name)).filter(pk=report.pk).exists()
        for name in ("desk", "mayor", "officer", "head", "neighbour", "lineman")
    }
    assert seen == {
        "desk": True,
        "mayor": True,
        "officer": False,
        "head": False,
        "neighbour": False,
        "lineman": False,
    }
    assert all(may_view(getattr(town, name), report) is held for name, held in seen.items())


def test_the_name_of_the_account_is_masked_where_no_other_was_given(town: Town) -> None:
    person = make_person("buoi", full_name="Trần Thị Bưởi")
    contact = Contact(person_id=person.pk)
    wanted = draft(text="Ổ gà trước cửa. Tran Thi Buoi báo.", place_words="x" * 290 + " Trần Thị Bưởi")
    made = submit_report(by=NOBODY, draft=wanted, contact=contact)
    report = found(made.report_id)
    assert report.text == "Ổ gà trước cửa. ••• báo."
    # Half a name, where the place is cut, is a name too.
    assert "Trần" not in report.place_words
    mine = reporter_of_account(person.pk, report.pk).actor
    add_more(by=mine, report_id=report.pk, text="Trần Thị Bưởi đây, vẫn chưa ai đến")
    assert lines(report, "add_more").text == "••• đây, vẫn chưa ai đến"


def test_a_long_line_of_retired_categories_comes_to_an_end(town: Town) -> None:
    following = None
    for number in range(12):
        retired = {"retired_on": date(2026, 11, 1), "replaced_by": following} if number else {}
        following = make_category(f"OLD_{number}", **retired)
    # After ten steps nobody follows it further: the centre decides.
    assert send(category="OLD_11").category.retired_on is None
    assert send(category="OLD_5").category.code == "OLD_0"


def test_a_code_that_is_taken_is_not_given_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    first, drawn = send(), rules.new_code
    codes = iter([first.code, first.code])
    monkeypatch.setattr(rules, "new_code", lambda random: next(codes, "") or drawn(random))
    assert send().code != first.code
