"""What the context broker keeps, put into a backup: its journal of one moment, what it expects, its key.

The journal's moment follows the database's: an event that the database of the backup has still to deliver may have
reached the broker already, and reaches it again after a restore; the other way round it would be lost.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from songcau.context.journal.copies import Moment, is_kept_in, moment_of
from songcau.context.journal.store import StoreError
from songcau.context.service import EXPECTATIONS, GRANTS_KEY
from songcau.entry.backup.members import PIECE, MemberWriter
from songcau.entry.backup.refusals import JournalUnreadable
from songcau.entry.backup.snapshots import batched

FOLDER = "context"
# From this form of the file on; an older songcau would pass over what it does not know, and lose it.
FORMAT = 2
START, TABLE, FILE = "broker", "broker-table", "broker-file"
KINDS = frozenset({START, TABLE, FILE})
FILES = (EXPECTATIONS, GRANTS_KEY)


def folder_of(data: Path) -> Path:
    return data / FOLDER


def is_there(data: Path) -> bool:
    """Whether a broker has ever worked for this city."""
    return is_kept_in(folder_of(data))


def put_broker(out: MemberWriter, data: Path, *, encrypted: bool) -> dict[str, Any]:
    """What was put, as the end of the backup tells it. Raises JournalUnreadable."""
    folder = folder_of(data)
    try:
        with moment_of(folder) as moment:
            out.put(START, {"form": moment.form})
            extent = moment.extent()
            tables = {name: _put_table(out, moment, name) for name in moment.tables}
            told = {"form": moment.form, "entities": extent.entities, "sequence": extent.sequence, "tables": tables}
    except StoreError as error:
        raise JournalUnreadable(folder=folder, reason=str(error)) from error
    return {**told, "files": dict(_put_files(out, folder, encrypted=encrypted))}


def _put_table(out: MemberWriter, moment: Moment, name: str) -> dict[str, Any]:
    rows = 0

    def counted() -> Iterator[bytes]:
        nonlocal rows
        for line in moment.lines(name):
            rows += 1
            yield line

    tail = out.put(TABLE, {"name": name, "columns": moment.columns(name)}, batched(counted()), packed=True)
    return {"rows": rows, "sha256": tail["sha256"]}


def _put_files(out: MemberWriter, folder: Path, *, encrypted: bool) -> Iterator[tuple[str, str]]:
    """Name and hash of each. The key goes only where nobody else can read it, as the city's own keys do."""
    for name in FILES if encrypted else (EXPECTATIONS,):
        try:
            content = (folder / name).read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise JournalUnreadable(folder=folder, reason=f"{name}: {error.strerror}") from error
        pieces = (content[start : start + PIECE] for start in range(0, len(content), PIECE))
        out.put(FILE, {"name": name}, pieces)
        yield name, hashlib.sha256(content).hexdigest()
