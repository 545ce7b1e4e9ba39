"""Django's own admin is for looking: every address of it is walked for a way to write."""

from datetime import date

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from songcau.entry.django_admin import site
from songcau.foundation.accounts.models import Agency, Person, RoleGrant
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import PASSWORD, give, make_agency, make_person, sign_in
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.audit.models import Entry
from songcau.foundation.outbox.models import Delivery, Event
from songcau.foundation.places.models import Unit
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> Client:
    person = make_person("quan-tri", make_agency("IOC"))
    give(person, Role.SYSTEM_ADMINISTRATOR)
    client = Client()
    sign_in(client, person)
    return client


@pytest.fixture
def rows() -> dict[type, object]:
    event = Event.objects.create(
        name="X", subject="s:1", payload={}, actor_id=SYSTEM.id, actor_label="x", at=clock.now()
    )
    with transaction.atomic():
        record_entry(by=SYSTEM, action="accounts.add_person", subject="s:1")
    agency = make_agency("A-1")
    person = make_person("ai-do", agency)
    return {
        Event: event.pk,
        Delivery: Delivery.objects.create(event=event, reaction="r", subject="s:1", next_at=clock.now()).pk,
        Entry: 1,
        Agency: agency.pk,
        Person: person.pk,
        RoleGrant: give(person, Role.CLERK, agency).pk,
        Unit: Unit.objects.create(
            level="WARD", code="1", kind="WARD", name="P", short_name="P", valid_from=date(2020, 1, 1), profile="x"
        ).pk,
    }


def state() -> dict[str, list[dict[str, object]]]:
    """Everything in the database, except sessions and what one's own presence leaves."""
    passing = {"sessions.Session", "usersessions.UserSession"}
    found = {}
    for model in apps.get_models():
        if model._meta.label not in passing:
            found[model._meta.label] = [
                {k: v for k, v in row.items() if k != "last_seen"} for row in model.objects.order_by("pk").values()
            ]
    return found


def addresses(rows: dict[type, object]) -> list[str]:
    found = ["/django-admin/"]
    for pattern in site.urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name in {"logout", "view_on_site"}:
            continue
        if isinstance(pattern, URLPattern):
            found.append(f"/django-admin/{pattern.pattern}".replace("<path:url>", "x"))
        assert isinstance(pattern, URLPattern | URLResolver)
    for model, pk in rows.items():
        base = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        found += [
            base,
            *(f"{base}{pk}/{verb}/" for verb in ("change", "delete", "history")),
            f"{base}add/",
            f"{base}{pk}/",
        ]
    return found


def test_every_table_named_is_there(rows: dict[type, object]) -> None:
    assert set(site._registry) == set(rows)


def test_no_address_writes(administrator: Client, rows: dict[type, object]) -> None:
    before = state()
    walked = addresses(rows)
    assert len(walked) > 40
    for address in walked:
        for sent in (
            {"action": "delete_selected", "_selected_action": "1", "post": "yes", "index": "0"},
            {"_save": "Save", "name": "x", "full_name": "Kẻ Gian", "is_active": "on", "form-TOTAL_FORMS": "1"},
            {"old_password": PASSWORD, "new_password1": "x" * 20, "new_password2": "x" * 20},
        ):
            response = administrator.post(address, sent)
            assert response.status_code in {200, 302, 301, 403, 404, 405}, (address, response.status_code)
        assert administrator.get(address).status_code in {200, 302, 301, 403, 404}, address
        for method in (administrator.put, administrator.patch, administrator.delete):
            assert method(address).status_code < 500, address
    assert state() == before


def test_pages_open_for_looking_and_hold_no_secret(administrator: Client, rows: dict[type, object]) -> None:
    for model, pk in rows.items():
        base = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert administrator.get(base).status_code == 200, base
        page = administrator.get(f"{base}{pk}/change/")
        assert page.status_code == 200, base
        text = page.content.decode()
        for name in ('name="_save"', 'name="_addanother"', 'name="_continue"', "deletelink"):
            assert name not in text
        if model is Person:
            assert Person.objects.get(pk=pk).password not in text
    index = administrator.get("/django-admin/").content.decode()
    assert 'class="addlink"' not in index


def test_its_own_sign_in_and_password_pages_lead_to_ours(administrator: Client) -> None:
    for name, ours in (
        ("login", "account_login"),
        ("logout", "account_logout"),
        ("password_change", "account_change_password"),
        ("password_change_done", "account_change_password"),
    ):
        response = administrator.get(reverse(f"admin:{name}"))
        assert (response.status_code, response["Location"]) == (302, reverse(ours))


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSTEM_ADMINISTRATOR])
def test_other_roles_do_not_enter(role: Role) -> None:
    agency = make_agency("CQ")
    person = make_person("ai-do", agency)
    give(person, role, None if role == Role.AUDITOR else agency)
    client = Client()
    sign_in(client, person)
    assert client.get("/django-admin/").status_code == 403
    assert client.get("/django-admin/accounts/person/").status_code == 403


def test_without_the_second_factor_it_stays_closed() -> None:
    person = make_person("chua-co-buoc-hai", make_agency("IOC"))
    give(person, Role.SYSTEM_ADMINISTRATOR)
    client = Client()
    sign_in(client, person, second=False)
    for address in ("/django-admin/", "/django-admin/audit/entry/"):
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("mfa_activate_totp"))
    assert Client().get("/django-admin/")["Location"].startswith(reverse("account_login"))
