import pytest
from django.urls import reverse

from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give, make_agency, make_person, sign_in

pytestmark = pytest.mark.django_db


def test_staff_sign_in_with_password_and_code(client):
    agency = make_agency("UBND-19")
    person = make_person("lan", agency)
    give(person, Role.CLERK, agency)
    sign_in(client, person)
    response = client.get(reverse("mfa_index"))
    assert response.status_code == 200
    assert response.wsgi_request.actor.may("accounts.view_agencies", within=agency.path)
