"""Documents of one commit: many at once, the same one several times, and the way back."""

import random
from pathlib import Path

import orjson
import pytest

from songcau.context.journal.sql_writing import DOCUMENTS_AT_ONCE
from songcau.context.journal.store import Store
from songcau.context.journal.tests.stores import new_store
from songcau.context.journal.transaction import Batch

Kept = dict[tuple[str, str, str], dict[str, int]]


def put(kept: Kept, dice: random.Random, number: int) -> tuple[str, str, str, bytes | None]:
    """A document by chance, put or forgotten; `kept` follows."""
    key = (dice.choice(("token", "notified")), dice.choice(("", "west")), str(dice.randrange(DOCUMENTS_AT_ONCE)))
    if dice.random() < 0.2:
        kept.pop(key, None)
        return (*key, None)
    kept[key] = {"number": number}
    return (*key, orjson.dumps(kept[key]))


def found(store: Store) -> Kept:
    return {
        (kind, tenant, name): body for kind in ("token", "notified") for tenant, name, body in store.documents(kind)
    }


@pytest.mark.usefixtures("any_store")
def test_the_last_word_on_each_document_of_a_commit_counts_and_all_can_be_taken_back(tmp_path: Path) -> None:
    store, dice, kept = new_store(tmp_path), random.Random(1), Kept()
    store.open()
    store.write(Batch(documents=[put(kept, dice, number) for number in range(3 * DOCUMENTS_AT_ONCE)]))
    assert found(store) == kept
    before = dict(kept)
    doubtful = Batch(documents=[put(kept, dice, -number) for number in range(1, 3 * DOCUMENTS_AT_ONCE)])
    store.write(doubtful)
    assert found(store) == kept != before
    assert store.holds(doubtful)
    store.revoke(doubtful)
    assert found(store) == before
    store.close()
