"""From received bytes to what is kept: identified, scanned, cleaned. Touches no table, so it may take its time."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from songcau.foundation.files import parts, rules
from songcau.foundation.files.films import blank_facts
from songcau.foundation.files.inspection import identified
from songcau.foundation.files.pictures import rewritten
from songcau.foundation.files.refusals import Infected, ScannerAway
from songcau.foundation.files.rules import Scan
from songcau.foundation.files.scanners import Verdict, scanner
from songcau.foundation.files.stores import digest_of, file_chunks
from songcau.foundation.files.uses import FileUse


@dataclass(frozen=True, slots=True)
class Content:
    """A file on this machine's disk, and what it is."""

    path: Path
    digest: str
    size: int
    media_type: str


@dataclass(slots=True)
class Intake:
    """`kept` goes into the store, `original` besides where the use keeps it. `remove` deletes what was made here."""

    kept: Content
    original: Content | None
    verdict: Verdict
    made: Path | None = None

    def remove(self) -> None:
        if self.made is not None:
            with suppress(OSError):
                self.made.unlink(missing_ok=True)


def take_in(received: Path, name: str, use: FileUse) -> Intake:
    """Raises the refusals of `inspection`, `films` and `pictures`, and Infected. A scanner that is away sets aside."""
    media_type = identified(received, name, use.limits)
    verdict = scanned(received)
    if media_type in rules.VIDEOS:
        return _film(received, media_type, use, verdict)
    if media_type not in rules.PICTURES:
        return Intake(_content(received, media_type), None, verdict)
    clean = parts.folder() / f"{uuid4()}.clean"
    try:
        kept = _content(clean, rewritten(received, clean, media_type, use.limits))
    except BaseException:
        clean.unlink(missing_ok=True)
        raise
    original = _content(received, media_type) if use.keep_original else None
    return Intake(kept, original, verdict, clean)


def _film(received: Path, media_type: str, use: FileUse, verdict: Verdict) -> Intake:
    """Blanked where it lies, unless the bytes as they were sent are kept too."""
    if not use.keep_original:
        blank_facts(received)
        return Intake(_content(received, media_type), None, verdict)
    clean = parts.folder() / f"{uuid4()}.clean"
    try:
        shutil.copyfile(received, clean)
        blank_facts(clean)
        return Intake(_content(clean, media_type), _content(received, media_type), verdict, clean)
    except BaseException:
        clean.unlink(missing_ok=True)
        raise


def scanned(received: Path) -> Verdict:
    """Raises Infected."""
    try:
        verdict = scanner().verdict(file_chunks(received))
    except ScannerAway as away:
        return Verdict(Scan.WAITING, str(away.params["reason"]))
    if verdict.scan is Scan.INFECTED:
        raise Infected(name=verdict.threat)
    return verdict


def _content(path: Path, media_type: str) -> Content:
    digest, size = digest_of(file_chunks(path))
    return Content(path, digest, size, media_type)
