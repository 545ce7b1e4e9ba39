"""Replaying and skipping stand in the audit log, in one transaction with what they tell about."""

from dataclasses import dataclass

import pytest

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.audit.models import Entry
from songcau.foundation.audit.queries import chain_verdict
from songcau.foundation.outbox import reactions
from songcau.foundation.outbox.actions import announce, replay_all_dead, replay_delivery, skip_delivery
from songcau.foundation.outbox.models import Delivery
from songcau.foundation.outbox.reactions import Reaction
from songcau.foundation.outbox.rules import State
from songcau.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class PageTorn:
    page: int


def dead_letters(number: int) -> list[Delivery]:
    for page in range(number):
        announce(PageTorn(page), subject=f"page:{page}", by=SYSTEM)
    Delivery.objects.update(state=State.DEAD)
    return list(Delivery.objects.order_by("event_id"))


def test_each_step_of_an_administrator_is_an_entry() -> None:
    reactions.install([Reaction(PageTorn, lambda event, facts: None, "pages.mend")], (), record=record_entry)
    first, second, _third = dead_letters(3)
    replay_delivery(by=SYSTEM, delivery_id=first.pk)
    skip_delivery(by=SYSTEM, delivery_id=second.pk, reason="burnt")
    assert replay_all_dead(by=SYSTEM, reaction="pages.mend") == 1
    told = list(Entry.objects.order_by("sequence").values_list("action", "subject"))
    assert told == [
        ("outbox.replay_delivery", f"outbox.delivery:{first.pk}"),
        ("outbox.skip_delivery", f"outbox.delivery:{second.pk}"),
        ("outbox.replay_all_dead", "outbox.reaction:pages.mend"),
    ]
    assert Entry.objects.get(sequence=2).details["reason"] == "burnt"
    assert chain_verdict().is_whole


def test_what_cannot_be_audited_is_not_done() -> None:
    def broken(**entry: object) -> None:
        raise OSError

    reactions.install([Reaction(PageTorn, lambda event, facts: None, "pages.mend")], (), record=broken)
    (letter,) = dead_letters(1)
    with pytest.raises(OSError):  # noqa: PT011 - any would do
        replay_delivery(by=SYSTEM, delivery_id=letter.pk)
    letter.refresh_from_db()
    assert letter.state == State.DEAD
