"""What the tests of the desk's pages share."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.tests.people import sign_in
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.actions import assigning, moderating
from songcau.systems.citizen_reports.actions.submitting import Contact
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.tests.town import Town, send

SENDER = Contact(name="Hoàng Thị Độc Nhất", phone="0912345678", email="doc.nhat@example.vn")
DONE = "Đã trám nhựa nóng toàn bộ ổ gà dài 2 m trước cổng trường, xong lúc 10 giờ."
Enter = Callable[[Actor], Client]


def browsers() -> Enter:
    """Gives each person a browser in which they are signed in."""
    cache.clear()
    known: dict[Any, Client] = {}

    def client_of(actor: Actor) -> Client:
        if actor.id not in known:
            known[actor.id] = Client()
            sign_in(known[actor.id], Person.objects.get(pk=actor.id))
        return known[actor.id]

    return client_of


def page(name: str, *args: object) -> str:
    return reverse(f"citizen_reports:{name}", args=args)


def text_of(response: HttpResponse) -> str:
    return b"".join(response).decode()  # type: ignore[arg-type]


def assigned(town: Town, **more: Any) -> Report:
    report = send(contact=SENDER, **more)
    moderating.accept_report(by=town.desk, report_id=report.pk)
    return assigning.assign_report(by=town.desk, report_id=report.pk, agency_id=town.ward.pk)


def picture(name: str = "after.jpg") -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", (320, 240), (30, 120, 60)).save(drawn, "JPEG")
    return SimpleUploadedFile(name, drawn.getvalue(), "image/jpeg")
