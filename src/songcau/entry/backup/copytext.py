"""Rows as lines of text that both databases can be filled from: the text format of PostgreSQL's COPY.

PostgreSQL writes and reads it by itself. For SQLite values are turned here, by the kind of their column: what Django
keeps there as hexadecimal digits, numbers or naive text is written as PostgreSQL would, and back.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.dateparse import parse_duration

NULL = r"\N"
_ESCAPES = {"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"}
_ESCAPE = re.compile(r"[\\\n\r\t]")
_UNESCAPES = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v"}
_UNESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Column:
    """A column and what it holds: Django's name of the field's type, for a foreign key that of what it points at."""

    name: str
    kind: str
    decimal_places: int = 0


def line_of(values: Iterable[object], turns: Sequence[Callable[[object], str]]) -> str:
    """One row from SQLite as a line."""
    cells = (
        NULL if value is None else _ESCAPE.sub(lambda found: _ESCAPES[found.group()], turn(value))
        for value, turn in zip(values, turns, strict=True)
    )
    return "\t".join(cells) + "\n"


def values_of(line: str, turns: Sequence[Callable[[str], object]]) -> list[object]:
    """One line as a row for SQLite. Raises ValueError for a line that is none of these columns'."""
    cells = line.split("\t")
    return [None if cell == NULL else turn(_plain(cell)) for cell, turn in zip(cells, turns, strict=True)]


def lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """The lines, without their ends, of bytes that were cut anywhere."""
    rest = b""
    for piece in pieces:
        whole = (rest + piece).split(b"\n")
        rest = whole.pop()
        for line in whole:
            yield line.decode()
    if rest:
        raise ValueError("the last line has no end")


def _plain(cell: str) -> str:
    return _UNESCAPE.sub(lambda found: _UNESCAPES[found.group(1)], cell) if "\\" in cell else cell


def from_sqlite(column: Column) -> Callable[[object], str]:
    """How a value of SQLite is written."""
    if column.kind == "DecimalField":
        step = Decimal(1).scaleb(-column.decimal_places)
        return lambda value: str(Decimal(str(value)).quantize(step))
    return _FROM_SQLITE.get(column.kind, str)


def to_sqlite(column: Column) -> Callable[[str], object]:
    """How a cell becomes a value for SQLite; its own column types turn digits into numbers."""
    return _TO_SQLITE.get(column.kind, str)


def _dashed(value: object) -> str:
    digits = str(value)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _in_hexadecimal(value: object) -> str:
    if not isinstance(value, bytes | memoryview):
        raise TypeError("not bytes")
    return r"\x" + bytes(value).hex()


def _six_digits(cell: str) -> str:
    """Django compares instants in SQLite as text, and writes six digits of a second or none."""
    cell = cell.removesuffix("+00")
    whole, point, fraction = cell.partition(".")
    return f"{whole}.{fraction:0<6}" if point else cell


def _microseconds(cell: str) -> int:
    length = parse_duration(cell)
    if length is None:
        raise ValueError(cell)
    return (length.days * 86_400 + length.seconds) * 1_000_000 + length.microseconds


_FROM_SQLITE: dict[str, Callable[[object], str]] = {
    "UUIDField": _dashed,
    "BooleanField": lambda value: "t" if value else "f",
    "DateTimeField": lambda value: f"{value}+00",
    "DurationField": lambda value: f"{value} microseconds",
    "BinaryField": _in_hexadecimal,
}
_TO_SQLITE: dict[str, Callable[[str], object]] = {
    "UUIDField": lambda cell: cell.replace("-", ""),
    "BooleanField": lambda cell: cell == "t",
    "DateTimeField": _six_digits,
    "TimeField": _six_digits,
    "DurationField": lambda cell: (
        int(cell.removesuffix(" microseconds")) if cell.endswith(" microseconds") else _microseconds(cell)
    ),
    "FloatField": float,
    "BinaryField": lambda cell: bytes.fromhex(cell[2:]),
}
