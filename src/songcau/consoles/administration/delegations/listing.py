"""The list of roles lent."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songcau.consoles.administration.delegations.lines import until
from songcau.foundation.accounts.delegation.models import Delegation
from songcau.foundation.accounts.delegation.rules import OPEN
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.words import DELEGATION_STATES, ROLES
from songcau.foundation.shell.filters import Choice, DateRange, Search
from songcau.foundation.shell.lists import Column, Listing
from songcau.kernel import clock
from songcau.kernel.actor import Actor

STATES = (("in_force", _("in force")), ("later", _("not yet")), ("over", _("over")))


def _in_state(code: str) -> Q:
    """By the clock and by the role it hangs on, as the page shows it."""
    now = clock.now()
    over = Q(ends_at__lte=now) | ~Q(state__in=OPEN) | ~Q(grant__state="GRANTED") | Q(grant__valid_to__lte=now)
    return {
        "in_force": ~over & Q(starts_at__lte=now),
        "later": ~over & Q(starts_at__gt=now),
        "over": over,
    }[code]


LISTING = Listing(
    title=_("Delegations"),
    file_name="delegations",
    default_sort="-from",
    columns=(
        Column(
            "person",
            _("Delegated by"),
            lambda row: row.grant.person.full_name,
            sort="grant__person__sort_key",
            link=lambda row: reverse("administration:delegation", args=[row.pk]),
        ),
        Column("role", _("Role"), lambda row: ROLES[Role(row.grant.role)], sort="grant__role"),
        Column(
            "agency",
            _("Where"),
            lambda row: row.grant.agency.name if row.grant.agency else _("Whole city"),
            sort="grant__agency__order_key",
        ),
        Column("delegate", _("Delegated to"), lambda row: row.delegate.full_name, sort="delegate__sort_key"),
        Column("from", _("From"), lambda row: row.starts_at, sort="starts_at"),
        Column("to", _("Until"), until, sort="ends_at"),
        Column("state", _("State"), lambda row: DELEGATION_STATES[row.state_at(clock.now())]),
        Column("reason", _("Reason"), lambda row: row.reason),
    ),
    filters=(
        Search(
            folded_fields=("grant__person__search_key", "delegate__search_key", "grant__agency__search_key"),
            hint=_("Person or agency"),
        ),
        Choice(
            "role", _("Role"), [(str(role), words) for role, words in ROLES.items()], where=lambda c: Q(grant__role=c)
        ),
        Choice("state", _("State"), STATES, where=_in_state),
        DateRange("from", _("From"), "starts_at"),
    ),
    empty_title=_("No delegation"),
    empty_text=_("No role in the agencies you look after is delegated, or none answers to this."),
)


def rows(by: Actor) -> QuerySet[Delegation]:
    return Delegation.objects.visible_to(by).with_facts()
