"""Who reported is found nowhere but in `Reporter`: a citizen does all that a citizen can, then everything is searched.

Every table, file row, event, delivery, audit entry and log line, and every byte of the stored files, is scanned for
the name, the telephone in all its writings, the e-mail, the username and the ids of the person.
"""

# ruff: noqa: F811 - fixtures are imported, and asked for by name
import io
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Model

from songcau.entry import logs
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.personal_data.rules import Purpose
from songcau.foundation.accounts.tests.people import make_person
from songcau.foundation.files.receiving import hold_bytes
from songcau.foundation.files.tests.samples import photograph
from songcau.kernel import clock, trace
from songcau.kernel.actor import NOBODY, SYSTEM
from songcau.kernel.text import folded
from songcau.systems.citizen_reports import actions
from songcau.systems.citizen_reports.actions.abuse import appeal
from songcau.systems.citizen_reports.actions.evidence import EVIDENCE
from songcau.systems.citizen_reports.actions.reporting import reporter_of_account, reporter_of_code
from songcau.systems.citizen_reports.actions.submitting import Contact, Submitted
from songcau.systems.citizen_reports.models import Report, Reporter
from songcau.systems.citizen_reports.rules import AttachmentKind
from songcau.systems.citizen_reports.tests.town import Town, draft, make_category
from songcau.systems.citizen_reports.tests.working import CLOSING, later
from tests.reports.whole_city import _files_of_its_own, _stands, _whole_city, town, wards, work  # noqa: F401

NAME, USERNAME, EMAIL = "Trần Thị Bưởi Hồng", "buoihong88", "buoi.hong88@vidu.vn"
PHONES = (
    "0912 345 678",
    "0912345678",
    "+84 912-345-678",
    "84912345678",
    "0912.345.678",
    "+84912345678",
    "(091) 2345678",
)
# The person's own: account, sign-in, inbox, what was looked at, alerts. None of them names a report.
OWN = {
    "citizen_reports.reporter",
    "citizen_reports.areaalert",
    "accounts.person",
    "personal_data.look",
    "notifications.notice",
    "notifications.delivery",
}


@dataclass(frozen=True)
class Traces:
    """What must not be found: texts without marks and capitals, and digits alone."""

    words: tuple[str, ...]
    digits: tuple[str, ...]

    def in_text(self, text: str) -> list[str]:
        bare = folded(text)
        loose = bare.replace(" ", "").replace("-", "").replace("_", "").replace(".", "")
        only_digits = "".join(sign for sign in text if sign.isdigit())
        found = [word for word in self.words if word in bare or word.replace(" ", "").replace("-", "") in loose]
        return found + [digits for digits in self.digits if digits in only_digits]


@pytest.fixture
def citizen(db: None) -> Person:
    return make_person(USERNAME, full_name=NAME, email=EMAIL, phone="+84912345678")


@pytest.fixture
def traces(citizen: Person) -> Traces:
    words = (folded(NAME), USERNAME, EMAIL.partition("@")[0], str(citizen.pk), citizen.pk.hex)
    return Traces(words, ("912345678",))


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Every line the process logs, as it would be written."""
    stream = io.StringIO()
    logs.configure("test", level="INFO", to=stream)
    yield stream
    logs.configure("test")


def picture(name: str = f"{NAME} 0912345678.jpg") -> object:
    content = photograph()
    return hold_bytes(use=EVIDENCE, name=name, chunks=iter([content]), length=len(content))


def typed() -> str:
    """How somebody writes who does not think of it."""
    return f"Ổ gà sâu trước nhà. Tôi là {NAME.upper()}, gọi {', '.join(PHONES)} hoặc {EMAIL}."


def sent(citizen: Person, **more: object) -> Submitted:
    contact = Contact(
        person_id=citizen.pk,
        name=NAME,
        phone="0912 345 678",
        email=EMAIL,
        source=f"account:{citizen.pk}",
        keeps_original=True,
    )
    facts = {"text": typed(), "place_words": f"Nhà {NAME}, 0912345678", **more}
    return actions.submit_report(by=NOBODY, draft=draft(**facts), contact=contact, pictures=[picture()])


def live(town: Town, citizen: Person) -> list[UUID]:
    """A citizen's whole life with reports; the officials do their part."""
    question = {"key": "who", "kind": "TEXT", "label": "Ghi chú", "label_en": "Note", "required": False}
    make_category("ASKS", name="Có câu hỏi", questions=[question])
    first, second = sent(citizen), sent(citizen, category="ASKS", answers={"who": typed()})
    mine = reporter_of_code(first.code, first.secret).actor
    actions.accept_report(by=town.desk, report_id=first.report_id)
    actions.publish_report(by=town.desk, report_id=first.report_id)
    actions.assign_report(by=town.desk, report_id=first.report_id, agency_id=town.ward.pk)
    actions.start_work(by=town.officer, report_id=first.report_id)
    work()
    actions.ask_reporter(by=town.officer, report_id=first.report_id, text="Bên nào?")
    actions.answer_question(by=mine, report_id=first.report_id, text=typed(), pictures=[picture()])
    actions.add_more(by=mine, report_id=first.report_id, text=typed(), pictures=[picture()])
    actions.look_at_reporter(by=town.desk, report_id=first.report_id, purpose=Purpose.OTHER, text=f"Gọi cho {NAME}")
    with clock.frozen(later(days=12)):
        actions.escalate_late(by=SYSTEM)
        actions.nudge_report(by=mine, report_id=first.report_id)
        work()
        shown = actions.add_evidence(
            by=town.officer, report_id=first.report_id, kind=AttachmentKind.AFTER, held=picture()
        )
        assert shown.state == "WAITING"
        actions.resolve_report(by=town.officer, report_id=first.report_id, closing_text=CLOSING)
        actions.reopen_report(by=mine, report_id=first.report_id, text=typed(), pictures=[picture()])
        actions.start_work(by=town.officer, report_id=first.report_id)
        actions.resolve_report(by=town.officer, report_id=first.report_id, closing_text=CLOSING)
        actions.rate_report(by=mine, report_id=first.report_id, rating=5, text=typed())
        work()
    actions.warn_source(by=town.desk, report_id=first.report_id, reason="Nhầm lẫn khi thử nghiệm")
    appeal(source=f"account:{citizen.pk}", text=typed())
    other = reporter_of_account(citizen.pk, second.report_id).actor
    actions.withdraw_report(by=other, report_id=second.report_id)
    third = sent(citizen)
    actions.forget_reporter(by=reporter_of_code(third.code, third.secret).actor, report_id=third.report_id)
    work()
    return [first.report_id, second.report_id, third.report_id]


def said(row: Model) -> str:
    """All that a row holds, as text."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return json.dumps(values, default=str, ensure_ascii=False)


def test_who_reported_is_found_nowhere_else(
    town: Town, wards: None, citizen: Person, traces: Traces, log: io.StringIO
) -> None:
    with trace.tracing("a-request"):
        live(town, citizen)
    scanned = 0
    for model in apps.get_models():
        for row in model._default_manager.all():
            scanned += 1
            if model._meta.label_lower not in OWN:
                assert traces.in_text(said(row)) == [], f"{model._meta.label}: {said(row)}"
    assert scanned > 300
    # What is the person's own names no report, and no report leads to it.
    reports = {str(pk) for pk in Report.objects.values_list("pk", flat=True)}
    codes = set(Report.objects.values_list("code", flat=True))
    for label in OWN - {"citizen_reports.reporter", "accounts.person"}:
        for row in apps.get_model(label)._default_manager.all():
            if str(citizen.pk) in said(row):
                assert not any(one in said(row) for one in reports | codes), said(row)
    assert traces.in_text(log.getvalue()) == []


def test_no_stored_byte_tells_who_reported_but_the_originals_the_sender_agreed_to(
    town: Town, wards: None, citizen: Person, traces: Traces
) -> None:
    live(town, citizen)
    files = [file for file in Path(settings.SONGCAU.data).rglob("*") if file.is_file()]
    assert files
    for file in files:
        # Names of files on disk are digests and ids; what is in them was cleaned.
        assert traces.in_text(file.name) == []
        assert unicodedata.normalize("NFC", NAME).encode() not in file.read_bytes()


def test_what_was_typed_is_kept_for_the_desk_alone(town: Town, wards: None, citizen: Person) -> None:
    first, second, third = live(town, citizen)
    kept = Reporter.objects.get(report=first)
    assert typed() in kept.text_as_sent
    assert kept.text_as_sent.count(EMAIL) >= 5
    assert f"who: {typed()}" in Reporter.objects.get(report=second).text_as_sent
    assert Reporter.objects.get(report=third).text_as_sent == ""
