"""One range of bytes as RFC 9110 (14.2) reads it. Several at once are answered whole, which it allows."""

import re
from dataclasses import dataclass

_ONE = re.compile(r"bytes=\s*(\d*)-(\d*)\s*")


class Unsatisfiable(Exception):
    """The range begins behind the end. HTTP 416."""


@dataclass(frozen=True, slots=True)
class Span:
    """From `start`, `length` bytes."""

    start: int
    length: int

    def content_range(self, size: int) -> str:
        return f"bytes {self.start}-{self.start + self.length - 1}/{size}"


def asked(header: str, size: int) -> Span | None:
    """The range asked for, cut at the end; None where the header is absent, of another unit, or malformed.

    Raises Unsatisfiable.
    """
    found = _ONE.fullmatch(header.strip())
    if found is None or found[1] == found[2] == "" or len(header) > 60:
        return None
    if found[1] == "":
        length = min(int(found[2]), size)
        if length == 0:
            raise Unsatisfiable
        return Span(size - length, length)
    start = int(found[1])
    end = int(found[2]) if found[2] else size - 1
    if end < start and found[2]:
        return None
    if start >= size:
        raise Unsatisfiable
    return Span(start, min(end, size - 1) - start + 1)
