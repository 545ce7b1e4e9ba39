"""The broker's part of a backup on its own: out of a folder in which a broker works, into another, or not at all."""

import asyncio
import io
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from songcau.context.journal.copies import Extent, Rebuilt, extent_at_a_start
from songcau.context.journal.journal import Journal
from songcau.context.journal.sqlite import FILE, GUARD, SqliteStore
from songcau.context.journal.store import StoreError
from songcau.context.journal.tests.city import City
from songcau.context.rights.grants import GrantKey
from songcau.context.service import EXPECTATIONS, GRANTS_KEY, RETENTION
from songcau.entry.backup import broker
from songcau.entry.backup.broker_folder import BrokerFolder
from songcau.entry.backup.members import MemberWriter, members
from songcau.entry.backup.placing import ASIDE, NOTE, REPLACED
from songcau.entry.backup.refusals import (
    CityRuns,
    Damaged,
    Differs,
    JournalRefused,
    JournalUnreadable,
    RestoreNoRoom,
    TargetNotEmpty,
)
from songcau.entry.backup.sealing import SealedReader, SealedWriter
from songcau.entry.settings import Settings

EXPECTED = b'{"WeatherObserved": {"temperature": {"lowest": -10}}}'
KEPT = b'{"*": 3650}'
CHANGES = 120


def lived(data: Path, changes: int = CHANGES, seed: int = 1) -> Extent:
    """A broker's folder in which much has happened."""

    async def live() -> int:
        journal, city = Journal(data / "context"), City(seed)
        await journal.open()
        journal.knows(city.find)
        for _ in range(changes):
            await journal.append([city.anything()])
        await journal.close()
        return sum(map(len, city.tenants.values()))

    return Extent(asyncio.run(live()), changes)


@pytest.fixture(scope="session")
def lived_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("lived")
    lived(data)
    (data / "context" / EXPECTATIONS).write_bytes(EXPECTED)
    (data / "context" / RETENTION).write_bytes(KEPT)
    GrantKey.of(data / "context" / GRANTS_KEY)
    return data


@dataclass
class Stands:
    """What a restore into a database tells the broker's folder: whether that may be in its place."""

    may_stand: bool = False
    unconfirmed: str = ""


Carried = tuple[dict[str, Any], bytes]


def settings_of(data: Path, **values: object) -> Settings:
    return Settings(secret_key="s" * 40, audit_key="a" * 40, data=data, **values)  # type: ignore[arg-type]


def carried(data: Path, *, encrypted: bool = True, **values: object) -> Carried:
    stream = io.BytesIO()
    sealed = SealedWriter(stream, city="c", made_at="m", passphrase=None, form=broker.FORMAT)
    out = MemberWriter(sealed)
    told = broker.put_broker(out, settings_of(data, **values), encrypted=encrypted)
    out.put("end", {"broker": told})
    sealed.finish()
    return told, stream.getvalue()


def brought(
    data: Path,
    from_: Carried,
    *,
    replace: bool = False,
    target: Stands | None = None,
    ends: BaseException | None = None,
) -> BrokerFolder:
    """As a restore does it; `ends`: what comes up once everything is filled in."""
    told, content = from_
    data.mkdir(exist_ok=True)
    folder, target = BrokerFolder(data, told), target or Stands()
    with folder.held(replace=replace), folder.or_nothing(target):  # type: ignore[arg-type]
        reader = SealedReader(io.BytesIO(content), name="b", passphrase=None)
        for member in members(reader):
            if member.kind in broker.KINDS:
                folder.take(member)
        folder.compare([])
        if ends is not None:
            raise ends
    return folder


def left_in(data: Path) -> dict[str, bytes]:
    return {str(file.relative_to(data)): file.read_bytes() for file in data.rglob("*") if file.is_file()}


def test_a_broker_comes_back_as_it_was(lived_once: Path, tmp_path: Path) -> None:
    told, content = carried(lived_once)
    folder = brought(tmp_path / "there", (told, content))
    there = tmp_path / "there" / "context"
    assert (folder.unplaced, folder.left_over) == ("", "")
    assert {file.name for file in there.iterdir()} == {FILE, GUARD, EXPECTATIONS, RETENTION, GRANTS_KEY}
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in there.iterdir())
    assert (there / EXPECTATIONS).read_bytes() == EXPECTED
    assert (there / RETENTION).read_bytes() == KEPT
    assert (there / GRANTS_KEY).read_bytes() == (lived_once / "context" / GRANTS_KEY).read_bytes()
    assert not (tmp_path / "there" / NOTE).exists()
    assert extent_at_a_start(there) == Extent(told["entities"], told["sequence"])
    assert told["sequence"] == CHANGES


def test_the_key_of_the_grants_goes_into_an_encrypted_backup_only(lived_once: Path, tmp_path: Path) -> None:
    told, content = carried(lived_once, encrypted=False)
    assert set(told["files"]) == {EXPECTATIONS, RETENTION}
    assert (lived_once / "context" / GRANTS_KEY).read_bytes() not in content
    brought(tmp_path / "there", (told, content))
    assert not (tmp_path / "there" / "context" / GRANTS_KEY).exists()


def test_a_journal_that_is_there_is_replaced_only_when_asked_for(lived_once: Path, tmp_path: Path) -> None:
    mine = carried(lived_once, encrypted=False)
    lived(tmp_path, 30, seed=2)
    key = tmp_path / "context" / GRANTS_KEY
    GrantKey.of(key)
    with closing(sqlite3.connect(tmp_path / "context" / FILE)) as open_still:  # so that there is a write-ahead log
        open_still.execute("UPDATE mark SET value = value")
        open_still.commit()
        assert (tmp_path / "context" / (FILE + "-wal")).exists()
        before = left_in(tmp_path)
        with pytest.raises(TargetNotEmpty):
            brought(tmp_path, mine)
        assert left_in(tmp_path) == before
        folder = brought(tmp_path, mine, replace=True)
    assert folder.left_over == ""
    assert {file.name for file in (tmp_path / "context").iterdir()} == {
        FILE,
        GUARD,
        EXPECTATIONS,
        RETENTION,
        GRANTS_KEY,
    }
    # The backup brings no key: the one that is there still serves.
    assert before["context/grants.key"] == key.read_bytes()
    assert extent_at_a_start(tmp_path / "context").sequence == CHANGES


@pytest.mark.parametrize("name", [EXPECTATIONS, RETENTION])
def test_rules_alone_are_somebodys_too(lived_once: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "context").mkdir()
    (tmp_path / "context" / name).write_text("{}")
    with pytest.raises(TargetNotEmpty):
        brought(tmp_path, carried(lived_once))
    assert left_in(tmp_path) == {f"context/{name}": b"{}"}


@pytest.mark.parametrize("replace", [False, True])
def test_a_folder_that_a_broker_holds_is_left_alone(lived_once: Path, tmp_path: Path, replace: bool) -> None:
    mine = carried(lived_once)
    store = SqliteStore(tmp_path / "context")
    store.open()
    with pytest.raises(CityRuns):
        brought(tmp_path, mine, replace=replace)
    store.close()
    assert not (tmp_path / "context" / ASIDE).exists()


@pytest.mark.parametrize("is_there", [False, True])
def test_what_fails_before_the_database_stands_leaves_everything_as_it_was(
    lived_once: Path, tmp_path: Path, is_there: bool
) -> None:
    mine, data = carried(lived_once), tmp_path / "there"
    data.mkdir()
    if is_there:
        lived(data, 10, seed=2)
    before = left_in(data)
    with pytest.raises(KeyboardInterrupt):
        brought(data, mine, replace=is_there, ends=KeyboardInterrupt())
    assert left_in(data) == before
    assert (data / "context").exists() == is_there


def test_in_doubt_the_journal_goes_with_the_database_and_the_same_restore_may_be_run_again(
    lived_once: Path, tmp_path: Path
) -> None:
    mine = carried(lived_once)
    lived(tmp_path, 10, seed=2)
    with pytest.raises(InterruptedError):
        brought(tmp_path, mine, replace=True, target=Stands(may_stand=True), ends=InterruptedError())
    # What was there is kept until one is sure.
    assert (tmp_path / "context" / REPLACED / FILE).exists()
    brought(tmp_path, mine)
    assert not (tmp_path / "context" / REPLACED).exists()
    with pytest.raises(TargetNotEmpty):
        brought(tmp_path, mine)


def test_a_journal_made_after_a_doubtful_restore_is_somebodys(lived_once: Path, tmp_path: Path) -> None:
    mine = carried(lived_once)
    with pytest.raises(InterruptedError):
        brought(tmp_path, mine, target=Stands(may_stand=True), ends=InterruptedError())
    os.link(tmp_path / "context" / FILE, tmp_path / "kept")  # so that its number is not given to another file
    (tmp_path / "context" / FILE).unlink()
    lived(tmp_path, 10, seed=2)
    with pytest.raises(TargetNotEmpty):
        brought(tmp_path, mine)


def test_a_database_that_may_not_stay_leaves_the_replaced_journal_aside(lived_once: Path, tmp_path: Path) -> None:
    lived(tmp_path, 10, seed=2)
    brought(tmp_path, carried(lived_once), replace=True, target=Stands(unconfirmed="Input/output error"))
    assert extent_at_a_start(tmp_path / "context").sequence == CHANGES
    assert extent_at_a_start(tmp_path / "context" / REPLACED).sequence == 10


def test_a_journal_that_cannot_take_its_place_is_told_of(
    lived_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def refuse(self: Path, other: Path) -> Path:
        if self.parent.name == ASIDE:
            raise OSError(5, "Input/output error")
        return rename(self, other)

    monkeypatch.setattr(Path, "rename", refuse)
    assert brought(tmp_path, carried(lived_once)).unplaced == "Input/output error"
    monkeypatch.undo()
    # It is mended by the same restore, which asks for nothing here: there is no journal.
    brought(tmp_path, carried(lived_once))
    assert extent_at_a_start(tmp_path / "context").sequence == CHANGES


def test_a_replaced_journal_that_does_not_go_is_told_of(
    lived_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from songcau.entry.backup import broker_folder

    remove = broker_folder.shutil.rmtree

    def stuck(folder: Path) -> None:
        if folder.name == REPLACED:
            raise OSError(1, "Operation not permitted")
        remove(folder)

    monkeypatch.setattr(broker_folder.shutil, "rmtree", stuck)
    assert brought(tmp_path, carried(lived_once)).left_over == "Operation not permitted"


def test_a_journal_that_is_not_as_told_is_undone(lived_once: Path, tmp_path: Path) -> None:
    told, content = carried(lived_once)
    for name in ("entities", "sequence"):
        with pytest.raises(Differs, match=name):
            brought(tmp_path, ({**told, name: told[name] + 1}, content))
        assert left_in(tmp_path) == {}


def test_a_journal_that_a_start_cannot_read_is_undone(lived_once: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    lived(source, 10)
    with closing(sqlite3.connect(source / "context" / FILE)) as connection:
        connection.execute("UPDATE snapshot SET document = '{'")
        connection.commit()
    with pytest.raises(JournalRefused, match="cannot be read"):
        brought(tmp_path / "there", carried(source))
    assert left_in(tmp_path / "there") == {}


def test_a_disk_without_room_is_said_to_be_that(
    lived_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's own limit on pages makes a genuine SQLITE_FULL."""
    begin = Rebuilt.__init__

    def little_room(self: Rebuilt, folder: Path, form: int) -> None:
        begin(self, folder, form)
        pages = self._connection.execute("PRAGMA page_count").fetchone()[0]
        self._connection.execute(f"PRAGMA max_page_count = {pages}")

    monkeypatch.setattr(Rebuilt, "__init__", little_room)
    with pytest.raises(RestoreNoRoom):
        brought(tmp_path, carried(lived_once))
    assert left_in(tmp_path) == {}


@contextmanager
def writer() -> Iterator[tuple[MemberWriter, io.BytesIO]]:
    stream = io.BytesIO()
    sealed = SealedWriter(stream, city="c", made_at="m", passphrase=None)
    out = MemberWriter(sealed)
    yield out, stream
    out.put("end", {})
    sealed.finish()


@pytest.mark.parametrize(
    ("kind", "facts"),
    [(broker.FILE, {"name": "../../evil"}), (broker.TABLE, {"name": "history", "columns": []})],
    ids=["a file of another name", "rows before their journal"],
)
def test_members_that_no_backup_has_are_refused(tmp_path: Path, kind: str, facts: dict[str, Any]) -> None:
    with writer() as (out, stream):
        out.put(kind, facts)
    with pytest.raises(Damaged):
        brought(tmp_path, ({"form": 2, "entities": 0, "sequence": 0}, stream.getvalue()))
    assert left_in(tmp_path) == {}


def test_without_a_broker_in_the_backup_nothing_is_touched(lived_once: Path, tmp_path: Path) -> None:
    lived(tmp_path, 10)
    before = left_in(tmp_path)
    folder = BrokerFolder(tmp_path, None)
    _told, content = carried(lived_once)
    with folder.held(replace=False), folder.or_nothing(Stands()):  # type: ignore[arg-type]
        for member in members(SealedReader(io.BytesIO(content), name="b", passphrase=None)):
            folder.take(member)
        folder.compare([])
    assert left_in(tmp_path) == before


def test_of_a_broker_that_keeps_its_journal_in_postgresql_only_its_files_are_taken(
    lived_once: Path, tmp_path: Path
) -> None:
    """The journal in the folder is from before; restored, it would be taken for the city's."""
    elsewhere = {"context_store": "postgresql://songcau@db.example/context"}
    told, content = carried(lived_once, **elsewhere)
    assert (told["form"], told["tables"], set(told["files"])) == (0, {}, {EXPECTATIONS, RETENTION, GRANTS_KEY})
    assert broker.is_there(settings_of(lived_once, **elsewhere), encrypted=False)
    assert not broker.is_there(settings_of(tmp_path, **elsewhere), encrypted=True)
    lived(tmp_path, 10, seed=2)
    journal = (tmp_path / "context" / FILE).read_bytes()
    brought(tmp_path, (told, content), replace=True)
    assert (tmp_path / "context" / FILE).read_bytes() == journal
    assert {file.name for file in (tmp_path / "context").iterdir()} == {
        FILE,
        GUARD,
        EXPECTATIONS,
        RETENTION,
        GRANTS_KEY,
    }


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "context").mkdir()
    (tmp_path / "context" / FILE).write_bytes(b"no database" * 1000)
    with pytest.raises(JournalUnreadable, match="not a database"):
        carried(tmp_path)
    (tmp_path / "context" / FILE).unlink()
    lived(tmp_path, 3)
    (tmp_path / "context" / EXPECTATIONS).mkdir()
    with pytest.raises(JournalUnreadable, match=EXPECTATIONS):
        carried(tmp_path)


def test_a_journal_that_breaks_while_it_is_read_is_named(
    lived_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(_moment: object, _table: str) -> Iterator[bytes]:
        yield b"[]\n"
        raise StoreError("SQLite: disk I/O error")

    monkeypatch.setattr(broker.Moment, "lines", break_off)
    with pytest.raises(JournalUnreadable, match="I/O"):
        carried(lived_once)
