"""No bytes leave the store while somebody reads all of it, as a backup does.

A lock of the operating system on one file in `data`, which all processes of a city share; it ends with its holder.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings


@contextmanager
def everything_held() -> Iterator[None]:
    """Inside the block nothing is deleted from the store. Waits for a deletion under way; several may hold at once."""
    with _lock_file() as stream:
        fcntl.flock(stream, fcntl.LOCK_SH)
        yield


@contextmanager
def may_delete() -> Iterator[bool]:
    """Whether deleting is allowed inside the block: False when somebody holds everything."""
    with _lock_file() as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _lock_file() -> BinaryIO:
    folder = Path(settings.SONGCAU.data) / "run"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return (folder / "files.held").open("ab")
