"""The broker's folder that a journal comes back into: made aside, looked at as a start would, then in place.

Nobody else works in the folder meanwhile: its lock is held. What was there is set aside, and gone once all is well.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from songcau.context.journal.copies import Rebuilt, extent_at_a_start, is_kept_in
from songcau.context.journal.sqlite import FILE as JOURNAL
from songcau.context.journal.sqlite import GUARD, keep_others_out
from songcau.context.journal.store import StoreError, StoreInUse
from songcau.entry.backup import broker
from songcau.entry.backup.copytext import lines
from songcau.entry.backup.files import force_folder
from songcau.entry.backup.members import Member
from songcau.entry.backup.placing import NOTE, STANDS, Mark, Placing, mark_of
from songcau.entry.backup.refusals import CityRuns, Damaged, Differs, JournalRefused, RestoreNoRoom, TargetNotEmpty
from songcau.entry.backup.tables import first_line
from songcau.entry.backup.targets import Target, is_full

Compared = list[tuple[str, int, int]]


class BrokerFolder:
    """`told`: what the backup says of its broker; None when it has none, or none is wanted: then nothing is touched.

    unplaced: why the journal is not in its place although the database is. left_over: why what it replaced is there.
    """

    def __init__(self, data: Path, told: dict[str, Any] | None) -> None:
        self._told = told
        self._has_journal = bool(told and told["form"])
        self._folder = broker.folder_of(data)
        self._placing = Placing(data)
        self._aside = self._placing.aside
        self._replaced = self._placing.replaced
        self._note = data / NOTE
        self._is_announced = False
        self._rebuilt: Rebuilt | None = None
        self.unplaced = ""
        self.left_over = ""

    @contextmanager
    def held(self, *, replace: bool) -> Iterator[None]:
        """The folder, with nobody else in it. Raises CityRuns, TargetNotEmpty."""
        if self._told is None:
            yield
            return
        was_there, was_locked = self._folder.exists(), (self._folder / GUARD).exists()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with closing(self._guard()):
                if not replace and self._is_somebodys():
                    raise TargetNotEmpty(where=self._folder)
                self._placing.clear_aside()
                yield
        finally:
            self._leave(was_there=was_there, was_locked=was_locked)

    def _guard(self) -> sqlite3.Connection:
        try:
            return keep_others_out(self._folder)
        except StoreInUse:
            raise CityRuns(who=self._folder) from None

    def _is_somebodys(self) -> bool:
        with suppress(OSError):
            if self._note.read_text(encoding="ascii") == mark_of(self._folder / JOURNAL):
                return False
        return is_kept_in(self._folder) or any((self._folder / name).exists() for name in broker.WRITTEN)

    def _leave(self, *, was_there: bool, was_locked: bool) -> None:
        """A folder that was made for nothing goes, and so does its lock."""
        if is_kept_in(self._folder):
            return
        with suppress(OSError):
            if not was_locked:
                (self._folder / GUARD).unlink(missing_ok=True)
            if not was_there:
                self._folder.rmdir()

    @contextmanager
    def or_nothing(self, target: Target) -> Iterator[None]:
        """Put it in place when the database is in its, or may be; else nothing of it stays."""
        if self._told is None:
            yield
            return
        self._aside.mkdir(mode=0o700)
        try:
            yield
        except BaseException:
            if target.may_stand:
                self._take_place()
            else:
                self._abandon()
            raise
        self._take_place()
        if not self.unplaced and not target.unconfirmed:
            self._forget()

    def _abandon(self) -> None:
        if self._rebuilt is not None:
            self._rebuilt.abandon()
        with suppress(OSError):
            self._placing.clear_aside()
            self._placing.forget()

    # --- filling it ------------------------------------------------------------------------------

    def take(self, member: Member) -> None:
        """One member of the broker's. Raises JournalRefused, RestoreNoRoom, Damaged, OSError."""
        if self._told is None:
            return
        if member.kind == broker.START:
            if self._has_journal:
                with _refusing():
                    self._rebuilt = Rebuilt(self._aside, int(member.facts["form"]))
        elif member.kind == broker.TABLE:
            name = str(member.facts["name"])
            with _refusing():
                self._journal().load(name, [str(each) for each in member.facts["columns"]], lines(member.pieces))
        else:
            self._take_file(member)

    def _journal(self) -> Rebuilt:
        if self._rebuilt is None:
            raise Damaged(file=self._folder, at=0)
        return self._rebuilt

    def _take_file(self, member: Member) -> None:
        name = str(member.facts["name"])
        if name not in broker.FILES:
            raise Damaged(file=name, at=0)
        handle = os.open(self._aside / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            for piece in member.pieces:
                stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())

    def compare(self, compared: Compared) -> None:
        """What a start of the broker would find, beside what the backup says. Raises Differs, JournalRefused."""
        if self._told is None or not self._has_journal:
            return
        with _refusing():
            self._journal().close()
            found = extent_at_a_start(self._aside)
        for what, number in (("entities", found.entities), ("sequence", found.sequence)):
            compared.append((f"{broker.FOLDER}: {what}", self._told[what], number))
            if number != self._told[what]:
                raise Differs(what=compared[-1][0], expected=self._told[what], found=number)
        force_folder(self._aside)

    # --- putting it in place ---------------------------------------------------------------------

    def announce(self, mark: Mark) -> None:
        """All is filled in, and next the database takes its place: from here on a kill is mended by the next start."""
        if self._told is not None:
            self._placing.announce(mark, has_journal=self._has_journal)
            self._is_announced = True

    def _take_place(self) -> None:
        """Nothing that goes wrong here undoes the database: it is told."""
        try:
            if not self._is_announced:
                self._placing.announce(STANDS, has_journal=self._has_journal)
            self._placing.take_place()
        except OSError as error:
            self.unplaced = error.strerror or type(error).__name__

    def _forget(self) -> None:
        try:
            self._note.unlink(missing_ok=True)
            shutil.rmtree(self._replaced)
        except OSError as error:
            self.left_over = error.strerror or type(error).__name__


@contextmanager
def _refusing() -> Iterator[None]:
    """What the journal says against its rows, in words. Raises JournalRefused, RestoreNoRoom."""
    try:
        yield
    except (StoreError, ValueError) as error:
        if is_full(error):
            raise RestoreNoRoom from error
        raise JournalRefused(reason=first_line(error)) from error
