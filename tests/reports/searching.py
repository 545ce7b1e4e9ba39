"""Finds a person in bytes, in whatever writing they stand: pages, JSON, spreadsheets, PDF, packed, pictures."""

import base64
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import sha256
from html import unescape
from urllib.parse import unquote_plus

import pypdfium2
from PIL import Image

from songcau.kernel.text import folded

_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_PACKED = re.compile(rb"[A-Za-z0-9_\-]{24,}")
_BETWEEN = r"[\s.\-()+_/\\]{0,3}"
_NEITHER = re.compile(r"[\W_]+")
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"RIFF")
# What Pillow tells of any picture of these formats, none of it from the camera.
_PLAIN_FACTS = frozenset(
    {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "progressive", "progression", "gamma", "srgb"}
    | {"interlace", "loop", "background", "timestamp", "duration"}
)


@dataclass(frozen=True)
class Traces:
    """`words` of letters and digits, folded, found whatever stands between their letters; `numbers` digits alone."""

    words: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    _known: dict[bytes, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def __or__(self, other: "Traces") -> "Traces":
        return Traces(self.words + other.words, self.numbers + other.numbers)

    def found_in(self, content: bytes) -> tuple[str, ...]:
        """The same bytes are searched once."""
        key = sha256(content).digest()
        if key not in self._known:
            self._known[key] = tuple(sorted({trace for text in writings(content) for trace in self._in(text)}))
        return self._known[key]

    @cached_property
    def _numbered(self) -> list[tuple[str, re.Pattern[str]]]:
        return [(number, re.compile(_BETWEEN.join(number))) for number in self.numbers]

    def _in(self, text: str) -> Iterator[str]:
        bare = _bare(text)
        yield from (word for word in self.words if word in bare)
        yield from (number for number, pattern in self._numbered if pattern.search(text))


@lru_cache(maxsize=20_000)
def _bare_line(line: str) -> str:
    return _NEITHER.sub("", folded(line))


def _bare(text: str) -> str:
    """Letters and digits alone. Pages share most of their lines: each line is worked out once."""
    return "".join(_bare_line(line) for line in text.split("\n"))


def writings(content: bytes) -> Iterator[str]:
    """Every text that the bytes may be read as."""
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                yield name
                yield from writings(packed.read(name))
    elif content.startswith(b"%PDF"):
        yield from _of_pdf(content)
    elif content.startswith(b"\x1f\x8b"):
        yield from writings(gzip.decompress(content))
    elif content.startswith(_PICTURES):
        yield from facts_of_picture(content)
    yield from _as_text(content.decode("utf-8", "ignore"))
    if b"\0" in content:
        for writing in ("utf-16-le", "utf-16-be"):
            yield content.decode(writing, "ignore")
            yield content[1:].decode(writing, "ignore")


def unpacked(headers: bytes) -> bytes:
    """Headers and cookies, and what is written in base64 in them."""
    return b"\n".join([headers, *map(_of_base64, _PACKED.findall(headers))])


def _of_base64(packed: bytes) -> bytes:
    whole = packed[:-1] if len(packed) % 4 == 1 else packed
    read = base64.urlsafe_b64decode(whole + b"=" * (-len(whole) % 4))
    try:
        return zlib.decompress(read)
    except zlib.error:
        return read


def facts_of_picture(content: bytes) -> list[str]:
    """What a picture tells beside what it shows: nothing, if it was cleaned."""
    with Image.open(io.BytesIO(content)) as picture:
        told = [f"{name}: {value}" for name, value in picture.info.items() if name not in _PLAIN_FACTS]
        return told + [f"exif {tag}: {value}" for tag, value in picture.getexif().items()]


def _as_text(text: str) -> Iterator[str]:
    yield text
    if "&" in text and (read := unescape(text)) != text:
        yield read
    if "%" in text:
        yield unquote_plus(text)
    if "\\u" in text:
        yield _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _of_pdf(content: bytes) -> Iterator[str]:
    document = pypdfium2.PdfDocument(content)
    yield str(document.get_metadata_dict())
    for page in document:
        yield page.get_textpage().get_text_range()
    # What the file holds beside its text.
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        try:
            yield zlib.decompress(stream).decode("utf-8", "ignore")
        except zlib.error:
            continue
