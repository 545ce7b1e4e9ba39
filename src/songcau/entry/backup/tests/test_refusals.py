"""What goes wrong is said in a sentence, and nothing is left behind."""

import errno
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from songcau.entry.backup import files, restoring, tables, targets
from songcau.entry.backup.copytext import lines
from songcau.entry.backup.refusals import (
    AuditKeyDiffers,
    BackupExists,
    BackupTooNew,
    CannotWrite,
    ChainFaulty,
    CityRuns,
    Damaged,
    DatabaseAway,
    DatabaseNewer,
    DatabaseUnprepared,
    Differs,
    KeyMissing,
    KeyWrong,
    NoRoom,
    NotABackup,
    RestoreCannotWrite,
    RestoreNoRoom,
    RowsRefused,
    TargetHoldsStrangers,
    TargetNotEmpty,
)
from songcau.entry.backup.tests.cities import POSTGRESQL, SQLITE, City, new_city, told_by
from songcau.entry.backup.tests.conftest import ENGINES
from songcau.entry.backup.tests.test_there_and_back import KEY, back_up, bring_back
from songcau.entry.processes import say_ready
from songcau.foundation.audit import guards
from songcau.foundation.files.stores import StoreFull

Place = Callable[..., City]
Origin = Callable[[str], City]


def left_in(city: City) -> dict[str, object]:
    """What stands in the folder and the database of a place: every file by its hash, every table by its rows."""
    folder, found = city.settings.data, {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        # The bytes of an SQLite database change with its way of keeping a log; its rows must not.
        if not path.name.startswith("songcau.sqlite3"):
            with path.open("rb") as stream:
                found[str(path.relative_to(folder))] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found | (_rows_in_postgresql(city) if city.database.vendor == "postgresql" else _rows_in_sqlite(city))


def _rows_in_postgresql(city: City) -> dict[str, object]:
    with city.within(), connection.cursor() as cursor:
        found: dict[str, object] = {}
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{name}" AS t ORDER BY 1')  # noqa: S608  # names from the database
            found[name] = cursor.fetchall()
        return found


def _rows_in_sqlite(city: City) -> dict[str, object]:
    file = city.settings.data / "songcau.sqlite3"
    if not file.exists():
        return {}
    with closing(sqlite3.connect(file)) as line:
        return {"songcau.sqlite3": list(line.iterdump())}


def refused(city: City, file: Path, error: type[Exception], key: str | None = None, **options: bool) -> Exception:
    """The restore is refused with this error, and the place is as it was."""
    before = left_in(city)
    with pytest.raises(error) as caught:
        bring_back(city, file, key, **options)
    assert left_in(city) == before
    return caught.value


@pytest.mark.parametrize("engine", ENGINES)
def test_a_place_that_was_changed_is_not_as_it_was(
    full: City, place: Place, tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the other tests lean on: one byte of a file, one value in a row."""
    back_up(full, tmp_path / "b")
    target = place(engine)
    bring_back(target, tmp_path / "b")

    def change_a_row() -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE places_unit SET name = 'x' WHERE code = '05449'")

    def change_a_file() -> None:
        file = next(target.settings.data.glob("files/??/??/*"))
        file.write_bytes(file.read_bytes() + b"x")

    for change in (change_a_row, change_a_file):

        def changed_and_refused(*_given: object, change: Callable[[], None] = change, **_options: object) -> None:
            with target.within():
                change()
            raise Damaged(file=tmp_path, at=0)

        monkeypatch.setattr("songcau.entry.backup.tests.test_refusals.bring_back", changed_and_refused)
        with pytest.raises(AssertionError):
            refused(target, tmp_path / "b", Damaged)


@pytest.fixture
def file(full: City, tmp_path: Path) -> Path:
    back_up(full, tmp_path / "b", KEY)
    return tmp_path / "b"


def test_a_bit_flipped_a_tail_cut_off_and_other_files_change_nothing(file: Path, place: Place) -> None:
    target, content = place(), file.read_bytes()
    for changed in (
        content[:-1],
        content[: len(content) // 2],
        content[:1000] + bytes([content[1000] ^ 1]) + content[1001:],
    ):
        file.write_bytes(changed)
        refused(target, file, Damaged, KEY)
    file.write_bytes(b"not a backup")
    refused(target, file, NotABackup, KEY)


def test_the_wrong_key_and_no_key_change_nothing(file: Path, place: Place) -> None:
    target = place()
    refused(target, file, KeyWrong, "another long passphrase")
    refused(target, file, KeyMissing, None)


def test_another_audit_key_is_refused_unless_it_is_lost(file: Path, place: Place) -> None:
    from pydantic import SecretStr

    target = place(audit_key=SecretStr("b" * 40))
    refused(target, file, AuditKeyDiffers, KEY)
    done = bring_back(target, file, KEY, despite_audit=True)
    assert done.audit_faults == 0  # the tests have one audit key in Django's settings


@pytest.mark.parametrize("engine", ENGINES)
def test_a_chain_with_faults_is_refused_unless_asked_for(full: City, place: Place, tmp_path: Path, engine: str) -> None:
    with full.within(), guards.ENTRIES.dropped(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET action = 'places.nothing' WHERE sequence = 3")
    back_up(full, tmp_path / "b")
    target = place(engine)
    found = refused(target, tmp_path / "b", ChainFaulty)
    assert found.params == {"faults": 1, "sequence": 3}  # type: ignore[attr-defined]
    assert bring_back(target, tmp_path / "b", despite_audit=True).audit_faults == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_a_city_that_is_there_is_left_alone(full: City, of: Origin, tmp_path: Path, engine: str) -> None:
    back_up(full, tmp_path / "b")
    target = of(engine)
    before = told_by(target)
    refused(target, tmp_path / "b", TargetNotEmpty)
    assert told_by(target) == before


def test_files_without_a_database_are_somebodys_too(full: City, tmp_path: Path) -> None:
    back_up(full, tmp_path / "b")
    (full.settings.data / "songcau.sqlite3").unlink()
    refused(full, tmp_path / "b", TargetNotEmpty)


def test_what_a_killed_restore_left_does_not_stand_in_the_way(full: City, place: Place, tmp_path: Path) -> None:
    back_up(full, tmp_path / "b")
    target = place()
    bring_back(target, tmp_path / "b")
    (target.settings.data / "songcau.sqlite3").rename(target.settings.data / ".songcau.sqlite3.restoring")
    with target.within():
        digests = list(restoring.store().digests())
    (target.settings.data / "restoring.new").write_text("".join(f"{digest}\n" for digest in digests))
    bring_back(target, tmp_path / "b")
    assert not (target.settings.data / ".songcau.sqlite3.restoring").exists()
    assert not (target.settings.data / "restoring.new").exists()


def test_a_running_city_is_not_overwritten(
    full: City, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(full, tmp_path / "b")
    target = place()
    say_ready(target.settings.data, "web")
    monkeypatch.setattr(Path, "read_bytes", lambda _path: b"python\0-m\0songcau\0web")
    assert "web" in str(refused(target, tmp_path / "b", CityRuns))
    # The number is another program's by now.
    monkeypatch.setattr(Path, "read_bytes", lambda _path: b"sleep\0001000")
    bring_back(target, tmp_path / "b")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_database_somebody_is_connected_to_is_not_replaced(
    full: City, of: Origin, tmp_path: Path, engine: str
) -> None:
    back_up(full, tmp_path / "b")
    target = of(engine)
    before = told_by(target)
    other = target.database.copy()
    other.ensure_connection()
    with other.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry")
    try:
        refused(target, tmp_path / "b", CityRuns, replace=True)
    finally:
        other.close()
    assert told_by(target) == before


@pytest.mark.parametrize("engine", [e for e in ENGINES if e != SQLITE])
def test_tables_of_somebody_else_are_left_alone(full: City, place: Place, tmp_path: Path, engine: str) -> None:
    back_up(full, tmp_path / "b")
    target = place(engine)
    with target.within(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE somebodys (n integer)")
    refused(target, tmp_path / "b", TargetHoldsStrangers, replace=True)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_disk_without_room_leaves_nothing_restored(
    full: City, place: Place, tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the tables and one file."""
    back_up(full, tmp_path / "b")
    target, put = place(engine), []

    def only_one(self: object, source: Path, digest: str) -> bool:
        put.append(digest)
        if len(put) > 1:
            raise StoreFull
        return real(self, source, digest)

    real = restoring.store.__wrapped__().__class__.put
    monkeypatch.setattr(restoring.store.__wrapped__().__class__, "put", only_one)
    refused(target, tmp_path / "b", RestoreNoRoom)
    assert len(put) == 2


def test_a_database_without_room_is_said_to_be_that(
    full: City, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's own limit on pages makes a genuine SQLITE_FULL."""
    back_up(full, tmp_path / "b")
    empty = targets.SqliteTarget.empty

    def leave_no_room(self: targets.SqliteTarget, names: object) -> None:
        empty(self, names)  # type: ignore[arg-type]
        with self.database.cursor() as cursor:
            cursor.execute("PRAGMA page_count")
            pages = cursor.fetchone()[0]
            cursor.execute(f"PRAGMA max_page_count = {pages}")

    monkeypatch.setattr(targets.SqliteTarget, "empty", leave_no_room)
    refused(place(), tmp_path / "b", RestoreNoRoom)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_restore_that_does_not_match_the_backup_is_undone(
    full: City, place: Place, tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(full, tmp_path / "b")
    kind = targets.SqliteTarget if engine == SQLITE else targets.PostgresqlTarget
    load = kind.load

    def lose_a_row(self: targets.Target, table: tables.Table, pieces: Iterator[bytes]) -> None:
        if table.name == "places_boundary":
            pieces = iter(["".join(f"{line}\n" for line in list(lines(pieces))[1:]).encode()])
        load(self, table, pieces)  # type: ignore[arg-type]

    monkeypatch.setattr(kind, "load", lose_a_row)
    assert "places_boundary" in str(refused(place(engine), tmp_path / "b", Differs))


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_that_point_at_nothing_are_refused(full: City, place: Place, tmp_path: Path, engine: str) -> None:
    with full.within(), connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute("DELETE FROM places_unit WHERE code = '05449'")
    back_up(full, tmp_path / "b")
    refused(place(engine), tmp_path / "b", RowsRefused)


@pytest.mark.parametrize("engine", [e for e in ENGINES if e != SQLITE])
def test_text_that_postgresql_cannot_hold_is_named_by_its_table(
    full: City, place: Place, tmp_path: Path, engine: str
) -> None:
    from songcau.foundation.outbox.models import Event

    with full.within():
        Event.objects.filter(subject="tests:1").update(trace="a\0b")
    back_up(full, tmp_path / "b")
    assert "outbox_event" in str(refused(place(engine), tmp_path / "b", RowsRefused))


def test_a_backup_of_a_newer_version_is_refused(full: City, place: Place, tmp_path: Path) -> None:
    with full.within(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('audit', '0099_later', '2027-01-01')"
        )
        with pytest.raises(DatabaseNewer):
            back_up(full, tmp_path / "b")
    assert not (tmp_path / "b").exists()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tables, "unknown", lambda _done: [])
        patched.setattr("songcau.entry.backup.writing.state_at", lambda done: tables.state_at(done[:-1]))
        patched.setattr(
            "songcau.entry.backup.writing.applied", lambda _db: [*tables.applied(connection), ("zz", "0099")]
        )
        with full.within(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '0099_later'")
        back_up(full, tmp_path / "b")
    refused(place(), tmp_path / "b", BackupTooNew)


def test_an_empty_place_has_nothing_to_back_up(place: Place, tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnprepared):
        back_up(place(), tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_a_file_that_is_there_is_not_overwritten(full: City, tmp_path: Path) -> None:
    (tmp_path / "b").write_text("precious")
    with pytest.raises(BackupExists):
        back_up(full, tmp_path / "b")
    assert (tmp_path / "b").read_text() == "precious"


@pytest.mark.parametrize(
    ("number", "error"), [(errno.ENOSPC, NoRoom), (errno.EDQUOT, NoRoom), (errno.EIO, CannotWrite)]
)
def test_a_disk_that_fails_at_the_last_moment_leaves_no_file(
    full: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception]
) -> None:
    def fail(_stream: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(files, "force", fail)
    (tmp_path / "to").mkdir()
    with pytest.raises(error):
        back_up(full, tmp_path / "to" / "b")
    assert list((tmp_path / "to").iterdir()) == []


def test_a_disk_that_fills_up_in_the_middle_leaves_no_file(full: City, tmp_path: Path) -> None:
    """The system's limit on the size of a file stands for the disk's: what a write says is the same."""
    import resource
    import signal

    (tmp_path / "to").mkdir()
    before, heard = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
        with pytest.raises(NoRoom):
            back_up(full, tmp_path / "to" / "b", KEY)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, heard)
    assert list((tmp_path / "to").iterdir()) == []


def test_a_database_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    away = new_city(POSTGRESQL, tmp_path / "away", "nothing")
    away.database.settings_dict |= {"HOST": "127.0.0.1", "PORT": "1"}
    with pytest.raises(DatabaseAway):
        back_up(away, tmp_path / "b")


def test_a_folder_that_cannot_be_written_is_named(full: City, place: Place, tmp_path: Path) -> None:
    back_up(full, tmp_path / "b")
    target = place()
    (tmp_path / "file").write_text("")
    target.settings = target.settings.model_copy(update={"data": tmp_path / "file" / "below"})
    with pytest.raises(RestoreCannotWrite, match="below"):
        bring_back(target, tmp_path / "b")
