"""A person's rights for the context broker: a grant of some minutes, signed with the key that the broker reads too.

The broker knows no people. What a person may read there follows from where they hold `context.read` and
`context.write`: an agency of a ward gives that ward's entities; one above the wards, the operations centre and those
above it give the whole city's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from songcau.context.public import Context, sign_grant
from songcau.foundation.accounts.models import Agency
from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.places.models import Unit
from songcau.foundation.places.rules import Level
from songcau.kernel import clock
from songcau.kernel.actor import EVERYWHERE, SYSTEM, Actor

LIFETIME = timedelta(minutes=5)
READ, WRITE = "context.read", "context.write"


@dataclass(frozen=True, slots=True)
class ContextGrant:
    """What stands after `Bearer`, and until when."""

    text: str
    expires_at: datetime


def city_context() -> Context:
    """The broker, for what the city itself says there: to be closed, and good for as long as a grant lives."""
    return city_context_for(SYSTEM)


def context_grant(*, by: Actor) -> ContextGrant:
    """A grant for what `by` may do now. Writing is granted only as far as reading. Raises NotYours."""
    wards = _wards(by, READ)
    if wards is not None and not wards:
        raise NotYours()
    writable = _wards(by, WRITE)
    # A grant has one reach: it lets write only who may write everywhere that they may read.
    writes = writable is None or (wards is not None and writable >= wards)
    text = sign_grant(
        Path(settings.SONGCAU.data) / "context" / "grants.key",
        str(by.id),
        wards=None if wards is None else sorted(f"/wards/W{code}" for code in wards),
        writes=writes,
        seconds=int(LIFETIME.total_seconds()),
    )
    return ContextGrant(text, clock.now() + LIFETIME)


def readable_wards(by: Actor) -> frozenset[str] | None:
    """Codes of the wards whose entities they may read; None: of the whole city."""
    return _wards(by, READ)


def city_context_for(by: Actor) -> Context:
    """The broker as `by` may read it, to be closed. Raises NotYours."""
    socket = Path(settings.SONGCAU.data).absolute() / "run" / "context.sock"
    return Context(f"unix:{socket}", token=context_grant(by=by).text)


def _wards(by: Actor, permission: str) -> frozenset[str] | None:
    """Codes of the wards in which the permission is held; None: in the whole city."""
    found: set[str] = set()
    for scope in by.scopes(permission):
        if scope == EVERYWHERE or _reaches_the_centre(scope):
            return None
        units = _units(scope)
        if any(unit.level != Level.WARD for unit in units):
            return None
        found.update(unit.code for unit in units)
    return frozenset(found)


def _reaches_the_centre(scope: str) -> bool:
    """Whether the city's operations centre is at the scope or under it: there the whole city is watched."""
    centres = Agency.objects.filter(kind=Agency.Kind.OPERATIONS_CENTRE, closed_on=None)
    return bool(centres.filter(path__startswith=scope).exists())


def _units(scope: str) -> list[Unit]:
    """The unit that the agency at the scope works in, then those of the agencies under it."""
    above = [agency for agency in Agency.objects.filter(path__in=_prefixes(scope)).order_by("-path") if agency.unit_id]
    below = Agency.objects.filter(path__startswith=scope, unit_id__isnull=False).order_by("path")
    ids = [agency.unit_id for agency in (*above[:1], *below)]
    units = Unit.objects.in_bulk([one for one in ids if one is not None])
    return [units[one] for one in dict.fromkeys(ids) if one in units]


def _prefixes(scope: str) -> list[str]:
    parts = scope.strip("/").split("/")
    return ["/" + "/".join(parts[: count + 1]) + "/" for count in range(len(parts))]
