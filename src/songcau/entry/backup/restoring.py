"""A city from its backup: read whole first, then filled in at one go, then compared with what the backup says."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from songcau.context.journal.sqlite_tables import VERSION as JOURNAL_FORM
from songcau.entry.backup import broker
from songcau.entry.backup.broker_folder import BrokerFolder
from songcau.entry.backup.checking import Contents, check, is_whole, opened
from songcau.entry.backup.keys import city_id
from songcau.entry.backup.members import Member
from songcau.entry.backup.placing import settle
from songcau.entry.backup.refusals import (
    AuditKeyDiffers,
    BackupTooNew,
    ChainFaulty,
    DatabaseAway,
    Differs,
    JournalElsewhere,
    RestoreCannotWrite,
    RestoreNoRoom,
    TargetNotEmpty,
)
from songcau.entry.backup.tables import Table, first_line, state_at, tables_of, unknown
from songcau.entry.backup.targets import Target, is_full, make_tables, require_stopped, target_of
from songcau.entry.settings import Settings
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.audit.queries import chain_verdict
from songcau.foundation.files.models import Blob
from songcau.foundation.files.storage import store
from songcau.foundation.files.stores import StoreAway, StoreFull, digest_of
from songcau.kernel.actor import SYSTEM


@dataclass(slots=True)
class Restored:
    """What was compared: what, how much the backup says, how much is there."""

    contents: Contents
    compared: list[tuple[str, int, int]] = field(default_factory=list)
    audit_entries: int = 0
    audit_faults: int = 0
    # Why the disk did not confirm that the database is in its place; empty: it did.
    unconfirmed: str = ""
    # Why bytes of the replaced city may still be in the store; empty: they are gone.
    left_over: str = ""
    # The same two of the broker's journal: why it is not in its place, why the one that it replaced is still there.
    unplaced: str = ""
    replaced_left: str = ""


def restore(
    file: Path,
    *,
    settings: Settings,
    database: BaseDatabaseWrapper,
    passphrase: str | None,
    replace: bool = False,
    despite_audit: bool = False,
    with_broker: bool = True,
) -> Restored:
    """Bring the city of `file` into the empty database and store of these settings; `replace`: they need not be empty.

    Raises everything in `refusals` that is about reading and restoring; nothing was changed then, and after
    RestoreInDoubt perhaps. Without `with_broker` the broker's folder is not touched, nor is it by a backup that holds
    nothing of a broker.
    What fails once the database is in its place is told in what comes back, and never undoes it.
    """
    contents = check(file, passphrase)
    told = contents.broker if with_broker else None
    if told and told["form"] and settings.context_store:
        raise JournalElsewhere
    if unknown(contents.migrations) or (told and told["form"] > JOURNAL_FORM):
        raise BackupTooNew(file=file, version=contents.songcau)
    if contents.audit_key_id != city_id(settings) and not despite_audit:
        raise AuditKeyDiffers
    require_stopped(settings.data)
    with _told():
        settle(settings)
    target, arrived = target_of(database), Arrived(settings.data)
    folder, done = BrokerFolder(settings.data, told), Restored(contents)
    with _told():
        target.require_free(replace=replace)
        settings.data.mkdir(parents=True, exist_ok=True)
        arrived.require_free(replace=replace)
        with folder.held(replace=replace), folder.or_nothing(target), arrived.or_nothing(target), target.filled():
            make_tables(database, contents.migrations)
            tables = {table.name: table for table in tables_of(state_at(contents.migrations))}
            target.empty(tables)
            with opened(file, passphrase) as (_contents, following):
                for member in following:
                    if member.kind in broker.KINDS:
                        folder.take(member)
                    else:
                        _take(member, tables, target, arrived)
            _settle(target, tables, contents)
            _compare(database, tables, arrived, done)
            folder.compare(done.compared)
            call_command("migrate", database=database.alias, verbosity=0, interactive=False)
            _keep_anew(database)
            _verify_chain(done, despite_audit)
            mark = target.mark()
            _record(contents)
            folder.announce(mark)
    done.unconfirmed, done.unplaced, done.replaced_left = target.unconfirmed, folder.unplaced, folder.left_over
    if replace:
        done.left_over = done.unconfirmed or _why_not_removed()
    return done


@contextmanager
def _told() -> Iterator[None]:
    """Errors of the disk and the database in words of ours."""
    try:
        yield
    except StoreFull as error:
        raise RestoreNoRoom from error
    except (OSError, DatabaseError) as error:
        if is_full(error):
            raise RestoreNoRoom from error
        if isinstance(error, OSError):
            raise RestoreCannotWrite(file=error.filename or "", reason=error.strerror or "") from error
        raise DatabaseAway(reason=first_line(error)) from error


def _take(member: Member, tables: dict[str, Table], target: Target, arrived: "Arrived") -> None:
    if member.kind == "table":
        # An older version kept rows that are left out today.
        if (table := tables.get(str(member.facts["name"]))) is None:
            for _piece in member.pieces:
                pass
            return
        columns = {column.name: column for column in table.columns}
        named = tuple(columns[name] for name in member.facts["columns"])
        target.load(Table(table.name, named, table.counter), member.pieces)
    elif member.kind == "file":
        arrived.take(member)


def _settle(target: Target, tables: dict[str, Table], contents: Contents) -> None:
    for name, table in tables.items():
        if table.counter:
            target.set_counter(table, int(contents.tables[name]["counter"]))
    target.settle()


def _keep_anew(database: BaseDatabaseWrapper) -> None:
    """What systems keep beside their tables, by triggers that stood aside while rows came in."""
    from songcau.systems.citizen_reports.actions.keeping import keep_anew

    keep_anew(database.alias)


def _compare(database: BaseDatabaseWrapper, tables: dict[str, Table], arrived: "Arrived", done: Restored) -> None:
    """Rows counted and files hashed where they are now. Raises Differs."""
    told = {name: facts for name, facts in done.contents.tables.items() if name in tables}
    with database.cursor() as cursor:
        for name, facts in told.items():
            cursor.execute(f'SELECT count(*) FROM "{name}"')  # noqa: S608  # names from migrations
            done.compared.append((name, facts["rows"], cursor.fetchone()[0]))
    done.compared.append(("files", done.contents.files, arrived.count_whole()))
    for what, expected, found in done.compared:
        if expected != found:
            raise Differs(what=what, expected=expected, found=found)


def _verify_chain(done: Restored, despite_audit: bool) -> None:
    """Raises ChainFaulty."""
    verdict = chain_verdict()
    done.audit_entries, done.audit_faults = verdict.entries, verdict.faults
    if verdict.faults and not despite_audit:
        raise ChainFaulty(faults=verdict.faults, sequence=verdict.findings[0].sequence)


def _record(contents: Contents) -> None:
    details = {"made_at": contents.made_at.isoformat(), "engine": contents.engine, "version": contents.songcau}
    with transaction.atomic():
        record_entry(by=SYSTEM, action="backup.restore", subject="backup.city:all", details=details)


def _why_not_removed() -> str:
    """Remove what the replaced city had left; empty when that went well."""
    try:
        _remove_unknown()
    except StoreAway as error:
        return str(error.params["reason"])
    except (OSError, DatabaseError) as error:
        return getattr(error, "strerror", None) or first_line(error)
    return ""


def _remove_unknown() -> None:
    """Bytes of the replaced city that the restored one does not know."""
    for digest in store().digests():
        if not Blob.objects.filter(digest=digest).exists():
            store().delete(digest)


class Arrived:
    """The files of the backup, put into the store one by one; noted, so that none stays when the restore fails.

    The note outlives a killed restore: the next one takes away what that one had put there. So it does one
    that ended in doubt, once it has seen that there is no database.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._new = data / "restoring.new"
        self._all = data / "restoring.all"

    def require_free(self, *, replace: bool) -> None:
        """Raises TargetNotEmpty."""
        if replace:
            return
        self._undo()
        if next(store().digests(), None) is not None:
            raise TargetNotEmpty(where=self._data / "files")

    @contextmanager
    def or_nothing(self, target: Target) -> Iterator[None]:
        """Unless the database that knows the files may stand in its place."""
        for note in (self._new, self._all):
            note.write_bytes(b"")
        try:
            yield
        except BaseException:
            if not target.may_stand:
                self._undo()
                self._forget()
            raise
        with suppress(OSError):
            self._forget()

    def _forget(self) -> None:
        self._new.unlink(missing_ok=True)
        self._all.unlink(missing_ok=True)

    def take(self, member: Member) -> None:
        digest = str(member.facts["digest"])
        with tempfile.NamedTemporaryFile(dir=self._data, prefix="restoring-") as whole:
            for piece in member.pieces:
                whole.write(piece)
            whole.flush()
            if not is_whole(member):
                return
            if not store().has(digest):
                _append(self._new, digest)
                store().put(Path(whole.name), digest)
        _append(self._all, digest)

    def count_whole(self) -> int:
        """How many of them the store gives back as they were put."""
        with self._all.open(encoding="ascii") as noted:
            return sum(digest_of(store().read(digest))[0] == digest for digest in map(str.strip, noted))

    def _undo(self) -> None:
        with suppress(FileNotFoundError), self._new.open(encoding="ascii") as noted:
            for line in noted:
                store().delete(line.strip())


def _append(note: Path, digest: str) -> None:
    with note.open("a", encoding="ascii") as stream:
        stream.write(f"{digest}\n")
