"""The rows behind the figures of the overview: the figure counts what the list shows, by one and the same query."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts import lockout
from songcau.foundation.accounts.models import Person, RoleGrant
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.words import ROLES
from songcau.foundation.audit.models import Entry
from songcau.foundation.shell.filters import Search
from songcau.foundation.shell.lists import Column, Listing
from songcau.kernel import clock
from songcau.kernel.actor import Actor

SOON = timedelta(days=30)
# Longer than any lockout lasts; who was unlocked meanwhile is sorted out by the counters themselves.
LOCKOUTS_LAST_AT_MOST = timedelta(hours=1)


def active_people(by: Actor) -> QuerySet[Person]:
    return Person.objects.visible_to(by).filter(is_active=True).select_related("home")


def ending_roles(by: Actor) -> QuerySet[RoleGrant]:
    """Roles of today that run out within 30 days."""
    now = clock.now()
    ending = RoleGrant.objects.visible_to(by).in_force(now).filter(valid_to__lte=now + SOON)
    return ending.select_related("person", "agency").order_by("valid_to", "pk")


def locked_people(by: Actor) -> QuerySet[Person]:
    """People who cannot sign in now because of wrong passwords or codes."""
    since = clock.now() - LOCKOUTS_LAST_AT_MOST
    entries = Entry.objects.filter(action="accounts.lock_out", at__gte=since).order_by()
    ids = [id_ for subject in entries.values_list("subject", flat=True).distinct() if (id_ := _id_in(subject))]
    people = Person.objects.filter(pk__in=ids)
    locked = [person.pk for person in people if _is_locked(person)]
    return Person.objects.visible_to(by).filter(pk__in=locked).select_related("home")


def without_second_factor(by: Actor) -> QuerySet[Person]:
    """Staff who have not set up a second factor yet. They can do nothing before they have."""
    roles = RoleGrant.objects.in_force().filter(person=OuterRef("pk"))
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    return active_people(by).filter(Exists(roles), ~Exists(factors))


def _id_in(subject: str) -> UUID | None:
    try:
        return UUID(subject.rpartition(":")[2])
    except ValueError:  # a name that nobody has
        return None


def _is_locked(person: Person) -> bool:
    keys = (lockout.person_key(person), lockout.code_key(person))
    return any(lockout.minutes_left(key) for key in keys)


def _person_link(person_id: UUID) -> str:
    """The person's page where the console has one; else what the log knows about them."""
    try:
        return reverse("administration:person", args=[person_id])
    except NoReverseMatch:
        return f"{reverse('administration:audit')}?subject=accounts.person:{person_id}"


_PEOPLE = (
    Column(
        "name",
        _("Name"),
        lambda row: row.full_name,
        sort="sort_key",
        link=lambda row: _person_link(row.pk),
    ),
    Column("username", _("Username"), lambda row: row.username, sort="username"),
    Column("home", _("Agency"), lambda row: row.home.name if row.home else "", sort="home__name"),
    Column("seen", _("Last seen"), lambda row: row.last_seen, sort="last_seen"),
)
_FIND_PEOPLE = (Search(folded_fields=("search_key",), hint=_("Name, username, e-mail or telephone")),)
_ROLES = (
    Column(
        "name",
        _("Name"),
        lambda row: row.person.full_name,
        sort="person__sort_key",
        link=lambda row: _person_link(row.person_id),
    ),
    Column("role", _("Role"), lambda row: str(ROLES[Role(row.role)]), sort="role"),
    Column("agency", _("Agency"), lambda row: row.agency.name if row.agency else _("Whole city"), sort="agency__name"),
    Column("end", _("Ends"), lambda row: row.valid_to, sort="valid_to"),
)
_FIND_ROLES = (Search(folded_fields=("person__search_key",), hint=_("Name, username, e-mail or telephone")),)

BEHIND: dict[str, tuple[Listing, Any]] = {
    "active": (
        Listing(
            title=_("People whose account is switched on"),
            columns=_PEOPLE,
            filters=_FIND_PEOPLE,
            default_sort="name",
            file_name="nguoi-dung",
        ),
        active_people,
    ),
    "locked": (
        Listing(
            title=_("People locked out now"),
            columns=_PEOPLE,
            filters=_FIND_PEOPLE,
            default_sort="name",
            file_name="dang-bi-khoa",
            empty_title=_("Nobody is locked out"),
            empty_text=_("After five wrong passwords or codes an account is locked for some minutes and stands here."),
        ),
        locked_people,
    ),
    "without-second-factor": (
        Listing(
            title=_("Staff without a second factor"),
            columns=_PEOPLE,
            filters=_FIND_PEOPLE,
            default_sort="name",
            file_name="chua-co-buoc-hai",
            empty_title=_("All staff have a second factor"),
            empty_text=_("Whoever gets a role sets it up at the next sign-in, before anything else."),
        ),
        without_second_factor,
    ),
    "ending-roles": (
        Listing(
            title=_("Roles that end within 30 days"),
            columns=_ROLES,
            filters=_FIND_ROLES,
            default_sort="end",
            file_name="vai-tro-sap-het",
            empty_title=_("No role ends within 30 days"),
            empty_text=_("Roles with an end date appear here a month before, so that nobody loses a role by surprise."),
        ),
        ending_roles,
    ),
}
