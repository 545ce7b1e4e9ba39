"""A city with two wards and the people who look after them, for the pages of people, agencies and roles."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from songcau.foundation.accounts.models import Agency, Holding, Person, Post, RoleGrant
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give, make_agency, make_person, sign_in
from songcau.foundation.places.models import Unit
from songcau.foundation.places.rules import Level


@dataclass
class City:
    """C → W1 → D1, and C → W2. `quan` administers the city, `uy` ward W1; `lan` works in W1, `hai` in W2."""

    agencies: dict[str, Agency]
    people: dict[str, Person]
    clients: dict[str, Client] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        return self.people[name]

    def at(self, code: str) -> Agency:
        return Agency.objects.get(code=code)

    def client(self, name: str) -> Client:
        """A browser in which the person is signed in with both factors."""
        if name not in self.clients:
            self.clients[name] = Client()
            sign_in(self.clients[name], self.people[name])
        return self.clients[name]


@pytest.fixture
def city(db: None) -> City:
    cache.clear()
    top = make_agency("C")
    first, second = make_agency("W1", top), make_agency("W2", top)
    agencies = {"C": top, "W1": first, "D1": make_agency("D1", first), "W2": second}
    people = {
        "quan": make_person("quan", top, "Nguyễn Văn Quản"),
        "uy": make_person("uy.phuong", first, "Lê Uy"),
        "thu": make_person("thu", first, "Phạm Thị Thư"),
        "lan": make_person("lan", first, "Trần Thị Lan"),
        "hai": make_person("hai", second, "Đỗ Văn Hải"),
    }
    give(people["quan"], Role.SYSTEM_ADMINISTRATOR)
    give(people["uy"], Role.AGENCY_ADMINISTRATOR, first)
    give(people["thu"], Role.CLERK, first)
    give(people["hai"], Role.SPECIALIST, second)
    return City(agencies, people)


@pytest.fixture
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def english(city: City, name: str) -> Client:
    """A browser of somebody who reads English."""
    Person.objects.filter(pk=city.people[name].pk).update(language="en")
    return city.client(name)


@pytest.fixture
def admin(city: City) -> Client:
    """Of the whole city."""
    return english(city, "quan")


@pytest.fixture
def ward(city: City) -> Client:
    """Of the administrator of ward W1."""
    return english(city, "uy")


@pytest.fixture
def post(city: City) -> Post:
    return Post.objects.create(agency=city.at("W1"), title="Chủ tịch", is_head=True)


@pytest.fixture
def holding(city: City, post: Post) -> Holding:
    return Holding.objects.create(person=city.lan, post=post, from_on=date(2025, 7, 1))


def make_unit(code: str = "05431", until: date | None = None) -> Unit:
    return Unit.objects.create(
        level=Level.WARD,
        code=code,
        kind=Unit.Kind.WARD,
        name=f"Phường {code}",
        short_name=code,
        valid_from=date(2020, 1, 1),
        valid_to=until,
        profile="thu",
    )


@pytest.fixture
def held(city: City) -> RoleGrant:
    """The clerk's role in W1."""
    return RoleGrant.objects.get(person=city.thu)


def grow_stale(client: Client) -> None:
    """Six minutes pass since the password was given."""
    session = client.session
    session["account_authentication_methods"] = [
        record | {"at": record["at"] - timedelta(minutes=6).total_seconds()}
        for record in session["account_authentication_methods"]
    ]
    session.save()
