"""The list of people."""

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.models import Person, RoleGrant
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.words import ROLES
from songcau.foundation.shell.filters import Choice, Search
from songcau.foundation.shell.lists import Column, Listing
from songcau.kernel.actor import Actor

STATES = (("on", _("switched on")), ("off", _("switched off")))


def _holds(role: str) -> Q:
    return Q(Exists(RoleGrant.objects.in_force().filter(person=OuterRef("pk"), role=role)))


def _roles(person: Person) -> str:
    return ", ".join(str(ROLES[Role(grant.role)]) for grant in person.roles_now)  # type: ignore[attr-defined]


LISTING = Listing(
    title=_("People"),
    file_name="people",
    default_sort="name",
    columns=(
        Column(
            "name",
            _("Name"),
            lambda row: row.full_name,
            sort="sort_key",
            link=lambda row: reverse("administration:person", args=[row.pk]),
        ),
        Column("username", _("Username"), lambda row: row.username, sort="username"),
        Column("agency", _("Agency"), lambda row: row.home.name if row.home else "", sort="home__order_key"),
        Column("roles", _("Roles today"), _roles),
        Column(
            "state",
            _("Account"),
            lambda row: _("switched on") if row.is_active else _("switched off"),
            sort="is_active",
        ),
        Column("last_seen", _("Last seen"), lambda row: row.last_seen, sort="last_seen"),
    ),
    filters=(
        Search(folded_fields=("search_key",), hint=_("Name, username, e-mail or telephone")),
        Choice("role", _("Role"), [(str(role), words) for role, words in ROLES.items()], where=_holds),
        Choice("state", _("Account"), STATES, where=lambda code: Q(is_active=code == "on")),
    ),
    empty_title=_("Nobody here"),
    empty_text=_("Nobody in the agencies you look after answers to this."),
)


def rows(by: Actor) -> QuerySet[Person]:
    """The people the actor may see, with their roles that the actor may see; three queries however many there are."""
    now = Prefetch("grants", RoleGrant.objects.visible_to(by).in_force().order_by("role"), to_attr="roles_now")
    found: QuerySet[Person] = Person.objects.visible_to(by).select_related("home").prefetch_related(now)
    return found
