"""The city's backup takes its context broker along, and says so to every version that reads it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from songcau.context.journal.copies import Extent, extent_at_a_start
from songcau.context.journal.journal import Journal
from songcau.context.journal.sqlite import FILE, GUARD
from songcau.context.journal.tests.city import City as Lamps
from songcau.entry.backup import broker, restoring, writing
from songcau.entry.backup.checking import check
from songcau.entry.backup.members import MemberWriter
from songcau.entry.backup.refusals import BackupTooNew, Damaged, JournalElsewhere, JournalUnreadable
from songcau.entry.backup.tests.cities import City
from songcau.entry.backup.tests.test_broker_folder import left_in, lived
from songcau.entry.backup.tests.test_there_and_back import KEY, back_up, bring_back
from songcau.entry.settings import Settings
from songcau.kernel import clock

Place = Callable[..., City]


def test_the_broker_is_in_the_backup_while_it_works_and_comes_back_with_the_city(
    full: City, place: Place, tmp_path: Path
) -> None:
    """Written by a broker that is open meanwhile; the restore reads it as a start would."""

    async def run() -> None:
        journal, lamps = Journal(full.settings.data / "context"), Lamps()
        await journal.open()
        for _ in range(60):
            await journal.append([lamps.anything()])
        made = await asyncio.to_thread(back_up, full, tmp_path / "b", KEY)
        assert made.broker is not None
        assert (made.broker["sequence"], made.is_broker_left_out) == (60, False)
        await journal.append([lamps.anything()])  # it was not hindered
        await journal.close()

    asyncio.run(run())
    told = check(tmp_path / "b", KEY).broker
    assert told is not None
    there = place()
    done = bring_back(there, tmp_path / "b", KEY)
    assert ("context: sequence", 60, 60) in done.compared
    assert ("context: entities", told["entities"], told["entities"]) in done.compared
    assert (done.unplaced, done.replaced_left) == ("", "")
    assert extent_at_a_start(there.settings.data / "context") == Extent(told["entities"], 60)


def first_line(file: Path) -> bytes:
    return file.read_bytes().split(b"\n", 1)[0]


def test_a_version_that_would_pass_over_the_broker_is_told_that_the_backup_is_too_new(
    full: City, tmp_path: Path
) -> None:
    """By the number in its first line, which every version has looked at; what has no broker in it stays readable."""
    back_up(full, tmp_path / "without")
    lived(full.settings.data, 5)
    back_up(full, tmp_path / "with")
    assert first_line(tmp_path / "without") == b"songcau backup 1"
    assert first_line(tmp_path / "with") == b"songcau backup 2"
    for name in ("without", "with"):
        assert (check(tmp_path / name, None).broker is None) == (name == "without")


def test_the_broker_can_be_left_out(full: City, tmp_path: Path) -> None:
    lived(full.settings.data, 5)
    (full.settings.data / "context" / FILE).write_bytes(b"broken" * 1000)
    with pytest.raises(JournalUnreadable):
        back_up(full, tmp_path / "b")
    assert not (tmp_path / "b").exists()
    with full.within():
        made = writing.make_backup(
            tmp_path / "b",
            settings=full.settings,
            database=full.database,
            passphrase=None,
            now=clock.now(),
            with_broker=False,
        )
    assert (made.broker, made.is_broker_left_out) == (None, True)
    assert check(tmp_path / "b", None).broker is None
    assert first_line(tmp_path / "b") == b"songcau backup 1"


def test_a_broker_that_is_not_wanted_is_not_restored(full: City, place: Place, tmp_path: Path) -> None:
    """As with a backup that holds none: the folder stays as it is, and nobody asks whether it is empty."""
    lived(full.settings.data, 5)
    back_up(full, tmp_path / "b")
    there = place()
    lived(there.settings.data, 7)
    before = left_in(there.settings.data)
    bring_back(there, tmp_path / "b", with_broker=False)
    after = left_in(there.settings.data)
    assert {name: after[name] for name in before} == before


def test_a_kind_of_member_that_is_not_known_is_not_passed_over(
    full: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived(full.settings.data, 5)
    right = broker.put_broker

    def put_more(out: MemberWriter, settings: Settings, *, encrypted: bool) -> dict[str, Any]:
        out.put("later", {})
        return right(out, settings, encrypted=encrypted)

    monkeypatch.setattr(writing.broker, "put_broker", put_more)
    back_up(full, tmp_path / "b")
    with pytest.raises(BackupTooNew):
        check(tmp_path / "b", None)


@pytest.mark.parametrize("what", ["rows", "form", "files", "everything"])
def test_a_broker_that_is_not_as_told_is_damaged(
    full: City, tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived(full.settings.data, 5)
    right = broker.put_broker

    def tell_else(out: MemberWriter, settings: Settings, *, encrypted: bool) -> dict[str, Any] | None:
        told = right(out, settings, encrypted=encrypted)
        if what == "rows":
            told["tables"]["history"]["rows"] += 1
        elif what == "form":
            told["form"] += 1
        elif what == "files":
            told["files"]["quality.json"] = "0" * 64
        return None if what == "everything" else told

    monkeypatch.setattr(writing.broker, "put_broker", tell_else)
    back_up(full, tmp_path / "b")
    with pytest.raises(Damaged):
        check(tmp_path / "b", None)


def test_a_journal_of_a_later_form_is_refused_and_nothing_is_touched(
    full: City, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived(full.settings.data, 5)
    back_up(full, tmp_path / "b")
    monkeypatch.setattr(restoring, "JOURNAL_FORM", 1)
    there = place()
    with pytest.raises(BackupTooNew):
        bring_back(there, tmp_path / "b")
    assert not (there.settings.data / "context").exists()


def test_a_journal_is_not_put_where_the_broker_of_the_settings_would_not_look(
    full: City, place: Place, tmp_path: Path
) -> None:
    lived(full.settings.data, 5)
    back_up(full, tmp_path / "b")
    there = place(context_store="postgresql://songcau@db.example/context")
    with pytest.raises(JournalElsewhere):
        bring_back(there, tmp_path / "b")
    assert not (there.settings.data / "context").exists()


def test_a_journal_without_rows_for_its_broker_is_none(full: City, tmp_path: Path) -> None:
    """The lock alone, or a file without content, is what a broker leaves that was stopped at its first moment."""
    folder = full.settings.data / "context"
    folder.mkdir()
    for name in (GUARD, FILE):
        (folder / name).touch()
    assert back_up(full, tmp_path / "b").broker is None
    assert check(tmp_path / "b", None).broker is None
