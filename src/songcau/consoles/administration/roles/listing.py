"""The list of roles given."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songcau.consoles.administration.grant_lines import state_of
from songcau.foundation.accounts.models import RoleGrant
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.words import GRANT_STATES, ROLES
from songcau.foundation.shell.filters import Choice, Search
from songcau.foundation.shell.lists import Column, Listing
from songcau.kernel import clock
from songcau.kernel.actor import Actor

SOON = timedelta(days=30)
STATES = (
    ("in_force", _("in force")),
    ("soon", _("ending within 30 days")),
    ("later", _("not yet")),
    ("over", _("over")),
)


def _in_state(code: str) -> Q:
    now = clock.now()
    granted = Q(state="GRANTED")
    lasting = Q(valid_to=None) | Q(valid_to__gt=now)
    return {
        "in_force": granted & lasting & Q(valid_from__lte=now),
        "soon": granted & Q(valid_from__lte=now, valid_to__gt=now, valid_to__lte=now + SOON),
        "later": granted & lasting & Q(valid_from__gt=now),
        "over": ~granted | Q(valid_to__lte=now),
    }[code]


LISTING = Listing(
    title=_("Roles given"),
    file_name="roles",
    default_sort="-from",
    columns=(
        Column(
            "person",
            _("Person"),
            lambda row: row.person.full_name,
            sort="person__sort_key",
            link=lambda row: reverse("administration:grant", args=[row.pk]),
        ),
        Column("role", _("Role"), lambda row: ROLES[Role(row.role)], sort="role"),
        Column(
            "agency",
            _("Where"),
            lambda row: row.agency.name if row.agency else _("Whole city"),
            sort="agency__order_key",
        ),
        Column("from", _("From"), lambda row: row.valid_from, sort="valid_from"),
        Column("to", _("Until"), lambda row: row.valid_to or _("without an end date"), sort="valid_to"),
        Column("state", _("State"), lambda row: GRANT_STATES[state_of(row)], sort="state"),
        Column("by", _("Given by"), lambda row: row.granted_by.full_name if row.granted_by else "songcau"),
        Column("reason", _("Reason"), lambda row: row.reason),
    ),
    filters=(
        Search(folded_fields=("person__search_key", "agency__search_key"), hint=_("Person or agency")),
        Choice("role", _("Role"), [(str(role), words) for role, words in ROLES.items()]),
        Choice("state", _("State"), STATES, where=_in_state),
    ),
    empty_title=_("No role given"),
    empty_text=_("No role in the agencies you look after answers to this."),
)


def rows(by: Actor) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.visible_to(by).select_related("person", "agency", "granted_by")
