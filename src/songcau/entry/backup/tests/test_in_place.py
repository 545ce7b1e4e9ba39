"""Once the restored database may stand in its place, nothing is undone, and what fails is told for what it is."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection

from songcau.entry.backup import restoring, targets
from songcau.entry.backup.refusals import RestoreCannotWrite, RestoreInDoubt
from songcau.entry.backup.tests.cities import FILES, SERVER, SQLITE, City, keep_file, told_by
from songcau.entry.backup.tests.conftest import ENGINES
from songcau.entry.backup.tests.test_there_and_back import back_up, bring_back
from songcau.foundation.files.models import Blob
from songcau.foundation.files.storage import store
from songcau.foundation.files.stores import StoreAway

Place = Callable[..., City]


def fail_with(error: BaseException) -> Callable[..., None]:
    def fail(*_given: object) -> None:
        raise error

    return fail


def broken_disk() -> OSError:
    return OSError(errno.EIO, os.strerror(errno.EIO))


def whole_files(city: City) -> list[bytes]:
    """The bytes of every file the city's database knows, and of nothing else in the store."""
    with city.within():
        return sorted(b"".join(store().read(digest)) for digest in Blob.objects.values_list("digest", flat=True))


@pytest.fixture
def old(full: City, place: Place, tmp_path: Path) -> Callable[[str], City]:
    """A city to be replaced by the backup `b`, with a file of its own."""
    back_up(full, tmp_path / "b")

    def make(engine: str) -> City:
        target = place(engine)
        bring_back(target, tmp_path / "b")
        with target.within():
            keep_file(target, "later.txt", b"later")
        return target

    return make


@pytest.mark.parametrize("error", [broken_disk(), StoreAway(reason="EIO"), DatabaseError("the server went away")])
@pytest.mark.parametrize("engine", ENGINES)
def test_bytes_of_the_replaced_city_that_do_not_go_are_told_of(
    old: Callable[[str], City], tmp_path: Path, engine: str, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = old(engine)
    monkeypatch.setattr(restoring, "_remove_unknown", fail_with(error))
    done = bring_back(target, tmp_path / "b", replace=True)
    assert done.left_over
    assert "later.txt" not in repr(told_by(target)["FileLink"])
    assert whole_files(target) == sorted(FILES.values())
    monkeypatch.undo()
    assert bring_back(target, tmp_path / "b", replace=True).left_over == ""
    with target.within():
        assert len(list(store().digests())) == len(FILES)


def test_the_store_that_forgets_nothing_is_named(
    old: Callable[[str], City], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = old(SQLITE)
    monkeypatch.setattr(restoring.store.__wrapped__().__class__, "delete", fail_with(broken_disk()))
    assert bring_back(target, tmp_path / "b", replace=True).left_over == os.strerror(errno.EIO)


def test_a_folder_the_disk_does_not_confirm_takes_no_file_away(
    old: Callable[[str], City], place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut may bring the database of before back: the files of both stay."""
    replaced, new = old(SQLITE), place()
    monkeypatch.setattr(targets, "force_folder", fail_with(broken_disk()))
    for target, options in ((new, {}), (replaced, {"replace": True})):
        done = bring_back(target, tmp_path / "b", **options)
        assert done.unconfirmed == os.strerror(errno.EIO)
        assert whole_files(target) == sorted(FILES.values())
    with replaced.within():
        assert len(list(store().digests())) == len(FILES) + 1


def test_who_stops_it_once_the_database_stands_takes_no_file_away(
    full: City, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(full, tmp_path / "b")
    target = place()
    monkeypatch.setattr(targets, "force_folder", fail_with(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        bring_back(target, tmp_path / "b")
    assert whole_files(target) == sorted(FILES.values())


def test_a_name_that_cannot_be_taken_leaves_nothing(
    full: City, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(full, tmp_path / "b")
    target = place()
    replace = Path.replace

    def refuse(self: Path, other: Path) -> Path:
        if self.name.endswith(".restoring"):
            raise broken_disk()
        return replace(self, other)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(RestoreCannotWrite):
        bring_back(target, tmp_path / "b")
    monkeypatch.undo()
    with target.within():
        assert list(store().digests()) == []
    bring_back(target, tmp_path / "b")


def recorded_then_cut_off(record: Callable[..., None]) -> Callable[..., None]:
    """The server ends our connection just before the COMMIT."""

    def instead(*given: object) -> None:
        record(*given)
        with psycopg.connect(SERVER, autocommit=True) as line, connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            line.execute("SELECT pg_terminate_backend(%s, 5000)", cursor.fetchone())

    return instead


@pytest.mark.parametrize("engine", [e for e in ENGINES if e != SQLITE])
def test_a_commit_nobody_answers_is_told_as_doubt_and_takes_no_file_away(
    full: City, place: Place, tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(full, tmp_path / "b")
    target = place(engine)
    monkeypatch.setattr(restoring, "_record", recorded_then_cut_off(restoring._record))
    with pytest.raises(RestoreInDoubt):
        bring_back(target, tmp_path / "b")
    with target.within():
        assert len(list(store().digests())) == len(FILES)
    monkeypatch.undo()
    # It was not committed after all: the next one clears up after this one.
    bring_back(target, tmp_path / "b")
    assert whole_files(target) == sorted(FILES.values())
