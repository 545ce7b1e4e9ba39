"""Agencies: added, changed, moved in their tree."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from songcau.foundation.accounts import permissions, rules
from songcau.foundation.accounts.actions.people import AgencyIsClosed, home_agency
from songcau.foundation.accounts.actions.record import done
from songcau.foundation.accounts.events import AgencyAdded, AgencyChanged, AgencyMoved
from songcau.foundation.accounts.models import Agency
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused


class AgencyCodeTaken(Refused):
    code = "AGENCY_CODE_TAKEN"
    conflict = True


@transaction.atomic
def add_agency(
    *,
    by: Actor,
    code: str,
    name: str,
    kind: Agency.Kind,
    parent_id: UUID | None,
    opened_on: date,
    unit_id: UUID | None = None,
) -> Agency:
    """Raises NotYours, AgencyIsClosed, AgencyCodeTaken, AgencyTooDeep, PeriodUnusable and what is written badly."""
    parent = home_agency(parent_id)
    permissions.require(by, "accounts.manage_agencies", parent)
    _require_kind(by, kind)
    rules.require_days(opened_on, None, clock.today())
    agency = Agency(
        code=(usable := rules.usable_agency_code(code)),
        name=rules.usable_title(name),
        kind=kind,
        parent=parent,
        path=rules.path_under(parent.path if parent else None, usable),
        opened_on=opened_on,
        unit_id=unit_id,
    )
    try:
        with transaction.atomic():
            agency.save(force_insert=True)
    except IntegrityError:
        if Agency.objects.filter(code=usable).exists():
            raise AgencyCodeTaken(code=usable) from None
        raise
    done(by, "add_agency", agency, AgencyAdded(agency.id, agency.code, agency.path), path=agency.path)
    return agency


@transaction.atomic
def change_agency(
    *, by: Actor, agency_id: UUID, version: int, name: str, kind: Agency.Kind, unit_id: UUID | None
) -> Agency:
    """Save a form opened at `version`; the code never changes. Raises NotYours, ChangedMeanwhile, AgencyIsClosed."""
    agency = open_agency(agency_id)
    permissions.require(by, "accounts.manage_agencies", agency)
    agency.require_unchanged(version)
    if kind != agency.kind:
        _require_kind(by, kind)
    changed = agency.take({"name": rules.usable_title(name), "kind": kind, "unit_id": unit_id})
    if changed:
        agency.save()
        done(by, "change_agency", agency, AgencyChanged(agency.id, changed), fields=changed)
    return agency


@transaction.atomic
def move_agency(*, by: Actor, agency_id: UUID, version: int, parent_id: UUID | None) -> Agency:
    """Put an agency, with all under it, under another (None: at the top).

    The whole tree is locked meanwhile, so that two moves cannot make a loop between them. Raises AgencyLoop,
    AgencyTooDeep, AgencyIsClosed, ChangedMeanwhile, NotYours (the right is needed at both places).
    """
    tree = {agency.id: agency for agency in Agency.objects.select_for_update(no_key=True).order_by("id")}
    agency = _open(tree, agency_id)
    parent = _open(tree, parent_id) if parent_id else None
    permissions.require(by, "accounts.manage_agencies", agency)
    permissions.require(by, "accounts.manage_agencies", parent)
    agency.require_unchanged(version)
    old = agency.path
    renamed = rules.paths_after_move([one.path for one in tree.values()], old, parent.path if parent else None)
    if not agency.take({"parent": parent}):
        return agency
    moved = [one for one in tree.values() if one.path in renamed]
    for one in moved:
        one.path = renamed[one.path]
    Agency.objects.bulk_update(moved, ["path"])
    agency.save()
    done(by, "move_agency", agency, AgencyMoved(agency.id, old, agency.path), old_path=old, new_path=agency.path)
    return agency


def _require_kind(by: Actor, kind: str) -> None:
    """Who works at the operations centre sees what no other agency may, of the whole city: who manages a part of it
    makes no centre of that part. Raises NotYours.
    """
    if kind == Agency.Kind.OPERATIONS_CENTRE:
        permissions.require(by, "accounts.manage_agencies", None)


def open_agency(agency_id: UUID) -> Agency:
    """The agency, locked. Raises AgencyIsClosed, Agency.DoesNotExist."""
    agency = home_agency(agency_id)
    assert agency is not None  # noqa: S101
    return agency


def _open(tree: dict[UUID, Agency], agency_id: UUID) -> Agency:
    if agency_id not in tree:
        raise Agency.DoesNotExist
    if tree[agency_id].closed_on is not None:
        raise AgencyIsClosed(name=tree[agency_id].name)
    return tree[agency_id]
