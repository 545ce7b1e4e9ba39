"""The pages of agencies: who sees the list, the tree and one agency, and what stands there."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from songcau.consoles.administration.agencies.listing import LISTING, rows
from songcau.consoles.administration.tests.answers import at, entries, text
from songcau.consoles.administration.tests.conftest import City, english, grow_stale, make_unit
from songcau.foundation.accounts.models import Agency, Holding, Person, Post
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give, make_agency, make_person
from songcau.foundation.shell.lists import checked

pytestmark = pytest.mark.usefixtures("in_english")
HTML = "<script>alert(1)</script>"


READING = ("agencies", "agency_tree")
MANAGING = ("agency_change", "agency_move", "agency_close", "post_add")


def managing(agency: Agency, post: Post, holding: Holding) -> list[str]:
    return [
        at("agency_add"),
        *(at(name, agency.pk) for name in MANAGING),
        at("post_hold", post.pk),
        at("post_leave", holding.pk),
    ]


def test_the_administrator_opens_every_page(city: City, admin: Client, post: Post, holding: Holding) -> None:
    for page in [*map(at, READING), at("agency", city.at("W1").pk), *managing(city.at("W1"), post, holding)]:
        assert admin.get(page).status_code == 200, page


def test_a_ward_sees_its_own_subtree_only(city: City, ward: Client) -> None:
    post = Post.objects.create(agency=city.at("W2"), title="Chủ tịch khác")
    holding = Holding.objects.create(person=city.hai, post=post, from_on=date(2025, 7, 1))
    for page in (*map(at, READING), at("agency", city.at("W1").pk), at("agency_add")):
        response = ward.get(page)
        assert response.status_code == 200, page
        for hidden in ("Cơ quan W2", "Đỗ Văn Hải", ">Cơ quan C<"):
            assert hidden not in text(response), (page, hidden)
    assert "Cơ quan D1" in text(ward.get(at("agency_tree")))
    for page in [at("agency", city.at("W2").pk), *managing(city.at("W2"), post, holding)[1:]]:
        assert ward.get(page).status_code == 404, page
        assert ward.post(page, {}).status_code in (404, 405), page
    assert ward.get(at("agency", city.at("C").pk)).status_code == 404


def test_a_clerk_looks_and_changes_nothing(city: City, post: Post, holding: Holding) -> None:
    clerk = english(city, "thu")
    for page in map(at, READING):
        assert clerk.get(page).status_code == 200, page
    page = text(clerk.get(at("agency", city.at("W1").pk)))
    # A clerk may not see people: the page does not pretend that there are none.
    for absent in ("Nobody is looked after here", at("agency_change", city.at("W1").pk), "Fill …", "Lê Uy"):
        assert absent not in page, absent
    assert at("agency_add") not in text(clerk.get(at("agencies")))
    for page in managing(city.at("W1"), post, holding):
        assert clerk.get(page).status_code == 403, page
        assert clerk.post(page, {}).status_code == 403, page


def test_the_anonymous_are_sent_to_sign_in(city: City, post: Post, holding: Holding) -> None:
    for page in [*map(at, READING), at("agency", city.at("W1").pk), *managing(city.at("W1"), post, holding)]:
        response = Client().get(page)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))


def test_moving_and_closing_ask_for_the_password_again(city: City, admin: Client, post: Post, holding: Holding) -> None:
    grow_stale(admin)
    agency = city.at("D1")
    fresh = {at("agency_move", agency.pk), at("agency_close", agency.pk)}
    for page in managing(agency, post, holding):
        for response in (admin.get(page), admin.post(page, {"closed_on": "2026-01-01", "reason": "x"})):
            again = response.status_code == 302 and reverse("account_reauthenticate") in response["Location"]
            assert again == (page in fresh), page
    assert not entries("close_agency")


def test_nothing_of_this_number(admin: Client) -> None:
    nobody = uuid4()
    for name in ("agency", *MANAGING, "post_hold", "post_leave"):
        assert admin.get(at(name, nobody)).status_code == 404, name
        assert admin.post(at(name, nobody), {}).status_code in (404, 405), name


# List, tree, page


def test_the_list_filters_sorts_and_exports(city: City, admin: Client) -> None:
    Agency.objects.filter(code="D1").update(closed_on=date(2026, 1, 1))

    def codes(query: str) -> list[str]:
        return [row.cells[1].value for row in admin.get(at("agencies") + query).context["rows"]]

    assert codes("") == ["C", "D1", "W1", "W2"]
    assert codes("?q=co+quan+w") == ["W1", "W2"]
    assert codes("?state=closed") == ["D1"]
    assert codes("?state=open&sort=-code") == ["W2", "W1", "C"]
    assert codes("?kind=ONE_STOP_DESK") == []
    assert "Cơ quan W2" in b"".join(admin.get(at("agencies") + "?format=csv")).decode("utf-8-sig")
    checked(LISTING, rows(actor_of(city.quan)))
    for query in ("?page=-1&sort=x", "?kind=%00", "?q=%00" + "x" * 5000):
        assert admin.get(at("agencies") + query).status_code == 200


def test_people_are_counted_without_those_switched_off(city: City, admin: Client) -> None:
    Person.objects.filter(pk=city.lan.pk).update(is_active=False)
    counted = {r.cells[1].value: r.cells[4].value for r in admin.get(at("agencies")).context["rows"]}
    assert counted == {"C": 1, "W1": 2, "D1": 0, "W2": 1}


@pytest.mark.parametrize("page", READING)
def test_queries_do_not_grow_with_agencies(city: City, admin: Client, page: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as spent:
            admin.get(at(page))
        return len(spent)

    cost()
    before = cost()
    for n in range(12):
        make_person(f"nguoi{n}", make_agency(f"X{n}", city.at("W2")))
    assert cost() == before


def test_queries_of_a_page_do_not_grow_with_what_stands_on_it(city: City, admin: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as spent:
            admin.get(at("agency", city.at("W1").pk))
        return len(spent)

    def more(n: int) -> None:
        person = make_person(f"nguoi{n}", make_agency(f"X{n}", city.at("W1")))
        post = Post.objects.create(agency=city.at("W1"), title=f"Chức vụ {n}")
        Holding.objects.create(person=person, post=post, from_on=date(2025, 1, 1))
        give(person, Role.CLERK, city.at("W1"))
        Person.objects.filter(pk=person.pk).update(home=city.at("W1"))

    more(0)
    cost()
    before = cost()
    for n in range(1, 9):
        more(n)
    assert cost() == before


def test_a_tree_without_the_closed_and_an_empty_one(city: City, admin: Client) -> None:
    make_agency("DEEP", city.at("D1"))
    Agency.objects.filter(code="W1").update(closed_on=date(2026, 1, 1))
    page = text(admin.get(at("agency_tree")))
    assert "Cơ quan W1" not in page
    for shown in ("Cơ quan C", "Cơ quan W2", "Cơ quan D1", "Cơ quan DEEP"):
        assert page.count(f">{shown}</a>") == 1, shown
    Agency.objects.update(closed_on=date(2026, 1, 1))
    assert "No agency" in text(admin.get(at("agency_tree")))


def test_an_agency_s_page_says_what_stands_there(city: City, admin: Client, holding: Holding) -> None:
    Post.objects.create(agency=city.at("W1"), title="Phó Chủ tịch")
    unit = make_unit()
    Agency.objects.filter(code="W1").update(unit_id=unit.pk)
    Person.objects.filter(pk=city.thu.pk).update(is_active=False)
    page = text(admin.get(at("agency", city.at("W1").pk)))
    for words in ("Phường 05431", "Cơ quan C", "Cơ quan D1", "Chủ tịch", "vacant", "Trần Thị Lan", "switched off"):
        assert words in page, words
    assert "Agency administrator" in page
    empty = text(admin.get(at("agency", city.at("D1").pk)))
    for words in ("No post yet", "Nobody is looked after here", "None."):
        assert words in empty, words


def test_names_are_shown_and_never_run(city: City, admin: Client) -> None:
    Agency.objects.filter(code="D1").update(name=HTML)
    Post.objects.create(agency=city.at("D1"), title=HTML)
    Person.objects.filter(pk=city.lan.pk).update(home=city.at("D1"))
    agency = city.at("D1")
    for page in (
        at("agency", agency.pk),
        at("agency_tree"),
        at("agencies"),
        at("agency_close", agency.pk),
        at("agency_change", agency.pk),
        at("post_hold", Post.objects.get(title=HTML).pk),
        at("person", city.lan.pk),
        at("person_add"),
    ):
        assert "<script>alert" not in text(admin.get(page)), page
        assert "&lt;script&gt;alert" in text(admin.get(page)), page
