"""Who would get a report: by the city's rules, its ward on the day it came, and whether offices are open."""

from datetime import datetime

from songcau.foundation.accounts.models import Agency
from songcau.foundation.accounts.queries import successors_on
from songcau.foundation.calendar.queries import local
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.models import Category, Report, RoutingRule
from songcau.systems.citizen_reports.queries.placing import Placed, placed
from songcau.systems.citizen_reports.queries.terms import centre, is_office_time
from songcau.systems.citizen_reports.rules import OfficeTime, Route

# Deeper than any tree of categories.
DEEPEST = 10


def suggest_agency(report: Report, now: datetime) -> Agency | None:
    """The agency that would get it now; None where the centre has to decide."""
    today = placed(report.longitude, report.latitude, report.ward_code, local(now).date())
    return agency_for(report.category, report.ward_code, now, today)


def agency_for(category: Category, ward_code: str, now: datetime, today: Placed) -> Agency | None:
    """Of a category in a ward. `today`: where the same place lies now, as a ward may have become part of another."""
    routes = [_route(rule, ward_code, today.code) for rule in RoutingRule.objects.select_related("category")]
    office_time = is_office_time(now, centre())
    found = rules.routed(routes, codes_above(category), ward_code, is_office_time=office_time)
    agency = Agency.objects.filter(pk=found).first() if found else None
    return in_its_place(agency, now, today) if agency else None


def in_its_place(agency: Agency, now: datetime, today: Placed) -> Agency | None:
    """The agency, or what came after it; of several the one of the ward where the place lies now, or none."""
    heirs = successors_on(agency, local(now).date())
    if len(heirs) == 1:
        return heirs[0]
    of_ward = [heir for heir in heirs if today.unit_id is not None and heir.unit_id == today.unit_id]
    return of_ward[0] if len(of_ward) == 1 else None


def codes_above(category: Category) -> list[str]:
    """The category's own code, then those of the headings over it."""
    codes: list[str] = []
    current: Category | None = category
    while current is not None and len(codes) < DEEPEST:
        codes.append(current.code)
        current = current.parent
    return codes


def _route(rule: RoutingRule, then: str, today: str) -> Route:
    """A rule for the ward of today holds for what was reported when the ward had another code."""
    ward = then if then and today and rule.ward_code == today else rule.ward_code
    category = rule.category.code if rule.category else None
    return Route(rule.agency_id, category, ward, OfficeTime(rule.hours), rule.order)
