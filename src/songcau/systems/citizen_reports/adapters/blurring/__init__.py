"""Faces and plates in pictures: found by OpenCV, hidden by Pillow, each in a process of its own.

A decoder that meets a hostile picture may crash, loop, or want all memory: here that ends the other process and nothing
else; and neither web nor worker ever holds OpenCV. What a machine finds is a suggestion: a person decides.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from songcau.kernel.errors import Refused, Unavailable
from songcau.systems.citizen_reports.rules.boxes import Box, BoxKind

SECONDS = 120
_BROKEN, _MEMORY = 11, 12
# What ends a decoder that falls over its picture or never comes to an end. Other signals come from outside.
_OF_THE_PICTURE = (signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGXCPU)


class PictureUnreadable(Refused):
    """The picture cannot be opened, or takes more time or memory than a picture may; `why`: a code."""

    code = "REPORT_PICTURE_UNREADABLE"


class BlurringAway(Unavailable):
    """The other process ended in a way that is not the picture's fault; `exit`: its exit code."""

    code = "REPORT_BLURRING_AWAY"


def detected(picture: Path) -> list[Box]:
    """Boxes that may hold faces and plates, padded, overlapping ones merged, at most `MOST_BOXES`.

    For upright JPEG, PNG or WebP as `files` keeps them. About 7 seconds of one core. Raises PictureUnreadable,
    BlurringAway.
    """
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
