"""Where the bytes lie: by their SHA-256, in a folder or an S3-compatible store, behind one protocol.

A store knows nothing of names, rights or retention. Its key is the lower-case hexadecimal digest of the content, so the
same bytes are kept once, and whatever is read can be checked against its own name.
"""

import errno
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import uuid4

from songcau.kernel.errors import Unavailable

CHUNK = 1 << 20
DIGEST = re.compile(r"[0-9a-f]{64}")
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class StoreFull(Unavailable):
    """The disk or the quota has no room left; nothing of the file was kept."""

    code = "FILES_STORE_FULL"


class StoreAway(Unavailable):
    """The store does not answer, or answers with a fault of its own (`reason`, a short code)."""

    code = "FILES_STORE_AWAY"


class ContentMissing(Unavailable):
    """The table knows these bytes and the store does not have them; `songcau files verify` lists all such."""

    code = "FILES_CONTENT_MISSING"


class Store(Protocol):
    """Every method raises StoreAway when the store cannot serve; `digest` is 64 lower-case hexadecimal digits."""

    def put(self, source: Path, digest: str) -> bool:
        """Take a copy of the file, whole or not at all; False when it was there. Raises StoreFull."""
        ...

    def has(self, digest: str) -> bool: ...

    def read(self, digest: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes from `start`, `length` of them or to the end, in chunks. Raises ContentMissing before the first."""
        ...

    def delete(self, digest: str) -> None:
        """Forget the bytes; nothing happens when they are not there."""
        ...

    def digests(self) -> Iterator[str]:
        """Every digest in the store, in no particular order."""
        ...


def digest_of(chunks: Iterator[bytes]) -> tuple[str, int]:
    """SHA-256 and length of what the chunks hold together."""
    hasher, size = hashlib.sha256(), 0
    for chunk in chunks:
        hasher.update(chunk)
        size += len(chunk)
    return hasher.hexdigest(), size


def chunks_of(stream: BinaryIO, length: int | None = None) -> Iterator[bytes]:
    """The stream from where it stands, `length` bytes or to its end."""
    left = length
    while left is None or left > 0:
        chunk = stream.read(CHUNK if left is None else min(CHUNK, left))
        if not chunk:
            return
        left = None if left is None else left - len(chunk)
        yield chunk


def file_chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        yield from chunks_of(stream)


class FolderStore:
    """`ab/cd/abcd…`: a file is written beside, forced to disk, and takes its name last, so a name is a whole file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path_of(self, digest: str) -> Path:
        if not DIGEST.fullmatch(digest):
            raise ValueError(f"not a digest: {digest!r}")
        return self.folder / digest[:2] / digest[2:4] / digest

    def put(self, source: Path, digest: str) -> bool:
        target = self.path_of(digest)
        with _told():
            if target.is_file():
                return False
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            beside = target.parent / f".{uuid4().hex}.part"
            try:
                _copy(source, beside)
                beside.replace(target)
            except BaseException:
                with suppress(OSError):
                    beside.unlink(missing_ok=True)
                raise
            for parent in (target.parent, target.parent.parent, self.folder):
                force_folder(parent)
        return True

    def has(self, digest: str) -> bool:
        with _told():
            return self.path_of(digest).is_file()

    def read(self, digest: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        try:
            stream = self.path_of(digest).open("rb")
        except FileNotFoundError:
            raise ContentMissing(digest=digest) from None
        except OSError as error:
            raise StoreAway(reason=_name(error)) from error
        return self._chunks(stream, start, length)

    @staticmethod
    def _chunks(stream: BinaryIO, start: int, length: int | None) -> Iterator[bytes]:
        with stream:
            stream.seek(start)
            yield from chunks_of(stream, length)

    def delete(self, digest: str) -> None:
        with _told():
            self.path_of(digest).unlink(missing_ok=True)

    def digests(self) -> Iterator[str]:
        for file in self.folder.glob("??/??/*"):
            if DIGEST.fullmatch(file.name):
                yield file.name

    def remove_leftovers(self, older_than: float) -> int:
        """Delete half-written files of killed processes whose last change lies before `older_than` (a timestamp)."""
        removed = 0
        for file in self.folder.glob("??/??/.*.part"):
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < older_than:
                    file.unlink()
                    removed += 1
        return removed


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as reading, target.open("xb") as writing:
        for chunk in chunks_of(reading):
            writing.write(chunk)
        writing.flush()
        os.fsync(writing.fileno())


def force_folder(folder: Path) -> None:
    """A new name is on disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _name(error: OSError) -> str:
    return errno.errorcode.get(error.errno or 0, type(error).__name__)


class _told:  # noqa: N801 - reads as a word in `with _told():`
    """Errors of the operating system as the store's own."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, OSError):
            raise (no_room(error) or StoreAway(reason=_name(error))) from error


def no_room(error: OSError) -> StoreFull | None:
    """StoreFull when that is what the error says."""
    return StoreFull() if error.errno in _NO_ROOM else None
