"""The list of agencies, and the same as a tree."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.models import Agency
from songcau.foundation.accounts.words import AGENCY_KINDS
from songcau.foundation.shell.filters import Choice, Search
from songcau.foundation.shell.lists import Column, Listing
from songcau.kernel.actor import Actor

STATES = (("open", _("open")), ("closed", _("closed")))

LISTING = Listing(
    title=_("Agencies"),
    file_name="agencies",
    default_sort="name",
    columns=(
        Column(
            "name",
            _("Name of the agency"),
            lambda row: row.name,
            sort="order_key",
            link=lambda row: reverse("administration:agency", args=[row.pk]),
        ),
        Column("code", _("Code"), lambda row: row.code, sort="code"),
        Column("kind", _("Kind"), lambda row: AGENCY_KINDS[row.kind], sort="kind"),
        Column("place", _("Under"), lambda row: row.under or "", sort="parent__order_key"),
        Column("people", _("People"), lambda row: row.people_count, sort="people_count", numeric=True),
        Column("opened", _("Open since"), lambda row: row.opened_on, sort="opened_on"),
        Column("closed", _("Closed on"), lambda row: row.closed_on, sort="closed_on"),
    ),
    filters=(
        Search(folded_fields=("search_key",), hint=_("Name or code")),
        Choice("kind", _("Kind"), list(AGENCY_KINDS.items())),
        Choice("state", _("State"), STATES, where=lambda code: Q(closed_on__isnull=code == "open")),
    ),
    empty_title=_("No agency"),
    empty_text=_("No agency that you may see answers to this."),
)


def rows(by: Actor) -> QuerySet[Any]:
    counted = Count("people", filter=Q(people__is_active=True))
    seen = Agency.objects.visible_to(by)
    return seen.annotate(people_count=counted, under=Subquery(seen.filter(pk=OuterRef("parent_id")).values("name")))


@dataclass(frozen=True, slots=True)
class Branch:
    """An agency with those under it."""

    agency: Agency
    children: tuple["Branch", ...]


def tree(by: Actor) -> tuple[Branch, ...]:
    """The open agencies the actor may see, from the highest of them down, in one query."""
    agencies = list(rows(by).filter(closed_on=None).order_by("order_key", "code"))
    seen = {agency.pk for agency in agencies}
    under: dict[object, list[Agency]] = defaultdict(list)
    for agency in agencies:
        under[agency.parent_id if agency.parent_id in seen else None].append(agency)

    def branches(parent: object) -> tuple[Branch, ...]:
        return tuple(Branch(agency, branches(agency.pk)) for agency in under[parent])

    return branches(None)
