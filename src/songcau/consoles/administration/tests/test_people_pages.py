"""The pages of people: who sees whom, and what."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from songcau.consoles.administration.people.listing import LISTING, rows
from songcau.consoles.administration.tests.answers import at, entries, text
from songcau.consoles.administration.tests.conftest import City, grow_stale
from songcau.foundation.accounts.models import Holding, Person, Post
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give, make_person, sign_in
from songcau.foundation.shell.lists import checked
from songcau.kernel import clock

pytestmark = pytest.mark.usefixtures("in_english")
DEEDS = ("change", "deactivate", "reactivate", "password", "second_factor", "unlock", "sign_out")
FRESH = {"deactivate", "reactivate", "password", "second_factor"}


def pages(person: Person) -> list[str]:
    return [at("people"), at("person_add"), at("person", person.pk), *(at(f"person_{d}", person.pk) for d in DEEDS)]


def test_the_administrator_opens_every_page(city: City, admin: Client) -> None:
    for page in pages(city.lan):
        assert admin.get(page).status_code == 200, page


def test_a_ward_sees_its_own_people_only(city: City, ward: Client) -> None:
    for page in pages(city.lan):
        assert ward.get(page).status_code == 200, page
    for page in pages(city.hai)[2:]:
        assert ward.get(page).status_code == 404, page
        assert ward.post(page, {"reason": "thử"}).status_code in (404, 405), page
    assert Person.objects.filter(pk=city.hai.pk, is_active=True).exists()
    listed = text(ward.get(at("people")))
    assert "Trần Thị Lan" in listed
    for hidden in ("Đỗ Văn Hải", "Cơ quan W2", "Nguyễn Văn Quản"):
        assert hidden not in listed
        assert hidden not in text(ward.get(at("person_add")))
    assert "hai" not in b"".join(ward.get(at("people") + "?format=csv")).decode()


def test_a_clerk_and_the_anonymous_open_none(city: City) -> None:
    for page in pages(city.lan):
        assert city.client("thu").get(page).status_code == 403, page
        response = Client().get(page)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))


def test_what_is_dangerous_asks_for_the_password_again(city: City, admin: Client) -> None:
    grow_stale(admin)
    for deed in DEEDS:
        for response in (
            admin.get(at(f"person_{deed}", city.lan.pk)),
            admin.post(at(f"person_{deed}", city.lan.pk), {"reason": "x"}),
        ):
            again = response.status_code == 302 and reverse("account_reauthenticate") in response["Location"]
            assert again == (deed in FRESH), deed
    assert not entries("deactivate_person") + entries("set_temporary_password") + entries("reset_second_factor")


def test_nobody_of_this_number(admin: Client) -> None:
    for page in pages(Person(pk=uuid4()))[2:]:
        assert admin.get(page).status_code == 404, page
    assert admin.get(at("people") + "nonsense/").status_code == 404


def test_lists_and_persons_are_only_read(city: City, admin: Client) -> None:
    assert admin.post(at("people")).status_code == 405
    assert admin.post(at("person", city.lan.pk)).status_code == 405


# The list


def test_the_list_filters_sorts_and_exports(city: City, admin: Client) -> None:
    Person.objects.filter(pk=city.lan.pk).update(is_active=False)

    def names(query: str) -> list[str]:
        return [row.cells[0].value for row in admin.get(at("people") + query).context["rows"]]

    assert names("?q=tran+lan") == ["Trần Thị Lan"]
    assert names("?state=off") == ["Trần Thị Lan"]
    assert "Trần Thị Lan" not in names("?state=on")
    assert names("?role=CLERK") == ["Phạm Thị Thư"]
    assert names("?q=khongai") == []
    assert names("") == ["Đỗ Văn Hải", "Trần Thị Lan", "Nguyễn Văn Quản", "Phạm Thị Thư", "Lê Uy"]
    csv = b"".join(admin.get(at("people") + "?format=csv")).decode("utf-8-sig")
    assert "Trần Thị Lan" in csv
    assert "switched off" in csv
    assert "One-stop clerk" in csv


def test_every_sort_exists_and_nonsense_is_passed_over(city: City, admin: Client) -> None:
    checked(LISTING, rows(actor_of(city.quan)))
    for query in ("?page=-1", "?sort=-nothing&role=KING&state=%00", "?q=%00%27", "?q=" + "x" * 5000):
        assert admin.get(at("people") + query).status_code == 200


def test_queries_do_not_grow_with_people(city: City, admin: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as spent:
            admin.get(at("people"))
        return len(spent)

    cost()
    before = cost()
    for n in range(12):
        give(make_person(f"nguoi{n}", city.at("W1")), Role.CLERK, city.at("W1"))
    assert cost() == before


# One person


def test_a_person_s_page_says_what_is_held(city: City, admin: Client) -> None:
    post = Post.objects.create(agency=city.at("W1"), title="Phó Chủ tịch")
    old = Post.objects.create(agency=city.at("W1"), title="Văn thư")
    Holding.objects.create(person=city.lan, post=post, from_on=date(2025, 7, 1))
    Holding.objects.create(person=city.lan, post=old, from_on=date(2024, 7, 1), until_on=date(2025, 6, 30))
    give(city.lan, Role.CLERK, city.at("W1"))
    give(city.lan, Role.SPECIALIST, city.at("W1"), until=clock.now() - timedelta(days=1))
    sign_in(Client(headers={"user-agent": "Mozilla/5.0 Firefox/140.0"}), city.lan)
    page = text(admin.get(at("person", city.lan.pk)))
    for words in ("Phó Chủ tịch", "Văn thư", "Cơ quan W1", "One-stop clerk", "Expired", "in force", "127.0.0.1"):
        assert words in page, words


def test_the_page_shows_the_last_changes_to_who_may_read_the_log(city: City, admin: Client, ward: Client) -> None:
    admin.post(at("person_sign_out", city.lan.pk))
    assert "Last changes" in text(admin.get(at("person", city.lan.pk)))
    assert "Last changes" not in text(ward.get(at("person", city.lan.pk)))


def test_a_ward_is_not_shown_what_its_person_is_elsewhere(city: City, ward: Client) -> None:
    give(city.lan, Role.SPECIALIST, city.at("W2"))
    post = Post.objects.create(agency=city.at("W2"), title="Trưởng phòng nơi khác")
    Holding.objects.create(person=city.lan, post=post, from_on=date(2025, 7, 1))
    give(city.hai, Role.CLERK, city.at("W1"))  # now visible, but at home elsewhere
    page = text(ward.get(at("person", city.lan.pk)))
    assert "Specialist" not in page
    assert "Trưởng phòng nơi khác" not in page
    listed = ward.get(at("people") + "?q=lan").context["rows"]
    assert [cell.value for cell in listed[0].cells][3] == ""
    other = text(ward.get(at("person", city.hai.pk)))
    assert "Cơ quan W2" in other
    assert at("agency", city.at("W2").pk) not in other
    assert at("person_change", city.hai.pk) not in other


def test_addresses_of_sessions_are_for_who_may_end_them(city: City, admin: Client) -> None:
    leader = make_person("chutich", city.at("W1"), "Ngô Chủ Tịch", language="en")
    give(leader, Role.WARD_LEADER, city.at("W1"))
    sign_in(Client(), city.lan)
    looking = Client()
    sign_in(looking, leader)
    assert "Where the person is signed in" in text(admin.get(at("person", city.lan.pk)))
    page = text(looking.get(at("person", city.lan.pk)))
    assert "Where the person is signed in" not in page
    assert "127.0.0.1" not in page


def test_whoever_stands_higher_can_be_looked_at_but_not_changed(city: City, ward: Client) -> None:
    give(city.lan, Role.AUDITOR)
    page = text(ward.get(at("person", city.lan.pk)))
    assert "more rights than you may hand on" in page
    assert at("person_password", city.lan.pk) not in page
    for deed in ("deactivate", "password", "second_factor", "unlock", "sign_out"):
        assert ward.post(at(f"person_{deed}", city.lan.pk), {"reason": "x"}).status_code == 403, deed
    assert Person.objects.get(pk=city.lan.pk).password == city.lan.password


def test_nobody_mends_their_own_account_here(city: City, admin: Client) -> None:
    page = text(admin.get(at("person", city.quan.pk)))
    assert at("person_change", city.quan.pk) in page
    assert at("person_deactivate", city.quan.pk) not in page
    assert at("grant_add") + "?person=" not in page
    for deed in ("deactivate", "reactivate", "password", "second_factor"):
        assert admin.post(at(f"person_{deed}", city.quan.pk), {"reason": "x"}).status_code == 403, deed


def test_a_page_of_somebody_without_anything(city: City, admin: Client) -> None:
    citizen = make_person("congdan", None, "Dân", is_demo=True)
    page = text(admin.get(at("person", citizen.pk)))
    for words in ("No role", "never", "made up for the demonstration", "not set up"):
        assert words in page
