"""The chain of entries: what is signed, how, and what is wrong with a chain that was read back.

An entry's hash is an HMAC-SHA256 (RFC 2104) over its own fields and the hash before it, so nobody without the
key can change, remove, add or reorder entries unseen.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

FIRST_HASH = "0" * 64
FINDINGS_KEPT = 100
# What the log says about itself.
VERIFY_CHAIN = "audit.verify_chain"
ASK_VERIFICATION = "audit.ask_verification"
EXPORT_ENTRIES = "audit.export_entries"


@dataclass(frozen=True, slots=True)
class Record:
    """One entry as it is signed; `details_json` is the stored text itself, byte for byte."""

    sequence: int
    at: datetime
    actor_id: UUID
    actor_label: str
    action: str
    subject: str
    details_json: str
    trace: str
    previous_hash: str


class Fault(StrEnum):
    """What can be wrong at one place of the chain."""

    EDITED = "EDITED"
    MISSING = "MISSING"
    UNLINKED = "UNLINKED"
    UNEXPECTED = "UNEXPECTED"
    TAIL_MISSING = "TAIL_MISSING"
    BEYOND_HEAD = "BEYOND_HEAD"
    HEAD_MISSING = "HEAD_MISSING"
    HEAD_DIFFERS = "HEAD_DIFFERS"
    ANCHOR_DIFFERS = "ANCHOR_DIFFERS"
    WRONG_KEY = "WRONG_KEY"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault and the sequence it is at (for missing entries: the first one missing)."""

    sequence: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place of the chain known from outside the database: a printed or mailed head."""

    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk over the chain found. `findings` holds the first hundred; `faults` counts all of them."""

    entries: int
    head: Anchor | None
    faults: int
    findings: tuple[Finding, ...]

    @property
    def is_whole(self) -> bool:
        return self.faults == 0


def canonical(details: Mapping[str, object]) -> str:
    """JSON with sorted keys and no spaces. Raises TypeError for what JSON cannot hold."""
    try:
        return json.dumps(details, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError as error:
        raise TypeError(f"audit details: {error}") from None


def sealed(record: Record, key: bytes) -> str:
    """The hash of an entry: 64 hexadecimal digits. `key` is the city's audit key."""
    fields = [
        str(record.sequence),
        record.at.astimezone(UTC).isoformat(timespec="microseconds"),
        str(record.actor_id),
        record.actor_label,
        record.action,
        record.subject,
        record.details_json,
        record.trace,
        record.previous_hash,
    ]
    message = json.dumps(fields, separators=(",", ":")).encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()


@dataclass
class Walk:
    """Reads a chain entry by entry in order of sequence; constant memory whatever its length."""

    key: bytes
    anchor: Anchor | None = None
    _entries: int = 0
    _unsigned: int = 0
    _faults: int = 0
    _last: Anchor = Anchor(0, FIRST_HASH)
    _findings: list[Finding] = field(default_factory=list)

    def over(self, chain: Iterable[tuple[Record, str]], head: Anchor | None) -> Verdict:
        """The verdict on (record, stored hash) pairs; `head` is the stored head, None when its row is gone."""
        for record, stored in chain:
            self._take(record, stored)
        self._compare_with(head)
        if self.anchor and self.anchor.sequence > self._last.sequence:
            self._find(self.anchor.sequence, Fault.ANCHOR_DIFFERS)
        if self._entries and self._unsigned == self._entries == self._faults:
            return Verdict(self._entries, head, self._faults, (Finding(1, Fault.WRONG_KEY),))
        return Verdict(self._entries, head, self._faults, tuple(self._findings))

    def _take(self, record: Record, stored: str) -> None:
        self._entries += 1
        self._place(record)
        if not hmac.compare_digest(sealed(record, self.key).encode(), stored.encode()):
            self._unsigned += 1
            self._find(record.sequence, Fault.EDITED)
        if self.anchor and self.anchor.sequence == record.sequence and self.anchor.hash != stored:
            self._find(record.sequence, Fault.ANCHOR_DIFFERS)
        self._last = Anchor(record.sequence, stored)

    def _place(self, record: Record) -> None:
        expected = self._last.sequence + 1
        if record.sequence == expected:
            if record.previous_hash != self._last.hash:
                self._find(record.sequence, Fault.UNLINKED)
        elif record.sequence > expected and record.sequence % 1 == 0:
            self._find(expected, Fault.MISSING)
        else:  # zero, negative, or a fraction squeezed between two whole numbers
            self._find(record.sequence, Fault.UNEXPECTED)

    def _compare_with(self, head: Anchor | None) -> None:
        if head is None:
            if self._entries:
                self._find(self._last.sequence, Fault.HEAD_MISSING)
        elif head.sequence > self._last.sequence:
            self._find(self._last.sequence + 1, Fault.TAIL_MISSING)
        elif head.sequence < self._last.sequence:
            self._find(head.sequence + 1, Fault.BEYOND_HEAD)
        elif head.hash != self._last.hash:
            self._find(head.sequence, Fault.HEAD_DIFFERS)

    def _find(self, sequence: int, fault: Fault) -> None:
        self._faults += 1
        if len(self._findings) < FINDINGS_KEPT:
            self._findings.append(Finding(sequence, fault))
