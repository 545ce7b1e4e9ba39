"""The inside of a backup: members one after the other, each a head, its bytes in pieces, and a tail.

Head and tail are JSON objects. The tail is written when the bytes have passed by: their SHA-256, how many they were.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from songcau.entry.backup.sealing import SealedReader, SealedWriter

PIECE = 1 << 18
LONGEST_WORDS = 1 << 24


class MemberWriter:
    """Writes members into a sealed stream."""

    def __init__(self, stream: SealedWriter) -> None:
        self._stream = stream

    def put(
        self, kind: str, facts: Mapping[str, Any], pieces: Iterator[bytes] | None = None, *, packed: bool = False
    ) -> dict[str, Any]:
        """One member; what its tail says: `sha256` and `size` of the bytes as they came."""
        self._say({"kind": kind, "packed": packed, **facts})
        hasher, size = hashlib.sha256(), 0
        packer = zlib.compressobj(3) if packed else None
        for piece in pieces or ():
            hasher.update(piece)
            size += len(piece)
            self._piece(packer.compress(piece) if packer else piece)
        if packer:
            self._piece(packer.flush())
        self._stream.write(bytes(4))
        tail = {"sha256": hasher.hexdigest(), "size": size}
        self._say(tail)
        return tail

    def _piece(self, piece: bytes) -> None:
        for start in range(0, len(piece), PIECE):
            part = piece[start : start + PIECE]
            self._stream.write(len(part).to_bytes(4, "big"))
            self._stream.write(part)

    def _say(self, words: Mapping[str, Any]) -> None:
        text = json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode()
        self._stream.write(len(text).to_bytes(4, "big"))
        self._stream.write(text)


@dataclass(slots=True)
class Member:
    """One member as it is read: take all of `pieces`, then look at `tail`."""

    facts: dict[str, Any]
    pieces: Iterator[bytes] = field(default_factory=lambda: iter(()))
    tail: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return str(self.facts["kind"])


def members(stream: SealedReader) -> Iterator[Member]:
    """Every member up to the one of kind `end`, which is the last. Raises Damaged, also for bytes not as told."""
    while True:
        member = Member(_heard(stream))
        member.pieces = _pieces(stream, member)
        yield member
        for _rest in member.pieces:
            pass
        if member.kind == "end":
            stream.close()
            return


def _pieces(stream: SealedReader, member: Member) -> Iterator[bytes]:
    hasher, size = hashlib.sha256(), 0
    for piece in _unpacked(stream, packed=bool(member.facts["packed"])):
        hasher.update(piece)
        size += len(piece)
        yield piece
    member.tail = _heard(stream)
    if member.tail != {"sha256": hasher.hexdigest(), "size": size}:
        raise stream.damaged()


def _unpacked(stream: SealedReader, *, packed: bool) -> Iterator[bytes]:
    unpacker = zlib.decompressobj() if packed else None
    while length := int.from_bytes(stream.read(4), "big"):
        if length > PIECE:
            raise stream.damaged()
        piece = stream.read(length)
        if unpacker is None:
            yield piece
            continue
        try:
            # Never more than a piece at a time, however much a piece unpacks to.
            while part := unpacker.decompress(piece, PIECE):
                yield part
                piece = unpacker.unconsumed_tail
        except zlib.error:
            raise stream.damaged() from None
    if unpacker is not None and not unpacker.eof:
        raise stream.damaged()


def _heard(stream: SealedReader) -> dict[str, Any]:
    length = int.from_bytes(stream.read(4), "big")
    if length > LONGEST_WORDS:
        raise stream.damaged()
    try:
        words = json.loads(stream.read(length))
    except ValueError:
        raise stream.damaged() from None
    if not isinstance(words, dict):
        raise stream.damaged()
    return words
