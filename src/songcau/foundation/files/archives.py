"""Looks into packed documents, first by their lists of contents alone: which kind, macros, passwords, bombs."""

import re
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from songcau.foundation.files import ooxml, rules
from songcau.foundation.files.refusals import Encrypted, FileBroken, HasMacros, PackedTooTight
from songcau.foundation.files.rules import Packed
from songcau.foundation.files.stores import CHUNK
from songcau.foundation.files.unpacking import require_true_list

_END = b"PK\x05\x06"
_ZIP64_END = 76  # the record of 56 bytes and what points at it
_LONGEST_END = 65_557 + _ZIP64_END
_LONGEST_LIST = 4 * rules.MEGABYTE
_READ_AT_MOST = 4 * rules.MEGABYTE
_BY_FOLDER = (("word/", rules.DOCX), ("xl/", rules.XLSX), ("ppt/", rules.PPTX))
_OLE_KINDS = (("WordDocument", rules.DOC), ("Workbook", rules.XLS), ("PowerPoint Document", rules.PPT))
_OLE_LOCKED = ("EncryptedPackage", "EncryptionInfo", "EncryptedSummary")
_OLE_MACROS = ("_VBA_PROJECT", "VBA_PROJECT_CUR", "Macros")
_OLE_ENTRY = 128


def _ole_entry(name: str) -> re.Pattern[bytes]:
    """An entry of a compound file's directory, upper and lower case alike as its readers have it.

    With its length and its kind, so that the same word in a text does not count.
    """
    spelled = re.escape(f"{name}\0".encode("utf-16-le"))
    length = 2 * len(name) + 2
    return re.compile(b"(?is)%b.{%d}%b\\0[\x01\x02\x05]" % (spelled, 64 - length, re.escape(bytes([length]))))


_OLE_ENTRIES = {name: _ole_entry(name) for name in (*_OLE_LOCKED, *_OLE_MACROS, *(name for name, _ in _OLE_KINDS))}


def kind_of_zip(file: Path) -> str:
    """DOCX, XLSX, PPTX, ODT, ODS, ODP or ZIP. Raises PackedTooTight, HasMacros, Encrypted, FileBroken."""
    with file.open("rb") as stream:
        _require_short_list(stream)
        try:
            with zipfile.ZipFile(stream) as archive:
                kind = _kind(archive, file.stat().st_size)
                require_true_list(stream, archive)
                return kind
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError, zlib.error) as error:
            raise FileBroken(found=rules.ZIP) from error


def _require_short_list(stream: BinaryIO) -> None:
    """The list is read whole into memory, so its own announced length is looked at first."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _LONGEST_END))
    tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise FileBroken(found=rules.ZIP)
    entries = int.from_bytes(tail[at + 10 : at + 12], "little")
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    if (larger := tail[max(0, at - _ZIP64_END) : at]).startswith(b"PK\x06\x06"):
        # Readers believe this one where it is there, whatever stands in the other.
        entries = max(entries, int.from_bytes(larger[32:40], "little"))
        length = max(length, int.from_bytes(larger[40:48], "little"))
    # 0xffff and 0xffffffff announce a ZIP64 list, which only archives beyond every limit here need.
    if entries > rules.MOST_ENTRIES or length > _LONGEST_LIST:
        raise PackedTooTight(why="ENTRIES")
    stream.seek(0)


def _kind(archive: zipfile.ZipFile, size: int) -> str:
    entries = archive.infolist()
    rules.require_honest_archive([Packed(e.filename, e.compress_size, e.file_size) for e in entries], size)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Encrypted
    names = [entry.filename for entry in entries]
    _require_no_macros(names)
    if ooxml.TYPES in names and "mimetype" in names:
        # Each office would open it as its own kind.
        raise FileBroken(found=rules.ZIP)
    if ooxml.TYPES in names:
        return _office(archive, names)
    if "mimetype" in names:
        return _open_document(archive, names)
    return rules.ZIP


def _require_no_macros(names: list[str]) -> None:
    for name in names:
        lower = name.lower()
        if lower.endswith(("vbaproject.bin", "vbadata.xml")) or rules.extension_of(lower) in rules.MACRO_EXTENSIONS:
            raise HasMacros


def _office(archive: zipfile.ZipFile, names: list[str]) -> str:
    ooxml.require_plain_parts(archive, names)
    for folder, kind in _BY_FOLDER:
        if any(name.startswith(folder) for name in names):
            return kind
    return rules.ZIP


def _open_document(archive: zipfile.ZipFile, names: list[str]) -> str:
    if any(name.startswith(("Basic/", "Scripts/")) for name in names):
        raise HasMacros
    if "META-INF/manifest.xml" in names and b"encryption-data" in _read(archive, "META-INF/manifest.xml"):
        raise Encrypted
    kind = _read(archive, "mimetype").decode("ascii", "replace").strip()
    return kind if kind in (rules.ODT, rules.ODS, rules.ODP) else rules.ZIP


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """One small entry, never more of it than a list of parts can need."""
    with archive.open(name) as entry:
        return entry.read(_READ_AT_MOST)


def kind_of_ole(file: Path) -> str:
    """DOC, XLS, PPT or OLE, by the names in the compound file's directory. Raises HasMacros, Encrypted."""
    found: set[str] = set()
    with file.open("rb") as stream:
        before = b""
        while chunk := stream.read(CHUNK):
            seen = before + chunk
            found |= {name for name, entry in _OLE_ENTRIES.items() if entry.search(seen)}
            before = chunk[-_OLE_ENTRY:]
    if found.intersection(_OLE_LOCKED):
        raise Encrypted
    if found.intersection(_OLE_MACROS):
        raise HasMacros
    return next((kind for name, kind in _OLE_KINDS if name in found), rules.OLE)
