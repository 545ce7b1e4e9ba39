"""A small city for the tests of alerts and incidents: a centre with two leads, two wards with their people, a mayor."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from songcau.foundation.accounts.models import Agency
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import actor_with, make_agency
from songcau.foundation.places.models import Unit
from songcau.kernel.actor import SYSTEM, Actor
from songcau.systems.incidents.actions.alerts.receiving import receive_findings
from songcau.systems.incidents.models import Alert
from songcau.systems.incidents.queries.alert_rules import RuleFacts
from songcau.systems.incidents.rules.findings import Finding, Kind

GAUGE = "urn:ngsi-ld:WaterLevelObserved:gia-bay"


@dataclass
class Town:
    city: Agency
    centre: Agency
    ward: Agency
    other: Agency
    desk: Actor
    second: Actor
    head: Actor
    officer: Actor
    neighbour: Actor
    mayor: Actor
    clerk: Actor


def make_unit(code: str, name: str) -> Unit:
    return Unit.objects.create(
        level="WARD",
        code=code,
        kind=Unit.Kind.WARD,
        name=f"Phường {name}",
        short_name=name,
        valid_from=date(2020, 1, 1),
        longitude=105.84,
        latitude=21.59,
        profile="test",
        search_key=name.lower(),
        order_key=name.lower(),
    )


def make_town() -> Town:
    units = make_unit("05443", "Trưng Vương"), make_unit("05446", "Túc Duyên")
    city = make_agency("UBND-164", kind=Agency.Kind.CITY_COMMITTEE, name="UBND thành phố")
    centre = make_agency("IOC-164", city, Agency.Kind.OPERATIONS_CENTRE, "Trung tâm điều hành")
    kind = Agency.Kind.WARD_COMMITTEE
    ward = make_agency("UBND-05443", city, kind, "UBND phường Trưng Vương", unit_id=units[0].pk)
    other = make_agency("UBND-05446", city, kind, "UBND phường Túc Duyên", unit_id=units[1].pk)
    return Town(
        city,
        centre,
        ward,
        other,
        actor_with(Role.OPERATOR, centre, "truc"),
        actor_with(Role.OPERATOR, centre, "trucsau"),
        actor_with(Role.WARD_LEADER, ward, "chutich"),
        actor_with(Role.SPECIALIST, ward, "chuyenvien"),
        actor_with(Role.WARD_LEADER, other, "hangxom"),
        actor_with(Role.CITY_LEADER, city, "lanhdao"),
        actor_with(Role.CLERK, ward, "motcua"),
    )


def rule(**more: Any) -> RuleFacts:
    facts: dict[str, Any] = {
        "id": uuid4(),
        "code": "WATER_LEVEL",
        "name_vi": "Mực nước cao",
        "name_en": "High water",
        "level": "HIGH",
        "owner_agency_id": None,
        "due_minutes": 60,
        "escalate_minutes": (10, 20, 40),
        "quiet_from": None,
        "quiet_until": None,
        "group_by": "NONE",
        "group_minutes": 0,
        "enabled": True,
        "is_demo": False,
        **more,
    }
    return RuleFacts(**facts)


QUIET: dict[str, Any] = {"quiet_from": time(22), "quiet_until": time(6)}


def finding(of: UUID, began_at: datetime, kind: Kind = "RAISED", **more: Any) -> Finding:
    facts: dict[str, Any] = {
        "kind": kind,
        "rule_id": of,
        "subject": GAUGE,
        "began_at": began_at,
        "at": began_at + timedelta(minutes=1),
        "values": {"value": 27.4, "limit": 27.0, "unit": "m", "name": "Cầu Gia Bảy"},
        "scope": "/wards/W05443",
        "point": (105.8425, 21.5942),
        "evidence": (GAUGE,),
        **more,
    }
    return Finding(**facts)


def receive(*findings: Finding) -> None:
    receive_findings(by=SYSTEM, findings=findings)


def only() -> Alert:
    return Alert.objects.select_related("owner_agency").get()
