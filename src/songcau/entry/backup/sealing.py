"""The outside of a backup file: a head in plain sight, then sealed chunks whose order and end are sealed too.

    songcau backup <1 or 2>\n  {"city": …, "encrypted": …, "made_at": …, "salt": …, "proof": …}\n  <16 digits>\n
    ( <length: 4 bytes, the top bit marks the last chunk> <sealed chunk> )*

The number is that of the oldest songcau that can read the file whole: 2 where the context broker's journal is in it.

With a key a chunk is AES-256-GCM (NIST SP 800-38D). The key is made for this one file by scrypt (RFC 7914) from the
passphrase and a random salt; the nonce is the chunk's number and whether it is the last, the associated data the hash
of the head. So a chunk changed, left out, doubled, moved, or brought in from another file does not open, and a file
without its last chunk is known to be cut short. Without a key a hash stands where the tag would: that finds accidents,
not forgers.
"""

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from songcau.entry.backup.refusals import BackupTooNew, Damaged, KeyMissing, KeyWrong, NotABackup

FORMAT = 2
MAGIC = b"songcau backup "
CHUNK = 1 << 20
TAG = 16
LAST = 1 << 31
LONGEST_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Head:
    """What everybody may read of a backup: which city's (an id without meaning), when, and whether it is encrypted."""

    city: str
    made_at: str
    encrypted: bool
    salt: bytes
    proof: bytes
    form: int = 1

    def line(self) -> bytes:
        told = {
            "city": self.city,
            "encrypted": self.encrypted,
            "made_at": self.made_at,
            "proof": self.proof.hex(),
            "salt": self.salt.hex(),
        }
        return json.dumps(told, sort_keys=True).encode() + b"\n"

    def whole(self) -> bytes:
        """All bytes before the first chunk."""
        front = MAGIC + b"%d\n" % self.form + self.line()
        return front + hashlib.sha256(front).hexdigest()[:16].encode() + b"\n"


class Seal:
    """Closes and opens the chunks of one file, one after the other."""

    def __init__(self, head: Head, key: bytes | None) -> None:
        self._about = hashlib.sha256(head.whole()).digest()
        self._cipher = AESGCM(key) if key else None
        self._number = 0

    def close(self, chunk: bytes, *, last: bool) -> bytes:
        nonce = self._nonce(last)
        return self._cipher.encrypt(nonce, chunk, self._about) if self._cipher else chunk + self._sum(nonce, chunk)

    def open(self, sealed: bytes, *, last: bool) -> bytes | None:
        """The chunk, or None when it is not the one that was sealed here."""
        nonce = self._nonce(last)
        if self._cipher is None:
            chunk = sealed[:-TAG]
            return chunk if hmac.compare_digest(self._sum(nonce, chunk), sealed[-TAG:]) else None
        try:
            return self._cipher.decrypt(nonce, sealed, self._about)
        except InvalidTag:
            return None

    def _nonce(self, last: bool) -> bytes:
        self._number += 1
        return self._number.to_bytes(11, "big") + bytes([last])

    def _sum(self, nonce: bytes, chunk: bytes) -> bytes:
        digest = hashlib.sha256(self._about + nonce)
        digest.update(chunk)
        return digest.digest()[:TAG]


def keys_from(passphrase: str, salt: bytes) -> tuple[bytes, bytes]:
    """The file's key, and the proof by which a wrong passphrase is told from a damaged file. Takes 32 MB of memory."""
    made = Scrypt(salt=salt, length=64, n=1 << 15, r=8, p=3).derive(passphrase.encode())
    return made[:32], made[32:]


class SealedWriter:
    """Takes bytes, writes sealed chunks. Nothing can be read before `finish`."""

    def __init__(self, stream: BinaryIO, *, city: str, made_at: str, passphrase: str | None, form: int = 1) -> None:
        salt = secrets.token_bytes(32)
        key, proof = keys_from(passphrase, salt) if passphrase else (None, b"")
        head = Head(city, made_at, key is not None, salt, proof, form)
        self._stream = stream
        self._seal = Seal(head, key)
        self._waiting = bytearray()
        stream.write(head.whole())

    def write(self, data: bytes) -> None:
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def finish(self) -> None:
        self._put(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _put(self, chunk: bytes, *, last: bool) -> None:
        sealed = self._seal.close(chunk, last=last)
        self._stream.write((len(sealed) | (LAST if last else 0)).to_bytes(4, "big"))
        self._stream.write(sealed)


class SealedReader:
    """Gives back the bytes that went in; `name` is the file for the sentences. Raises Damaged at a wrong byte."""

    def __init__(self, stream: BinaryIO, *, name: str, passphrase: str | None) -> None:
        self.head = read_head(stream, name)
        key = None
        if self.head.encrypted:
            if passphrase is None:
                raise KeyMissing(file=name)
            key, proof = keys_from(passphrase, self.head.salt)
            if not hmac.compare_digest(proof, self.head.proof):
                raise KeyWrong(file=name)
        self.name = name
        self._stream = stream
        self._seal = Seal(self.head, key)
        self._open = b""
        self._at = 0
        self._ended = False
        self._trusted = stream.tell()

    def read(self, size: int) -> bytes:
        """Exactly so many bytes."""
        parts = []
        while size > 0:
            if self._at == len(self._open):
                self._next()
            part = self._open[self._at : self._at + size]
            self._at += len(part)
            size -= len(part)
            parts.append(part)
        return b"".join(parts)

    def close(self) -> None:
        """Everything must have been read by now. Raises Damaged when there is more."""
        while not self._ended and self._at == len(self._open):
            self._next()
        if self._at != len(self._open) or self._stream.read(1):
            raise self.damaged()

    def damaged(self) -> Damaged:
        return Damaged(file=self.name, at=self._trusted)

    def _next(self) -> None:
        self._trusted = self._stream.tell()
        mark = self._stream.read(4)
        if self._ended or len(mark) < 4:
            raise self.damaged()
        told = int.from_bytes(mark, "big")
        size, last = told & ~LAST, bool(told & LAST)
        if not TAG <= size <= CHUNK + TAG:
            raise self.damaged()
        sealed = self._stream.read(size)
        chunk = self._seal.open(sealed, last=last) if len(sealed) == size else None
        if chunk is None:
            raise self.damaged()
        self._open, self._at, self._ended = chunk, 0, last


def read_head(stream: BinaryIO, name: str) -> Head:
    """Raises NotABackup, BackupTooNew, Damaged."""
    first = stream.readline(64)
    number = first[len(MAGIC) :].strip()
    if not (first.startswith(MAGIC) and first.endswith(b"\n") and number.isdigit()):
        raise NotABackup(file=name)
    if int(number) > FORMAT:
        raise BackupTooNew(file=name, version=f"format {int(number)}")
    line, total = stream.readline(LONGEST_HEAD), stream.readline(32)
    if total.strip() != hashlib.sha256(first + line).hexdigest()[:16].encode():
        raise Damaged(file=name, at=0)
    told: dict[str, Any] = json.loads(line)
    return Head(
        city=str(told["city"]),
        made_at=str(told["made_at"]),
        encrypted=bool(told["encrypted"]),
        salt=bytes.fromhex(told["salt"]),
        proof=bytes.fromhex(told["proof"]),
        form=int(number),
    )


def force(stream: BinaryIO) -> None:
    """What was written is on disk."""
    stream.flush()
    os.fsync(stream.fileno())
