"""For every test: an outbox without reactions, outlines drawn once, guards that rest while tables are flushed."""

from collections.abc import Iterator
from functools import cache

import pytest


@pytest.fixture(autouse=True)
def _reactions_as_before() -> Iterator[None]:
    """`announce` refuses to work in a process without `install`; what a test installs is gone after it."""
    from songcau.foundation.audit.actions import record_entry
    from songcau.foundation.outbox import reactions

    before = list(reactions._installed)
    if not before:
        reactions.install((), (), record=record_entry)
    yield
    reactions._installed[:] = before


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_audit_guards() -> Iterator[None]:
    """A transactional test ends by emptying all tables, which the guards of the audit log refuse."""
    from django.core.management.commands import flush
    from django.db import connections

    from songcau.foundation.accounts.personal_data.guards import LOOKS
    from songcau.foundation.audit.guards import ENTRIES

    def handle(self: flush.Command, **options: object) -> object:
        connection = connections[str(options["database"])]
        with ENTRIES.dropped(connection), LOOKS.dropped(connection):
            return original(self, **options)

    original, flush.Command.handle = flush.Command.handle, handle
    yield
    flush.Command.handle = original


@pytest.fixture(scope="session", autouse=True)
def _draw_once() -> Iterator[None]:
    """The outlines of a profile are the same in every test: they are drawn once."""
    from songcau.foundation.places.actions import profiles

    plain = profiles.approximate_outlines
    drawn = cache(plain)
    profiles.approximate_outlines = lambda centres: drawn(tuple(centres))
    yield
    profiles.approximate_outlines = plain
