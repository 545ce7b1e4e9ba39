"""Lending one's roles for a leave, on one's own account's pages."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from songcau.consoles.administration.tests.conftest import grow_stale
from songcau.foundation.accounts.delegation.models import Delegation
from songcau.foundation.accounts.models import Holding, Person, Post, RoleGrant
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give, make_agency, make_person, sign_in
from songcau.kernel import clock

pytestmark = pytest.mark.django_db
MINE = "/me/delegations/"


@pytest.fixture
def chief() -> Person:
    person = make_person("chu.tich", make_agency("W1"), "Hoàng Thị Bình")
    give(person, Role.WARD_LEADER, person.home)
    return person


@pytest.fixture
def deputy(chief: Person) -> Person:
    return make_person("pho", chief.home, "Lê Văn Phó")


@pytest.fixture
def client(chief: Person) -> Client:
    found = Client()
    sign_in(found, chief)
    return found


def role_of(person: Person) -> RoleGrant:
    return RoleGrant.objects.get(person=person)


def lending(person: Person) -> str:
    return f"{MINE}add/?grant={role_of(person).pk}"


def leave(to: Person, first: date | None = None, days: int = 5, reason: str = "Nghỉ phép") -> dict[str, object]:
    last = timezone.localdate(clock.now()) + timedelta(days=days)
    return {"delegate": to.pk, "first": first or "", "last": last, "reason": reason}


def test_a_role_is_lent_and_both_see_it(client: Client, chief: Person, deputy: Person) -> None:
    assert lending(chief) in client.get(MINE).content.decode()
    answer = client.post(lending(chief), leave(deputy), follow=True)
    assert "Lê Văn Phó" in answer.content.decode()
    lent = Delegation.objects.get()
    assert timezone.localtime(lent.ends_at).hour == 0, "until the end of the day named"
    other = Client()
    sign_in(other, deputy)
    for page in ("/", "/me/", MINE):
        assert "Hoàng Thị Bình" in other.get(page).content.decode(), page
    assert other.get(reverse("administration:people")).status_code == 200


def test_from_today_is_from_now_on(client: Client, chief: Person, deputy: Person) -> None:
    assert client.post(lending(chief), leave(deputy, first=timezone.localdate(clock.now()))).status_code == 302
    assert Delegation.objects.in_force().count() == 1
    tomorrow = timezone.localdate(clock.now()) + timedelta(days=30)
    assert client.post(lending(chief), leave(deputy, first=tomorrow, days=40)).status_code == 302
    assert Delegation.objects.in_force().count() == 1


def test_everything_of_a_post_is_lent_at_once(client: Client, chief: Person, deputy: Person) -> None:
    post = Post.objects.create(agency=chief.home, title="Chủ tịch", is_head=True)
    holding = Holding.objects.create(post=post, person=chief, from_on=date(2026, 1, 1))
    assert f"{MINE}add/?post={holding.pk}" in client.get(MINE).content.decode()
    assert client.post(f"{MINE}add/?post={holding.pk}", leave(deputy)).status_code == 302
    assert Delegation.objects.get().holding == holding


@pytest.mark.parametrize(
    "typed",
    [
        {"delegate": ""},
        {"delegate": "nobody"},
        {"last": ""},
        {"last": "9999-12-31"},
        {"last": "0001-01-01"},
        {"first": "0001-01-01"},
        {"first": "9999-12-31"},
        {"first": "hôm qua"},
        {"reason": ""},
        {"reason": "x" * 501},
    ],
)
def test_what_is_typed_badly_gets_a_sentence(
    client: Client, chief: Person, deputy: Person, typed: dict[str, str]
) -> None:
    answer = client.post(lending(chief), leave(deputy) | typed)
    assert answer.status_code == 422
    assert not Delegation.objects.exists()


def test_a_second_time_in_the_same_days_is_a_conflict(client: Client, chief: Person, deputy: Person) -> None:
    client.post(lending(chief), leave(deputy))
    answer = client.post(lending(chief), leave(deputy))
    assert answer.status_code == 409
    assert Delegation.objects.count() == 1


def test_nobody_is_offered_from_elsewhere_nor_oneself(client: Client, chief: Person, deputy: Person) -> None:
    stranger = make_person("xa-la", make_agency("W2"), "Đỗ Xa Lạ")
    page = client.get(lending(chief)).content.decode()
    assert str(deputy.pk) in page
    assert str(stranger.pk) not in page
    assert f'value="{chief.pk}"' not in page
    assert client.post(lending(chief), leave(stranger)).status_code == 422


@pytest.mark.parametrize("query", ["", "?grant=", "?grant=nonsense", "?post=0", "?grant={foreign}", "?post={foreign}"])
def test_only_ones_own_is_lent(client: Client, deputy: Person, query: str) -> None:
    foreign = give(deputy, Role.CLERK, deputy.home)
    assert client.get(f"{MINE}add/{query.format(foreign=foreign.pk)}").status_code == 404


def test_either_of_the_two_withdraws_and_nobody_else(client: Client, chief: Person, deputy: Person) -> None:
    client.post(lending(chief), leave(deputy))
    address = f"{MINE}{Delegation.objects.get().pk}/withdraw/"
    third = Client()
    sign_in(third, make_person("thu-ba", chief.home))
    assert third.get(address).status_code == 404
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).status_code == 422
    other = Client()
    sign_in(other, deputy)
    assert other.post(address, {"reason": "Không đảm nhận được"}).status_code == 302
    assert not Delegation.objects.in_force().exists()
    assert client.post(address, {"reason": "Về sớm"}).status_code == 409
    assert "Không đảm nhận được" in client.get(MINE).content.decode()


def test_who_holds_no_role_is_told_so() -> None:
    citizen = Client()
    sign_in(citizen, make_person("cong-dan"))
    assert "không giữ vai trò nào có thể ủy quyền" in citizen.get(MINE).content.decode()


def test_whoever_finds_a_browser_open_lends_nothing(client: Client, chief: Person, deputy: Person) -> None:
    grow_stale(client)
    answer = client.post(lending(chief), leave(deputy))
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not Delegation.objects.exists()


def test_days_at_the_ends_of_the_calendar_are_refused_in_words(client: Client, chief: Person, deputy: Person) -> None:
    post = Post.objects.create(agency=chief.home, title="Chủ tịch", is_head=True)
    holding = Holding.objects.create(person=chief, post=post, from_on=date(2026, 1, 1))
    for address in (lending(chief), f"{MINE}add/?post={holding.pk}"):
        for first, last in ((date.min, date.max), (date.max, date.max), (date.min, date.min)):
            answer = client.post(address, {"delegate": deputy.pk, "first": first, "last": last, "reason": "Nghỉ phép"})
            assert answer.status_code == 422, answer.content
    assert not Delegation.objects.exists()
