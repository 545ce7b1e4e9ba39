"""Virus scanners behind one protocol: none, or ClamAV's `clamd` over TCP (its INSTREAM command)."""

import re
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings

from songcau.foundation.files.refusals import ScannerAway
from songcau.foundation.files.rules import Scan

PIECE = 1 << 16
LONGEST_ANSWER = 4096
_ANSWER = re.compile(r"stream: (?P<name>.+) FOUND")


@dataclass(frozen=True, slots=True)
class Verdict:
    """CLEAN, INFECTED with the name of the threat, or NOT_SCANNED; `scanner` says who said so, for the record."""

    scan: Scan
    scanner: str
    threat: str = ""


class Scanner(Protocol):
    def verdict(self, chunks: Iterator[bytes]) -> Verdict:
        """Raises ScannerAway; nothing is known of the bytes then."""
        ...


class NoScanner:
    """Says honestly that nobody looked."""

    def verdict(self, chunks: Iterator[bytes]) -> Verdict:
        return Verdict(Scan.NOT_SCANNED, "")


class Clamd:
    """A `clamd` that listens on TCP. Its `StreamMaxLength` must be at least as large as the largest file of any use."""

    def __init__(self, host: str, port: int, seconds: float = 60.0) -> None:
        self.host, self.port, self.seconds = host, port, seconds

    def verdict(self, chunks: Iterator[bytes]) -> Verdict:
        try:
            answer = self._asked(chunks)
        except TimeoutError as error:
            raise ScannerAway(reason="TIMEOUT") from error
        except OSError as error:
            raise ScannerAway(reason=type(error).__name__) from error
        if answer == "stream: OK":
            return Verdict(Scan.CLEAN, f"clamd {self.host}")
        if found := _ANSWER.fullmatch(answer):
            return Verdict(Scan.INFECTED, f"clamd {self.host}", found["name"][:200])
        raise ScannerAway(reason="SIZE_LIMIT" if "size limit" in answer else "ANSWER")

    def _asked(self, chunks: Iterator[bytes]) -> str:
        with socket.create_connection((self.host, self.port), timeout=self.seconds) as line:
            line.sendall(b"zINSTREAM\0")
            heard_out = self._told(line, chunks)
            answer = self._heard(line).partition(b"\0")[0].decode("utf-8", "replace").strip()
        # Clean can only be called what was listened to; a threat may be known before the end.
        return answer if heard_out or answer != "stream: OK" else ""

    @staticmethod
    def _told(line: socket.socket, chunks: Iterator[bytes]) -> bool:
        """False where it stopped listening: at its limit clamd does, but has said why."""
        try:
            for chunk in chunks:
                for at in range(0, len(chunk), PIECE):
                    piece = chunk[at : at + PIECE]
                    line.sendall(struct.pack(">I", len(piece)) + piece)
            line.sendall(struct.pack(">I", 0))
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def _heard(self, line: socket.socket) -> bytes:
        """Its answer, which takes no longer than `seconds` in all, however slowly it comes. Raises TimeoutError."""
        until, answer = time.monotonic() + self.seconds, b""
        while b"\0" not in answer and len(answer) < LONGEST_ANSWER:
            line.settimeout(max(until - time.monotonic(), 0.001))
            if not (more := line.recv(LONGEST_ANSWER)):
                break
            answer += more
        return answer


@cache
def scanner() -> Scanner:
    """The scanner of this installation, by its settings."""
    address = urlsplit(settings.SONGCAU.files_scanner)
    return Clamd(address.hostname or "", address.port or 3310) if address.scheme else NoScanner()
