"""A reporter whose every mark is found nowhere else, and all that a reporter can do, through the doors they have."""

import io
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.personal_data.rules import Purpose
from songcau.foundation.accounts.tests.people import make_person, sign_in
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM
from songcau.systems.citizen_reports import actions
from songcau.systems.citizen_reports.actions.api_keys import issue_api_key
from songcau.systems.citizen_reports.actions.publishing import approve_picture
from songcau.systems.citizen_reports.actions.submitting import secret_of
from songcau.systems.citizen_reports.models import Attachment, Category, Report, Reporter
from songcau.systems.citizen_reports.rules import AttachmentKind, BlurState
from songcau.systems.citizen_reports.tests.conftest import NOW
from songcau.systems.citizen_reports.tests.town import INSIDE, Town, make_category
from songcau.systems.citizen_reports.tests.working import CLOSING, held
from tests.reports.searching import Traces
from tests.reports.whole_city import work

# Of the account.
NAME, USERNAME, EMAIL, PHONE = "Đinh Thị Khuýpxao", "zuikhaw77", "xaokhuy.zz@vidu.vn", "+84937461528"
# What is given for one report; by an outside system; and what a camera and a browser add.
OTHER_NAME, OTHER_EMAIL, OTHER_PHONE = "Vương Bỹckzeo", "zeobyck.qq@vidu.vn", "0968 250 317"
THEIR_NAME, THEIR_DEVICE, THEIR_EMAIL, THEIR_PHONE = "Vuxqdaz", "dvq77zzkx0", "qdazvux@vidu.vn", "0355 719 264"
OWNER, SERIAL = "Wubzeq Khuýpxao", "SNZQ7781K"
BROWSER, ADDRESS = "Zqwkuvphone/9.1 (KuvModel X7)", "203.0.113.177"
OWN_BROWSER, OWN_ADDRESS = "Vubqzdesk/4.4 (Zqube 12)", "198.51.100.93"
PAPER = "001193046827"
TYPED = (
    f"Ổ gà sâu trước cổng. Tôi là {NAME.upper()}, gọi 0937 461 528, +84.937-461-528 hoặc {EMAIL}. CCCD {PAPER}. "
    f"Zalo 84937461528, hoặc (0968) 250317, {OTHER_EMAIL}."
)
# Where somebody is at home. The unit that goes there must know; everybody else sees the place from farther away.
HOME = (105.8461837, 21.5921946)
LAST_DAY = NOW + timedelta(days=14)


@dataclass
class Sender:
    """`reports`: by account with contacts; by account, privately; without one, at homes; through an outside system;
    without an account, taken back and forgotten."""

    person: Person
    client: Client
    stranger: Client
    reports: list[Report] = field(default_factory=list)
    token: str = ""

    @property
    def of_account(self) -> Traces:
        """What stands rightly where accounts are administered, and nowhere beside a report."""
        words = ("khuypxao", USERNAME, "xaokhuyzz", self.person.pk.hex, "vubqzdesk")
        return Traces(words, ("937461528", OWN_ADDRESS.replace(".", "")))

    @property
    def of_reports(self) -> Traces:
        """What nobody but the centre may find anywhere."""
        words = ["byckzeo", "zeobyckqq", "vuxqdaz", "qdazvux", THEIR_DEVICE, "wubzeq", SERIAL.lower(), "zqwkuvphone"]
        for report in self.reports:
            words += [secret_of(report.submission_id).lower(), report.submission_id.hex]
        cookies = [one.value for client in (self.client, self.stranger) for one in client.cookies.values()]
        words += [cookie.lower() for cookie in cookies if cookie.isalnum() and len(cookie) > 20]
        return Traces(tuple(words), ("968250317", "355719264", PAPER, ADDRESS.replace(".", "")))

    @property
    def marks(self) -> Traces:
        return self.of_account | self.of_reports


def photo(name: str = f"anh của {NAME} 0937461528.jpg") -> SimpleUploadedFile:
    facts = Image.Exif()
    facts[0x013B] = facts[0x8298] = facts[0x010E] = facts[0x010F] = OWNER
    facts.get_ifd(0x8769).update({0xA430: OWNER, 0xA431: SERIAL, 0x9286: f"ASCII\0\0\0{OWNER}".encode()})
    facts.get_ifd(0x8825).update({1: "N", 2: (21.0, 35.0, 31.9), 3: "E", 4: (105.0, 50.0, 46.2)})
    stream = io.BytesIO()
    xmp = f"<x:xmpmeta><dc:creator>{OWNER}</dc:creator></x:xmpmeta>".encode()
    Image.new("RGB", (320, 240), (90, 80, 70)).save(stream, "JPEG", exif=facts, xmp=xmp, comment=OWNER.encode())
    return SimpleUploadedFile(name, stream.getvalue(), "image/jpeg")


def live(town: Town) -> Sender:
    """Everything, until no more can be done."""
    cache.clear()
    questions = [{"key": "who", "kind": "TEXT", "label": "Ghi chú", "label_en": "Note", "required": False}]
    make_category("ASKS", name="Có câu hỏi", questions=questions)
    Category.objects.filter(code="NOISE").update(questions=questions)
    person = make_person(USERNAME, full_name=NAME, email=EMAIL, phone=PHONE)
    own = Client(headers={"user-agent": OWN_BROWSER}, REMOTE_ADDR=OWN_ADDRESS)
    sender = Sender(person, own, _browser())
    sign_in(sender.client, person)
    contact = {"name": OTHER_NAME, "phone": OTHER_PHONE, "email": OTHER_EMAIL}
    two = [photo(), photo(f"x.{USERNAME[:5]}")]
    first = _by_form(sender, sender.client, **contact, keeps_original="on", photos=two)
    second = _by_form(sender, sender.client, is_private="on")
    third = _by_form(
        sender, sender.stranger, **contact, category="NOISE", longitude=str(HOME[0]), latitude=str(HOME[1])
    )
    fourth = _by_machine(sender, town)
    fifth = _by_form(sender, _browser(), **contact, keeps_original="on")
    work()
    for report, agency in ((first, town.ward), (second, town.ward), (third, town.power), (fourth, town.ward)):
        _accepted(town, report, agency)
    work()
    with clock.frozen(NOW + timedelta(hours=3)):
        _answered(town, sender, first)
    with clock.frozen(LAST_DAY):
        _reopened(town, sender, first)
        _deed(_opened(sender, second), "add", photos=[photo()])
        stranger = sender.stranger
        stranger.post("/portal/track/", {"code": third.code, "secret": secret_of(third.submission_id)})
        _deed(stranger, "add", photos=[photo()])
        _deed(stranger, "forget")
        _deed(stranger, "add")
        gone = _browser()
        gone.post("/portal/track/", {"code": fifth.code, "secret": secret_of(fifth.submission_id)})
        _deed(gone, "withdraw", forget="on")
        work()
        # Of each report one picture becomes public.
        for report in (first, third, fourth):
            for picture in Attachment.objects.filter(report=report, blur_state=BlurState.SUGGESTED)[:1]:
                approve_picture(by=town.desk, attachment_id=picture.pk, boxes=[])
        actions.warn_source(by=town.desk, report_id=first.pk, reason="Thử nghiệm việc cảnh báo")
        work()
        # Everything about the account itself: what it asks for, what it wants to hear of.
        assert sender.client.post("/portal/alerts/", {"ward": "05443", "category": ""}).status_code == 302
        work()
    return sender


def _browser() -> Client:
    return Client(headers={"user-agent": BROWSER}, REMOTE_ADDR=ADDRESS)


def _by_form(sender: Sender, client: Client, **more: Any) -> Report:
    fields: dict[str, Any] = {
        "submission_id": str(uuid4()),
        "step": "send",
        "text": TYPED,
        "category": "ASKS",
        "longitude": str(INSIDE[0]),
        "latitude": str(INSIDE[1]),
        "place_words": f"Nhà {more.get('name') or NAME}, 0937461528",
        "photos": [photo()],
        **more,
    }
    fields[f"q-{fields['category']}-who"] = TYPED
    cache.clear()
    assert client.get("/portal/report/").status_code == 200
    answer = client.post("/portal/report/", fields)
    assert answer.status_code == 302, answer.content.decode()
    return _kept(sender, fields["submission_id"])


def _kept(sender: Sender, submission_id: str) -> Report:
    report = Report.objects.get(submission_id=submission_id)
    sender.reports.append(report)
    return report


def _by_machine(sender: Sender, town: Town) -> Report:
    """Open311: another system says who reported."""
    key = issue_api_key(by=town.root, name="Ứng dụng thử")[1]
    known = set(Report.objects.values_list("pk", flat=True))
    fields = {"service_code": "POTHOLE", "lat": str(INSIDE[1]), "long": str(INSIDE[0]), "description": TYPED}
    fields |= {"first_name": "An", "last_name": THEIR_NAME, "email": THEIR_EMAIL, "phone": THEIR_PHONE}
    fields |= {"device_id": THEIR_DEVICE, "account_id": THEIR_DEVICE, "api_key": key}
    form = "application/x-www-form-urlencoded"
    answer = _browser().post("/open311/v2/requests.json", urlencode(fields), content_type=form)
    assert answer.status_code == 201, answer.content.decode()
    return _kept(sender, str(Report.objects.exclude(pk__in=known).get().submission_id))


def _accepted(town: Town, report: Report, agency: Any) -> None:
    actions.accept_report(by=town.desk, report_id=report.pk)
    if not Report.objects.get(pk=report.pk).is_private:
        actions.publish_report(by=town.desk, report_id=report.pk)
    actions.assign_report(by=town.desk, report_id=report.pk, agency_id=agency.pk)


def _opened(sender: Sender, report: Report) -> Client:
    cache.clear()
    sender.client.post("/accounts/logout/")
    sign_in(sender.client, sender.person)
    assert sender.client.post(f"/portal/my-reports/{report.pk}/").status_code == 302
    return sender.client


def _deed(client: Client, name: str, **more: Any) -> None:
    answer = client.post(f"/portal/track/report/{name}/", {"text": TYPED, **more})
    assert (answer.status_code, answer["Location"]) == (302, "/portal/track/report/"), answer.content.decode()


def _answered(town: Town, sender: Sender, report: Report) -> None:
    actions.start_work(by=town.officer, report_id=report.pk)
    actions.ask_reporter(by=town.officer, report_id=report.pk, text="Bên nào?")
    client = _opened(sender, report)
    _deed(client, "answer", photos=[photo()])
    _deed(client, "add", photos=[photo()])
    actions.look_at_reporter(
        by=town.desk,
        report_id=report.pk,
        purpose=Purpose.OTHER,
        text=f"Gọi cho {NAME}, tức {OTHER_NAME}",
        address="198.51.100.20",
    )


def _reopened(town: Town, sender: Sender, report: Report) -> None:
    actions.escalate_late(by=SYSTEM)
    client = _opened(sender, report)
    _deed(client, "nudge")
    actions.add_evidence(by=town.officer, report_id=report.pk, kind=AttachmentKind.AFTER, held=held())
    work()
    actions.resolve_report(by=town.officer, report_id=report.pk, closing_text=CLOSING)
    _deed(client, "reopen", photos=[photo()])
    actions.start_work(by=town.officer, report_id=report.pk)
    actions.resolve_report(by=town.officer, report_id=report.pk, closing_text=CLOSING)
    _deed(client, "rate", rating="5")
    work()


def reporter_ids(sender: Sender) -> list[str]:
    """By which the city knows who acts in a report, without knowing who it is."""
    return [str(pk) for pk in Reporter.objects.filter(report__in=sender.reports).values_list("pk", flat=True)]
