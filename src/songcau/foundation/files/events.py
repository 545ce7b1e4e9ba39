"""What files announces."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FileStored:
    """A file came in whole, was looked into, and belongs to its subject now."""

    file: UUID
    blob: UUID
    use: str
    subject_kind: str
    subject_id: UUID
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class FileSetAside:
    """Bytes came in while the virus scanner did not answer; nobody may read them until it has."""

    blob: UUID


@dataclass(frozen=True, slots=True)
class FileScanned:
    """Bytes that had been set aside were scanned: CLEAN or INFECTED."""

    blob: UUID
    scan: str


@dataclass(frozen=True, slots=True)
class FileRemoved:
    """A file is gone from its subject, by its owner or because its time was over (`expired`)."""

    file: UUID
    use: str
    subject_kind: str
    subject_id: UUID
    expired: bool


@dataclass(frozen=True, slots=True)
class FileHeld:
    """A file was put under legal hold."""

    file: UUID


@dataclass(frozen=True, slots=True)
class FileReleased:
    """A legal hold ended."""

    file: UUID
