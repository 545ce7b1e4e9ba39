"""Reading one's own notices. It is not audited: nobody's business but the reader's."""

from uuid import UUID

from django.db import transaction

from songcau.foundation.notifications.models import Notice
from songcau.foundation.notifications.permissions import NotYourNotice
from songcau.kernel import clock
from songcau.kernel.actor import Actor


@transaction.atomic
def mark_read(*, by: Actor, notice_id: UUID, read: bool = True) -> Notice:
    """Mark one's own notice as read, or as unread again. Raises NotYourNotice, also for one that is gone."""
    notice: Notice | None = Notice.objects.of(by.id).select_for_update().filter(pk=notice_id).first()
    if notice is None:
        raise NotYourNotice
    if (notice.read_at is not None) != read:
        notice.read_at = clock.now() if read else None
        notice.save(update_fields=["read_at"])
    return notice


@transaction.atomic
def mark_all_read(*, by: Actor) -> int:
    """Mark all of one's own notices as read; how many were not."""
    return Notice.objects.filter(person_id=by.id).unread().update(read_at=clock.now())
