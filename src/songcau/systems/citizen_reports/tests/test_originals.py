"""Pictures as they were sent: read for a purpose that is kept, and gone once their sender is forgotten."""

from collections.abc import Callable

import pytest
from django.test import Client

from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.accounts.personal_data.models import Look
from songcau.foundation.accounts.personal_data.rules import Purpose, PurposeMissing
from songcau.foundation.accounts.tests.people import make_person
from songcau.foundation.audit.models import Entry as AuditEntry
from songcau.foundation.files.models import FileLink
from songcau.kernel.actor import NOBODY, SYSTEM, Actor
from songcau.kernel.ids import new_id
from songcau.systems.citizen_reports import tasks
from songcau.systems.citizen_reports.actions import (
    accept_report,
    add_more,
    assign_report,
    forget_reporter,
    look_at_original,
    plan_work,
    publish_report,
    resolve_report,
    resume_work,
    start_work,
    submit_report,
    take_in_pictures,
    wait_outside,
)
from songcau.systems.citizen_reports.actions.publishing import PictureUnknown
from songcau.systems.citizen_reports.actions.record import ReportUnknown
from songcau.systems.citizen_reports.actions.submitting import Contact
from songcau.systems.citizen_reports.models import Attachment, Report, Reporter
from songcau.systems.citizen_reports.queries import for_public, reading
from songcau.systems.citizen_reports.tests.conftest import NOW
from songcau.systems.citizen_reports.tests.desk import browsers, page
from songcau.systems.citizen_reports.tests.town import Town, draft, found
from songcau.systems.citizen_reports.tests.working import CLOSING, announced, held, sender, shown_after, steps

MAKER = b"SecretMaker"


def sent(*, keeps: bool = True, **contact: object) -> Report:
    given = Contact(name="Trần Thị Bưởi", keeps_original=keeps, **contact)  # type: ignore[arg-type]
    made = submit_report(by=NOBODY, draft=draft(), contact=given, pictures=[held()])
    take_in_pictures(by=SYSTEM, report_id=made.report_id)
    return found(made.report_id)


def picture_of(report: Report) -> Attachment:
    picture: Attachment = Attachment.objects.filter(report=report).latest("at")
    return picture


def originals(report: Report) -> int:
    return FileLink.objects.filter(subject_id=report.pk, original__isnull=False).count()


def test_the_desk_opens_it_for_a_purpose_that_is_kept(town: Town) -> None:
    person = make_person("congdan")
    report = sent(person_id=person.pk)
    picture = picture_of(report)
    asked = {"by": town.desk, "report_id": report.pk, "picture_id": picture.pk}
    file_id = look_at_original(**asked, purpose=Purpose.CASE_WORK, text="Xem nơi chụp")
    assert file_id == picture.file_id
    entry = AuditEntry.objects.get(action="citizen_reports.look_at_original")
    assert (entry.actor_id, entry.details["purpose"], entry.details["picture"]) == (
        town.desk.id,
        "CASE_WORK",
        str(picture.pk),
    )
    assert "Xem" not in str(entry.details)
    assert Look.objects.get().person_id == person.pk
    assert announced(report)[-1] == "ReporterLookedAt"
    with pytest.raises(PurposeMissing):
        look_at_original(**asked, purpose=Purpose.OTHER)


def test_nobody_else_opens_it_nor_what_is_not_there(town: Town) -> None:
    report, plain = sent(), sent(keeps=False)
    picture = picture_of(report)
    for by in (town.officer, town.head, town.mayor, town.root, sender(report), NOBODY):
        with pytest.raises(NotYours):
            look_at_original(by=by, report_id=report.pk, picture_id=picture.pk, purpose=Purpose.CASE_WORK)
    for report_id, picture_id in (
        (report.pk, new_id()),
        (plain.pk, picture.pk),
        (plain.pk, picture_of(plain).pk),
    ):
        with pytest.raises(PictureUnknown):
            look_at_original(by=town.desk, report_id=report_id, picture_id=picture_id, purpose=Purpose.CASE_WORK)
    Reporter.objects.filter(report=report).delete()
    with pytest.raises(ReportUnknown):
        look_at_original(by=town.desk, report_id=report.pk, picture_id=picture.pk, purpose=Purpose.CASE_WORK)


def test_the_page_asks_first_and_then_gives_the_bytes(town: Town) -> None:
    enter: Callable[[Actor], Client] = browsers()
    report = sent()
    picture = picture_of(report)
    address = page("original", report.pk, picture.pk)
    desk = enter(town.desk)
    assert address in desk.get(page("case", report.pk)).content.decode()
    form = desk.get(address)
    assert form.status_code == 200
    assert MAKER not in form.content
    assert desk.post(address, {"version": report.version, "purpose": ""}).status_code == 422
    assert not AuditEntry.objects.filter(action="citizen_reports.look_at_original").exists()
    given = desk.post(address, {"version": report.version, "purpose": "CASE_WORK", "note": ""})
    content = b"".join(given)  # type: ignore[arg-type]
    assert given.status_code == 200
    assert "no-store" in given["Cache-Control"]
    assert given["Content-Disposition"] == f'attachment; filename="{report.code}.jpg"'
    assert MAKER in content
    assert AuditEntry.objects.filter(action="citizen_reports.look_at_original").count() == 1
    wrong = page("original", report.pk, new_id())
    assert desk.post(wrong, {"version": report.version, "purpose": "CASE_WORK"}).status_code == 422
    # Neither the address of before, nor anybody else.
    assert desk.get(f"/files/{picture.file_id}?original=1").status_code == 403
    assert enter(town.mayor).get(address).status_code == 403
    Report.objects.filter(pk=report.pk).update(agency=town.ward)
    assert enter(town.officer).get(address).status_code == 403


def test_who_is_forgotten_takes_the_originals_along(town: Town) -> None:
    report = sent()
    assert originals(report) == 1
    forget_reporter(by=sender(report), report_id=report.pk)
    assert originals(report) == 0
    assert AuditEntry.objects.filter(action="files.forget_original").count() == 1
    # The cleaned picture stays with the report, and what comes later is kept cleaned alone.
    assert FileLink.objects.filter(subject_id=report.pk).count() == 1
    add_more(by=sender(report), report_id=report.pk, text="Gọi 0912345678", pictures=[held()])
    take_in_pictures(by=SYSTEM, report_id=report.pk)
    assert (originals(report), Reporter.objects.get(report=report).text_as_sent) == (0, "")


def test_what_was_on_its_way_comes_in_cleaned(town: Town) -> None:
    given = Contact(keeps_original=True)
    made = submit_report(by=NOBODY, draft=draft(), contact=given, pictures=[held()])
    report = found(made.report_id)
    forget_reporter(by=sender(report), report_id=report.pk)
    take_in_pictures(by=SYSTEM, report_id=report.pk)
    assert (originals(report), FileLink.objects.filter(subject_id=report.pk).count()) == (0, 1)


def test_what_a_legal_hold_keeps_goes_once_it_is_released(town: Town) -> None:
    report, other = sent(), sent()
    FileLink.objects.filter(subject_id=report.pk).update(held_at=NOW)
    forget_reporter(by=sender(report), report_id=report.pk)
    tasks.drop_forgotten_originals()
    assert originals(report) == 1
    FileLink.objects.filter(subject_id=report.pk).update(held_at=None)
    tasks.drop_forgotten_originals()
    assert (originals(report), originals(other)) == (0, 1)


def test_an_official_who_writes_the_name_learns_nothing_and_the_centre_is_told(town: Town) -> None:
    """Whose name it is changes nothing that the unit or the public can see."""
    shown = []
    for named in ("Trần Thị Bưởi", "Phạm Thị Cam"):
        report = sent(phone="0912345678")
        accept_report(by=town.desk, report_id=report.pk)
        publish_report(by=town.desk, report_id=report.pk, public_text="Ổ gà, chị Trần Thị Bưởi báo")
        assign_report(by=town.desk, report_id=report.pk, agency_id=town.ward.pk)
        plan_work(
            by=town.officer,
            report_id=report.pk,
            due_on=NOW.date().replace(day=30),
            text=f"Chờ bà {named} về mở cổng cho máy xúc vào",
        )
        start_work(by=town.officer, report_id=report.pk)
        wait_outside(by=town.officer, report_id=report.pk, waiting_for=f"Ông {named} cho vào")
        resume_work(by=town.officer, report_id=report.pk)
        shown_after(town.officer, report)
        resolve_report(by=town.officer, report_id=report.pk, closing_text=f"{CLOSING} Đã báo chị {named}, 0912345678.")
        public = for_public.public_report(report.code, "vi")
        assert public is not None
        shown.append((public.closing_text, public.text, [line.text for line in public.timeline]))
        unit = [line.step for line in reading.timeline(found(report.pk), at_the_centre=False)]
        assert "named_reporter" not in unit
        assert steps(report).count("named_reporter") == (3 if named == "Trần Thị Bưởi" else 0)
    assert shown[0] == shown[1]
    assert "•••" in shown[0][0]
    assert "Bưởi" not in str(shown)
