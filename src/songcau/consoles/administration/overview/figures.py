"""The figures of the overview: what each actor may see of how the installation is."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import connection
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from songcau.consoles.administration.outbox import reading, words
from songcau.consoles.administration.overview import rows
from songcau.foundation.accounts.models import Agency
from songcau.foundation.audit import queries as audit
from songcau.foundation.outbox import permissions as outbox
from songcau.foundation.places.models import Boundary, Unit
from songcau.foundation.shell.version import VERSION
from songcau.foundation.shell.written import number
from songcau.kernel import clock
from songcau.kernel.actor import Actor

GIB = 1024**3
LEAST_DISK_BYTES = 2 * GIB
# Whoever holds one of these finds something in the administration.
OPENED_BY = ("accounts.view_people", "accounts.view_agencies", "places.view_units", "outbox.view", "audit.view")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `href` leads to the list it counts; `alarm` says in words why somebody should look."""

    label: str | Promise
    value: object
    source: str | Promise
    as_of: date
    href: str = ""
    unit: str = ""
    alarm: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    label: str
    figures: tuple[Figure, ...]


def may_open(actor: Actor) -> bool:
    return any(actor.may(code) for code in OPENED_BY)


def sections(by: Actor) -> tuple[Section, ...]:
    """Everything the actor may see, in the order of the page."""
    offered: tuple[tuple[str, str, Callable[[Actor, datetime], Iterator[Figure]]], ...] = (
        ("accounts.view_people", _("People"), _people),
        ("accounts.view_agencies", _("Agencies"), _agencies),
        ("places.view_units", _("Administrative units"), _units),
        (outbox.VIEW, _("Events and jobs"), _events),
        ("audit.view", _("Audit log"), _audit),
        (outbox.VIEW, _("This installation"), _installation),
    )
    now = clock.now()
    return tuple(
        Section(label, tuple(figures(by, now))) for permission, label, figures in offered if by.may(permission)
    )


def workers_alive(by: Actor) -> int | None:
    """How many workers live; None for whom that is no business of."""
    return reading.overview(by).alive if outbox.may_view(by) else None


def _people(by: Actor, now: datetime) -> Iterator[Figure]:
    source = _("accounts")
    for name, label in (
        ("active", _("People whose account is switched on")),
        ("ending-roles", _("Roles that end within 30 days")),
        ("locked", _("People locked out now")),
        ("without-second-factor", _("Staff without a second factor")),
    ):
        _listing, query = rows.BEHIND[name]
        href = reverse("administration:behind", args=[name])
        yield Figure(label, query(by).count(), source, now, href)


def _agencies(by: Actor, now: datetime) -> Iterator[Figure]:
    count = Agency.objects.visible_to(by).still_open().count()
    yield Figure(_("Agencies open"), count, _("accounts"), now, _address("administration:agencies"))


def _units(by: Actor, now: datetime) -> Iterator[Figure]:
    today, source = clock.today(settings.SONGCAU.time_zone), _("administrative units")
    href = _address("administration:units")
    yield Figure(_("Units in force"), Unit.objects.in_force(today).count(), source, today, href)
    boundaries = Boundary.objects.in_force(today).filter(unit__in=Unit.objects.in_force(today))
    yield Figure(_("Boundaries surveyed"), boundaries.filter(approximate=False).count(), source, today, href)
    rough = boundaries.filter(approximate=True).count()
    alarm = _("Import the surveyed boundaries: near a border a point may be given to the neighbour.") if rough else ""
    yield Figure(_("Boundaries only approximate"), rough, source, today, href, alarm=alarm)


def _events(by: Actor, now: datetime) -> Iterator[Figure]:
    seen, source, href = reading.overview(by), _("outbox"), reverse("administration:outbox")
    yield Figure(_("Deliveries waiting"), seen.waiting, source, now, href)
    oldest = words.age(seen.oldest_seconds) if seen.waiting else "—"
    yield Figure(_("The oldest waits for"), oldest, source, now, href)
    alarm = _("Each holds back what comes after it.") if seen.dead else ""
    yield Figure(_("Dead letters"), seen.dead, source, now, reverse("administration:dead_letters"), alarm=alarm)
    yield Figure(_("Workers alive"), seen.alive, source, now, href + "#workers")


def _audit(by: Actor, now: datetime) -> Iterator[Figure]:
    href, source = reverse("administration:audit"), _("audit log")
    yield Figure(_("Entries"), audit.length(), source, now, href)
    last = audit.last_verification(by)
    if last.at is None:
        yield Figure(_("Last verification"), _("none yet"), source, now, href)
        return
    found = _("no fault") if last.is_whole else _("%(count)s faults") % {"count": number(last.faults)}
    alarm = "" if last.is_whole else _("The log was changed past this programme, or signed with another key.")
    yield Figure(_("Last verification"), found, source, last.at, href, alarm=alarm)


def _installation(by: Actor, now: datetime) -> Iterator[Figure]:
    source = _("this server")
    yield Figure(_("Database"), _database_kind(), source, now)
    yield Figure(_("Size of the database"), number(_database_bytes() / 1024**2, 1), _("database"), now, unit="MiB")
    free = shutil.disk_usage(settings.SONGCAU.data).free
    alarm = _("Less than 2 GiB: free some space before saving fails.") if free < LEAST_DISK_BYTES else ""
    yield Figure(_("Disk space free"), number(free / GIB, 1), _("data folder"), now, unit="GiB", alarm=alarm)
    yield Figure(_("Version"), VERSION, "sông Cầu", now)


def _database_kind() -> str:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            return f"PostgreSQL {cursor.fetchone()[0].split(' ')[0]}"
    return f"SQLite {'.'.join(map(str, connection.Database.sqlite_version_info))}"


def _database_bytes() -> int:
    """The whole database; of SQLite without its write-ahead log."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        return int(cursor.fetchone()[0])


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
