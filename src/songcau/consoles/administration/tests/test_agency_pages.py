"""The pages of agencies: the list, the tree, one agency, its posts, and how it changes, moves and ends."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from songcau.consoles.administration.agencies.listing import LISTING, rows
from songcau.consoles.administration.tests.conftest import City, grow_stale
from songcau.foundation.accounts.models import Agency, Holding, Person, Post, RoleGrant
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give, make_agency, make_person
from songcau.foundation.audit.models import Entry
from songcau.foundation.places.models import Unit
from songcau.foundation.places.rules import Level
from songcau.foundation.shell.lists import checked
from songcau.kernel import clock

HTML = "<script>alert(1)</script>"
NEW = {"name": "Phòng Mới", "code": "pm-1", "kind": "OFFICE", "parent": "", "unit": "", "opened_on": "2026-01-02"}


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def at(name: str, *args: object) -> str:
    return reverse(f"administration:{name}", args=args)


def entries(action: str) -> list[Entry]:
    return list(Entry.objects.filter(action=f"accounts.{action}").order_by("sequence"))


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined,no-any-return]


def english(city: City, name: str) -> Client:
    Person.objects.filter(pk=city.people[name].pk).update(language="en")
    return city.client(name)


@pytest.fixture
def admin(city: City) -> Client:
    return english(city, "quan")


@pytest.fixture
def ward(city: City) -> Client:
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

    assert codes("") == ["C", "W1", "D1", "W2"]
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


# Adding and changing


def test_an_agency_is_added(city: City, admin: Client) -> None:
    response = admin.post(at("agency_add"), NEW | {"parent": str(city.at("W2").pk), "unit": str(make_unit().pk)})
    assert response.status_code == 302
    added = city.at("PM-1")
    assert (added.name, added.path, added.opened_on) == ("Phòng Mới", "/C/W2/PM-1/", date(2026, 1, 2))
    assert added.unit_id == Unit.objects.get().pk
    assert [one.subject for one in entries("add_agency")] == [f"accounts.agency:{added.pk}"]
    assert "The agency was added." in text(admin.get(response["Location"]))
    assert "Last changes" in text(admin.get(at("agency", added.pk)))


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"name": ""}, 422, "This field is required"),
        ({"name": "a" * 10_000}, 422, "at most 200"),
        ({"code": "có dấu!"}, 422, "letters A to Z"),
        ({"code": "w1"}, 409, "The code W1 belongs to another agency"),
        ({"code": "A" * 10_000}, 422, "at most 40"),
        ({"kind": "KINGDOM"}, 422, "Select a valid choice"),
        ({"parent": "nonsense"}, 422, "valid"),
        ({"parent": "00000000-0000-0000-0000-000000000000"}, 422, "Select a valid choice"),
        ({"unit": "nonsense"}, 422, "valid"),
        ({"opened_on": "2026-02-30"}, 422, "Enter a valid date"),
        ({"opened_on": ""}, 422, "This field is required"),
        ({"opened_on": "9999-12-31"}, 422, "check the dates"),
    ],
)
def test_an_agency_badly_written(city: City, admin: Client, typed: dict[str, str], status: int, words: str) -> None:
    response = admin.post(at("agency_add"), NEW | typed)
    assert response.status_code == status
    assert words in text(response)
    assert 'role="alert"' in text(response)
    assert Agency.objects.count() == 4
    assert not entries("add_agency")


def test_the_tree_has_an_end(city: City, admin: Client) -> None:
    lowest = city.at("D1")
    for n in range(9):
        lowest = make_agency(f"T{n}", lowest)
    response = admin.post(at("agency_add"), NEW | {"parent": str(lowest.pk)})
    assert response.status_code == 422
    assert "at most 12 levels" in text(response)


def test_the_one_above_may_be_named_in_the_address(city: City, admin: Client, ward: Client) -> None:
    named = f"?under={city.at('W2').pk}"
    assert f'value="{city.at("W2").pk}" selected' in text(admin.get(at("agency_add") + named))
    for query in ("?under=nonsense", "?under=", f"?under={uuid4()}", "?under=%00", "?under=" + "x" * 5000):
        assert admin.get(at("agency_add") + query).status_code == 200, query
    assert "Cơ quan W2" not in text(ward.get(at("agency_add") + named))


def test_a_ward_adds_under_itself_only(city: City, ward: Client) -> None:
    assert ward.post(at("agency_add"), NEW).status_code == 422
    assert ward.post(at("agency_add"), NEW | {"parent": str(city.at("W2").pk)}).status_code == 422
    assert ward.post(at("agency_add"), NEW | {"parent": str(city.at("W1").pk)}).status_code == 302
    assert city.at("PM-1").path == "/C/W1/PM-1/"


def facts(agency: Agency, **typed: str) -> dict[str, str]:
    unit = str(agency.unit_id or "")
    return {"version": str(agency.version), "name": agency.name, "kind": agency.kind, "unit": unit, **typed}


def test_facts_are_changed_and_logged(city: City, admin: Client) -> None:
    page = at("agency_change", city.at("W1").pk)
    response = admin.post(page, facts(city.at("W1"), name="Phường Một", kind="WARD_COMMITTEE"))
    assert (response.status_code, response["Location"]) == (302, at("agency", city.at("W1").pk))
    assert (city.at("W1").name, city.at("W1").kind) == ("Phường Một", "WARD_COMMITTEE")
    assert entries("change_agency")[0].details["fields"] == ["name", "kind"]


def test_the_second_of_two_is_told_what_the_first_changed(city: City, admin: Client) -> None:
    page, before = at("agency_change", city.at("W1").pk), city.at("W1")
    assert admin.post(page, facts(before, kind="WARD_COMMITTEE", unit=str(make_unit().pk))).status_code == 302
    response = admin.post(page, facts(before, name="Tên của người sau"))
    assert response.status_code == 409
    assert "changed: kind, administrative unit" in text(response)
    assert 'value="Tên của người sau"' in text(response)
    assert city.at("W1").name == "Cơ quan W1"


@pytest.mark.parametrize(
    "typed", [{"name": " "}, {"version": ""}, {"version": "x"}, {"kind": ""}, {"unit": "0"}, {"name": "x" * 10_000}]
)
def test_facts_badly_written(city: City, admin: Client, typed: dict[str, str]) -> None:
    response = admin.post(at("agency_change", city.at("W1").pk), facts(city.at("W1"), **typed))
    assert response.status_code == 422
    assert 'role="alert"' in text(response)
    assert not entries("change_agency")


def test_a_unit_that_has_ended_is_not_lost_by_correcting_the_name(city: City, admin: Client) -> None:
    ended = make_unit("05400", until=date(2025, 7, 1))
    make_unit("05401", until=date(2025, 7, 1))
    Agency.objects.filter(code="W1").update(unit_id=ended.pk)
    form = text(admin.get(at("agency_change", city.at("W1").pk)))
    assert f'value="{ended.pk}" selected' in form
    assert "05401" not in form
    assert admin.post(at("agency_change", city.at("W1").pk), facts(city.at("W1"), name="Mới")).status_code == 302
    assert city.at("W1").unit_id == ended.pk


def test_a_closed_agency_is_not_changed(city: City, admin: Client) -> None:
    Agency.objects.filter(code="D1").update(closed_on=date(2026, 1, 1))
    closed = city.at("D1")
    page = text(admin.get(at("agency", closed.pk)))
    assert "closed on" in page
    assert at("agency_change", closed.pk) not in page
    for name, typed in (
        ("agency_change", facts(closed, name="X")),
        ("agency_move", {"version": "1", "parent": ""}),
        ("agency_close", {"closed_on": "2026-01-02", "reason": "x"}),
        ("post_add", {"title": "X"}),
    ):
        response = admin.post(at(name, closed.pk), typed)
        assert response.status_code == 422, name
        assert "is closed" in text(response), name


# Moving


def test_an_agency_moves_with_all_under_it(city: City, admin: Client) -> None:
    make_agency("E1", city.at("D1"))
    page = at("agency_move", city.at("D1").pk)
    assert f'value="{city.at("W1").pk}" selected' in text(admin.get(page))
    response = admin.post(page, {"version": "1", "parent": str(city.at("W2").pk)})
    assert response.status_code == 302
    assert (city.at("D1").path, city.at("E1").path) == ("/C/W2/D1/", "/C/W2/D1/E1/")
    assert entries("move_agency")[0].details == {"old_path": "/C/W1/D1/", "new_path": "/C/W2/D1/"}
    assert admin.post(page, {"version": "2", "parent": ""}).status_code == 302
    assert city.at("D1").path == "/D1/"


def test_no_agency_stands_under_itself(city: City, admin: Client) -> None:
    for under in ("W1", "D1"):
        response = admin.post(at("agency_move", city.at("W1").pk), {"version": "1", "parent": str(city.at(under).pk)})
        assert response.status_code == 422
        assert "cannot stand under itself" in text(response)
    assert city.at("W1").path == "/C/W1/"


def test_the_second_of_two_movers_is_told(city: City, admin: Client) -> None:
    page = at("agency_move", city.at("D1").pk)
    assert admin.post(page, {"version": "1", "parent": str(city.at("W2").pk)}).status_code == 302
    response = admin.post(page, {"version": "1", "parent": str(city.at("C").pk)})
    assert response.status_code == 409
    assert "changed: parent agency" in text(response)
    assert f'value="{city.at("C").pk}" selected' in text(response)


def test_a_ward_moves_nothing_out_of_itself(city: City, ward: Client) -> None:
    page = at("agency_move", city.at("D1").pk)
    for parent in ("", str(city.at("W2").pk), "nonsense"):
        assert ward.post(page, {"version": "1", "parent": parent}).status_code == 422
    assert city.at("D1").path == "/C/W1/D1/"


# Closing


def test_an_agency_with_nothing_left_is_closed(city: City, admin: Client) -> None:
    page = at("agency_close", city.at("D1").pk)
    assert "What still stands here" not in text(admin.get(page))
    response = admin.post(page, {"closed_on": str(clock.today()), "successor": "", "reason": "Giải thể"})
    assert response.status_code == 302
    assert city.at("D1").closed_on == clock.today()
    assert entries("close_agency")[0].details["reason"] == "Giải thể"
    assert at("agency_change", city.at("D1").pk) not in text(admin.get(at("agency", city.at("D1").pk)))


def test_what_still_stands_there_is_listed(city: City, admin: Client) -> None:
    page = at("agency_close", city.at("W1").pk)
    shown = text(admin.get(page))
    assert "Agencies under it: <strong>1</strong>" in shown
    assert "Roles granted here: <strong>2</strong>" in shown
    assert "People looked after here: <strong>3</strong>" in shown
    response = admin.post(page, {"closed_on": str(clock.today()), "reason": "Sáp nhập"})
    assert response.status_code == 422
    assert "1 agencies under it, 2 roles and 3 people" in text(response)
    assert "What still stands here" in text(response)
    assert "Sáp nhập</textarea>" in text(response)
    assert city.at("W1").closed_on is None


def test_a_successor_takes_over(city: City, admin: Client, ward: Client) -> None:
    page = at("agency_close", city.at("W1").pk)
    typed = {"closed_on": str(clock.today()), "successor": str(city.at("W2").pk), "reason": "Sáp nhập"}
    assert admin.post(page, typed).status_code == 302
    assert city.at("W1").closed_on == clock.today()
    assert city.at("D1").path == "/C/W2/D1/"
    assert Person.objects.get(pk=city.lan.pk).home == city.at("W2")
    assert RoleGrant.objects.not_ended().filter(person=city.thu, agency=city.at("W2")).exists()
    assert entries("close_agency")[0].details["successors"] == ["W2"]
    old, new = (text(admin.get(at("agency", city.at(code).pk))) for code in ("W1", "W2"))
    assert "Continued by" in old
    assert at("agency", city.at("W2").pk) in old
    assert "Continues" in new
    assert at("agency", city.at("W1").pk) in new
    # Whoever administered the ward now administers its successor, and is not led to what is out of reach.
    assert at("agency", city.at("W1").pk) not in text(ward.get(at("agency", city.at("W2").pk)))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"closed_on": "2026-02-30"}, "Enter a valid date"),
        ({"closed_on": ""}, "This field is required"),
        ({"closed_on": "0001-01-01"}, "check the dates"),
        ({"closed_on": "9999-12-31"}, "check the dates"),
        ({"reason": ""}, "Please give the reason"),
        ({"reason": "x" * 10_000}, "at most 500"),
        ({"successor": "nonsense"}, "valid"),
        ({"successor": "00000000-0000-0000-0000-000000000000"}, "Select a valid choice"),
    ],
)
def test_a_closing_badly_written(city: City, admin: Client, typed: dict[str, str], words: str) -> None:
    good = {"closed_on": str(clock.today()), "reason": "thử", "successor": ""}
    response = admin.post(at("agency_close", city.at("D1").pk), good | typed)
    assert response.status_code == 422
    assert words in text(response)
    assert city.at("D1").closed_on is None


def test_neither_itself_nor_what_lies_under_it_succeeds_an_agency(city: City, admin: Client) -> None:
    for code in ("W1", "D1"):
        typed = {"closed_on": str(clock.today()), "reason": "thử", "successor": str(city.at(code).pk)}
        assert admin.post(at("agency_close", city.at("W1").pk), typed).status_code == 422


# Posts


def test_a_post_is_added_filled_and_left(city: City, admin: Client) -> None:
    agency = city.at("W1")
    assert admin.post(at("post_add", agency.pk), {"title": "Chủ tịch", "is_head": "on"}).status_code == 302
    post = Post.objects.get()
    assert (post.title, post.is_head, post.agency) == ("Chủ tịch", True, agency)
    assert admin.post(at("post_hold", post.pk), {"person": "LAN", "from_on": "2026-01-01"}).status_code == 302
    holding = Holding.objects.get()
    assert holding.person == city.lan
    assert at("post_leave", holding.pk) in text(admin.get(at("agency", agency.pk)))
    assert admin.post(at("post_leave", holding.pk), {"until_on": "2026-02-01"}).status_code == 302
    assert Holding.objects.get().until_on == date(2026, 2, 1)
    assert [len(entries(verb)) for verb in ("add_post", "hold_post", "leave_post")] == [1, 1, 1]
    again = admin.post(at("post_leave", holding.pk), {"until_on": "2026-02-01"})
    assert again.status_code == 409
    assert "was left already" in text(again)


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"title": ""}, 422, "This field is required"),
        ({"title": "x" * 10_000}, 422, "at most 200"),
        ({"title": "Chủ tịch"}, 409, "already has a post"),
        ({"title": "Người khác", "is_head": "on"}, 409, "or a head"),
    ],
)
def test_a_post_badly_written(
    city: City, admin: Client, post: Post, typed: dict[str, str], status: int, words: str
) -> None:
    response = admin.post(at("post_add", city.at("W1").pk), typed)
    assert response.status_code == status
    assert words in text(response)
    assert Post.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"person": ""}, 422, "This field is required"),
        ({"person": "khongai"}, 422, "Nobody fits"),
        ({"person": "Trần"}, 422, "Nobody fits"),
        ({"person": "\u0301"}, 422, "Nobody fits"),
        ({"person": "nghi"}, 422, "Nobody fits"),
        ({"person": "Ngô Trùng"}, 422, "More than one person fits"),
        ({"person": "x" * 10_000}, 422, "at most 150"),
        ({"from_on": "2026-02-30"}, 422, "Enter a valid date"),
        ({"from_on": "9999-12-31"}, 422, "check the dates"),
        ({"from_on": ""}, 422, "This field is required"),
    ],
)
def test_a_post_filled_badly(
    city: City, admin: Client, post: Post, typed: dict[str, str], status: int, words: str
) -> None:
    make_person("nghi", city.at("W1"), is_active=False)
    for name in ("trung1", "trung2"):
        make_person(name, city.at("W1"), "Ngô Trùng")
    response = admin.post(at("post_hold", post.pk), {"person": "lan", "from_on": "2026-01-01"} | typed)
    assert response.status_code == status
    assert words in text(response)
    assert not Holding.objects.exists()


def test_a_post_is_filled_by_the_whole_name_without_marks(city: City, admin: Client, post: Post) -> None:
    typed = {"person": "tran thi lan", "from_on": str(clock.today())}
    assert admin.post(at("post_hold", post.pk), typed).status_code == 302
    assert Holding.objects.get().person == city.lan


def test_a_post_that_is_held_is_not_filled_again(city: City, admin: Client, post: Post, holding: Holding) -> None:
    response = admin.post(at("post_hold", post.pk), {"person": "thu", "from_on": str(clock.today())})
    assert response.status_code == 409
    assert "is held already" in text(response)


def test_a_ward_fills_posts_with_its_own_people(city: City, ward: Client, post: Post) -> None:
    response = ward.post(at("post_hold", post.pk), {"person": "hai", "from_on": "2026-01-01"})
    assert response.status_code == 422
    assert "Nobody fits" in text(response)
    assert ward.post(at("post_hold", post.pk), {"person": "lan", "from_on": "2026-01-01"}).status_code == 302


@pytest.mark.parametrize("until", ["2026-02-30", "", "2025-06-30", str(date.max), "nonsense"])
def test_a_post_left_on_a_day_that_cannot_be(city: City, admin: Client, holding: Holding, until: str) -> None:
    assert admin.post(at("post_leave", holding.pk), {"until_on": until}).status_code == 422
    assert Holding.objects.get().until_on is None
    assert holding.from_on < clock.today() - timedelta(days=1)
