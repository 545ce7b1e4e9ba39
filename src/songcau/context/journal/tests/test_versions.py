"""A store of another version is read, brought up to date, or refused in plain words; never misread."""

import sqlite3
from pathlib import Path

import pytest

from songcau.context.journal import sqlite_tables
from songcau.context.journal.sqlite import FILE, SqliteStore
from songcau.context.journal.sqlite_tables import MIGRATIONS, VERSION
from songcau.context.journal.store import Bound, Period, StoreError, WrongVersion


def made(folder: Path, version: int) -> SqliteStore:
    store = SqliteStore(folder)
    store.open()
    store.close()
    with sqlite3.connect(folder / FILE) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    return store


def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    store = made(tmp_path, VERSION + 1)
    with pytest.raises(WrongVersion, match="newer version"):
        store.open()


def test_a_store_too_old_to_be_brought_up_to_date_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = made(tmp_path, VERSION)
    monkeypatch.setattr(sqlite_tables, "VERSION", VERSION + 1)
    with pytest.raises(WrongVersion, match="no longer"):
        store.open()


def test_an_older_store_is_brought_up_to_date_step_by_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = made(tmp_path, VERSION)
    steps = {
        VERSION: lambda connection: connection.execute("CREATE TABLE first (x)"),
        VERSION + 1: lambda connection: connection.execute("ALTER TABLE first ADD COLUMN y"),
    }
    monkeypatch.setattr(sqlite_tables, "VERSION", VERSION + 2)
    monkeypatch.setattr(sqlite_tables, "MIGRATIONS", steps)
    store.open()
    assert store.names().last_seq == 0
    store.close()
    with sqlite3.connect(tmp_path / FILE) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION + 2,)
        connection.execute("SELECT x, y FROM first")
    connection.close()


def test_a_step_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = made(tmp_path, VERSION)

    def step(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE first (x)")
        connection.execute("SELECT nonsense")

    monkeypatch.setattr(sqlite_tables, "VERSION", VERSION + 1)
    monkeypatch.setattr(sqlite_tables, "MIGRATIONS", {VERSION: step})
    with pytest.raises(StoreError, match="nonsense"):
        store.open()
    with sqlite3.connect(tmp_path / FILE) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'first'").fetchone() == (0,)
    connection.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database at all, " * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        SqliteStore(tmp_path).open()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be opened"):
        SqliteStore(tmp_path / "file").open()


def test_a_store_that_could_not_be_opened_lets_go_of_its_guard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = made(tmp_path, VERSION)
    with monkeypatch.context() as changed:
        changed.setattr(sqlite_tables, "VERSION", VERSION + 1)
        with pytest.raises(WrongVersion):
            SqliteStore(tmp_path).open()
    store.open()
    store.close()


def test_a_store_of_the_first_version_is_read(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    MIGRATIONS[0](connection)
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    store = SqliteStore(tmp_path)
    store.open()
    assert store.additions(1, Period(), Bound(10, 1000)) == []
    store.close()
