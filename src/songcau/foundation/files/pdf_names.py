"""Looks for the names of what a PDF could do by itself, in plain sight and in its packed lists of objects.

PDFium draws pages and does not tell of actions; what stands here is the part of ISO 32000 that leaves little room to
hide: a name is written whole, a letter of it at most as `#` and two digits, and objects are packed in streams of type
`ObjStm` only, which every program packs by Flate.
"""

import mmap
import re
import zlib
from pathlib import Path

from songcau.foundation.files import rules
from songcau.foundation.files.refusals import CarriesFiles, FileBroken, HasMacros

_MOST_UNPACKED = 64 * rules.MEGABYTE
_MOST_STREAMS = 20_000  # each with a hundred objects or more, as programs write them
_PIECE = 1 << 16
_DICTIONARY = 4096


def _spelled(*names: str) -> bytes:
    """A pattern for names of the PDF, each letter plain or by its number."""
    spelled = ("".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in name) for name in names)
    return f"/(?:{'|'.join(spelled)})(?![A-Za-z0-9_#.-])".encode()


_ACTS = re.compile(_spelled("JavaScript", "Launch"))
# `EF` is two letters that also stand in pictures: it counts where a list of files follows.
_CARRIES = re.compile(_spelled("EmbeddedFile", "EmbeddedFiles") + b"|" + _spelled("EF") + rb"\s*(?:<<|\d+\s+\d+\s+R\b)")
_PACKED = re.compile(_spelled("ObjStm"))
_STREAM = re.compile(rb"stream\r?\n")
_FILTER = re.compile(_spelled("Filter", "F"))
_STRANGE = re.compile(_spelled("LZWDecode", "ASCIIHexDecode", "ASCII85Decode", "RunLengthDecode", "DecodeParms"))


def require_no_actions(file: Path) -> None:
    """Raises HasMacros for scripts and programs to start, CarriesFiles, FileBroken."""
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        _require_none(content)
        left = _MOST_UNPACKED
        for number, found in enumerate(_PACKED.finditer(content)):
            if number >= _MOST_STREAMS:
                raise FileBroken(found=rules.PDF)
            unpacked = _unpacked(content, found.start(), left)
            _require_none(unpacked)
            left -= len(unpacked)


def _require_none(content: bytes | mmap.mmap) -> None:
    if _ACTS.search(content):
        raise HasMacros
    if _CARRIES.search(content):
        raise CarriesFiles


def _unpacked(content: mmap.mmap, at: int, most: int) -> bytes:
    """The objects in the stream whose dictionary holds the place `at`; none where they are not packed at all."""
    begins = _STREAM.search(content, at, at + _DICTIONARY)
    if begins is None:
        return b""
    before = max(at - _DICTIONARY, 0)
    opens = max(content.rfind(b"endobj", before, at), before)
    if not _FILTER.search(content, opens, begins.start()):
        return b""
    if _STRANGE.search(content, opens, begins.start()):
        raise FileBroken(found=rules.PDF)
    unpacker, unpacked, place = zlib.decompressobj(), b"", begins.end()
    try:
        while not unpacker.eof and place < len(content) and len(unpacked) <= most:
            unpacked += unpacker.decompress(unpacker.unconsumed_tail + content[place : place + _PIECE], most + 1)
            place += _PIECE
    except zlib.error as error:
        raise FileBroken(found=rules.PDF) from error
    if len(unpacked) > most:
        raise FileBroken(found=rules.PDF)
    return unpacked
