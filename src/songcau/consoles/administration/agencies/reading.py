"""What an agency's page shows."""

from typing import Any

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from songcau.consoles.administration.grant_lines import lines_of
from songcau.consoles.administration.log import last_entries
from songcau.consoles.administration.people.listing import rows as people_rows
from songcau.foundation.accounts.actions.closing import left_in
from songcau.foundation.accounts.models import Agency, Holding, RoleGrant
from songcau.foundation.accounts.permissions import may_manage_agencies
from songcau.foundation.accounts.words import AGENCY_KINDS
from songcau.foundation.places.models import Unit
from songcau.kernel.actor import Actor


def facts(by: Actor, agency: Agency) -> dict[str, Any]:
    """The context of `agencies/agency.html`."""
    holders = Prefetch("holdings", Holding.objects.current().select_related("person"), to_attr="holders")
    around = Q(predecessors=agency) | Q(successors=agency)
    return {
        "agency": agency,
        "kind": AGENCY_KINDS[agency.kind],
        "unit": Unit.objects.filter(pk=agency.unit_id).first() if agency.unit_id else None,
        "above": above(by, agency),
        "children": agency.children.still_open().visible_to(by).order_by("order_key", "code"),
        "successors": agency.successors.order_by("order_key"),
        "predecessors": agency.predecessors.order_by("order_key"),
        "posts": agency.posts.prefetch_related(holders).order_by("-is_head", "order_key"),
        "seen": set(Agency.objects.visible_to(by).filter(around).values_list("pk", flat=True)),
        "shows_people": by.may("accounts.view_people", within=agency.path),
        "people": people_rows(by).filter(home=agency).order_by("sort_key"),
        "grants": lines_of(RoleGrant.objects.visible_to(by).not_ended().filter(agency=agency)),
        "may_manage": agency.closed_on is None and may_manage_agencies(by, agency),
        "log": last_entries(by, f"accounts.agency:{agency.pk}"),
    }


def above(by: Actor, agency: Agency) -> list[Agency]:
    """The agencies above it that the actor may see, the highest first."""
    codes = agency.path.strip("/").split("/")[:-1]
    return list(Agency.objects.visible_to(by).filter(code__in=codes).order_by("path"))


def blockers(agency: Agency) -> list[tuple[str, int]]:
    """What must go first when the agency is closed without a successor."""
    left = left_in(agency)
    words = {
        "agencies": _("Agencies under it"),
        "roles": _("Roles granted here"),
        "people": _("People looked after here"),
    }
    return [(words.get(name, name), count) for name, count in left.items() if count]
