"""A small city for the tests of directives, and directives brought to where a test wants them, by the real actions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from songcau.foundation.accounts.models import Agency, Person
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import actor_with, make_agency, sign_in
from songcau.foundation.audit.models import Entry as AuditEntry
from songcau.foundation.files.receiving import Held, hold_bytes
from songcau.foundation.files.tests.samples import photograph
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.directives import actions
from songcau.systems.directives.actions import Task
from songcau.systems.directives.actions.evidence import EVIDENCE
from songcau.systems.directives.models import Directive, Entry
from songcau.systems.directives.rules import Due

Enter = Callable[[Actor], Client]
DONE = "Đã thông cống, dọn bùn 300 m rãnh và lắp lại nắp đậy."
WHY = "Mưa liên tục nên chưa thể thi công đoạn cuối."


@dataclass
class Town:
    """`mayor` of the city, `head` and `officer` of the ward, `office` of the city, `desk` at the centre."""

    city: Agency
    centre: Agency
    ward: Agency
    counter: Agency
    other: Agency
    office: Agency
    mayor: Actor
    deputy: Actor
    head: Actor
    officer: Actor
    colleague: Actor
    neighbour: Actor
    engineer: Actor
    desk: Actor


def make_town() -> Town:
    city = make_agency("UBND-164", kind=Agency.Kind.CITY_COMMITTEE, name="UBND thành phố")
    centre = make_agency("IOC-164", city, Agency.Kind.OPERATIONS_CENTRE, "Trung tâm điều hành")
    ward = make_agency("UBND-05443", city, Agency.Kind.WARD_COMMITTEE, "UBND phường Trưng Vương")
    counter = make_agency("MC-05443", ward, Agency.Kind.ONE_STOP_DESK, "Bộ phận một cửa phường Trưng Vương")
    other = make_agency("UBND-05446", city, Agency.Kind.WARD_COMMITTEE, "UBND phường Túc Duyên")
    office = make_agency("QLDT-164", city, name="Phòng Quản lý đô thị")
    return Town(
        city,
        centre,
        ward,
        counter,
        other,
        office,
        actor_with(Role.CITY_LEADER, city, "lanhdao"),
        actor_with(Role.CITY_LEADER, city, "phochutich"),
        actor_with(Role.WARD_LEADER, ward, "chutich"),
        actor_with(Role.SPECIALIST, ward, "chuyenvien"),
        actor_with(Role.SPECIALIST, ward, "dongnghiep"),
        actor_with(Role.SPECIALIST, other, "hangxom"),
        actor_with(Role.SPECIALIST, office, "kysu"),
        actor_with(Role.OPERATOR, centre, "truc"),
    )


def task(town: Town, **more: Any) -> Task:
    facts: dict[str, Any] = {
        "submission_id": uuid4(),
        "title": "Khơi thông rãnh thoát nước đường Bến Tượng",
        "content": "Nạo vét bùn, lắp lại nắp rãnh trước mùa mưa; báo cáo kèm ảnh.",
        "lead_id": town.ward.pk,
        "due": Due(working_days=5),
        **more,
    }
    return Task(**facts)


def given(town: Town, *, by: Actor | None = None, **more: Any) -> Directive:
    return found(actions.give_directive(by=by or town.mayor, task=task(town, **more)).pk)


def drafted(town: Town, *, by: Actor | None = None, **more: Any) -> Directive:
    facts = {"giver_agency_id": town.city.pk, **more}
    return found(actions.draft_directive(by=by or town.desk, task=task(town, **facts)).pk)


def done(town: Town, **more: Any) -> Directive:
    directive = given(town, **more)
    actions.finish_work(by=town.officer, directive_id=directive.pk, text=DONE, files=[held()])
    return found(directive.pk)


def found(directive_id: UUID) -> Directive:
    return Directive.objects.select_related("lead", "giver_agency").get(pk=directive_id)


def later(**more: float) -> datetime:
    return clock.now() + timedelta(**more)


def held(name: str = "ảnh.jpg") -> Held:
    content = photograph()
    return hold_bytes(use=EVIDENCE, name=name, chunks=iter([content]), length=len(content))


def spoilt() -> Held:
    """It begins like a picture, and is none."""
    content = photograph()[:200]
    return hold_bytes(use=EVIDENCE, name="hỏng.jpg", chunks=iter([content]), length=len(content))


def steps(directive: Directive) -> list[str]:
    """The timeline, by its steps."""
    return list(Entry.objects.filter(directive=directive).order_by("at", "pk").values_list("step", flat=True))


def announced(directive: Directive) -> list[str]:
    """Names of the events about it, in their order."""
    rows = Event.objects.filter(subject=f"directives.directive:{directive.pk}").order_by("pk")
    return [name.rpartition(".")[2] for name in rows.values_list("name", flat=True)]


def audited(directive: Directive) -> list[str]:
    rows = AuditEntry.objects.filter(subject=f"directives.directive:{directive.pk}").order_by("sequence")
    return [action.removeprefix("directives.") for action in rows.values_list("action", flat=True)]


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
    return reverse(f"directives:{name}", args=args)


def text_of(response: HttpResponse) -> str:
    return b"".join(response).decode()  # type: ignore[arg-type]


def picture(name: str = "sau.jpg") -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", (320, 240), (30, 120, 60)).save(drawn, "JPEG")
    return SimpleUploadedFile(name, drawn.getvalue(), "image/jpeg")
