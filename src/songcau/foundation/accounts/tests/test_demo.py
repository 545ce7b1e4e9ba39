"""The demonstration city."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from django.test import Client, override_settings

from songcau.foundation.accounts import demo, second_factor
from songcau.foundation.accounts.models import Agency, Holding, Person, RoleGrant
from songcau.foundation.accounts.roles import Role
from songcau.foundation.audit.models import Entry
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db


@dataclass
class Ward:
    code: str
    name: str
    id: UUID = field(default_factory=uuid4)


WARDS = [Ward("05434", "Phường Quang Vinh"), Ward("05431", "Phường Quán Triều")]


def test_everybody_of_the_demonstration_signs_in():
    accounts = demo.seed_demo(SYSTEM, WARDS)
    assert {account.role for account in accounts} == set(Role) - {Role.AGENCY_ADMINISTRATOR}
    for account in accounts:
        client = Client()
        client.post("/accounts/login/", {"login": account.username, "password": account.password})
        code = second_factor.current_code(account.secret, clock.now())
        client.post("/accounts/second-factor/authenticate/", {"code": code})
        assert client.get("/accounts/sessions/").status_code == 200, account.username
    assert Person.objects.filter(is_demo=False).count() == 0
    assert Agency.objects.get(code="MC-05434").path == "/UBND-19/UBND-164/UBND-05434/MC-05434/"
    assert Agency.objects.get(code="UBND-05431").name == "UBND phường Quán Triều"


def test_twice_is_once_and_signs_nobody_out():
    first = demo.seed_demo(SYSTEM, WARDS)
    client = Client()
    client.post("/accounts/login/", {"login": "truc", "password": first[3].password})
    code = second_factor.current_code(first[3].secret, clock.now())
    client.post("/accounts/second-factor/authenticate/", {"code": code})
    counts = [model.objects.count() for model in (Agency, Person, RoleGrant, Holding, Entry)]
    assert demo.seed_demo(SYSTEM, WARDS) == first
    assert [model.objects.count() for model in (Agency, Person, RoleGrant, Holding, Entry)] == counts
    assert client.get("/accounts/sessions/").status_code == 200


def test_what_was_spoilt_is_mended():
    first = demo.seed_demo(SYSTEM, WARDS)
    person = Person.objects.get(username="truc")
    person.set_password("khác hẳn rồi")
    person.save()
    second_factor.remove(person)
    RoleGrant.objects.filter(person=person).delete()
    assert demo.seed_demo(SYSTEM, WARDS) == first
    person.refresh_from_db()
    assert person.check_password(first[3].password)
    assert second_factor.secret_of(person) == first[3].secret


def test_every_data_folder_has_its_own_passwords():
    here = demo.password_for("quantri"), demo.secret_for("quantri")
    assert here[0] != demo.password_for("truc")
    with override_settings(SECRET_KEY="the key of another data folder, long enough"):
        assert demo.password_for("quantri") != here[0]
        assert demo.secret_for("quantri") != here[1]
