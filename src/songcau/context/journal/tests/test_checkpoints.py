"""The write-ahead log is carried over beside the commits, stays short, and an error of that fails no commit."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from songcau.context.journal import checkpoints
from songcau.context.journal.checkpoints import Checkpoints

PAGE = checkpoints.PAGE


def opened(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    return connection


@pytest.fixture
def database(tmp_path: Path) -> sqlite3.Connection:
    connection = opened(tmp_path / "some.sqlite3")
    connection.execute("CREATE TABLE row (body BLOB)")
    return connection


def file_of(database: sqlite3.Connection) -> Path:
    return Path(database.execute("PRAGMA database_list").fetchone()[2])


def write(database: sqlite3.Connection, carrying: Checkpoints, size: int) -> None:
    database.execute("INSERT INTO row VALUES (?)", (bytes(size),))
    carrying.written(database, size)


def until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it never came so far")


def test_what_was_written_comes_into_the_file_without_a_further_commit(database: sqlite3.Connection) -> None:
    file = file_of(database)
    carrying = Checkpoints(lambda: opened(file), bytes_between=20 * PAGE)
    write(database, carrying, 30 * PAGE)
    until(lambda: file.stat().st_size >= 30 * PAGE)
    carrying.stop()


def test_the_log_begins_anew_while_there_is_no_end_of_writing(
    database: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "RIPE_PAGES", 30)
    file = file_of(database)
    log = file.with_name(file.name + "-wal")
    carrying = Checkpoints(lambda: opened(file), bytes_between=10 * PAGE)
    written = 0

    def has_begun_anew() -> bool:
        nonlocal written
        for _ in range(20):
            write(database, carrying, PAGE)
            written += PAGE
        return written > 2 * log.stat().st_size

    until(has_begun_anew)
    carrying.stop()


def test_what_cannot_be_carried_over_is_left_to_the_writer(database: sqlite3.Connection) -> None:
    asked = []

    def nowhere() -> sqlite3.Connection:
        asked.append(True)
        raise sqlite3.OperationalError("unable to open database file")

    carrying = Checkpoints(nowhere, bytes_between=PAGE)
    write(database, carrying, PAGE)
    until(lambda: len(asked) == 1)
    write(database, carrying, PAGE)
    until(lambda: len(asked) == 2)
    carrying.stop()
    assert database.execute("SELECT count(*) FROM row").fetchone() == (2,)


def test_it_can_be_stopped_before_it_began_and_begin_again_after_it_was_stopped(database: sqlite3.Connection) -> None:
    file = file_of(database)
    carrying = Checkpoints(lambda: opened(file), bytes_between=20 * PAGE)
    carrying.stop()
    write(database, carrying, 30 * PAGE)
    carrying.stop()
    before = file.stat().st_size
    write(database, carrying, 60 * PAGE)
    until(lambda: file.stat().st_size > before)
    carrying.stop()
