"""Pictures are taken in after the answer, once, whoever does it; a bad one is told to its sender."""

from collections.abc import Callable

import pytest

from songcau.foundation.files.actions import finish_upload
from songcau.foundation.files.models import FileLink, Upload
from songcau.foundation.files.parts import Part
from songcau.foundation.files.receiving import Held
from songcau.foundation.files.stores import StoreFull
from songcau.kernel.actor import NOBODY, SYSTEM
from songcau.systems.citizen_reports.actions import pictures, submit_report, take_in_pictures, take_in_waiting
from songcau.systems.citizen_reports.actions.submitting import Contact
from songcau.systems.citizen_reports.models import Attachment, Report
from songcau.systems.citizen_reports.rules import AttachmentState, Visibility
from songcau.systems.citizen_reports.tests.town import Town, draft, found
from songcau.systems.citizen_reports.tests.working import announced, held, lines, spoilt, steps


def sent(*held_ones: Held) -> Report:
    submitted = submit_report(by=NOBODY, draft=draft(), contact=Contact(), pictures=held_ones)
    return found(submitted.report_id)


def test_pictures_are_taken_in_once(town: Town) -> None:
    report = sent(held("Nguyễn Văn An.JPG"), held("lạ.không rõ đuôi.jpg"))
    assert take_in_pictures(by=SYSTEM, report_id=report.pk) == 2
    assert take_in_pictures(by=SYSTEM, report_id=report.pk) == 0
    ready = Attachment.objects.filter(report=report, state=AttachmentState.READY)
    names = {FileLink.objects.get(pk=one.file_id).name for one in ready}
    assert names == {"1.jpg", "2.jpg"}
    assert announced(report).count("PictureReceived") == 2


def test_an_ending_that_is_a_name_is_left_out(town: Town) -> None:
    report = sent(held("ảnh của.Buoi"))
    take_in_pictures(by=SYSTEM, report_id=report.pk)
    assert "buoi" not in FileLink.objects.get().name.lower()


def test_the_job_takes_in_what_no_event_brought(town: Town) -> None:
    sent(held())
    sent(held())
    assert (take_in_waiting(by=SYSTEM), take_in_waiting(by=SYSTEM)) == (2, 0)


def test_what_files_own_job_finished_is_seen(town: Town) -> None:
    report = sent(held())
    attachment = Attachment.objects.get()
    assert attachment.upload_id is not None
    with Part(attachment.upload_id).locked():
        # Somebody is at it: it stays waiting.
        assert take_in_pictures(by=SYSTEM, report_id=report.pk) == 0
        finish_upload(by=SYSTEM, upload_id=attachment.upload_id)
    assert take_in_pictures(by=SYSTEM, report_id=report.pk) == 1
    assert Attachment.objects.get().state == AttachmentState.READY


def test_a_spoilt_picture_is_told_to_its_sender(town: Town) -> None:
    report = sent(spoilt(), held())
    assert take_in_pictures(by=SYSTEM, report_id=report.pk) == 2
    refused = Attachment.objects.get(state=AttachmentState.REFUSED)
    line = lines(report, "refuse_picture")
    assert (line.visibility, line.params["reason"], bool(refused.refusal)) == (
        Visibility.REPORTER,
        refused.refusal,
        True,
    )
    assert found(report.pk).changed_at


def test_what_files_refused_before_us_is_refused(town: Town) -> None:
    report = sent(spoilt())
    attachment = Attachment.objects.get()
    assert attachment.upload_id is not None
    with pytest.raises(Exception), Part(attachment.upload_id).locked():  # noqa: B017, PT011
        finish_upload(by=SYSTEM, upload_id=attachment.upload_id)
    assert take_in_pictures(by=SYSTEM, report_id=report.pk) == 1
    assert Attachment.objects.get().refusal == Upload.objects.get().refusal


@pytest.mark.parametrize("lose", [lambda: Upload.objects.all().delete(), lambda: None])
def test_bytes_that_are_gone_are_said_to_be(town: Town, lose: Callable[[], object]) -> None:
    report = sent(held())
    attachment = Attachment.objects.get()
    assert attachment.upload_id is not None
    Part(attachment.upload_id).remove()
    lose()
    assert take_in_pictures(by=SYSTEM, report_id=report.pk) == 1
    assert Attachment.objects.get().refusal == "UPLOAD_UNKNOWN"


def test_a_full_store_is_tried_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    report = sent(held())

    def full(**_given: object) -> None:
        raise StoreFull

    with monkeypatch.context() as patched:
        patched.setattr(pictures, "finish_held", full)
        with pytest.raises(StoreFull):
            take_in_pictures(by=SYSTEM, report_id=report.pk)
    assert Attachment.objects.get().state == AttachmentState.WAITING
    assert take_in_pictures(by=SYSTEM, report_id=report.pk) == 1


def test_two_workers_note_it_once(town: Town) -> None:
    report = sent(held())
    attachment = Attachment.objects.get()
    take_in_pictures(by=SYSTEM, report_id=report.pk)
    assert pictures._noted(SYSTEM, attachment.pk, None, "LATE") is False
    assert "refuse_picture" not in steps(report)
