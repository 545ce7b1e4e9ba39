"""The number that changes with every change, and what this process keeps until it does."""

import secrets
import threading
import time

from django.db import transaction

from songcau.foundation.places.models import Revision

# Another process's change is seen at the latest after this long; one's own at once.
SECONDS_BETWEEN_LOOKS = 1.0


class _Watch(threading.local):
    """Per thread, since a thread that is inside a transaction sees its own changes before others do."""

    number = -1
    looked_at = float("-inf")
    commits = -1
    # This thread changed something and its transaction may still be rolled back: what it sees must not be kept.
    unsure = False


class _Commits:
    """How often this process committed a change, so that its other threads look again at once."""

    count = 0


_watch = _Watch()


def known_revision() -> int:
    """The present revision, looked up at most once a second while this process changes nothing."""
    if _watch.unsure and not transaction.get_connection().in_atomic_block:
        forget()
    fresh = time.monotonic() - _watch.looked_at <= SECONDS_BETWEEN_LOOKS and _watch.commits == _Commits.count
    if _watch.unsure or not fresh:
        _watch.looked_at, _watch.commits = time.monotonic(), _Commits.count
        _watch.number = Revision.objects.filter(id=1).values_list("number", flat=True).first() or 0
    return _watch.number


def locked_revision() -> int:
    """The revision, with its row locked until the transaction ends: changes of places happen one after the other."""
    Revision.objects.get_or_create(id=1)
    return Revision.objects.select_for_update().get(id=1).number


def raise_revision() -> None:
    """Tell everyone that what they keep is old: this process at once after the commit, others within a second.

    The next number is drawn by chance: counted up, one that was rolled back would come again with other contents.
    """
    Revision.objects.filter(id=1).update(number=secrets.randbits(62))
    _watch.unsure = True
    transaction.on_commit(_committed)


def _committed() -> None:
    _Commits.count += 1
    forget()


def forget() -> None:
    """Look the revision up at the next question of this thread."""
    _watch.unsure = False
    _watch.looked_at = float("-inf")
