"""Who may read what of the live city follows from where they hold the right."""

import base64
import json
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from songcau.foundation.accounts.context_grants import context_grant
from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give, make_person, sign_in
from songcau.foundation.places.models import Unit


@pytest.fixture
def wards(tree, settings, tmp_path):
    """W1 and W10 work in wards; the city in the district above them; the desk has no unit of its own."""
    settings.SONGCAU = settings.SONGCAU.model_copy(update={"data": tmp_path})
    for code, level, kind in (("C", "DISTRICT", "CITY"), ("W1", "WARD", "WARD"), ("W10", "WARD", "WARD")):
        unit = Unit.objects.create(
            level=level, code=f"0{code}", kind=kind, name=code, short_name=code, valid_from=date(2020, 1, 1)
        )
        tree[code].unit_id = unit.id
        tree[code].save()
    return tree


def claims(person):
    """What stands in the grant; that the broker reads it is tried there."""
    part = context_grant(by=actor_of(person)).text.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


@pytest.mark.parametrize(
    ("role", "agency", "found", "writes"),
    [
        (Role.WARD_LEADER, "W1", {"/wards/W0W1"}, False),
        (Role.OPERATOR, "W10", {"/wards/W0W10"}, True),
        (Role.OPERATOR, "D1", {"/wards/W0W1"}, True),
        (Role.CITY_LEADER, "C", None, False),
        (Role.OPERATOR, "C", None, True),
        (Role.OPERATOR, "P", None, True),
    ],
)
def test_the_agency_decides_over_the_wards(wards, role, agency, found, writes):
    person = make_person("lan", wards[agency])
    give(person, role, wards[agency])
    told = claims(person)
    assert told.get("wards") == (None if found is None else sorted(found))
    assert told["may"] == (["read", "write"] if writes else ["read"])
    assert (told["sub"], told["exp"] - told["iat"]) == (str(person.id), 300)


def test_several_roles_add_up_and_write_only_where_all_may_be_written(wards):
    person = make_person("lan", wards["W1"])
    give(person, Role.OPERATOR, wards["W1"])
    give(person, Role.WARD_LEADER, wards["W10"])
    told = claims(person)
    assert (told["wards"], told["may"]) == (["/wards/W0W1", "/wards/W0W10"], ["read"])


def test_who_has_no_right_there_gets_no_grant(wards):
    person = make_person("lan", wards["W1"])
    give(person, Role.CLERK, wards["W1"])
    with pytest.raises(NotYours):
        context_grant(by=actor_of(person))


def test_an_agency_outside_every_unit_gives_nothing(wards):
    person = make_person("lan", wards["P2"])
    give(person, Role.WARD_LEADER, wards["P2"])
    with pytest.raises(NotYours):
        context_grant(by=actor_of(person))


def test_a_page_asks_for_a_grant_by_post_only(wards):
    person = make_person("lan", wards["W1"])
    give(person, Role.WARD_LEADER, wards["W1"])
    client = Client()
    address = reverse("context_grant")
    assert client.post(address).status_code in {302, 401, 403}
    sign_in(client, person)
    assert client.get(address).status_code == 405
    answer = client.post(address)
    assert set(answer.json()) == {"grant", "expires_at"}
    assert answer["Cache-Control"].startswith("max-age=0")
