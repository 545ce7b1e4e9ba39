"""What goes and what stays: dates, legal holds, bytes needed twice, and races between them."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, connections

from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import actor_with
from songcau.foundation.audit.models import Entry
from songcau.foundation.files import actions, holding, parts, refusals, tasks, uses, verifying
from songcau.foundation.files.actions import keeping, retention
from songcau.foundation.files.models import Blob, FileLink, Upload
from songcau.foundation.files.parts import Part
from songcau.foundation.files.queries import files_of
from songcau.foundation.files.storage import store
from songcau.foundation.files.stores import StoreFull
from songcau.foundation.files.tests import samples
from songcau.foundation.files.tests.conftest import EVIDENCE, PAPERS, SUBJECT
from songcau.foundation.files.tests.talking import stored
from songcau.foundation.files.uses import Subject
from songcau.foundation.files.verifying import Fault
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.kernel.actor import NOBODY, SYSTEM, Actor
from songcau.kernel.ids import new_id

pytestmark = pytest.mark.django_db


def long_ago(**changed: object) -> None:
    FileLink.objects.update(retain_until=clock.now() - timedelta(days=1))
    Blob.objects.update(touched_at=clock.now() - timedelta(days=3))


def test_an_expired_file_goes_and_its_bytes_after_it(by: Actor) -> None:
    link = stored(by)
    tasks.remove_expired_files()
    assert FileLink.objects.exists(), "its date has not come"
    long_ago()
    tasks.remove_expired_files()
    assert not FileLink.objects.exists()
    assert store().has(link.blob.digest)
    tasks.remove_unneeded_content()
    assert not store().has(link.blob.digest)
    assert not Blob.objects.exists()
    assert {"files.remove", "files.delete_content"} <= set(Entry.objects.values_list("action", flat=True))
    assert Event.objects.get(name="files.FileRemoved").payload["expired"] is True


def test_bytes_touched_today_are_left_alone(by: Actor) -> None:
    stored(by)
    FileLink.objects.all().delete()
    assert actions.remove_unneeded(by=SYSTEM) == 0
    assert Blob.objects.count() == 1


def test_bytes_that_another_file_or_a_preview_needs_stay(by: Actor) -> None:
    first = stored(by, samples.photograph(), "a.jpg")
    second = stored(by, samples.photograph(), "b.jpg", EVIDENCE.name)
    actions.draw_previews(by=SYSTEM, blob_id=first.blob_id)
    actions.remove_file(by=by, file_id=first.pk)
    long_ago()
    assert actions.remove_unneeded(by=SYSTEM) == 0
    assert Blob.objects.count() == 3
    actions.remove_file(by=by, file_id=second.pk)
    assert actions.remove_unneeded(by=SYSTEM) == 2
    assert actions.remove_unneeded(by=SYSTEM) == 1, "the preview goes after what it shows"
    assert list(store().digests()) == []


def test_while_a_backup_reads_the_store_nothing_goes(by: Actor) -> None:
    link = stored(by)
    actions.remove_file(by=by, file_id=link.pk)
    long_ago()
    with holding.everything_held():
        assert actions.remove_unneeded(by=SYSTEM) == 0
        assert list(store().digests()) != []
    assert actions.remove_unneeded(by=SYSTEM) == 1


def test_nobody_and_no_date_removes_what_is_held(by: Actor) -> None:
    link, keeper = stored(by), actor_with(Role.SYSTEM_ADMINISTRATOR)
    with pytest.raises(refusals.MayNotHoldFile):
        actions.hold_file(by=by, file_id=link.pk, reason="x")
    with pytest.raises(refusals.HoldReasonMissing):
        actions.hold_file(by=keeper, file_id=link.pk, reason="  ")
    with pytest.raises(refusals.FileUnknown):
        actions.hold_file(by=keeper, file_id=new_id(), reason="x")
    with pytest.raises(refusals.NotHeld):
        actions.release_file(by=keeper, file_id=link.pk, reason="x")
    actions.hold_file(by=keeper, file_id=link.pk, reason="Theo yêu cầu của cơ quan điều tra")
    with pytest.raises(refusals.HeldAlready):
        actions.hold_file(by=keeper, file_id=link.pk, reason="x")
    with pytest.raises(refusals.Held) as raised:
        actions.remove_file(by=by, file_id=link.pk)
    assert "cơ quan điều tra" in str(raised.value.params["reason"])
    long_ago()
    assert actions.remove_expired(by=SYSTEM) == 0
    assert actions.remove_unneeded(by=SYSTEM) == 0
    with pytest.raises(refusals.HoldReasonMissing):
        actions.release_file(by=keeper, file_id=link.pk, reason="")
    actions.release_file(by=keeper, file_id=link.pk, reason="Vụ việc đã kết thúc")
    assert actions.remove_expired(by=SYSTEM) == 1


def test_a_hold_set_after_the_list_was_read_counts(by: Actor) -> None:
    link = stored(by)
    long_ago()
    actions.hold_file(by=SYSTEM, file_id=link.pk, reason="x")
    assert not retention._remove_if_expired(SYSTEM, link.pk)
    assert not retention._remove_if_expired(SYSTEM, new_id())


def test_removing_is_for_whom_the_use_lets(by: Actor) -> None:
    link = stored(by)
    with pytest.raises(refusals.MayNotRemoveFile):
        actions.remove_file(by=NOBODY, file_id=link.pk)
    actions.remove_file(by=by, file_id=link.pk)
    with pytest.raises(refusals.FileUnknown):
        actions.remove_file(by=by, file_id=link.pk)


def test_a_file_is_attached_to_a_further_subject_without_sending_it_again(by: Actor) -> None:
    link = stored(by, samples.photograph(), "a.jpg", EVIDENCE.name)
    further = actions.attach_file(by=by, file_id=link.pk, use=EVIDENCE.name, subject=SUBJECT)
    assert (further.blob, further.original, further.name) == (link.blob, link.original, "a.jpg")
    assert actions.attach_file(by=by, file_id=link.pk, use=PAPERS.name, subject=SUBJECT).original is None
    assert files_of(SUBJECT.kind, SUBJECT.id).count() == 3
    with pytest.raises(refusals.MayNotReadFile):
        actions.attach_file(by=NOBODY, file_id=link.pk, use=PAPERS.name, subject=SUBJECT)
    with pytest.raises(refusals.MayNotUpload):
        actions.attach_file(by=by, file_id=link.pk, use=PAPERS.name, subject=Subject("tests.other", SUBJECT.id))


def test_attaching_gives_nobody_an_original_that_was_not_theirs_to_read(by: Actor) -> None:
    shut = replace(EVIDENCE, name="tests.shut", may_read_original=uses.nobody)
    uses.register(shut)
    link = stored(by, samples.photograph(), "a.jpg", shut.name)
    assert actions.attach_file(by=by, file_id=link.pk, use=EVIDENCE.name, subject=SUBJECT).original is None


def test_a_table_and_a_text_of_the_same_bytes_stay_what_their_names_say(by: Actor) -> None:
    table = stored(by, b"a,b\n1,2\n", "so.csv")
    note = stored(by, b"a,b\n1,2\n", "ghi chu.txt")
    assert table.blob == note.blob
    assert (table.name, note.name) == ("so.csv", "ghi chu.txt")
    assert actions.attach_file(by=by, file_id=note.pk, use=PAPERS.name, subject=SUBJECT).name == "ghi chu.txt"


def test_bytes_linked_again_after_the_list_was_read_stay(by: Actor) -> None:
    stored(by)
    long_ago()
    assert not retention._remove_if_unneeded(SYSTEM, Blob.objects.get().pk)
    assert not retention._remove_if_unneeded(SYSTEM, new_id())


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: nobody comes in between")
@pytest.mark.django_db(transaction=True)
def test_the_same_bytes_sent_while_they_are_deleted_are_there_afterwards(
    by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deletion is held open in the middle while the same file comes in: it must wait, then store it anew."""
    link = stored(by)
    actions.remove_file(by=by, file_id=link.pk)
    long_ago()
    in_the_middle, plain = threading.Event(), store().delete

    def slow(digest: str) -> None:
        in_the_middle.set()
        sender.join(0.5)
        plain(digest)

    def send() -> None:
        try:
            in_the_middle.wait(10)
            stored(by)
        finally:
            connections.close_all()

    monkeypatch.setattr(store(), "delete", slow)
    sender = threading.Thread(target=send)
    sender.start()
    assert actions.remove_unneeded(by=SYSTEM) == 1
    sender.join(20)
    kept = FileLink.objects.select_related("blob").get()
    assert store().has(kept.blob.digest)
    assert [finding for finding in verifying.findings() if finding] == []


def test_verification_names_what_is_missing_changed_and_unknown(by: Actor) -> None:
    links = [stored(by, content, f"{content.decode()}.txt") for content in (b"well", b"missing", b"corrupt")]
    store().delete(links[1].blob.digest)
    store().path_of(links[2].blob.digest).write_bytes(b"corrupted")  # type: ignore[attr-defined]
    stranger = parts.folder() / "stranger"
    stranger.write_bytes(b"?")
    store().put(stranger, "0" * 64)
    found = {finding.digest: finding for finding in verifying.findings() if finding}
    assert {digest: one.fault for digest, one in found.items()} == {
        links[1].blob.digest: Fault.MISSING,
        links[2].blob.digest: Fault.CORRUPT,
        "0" * 64: Fault.ORPHAN,
    }
    assert found[links[1].blob.digest].names == ("missing.txt",)
    assert verifying.total() == 3
    actions.remove_file(by=by, file_id=links[1].pk)
    assert Fault.MISSING not in {finding.fault for finding in verifying.findings() if finding}


class TestLateAndLeftOver:
    """The jobs that finish and tidy uploads."""

    @pytest.fixture
    def upload(self, by: Actor) -> Upload:
        upload = actions.start_upload(by=by, use=PAPERS.name, subject=SUBJECT, name="a.txt", length=3)
        Part(upload.pk).append(iter([b"abc"]), 3)
        Upload.objects.update(created_at=clock.now() - timedelta(hours=1))
        return upload

    def test_what_arrived_whole_before_the_process_died_is_taken_in(self, upload: Upload, by: Actor) -> None:
        tasks.finish_received_uploads()
        tasks.finish_received_uploads()
        assert FileLink.objects.get().uploader_id == by.id

    def test_what_somebody_still_writes_to_or_has_no_bytes_is_left(self, upload: Upload, by: Actor) -> None:
        with Part(upload.pk).locked():
            tasks.finish_received_uploads()
        assert not FileLink.objects.exists()
        Part(upload.pk).remove()
        tasks.finish_received_uploads()
        assert not FileLink.objects.exists()

    def test_a_refusal_ends_it_and_a_full_store_lets_the_job_be_tried_again(
        self, upload: Upload, by: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_args: object) -> bool:
            raise StoreFull

        with monkeypatch.context() as patched:
            patched.setattr(store(), "put", full)
            with pytest.raises(StoreFull):
                tasks.finish_received_uploads()
        Part(upload.pk).path.write_bytes(b"MZ\0")
        tasks.finish_received_uploads()
        upload.refresh_from_db()
        assert upload.refusal == "FILE_ACTIVE_CONTENT"

    def test_an_upload_is_finished_once_and_only_whole(self, by: Actor) -> None:
        upload = actions.start_upload(by=by, use=PAPERS.name, subject=SUBJECT, name="a.txt", length=3)
        with pytest.raises(refusals.UploadIncomplete):
            actions.finish_upload(by=by, upload_id=upload.pk)
        with pytest.raises(refusals.UploadUnknown):
            actions.finish_upload(by=NOBODY, upload_id=upload.pk)
        Part(upload.pk).append(iter([b"abc"]), 3)
        first = actions.finish_upload(by=by, upload_id=upload.pk)
        assert actions.finish_upload(by=by, upload_id=upload.pk).link == first.link

    def test_two_that_finish_at_once_store_one_file(
        self, upload: Upload, by: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without the lock on the part file, the row's own state still decides."""
        plain = keeping.keep

        def keep_and_lose(*args: object, **named: object) -> Blob:
            blob = plain(*args, **named)  # type: ignore[arg-type]
            Upload.objects.update(state="STORED")
            return blob

        monkeypatch.setattr("songcau.foundation.files.actions.uploads.keep", keep_and_lose)
        actions.finish_upload(by=by, upload_id=upload.pk)
        assert not FileLink.objects.exists()

    def test_abandoned_uploads_and_stray_parts_go(self, upload: Upload, by: Actor, monkeypatch: object) -> None:
        other = actions.start_upload(by=by, use=PAPERS.name, subject=SUBJECT, name="b.txt", length=3)
        lost = actions.start_upload(by=by, use=PAPERS.name, subject=SUBJECT, name="c.txt", length=3)
        Part(lost.pk).remove()
        Upload.objects.exclude(pk=other.pk).update(expires_at=clock.now())
        stray = parts.folder() / f"{new_id()}.part"
        stray.touch()
        half_drawn = parts.folder() / "previews.of_a_killed_worker"
        half_drawn.mkdir()
        (half_drawn / "source").touch()
        with Part(upload.pk).locked():
            tasks.remove_abandoned_uploads()
        assert set(Upload.objects.values_list("pk", flat=True)) == {upload.pk, other.pk}
        with clock.frozen(clock.now() + timedelta(days=3)):
            tasks.remove_abandoned_uploads()
        assert {file.stem for file in parts.folder().iterdir()} == {str(other.pk)}
        assert not stray.exists()

    def test_bytes_of_somebody_who_lost_the_right_meanwhile_are_not_taken_in_by_the_job(
        self, upload: Upload, by: Actor
    ) -> None:
        uses.register(replace(PAPERS, may_upload=lambda _actor, _subject: False))
        with pytest.raises(refusals.MayNotUpload):
            actions.finish_upload(by=by, upload_id=upload.pk)
        tasks.finish_received_uploads()
        assert not FileLink.objects.exists()
        upload.refresh_from_db()
        assert upload.refusal == "MAY_NOT_UPLOAD"
        assert list(parts.folder().iterdir()) == []


def test_what_was_sent_is_forgotten_by_the_city_alone_and_not_under_hold(by: Actor) -> None:
    link = stored(by, samples.photograph(), "a.jpg", EVIDENCE.name)
    with pytest.raises(refusals.MayNotRemoveFile):
        actions.forget_original(by=by, file_id=link.pk)
    actions.hold_file(by=SYSTEM, file_id=link.pk, reason="Toà án yêu cầu giữ")
    assert not actions.forget_original(by=SYSTEM, file_id=link.pk)
    actions.release_file(by=SYSTEM, file_id=link.pk, reason="Đã xong")
    assert actions.forget_original(by=SYSTEM, file_id=link.pk)
    assert not actions.forget_original(by=SYSTEM, file_id=link.pk)
    assert FileLink.objects.get(pk=link.pk).original is None
