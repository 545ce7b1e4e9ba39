"""A disk without room, audit and outbox together: nothing is half written, and work goes on once there is room.

SQLite's `max_page_count` makes a genuine SQLITE_FULL.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import OperationalError, connection, transaction

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.audit.models import Entry
from songcau.foundation.audit.queries import chain_verdict
from songcau.foundation.outbox import reactions
from songcau.foundation.outbox.actions import announce
from songcau.foundation.outbox.delivery import claim_next, deliver
from songcau.foundation.outbox.models import Delivery, Event
from songcau.foundation.outbox.reactions import Reaction
from songcau.foundation.outbox.rules import State
from songcau.kernel.actor import SYSTEM

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="max_page_count is SQLite's"),
]


@dataclass(frozen=True)
class PageWritten:
    text: str


def pragma(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {statement}")
        return cursor.fetchone()[0]


def vacuum() -> None:
    """Give back the pages earlier tests have freed: they would be room."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")


@pytest.fixture
def full() -> Iterator[None]:
    """Only fifty pages (200 kB) more than there are now."""
    reactions.install([Reaction(PageWritten, lambda event, facts: None, "pages.note")], (), record=record_entry)
    vacuum()
    pragma(f"max_page_count = {pragma('page_count') + 50}")
    yield
    pragma("max_page_count = 1073741823")


def write(length: int) -> None:
    with transaction.atomic():
        record_entry(by=SYSTEM, action="pages.write", subject="page:1")
        announce(PageWritten("x" * length), subject="page:1", by=SYSTEM)
        record_entry(by=SYSTEM, action="pages.write_more", subject="page:1", details={"text": "y" * length})


def counts() -> tuple[int, int, int]:
    return Entry.objects.count(), Event.objects.count(), Delivery.objects.count()


@pytest.mark.usefixtures("full")
def test_an_action_on_a_full_disk_leaves_nothing() -> None:
    with pytest.raises(OperationalError, match="full"):
        write(1_000_000)
    assert counts() == (0, 0, 0)
    assert chain_verdict().is_whole
    pragma("max_page_count = 1073741823")
    write(1_000_000)
    assert counts() == (2, 1, 1)
    assert chain_verdict().is_whole


@pytest.mark.usefixtures("full")
def test_a_handler_on_a_full_disk_is_tried_again_and_leaves_nothing() -> None:
    def fill(event: PageWritten, facts: object) -> None:
        record_entry(by=SYSTEM, action="pages.fill", subject="page:1", details={"text": "y" * 1_000_000})

    reactions.install([Reaction(PageWritten, fill, "pages.note")], (), record=record_entry)
    write(1)
    assert deliver(claim_next("w")) is State.WAITING
    assert Delivery.objects.get().last_error == "OperationalError"
    assert counts() == (2, 1, 1)
    pragma("max_page_count = 1073741823")
    Delivery.objects.update(next_at=Delivery.objects.get().event.at)
    assert deliver(claim_next("w")) is State.DELIVERED
    assert counts() == (3, 1, 1)
    assert chain_verdict().is_whole
