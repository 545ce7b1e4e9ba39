"""What may be stored under which name, for how long, and what may be shown: pure functions on bytes and dates.

Sniffing decides by the bytes alone. The name a file comes with is only ever compared with what the bytes are.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from songcau.foundation.files.refusals import (
    ActiveContent,
    FileEmpty,
    HasMacros,
    NotWhatItsNameSays,
    OverLimit,
    PackedTooTight,
    TooManyPixels,
    TypeNotAccepted,
)
from songcau.kernel.text import normal

MEGABYTE = 1024 * 1024
HEAD = 4096  # bytes that sniffing looks at
LONGEST_NAME = 150
_LONGEST_EXTENSION = 16
UNFINISHED_FOR = timedelta(days=7)
UNLINKED_FOR = timedelta(days=1)
MOST_UNFINISHED = 200


class Scan(StrEnum):
    """What the virus scanner said of some bytes; WAITING and INFECTED are never given out."""

    NOT_SCANNED = "NOT_SCANNED"
    WAITING = "WAITING"
    CLEAN = "CLEAN"
    INFECTED = "INFECTED"


class PreviewState(StrEnum):
    WAITING = "WAITING"
    MADE = "MADE"
    FAILED = "FAILED"
    NONE = "NONE"


class UploadState(StrEnum):
    RECEIVING = "RECEIVING"
    STORED = "STORED"
    REFUSED = "REFUSED"


JPEG, PNG, WEBP, HEIC = "image/jpeg", "image/png", "image/webp", "image/heic"
PDF, ZIP, OLE = "application/pdf", "application/zip", "application/x-ole-storage"
TEXT, CSV, HTML, UNKNOWN = "text/plain", "text/csv", "text/html", "application/octet-stream"
OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
DOCX, XLSX, PPTX = (
    f"{OOXML}wordprocessingml.document",
    f"{OOXML}spreadsheetml.sheet",
    f"{OOXML}presentationml.presentation",
)
ODT, ODS, ODP = f"{ODF}text", f"{ODF}spreadsheet", f"{ODF}presentation"
DOC, XLS, PPT = "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"
MP4, QUICKTIME = "video/mp4", "video/quicktime"

PICTURES = frozenset({JPEG, PNG, WEBP, HEIC})
DOCUMENTS = frozenset({PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP})
VIDEOS = frozenset({MP4, QUICKTIME})
# A browser shows these without running anything of theirs; all else is handed over to be saved.
SHOWN_INLINE = frozenset({JPEG, PNG, WEBP, TEXT})

EXTENSIONS: Mapping[str, frozenset[str]] = {
    "jpg": frozenset({JPEG}),
    "jpeg": frozenset({JPEG}),
    "jfif": frozenset({JPEG}),
    "png": frozenset({PNG}),
    "webp": frozenset({WEBP}),
    "heic": frozenset({HEIC}),
    "heif": frozenset({HEIC}),
    "pdf": frozenset({PDF}),
    "docx": frozenset({DOCX}),
    "xlsx": frozenset({XLSX}),
    "pptx": frozenset({PPTX}),
    "odt": frozenset({ODT}),
    "ods": frozenset({ODS}),
    "odp": frozenset({ODP}),
    "doc": frozenset({DOC}),
    "xls": frozenset({XLS}),
    "ppt": frozenset({PPT}),
    "zip": frozenset({ZIP}),
    "txt": frozenset({TEXT}),
    "csv": frozenset({TEXT, CSV}),
    "mp4": frozenset({MP4, QUICKTIME}),
    "mov": frozenset({QUICKTIME, MP4}),
}
MACRO_EXTENSIONS = frozenset({"docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppsm", "ppam"})
ARCHIVE_EXTENSIONS = frozenset({"zip", "rar", "7z", "gz", "bz2", "xz", "tar", "tgz", "jar", "cab", "iso", "zst"})

# Windows takes these for devices, with whatever ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
_SIGNATURES = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"%PDF-", PDF),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
)
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc")
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_MARKUP = re.compile(
    rb"<\s*(!doctype\s+html|html|head|body|script|svg|iframe|object|embed|img|a\s|table|div|style|title|br|p\s*>|h1"
    rb"|\?xml|!--|meta|link|form)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a use takes: media types, bytes, and pixels of a picture."""

    accepted: frozenset[str]
    max_bytes: int
    max_pixels: int = 50_000_000


def require_size(limits: Limits, length: int) -> None:
    """Raises FileEmpty, OverLimit."""
    if length <= 0:
        raise FileEmpty
    if length > limits.max_bytes:
        raise OverLimit(megabytes=round(limits.max_bytes / MEGABYTE, 1))


def sniffed(head: bytes) -> str:
    """The media type the first bytes belong to; UNKNOWN when they are of no type this city stores.

    An office document still shows as ZIP or OLE here. Raises ActiveContent for markup and programs.
    """
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp":
        return _boxed(head)
    if _is_active(head):
        raise ActiveContent
    return TEXT if _is_text(head) else UNKNOWN


def _boxed(head: bytes) -> str:
    """ISO base media: pictures and films are told apart by their brands."""
    length = int.from_bytes(head[:4], "big")
    brands = [head[8:12]] + [head[at : at + 4] for at in range(16, min(length, 256), 4)]
    if b"avif" in brands or b"avis" in brands:
        return UNKNOWN
    if any(brand in _HEIC_BRANDS for brand in brands):
        return HEIC
    return QUICKTIME if brands[0] == b"qt  " else MP4


def _is_active(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n\x0c\0")[:1024]
    return head.startswith(_PROGRAMS) or _MARKUP.match(start) is not None or b"<script" in head.lower()


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3 and len(head) >= HEAD
    return True


def extension_of(name: str) -> str:
    """Lower case, without the dot; empty when there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""


def require_type(limits: Limits, name: str, found: str) -> str:
    """The media type to store: `found`, or CSV for a text named so.

    Raises HasMacros, NotWhatItsNameSays, TypeNotAccepted.
    """
    require_plain_name(name)
    extension = extension_of(name)
    expected = EXTENSIONS.get(extension)
    if expected is not None and found not in expected:
        raise NotWhatItsNameSays(extension=extension, found=found)
    if found == TEXT and extension == "csv":
        found = CSV
    if found not in limits.accepted:
        raise TypeNotAccepted(found=found, accepted=", ".join(sorted(limits.accepted)))
    return found


def require_plain_name(name: str) -> None:
    """Raises HasMacros for the endings of documents that carry them."""
    if extension_of(name) in MACRO_EXTENSIONS:
        raise HasMacros


def require_pixels(limits: Limits, width: int, height: int) -> None:
    """Raises TooManyPixels, before a pixel is unpacked."""
    if width * height > limits.max_pixels:
        raise TooManyPixels(
            megapixels=round(width * height / 1_000_000, 1), most=round(limits.max_pixels / 1_000_000, 1)
        )


@dataclass(frozen=True, slots=True)
class Packed:
    """One entry as an archive's own list gives it; sizes in bytes."""

    name: str
    packed: int
    unpacked: int


MOST_ENTRIES = 10_000
MOST_UNPACKED = 1024 * MEGABYTE
# The best that ordinary documents reach is about 1:60; bombs begin at 1:1000.
HIGHEST_RATIO = 150
RATIO_MATTERS_FROM = 10 * MEGABYTE


def require_honest_archive(entries: list[Packed], size: int) -> None:
    """Judged by the list alone: nothing is unpacked. `size` of the whole archive. Raises PackedTooTight."""
    if len(entries) > MOST_ENTRIES:
        raise PackedTooTight(why="ENTRIES")
    packed, unpacked = sum(entry.packed for entry in entries), sum(entry.unpacked for entry in entries)
    if packed > size:
        raise PackedTooTight(why="OVERLAP")
    if unpacked > MOST_UNPACKED:
        raise PackedTooTight(why="TOTAL")
    if unpacked > RATIO_MATTERS_FROM and unpacked > HIGHEST_RATIO * max(packed, 1):
        raise PackedTooTight(why="RATIO")
    if any(extension_of(entry.name) in ARCHIVE_EXTENSIONS for entry in entries):
        raise PackedTooTight(why="NESTED")


def clean_name(name: str, media_type: str = "") -> str:
    """The name to keep: NFC, no folders, nothing invisible or turning, not too long, and an end that fits the type.

    Turning characters (U+202E and its like) make `exe.gpj` read as `jpg.exe`, so they go; so do those of other writing
    that browsers and file systems stumble over. What follows a point without being an ending is part of the title.
    """
    name = name.replace("\\", "/").rpartition("/")[2]
    name = normal("".join(" " if letter in '<>:"|?*' else letter for letter in name)).strip(". ")
    stem, extension = tuple(name.rsplit(".", 1)) if 0 < len(extension_of(name)) <= _LONGEST_EXTENSION else (name, "")
    if media_type and media_type not in EXTENSIONS.get(extension.lower(), frozenset()):
        stem, extension = name, ENDING_OF.get(media_type, extension)
        stem = re.sub(r"\.(heic|heif)$", "", stem, flags=re.IGNORECASE)
    stem = stem.strip(". ") or "tep"
    ending = f".{extension}" if extension else ""
    return _cut(f"_{stem}" if _DEVICES.match(stem) else stem, LONGEST_NAME - len(ending)) + ending


def _cut(text: str, length: int) -> str:
    """At most `length` letters, and no combining mark left alone at the end.

    File systems take 255 bytes, of which an ending may need 65.
    """
    text = text[:length]
    while len(text.encode()) > 190:
        text = text[:-1]
    return text.rstrip(". ")


ENDING_OF: Mapping[str, str] = {
    next(iter(types)): extension for extension, types in reversed(list(EXTENSIONS.items())) if len(types) == 1
}


def type_under(name: str, media_type: str) -> str:
    """What bytes are under a name of theirs: the same text is a table here and a note there."""
    if media_type in (TEXT, CSV):
        return CSV if extension_of(name) == "csv" else TEXT
    return media_type


def retained_until(now: datetime, retention_days: int | None) -> datetime | None:
    """When a file stored now may go; None: when its owner removes it."""
    return None if retention_days is None else now + timedelta(days=retention_days)


def has_expired(retain_until: datetime | None, is_held: bool, now: datetime) -> bool:
    """A legal hold is stronger than any date."""
    return not is_held and retain_until is not None and retain_until <= now


def may_be_given_out(scan: str) -> bool:
    return scan in (Scan.CLEAN, Scan.NOT_SCANNED)


def has_preview(media_type: str) -> bool:
    return media_type in PICTURES or media_type == PDF


def better_scan(known: str, new: str) -> str:
    """What holds of bytes seen twice: INFECTED stays, a verdict beats none."""
    order = (Scan.NOT_SCANNED, Scan.WAITING, Scan.CLEAN, Scan.INFECTED)
    return max(Scan(known), Scan(new), key=order.index)
