"""Delegations, as an administrator sees them."""

from datetime import timedelta

import pytest
from django.test import Client

from songcau.consoles.administration.delegations import listing
from songcau.consoles.administration.tests.answers import at, entries, text
from songcau.consoles.administration.tests.conftest import City, english
from songcau.foundation.accounts import actions
from songcau.foundation.accounts.delegation.models import Delegation
from songcau.foundation.accounts.models import RoleGrant
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.shell.lists import checked
from songcau.kernel import clock


@pytest.fixture
def lent(city: City, held: RoleGrant) -> Delegation:
    """The clerk's role, with Lan for a week."""
    return actions.delegate_role(
        by=actor_of(city.thu),
        grant_id=held.pk,
        delegate_id=city.lan.pk,
        ends_at=clock.now() + timedelta(days=7),
        reason="Nghỉ phép",
    )


def test_the_list_shows_those_of_ones_agencies(city: City, lent: Delegation, admin: Client, ward: Client) -> None:
    checked(listing.LISTING, Delegation.objects.all())
    for client in (admin, ward):
        page = text(client.get(at("delegations")))
        assert "Trần Thị Lan" in page
        assert "In force" in page
    actions.grant_role(
        by=actor_of(city.quan),
        person_id=city.hai.pk,
        role="AGENCY_ADMINISTRATOR",
        agency_id=city.at("W2").pk,
        reason="x",
    )
    assert "Trần Thị Lan" not in text(english(city, "hai").get(at("delegations")))
    assert city.client("hai").get(at("delegation", lent.pk)).status_code == 404


@pytest.mark.parametrize(("state", "shown"), [("in_force", True), ("later", False), ("over", False)])
def test_the_filter_of_states_goes_by_the_clock(lent: Delegation, admin: Client, state: str, shown: bool) -> None:
    assert ("Trần Thị Lan" in text(admin.get(at("delegations"), {"state": state}))) is shown
    actions.withdraw_role(
        by=actor_of(lent.grant.person.__class__.objects.get(username="quan")), grant_id=lent.grant_id, reason="x"
    )
    assert ("Trần Thị Lan" in text(admin.get(at("delegations"), {"state": state}))) is (state == "over")


def test_one_is_shown_and_withdrawn(city: City, lent: Delegation, ward: Client) -> None:
    page = text(ward.get(at("delegation", lent.pk)))
    assert "Nghỉ phép" in page
    assert at("delegation_withdraw", lent.pk) in page
    assert ward.get(at("delegation_withdraw", lent.pk)).status_code == 200
    assert ward.post(at("delegation_withdraw", lent.pk), {"reason": "Sai người"}).status_code == 302
    page = text(ward.get(at("delegation", lent.pk)))
    assert "Sai người" in page
    assert at("delegation_withdraw", lent.pk) not in page
    assert entries("withdraw_delegation")[0].actor_id == city.uy.pk


def test_the_log_says_on_whose_behalf(city: City, lent: Delegation, admin: Client) -> None:
    from songcau.foundation.audit.actions import record_entry
    from songcau.foundation.audit.models import Entry

    by = actor_of(city.lan)
    assert by.may("places.view_units")
    record_entry(by=by, action="accounts.sign_in", subject=f"accounts.person:{city.lan.pk}")
    entry = Entry.objects.order_by("-sequence").first()
    assert entry is not None
    page = text(admin.get(at("audit_entry", entry.sequence)))
    assert "On behalf of" in page
    assert "Phạm Thị Thư (thu)" in page
