"""Unpacks the entries of an archive once, into nothing: whether its list told the truth of them."""

import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from songcau.foundation.files import rules
from songcau.foundation.files.refusals import FileBroken, PackedTooTight
from songcau.foundation.files.stores import CHUNK, chunks_of

_HEADER = 30
_PACKED_AGAIN = (b"PK\x03\x04", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\0")
# Packed themselves by their nature, and not an archive in an archive.
_DOCUMENT_EXTENSIONS = frozenset({"docx", "xlsx", "pptx", "odt", "ods", "odp", "dotx", "xltx", "potx", "ppsx", "vsdx"})


def require_true_list(stream: BinaryIO, archive: zipfile.ZipFile) -> None:
    """Never keeps or makes more than the list announces. Raises PackedTooTight, FileBroken."""
    for entry in archive.infolist():
        if not entry.is_dir():
            _require_true(stream, entry)


def _require_true(stream: BinaryIO, entry: zipfile.ZipInfo) -> None:
    made, check, start = 0, 0, b""
    for piece in _unpacked(_packed(stream, entry), entry):
        made += len(piece)
        if made > entry.file_size:
            raise PackedTooTight(why="SIZE")
        check = zlib.crc32(piece, check)
        start = (start + piece)[:8] if len(start) < 8 else start
    if made != entry.file_size or check != entry.CRC:
        raise FileBroken(found=rules.ZIP)
    if start.startswith(_PACKED_AGAIN) and rules.extension_of(entry.filename) not in _DOCUMENT_EXTENSIONS:
        raise PackedTooTight(why="NESTED")


def _packed(stream: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    stream.seek(entry.header_offset)
    header = stream.read(_HEADER)
    if len(header) < _HEADER or not header.startswith(b"PK\x03\x04"):
        raise FileBroken(found=rules.ZIP)
    stream.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    return chunks_of(stream, entry.compress_size)


def _unpacked(packed: Iterator[bytes], entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """A piece is at most CHUNK long, however much is in what it came from."""
    if entry.compress_type == zipfile.ZIP_STORED:
        yield from packed
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise PackedTooTight(why="METHOD")
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    for piece in packed:
        left = piece
        while left and not unpacker.eof:
            yield unpacker.decompress(left, CHUNK)
            left = unpacker.unconsumed_tail
    yield from _rest(unpacker)


def _rest(unpacker: "zlib._Decompress") -> Iterator[bytes]:
    """What a full piece left inside the unpacker."""
    while not unpacker.eof:
        piece = unpacker.decompress(b"", CHUNK)
        if not piece and not unpacker.eof:
            raise FileBroken(found=rules.ZIP)
        yield piece
