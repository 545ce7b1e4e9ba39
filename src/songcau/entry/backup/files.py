"""A backup file on its way: under a name of its own until it is whole, then in place in one step."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from songcau.entry.backup.refusals import BackupExists, CannotRead, CannotWrite, NoRoom
from songcau.entry.backup.sealing import force

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
PART = ".{name}.part"


@contextmanager
def written(file: Path) -> Iterator[BinaryIO]:
    """A stream whose bytes are `file` when the block ends well, and are gone when it does not.

    Raises BackupExists, NoRoom, CannotWrite.
    """
    beside = file.with_name(PART.format(name=file.name))
    require_free(file)
    try:
        with opened(beside) as stream:
            try:
                yield stream
                force(stream)
                # It may have taken hours; what took the name meanwhile is somebody's.
                require_free(file)
                beside.rename(file)
            except BaseException:
                beside.unlink(missing_ok=True)
                raise
        force_folder(file.parent)
    except FileExistsError:
        raise BackupExists(file=file) from None
    except OSError as error:
        raise why_not_written(error, file) from error


def require_free(file: Path) -> None:
    """Raises BackupExists, also for a link that leads nowhere just now."""
    if os.path.lexists(file):
        raise BackupExists(file=file)


@contextmanager
def opened(beside: Path) -> Iterator[BinaryIO]:
    """Readable by its account only; locked, so that it is told from what a killed backup left."""
    handle = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w+b", buffering=1 << 20) as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FileExistsError(beside) from None
        if not _is_still(beside, stream):
            raise FileExistsError(beside)
        stream.truncate()
        yield stream


def _is_still(beside: Path, stream: BinaryIO) -> bool:
    """Whether the name is of what was opened: another backup may have put it in place before this one had the lock."""
    with suppress(FileNotFoundError):
        return os.path.samestat(beside.stat(), os.fstat(stream.fileno()))
    return False


def why_not_written(error: OSError, file: Path) -> NoRoom | CannotWrite:
    if error.errno in NO_ROOM:
        return NoRoom(file=file)
    return CannotWrite(file=file, reason=error.strerror or type(error).__name__)


@contextmanager
def read(file: Path) -> Iterator[BinaryIO]:
    """Raises CannotRead."""
    try:
        with file.open("rb") as stream:
            yield stream
    except OSError as error:
        raise CannotRead(file=file, reason=error.strerror or type(error).__name__) from error


def remove_leftovers(folder: Path, pattern: str) -> None:
    """Half-written files of killed backups: nobody holds their lock."""
    for beside in folder.glob(PART.format(name=pattern)):
        with suppress(OSError), beside.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still(beside, stream):
                beside.unlink()


def force_folder(folder: Path) -> None:
    """A new name is on disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
