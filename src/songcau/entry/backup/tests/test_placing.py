"""A restore that is killed at any step is brought to its end, or undone, by the next start."""

import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from songcau.context.journal.copies import extent_at_a_start
from songcau.context.service import EXPECTATIONS
from songcau.entry.backup import broker, placing
from songcau.entry.backup.broker_folder import BrokerFolder
from songcau.entry.backup.members import members
from songcau.entry.backup.placing import ASIDE, NOTE, PLACING, REPLACED, mark_of, settle
from songcau.entry.backup.refusals import CityRuns, DatabaseAway, RestoreInDoubt
from songcau.entry.backup.sealing import SealedReader
from songcau.entry.backup.tests.test_broker_folder import (
    CHANGES,
    EXPECTED,
    Carried,
    Stands,
    carried,
    lived,
    lived_once,
    settings_of,
)
from tools.capabilities import POSTGRESQL, postgresql

__all__ = ["lived_once"]
OLD = 10


def restored(data: Path, from_: Carried) -> None:
    """As a restore into SQLite does it: the database takes its place in the innermost step."""
    told, content = from_
    folder, target = BrokerFolder(data, told), Stands()
    database, beside = data / "city.sqlite3", data / ".city.sqlite3.restoring"
    with folder.held(replace=True), folder.or_nothing(target):  # type: ignore[arg-type]
        beside.write_text("new")
        for member in members(SealedReader(io.BytesIO(content), name="b", passphrase=None)):
            if member.kind in broker.KINDS:
                folder.take(member)
        folder.compare([])
        folder.announce({"file": str(database), "is": mark_of(beside)})
        beside.replace(database)
        target.may_stand = True


def killed(work: Callable[[], None], before: int) -> bool:
    """Do it in another process, which is killed before its n-th change of a name; whether it came to its end."""
    child = os.fork()
    if child == 0:
        count = 0

        def counting(change: Callable[..., Any]) -> Callable[..., Any]:
            def changed(*arguments: Any, **named: Any) -> Any:
                nonlocal count
                count += 1
                if count > before:
                    os._exit(9)
                return change(*arguments, **named)

            return changed

        for owner, name in ((Path, "rename"), (Path, "replace"), (Path, "unlink"), (Path, "mkdir"), (shutil, "rmtree")):
            setattr(owner, name, counting(getattr(owner, name)))
        try:
            work()
        finally:
            os._exit(0 if count <= before else 9)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def city_before(data: Path) -> None:
    data.mkdir()
    lived(data, OLD, seed=2)
    (data / "context" / EXPECTATIONS).write_bytes(b"{}")
    (data / "city.sqlite3").write_text("old")


def require_one_city(data: Path) -> str:
    """Database and journal are of one city, and nothing is left lying about."""
    which = (data / "city.sqlite3").read_text()
    expected = (OLD, b"{}") if which == "old" else (CHANGES, EXPECTED)
    context = data / "context"
    assert (extent_at_a_start(context).sequence, (context / EXPECTATIONS).read_bytes()) == expected
    assert not (data / PLACING).exists()
    return which


def test_a_restore_that_is_killed_anywhere_leaves_one_city(lived_once: Path, tmp_path: Path) -> None:
    from_, found = carried(lived_once), []
    for before in range(200):
        data = tmp_path / str(before)
        city_before(data)
        is_over = killed(lambda data=data: restored(data, from_), before)  # type: ignore[misc]
        # The next start is killed too, somewhere, before one comes to its end.
        for other in (before % 5, before % 3):
            killed(lambda data=data: settle(settings_of(data)), other)  # type: ignore[misc]
        settle(settings_of(data))
        found.append(require_one_city(data))
        if is_over:
            break
        restored(data, from_)
        assert require_one_city(data) == "new"
        for left in (ASIDE, REPLACED):
            assert not (data / "context" / left).exists()
        assert not (data / NOTE).exists()
    assert is_over
    assert found == sorted(found, reverse=True)  # old ones first, and from the change of the database on new ones
    assert {*found} == {"old", "new"}


def test_a_start_beside_a_restore_waits_for_it(lived_once: Path, tmp_path: Path) -> None:
    told, _content = carried(lived_once)
    folder = BrokerFolder(tmp_path, told)
    with folder.held(replace=True):
        folder.announce({"file": "/nowhere", "is": "0 0"})
        with pytest.raises(CityRuns):
            settle(settings_of(tmp_path))
    assert settle(settings_of(tmp_path)) is False


@pytest.mark.skipif(postgresql() is not None, reason="needs PostgreSQL")
def test_postgresql_tells_whether_its_transaction_took_place(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, database=POSTGRESQL)

    def stands(transaction: int) -> bool:
        return placing._stands({"transaction": str(transaction)}, settings)

    with psycopg.connect(POSTGRESQL) as line:
        [(kept,)] = line.execute("SELECT txid_current()").fetchall()
        with pytest.raises(CityRuns):
            stands(kept)
        line.commit()
        [(dropped,)] = line.execute("SELECT txid_current()").fetchall()
        line.rollback()
        assert (stands(kept), stands(dropped)) == (True, False)
        with pytest.raises(DatabaseAway):
            stands(kept + 1_000_000)
    with pytest.raises(RestoreInDoubt):
        stands(3)
    with pytest.raises(DatabaseAway):
        placing._stands({"transaction": "5"}, settings_of(tmp_path, database="postgresql://127.0.0.1:1/nowhere"))
