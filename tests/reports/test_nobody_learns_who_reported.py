"""Somebody does all that a reporter can; whoever handles, leads, checks or reads opens everything, and learns nothing.

Every address with every id there is, every link, export, print, file and answer of a machine is opened and its bytes
are searched. Only the reporter's own pages and the centre's look, for a purpose, may tell.
"""

# ruff: noqa: F811 - fixtures are imported, and asked for by name
import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from songcau.entry import logs
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.personal_data.rules import Purpose
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import actor_with, make_person, sign_in
from songcau.foundation.audit.models import Entry as AuditEntry
from songcau.foundation.files.models import FileLink
from songcau.foundation.outbox.models import Delivery, Event
from songcau.kernel import clock
from songcau.kernel.actor import NOBODY, SYSTEM, Actor
from songcau.kernel.text import folded
from songcau.systems.citizen_reports import actions
from songcau.systems.citizen_reports.actions.publishing import approve_picture
from songcau.systems.citizen_reports.actions.submitting import Contact, secret_of
from songcau.systems.citizen_reports.models import Attachment, Category, Entry, Report, Reporter, Standing
from songcau.systems.citizen_reports.pages.prints import SHEETS
from songcau.systems.citizen_reports.pages.steps import BY_NAME
from songcau.systems.citizen_reports.queries.on_the_map import on_the_map
from songcau.systems.citizen_reports.rules import AttachmentKind, BlurState
from songcau.systems.citizen_reports.tests.town import INSIDE, Town, draft, make_category
from songcau.systems.citizen_reports.tests.working import CLOSING, held, later
from tests.reports.searching import Traces
from tests.reports.visiting import Known, Seen, Visitor
from tests.reports.whole_city import _files_of_its_own, _stands, _whole_city, town, wards, work  # noqa: F401

NAME, USERNAME, EMAIL = "Đinh Thị Khuýpxao", "zuikhaw77", "xaokhuy.zz@vidu.vn"
PHONE, PAPER = "0937 461 528", "001 193 046 827"
# The family's and the owner's of the telephone, as a camera writes it.
OWNER, SERIAL = "Khuýpxao Wubzeq", "SNZQ7781K"
TYPED = (
    f"Ổ gà sâu trước cổng. Tôi là {NAME.upper()}, gọi {PHONE}, +84.937-461-528 hoặc {EMAIL}. CCCD {PAPER}. "
    f"Zalo 84937461528."
)


@dataclass
class Lived:
    """What a reporter did: with contacts and an account, with the account alone, without an account."""

    person: Person
    traces: Traces
    ids: list[UUID]
    codes: list[str]


def photo(name: str = f"anh của {NAME} 0937461528.jpg") -> SimpleUploadedFile:
    facts = Image.Exif()
    facts[0x013B] = facts[0x8298] = facts[0x010E] = OWNER
    facts.get_ifd(0x8769).update({0xA430: OWNER, 0xA431: SERIAL, 0x9286: f"ASCII\0\0\0{OWNER}".encode()})
    stream = io.BytesIO()
    Image.new("RGB", (320, 240), (90, 80, 70)).save(
        stream, "JPEG", exif=facts, xmp=f"<x:xmpmeta><dc:creator>{OWNER}</dc:creator></x:xmpmeta>".encode()
    )
    return SimpleUploadedFile(name, stream.getvalue(), "image/jpeg")


def report_by_form(client: Client, **more: Any) -> Report:
    """Through the portal's form, from another address than before, as a telephone on its way has one."""
    fields: dict[str, Any] = {
        "submission_id": str(uuid4()),
        "step": "send",
        "text": TYPED,
        "category": "ASKS",
        "q-ASKS-who": TYPED,
        "longitude": str(INSIDE[0]),
        "latitude": str(INSIDE[1]),
        "place_words": f"Nhà {NAME}, {PHONE}",
        "photos": [photo(), photo(f"x.{USERNAME[:5]}")],
        **more,
    }
    answer = client.post("/portal/report/", fields, REMOTE_ADDR=f"10.7.0.{Report.objects.count() + 2}")
    assert answer.status_code == 302, answer.content.decode()
    return Report.objects.get(submission_id=fields["submission_id"])


def deed(client: Client, name: str, **more: Any) -> None:
    answer = client.post(f"/portal/track/report/{name}/", {"text": TYPED, **more}, REMOTE_ADDR="10.9.0.9")
    assert answer.status_code == 302, answer.content.decode()


def accepted(town: Town, report: Report, agency: Any) -> None:
    actions.accept_report(by=town.desk, report_id=report.pk)
    if not report.is_private:
        actions.publish_report(by=town.desk, report_id=report.pk)
    actions.assign_report(by=town.desk, report_id=report.pk, agency_id=agency.pk)


@pytest.fixture
def lived(town: Town, wards: None) -> Lived:
    cache.clear()
    person = make_person(USERNAME, full_name=NAME, email=EMAIL, phone="+84937461528")
    questions = [{"key": "who", "kind": "TEXT", "label": "Ghi chú", "label_en": "Note", "required": False}]
    make_category("ASKS", name="Có câu hỏi", questions=questions)
    client = Client()
    sign_in(client, person)
    contact = {"name": NAME, "phone": PHONE, "email": EMAIL}
    first = report_by_form(client, **contact, keeps_original="on")
    second = report_by_form(client, is_private="on")
    stranger = Client()
    third = report_by_form(stranger, **contact)
    accepted(town, first, town.ward)
    accepted(town, second, town.ward)
    accepted(town, third, town.power)
    work()
    client.post(f"/portal/my-reports/{first.pk}/")
    live(town, client, first)
    client.post(f"/portal/my-reports/{second.pk}/")
    deed(client, "add", photos=[photo()])
    stranger.post("/portal/track/", {"code": third.code, "secret": secret_of(third.submission_id)})
    deed(stranger, "add", photos=[photo()])
    work()
    for picture in Attachment.objects.filter(blur_state=BlurState.SUGGESTED):
        approve_picture(by=town.desk, attachment_id=picture.pk, boxes=[])
    actions.warn_source(by=town.desk, report_id=third.pk, reason="Thử nghiệm việc cảnh báo")
    work()
    traces = Traces(
        ("khuypxao", "wubzeq", SERIAL.lower(), USERNAME, "xaokhuyzz", person.pk.hex), ("937461528", "001193046827")
    )
    return Lived(person, traces, [first.pk, second.pk, third.pk], [first.code, second.code, third.code])


def live(town: Town, client: Client, report: Report) -> None:
    actions.start_work(by=town.officer, report_id=report.pk)
    actions.ask_reporter(by=town.officer, report_id=report.pk, text="Bên nào?")
    deed(client, "answer", photos=[photo()])
    deed(client, "add", photos=[photo()])
    look = {"report_id": report.pk, "purpose": Purpose.OTHER, "text": f"Gọi cho {NAME}"}
    actions.look_at_reporter(by=town.desk, **look)
    with clock.frozen(later(days=12)):
        actions.escalate_late(by=SYSTEM)
        # The pass is over by now; whoever acts is the same.
        mine = Actor(id=Reporter.objects.get(report=report).pk, label="reporter")
        actions.nudge_report(by=mine, report_id=report.pk)
        actions.add_evidence(by=town.officer, report_id=report.pk, kind=AttachmentKind.AFTER, held=held())
        work()
        actions.resolve_report(by=town.officer, report_id=report.pk, closing_text=CLOSING)
        actions.reopen_report(by=mine, report_id=report.pk, text=TYPED)
        actions.start_work(by=town.officer, report_id=report.pk)
        actions.resolve_report(by=town.officer, report_id=report.pk, closing_text=CLOSING)
        actions.rate_report(by=mine, report_id=report.pk, rating=5, text=TYPED)
        work()


def known(lived: Lived) -> Known:
    """Every id that somebody might have or guess."""
    reporters = list(Reporter.objects.values_list("pk", flat=True))
    return {
        "report_id": lived.ids,
        "picture_id": list(Attachment.objects.values_list("pk", flat=True)),
        "file_id": list(FileLink.objects.values_list("pk", flat=True)),
        "person_id": [lived.person.pk],
        "standing_id": list(Standing.objects.values_list("pk", flat=True)),
        "category_id": list(Category.objects.values_list("pk", flat=True)),
        "delivery_id": list(Delivery.objects.values_list("pk", flat=True)),
        "sequence": list(AuditEntry.objects.values_list("pk", flat=True)),
        "code": [*lived.codes, "ASKS"],
        "name": [*BY_NAME, *SHEETS],
        "page": [1],
        "form": ["json", "xml"],
        "uuid": reporters,
    }


def signed_in(actor: Actor) -> Client:
    client = Client()
    cache.clear()
    sign_in(client, Person.objects.get(pk=actor.id))
    return client


def told(seen: list[Seen], traces: Traces) -> list[tuple[str, list[str]]]:
    """Where what was found. What was asked for is no news: a page may say its own address again."""
    found = []
    for one in seen:
        asked_for = {trace for trace in traces.words if trace in folded(one.address).replace("-", "")}
        if left := set(traces.found_in(one.content)) - asked_for:
            found.append((one.address, sorted(left)))
    return found


READERS: dict[str, Callable[[Town], Actor]] = {
    "officer": lambda town: town.officer,
    "head": lambda town: town.head,
    "clerk": lambda town: actor_with(Role.CLERK, town.ward, "vanthu"),
    "outside": lambda town: town.lineman,
    "neighbour": lambda town: town.neighbour,
    "leader": lambda town: town.mayor,
    "operator of a ward": lambda town: actor_with(Role.OPERATOR, town.ward, "trucphuong"),
}


def test_whoever_handles_or_reads_opens_everything_and_learns_nothing(town: Town, lived: Lived) -> None:
    faults = []
    clients = {name: signed_in(actor(town)) for name, actor in READERS.items()} | {"public": Client()}
    for name, client in clients.items():
        seen = Visitor(client).walk(known(lived))
        opened = {one.address for one in seen if one.status == 200}
        # The walk went where the report is; else it would have found nothing, whatever stands there.
        assert len(opened) > 60, (name, len(opened))
        if name in ("officer", "head", "clerk", "leader", "operator of a ward"):
            assert {f"/citizen_reports/{lived.ids[0]}/", f"/citizen_reports/{lived.ids[0]}/sheet.pdf"} <= opened
            assert any("format=xlsx" in one for one in opened)
        if name == "public":
            assert {f"/portal/reports/{lived.codes[0]}/", f"/open311/v2/requests/{lived.codes[0]}.xml"} <= opened
            assert any("/pictures/" in one for one in opened)
            private = lived.codes[1]
            assert not any(private.encode() in one.content for one in seen if private not in one.address)
        faults += [(name, *one) for one in told(seen, lived.traces)]
    assert faults == []


_PIECE = re.compile(rb"<tr|<li|<article|<dt|\n(?=\S)")


def test_an_auditor_cannot_join_a_person_to_a_report(town: Town, lived: Lived) -> None:
    """The account and its sign-ins stand in the log, as everybody's do; nothing leads from them to a report."""
    seen = Visitor(signed_in(actor_with(Role.AUDITOR, None, "kiemtra"))).walk(known(lived))
    opened = {one.address for one in seen if one.status == 200}
    assert {"/administration/audit/", "/administration/outbox/", "/administration/files/"} <= opened
    of_reports = [str(one) for one in (*lived.ids, *Reporter.objects.values_list("pk", flat=True), *lived.codes)]
    for one in seen:
        about_accounts = one.address.startswith(
            ("/administration/people/", "/administration/audit/", "/administration/?")
        )
        for piece in _PIECE.split(one.content) if told([one], lived.traces) else ():
            if told([Seen(one.address, 200, piece)], lived.traces):
                assert about_accounts, (one.address, piece)
                assert not any(name.encode() in piece for name in of_reports), (one.address, piece)
    own = {entry.trace for entry in AuditEntry.objects.all() if lived.person.pk in (entry.actor_id, _subject(entry))}
    acts = {entry.trace for entry in AuditEntry.objects.filter(action__startswith="citizen_reports.")}
    acts |= set(Event.objects.filter(name__contains="citizen_reports").values_list("trace", flat=True))
    # Both were written in requests, some of them in the same.
    assert len(own) > 2
    assert len(acts) > 5
    assert own & acts <= {""}


def _subject(entry: AuditEntry) -> UUID | None:
    found = re.search(r"[0-9a-f-]{36}", entry.subject)
    return UUID(found[0]) if found else None


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.configure("test", level="DEBUG", to=stream)
    yield stream
    logs.configure("test")


def test_no_line_of_the_log_no_event_and_no_place_on_the_map_tells(log: io.StringIO, town: Town, lived: Lived) -> None:
    lines = log.getvalue()
    assert len(lines) > 1000
    assert lived.traces.found_in(lines.encode()) == []
    for event in Event.objects.filter(name__contains="citizen_reports"):
        assert lived.traces.found_in(f"{event.subject} {event.payload} {event.actor_id}".encode()) == []
    for report_id in lived.ids:
        _code, entity = on_the_map(report_id)
        assert entity is None or lived.traces.found_in(str(asdict(entity)).encode()) == []


LEAKS: dict[str, Callable[[Report], object]] = {
    "closing text": lambda one: Report.objects.filter(pk=one.pk).update(closing_text=f"Đã báo chị {NAME}"),
    "timeline": lambda one: Entry.objects.filter(report=one).update(by_label=USERNAME),
    "place": lambda one: Report.objects.filter(pk=one.pk).update(place_words="Gọi 0937.461.528"),
    "id": lambda one: Entry.objects.filter(report=one, visibility="PUBLIC").update(agency_name=str(_planted())),
}


def _planted() -> UUID:
    return Person.objects.get(username=USERNAME).pk


@pytest.mark.parametrize("leak", list(LEAKS))
def test_what_is_planted_is_found(leak: str, town: Town) -> None:
    person = make_person(USERNAME, full_name=NAME)
    made = actions.submit_report(by=NOBODY, draft=draft(), contact=Contact(person_id=person.pk))
    report = Report.objects.get(pk=made.report_id)
    accepted(town, report, town.ward)
    traces = Traces(("khuypxao", USERNAME, person.pk.hex), ("937461528",))
    lived = Lived(person, traces, [report.pk], [report.code])
    ids = {"report_id": lived.ids, "code": lived.codes}
    client = signed_in(town.officer)
    assert told(Visitor(client).walk(ids), traces) == []
    LEAKS[leak](report)
    assert told(Visitor(client).walk(ids), traces) != []


def _packed(text: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", text)
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        NAME.encode(),
        "ĐINH THỊ KHUÝPXAO".encode(),
        "Khuy\u0301pxao".encode(),
        b"<b>Khu&yacute;p</b>xao".replace(b"</b>", b"").replace(b"<b>", b""),
        json.dumps({"by": NAME}).encode(),
        b"?q=Khu%C3%BDpxao",
        gzip.compress(NAME.encode()),
        _packed(NAME),
        b"\xff\xd8\xff\0" + NAME.encode("utf-16-le"),
        b"tel:+84-937.461 528",
        b"(0937) 461/528",
    ],
)
def test_every_writing_is_read(content: bytes) -> None:
    assert Traces(("khuypxao",), ("937461528",)).found_in(content) != []
