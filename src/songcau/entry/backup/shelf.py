"""A folder of dated backups, of which the newest are kept, and the note by which the doctor knows the last one."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from songcau.entry.backup import files
from songcau.entry.backup.refusals import BackupTooNew, CannotRead, CannotWrite, Damaged, KeepNeedsFolder, NotABackup
from songcau.entry.backup.sealing import read_head
from songcau.entry.backup.writing import Made

NAME = re.compile(r"songcau-\d{8}T\d{6}Z\.backup")
PATTERN = "songcau-*.backup"
NOTE = "last-backup.json"


def place(to: Path, now: datetime, *, keep: int | None) -> Path:
    """The file to write: `to` itself, or a dated one in it when it is a folder. Raises KeepNeedsFolder, CannotWrite."""
    if to.is_dir():
        files.remove_leftovers(to, PATTERN)
        return to / f"songcau-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.backup"
    if keep is not None:
        raise KeepNeedsFolder(file=to)
    if not to.parent.is_dir():
        raise CannotWrite(file=to, reason=f"there is no folder {to.parent}")
    return to


def thin_out(folder: Path, keep: int, city: str, *, made: Path) -> tuple[list[Path], list[Path]]:
    """Remove the oldest dated backups of this city beyond `keep`: which went, and which could not be removed.

    `made` stays, the one made just now: a name is only as right as the clock was. What else lies there is left alone.
    """
    dated = [file for file in folder.glob(PATTERN) if NAME.fullmatch(file.name) and file != made]
    older = sorted((file for file in dated if _is_of(file, city)), reverse=True)
    gone, stuck = [], []
    for file in reversed(older[keep - 1 :]):
        try:
            file.unlink()
            gone.append(file)
        except FileNotFoundError:
            continue
        except OSError:
            stuck.append(file)
    return gone, stuck


def _is_of(file: Path, city: str) -> bool:
    try:
        with files.read(file) as stream:
            return read_head(stream, file.name).city == city
    except (NotABackup, BackupTooNew, Damaged, CannotRead):
        return False


@dataclass(frozen=True, slots=True)
class LastBackup:
    """What is known of the backup made last from this data folder."""

    made_at: datetime
    file: str
    encrypted: bool
    lacking: int
    is_broker_left_out: bool = False


def note(data: Path, made: Made) -> None:
    told = {
        "made_at": made.made_at.isoformat(),
        "file": str(made.file.resolve()),
        "encrypted": made.encrypted,
        "lacking": made.lacking,
        "broker_left_out": made.is_broker_left_out,
    }
    beside = data / f".{NOTE}.part"
    beside.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    beside.replace(data / NOTE)


def last_backup(data: Path) -> LastBackup | None:
    """None when none was made, or the note cannot be read."""
    try:
        told: dict[str, Any] = json.loads((data / NOTE).read_text(encoding="utf-8"))
        made_at = datetime.fromisoformat(told["made_at"])
        without_broker = bool(told.get("broker_left_out"))
        return LastBackup(made_at, str(told["file"]), bool(told["encrypted"]), int(told["lacking"]), without_broker)
    except (OSError, ValueError, KeyError, TypeError):
        return None
