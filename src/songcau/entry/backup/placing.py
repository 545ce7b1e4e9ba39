"""Putting a restored journal in its place, so that a kill at any moment is mended by the next start.

The database takes its place first, then the broker's journal and files. A note says what is under way: who finds it
looks whether the database that it names stands. If so the rest is put in its place, from where it stopped; if not, it
goes, and everything is as it was.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

import psycopg

from songcau.context.journal.copies import WRITE_AHEAD
from songcau.context.journal.sqlite import FILE as JOURNAL
from songcau.context.journal.sqlite import keep_others_out
from songcau.context.journal.store import StoreInUse
from songcau.entry.backup import broker
from songcau.entry.backup.files import force_folder
from songcau.entry.backup.refusals import CityRuns, DatabaseAway, RestoreInDoubt
from songcau.entry.backup.tables import first_line
from songcau.entry.settings import Settings

ASIDE: Final = ".restoring"
REPLACED: Final = ".replaced"
# In the data folder: how far the journal has come into its place, and how the database it belongs to is known.
PLACING: Final = "restoring.place"
# In the data folder: which file a restore put in place that did not hear whether its database stands.
NOTE: Final = "restoring.journal"

_FILLED, _SETTING_ASIDE, _SET_ASIDE = "filled", "setting aside", "set aside"
Mark = dict[str, str]
STANDS: Final[Mark] = {}


class Placing:
    """A journal and the files beside it on their way from the folder `.restoring` into the broker's folder."""

    def __init__(self, data: Path, told: Mapping[str, Any] | None = None) -> None:
        self._data = data
        self._note = data / PLACING
        self.folder = broker.folder_of(data)
        self.aside = self.folder / ASIDE
        self.replaced = self.folder / REPLACED
        self._told: dict[str, Any] = dict(told or {})

    @classmethod
    def found(cls, data: Path) -> "Placing | None":
        """One that was killed on the way."""
        try:
            return cls(data, json.loads((data / PLACING).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    @property
    def mark(self) -> Mark:
        """How the database is known; nothing: it is known to stand."""
        return dict(self._told.get("mark") or STANDS)

    def announce(self, mark: Mark, *, has_journal: bool) -> None:
        """Everything is filled in; next the database takes its place."""
        self._told = {"mark": mark, "journal": has_journal}
        self._reach(_FILLED)

    def _reach(self, stage: str) -> None:
        self._told["stage"] = stage
        beside = self._note.with_name(f".{self._note.name}.part")
        with beside.open("w", encoding="utf-8") as stream:
            json.dump(self._told, stream)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(self._note)
        force_folder(self._data)

    def take_place(self) -> None:
        """The database stands. Begun anew after a kill it goes on where it was. Raises OSError."""
        self._told["mark"] = STANDS
        if self._told["stage"] == _FILLED:
            if self.replaced.exists():
                shutil.rmtree(self.replaced)
            self.replaced.mkdir(mode=0o700)
            if self._told["journal"]:
                (self._data / NOTE).write_text(mark_of(self.aside / JOURNAL), encoding="ascii")
            self._reach(_SETTING_ASIDE)
        if self._told["stage"] == _SETTING_ASIDE:
            self._set_aside_what_is_there()
            self._reach(_SET_ASIDE)
        for name in (JOURNAL, *broker.FILES):
            if (self.aside / name).exists():
                (self.aside / name).rename(self.folder / name)
        force_folder(self.folder)
        self.clear_aside()
        self.forget()

    def _set_aside_what_is_there(self) -> None:
        """The write-ahead log belongs to its file and to no other. A key goes only when another one comes."""
        coming = [name for name in broker.FILES if (self.aside / name).exists()]
        journal = [JOURNAL, *(JOURNAL + tail for tail in WRITE_AHEAD)] if self._told["journal"] else []
        for name in {*journal, *broker.WRITTEN, *coming}:
            with suppress(FileNotFoundError):
                (self.folder / name).rename(self.replaced / name)
        force_folder(self.replaced)

    def clear_aside(self) -> None:
        if self.aside.exists():
            shutil.rmtree(self.aside)

    def forget(self) -> None:
        """Nothing is under way any more."""
        self._note.unlink(missing_ok=True)


def mark_of(file: Path) -> str:
    """Tells a file from every other one of this machine, whatever its name."""
    found = file.stat()
    return f"{found.st_dev} {found.st_ino}"


def settle(settings: Settings) -> bool | None:
    """Bring what a killed restore left to an end: True when its journal is in place now, False when it went.

    None when there was nothing. Raises CityRuns, DatabaseAway, RestoreInDoubt, OSError; then it is as it was.
    """
    placing = Placing.found(settings.data)
    if placing is None:
        return None
    placing.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with closing(_guard(placing.folder)):
        if not _stands(placing.mark, settings):
            placing.clear_aside()
            placing.forget()
            return False
        placing.take_place()
        (settings.data / NOTE).unlink(missing_ok=True)
        if placing.replaced.exists():
            shutil.rmtree(placing.replaced)
        return True


def _guard(folder: Path) -> sqlite3.Connection:
    try:
        return keep_others_out(folder)
    except StoreInUse:
        raise CityRuns(who=folder) from None


def _stands(mark: Mark, settings: Settings) -> bool:
    """Whether the database of the restore is the city's."""
    if "file" in mark:
        with suppress(FileNotFoundError):
            return mark_of(Path(mark["file"])) == mark["is"]
        return False
    return mark == STANDS or _is_committed(mark["transaction"], settings.database)


def _is_committed(transaction: str, address: str) -> bool:
    try:
        with psycopg.connect(address) as line:
            [(state,)] = line.execute("SELECT txid_status(%s)", (int(transaction),)).fetchall()
    except psycopg.Error as error:
        raise DatabaseAway(reason=first_line(error)) from error
    if state == "in progress":
        raise CityRuns(who="songcau restore")
    if state is None:
        raise RestoreInDoubt(reason=f"txid {transaction}")
    return bool(state == "committed")
