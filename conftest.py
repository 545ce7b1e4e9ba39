"""For every test: no reactions in the outbox, guards that rest at a flush, and once what is the same each time."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

REAL_DATA = Path(os.environ.get("TEST_DATA") or Path(__file__).resolve().parent.parent / "shared" / "data")


@pytest.fixture
def real_data() -> Path:
    """The folder of real data, which lies beside the project; without it the test is skipped, and says so."""
    if not (REAL_DATA / "README.md").is_file():
        pytest.skip(f"no real data in {REAL_DATA} (set TEST_DATA)")
    return REAL_DATA


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
def _empty_tables_quickly() -> Iterator[None]:
    """A transactional test ends by emptying all tables, which the guards of the audit log refuse.

    Rows are deleted: PostgreSQL takes a second to truncate all those tables, most of which are empty. What Django
    itself notes of the models stays, since it would be written anew at once.
    """
    from django.core.management.commands import flush
    from django.db import connections, transaction

    from songcau.foundation.accounts.personal_data.guards import LOOKS
    from songcau.foundation.audit.guards import ENTRIES

    stay = {"django_content_type", "auth_permission"}

    def handle(_command: flush.Command, **options: object) -> None:
        connection = connections[str(options["database"])]
        names = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - stay
        guards = ENTRIES.dropped(connection), LOOKS.dropped(connection)
        with transaction.atomic(using=connection.alias), guards[0], guards[1], connection.cursor() as cursor:
            for name in sorted(names):
                cursor.execute(f'DELETE FROM "{name}"')  # noqa: S608  # names from models
            if connection.vendor == "postgresql":
                # The guards cannot be put up while a check of a deleted row is still to come.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    plain, flush.Command.handle = flush.Command.handle, handle
    yield
    flush.Command.handle = plain


@pytest.fixture(scope="session", autouse=True)
def _draw_once() -> Iterator[None]:
    """The outlines of a profile are the same in every test: they are drawn once."""
    from songcau.foundation.places.actions import profiles

    plain = profiles.approximate_outlines
    drawn = cache(plain)
    profiles.approximate_outlines = lambda centres: drawn(tuple(centres))
    yield
    profiles.approximate_outlines = plain


@pytest.fixture(scope="session", autouse=True)
def _list_static_files_once() -> Iterator[None]:
    """Every browser of a test starts the whole application, which lists the same static files each time."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    plain = WhiteNoiseMiddleware.add_files_from_finders
    listed: dict[str, object] = {}

    def add(self: WhiteNoiseMiddleware) -> None:
        if not listed:
            plain(self)
            listed.update(self.files)
        self.files.update(listed)

    WhiteNoiseMiddleware.add_files_from_finders = add
    yield
    WhiteNoiseMiddleware.add_files_from_finders = plain
