"""Films without what the camera added: place, time, owner and device are blanked where they stand.

An MP4 or QuickTime file is boxes in boxes (ISO/IEC 14496-12). What is blanked becomes a `free` box of the same length,
so that not a byte of picture or sound moves and nothing is encoded again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from songcau.foundation.files.refusals import FileBroken
from songcau.foundation.files.rules import MP4
from songcau.foundation.files.stores import CHUNK

_HOLD_BOXES = (b"moov", b"trak", b"mdia", b"moof", b"traf")
_TELL = (b"udta", b"meta", b"uuid", b"XMP_", b"free", b"skip")
_TIMED = (b"mvhd", b"tkhd", b"mdhd")
# Other tracks follow the camera: where it was, how it was held, what was seen.
_SHOWN_TRACKS = (b"vide", b"soun", b"text", b"sbtl", b"subt", b"clcp", b"tmcd", b"auxv")
_MOST_BOXES, _MOST_TRACKS = 200_000, 100


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    inside: int
    end: int


def blank_facts(film: Path) -> None:
    """In the file itself; once more changes nothing. Raises FileBroken for what is cut short or no film."""
    with film.open("r+b") as stream:
        boxes = list(islice(_boxes(stream, 0, stream.seek(0, 2)), _MOST_BOXES))
        tracks = [box for box in boxes if box.kind == b"trak"]
        if len(boxes) == _MOST_BOXES or len(tracks) > _MOST_TRACKS:
            raise FileBroken(found=MP4)
        kinds = {box.kind for box in boxes}
        if b"moov" not in kinds or not kinds & {b"mdat", b"moof"}:
            raise FileBroken(found=MP4)
        hidden = [track for track in tracks if not _is_shown(track, boxes, stream)]
        for box in boxes:
            if box.kind in _TELL:
                _blank(stream, box)
            elif box.kind in _TIMED:
                _blank_times(stream, box)
        for track in hidden:
            _blank(stream, track)


def _boxes(stream: BinaryIO, start: int, end: int, depth: int = 0) -> Iterator[_Box]:
    """Every box, those that hold boxes before what they hold."""
    if depth > len(_HOLD_BOXES):
        raise FileBroken(found=MP4)
    while start < end:
        box = _box(stream, start, end, is_outermost=depth == 0)
        yield box
        if box.kind in _HOLD_BOXES:
            yield from _boxes(stream, box.inside, box.end, depth + 1)
        start = box.end


def _box(stream: BinaryIO, start: int, end: int, *, is_outermost: bool) -> _Box:
    stream.seek(start)
    head = stream.read(16)
    length, kind, inside = int.from_bytes(head[:4], "big"), head[4:8], start + 8
    if length == 1:
        length, inside = int.from_bytes(head[8:16], "big"), start + 16
    elif length == 0 and is_outermost:
        length = end - start
    if length < inside - start or start + length > end:
        raise FileBroken(found=MP4)
    return _Box(kind, start, inside, start + length)


def _is_shown(track: _Box, boxes: list[_Box], stream: BinaryIO) -> bool:
    for box in boxes:
        if box.kind == b"hdlr" and track.start < box.start < track.end:
            stream.seek(box.inside + 8)
            return stream.read(4) in _SHOWN_TRACKS
    return False


def _blank(stream: BinaryIO, box: _Box) -> None:
    stream.seek(box.start + 4)
    stream.write(b"free")
    stream.seek(box.inside)
    left = box.end - box.inside
    while left > 0:
        left -= stream.write(bytes(min(left, CHUNK)))


def _blank_times(stream: BinaryIO, box: _Box) -> None:
    """When it was made and changed: two numbers after version and flags."""
    stream.seek(box.inside)
    width = 8 if stream.read(1) == b"\x01" else 4
    stream.seek(box.inside + 4)
    stream.write(bytes(max(0, min(2 * width, box.end - box.inside - 4))))
