"""A small city for the tests of reports: a centre, two wards, an office, a power company, categories, people."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from songcau.foundation.accounts.models import Agency
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import actor_with, make_agency
from songcau.foundation.calendar.deadlines import Method
from songcau.kernel.actor import NOBODY, Actor
from songcau.systems.citizen_reports.actions.submitting import Contact, Draft, Submitted, submit_report
from songcau.systems.citizen_reports.models import Category, OutsideBody, Report, RoutingRule
from songcau.systems.citizen_reports.rules import BodyKind, Channel, Urgency

# In Trưng Vương (05443), by its centre; and far from the city.
INSIDE = (105.8425, 21.5942)
OUTSIDE = (106.5, 20.9)


@dataclass
class Town:
    """`desk` is the centre's, `officer` and `head` of the ward, `neighbour` of another one, `mayor` of the city."""

    city: Agency
    centre: Agency
    ward: Agency
    other: Agency
    office: Agency
    power: Agency
    desk: Actor
    officer: Actor
    head: Actor
    neighbour: Actor
    lineman: Actor
    mayor: Actor
    root: Actor
    pothole: Category
    lamp: Category
    noise: Category
    outage: Category
    made: dict[str, Any] = field(default_factory=dict)


def make_category(code: str, **more: Any) -> Category:
    facts: dict[str, Any] = {"name": code.title(), "name_en": code.title(), "term_amount": 5, **more}
    return Category.objects.create(code=code, **facts)


def make_town() -> Town:
    city = make_agency("UBND-164", kind=Agency.Kind.CITY_COMMITTEE, name="UBND thành phố")
    centre = make_agency("IOC-164", city, Agency.Kind.OPERATIONS_CENTRE, "Trung tâm điều hành")
    ward = make_agency("UBND-05443", city, Agency.Kind.WARD_COMMITTEE, "UBND phường Trưng Vương")
    other = make_agency("UBND-05446", city, Agency.Kind.WARD_COMMITTEE, "UBND phường Túc Duyên")
    office = make_agency("QLDT-164", city, name="Phòng Quản lý đô thị")
    power = make_agency("DIENLUC-TN", name="Điện lực thành phố")
    roads = make_category("ROADS", name="Đường sá", name_en="Roads", order=1)
    pothole = make_category(
        "POTHOLE", parent=roads, name="Ổ gà", name_en="Pothole", keywords="ổ gà\nmặt đường hỏng", order=2
    )
    lamp = make_category("STREET_LAMP", name="Đèn đường", name_en="Street lamp", keywords="đèn đường\nđèn hỏng")
    noise = make_category("NOISE", name="Tiếng ồn", name_en="Noise", near_homes=True, term_method=Method.HOURS)
    outage = make_category(
        "POWER_OUTAGE", name="Mất điện", name_en="Power outage", urgency=Urgency.URGENT, verify_hours=4
    )
    OutsideBody.objects.create(agency=power, kind=BodyKind.POWER, hotline="19006769")
    RoutingRule.objects.create(category=pothole, agency=office)
    RoutingRule.objects.create(category=outage, agency=power)
    RoutingRule.objects.create(ward_code="05443", agency=ward)
    return Town(
        city,
        centre,
        ward,
        other,
        office,
        power,
        actor_with(Role.OPERATOR, centre, "truc"),
        actor_with(Role.SPECIALIST, ward, "chuyenvien"),
        actor_with(Role.WARD_LEADER, ward, "chutich"),
        actor_with(Role.SPECIALIST, other, "hangxom"),
        actor_with(Role.SPECIALIST, power, "thodien"),
        actor_with(Role.CITY_LEADER, city, "lanhdao"),
        actor_with(Role.SYSTEM_ADMINISTRATOR, centre, "quantri"),
        pothole,
        lamp,
        noise,
        outage,
    )


def draft(**more: Any) -> Draft:
    facts: dict[str, Any] = {
        "submission_id": uuid4(),
        "category": "POTHOLE",
        "text": "Ổ gà sâu trước cổng trường, xe máy dễ ngã.",
        "channel": Channel.PORTAL,
        "longitude": INSIDE[0],
        "latitude": INSIDE[1],
        **more,
    }
    return Draft(**facts)


Sent = Callable[..., Report]


def send(*, by: Actor = NOBODY, contact: Contact | None = None, **more: Any) -> Report:
    """A report sent by somebody without an account."""
    submitted: Submitted = submit_report(by=by, draft=draft(**more), contact=contact or Contact())
    return found(submitted.report_id)


def found(report_id: UUID) -> Report:
    return Report.objects.select_related("agency", "category").get(pk=report_id)
