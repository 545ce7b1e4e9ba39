"""What claiming reads, asked of the database's own planner, beside many delivered rows."""

import pytest
from django.db import connection

from songcau.foundation.outbox.models import Delivery, Event
from songcau.foundation.outbox.reactions import Reaction
from songcau.foundation.outbox.rules import State
from songcau.foundation.outbox.tests.happenings import LampBroke, broke, ignore, installing
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db
DELIVERED = 20_000


@pytest.fixture
def many_delivered() -> None:
    now = clock.now()
    installing(Reaction(LampBroke, ignore, "lamps.note"))
    events = Event.objects.bulk_create(
        (
            Event(name="x", subject=f"lamp:{n % 500}", payload={}, actor_id=SYSTEM.id, actor_label="", at=now)
            for n in range(DELIVERED)
        ),
        batch_size=1000,
    )
    Delivery.objects.bulk_create(
        (
            Delivery(
                event=event,
                reaction="lamps.note",
                subject=event.subject,
                state=State.DELIVERED,
                next_at=now,
                finished_at=now,
            )
            for event in events
        ),
        batch_size=1000,
    )
    broke(*[str(n) for n in range(20)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def plan_of(rows) -> str:
    return rows.explain()


@pytest.mark.usefixtures("many_delivered")
def test_no_delivered_row_is_read() -> None:
    for rows in (
        Delivery.objects.ready(clock.now())[:1],
        Delivery.objects.open(State.CLAIMED).filter(claimed_until__lt=clock.now()),
        Delivery.objects.open(State.DEAD),
    ):
        plan = plan_of(rows)
        assert "outbox_open" in plan or "outbox_line" in plan
        assert "Seq Scan" not in plan
        assert "SCAN" not in plan
        assert "outbox_once_per_reaction" not in plan
    # And a plan that reads the whole table would have been seen.
    whole = plan_of(Delivery.objects.filter(claimed_by="x"))
    assert "Seq Scan" in whole or "SCAN" in whole
