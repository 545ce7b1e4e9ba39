"""Somebody does all that a reporter can; whoever handles, leads, checks or reads opens everything, and learns nothing.

Every address of the city is opened by every kind of reader, with every export, print, file and answer for machines, and
all that was answered is searched for marks of the reporter. Only their own pages and the centre's look, for a purpose,
may tell.
"""

# ruff: noqa: F811 - fixtures are imported, and asked for by name
import base64
import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.test import Client

from songcau.entry import logs
from songcau.flows.citizen_reports_on_the_map import _entity
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import actor_with, make_person, sign_in
from songcau.foundation.files.models import FileLink
from songcau.foundation.files.receiving import hold_bytes
from songcau.foundation.outbox.models import Delivery, Event
from songcau.kernel import clock
from songcau.kernel.actor import NOBODY, SYSTEM, Actor
from songcau.systems.citizen_reports import actions
from songcau.systems.citizen_reports.actions import publishing
from songcau.systems.citizen_reports.actions.evidence import EVIDENCE_WITH_ORIGINAL
from songcau.systems.citizen_reports.actions.submitting import Contact
from songcau.systems.citizen_reports.models import Entry, Report
from songcau.systems.citizen_reports.queries.on_the_map import on_the_map
from songcau.systems.citizen_reports.rules import shown_code
from songcau.systems.citizen_reports.tests.town import Town, draft
from tests.reports.addresses import PARAMETERS, Asked, addresses, searches
from tests.reports.searching import Traces, facts_of_picture
from tests.reports.sender import HOME, LAST_DAY, NAME, TYPED, USERNAME, Sender, live, photo, reporter_ids
from tests.reports.visiting import Seen, Visitor
from tests.reports.whole_city import _files_of_its_own, _stands, _whole_city, town, wards  # noqa: F401

READERS: dict[str, Callable[[Town], Actor]] = {
    "specialist": lambda town: town.officer,
    "ward leader": lambda town: town.head,
    "clerk": lambda town: actor_with(Role.CLERK, town.ward, "vanthu"),
    "agency administrator": lambda town: actor_with(Role.AGENCY_ADMINISTRATOR, town.ward, "quantriphuong"),
    "operator of a ward": lambda town: actor_with(Role.OPERATOR, town.ward, "trucphuong"),
    "outside body": lambda town: town.lineman,
    "another unit": lambda town: town.neighbour,
    "city leader": lambda town: town.mayor,
}
HANDLE = ("specialist", "ward leader", "clerk", "operator of a ward")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Every line the process logs, the most talkative way."""
    stream = io.StringIO()
    logs.configure("test", level="DEBUG", to=stream)
    yield stream
    logs.configure("test")


@pytest.fixture
def sender(log: io.StringIO, town: Town, wards: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sender]:
    # Looking for faces takes a process and a second for each picture; it is tested where it stands.
    monkeypatch.setattr(publishing, "detected", lambda _file: [])
    lived = live(town)
    with clock.frozen(LAST_DAY):
        yield lived


def signed_in(actor: Actor) -> Visitor:
    client = Client()
    cache.clear()
    sign_in(client, Person.objects.get(pk=actor.id))
    return Visitor(client, actor)


def told(seen: list[Seen], marks: Traces) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.address, found) for one in seen if (found := one.told(marks))]


def test_whoever_handles_or_reads_opens_everything_and_learns_nothing(
    town: Town, sender: Sender, log: io.StringIO
) -> None:
    asked, faults = addresses(sender), []
    first, private, at_home = sender.reports[:3]
    visitors = {name: signed_in(actor(town)) for name, actor in READERS.items()}
    citizen = make_person("nguoi-khac")
    visitors["another citizen"] = signed_in(Actor(id=citizen.pk, label=citizen.full_name))
    visitors["public"] = Visitor(Client())
    for name, visitor in visitors.items():
        seen = visitor.walk(asked)
        opened = {one.address for one in seen if one.status == 200}
        if name in HANDLE:
            # The walk went where the report is; else it would have found nothing, whatever stands there.
            assert {f"/citizen_reports/{first.pk}/", f"/citizen_reports/{first.pk}/sheet.pdf"} <= opened
            assert {"/citizen_reports/reports/?format=csv", "/citizen_reports/reports/?format=xlsx"} <= opened
            assert f"/citizen_reports/{private.pk}/" in opened
            assert any(one.startswith("/files/") for one in opened)
        else:
            assert f"/citizen_reports/{private.pk}/" not in opened or name == "city leader"
        if name in ("public", "another citizen"):
            assert {f"/portal/reports/{first.code}/", f"/open311/v2/requests/{shown_code(first.code)}.xml"} <= opened
            assert any("/pictures/" in one for one in opened)
            assert not any(private.code.encode() in one.content for one in seen if private.code not in one.address)
            # Nor where somebody is at home who complains of their neighbours.
            homes = Traces((), tuple(str(degrees).replace(".", "")[:8] for degrees in HOME))
            assert told([one for one in seen if at_home.code in one.address or "points" in one.address], homes) == []
        assert not any("original=1" in one for one in opened), name
        faults += [(name, *one) for one in told(seen, sender.marks)]
    assert faults == [], "\n".join(map(str, faults))
    assert told_by_the_log(log, sender) == []


def told_by_the_log(log: io.StringIO, sender: Sender) -> list[tuple[str, tuple[str, ...]]]:
    lines = log.getvalue().splitlines()
    assert len(lines) > 300
    return [(line, found) for line in lines if (found := sender.marks.found_in(line.encode()))]


ACCOUNTS = re.compile(
    r"^/(administration/(people|behind|roles|audit|looks|notices|data_requests|delegations|$|\?)|django-admin/(accounts|audit|$))"
)
OVERSEERS: dict[str, Callable[[Town], Actor]] = {
    "auditor": lambda _town: actor_with(Role.AUDITOR, None, "kiemtra"),
    "data protection officer": lambda _town: actor_with(Role.DATA_PROTECTION_OFFICER, None, "baove"),
    "system administrator": lambda town: town.root,
}
_PIECE = re.compile(rb"<tr|<li|<article|<dt|\n(?=\S)")


def test_who_sees_accounts_cannot_join_one_to_a_report(town: Town, sender: Sender, log: io.StringIO) -> None:
    """The account and its sign-ins stand in lists and logs, as everybody's do; nothing leads from them to a report."""
    asked, faults = addresses(sender), []
    of_reports = [name for one in sender.reports for name in (str(one.pk), one.code)] + reporter_ids(sender)
    must_open = {
        "auditor": "/administration/audit/",
        "data protection officer": "/administration/looks/",
        "system administrator": "/administration/outbox/",
    }
    for name, actor in OVERSEERS.items():
        seen = signed_in(actor(town)).walk(asked)
        assert must_open[name] in {one.address for one in seen if one.status == 200}
        faults += [(name, *one) for one in told(seen, sender.of_reports)]
        for one in seen:
            if not one.told(sender.of_account):
                continue
            if not ACCOUNTS.search(one.address):
                faults.append((name, one.address, one.told(sender.of_account)))
            for piece in _PIECE.split(one.content):
                joined = [known for known in of_reports if known.encode() in piece and known not in one.address]
                if joined and sender.of_account.found_in(piece):
                    faults.append((name, one.address, tuple(joined)))
    assert faults == [], "\n".join(map(str, faults))
    assert told_by_the_log(log, sender) == []


def test_no_event_no_delivery_and_nothing_on_the_live_map_tells(sender: Sender) -> None:
    events = Event.objects.filter(name__contains="citizen_reports")
    assert events.count() > 50
    for event in events:
        assert sender.marks.found_in(f"{event.subject} {event.payload} {event.actor_id}".encode()) == (), event
    for delivery in Delivery.objects.all():
        assert sender.marks.found_in(str(vars(delivery)).encode()) == (), delivery
    # Who reads the live city, by NGSI-LD too, reads these entities (`test_on_the_map` has a broker).
    entities = [_entity(code, told) for one in sender.reports for code, told in [on_the_map(one.pk)] if told]
    assert len(entities) == 3
    assert sender.marks.found_in(json.dumps(entities, ensure_ascii=False).encode()) == ()


def test_nothing_is_found_by_searching_for_the_reporter(town: Town, sender: Sender) -> None:
    """What is hidden and still found is told."""
    codes = [name.encode() for one in sender.reports for name in (one.code, shown_code(one.code))]
    for visitor in (signed_in(town.officer), signed_in(town.mayor), Visitor(Client())):
        found = "/portal/reports/?q=cổng" if visitor.actor is None else "/citizen_reports/reports/?q=cổng"
        visitor.visit(found)
        assert any(code in visitor.seen[found].content for code in codes)
        for address in searches(sender):
            visitor.visit(address)
            told_by = [code for code in codes if code in visitor.seen[address].content]
            assert told_by == [], address


LEAKS: dict[str, Callable[[Report], object]] = {
    "closing text": lambda one: Report.objects.filter(pk=one.pk).update(closing_text=f"Đã báo lại, {NAME}"),
    "timeline": lambda one: Entry.objects.filter(report=one).update(by_label=USERNAME),
    "place": lambda one: Report.objects.filter(pk=one.pk).update(place_words="Gọi 0937.461.528"),
    "account": lambda one: Entry.objects.filter(report=one, step="submit").update(agency_name=_account()),
    "name of a file": lambda one: FileLink.objects.filter(subject_id=one.pk).update(name=f"{USERNAME}.jpg"),
    "camera": lambda one: FileLink.objects.filter(subject_id=one.pk).update(blob=F("original")),
}


def _account() -> str:
    return str(Person.objects.get(username=USERNAME).pk)


def test_what_is_planted_is_found(town: Town) -> None:
    person = make_person(USERNAME, full_name=NAME)
    picture = hold_bytes(
        use=EVIDENCE_WITH_ORIGINAL, name="a.jpg", chunks=iter([photo().read()]), length=photo().size or 0
    )
    contact = Contact(person_id=person.pk, keeps_original=True)
    made = actions.submit_report(by=NOBODY, draft=draft(), contact=contact, pictures=[picture])
    actions.take_in_pictures(by=SYSTEM, report_id=made.report_id)
    report = Report.objects.get(pk=made.report_id)
    actions.accept_report(by=town.desk, report_id=report.pk)
    actions.assign_report(by=town.desk, report_id=report.pk, agency_id=town.ward.pk)
    sender = Sender(person, Client(), Client(), [report])
    visitor = signed_in(town.officer)
    pages = [f"/citizen_reports/{report.pk}/", f"/citizen_reports/{report.pk}/sheet.pdf"]
    pages += ["/citizen_reports/reports/?format=csv", "/citizen_reports/reports/?format=xlsx"]
    pages += [f"/files/{pk}" for pk in FileLink.objects.values_list("pk", flat=True)]
    walked = [Asked(address, "", None) for address in pages]
    assert told(visitor.walk(walked), sender.marks) == []
    for name, plant in LEAKS.items():
        with transaction.atomic():
            plant(report)
            again = Visitor(visitor.client, visitor.actor)
            for address in pages:
                again.visit(address)
            assert told(list(again.seen.values()), sender.marks) != [], name
            transaction.set_rollback(True)


def test_a_parameter_that_nobody_gave_a_meaning_fails_the_walk(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(PARAMETERS, "report_id")
    sender = Sender(make_person(USERNAME), Client(), Client())
    with pytest.raises(AssertionError, match=r"Nobody says what stands for .*citizen_reports:case .*report_id"):
        addresses(sender)


def _packed(text: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", text)
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        NAME.encode(),
        TYPED.encode(),
        "ĐINH THỊ KHUÝPXAO".encode(),
        "Khuy\u0301pxao".encode(),
        b"<!-- Khu&yacute;pxao -->",
        json.dumps({"by": NAME}).encode(),
        b"?q=Khu%C3%BDpxao",
        gzip.compress(NAME.encode(), mtime=0),
        _packed(NAME),
        b"\xff\xfe\0" + NAME.encode("utf-16-le"),
        b"tel:+84-937.461 528",
        b"(0937) 461/528",
    ],
)
def test_every_writing_is_read(content: bytes) -> None:
    assert Traces(("khuypxao",), ("937461528",)).found_in(content) != ()


def test_headers_and_pictures_are_read() -> None:
    told_in_base64 = base64.urlsafe_b64encode(json.dumps(["một báo cáo", USERNAME]).encode())
    assert Seen("/", 200, b"", b"Set-Cookie: a=" + told_in_base64).told(Traces((USERNAME,))) == (USERNAME,)
    assert Seen(f"/{USERNAME}/", 404, USERNAME.encode()).told(Traces((USERNAME,))) == ()
    assert any("Wubzeq" in fact for fact in facts_of_picture(photo().read()))
