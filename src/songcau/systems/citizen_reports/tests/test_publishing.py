"""Nothing is public before a person approved it, and then only a copy without what was to be hidden."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.audit.models import Entry as AuditEntry
from songcau.foundation.files.actions import finish_upload, read_file, register_held
from songcau.foundation.files.models import Blob, FileLink
from songcau.foundation.files.parts import Busy
from songcau.foundation.files.receiving import hold_bytes
from songcau.foundation.files.refusals import MayNotReadFile
from songcau.foundation.files.rules import Scan
from songcau.foundation.files.storage import store
from songcau.foundation.files.tests.samples import photograph
from songcau.foundation.files.uses import Subject
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.kernel.actor import NOBODY, SYSTEM
from songcau.systems.citizen_reports import tasks
from songcau.systems.citizen_reports.actions import publishing
from songcau.systems.citizen_reports.actions.evidence import EVIDENCE, SUBJECT
from songcau.systems.citizen_reports.actions.publishing import (
    PUBLIC_PICTURE,
    PictureNotReviewable,
    PictureUnknown,
    approve_picture,
    catch_up_pictures,
    make_public_copies,
    make_public_copy,
    suggest_boxes,
    withhold_picture,
)
from songcau.systems.citizen_reports.adapters.blurring import PictureUnreadable
from songcau.systems.citizen_reports.events import PictureReceived, ReportChanged
from songcau.systems.citizen_reports.models import Attachment, Report
from songcau.systems.citizen_reports.rules import AttachmentKind, AttachmentState, BlurState
from songcau.systems.citizen_reports.rules.boxes import Box, BoxesMalformed, BoxKind
from songcau.systems.citizen_reports.tests.town import Town, send

pytestmark = pytest.mark.django_db(transaction=True)
FACE = Box(0.25, 0.25, 0.5, 0.5, BoxKind.FACE, 0.75)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Box]:
    """What the machine finds: it is tried in `blurring/test_finding.py`."""
    boxes = [FACE]
    monkeypatch.setattr(publishing, "detected", lambda _file: boxes)
    return boxes


def received(report: Report, content: bytes | None = None, name: str = "ảnh.jpg") -> Attachment:
    """A picture of the report that was cleaned and stored."""
    content = content or photograph()
    held = hold_bytes(use=EVIDENCE, name=name, chunks=iter([content]), length=len(content))
    register_held(by=SYSTEM, use=EVIDENCE, subject=Subject(SUBJECT, report.pk), held=held)
    link = finish_upload(by=SYSTEM, upload_id=held.upload_id).link
    kind, state = AttachmentKind.PROBLEM, AttachmentState.READY
    return Attachment.objects.create(report=report, kind=kind, state=state, file_id=link.pk, at=clock.now())


def bytes_of(file_id: UUID | None) -> bytes:
    return b"".join(store().read(FileLink.objects.select_related("blob").get(pk=file_id).blob.digest))


def suggested(report: Report) -> Attachment:
    picture = received(report)
    assert suggest_boxes(picture.pk)
    return picture


def approved(town: Town, report: Report) -> Attachment:
    picture = suggested(report)
    approve_picture(by=town.desk, attachment_id=picture.pk, boxes=[FACE.as_json()])
    assert make_public_copies(report.pk) == 1
    picture.refresh_from_db()
    return picture


def copies() -> int:
    return FileLink.objects.filter(use=PUBLIC_PICTURE).count()


def test_a_picture_that_came_in_gets_boxes_and_is_public_by_none_of_it(town: Town, found: list[Box]) -> None:
    picture = received(send())
    tasks.suggest_boxes(PictureReceived(picture.report_id, picture.pk), None)  # type: ignore[arg-type]
    picture.refresh_from_db()
    assert (picture.blur_state, picture.boxes, picture.public_file_id) == (BlurState.SUGGESTED, [FACE.as_json()], None)
    assert not suggest_boxes(picture.pk), "a second delivery changes nothing"
    assert copies() == 0


def test_what_a_person_approved_becomes_a_copy_that_is_not_the_original(town: Town, found: list[Box]) -> None:
    report = send()
    picture = suggested(report)
    approve_picture(by=town.desk, attachment_id=picture.pk, boxes=[{"x": 0, "y": 0, "width": 0.5, "height": 0.5}])
    tasks.make_public_copies(ReportChanged(report.pk, publishing.APPROVED_PICTURES), None)  # type: ignore[arg-type]
    picture.refresh_from_db()
    assert picture.blur_state == BlurState.APPROVED
    assert picture.boxes == [Box(0, 0, 0.5, 0.5).as_json()]
    link = FileLink.objects.get(pk=picture.public_file_id)
    assert (link.use, link.name, link.uploader_label) == (PUBLIC_PICTURE, "public.jpg", SYSTEM.label)
    assert bytes_of(link.pk) != bytes_of(picture.file_id)
    assert Event.objects.filter(name__endswith="ReportChanged").count() == 2
    assert AuditEntry.objects.filter(action="citizen_reports.approve_picture", actor_id=town.desk.id).exists()


def test_other_changes_of_a_report_make_no_copy(town: Town, found: list[Box]) -> None:
    picture = suggested(send())
    approve_picture(by=town.desk, attachment_id=picture.pk, boxes=[])
    tasks.make_public_copies(ReportChanged(picture.report_id, "pictures"), None)  # type: ignore[arg-type]
    assert copies() == 0


def test_the_public_reads_the_copy_only_while_the_report_is_public(town: Town, found: list[Box]) -> None:
    report = send()
    picture = approved(town, report)
    with pytest.raises(MayNotReadFile):
        read_file(by=NOBODY, file_id=picture.public_file_id)
    read_file(by=town.desk, file_id=picture.public_file_id)
    Report.objects.filter(pk=report.pk).update(published_at=clock.now())
    read_file(by=NOBODY, file_id=picture.public_file_id)
    with pytest.raises(MayNotReadFile):
        read_file(by=NOBODY, file_id=picture.file_id)
    Report.objects.filter(pk=report.pk).update(withheld=True)
    with pytest.raises(MayNotReadFile):
        read_file(by=NOBODY, file_id=picture.public_file_id)


def test_a_withheld_picture_loses_its_copy_and_may_be_approved_again(town: Town, found: list[Box]) -> None:
    picture = approved(town, send())
    withhold_picture(by=town.desk, attachment_id=picture.pk)
    withhold_picture(by=town.desk, attachment_id=picture.pk)
    picture.refresh_from_db()
    assert (picture.blur_state, picture.public_file_id, copies()) == (BlurState.WITHHELD, None, 0)
    assert make_public_copies(picture.report_id) == 0
    approve_picture(by=town.desk, attachment_id=picture.pk, boxes=[])
    assert catch_up_pictures() == 1
    assert copies() == 1


def test_approving_again_with_other_boxes_takes_the_first_copy_away(town: Town, found: list[Box]) -> None:
    picture = approved(town, send())
    approve_picture(by=town.desk, attachment_id=picture.pk, boxes=[FACE.as_json()])
    assert Attachment.objects.get().public_file_id == picture.public_file_id, "the same again changes nothing"
    approve_picture(by=town.desk, attachment_id=picture.pk, boxes=[])
    assert (Attachment.objects.get().public_file_id, copies()) == (None, 0)
    assert make_public_copies(picture.report_id) == 1
    assert make_public_copies(picture.report_id) == 0


@pytest.mark.parametrize("who", ["officer", "head", "mayor", "root"])
def test_only_the_centre_decides(town: Town, found: list[Box], who: str) -> None:
    picture = suggested(send())
    with pytest.raises(NotYours):
        approve_picture(by=getattr(town, who), attachment_id=picture.pk, boxes=[])
    with pytest.raises(NotYours):
        withhold_picture(by=getattr(town, who), attachment_id=picture.pk)


def test_what_cannot_be_reviewed_is_refused(town: Town, found: list[Box]) -> None:
    picture = received(send())
    for deed in (
        lambda: approve_picture(by=town.desk, attachment_id=picture.pk, boxes=[]),
        lambda: withhold_picture(by=town.desk, attachment_id=picture.pk),
    ):
        with pytest.raises(PictureNotReviewable):
            deed()
    with pytest.raises(PictureUnknown):
        withhold_picture(by=town.desk, attachment_id=uuid4())
    suggest_boxes(picture.pk)
    with pytest.raises(BoxesMalformed):
        approve_picture(by=town.desk, attachment_id=picture.pk, boxes="all")
    assert Attachment.objects.get().blur_state == BlurState.SUGGESTED


def refusing(_file: Path, *_more: object) -> list[Box]:
    raise PictureUnreadable(why="BROKEN")


def test_a_picture_that_cannot_be_opened_is_withheld(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "detected", refusing)
    picture = received(send())
    assert suggest_boxes(picture.pk)
    assert Attachment.objects.get().blur_state == BlurState.WITHHELD


def test_a_file_that_is_gone_is_withheld_before_and_after_approval(town: Town, found: list[Box]) -> None:
    gone = received(send())
    Attachment.objects.filter(pk=gone.pk).update(file_id=uuid4())
    assert suggest_boxes(gone.pk)
    later = suggested(send())
    approve_picture(by=town.desk, attachment_id=later.pk, boxes=[])
    Attachment.objects.filter(pk=later.pk).update(file_id=uuid4())
    assert not make_public_copy(later.pk)
    assert set(Attachment.objects.values_list("blur_state", flat=True)) == {BlurState.WITHHELD}


def test_a_picture_that_waits_for_the_scanner_is_looked_at_later(town: Town, found: list[Box]) -> None:
    picture = received(send())
    Blob.objects.update(scan=Scan.WAITING)
    assert catch_up_pictures() == 0
    Blob.objects.update(scan=Scan.CLEAN)
    assert catch_up_pictures() == 1
    assert Attachment.objects.get(pk=picture.pk).blur_state == BlurState.SUGGESTED


def test_a_film_gets_no_boxes_and_no_copy(town: Town, found: list[Box]) -> None:
    picture = received(send())
    Blob.objects.update(media_type="video/mp4")
    assert not suggest_boxes(picture.pk)
    Attachment.objects.update(blur_state=BlurState.APPROVED)
    assert not make_public_copy(picture.pk)
    assert copies() == 0


def _withheld_meanwhile(town: Town, picture: Attachment) -> Callable[..., None]:
    def deed(file: Path, boxes: list[Box], target: Path) -> None:
        withhold_picture(by=town.desk, attachment_id=picture.pk)
        target.write_bytes(file.read_bytes())

    return deed


def test_a_copy_that_was_under_way_when_somebody_withheld_it_is_thrown_away(
    town: Town, found: list[Box], monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = suggested(send())
    approve_picture(by=town.desk, attachment_id=picture.pk, boxes=[])
    monkeypatch.setattr(publishing, "blurred", _withheld_meanwhile(town, picture))
    assert not make_public_copy(picture.pk)
    assert (Attachment.objects.get().blur_state, copies()) == (BlurState.WITHHELD, 0)


def test_what_somebody_else_suggested_meanwhile_stays(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = received(send())

    def late(_file: Path) -> list[Box]:
        Attachment.objects.update(blur_state=BlurState.SUGGESTED)
        return [FACE]

    monkeypatch.setattr(publishing, "detected", late)
    assert not suggest_boxes(picture.pk)
    assert Attachment.objects.get().boxes == []


def test_a_picture_that_gives_no_copy_is_withheld_in_the_end(
    town: Town, found: list[Box], monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = suggested(send())
    approve_picture(by=town.desk, attachment_id=picture.pk, boxes=[])
    monkeypatch.setattr(publishing, "blurred", refusing)
    assert make_public_copies(picture.report_id) == 0
    assert Attachment.objects.get().blur_state == BlurState.WITHHELD


def test_a_worker_killed_before_it_linked_the_copy_leaves_no_second_one(
    town: Town, found: list[Box], monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = suggested(send())
    approve_picture(by=town.desk, attachment_id=picture.pk, boxes=[])

    def killed(*_given: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "_linked", killed)
        with pytest.raises(KeyboardInterrupt):
            make_public_copy(picture.pk)
    left = FileLink.objects.get(use=PUBLIC_PICTURE)
    with pytest.raises(MayNotReadFile):
        read_file(by=town.desk, file_id=left.pk)
    tasks.catch_up_pictures()
    assert FileLink.objects.get(use=PUBLIC_PICTURE).pk == Attachment.objects.get().public_file_id != left.pk


def test_a_copy_of_nothing_is_none(town: Town) -> None:
    assert not make_public_copy(uuid4())


def test_a_copy_that_another_job_is_at_is_made_later(
    town: Town, found: list[Box], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = send()
    picture = suggested(report)
    approve_picture(by=town.desk, attachment_id=picture.pk, boxes=[FACE.as_json()])

    class Taken:
        def __init__(self, _upload_id: UUID) -> None:
            raise Busy

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "Part", Taken)
        assert not make_public_copy(picture.pk)
    picture.refresh_from_db()
    assert picture.public_file_id is None
    assert make_public_copies(report.pk) == 1


def test_one_that_gives_no_copy_and_was_withheld_meanwhile_stays_so(
    town: Town, found: list[Box], monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = suggested(send())
    approve_picture(by=town.desk, attachment_id=picture.pk, boxes=[])

    def lost(_file: Path, *_more: object) -> list[Box]:
        withhold_picture(by=town.desk, attachment_id=picture.pk)
        return refusing(_file)

    monkeypatch.setattr(publishing, "blurred", lost)
    assert not make_public_copy(picture.pk)
    assert not AuditEntry.objects.filter(action="citizen_reports.picture_lost").exists()
