"""What the context broker keeps, put into a backup: its journal of one moment, its rules, its key.

The journal's moment follows the database's: an event that the database of the backup has still to deliver may have
reached the broker already, and reaches it again after a restore; the other way round it would be lost.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from songcau.context.journal.copies import Moment, is_kept_in, moment_of
from songcau.context.journal.store import StoreError
from songcau.context.service import EXPECTATIONS, GRANTS_KEY, RETENTION
from songcau.entry.backup.members import PIECE, MemberWriter
from songcau.entry.backup.refusals import JournalUnreadable
from songcau.entry.backup.snapshots import batched
from songcau.entry.settings import Settings

FOLDER = "context"
# From this form of the file on; an older songcau would pass over what it does not know, and lose it.
FORMAT = 2
START, TABLE, FILE = "broker", "broker-table", "broker-file"
KINDS = frozenset({START, TABLE, FILE})
# What an administrator wrote beside the journal, and what nobody else may read.
WRITTEN = (EXPECTATIONS, RETENTION)
FILES = (*WRITTEN, GRANTS_KEY)


def folder_of(data: Path) -> Path:
    return data / FOLDER


def is_there(settings: Settings, *, encrypted: bool) -> bool:
    """Whether there is anything of a broker to back up."""
    folder = folder_of(settings.data)
    return _has_journal(settings) or any((folder / name).exists() for name in _names(encrypted=encrypted))


def _has_journal(settings: Settings) -> bool:
    """A journal that the broker keeps in PostgreSQL is not read here; the file of before is not the city's any more."""
    return not settings.context_store and is_kept_in(folder_of(settings.data))


def _names(*, encrypted: bool) -> tuple[str, ...]:
    """The key goes only where nobody else can read it, as the city's own keys do."""
    return FILES if encrypted else WRITTEN


def put_broker(out: MemberWriter, settings: Settings, *, encrypted: bool) -> dict[str, Any]:
    """What was put, as the end of the backup tells it; form 0: no journal. Raises JournalUnreadable."""
    folder = folder_of(settings.data)
    told: dict[str, Any] = {"form": 0, "entities": 0, "sequence": 0, "tables": {}}
    try:
        if _has_journal(settings):
            with moment_of(folder) as moment:
                told = _put_journal(out, moment)
        else:
            out.put(START, {"form": 0})
    except StoreError as error:
        raise JournalUnreadable(folder=folder, reason=str(error)) from error
    return {**told, "files": dict(_put_files(out, folder, _names(encrypted=encrypted)))}


def _put_journal(out: MemberWriter, moment: Moment) -> dict[str, Any]:
    out.put(START, {"form": moment.form})
    extent = moment.extent()
    tables = {name: _put_table(out, moment, name) for name in moment.tables}
    return {"form": moment.form, "entities": extent.entities, "sequence": extent.sequence, "tables": tables}


def _put_table(out: MemberWriter, moment: Moment, name: str) -> dict[str, Any]:
    rows = 0

    def counted() -> Iterator[bytes]:
        nonlocal rows
        for line in moment.lines(name):
            rows += 1
            yield line

    tail = out.put(TABLE, {"name": name, "columns": moment.columns(name)}, batched(counted()), packed=True)
    return {"rows": rows, "sha256": tail["sha256"]}


def _put_files(out: MemberWriter, folder: Path, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Name and hash of each."""
    for name in names:
        try:
            content = (folder / name).read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise JournalUnreadable(folder=folder, reason=f"{name}: {error.strerror}") from error
        pieces = (content[start : start + PIECE] for start in range(0, len(content), PIECE))
        out.put(FILE, {"name": name}, pieces)
        yield name, hashlib.sha256(content).hexdigest()
