"""A city begins with the usual categories, and with who gets what among the agencies that it has. Safe to repeat."""

from dataclasses import replace

from django.db import transaction

from songcau.foundation.accounts.models import Agency
from songcau.foundation.calendar.queries import local
from songcau.foundation.places.models import Unit
from songcau.foundation.places.queries import units
from songcau.foundation.places.rules import Level
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.actions.configuring import CategoryFacts, set_routing_rule, written_category
from songcau.systems.citizen_reports.actions.usual_categories import HEADINGS, OTHER, Usual
from songcau.systems.citizen_reports.models import Category, OutsideBody, RoutingRule
from songcau.systems.citizen_reports.permissions import require_configure


@transaction.atomic
def load_usual_categories(*, by: Actor) -> int:
    """Add those whose code the city does not know; how many. What it changed or retired stays as it is.

    Raises NotYours.
    """
    require_configure(by)
    known = set(Category.objects.values_list("code", flat=True))
    added = 0
    for place, heading in enumerate(HEADINGS, start=1):
        facts = CategoryFacts(heading.name, heading.name_en, order=10 * place)
        added += _add(by, heading.code, facts, known)
        for nth, usual in enumerate(heading.under, start=1):
            under = heading.code if Category.objects.in_use().filter(code=heading.code).exists() else ""
            added += _add(by, usual.code, replace(usual.facts, parent=under, order=10 * place + nth), known)
    return added + _add(by, OTHER.code, OTHER.facts, known)


@transaction.atomic
def load_usual_routing(*, by: Actor) -> int:
    """Add rules for the agencies that are there, where none is set for the same; how many.

    Offices of the city get what is theirs, outside bodies theirs, and the committee of a ward the rest of the ward.
    Raises NotYours.
    """
    require_configure(by)
    bodies = {body.kind: body.agency for body in OutsideBody.objects.select_related("agency")}
    offices = {one.code: one for one in Agency.objects.still_open()}
    committees = {one.unit_id: one for one in offices.values() if one.kind == Agency.Kind.WARD_COMMITTEE}
    added = 0
    for usual in (usual for heading in HEADINGS for usual in heading.under):
        agency = bodies.get(usual.body) if usual.body else offices.get(usual.office)
        added += _route(by, agency, usual)
    for ward in units(Level.WARD, local(clock.now()).date()):
        added += _route_ward(by, committees.get(ward.pk), ward)
    return added


def _add(by: Actor, code: str, facts: CategoryFacts, known: set[str]) -> int:
    if code in known:
        return 0
    written_category(by, code, facts)
    return 1


def _route(by: Actor, agency: Agency | None, usual: Usual) -> int:
    category = Category.objects.in_use().filter(code=usual.code).first()
    if agency is None or category is None or RoutingRule.objects.filter(category=category, ward_code="").exists():
        return 0
    set_routing_rule(by=by, agency_id=agency.pk, category=usual.code)
    return 1


def _route_ward(by: Actor, committee: Agency | None, ward: Unit) -> int:
    if committee is None or RoutingRule.objects.filter(category=None, ward_code=ward.code).exists():
        return 0
    set_routing_rule(by=by, agency_id=committee.pk, ward_code=ward.code)
    return 1
