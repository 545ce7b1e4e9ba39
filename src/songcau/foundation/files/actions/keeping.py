"""Bytes into the store, and the rows that know them, in an order that no cleaning up can come between.

A row is touched first and left alone for a day by `retention`; then the bytes are put; then the row is linked.
"""

from django.db import connection, transaction

from songcau.foundation.files import rules
from songcau.foundation.files.intake import Content
from songcau.foundation.files.models import Blob
from songcau.foundation.files.refusals import Infected
from songcau.foundation.files.rules import PreviewState, Scan
from songcau.foundation.files.scanners import Verdict
from songcau.foundation.files.storage import store
from songcau.kernel import clock


def keep(content: Content, verdict: Verdict, *, shown: bool = True) -> Blob:
    """Store the content if it is not there; its row. `shown`: previews are to be made of it where its kind has any.

    Raises Infected for bytes known as such, StoreFull, StoreAway.
    """
    blob = _touched(content, verdict, shown)
    release_connection()
    store().put(content.path, content.digest)
    return blob


@transaction.atomic
def _touched(content: Content, verdict: Verdict, shown: bool) -> Blob:
    now = clock.now()
    wanted = shown and rules.has_preview(content.media_type)
    blob, made = Blob.objects.select_for_update().get_or_create(
        digest=content.digest,
        defaults={
            "size": content.size,
            "media_type": content.media_type,
            "created_at": now,
            "touched_at": now,
            "preview": PreviewState.WAITING if wanted else PreviewState.NONE,
        },
    )
    if blob.scan == Scan.INFECTED:
        raise Infected(name=blob.threat)
    blob.touched_at = now
    if made or rules.better_scan(blob.scan, verdict.scan) != blob.scan:
        note_verdict(blob, verdict)
    blob.save()
    return blob


def note_verdict(blob: Blob, verdict: Verdict) -> None:
    """Write the verdict onto the row, which the caller saves."""
    blob.scan, blob.scanner, blob.threat = verdict.scan, verdict.scanner[:120], verdict.threat
    blob.scanned_at = clock.now() if verdict.scan in (Scan.CLEAN, Scan.INFECTED) else None


def release_connection() -> None:
    """Long work ahead: another request may have the database connection. In a transaction nothing happens."""
    if not connection.in_atomic_block:
        connection.close()
