"""What notifications does by itself: sends, tries again, releases what was held, forgets what is old."""

from songcau.foundation.notifications.actions import purge_old_notices
from songcau.foundation.notifications.events import NoticeRetried, NoticesGiven
from songcau.foundation.notifications.sending import send_due
from songcau.foundation.outbox.reactions import DeliveryFacts, Job, Reaction
from songcau.foundation.outbox.rules import daily, every
from songcau.kernel.actor import SYSTEM


def send_given(event: NoticesGiven, _facts: DeliveryFacts) -> None:
    send_due(event.notice_ids)


def send_retried(event: NoticeRetried, _facts: DeliveryFacts) -> None:
    send_due([event.notice_id])


def send_waiting() -> None:
    send_due()


def purge() -> None:
    while purge_old_notices(by=SYSTEM):
        pass


REACTIONS = (
    Reaction(NoticesGiven, send_given, "notifications.send_given", outside=True, lease_seconds=180),
    Reaction(NoticeRetried, send_retried, "notifications.send_retried", outside=True, lease_seconds=180),
)
JOBS = (
    Job("notifications.send_waiting", every(minutes=1), send_waiting, lease_seconds=300),
    Job("notifications.purge_old_notices", daily(at="02:50"), purge, lease_seconds=1800),
)
