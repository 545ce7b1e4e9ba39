"""Threads that write to one SQLite file wait for one another, and never for who is gone."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db.utils import OperationalError

from songcau.entry.sqlite_in_turn.base import DatabaseWrapper


def connected(file: Path, timeout: float = 20.0) -> DatabaseWrapper:
    from django.db import connections

    told = connections["default"].settings_dict | {
        "ENGINE": "songcau.entry.sqlite_in_turn",
        "NAME": str(file),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": timeout},
    }
    return DatabaseWrapper(told, "default")


@pytest.fixture(autouse=True)
def _files_of_their_own(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield


@pytest.fixture
def file(tmp_path: Path) -> Path:
    with sqlite3.connect(tmp_path / "city.sqlite3") as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE counted (number INTEGER)")
        made.execute("INSERT INTO counted VALUES (0)")
    return tmp_path / "city.sqlite3"


def begin(connection: DatabaseWrapper) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def end(connection: DatabaseWrapper, *, rolls_back: bool = False) -> None:
    (connection.rollback if rolls_back else connection.commit)()
    connection.set_autocommit(True)


def test_many_threads_that_write_at_once_all_get_their_turn(file: Path) -> None:
    faults: list[BaseException] = []

    def count() -> None:
        connection = connected(file)
        try:
            for _time in range(10):
                begin(connection)
                with connection.cursor() as cursor:
                    cursor.execute("SELECT number FROM counted")
                    number = cursor.fetchone()[0]
                    cursor.execute("UPDATE counted SET number = %s", [number + 1])
                end(connection)
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=count) for _thread in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with sqlite3.connect(file) as made:
        assert made.execute("SELECT number FROM counted").fetchone() == (200,)


@pytest.mark.parametrize("ending", ["commit", "rollback", "close"])
def test_the_turn_ends_however_the_transaction_ends(file: Path, ending: str) -> None:
    first, second = connected(file), connected(file, timeout=0.2)
    begin(first)
    with pytest.raises(OperationalError, match="locked"):
        begin(second)
    second.close()
    if ending == "close":
        first.close()
    else:
        end(first, rolls_back=ending == "rollback")
    begin(second)
    end(second)
    second.close()
    first.close()


def test_a_transaction_that_cannot_begin_gives_its_turn_back(file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    ours, next_one = connected(file, timeout=0.1), connected(file, timeout=0.1)
    for connection in (ours, next_one):
        with pytest.raises(OperationalError, match="locked"):
            begin(connection)
        connection.close()
    other.rollback()
    other.close()
    begin(next_one)
    end(next_one)
    next_one.close()
