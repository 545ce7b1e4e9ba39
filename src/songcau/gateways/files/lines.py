"""The lines of a file of readings, one at a time: a file of any size is read in little memory."""

import csv
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

import orjson

from songcau.gateways.faults import Fault
from songcau.gateways.files.mapping import CSV, JSON_LINES, SEPARATORS, Layout
from songcau.kernel.text import nfc

LONGEST = 1024 * 1024
CHUNK = 64 * 1024
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SPOILT = re.compile("[\ud800-\udfff]")
# Spreadsheets and archives, by their first bytes.
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"PAR1", b"SQLite format")


@dataclass(slots=True)
class Line:
    """One line, or one element of a list. number: where it begins, counted from 1. Either content or a fault."""

    number: int
    content: dict[str, Any] | None = None
    fault: Fault | None = None
    text: str = ""


def lines_of(file: Path, layout: Layout) -> Iterator[Line]:
    """Everything that the file holds, in order. Raises Fault when nothing of it can be read.

    After a fault from which there is no way on, it is the last line.
    """
    form = layout.form_of(file)
    with _opened(file, layout) as (stream, encoding):
        reading = {CSV: _table, JSON_LINES: _json_lines}.get(form, _json_list)
        number = 1
        try:
            for line in reading(stream, file, layout):
                number = line.number
                yield line if not _SPOILT.search(line.text) else _spoilt(line, encoding)
        except UnicodeDecodeError:
            yield Line(number + 1, fault=Fault("FILE_NOT_ENCODED", encoding=encoding))


def _spoilt(line: Line, encoding: str) -> Line:
    text = line.text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return Line(line.number, fault=Fault("LINE_NOT_ENCODED", encoding=encoding), text=text)


@contextmanager
def _opened(file: Path, layout: Layout) -> Iterator[tuple[TextIO, str]]:
    try:
        with file.open("rb") as raw:
            begin = raw.read(64)
            if begin.startswith(_BINARY):
                raise Fault("FILE_NOT_TEXT", file=file.name)
            marked = next((encoding for mark, encoding in _MARKS if begin.startswith(mark)), None)
            encoding = marked or layout.encoding or "utf-8"
            raw.seek(0)
            # A byte that is none of the encoding becomes a mark in the text: so the line that holds it can be named.
            with TextIOWrapper(raw, encoding=encoding, errors="surrogateescape", newline="") as stream:
                yield stream, encoding
    except OSError as error:
        raise Fault("FILE_UNREADABLE", file=file, why=error.strerror) from error


# --- tables -----------------------------------------------------------------------------------------


def head_of(file: Path, layout: Layout) -> list[str]:
    """The names of the columns. Raises Fault."""
    with _opened(file, layout) as (stream, encoding):
        try:
            return _head(stream, file, layout)[0]
        except UnicodeDecodeError:
            raise Fault("FILE_NOT_ENCODED", encoding=encoding) from None


def _head(stream: TextIO, file: Path, layout: Layout) -> tuple[list[str], str]:
    """The names of the columns, and what separates them."""
    text = stream.readline(LONGEST)
    if _SPOILT.search(text):
        raise Fault("FILE_NOT_ENCODED", encoding=stream.encoding)
    text = nfc(text)
    separator = layout.separator or max(SEPARATORS, key=text.count)
    try:
        names = [name.strip() for name in next(csv.reader([text], delimiter=separator, strict=True), [])]
    except csv.Error as error:
        raise Fault("LINE_MALFORMED", why=error) from error
    while names and not names[-1]:
        names.pop()
    if not any(names):
        raise Fault("FILE_EMPTY", file=file.name)
    for name in names:
        if names.count(name) > 1:
            raise Fault("COLUMN_TWICE", column=name or "–")
    return names, separator


def _table(stream: TextIO, file: Path, layout: Layout) -> Iterator[Line]:
    names, separator = _head(stream, file, layout)
    reader = csv.reader(_bounded(stream), delimiter=separator, strict=True)
    while True:
        number = reader.line_num + 2  # the head was read by itself
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(number, fault=Fault("LINE_MALFORMED", why=error))
            continue
        if not any(cells):
            continue
        text = separator.join(cells)
        if len(cells) > len(names) and not any(cells[len(names) :]):
            cells = cells[: len(names)]
        if len(cells) != len(names):
            fault = Fault("COLUMNS_DIFFER", count=len(cells), expected=len(names))
            yield Line(number, fault=fault, text=text)
            continue
        yield Line(number, {name: cell.strip() for name, cell in zip(names, cells, strict=True)}, text=text)


def _bounded(stream: TextIO) -> Iterator[str]:
    """The lines of a stream in the normal form; one that is too long comes in pieces, which no table takes."""
    while text := stream.readline(LONGEST):
        yield text if text.isascii() or _SPOILT.search(text) else nfc(text)


# --- JSON -------------------------------------------------------------------------------------------


def _json_lines(stream: TextIO, _file: Path, _layout: Layout) -> Iterator[Line]:
    number = 0
    while text := stream.readline(LONGEST):
        number += 1
        if len(text) == LONGEST and not text.endswith("\n"):
            yield Line(number, fault=Fault("LINE_MALFORMED", why=f"> {LONGEST}"), text=text[:LONGEST])
            return
        if not text.strip():
            continue
        try:
            found = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            yield Line(number, fault=Fault("NOT_JSON", why=error), text=text)
        else:
            yield _object(number, found, text)


def _object(number: int, found: Any, text: str) -> Line:
    if not isinstance(found, dict):
        return Line(number, fault=Fault("NOT_AN_OBJECT"), text=text)
    return Line(number, found, text=text)


def _json_list(stream: TextIO, file: Path, _layout: Layout) -> Iterator[Line]:
    """The elements of a list, read piece by piece."""
    window = _Window(stream)
    if window.sign() != "[":
        raise Fault("NOT_A_LIST_OF_OBJECTS", file=file.name)
    window.take(1)
    is_first = True
    while (sign := window.sign()) != "]":
        if not is_first:
            if sign != ",":
                yield Line(window.line, fault=Fault("JSON_BROKEN", why=repr(sign)))
                return
            window.take(1)
            window.sign()
        number = window.line
        try:
            found, text = window.value()
        except (ValueError, RecursionError) as error:
            yield Line(number, fault=Fault("JSON_BROKEN", why=error))
            return
        yield _object(number, found, text)
        is_first = False


class _Window:
    """The part of a JSON text that is being looked at."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._decoder = json.JSONDecoder()
        self._text = ""
        self.line = 1

    def sign(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            left = self._text.lstrip(" \t\r\n")
            self.line += self._text[: len(self._text) - len(left)].count("\n")
            self._text = left
            if left or not self._more(CHUNK):
                return left[:1]

    def take(self, count: int) -> str:
        taken, self._text = self._text[:count], self._text[count:]
        self.line += taken.count("\n")
        return taken

    def value(self) -> tuple[Any, str]:
        """The value that begins here, and its text. Raises ValueError, RecursionError."""
        size = CHUNK
        while True:
            try:
                found, end = self._decoder.raw_decode(self._text)
                if end < len(self._text) or not self._more(CHUNK):  # a number may go on in the next piece
                    return found, self.take(end)
            except json.JSONDecodeError:
                if len(self._text) > LONGEST or not self._more(size):
                    raise
                size *= 2

    def _more(self, size: int) -> bool:
        piece = self._stream.read(size)
        self._text += piece
        return bool(piece)
