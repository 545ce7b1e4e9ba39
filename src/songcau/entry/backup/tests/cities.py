"""Cities to back up and to restore into: each a folder and a database of its own, prepared once and copied."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from django.conf import settings
from django.db import ConnectionHandler, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from songcau.entry.backup.tests.statements import migrate_default
from songcau.entry.settings import Settings
from songcau.foundation.files import storage

SQLITE, POSTGRESQL = "sqlite", "postgresql"
SERVER = os.environ.get("CHECK_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")


@dataclass
class City:
    """Where a city lies. `database` is Django's default connection while `within` lasts."""

    settings: Settings
    database: BaseDatabaseWrapper

    @contextmanager
    def within(self) -> Iterator["City"]:
        """This city is the one Django and the store know."""
        before, kept = connections["default"], settings.SONGCAU
        connections["default"] = self.database
        settings.SONGCAU = self.settings
        storage.store.cache_clear()
        try:
            yield self
        finally:
            self.database.close()
            connections["default"] = before
            settings.SONGCAU = kept
            storage.store.cache_clear()


def new_city(engine: str, folder: Path, name: str, **changes: object) -> City:
    """An empty place. For PostgreSQL the database `name` must be there."""
    folder.mkdir(parents=True, exist_ok=True)
    told = dict(connections.settings["default"])
    if engine == SQLITE:
        options = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON;",
        }
        told |= {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "songcau.sqlite3"), "OPTIONS": options}
    else:
        told |= {"ENGINE": "django.db.backends.postgresql", "NAME": name, "OPTIONS": {}, **server()}
    database = ConnectionHandler({"default": told}).create_connection("default")
    database.inc_thread_sharing()
    return City(settings.SONGCAU.model_copy(update={"data": folder, "files_store": "", **changes}), database)


def server() -> dict[str, str]:
    info = psycopg.conninfo.conninfo_to_dict(SERVER)
    keys = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    return {name: str(info.get(key) or "") for name, key in keys.items()}


@contextmanager
def empty_databases() -> Iterator[Callable[[], str]]:
    """Makes empty PostgreSQL databases, and drops them all at the end."""
    made: list[str] = []

    def make() -> str:
        name = f"songcau_backup_{uuid4().hex[:12]}"
        with psycopg.connect(SERVER, autocommit=True) as line:
            line.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        made.append(name)
        return name

    try:
        yield make
    finally:
        with psycopg.connect(SERVER, autocommit=True) as line:
            for name in made:
                line.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


FILES = {"quyết định.txt": "Quyết định số 1\n".encode(), "empty-ish.txt": b"\0" * 3_000_000, "third.txt": b"3"}


def fill(city: City) -> None:
    """Tables, units, people, events, audit entries, and files; with the values that are hard to move."""
    from songcau.foundation.audit.actions import record_entry
    from songcau.foundation.outbox import reactions

    reactions.install((), (), record=record_entry)
    with city.within():
        migrate_default(city.database)
        from songcau.foundation.accounts.tests.people import make_person
        from songcau.foundation.places.actions import load_profile
        from songcau.kernel.actor import SYSTEM

        load_profile(by=SYSTEM, name="tn-2022")
        make_person("annv", full_name="Nguyễn Văn \\An\tvà\nBình \\N")
        _write_events()
        for name, content in FILES.items():
            keep_file(city, name, content)
        _sign_somebody_in()


def _write_events() -> None:
    from django.db import transaction

    from songcau.foundation.audit.actions import record_entry
    from songcau.foundation.outbox.models import Event
    from songcau.kernel import clock
    from songcau.kernel.actor import SYSTEM

    for number in range(25):
        with transaction.atomic():
            details = {"số": number, "text": "dòng\n\\N\t'\"", "half": 0.1}
            record_entry(by=SYSTEM, action="tests.write", subject=f"tests:{number}", details=details)
            Event.objects.create(
                name="tests.Written",
                subject=f"tests:{number}",
                payload=details,
                actor_id=UUID(int=1),
                actor_label="tests",
                # One in three without a fraction of a second, one with a short one.
                at=clock.now().replace(microsecond=(0, 120_000, 123_456)[number % 3]),
            )
    Event.objects.filter(subject="tests:24").delete()


def keep_file(city: City, name: str, content: bytes) -> str:
    """A file in the store with its rows, as an upload leaves it; its digest."""
    import hashlib

    from songcau.foundation.files.models import Blob, FileLink
    from songcau.kernel import clock

    source = city.settings.data / "source"
    source.write_bytes(content)
    digest, now = hashlib.sha256(content).hexdigest(), clock.now()
    storage.store().put(source, digest)
    source.unlink()
    blob, _new = Blob.objects.get_or_create(
        digest=digest,
        defaults={"size": len(content), "media_type": "text/plain", "created_at": now, "touched_at": now},
    )
    FileLink.objects.create(
        use="tests.papers",
        subject_kind="tests.dossier",
        subject_id=UUID(int=7),
        blob=blob,
        name=name,
        uploader_id=UUID(int=1),
        uploader_label="tests",
        created_at=now,
    )
    return digest


def _sign_somebody_in() -> None:
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session["who"] = "annv"
    session.save()


def told_by(city: City) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the tables that matter, as Django gives them: equal for equal cities on any database."""
    from songcau.foundation.accounts.models import Person
    from songcau.foundation.audit.models import Entry, Head
    from songcau.foundation.files.models import Blob, FileLink
    from songcau.foundation.outbox.models import Event
    from songcau.foundation.places.models import Boundary, Unit

    with city.within():
        return {
            model.__name__: sorted(model.objects.values_list(), key=repr)
            for model in (Person, Head, Entry, Blob, FileLink, Event, Boundary, Unit)
        }
