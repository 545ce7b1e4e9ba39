"""Faces and plates in pictures: found by OpenCV, hidden by Pillow, each in a process of its own.

A decoder that meets a hostile picture may crash, loop, or want all memory: here that ends the other process and nothing
else; and neither web nor worker ever holds OpenCV. What a machine finds is a suggestion: a person decides.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from songcau.kernel.errors import Refused, Unavailable
from songcau.systems.citizen_reports.rules.boxes import Box, BoxKind

# By the clock; what loops is ended by the processor time it may take (`opening.CPU_SECONDS`) long before.
SECONDS = 200
# So long another picture is waited for; then this one is left for later.
PATIENCE = 60
_PAUSE = 0.2
LOCK = Path(tempfile.gettempdir()) / f"songcau-blurring-{os.getuid()}.lock"
_BROKEN, _MEMORY = 11, 12
# What ends a decoder that falls over its picture or never comes to an end. Other signals come from outside.
_OF_THE_PICTURE = (signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGXCPU)


class PictureUnreadable(Refused):
    """The picture cannot be opened, or takes more time or memory than a picture may; `why`: a code."""

    code = "REPORT_PICTURE_UNREADABLE"


class BlurringBusy(Unavailable):
    """Another picture is looked at on this machine, and was for a while."""

    code = "REPORT_BLURRING_BUSY"


class BlurringAway(Unavailable):
    """The other process ended in a way that is not the picture's fault; `exit`: its exit code."""

    code = "REPORT_BLURRING_AWAY"


def detected(picture: Path) -> list[Box]:
    """Boxes that may hold faces and plates, padded, overlapping ones merged, at most `MOST_BOXES`.

    For upright JPEG, PNG or WebP as `files` keeps them. About 7 seconds of one core, and one picture at a time on a
    machine, however many workers it has. Raises PictureUnreadable, BlurringAway, BlurringBusy.
    """
    with _turn():
        answer = _run("finding", [str(picture)], "")
    try:
        return [Box(**one | {"kind": BoxKind(one["kind"])}) for one in json.loads(answer)]
    except (ValueError, TypeError, KeyError) as error:
        raise BlurringAway(exit=0) from error


def blurred(picture: Path, boxes: Sequence[Box], target: Path) -> None:
    """Write a copy to `target`, a JPEG, PNG or WebP by its suffix, without metadata, in which the boxes tell nothing.

    Raises PictureUnreadable, BlurringAway; then `target` is no picture.
    """
    _run("hiding", [str(picture), str(target)], json.dumps([box.as_json() for box in boxes]))


@contextmanager
def _turn() -> Iterator[None]:
    """Let one process of this machine in. The lock ends with its holder, however that ends."""
    file = os.open(LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        last = time.monotonic() + PATIENCE
        while not _is_mine(file):
            if time.monotonic() >= last:
                raise BlurringBusy
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(file)


def _is_mine(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _run(module: str, arguments: list[str], given: str) -> str:
    # One thread: the worker shares the machine with the web, and every thread reserves memory.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", f"{__name__}.{module}", *arguments]
    try:
        ended = subprocess.run(command, input=given, capture_output=True, text=True, timeout=SECONDS, env=environment)
    except subprocess.TimeoutExpired:
        raise PictureUnreadable(why="TIMEOUT") from None
    if ended.returncode in (_BROKEN, _MEMORY):
        raise PictureUnreadable(why="BROKEN" if ended.returncode == _BROKEN else "MEMORY")
    if -ended.returncode in _OF_THE_PICTURE:
        raise PictureUnreadable(why="KILLED")
    if ended.returncode != 0:
        raise BlurringAway(exit=ended.returncode)
    return ended.stdout
