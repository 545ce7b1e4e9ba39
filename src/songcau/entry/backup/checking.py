"""A backup file read whole: every seal, every hash, every count, without restoring anything."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from songcau.entry.backup import files
from songcau.entry.backup.members import Member, members
from songcau.entry.backup.refusals import Damaged
from songcau.entry.backup.sealing import SealedReader


@dataclass(slots=True)
class Contents:
    """What a backup holds, as it says itself and as it was found."""

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
    """Read all of it; what it holds. Raises as `opened` does, and Damaged for the first thing that is not as told."""
    with opened(file, passphrase) as (contents, following):
        tables: dict[str, tuple[int, str]] = {}
        names = hashlib.sha256()
        end: dict[str, Any] = {}
        for member in following:
            if member.kind == "table":
                rows = sum(piece.count(b"\n") for piece in member.pieces)
                tables[str(member.facts["name"])] = (rows, str(member.tail["sha256"]))
            elif member.kind == "file":
                _take_file(member, contents, names)
            elif member.kind == "end":
                end = member.facts
        told = {name: (facts["rows"], facts["sha256"]) for name, facts in end["tables"].items()}
        found = {"count": contents.files, "bytes": contents.bytes, "sha256": names.hexdigest()}
        if told != tables or found != {name: end["files"][name] for name in found}:
            raise Damaged(file=file, at=0)
    contents.tables = end["tables"]
    contents.lacking, contents.named = end["files"]["lacking"], end["files"]["named"]
    return contents


def _take_file(member: Member, contents: Contents, names: "hashlib._Hash") -> None:
    for _piece in member.pieces:
        pass
    if is_whole(member):
        names.update(bytes.fromhex(str(member.facts["digest"])))
        contents.files += 1
        contents.bytes += int(member.tail["size"])


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
