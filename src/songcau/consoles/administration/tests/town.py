"""A small town for the tests of the administration's pages: a city, two wards, and somebody in each."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client

from songcau.foundation.accounts.models import Agency, Person
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give, make_agency, make_person, sign_in

SignedIn = Callable[[Person], Client]


@dataclass(frozen=True)
class Town:
    """City over two wards; `root` is the system administrator, `warden` looks after ward one only."""

    city: Agency
    one: Agency
    two: Agency
    root: Person
    warden: Person
    clerk: Person
    stranger: Person


@pytest.fixture
def town(db: None) -> Town:
    city = make_agency("UBND-164")
    one, two = make_agency("UBND-1", city), make_agency("UBND-2", city)
    root = make_person("quantri", home=city, full_name="Trần Thị Gốc")
    warden = make_person("quanly", home=one, full_name="Lê Văn Giữ")
    clerk = make_person("motcua", home=one, full_name="Phạm Thu Hoà")
    stranger = make_person("nguoila", home=two, full_name="Hoàng Xa Lạ")
    give(root, Role.SYSTEM_ADMINISTRATOR)
    give(make_person("quantri2", home=city, full_name="Ma Văn Hai"), Role.SYSTEM_ADMINISTRATOR)
    give(warden, Role.AGENCY_ADMINISTRATOR, one)
    give(clerk, Role.CLERK, one)
    give(stranger, Role.CLERK, two)
    return Town(city, one, two, root, warden, clerk, stranger)


@pytest.fixture
def as_() -> SignedIn:
    def signed(person: Person) -> Client:
        client = Client()
        sign_in(client, person)
        return client

    return signed
