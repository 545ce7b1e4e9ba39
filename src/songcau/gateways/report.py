"""What could not be taken over, for the administrator: JSON lines, on disk before a message is acknowledged."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

MOST_BYTES = 5 * 1024 * 1024
MOST_FILES = 5
LONGEST_EXCERPT = 2000


class Report:
    """A file that is continued. Past `most_bytes` it becomes `NAME.1`, that one `NAME.2` …; the oldest goes."""

    def __init__(self, file: Path, *, most_bytes: int = MOST_BYTES, most_files: int = MOST_FILES) -> None:
        self.file = file
        self._most_bytes = most_bytes
        self._most_files = most_files

    def write(self, entries: Iterable[dict[str, Any]]) -> None:
        """On return the entries are on disk. Raises OSError."""
        lines = b"".join(orjson.dumps(entry) + b"\n" for entry in entries)
        if not lines:
            return
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.file.exists() and self.file.stat().st_size + len(lines) > self._most_bytes:
            self._rotate()
        with self.file.open("ab") as stream:
            stream.write(lines)
            stream.flush()
            os.fsync(stream.fileno())

    def _rotate(self) -> None:
        for number in range(self._most_files - 1, 0, -1):
            older = self._numbered(number)
            newer = self._numbered(number - 1) if number > 1 else self.file
            if newer.exists():
                newer.replace(older)

    def _numbered(self, number: int) -> Path:
        return self.file.with_name(f"{self.file.name}.{number}")


def excerpt(payload: bytes) -> str:
    """The beginning of a payload, to be looked at: bytes that are no UTF-8 are shown as \\x…"""
    return payload[:LONGEST_EXCERPT].decode("utf-8", "backslashreplace")


def replace_file(file: Path, content: bytes) -> None:
    """Write a small file so that it is there whole or as it was. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f"{file.name}.new")
    with draft.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)
