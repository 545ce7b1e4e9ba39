"""Other jurisdictions are set up: where they answer, with which key, what goes there and what comes from there."""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.db import IntegrityError, transaction

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.kernel.text import normal
from songcau.systems.citizen_reports.actions.forwarding import (
    Connect,
    announce_waiting,
    connected,
    note_failure,
    sealed_key,
)
from songcau.systems.citizen_reports.adapters.open311 import PeerAway, PeerRefused, Window
from songcau.systems.citizen_reports.events import SetUpChanged
from songcau.systems.citizen_reports.models import Category, Jurisdiction
from songcau.systems.citizen_reports.permissions import require_configure

EVERY_OTHER = "*"


class JurisdictionNameUnusable(Refused):
    """A jurisdiction has a name of its own, at most 120 characters long."""

    code = "JURISDICTION_NAME_UNUSABLE"


class JurisdictionAddressUnusable(Refused):
    """Its address begins with http or https and names a host."""

    code = "JURISDICTION_ADDRESS_UNUSABLE"


class ServiceMapUnfit(Refused):
    """`category` is none of ours, or has no service code on the other side."""

    code = "SERVICE_MAP_UNFIT"


class JurisdictionUnknown(Refused):
    """No jurisdiction has this id."""

    code = "JURISDICTION_UNKNOWN"


@dataclass(frozen=True, slots=True)
class Facts:
    """`sends`: our category code → their service code; `takes`: theirs → ours. `*` stands for every other one."""

    name: str
    base_url: str
    jurisdiction_id: str = ""
    forwards: bool = False
    pulls: bool = False
    sends: dict[str, str] = field(default_factory=dict)
    takes: dict[str, str] = field(default_factory=dict)


def set_jurisdiction(
    *, by: Actor, facts: Facts, jurisdiction_id: UUID | None = None, api_key: str | None = None
) -> Jurisdiction:
    """Add one, or change one; `api_key` None leaves the key as it is. Raises NotYours, JurisdictionUnknown,
    JurisdictionNameUnusable, JurisdictionAddressUnusable, ServiceMapUnfit.
    """
    require_configure(by)
    name = normal(facts.name)
    if not name or len(name) > 120:
        raise JurisdictionNameUnusable
    _require_address(facts.base_url)
    _require_ours([*facts.sends, *facts.takes.values()], [*facts.sends.values(), *facts.takes])
    try:
        with transaction.atomic():
            row = _row(jurisdiction_id)
            begins = facts.forwards and not row.forwards and jurisdiction_id is not None
            row.name, row.base_url = name, facts.base_url.strip()
            row.jurisdiction_id = normal(facts.jurisdiction_id)[:100]
            row.forwards, row.pulls = facts.forwards, facts.pulls
            row.service_map = {**facts.takes, "out": facts.sends}
            if api_key is not None:
                row.api_key_sealed = sealed_key(api_key.strip())
            row.save()
            _done(by, row, new=jurisdiction_id is None)
            if begins:
                announce_waiting(by=by, jurisdiction=row)
    except IntegrityError:
        raise JurisdictionNameUnusable from None
    return row


@transaction.atomic
def pause_jurisdiction(*, by: Actor, jurisdiction_id: UUID) -> None:
    """Nothing is sent there or fetched from there until it is set up to again; what waits is kept. Raises NotYours,
    JurisdictionUnknown.
    """
    require_configure(by)
    row = _row(jurisdiction_id)
    row.forwards = row.pulls = False
    row.save(update_fields=["forwards", "pulls"])
    _done(by, row, new=False)


def try_jurisdiction(*, by: Actor, jurisdiction_id: UUID, connect: Connect = connected) -> None:
    """Ask it for the requests of the last day, and note how that went; nothing is taken over.

    Raises NotYours, JurisdictionUnknown, PeerAway, PeerRefused.
    """
    require_configure(by)
    row = Jurisdiction.objects.filter(pk=jurisdiction_id).first()
    if row is None:
        raise JurisdictionUnknown
    now = clock.now()
    try:
        next(iter(connect(row).made_in(Window(now - timedelta(days=1), now))), None)
    except (PeerAway, PeerRefused) as fault:
        note_failure(row, fault)
        raise
    with transaction.atomic():
        Jurisdiction.objects.filter(pk=row.pk).update(last_success_at=now, last_error="")
        about = f"citizen_reports.jurisdiction:{row.pk}"
        record_entry(by=by, action="citizen_reports.try_jurisdiction", subject=about, details={"name": row.name})


def _row(jurisdiction_id: UUID | None) -> Jurisdiction:
    if jurisdiction_id is None:
        return Jurisdiction()
    found: Jurisdiction | None = Jurisdiction.objects.select_for_update().filter(pk=jurisdiction_id).first()
    if found is None:
        raise JurisdictionUnknown
    return found


def _require_address(url: str) -> None:
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        raise JurisdictionAddressUnusable from None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > 300:
        raise JurisdictionAddressUnusable


def _require_ours(ours: list[str], theirs: list[str]) -> None:
    wanted = set(ours) - {EVERY_OTHER}
    known = set(Category.objects.filter(code__in=wanted).values_list("code", flat=True))
    if missing := sorted(wanted - known):
        raise ServiceMapUnfit(category=missing[0][:80])
    if not all(theirs) or "out" in theirs:
        raise ServiceMapUnfit(category="out" if "out" in theirs else "")


def _done(by: Actor, row: Jurisdiction, *, new: bool) -> None:
    about = f"citizen_reports.jurisdiction:{row.pk}"
    details = {"name": row.name, "url": row.base_url, "forwards": row.forwards, "pulls": row.pulls, "new": new}
    record_entry(by=by, action="citizen_reports.set_jurisdiction", subject=about, details=details)
    announce(SetUpChanged("jurisdiction", row.pk), subject=about, by=by)
