"""Roles: giving, changing, withdrawing, looking."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from songcau.consoles.administration.tests.town import SignedIn, Town, as_, town
from songcau.foundation.accounts.models import Person, RoleGrant
from songcau.foundation.accounts.roles import Role
from songcau.kernel import clock

__all__ = ["as_", "town"]


def text(response: Any) -> str:
    return str(response.content.decode())


def giving(person: Person) -> str:
    return f"{reverse('administration:grant_add')}?person={person.pk}"


def at(name: str, grant: RoleGrant) -> str:
    return reverse(f"administration:{name}", args=[grant.pk])


def form(town: Town, **other: str) -> dict[str, str]:
    return {
        "role": "SPECIALIST",
        "agency": str(town.one.pk),
        "valid_from": "",
        "valid_to": "",
        "reason": "cần",
        **other,
    }


def test_a_role_is_granted_until_a_day(town: Town, as_: SignedIn) -> None:
    end = (clock.today() + timedelta(days=10)).isoformat()
    answer = as_(town.root).post(giving(town.clerk), form(town, valid_to=end))
    assert answer.status_code == 302
    grant = RoleGrant.objects.get(person=town.clerk, role="SPECIALIST")
    assert grant.valid_to is not None
    assert grant.granted_by == town.root


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"reason": "x" * 10_000},
        {"role": "EMPEROR"},
        {"agency": "nonsense"},
        {"agency": str(uuid4())},
        {"agency": ""},
        {"valid_to": "2026-02-30"},
        {"valid_to": "2020-01-01"},
        {"valid_from": "soon"},
    ],
)
def test_a_bad_grant_is_refused_beside_the_form(town: Town, as_: SignedIn, wrong: dict[str, str]) -> None:
    answer = as_(town.root).post(giving(town.clerk), form(town, **wrong))
    assert answer.status_code == 422
    assert 'role="alert"' in text(answer)
    assert not RoleGrant.objects.filter(role="SPECIALIST").exists()


def test_the_same_role_twice_is_a_conflict(town: Town, as_: SignedIn) -> None:
    client = as_(town.root)
    assert client.post(giving(town.clerk), form(town)).status_code == 302
    assert client.post(giving(town.clerk), form(town)).status_code == 409


def test_nobody_grants_outside_the_subtree_above_or_to_oneself(town: Town, as_: SignedIn) -> None:
    client = as_(town.warden)
    assert client.post(giving(town.clerk), form(town, agency=str(town.two.pk))).status_code == 422
    assert client.post(giving(town.clerk), form(town, role="SYSTEM_ADMINISTRATOR", agency="")).status_code == 422
    assert client.post(giving(town.warden), form(town)).status_code in {403, 422}
    assert client.get(giving(town.stranger)).status_code == 404
    assert RoleGrant.objects.filter(granted_by=town.warden).count() == 0
    offered = text(client.get(giving(town.clerk)))
    assert 'value="SYSTEM_ADMINISTRATOR"' not in offered
    assert 'value="CLERK"' in offered


@pytest.mark.parametrize("query", ["", "?person=", "?person=nonsense", "?person=%00"])
def test_without_a_person_the_page_leads_to_the_people(town: Town, as_: SignedIn, query: str) -> None:
    answer = as_(town.root).get(reverse("administration:grant_add") + query)
    assert answer.status_code == 200
    assert reverse("administration:people") in text(answer)


def test_the_end_is_changed_and_the_role_withdrawn(town: Town, as_: SignedIn) -> None:
    grant = RoleGrant.objects.get(person=town.clerk)
    client = as_(town.warden)
    later = (clock.today() + timedelta(days=30)).isoformat()
    assert client.post(at("grant_change_end", grant), {"valid_to": later, "reason": "hết hợp đồng"}).status_code == 302
    assert client.post(at("grant_change_end", grant), {"valid_to": "never", "reason": "x"}).status_code == 422
    assert client.post(at("grant_withdraw", grant), {"reason": ""}).status_code == 422
    assert client.post(at("grant_withdraw", grant), {"reason": "chuyển việc"}).status_code == 302
    grant.refresh_from_db()
    assert grant.state == "WITHDRAWN"
    assert client.post(at("grant_withdraw", grant), {"reason": "lại"}).status_code in {409, 422}
    page = text(client.get(at("grant", grant)))
    assert "chuyển việc" in page
    assert at("grant_withdraw", grant) not in page


def test_other_subtrees_grants_are_not_found(town: Town, as_: SignedIn) -> None:
    grant = RoleGrant.objects.get(person=town.stranger)
    client = as_(town.warden)
    assert "Hoàng Xa Lạ" not in text(client.get(reverse("administration:grants")))
    for name in ("grant", "grant_change_end", "grant_withdraw"):
        assert client.get(at(name, grant)).status_code == 404
    assert as_(town.root).get(reverse("administration:grant", args=[uuid4()])).status_code == 404


@pytest.mark.parametrize(("state", "seen"), [("in_force", True), ("soon", False), ("later", False), ("over", False)])
def test_the_list_is_filtered_by_state(town: Town, as_: SignedIn, state: str, seen: bool) -> None:
    page = text(as_(town.root).get(reverse("administration:grants"), {"state": state, "role": "CLERK"}))
    assert ("Phạm Thu Hoà" in page) is seen


def test_the_matrix_says_what_each_role_may_do(town: Town, as_: SignedIn) -> None:
    page = text(as_(town.root).get(reverse("administration:role_matrix")))
    assert page.count('<th scope="col">') == len(Role) + 1
    assert as_(town.clerk).get(reverse("administration:role_matrix")).status_code == 403


def test_giving_roles_asks_for_the_password_again_after_a_while(town: Town, as_: SignedIn) -> None:
    client = as_(town.root)
    with clock.frozen(clock.now() + timedelta(minutes=20)):
        answer = client.get(giving(town.clerk))
    assert answer.status_code == 302
    assert reverse("account_reauthenticate") in answer["Location"]
    assert Client().get(giving(town.clerk)).status_code == 302
