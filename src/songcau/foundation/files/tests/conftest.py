"""A folder of its own for each test, a use that anybody signed in may fill, and somebody who does."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.tests.people import make_person, sign_in
from songcau.foundation.files import rules, scanners, storage, uses
from songcau.foundation.files.rules import Limits
from songcau.foundation.files.uses import FileUse, Subject
from songcau.kernel.actor import Actor

SUBJECT = Subject("tests.dossier", UUID(int=7))
PAPERS = FileUse(
    name="tests.papers",
    words="Papers",
    limits=Limits(
        accepted=rules.PICTURES | rules.DOCUMENTS | {rules.TEXT, rules.CSV, rules.ZIP},
        max_bytes=20 * rules.MEGABYTE,
        max_pixels=1_000_000,
    ),
    may_upload=lambda actor, subject: subject == SUBJECT,
    may_read=lambda actor, link: link.uploader_id == actor.id,
    may_remove=lambda actor, link: link.uploader_id == actor.id,
    may_read_original=lambda actor, link: link.uploader_id == actor.id,
    retention_days=30,
)
EVIDENCE = replace(PAPERS, name="tests.evidence", keep_original=True, retention_days=None)
PERSONAL = replace(PAPERS, name="tests.personal", personal_data=True)


@pytest.fixture(autouse=True)
def _files_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = dict(uses._uses)
    uses.register(PAPERS, EVIDENCE, PERSONAL)
    monkeypatch.setattr(
        settings, "SONGCAU", settings.SONGCAU.model_copy(update={"data": tmp_path, "files_scanner": ""})
    )
    storage.store.cache_clear()
    scanners.scanner.cache_clear()
    yield
    uses._uses.clear()
    uses._uses.update(before)
    storage.store.cache_clear()
    scanners.scanner.cache_clear()


@pytest.fixture
def lan(db: None) -> Person:
    return make_person("lan", full_name="Trần Thị Lan")


@pytest.fixture
def by(lan: Person) -> Actor:
    return actor_of(lan)


@pytest.fixture
def client_of_lan(lan: Person) -> Client:
    client = Client()
    sign_in(client, lan)
    return client
