"""Whether the store holds what the tables say: every content hashed again, every stranger named."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from songcau.foundation.files.models import Blob
from songcau.foundation.files.storage import store
from songcau.foundation.files.stores import ContentMissing, digest_of


class Fault(StrEnum):
    """MISSING: a row without bytes. CORRUPT: bytes that are not those of their name. ORPHAN: bytes without a row."""

    MISSING = "MISSING"
    CORRUPT = "CORRUPT"
    ORPHAN = "ORPHAN"


@dataclass(frozen=True, slots=True)
class Finding:
    digest: str
    fault: Fault
    names: tuple[str, ...] = ()


def total() -> int:
    return Blob.objects.count()


def findings() -> Iterator[Finding | None]:
    """One item for each row (None: it is well), then one for each orphan. Raises StoreAway.

    Bytes no file needs any more may be gone already: their row is the last trace of a deletion that was cut short.
    """
    unneeded = set(Blob.objects.unreferenced().values_list("digest", flat=True))
    known = set()
    for blob in Blob.objects.order_by("digest").iterator(chunk_size=500):
        known.add(blob.digest)
        fault = _fault(blob)
        if fault is Fault.MISSING and blob.digest in unneeded:
            fault = None
        yield Finding(blob.digest, fault, _names(blob)) if fault else None
    for digest in store().digests():
        # Stored while this ran, perhaps.
        if digest not in known and not Blob.objects.filter(digest=digest).exists():
            yield Finding(digest, Fault.ORPHAN)


def _fault(blob: Blob) -> Fault | None:
    try:
        found = digest_of(store().read(blob.digest))
    except ContentMissing:
        return Fault.MISSING
    return None if found == (blob.digest, blob.size) else Fault.CORRUPT


def _names(blob: Blob) -> tuple[str, ...]:
    return tuple(blob.links.order_by("created_at").values_list("name", flat=True)[:5])
