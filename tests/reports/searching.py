"""Finds a person in bytes, in whatever writing they stand: pages, JSON, spreadsheets, PDF, packed, pictures."""

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote_plus

import pypdfium2

from songcau.kernel.text import folded

_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_BETWEEN = r"[\s.\-()+_/\\]{0,3}"


@dataclass(frozen=True)
class Traces:
    """`words` of letters and digits, folded, found whatever stands between their letters; `numbers` digits alone."""

    words: tuple[str, ...]
    numbers: tuple[str, ...]

    def found_in(self, content: bytes) -> list[str]:
        return sorted({trace for text in writings(content) for trace in self._in(text)})

    def _in(self, text: str) -> Iterator[str]:
        bare = "".join(sign for sign in folded(text) if sign.isalnum())
        yield from (word for word in self.words if word in bare)
        for number in self.numbers:
            if re.search(rf"{_BETWEEN.join(number)}", text):
                yield number


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
    yield from _as_text(content.decode("utf-8", "ignore"))
    if b"\0" in content:
        for writing in ("utf-16-le", "utf-16-be"):
            yield content.decode(writing, "ignore")
            yield content[1:].decode(writing, "ignore")


def _as_text(text: str) -> Iterator[str]:
    yield text
    yield unescape(text)
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
