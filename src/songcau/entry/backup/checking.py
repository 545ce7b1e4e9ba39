"""A backup file read whole: every seal, every hash, every count, without restoring anything."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from songcau.entry.backup import broker, files
from songcau.entry.backup.members import Member, members
from songcau.entry.backup.refusals import BackupTooNew, Damaged
from songcau.entry.backup.sealing import SealedReader

KINDS = frozenset({"table", "file", "end"}) | broker.KINDS


@dataclass(slots=True)
class Contents:
    """What a backup holds, as it says itself and as it was found. broker: of the context broker, None for nothing."""

    songcau: str
    engine: str
    made_at: datetime
    city: str
    audit_key_id: str
    encrypted: bool
    migrations: list[tuple[str, str]]
    keys: dict[str, str]
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: int = 0
    bytes: int = 0
    lacking: int = 0
    named: list[str] = field(default_factory=list)
    broker: dict[str, Any] | None = None

    @property
    def rows(self) -> int:
        return sum(told["rows"] for told in self.tables.values())


@contextmanager
def opened(file: Path, passphrase: str | None) -> Iterator[tuple[Contents, Iterator[Member]]]:
    """The first facts, and the members after them.

    Raises CannotRead, NotABackup, BackupTooNew, KeyMissing, KeyWrong; Damaged from the members too.
    """
    with files.read(file) as stream:
        sealed = SealedReader(stream, name=str(file), passphrase=passphrase)
        following = members(sealed)
        first = next(following)
        try:
            contents = _contents(first.facts, encrypted=sealed.head.encrypted)
        except (KeyError, TypeError, ValueError):
            raise sealed.damaged() from None
        yield contents, following


def check(file: Path, passphrase: str | None) -> Contents:
    """Read all of it; what it holds. Raises as `opened` does, and Damaged for the first thing that is not as told.

    Raises BackupTooNew for a kind of member that this version does not know: to pass over it would be to lose it.
    """
    with opened(file, passphrase) as (contents, following):
        seen = _Seen(contents)
        for member in following:
            if member.kind not in KINDS:
                raise BackupTooNew(file=file, version=contents.songcau)
            seen.take(member)
        if not seen.is_as_told():
            raise Damaged(file=file, at=0)
    contents.tables, contents.broker = seen.end["tables"], seen.end.get("broker")
    contents.lacking, contents.named = seen.end["files"]["lacking"], seen.end["files"]["named"]
    return contents


class _Seen:
    """What went by, to be compared with what the end tells: rows and hash of each table, by name."""

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self.names = hashlib.sha256()
        self.tables: dict[str, tuple[int, str]] = {}
        self.end: dict[str, Any] = {}
        self.form: int | None = None
        self.broker_tables: dict[str, tuple[int, str]] = {}
        self.broker_files: dict[str, str] = {}

    def take(self, member: Member) -> None:
        lines = sum(piece.count(b"\n") for piece in member.pieces)
        facts, digest = member.facts, str(member.tail["sha256"])
        if member.kind == "table":
            self.tables[str(facts["name"])] = (lines, digest)
        elif member.kind == "file":
            self._take_file(member)
        elif member.kind == broker.START:
            self.form = int(facts["form"])
        elif member.kind == broker.TABLE:
            self.broker_tables[str(facts["name"])] = (lines, digest)
        elif member.kind == broker.FILE:
            self.broker_files[str(facts["name"])] = digest
        else:
            self.end = facts

    def _take_file(self, member: Member) -> None:
        if is_whole(member):
            self.names.update(bytes.fromhex(str(member.facts["digest"])))
            self.contents.files += 1
            self.contents.bytes += int(member.tail["size"])

    def is_as_told(self) -> bool:
        found = {"count": self.contents.files, "bytes": self.contents.bytes, "sha256": self.names.hexdigest()}
        is_files = found == {name: self.end["files"][name] for name in found}
        return is_files and _told(self.end["tables"]) == self.tables and self._is_broker_as_told()

    def _is_broker_as_told(self) -> bool:
        told = self.end.get("broker")
        if told is None or self.form is None:
            return told is None and self.form is None and not self.broker_tables and not self.broker_files
        is_tables = _told(told["tables"]) == self.broker_tables
        return is_tables and (told["form"], told["files"]) == (self.form, self.broker_files)


def _told(tables: dict[str, dict[str, Any]]) -> dict[str, tuple[int, str]]:
    return {name: (facts["rows"], facts["sha256"]) for name, facts in tables.items()}


def is_whole(member: Member) -> bool:
    """Whether a file read to its end has the bytes of its name; else it was wrong in the store of the city already."""
    return bool(member.tail["sha256"] == member.facts["digest"])


def _contents(facts: dict[str, Any], *, encrypted: bool) -> Contents:
    return Contents(
        songcau=str(facts["songcau"]),
        engine=str(facts["engine"]),
        made_at=datetime.fromisoformat(facts["made_at"]),
        city=str(facts["city"]),
        audit_key_id=str(facts["audit_key_id"]),
        encrypted=encrypted,
        migrations=[(str(app), str(name)) for app, name in facts["migrations"]],
        keys=dict(facts.get("keys", {})),
    )
