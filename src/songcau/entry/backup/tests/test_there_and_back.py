"""A full city goes into one file and comes back, on either database from either database."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, transaction

from songcau.entry.backup.checking import Contents, check
from songcau.entry.backup.restoring import Restored, restore
from songcau.entry.backup.tests.cities import FILES, SQLITE, City, keep_file, told_by
from songcau.entry.backup.tests.conftest import ENGINES
from songcau.entry.backup.writing import Made, make_backup
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.audit.models import Entry
from songcau.foundation.audit.queries import chain_verdict
from songcau.foundation.files.storage import store
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM

Place = Callable[..., City]
KEY = "một câu rất dài để thử"


def back_up(city: City, file: Path, key: str | None = None) -> Made:
    with city.within():
        return make_backup(file, settings=city.settings, database=connection, passphrase=key, now=clock.now())


def bring_back(city: City, file: Path, key: str | None = None, **options: bool) -> Restored:
    with city.within():
        return restore(file, settings=city.settings, database=city.database, passphrase=key, **options)


@pytest.mark.parametrize("to", ENGINES)
@pytest.mark.parametrize("origin", ENGINES)
def test_every_row_and_file_comes_back(
    of: Callable[[str], City], place: Place, tmp_path: Path, origin: str, to: str
) -> None:
    source, target = of(origin), place(to)
    before = told_by(source)
    made = back_up(source, tmp_path / "b", KEY)
    assert (made.files, made.lacking, made.encrypted) == (3, 0, True)
    done = bring_back(target, tmp_path / "b", KEY)
    assert done.compared
    assert all(expected == found for _what, expected, found in done.compared)
    assert (done.audit_entries, done.audit_faults) == (len(before["Entry"]), 0)
    after = told_by(target)
    # The restore itself is in the log, behind everything that came back.
    assert [entry for entry in after.pop("Entry") if entry in before["Entry"]] == before.pop("Entry")
    assert after.pop("Head") != before.pop("Head")
    assert after == before
    with target.within():
        assert chain_verdict().is_whole
        assert Entry.objects.order_by("sequence").last().action == "backup.restore"
        assert sorted(b"".join(store().read(digest)) for digest in store().digests()) == sorted(FILES.values())


@pytest.mark.parametrize("to", ENGINES)
def test_the_restored_city_goes_on(full: City, place: Place, tmp_path: Path, to: str) -> None:
    """Guards stand again, counters go on behind the last number ever given, nobody is signed in."""
    with full.within():
        last = Event.objects.order_by("sequence").last()
        highest = last.sequence + 1  # written and deleted when the city was filled
        assert Session.objects.exists()
    back_up(full, tmp_path / "b")
    target = place(to)
    bring_back(target, tmp_path / "b")
    with target.within():
        assert not Session.objects.exists()
        with transaction.atomic():
            record_entry(by=SYSTEM, action="tests.write", subject="tests:1")
            last.pk, last.identifier = None, "0190aaaa-0000-7000-8000-000000000001"
            last.save(force_insert=True)
        assert last.sequence == highest + 1
        assert chain_verdict().is_whole
        from django.db import DatabaseError

        with pytest.raises(DatabaseError, match="only ever appended"), transaction.atomic():
            Entry.objects.filter(sequence=1).delete()
        call_command("migrate", check=True, verbosity=0)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_backup_holds_one_moment_and_hinders_nobody(
    of: Callable[[str], City], place: Place, tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody writes between two tables: what they wrote is in no table of the backup."""
    from songcau.entry.backup import writing

    source, waited = of(engine), []
    put_table = writing._put_table

    def write_in_between(*given: object) -> object:
        told = put_table(*given)
        if not waited:
            with transaction.atomic():
                record_entry(by=SYSTEM, action="tests.meanwhile", subject="tests:1")
            keep_file(source, "meanwhile.txt", b"meanwhile")
            waited.append(source.database.vendor)
        return told

    before = told_by(source)["Entry"]
    monkeypatch.setattr(writing, "_put_table", write_in_between)
    back_up(source, tmp_path / "b")
    assert waited == [engine]
    target = place(engine)
    bring_back(target, tmp_path / "b")
    restored = told_by(target)
    assert len(restored["Entry"]) == len(before) + 1
    assert "meanwhile.txt" not in repr(restored["FileLink"])
    with source.within():  # the next test finds it as it was
        from songcau.foundation.files.models import Blob, FileLink

        FileLink.objects.filter(name="meanwhile.txt").delete()
        Blob.objects.filter(size=9).delete()


@pytest.mark.parametrize("to", ENGINES)
def test_a_backup_from_before_an_upgrade_is_brought_forward(full: City, place: Place, tmp_path: Path, to: str) -> None:
    """The tables of an older version are made, filled, and migrated."""
    with full.within():
        call_command("migrate", "places", "0001", verbosity=0)
        call_command("migrate", "accounts", "0001", verbosity=0)
    made = back_up(full, tmp_path / "b")
    assert check(tmp_path / "b", None).rows == made.rows
    assert ("accounts", "0002_people_in_vietnamese_order") not in check(tmp_path / "b", None).migrations
    target = place(to)
    bring_back(target, tmp_path / "b")
    with target.within():
        call_command("migrate", check=True, verbosity=0)
        assert chain_verdict().is_whole
    assert len(told_by(target)["Unit"]) == 34
    assert len(told_by(target)["Person"]) == 1


def start_an_upload() -> None:
    from datetime import timedelta
    from uuid import UUID

    from songcau.foundation.files.models import FileLink, Upload

    Upload.objects.create(
        use="tests.papers",
        subject_kind="tests.dossier",
        subject_id=UUID(int=7),
        owner_id=UUID(int=1),
        owner_label="tests",
        name="đang gửi.pdf",
        length=7,
        created_at=clock.now(),
        expires_at=clock.now() + timedelta(days=1),
        link=FileLink.objects.first(),
    )


@pytest.mark.parametrize("to", ENGINES)
def test_uploads_under_way_are_not_in_a_backup(full: City, place: Place, tmp_path: Path, to: str) -> None:
    """Their bytes are not: rows without them would wait in vain, and tell who sent what."""
    from songcau.foundation.files.models import Upload

    with full.within():
        start_an_upload()
    back_up(full, tmp_path / "b")
    assert "files_upload" not in check(tmp_path / "b", None).tables
    target = place(to)
    bring_back(target, tmp_path / "b")
    with target.within():
        assert not Upload.objects.exists()


@pytest.mark.parametrize("to", ENGINES)
def test_rows_that_an_older_version_kept_are_passed_over(
    full: City, place: Place, tmp_path: Path, to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from songcau.entry.backup import tables
    from songcau.foundation.files.models import Upload

    with full.within():
        start_an_upload()
    with monkeypatch.context() as older:
        older.setattr(tables, "PASSING", tables.PASSING - {"files_upload"})
        back_up(full, tmp_path / "b")
    assert check(tmp_path / "b", None).tables["files_upload"]["rows"] == 1
    target = place(to)
    done = bring_back(target, tmp_path / "b")
    assert "files_upload" not in [what for what, _expected, _found in done.compared]
    with target.within():
        assert not Upload.objects.exists()


def test_verifying_tells_what_restoring_would_find(full: City, tmp_path: Path) -> None:
    made = back_up(full, tmp_path / "b", KEY)
    told = check(tmp_path / "b", KEY)
    assert isinstance(told, Contents)
    assert (told.rows, told.files, told.bytes, told.encrypted) == (made.rows, 3, sum(map(len, FILES.values())), True)
    assert told.keys == {name: getattr(full.settings, name).get_secret_value() for name in ("secret_key", "audit_key")}
    assert told.engine == SQLITE


def test_the_keys_of_the_city_are_only_in_an_encrypted_backup(full: City, tmp_path: Path) -> None:
    back_up(full, tmp_path / "b")
    assert check(tmp_path / "b", None).keys == {}
    content = (tmp_path / "b").read_bytes()
    assert full.settings.audit_key.get_secret_value().encode() not in content
    assert full.settings.secret_key.get_secret_value().encode() not in content


def test_a_file_that_is_lost_or_wrong_is_named_and_the_rest_is_kept(full: City, place: Place, tmp_path: Path) -> None:
    with full.within():
        lost, wrong = sorted(store().digests())[:2]
        store().path_of(lost).unlink()
        store().path_of(wrong).write_bytes(b"something else")
    made = back_up(full, tmp_path / "b")
    assert (made.files, made.lacking, set(made.named)) == (1, 2, {lost, wrong})
    assert check(tmp_path / "b", None).lacking == 2
    done = bring_back(place(), tmp_path / "b")
    assert done.compared[-1] == ("files", 1, 1)


def test_bytes_whose_upload_is_not_finished_are_not_called_lost(full: City, tmp_path: Path) -> None:
    """The row is written before the bytes: no file needs them yet."""
    from songcau.foundation.files.models import FileLink

    with full.within():
        link = FileLink.objects.select_related("blob").first()
        link.delete()
        store().delete(link.blob.digest)
    made = back_up(full, tmp_path / "b")
    assert (made.files, made.lacking) == (2, 0)


def test_no_file_goes_while_a_backup_reads_them(full: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from songcau.entry.backup import writing
    from songcau.foundation.files.actions import remove_unneeded
    from songcau.foundation.files.models import Blob, FileLink

    put_files, removed = writing._put_files, []

    def remove_first(*given: object) -> object:
        with transaction.atomic():
            FileLink.objects.all().delete()
            Blob.objects.update(touched_at=clock.now() - timedelta(days=9))
        removed.append(remove_unneeded(by=SYSTEM))
        return put_files(*given)

    monkeypatch.setattr(writing, "_put_files", remove_first)
    made = back_up(full, tmp_path / "b")
    assert (removed, made.files, made.lacking) == ([0], 3, 0)
    with full.within():
        assert remove_unneeded(by=SYSTEM) == 3


@pytest.mark.parametrize("to", ENGINES)
def test_a_city_is_replaced_only_when_asked_for(full: City, place: Place, tmp_path: Path, to: str) -> None:
    back_up(full, tmp_path / "b")
    target = place(to)
    bring_back(target, tmp_path / "b")
    with target.within():
        keep_file(target, "later.txt", b"later")
        record = told_by(target)["Entry"]
    bring_back(target, tmp_path / "b", replace=True)
    after = told_by(target)
    assert len(after["Entry"]) == len(record)
    assert "later.txt" not in repr(after["FileLink"])
    with target.within():
        assert sorted(b"".join(store().read(digest)) for digest in store().digests()) == sorted(FILES.values())
