"""Bytes set aside while the scanner was away are scanned as soon as it answers."""

from uuid import UUID

from django.db import transaction

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.files.actions.keeping import note_verdict
from songcau.foundation.files.events import FileScanned
from songcau.foundation.files.models import Blob
from songcau.foundation.files.rules import Scan
from songcau.foundation.files.scanners import scanner
from songcau.foundation.files.storage import store
from songcau.foundation.outbox.actions import announce
from songcau.kernel.actor import Actor


def scan_blob(*, by: Actor, blob_id: UUID) -> None:
    """Nothing happens to bytes that do not wait, or are gone. Raises ScannerAway, StoreAway, ContentMissing."""
    blob = Blob.objects.filter(pk=blob_id, scan=Scan.WAITING).first()
    if blob is None:
        return
    verdict = scanner().verdict(store().read(blob.digest))
    with transaction.atomic():
        blob = Blob.objects.select_for_update().filter(pk=blob_id, scan=Scan.WAITING).first()
        if blob is None:
            return
        note_verdict(blob, verdict)
        blob.save()
        subject = f"files.blob:{blob.pk}"
        details = {"digest": blob.digest, "scan": str(verdict.scan), "threat": verdict.threat}
        record_entry(by=by, action="files.scan", subject=subject, details=details)
        announce(FileScanned(blob=blob.pk, scan=str(verdict.scan)), subject=subject, by=by)
