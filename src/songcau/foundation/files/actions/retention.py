"""Files whose time is over go, then bytes that nothing needs: none under legal hold, none that came back meanwhile."""

from uuid import UUID

from django.db import transaction

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.files import holding, rules
from songcau.foundation.files.actions.links import delete_link
from songcau.foundation.files.models import Blob, FileLink
from songcau.foundation.files.storage import store
from songcau.kernel import clock
from songcau.kernel.actor import Actor


def remove_expired(*, by: Actor) -> int:
    """Remove files past their date, each in a transaction of its own; how many."""
    removed = 0
    expired = FileLink.objects.filter(retain_until__lte=clock.now(), held_at__isnull=True)
    for file_id in expired.order_by("retain_until").values_list("id", flat=True):
        removed += _remove_if_expired(by, file_id)
    return removed


@transaction.atomic
def _remove_if_expired(by: Actor, file_id: UUID) -> bool:
    """Looked at again under the lock: a hold or another date may have been set meanwhile."""
    link = FileLink.objects.select_for_update().filter(pk=file_id).first()
    if link is None or not rules.has_expired(link.retain_until, link.is_held, clock.now()):
        return False
    delete_link(by, link, expired=True)
    return True


def remove_unneeded(*, by: Actor) -> int:
    """Delete bytes without a file that nobody was about to use for a day; how many. Raises StoreAway.

    While a backup reads the store nothing goes: the next run takes it up.
    """
    removed = 0
    old = Blob.objects.unreferenced().filter(touched_at__lt=clock.now() - rules.UNLINKED_FOR)
    for blob_id in old.values_list("id", flat=True):
        with holding.may_delete() as allowed:
            if not allowed:
                return removed
            removed += _remove_if_unneeded(by, blob_id)
    return removed


@transaction.atomic
def _remove_if_unneeded(by: Actor, blob_id: UUID) -> bool:
    """The row is locked from the question to the commit. Whoever wants these bytes touches or locks the same row first,
    so they either come before (and it is needed again) or after (and store the bytes anew)."""
    if Blob.objects.select_for_update().filter(pk=blob_id).first() is None:
        return False
    limit = clock.now() - rules.UNLINKED_FOR
    blob = Blob.objects.unreferenced().filter(pk=blob_id, touched_at__lt=limit).first()
    if blob is None:
        return False
    # The bytes first: a distant store may be slow, and the entry locks the audit log until the commit. Should this end
    # in between, the row is the trace by which the next run finds it again.
    store().delete(blob.digest)
    details = {"digest": blob.digest, "size": blob.size}
    record_entry(by=by, action="files.delete_content", subject=f"files.blob:{blob.pk}", details=details)
    blob.delete()
    return True
