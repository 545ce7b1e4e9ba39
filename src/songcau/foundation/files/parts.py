"""The bytes of an upload that have come so far: one file each, whose length on disk is the offset.

The lock is the operating system's on the file itself: it ends with the process that held it, however that ended.
All web processes of a city must see the same `data` folder.
"""

import base64
import binascii
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

from songcau.foundation.files.rules import MEGABYTE
from songcau.foundation.files.stores import CHUNK, StoreFull, force_folder

CHECKSUMS = ("sha1", "sha256", "md5")
# So that a sudden end of the machine costs no more than this, however long one request lasts.
_FORCED_EVERY = 64 * MEGABYTE
# Left free for the database, which must be able to write down what happened.
LEAST_FREE_BYTES = 512 * MEGABYTE


class Busy(Exception):
    """Somebody else is writing to this upload."""


class TooMuch(Exception):
    """More bytes came than the upload announced; none of them was kept."""


class ChecksumWrong(Exception):
    """The bytes are not those the sender meant; none of them was kept."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the sender says of the bytes of one request."""

    algorithm: str
    digest: bytes

    @classmethod
    def read(cls, header: str) -> "Checksum":
        """`sha1 Kq5s…`, base64. Raises ValueError for anything else."""
        algorithm, _space, encoded = header.strip().partition(" ")
        if algorithm not in CHECKSUMS:
            raise ValueError(algorithm)
        try:
            return cls(algorithm, base64.b64decode(encoded, validate=True))
        except binascii.Error as error:
            raise ValueError(encoded) from error


def folder() -> Path:
    return Path(settings.SONGCAU.data) / "uploads"


def require_room(length: int) -> None:
    """Raises StoreFull where so many bytes more would take what the database needs."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    if shutil.disk_usage(folder()).free < length + LEAST_FREE_BYTES:
        raise StoreFull


class Part:
    """The part file of an upload. It is made by `create`; every other method raises FileNotFoundError without it."""

    def __init__(self, upload: UUID) -> None:
        self.path = folder() / f"{upload}.part"

    def create(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path.touch(mode=0o600, exist_ok=False)
        force_folder(self.path.parent)

    def offset(self) -> int:
        """How many bytes are there for certain: they are forced to disk before they are counted."""
        with self.path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            os.fsync(stream.fileno())
            return size

    def remove(self) -> None:
        for file in self.path.parent.glob(f"{self.path.stem}.*"):
            file.unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Raises Busy at once when another request, of this or any other process, has it."""
        with self.path.open("rb") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy from None
            # Removed while we were opening it: the lock is one on nothing.
            if not self.path.exists():
                raise FileNotFoundError(self.path)
            yield

    def append(self, chunks: Iterator[bytes], room: int, checksum: Checksum | None = None) -> int:
        """Add the chunks, at most `room` bytes; the offset then. Whatever ends it early, the bytes so far are kept.

        With a checksum they are kept together or not at all. Raises TooMuch, ChecksumWrong, StoreFull
        and what reading raises.
        """
        if checksum is not None:
            chunks = self._checked(chunks, room, checksum)
        with self.path.open("r+b") as stream:
            start = stream.seek(0, os.SEEK_END)
            try:
                _pour(chunks, stream.fileno(), room)
            except TooMuch:
                os.ftruncate(stream.fileno(), start)
                raise
            finally:
                os.fsync(stream.fileno())
            return os.fstat(stream.fileno()).st_size

    def _checked(self, chunks: Iterator[bytes], room: int, checksum: Checksum) -> Iterator[bytes]:
        """Set aside until they are known to be right: a process killed in between leaves no unproved byte."""
        aside = self.path.with_suffix(".unproved")
        hasher = hashlib.new(checksum.algorithm, usedforsecurity=False)
        try:
            with aside.open("wb") as stream:
                for chunk in chunks:
                    hasher.update(chunk)
                    stream.write(chunk)
                    if stream.tell() > room:
                        raise TooMuch
            if hasher.digest() != checksum.digest:
                raise ChecksumWrong
            with aside.open("rb") as stream:
                while chunk := stream.read(CHUNK):
                    yield chunk
        finally:
            with suppress(OSError):
                aside.unlink(missing_ok=True)


def _pour(chunks: Iterator[bytes], handle: int, room: int) -> None:
    # Many uploads may have begun while there was room for each of them.
    require_room(min(room, _FORCED_EVERY))
    unforced = 0
    for chunk in chunks:
        if unforced >= _FORCED_EVERY:
            require_room(min(room, _FORCED_EVERY))
            os.fdatasync(handle)
            unforced = 0
        room -= len(chunk)
        if room < 0:
            raise TooMuch
        view = memoryview(chunk)
        while view:
            view = view[os.write(handle, view) :]
        unforced += len(chunk)
