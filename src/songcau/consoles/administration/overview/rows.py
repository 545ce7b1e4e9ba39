"""The rows behind the figures of the overview: the figure counts what the list shows, by one and the same query."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts import lockout
from songcau.foundation.accounts.models import Agency, Person, RoleGrant
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.words import AGENCY_KINDS, ROLES
from songcau.foundation.audit.models import Entry
from songcau.foundation.places.models import Boundary, Unit
from songcau.foundation.places.words import source_in_words
from songcau.foundation.shell.filters import Search
from songcau.foundation.shell.lists import Column, Listing
from songcau.kernel import clock
from songcau.kernel.actor import Actor

SOON = timedelta(days=30)
# Longer than any lockout lasts; who was unlocked meanwhile is sorted out by the counters themselves.
LOCKOUTS_LAST_AT_MOST = timedelta(hours=1)


def active_people(by: Actor) -> QuerySet[Person]:
    people: QuerySet[Person] = Person.objects.visible_to(by).filter(is_active=True)
    return people.select_related("home")


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
    found: QuerySet[Person] = Person.objects.visible_to(by).filter(pk__in=locked)
    return found.select_related("home")


def without_second_factor(by: Actor) -> QuerySet[Person]:
    """Staff who have not set up a second factor yet. They can do nothing before they have."""
    roles = RoleGrant.objects.in_force().filter(person=OuterRef("pk"))
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    return active_people(by).filter(Exists(roles), ~Exists(factors))


def open_agencies(by: Actor) -> QuerySet[Agency]:
    return Agency.objects.visible_to(by).still_open()


def units_in_force(by: Actor) -> QuerySet[Unit]:
    """Of every level, today. Units are no secret: whoever may see one may see all."""
    return Unit.objects.in_force(clock.today(settings.SONGCAU.time_zone))


def boundaries(by: Actor) -> QuerySet[Boundary]:
    """Of the units in force, without the outlines themselves, which weigh megabytes."""
    today = clock.today(settings.SONGCAU.time_zone)
    found = Boundary.objects.in_force(today).filter(unit__in=units_in_force(by))
    return found.select_related("unit").defer("geometry")


def _id_in(subject: str) -> UUID | None:
    try:
        return UUID(subject.rpartition(":")[2])
    except ValueError:  # a name that nobody has
        return None


def _is_locked(person: Person) -> bool:
    keys = (lockout.person_key(person), lockout.code_key(person))
    return any(lockout.minutes_left(key) for key in keys)


def _person_link(person_id: UUID) -> str:
    return reverse("administration:person", args=[person_id])


_PEOPLE = (
    Column(
        "name",
        _("Name"),
        lambda row: row.full_name,
        sort="sort_key",
        link=lambda row: _person_link(row.pk),
    ),
    Column("username", _("Username"), lambda row: row.username, sort="username"),
    Column("home", _("Agency"), lambda row: row.home.name if row.home else "", sort="home__order_key"),
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
_BOUNDARIES = (
    Column("code", _("Code"), lambda row: row.unit.code, sort="unit__code"),
    Column("name", _("Unit"), lambda row: row.unit.name, sort="unit__order_key"),
    Column("area", _("Area, km²"), lambda row: row.area_km2, sort="area_km2", numeric=True),
    Column("source", _("Source"), lambda row: source_in_words(row.source), sort="source"),
    Column("recorded", _("Recorded"), lambda row: row.recorded_at, sort="recorded_at"),
)
_FIND_BOUNDARIES = (Search(fields=("unit__code",), folded_fields=("unit__search_key",), hint=_("Name or code")),)
_FIND_ROLES = (Search(folded_fields=("person__search_key",), hint=_("Name, username, e-mail or telephone")),)


@dataclass(frozen=True, slots=True)
class Behind:
    """A list that a figure counts: who may open it, how it looks, which rows."""

    permission: str
    listing: Listing
    rows: Callable[[Actor], QuerySet[Any]]


BEHIND: dict[str, Behind] = {
    "active": Behind(
        "accounts.view_people",
        Listing(
            title=_("People whose account is switched on"),
            columns=_PEOPLE,
            filters=_FIND_PEOPLE,
            default_sort="name",
            file_name="nguoi-dung",
            empty_title=_("No account is switched on"),
            empty_text=_("As soon as somebody is given an account, they stand here."),
        ),
        active_people,
    ),
    "locked": Behind(
        "accounts.view_people",
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
    "without-second-factor": Behind(
        "accounts.view_people",
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
    "ending-roles": Behind(
        "accounts.view_people",
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
    "agencies": Behind(
        "accounts.view_agencies",
        Listing(
            title=_("Agencies that are open"),
            columns=(
                Column("code", _("Code"), lambda row: row.code, sort="code"),
                Column(
                    "name",
                    _("Agency"),
                    lambda row: row.name,
                    sort="order_key",
                    link=lambda row: reverse("administration:agency", args=[row.pk]),
                ),
                Column("kind", _("Kind"), lambda row: str(AGENCY_KINDS[row.kind]), sort="kind"),
                Column("opened", _("Open since"), lambda row: row.opened_on, sort="opened_on"),
            ),
            filters=(Search(folded_fields=("search_key",), hint=_("Name or code")),),
            default_sort="name",
            file_name="co-quan",
            empty_title=_("No agency is open yet"),
            empty_text=_("Agencies are added first; people and roles stand in them."),
        ),
        open_agencies,
    ),
    "units": Behind(
        "places.view_units",
        Listing(
            title=_("Administrative units in force"),
            columns=(
                Column("code", _("Code"), lambda row: row.code, sort="code"),
                Column("name", _("Unit"), lambda row: row.name, sort="order_key"),
                Column("since", _("In force since"), lambda row: row.valid_from, sort="valid_from"),
                Column("area", _("Area, km²"), lambda row: row.area_km2, sort="area_km2", numeric=True),
            ),
            filters=(Search(fields=("code",), folded_fields=("search_key",), hint=_("Name or code")),),
            default_sort="name",
            file_name="don-vi-hanh-chinh",
            empty_title=_("No units are loaded"),
            empty_text=_("They are loaded on the server with “songcau migrate”, by the profile of the city."),
        ),
        units_in_force,
    ),
    "boundaries-surveyed": Behind(
        "places.view_units",
        Listing(
            title=_("Boundaries from a survey"),
            columns=_BOUNDARIES,
            filters=_FIND_BOUNDARIES,
            default_sort="code",
            file_name="ranh-gioi",
            empty_title=_("No boundary from a survey"),
            empty_text=_("Surveyed boundaries are imported from a GeoJSON file."),
        ),
        lambda by: boundaries(by).filter(approximate=False),
    ),
    "boundaries-approximate": Behind(
        "places.view_units",
        Listing(
            title=_("Boundaries that are only approximate"),
            columns=_BOUNDARIES,
            filters=_FIND_BOUNDARIES,
            default_sort="code",
            file_name="ranh-gioi-gan-dung",
            empty_title=_("No boundary is approximate"),
            empty_text=_("All boundaries in force come from a survey."),
        ),
        lambda by: boundaries(by).filter(approximate=True),
    ),
}
