"""Agencies: the tree, changes in it, posts."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from songcau.consoles.administration.tests.town import SignedIn, Town, as_, town
from songcau.foundation.accounts.models import Agency, Holding, Person, Post
from songcau.foundation.accounts.tests.people import make_agency

__all__ = ["as_", "town"]


def text(response: Any) -> str:
    return str(response.content.decode())


def at(name: str, *ids: object) -> str:
    return reverse(f"administration:{name}", args=ids)


def new(town: Town, **other: str) -> dict[str, str]:
    facts = {"name": "Phòng Tư pháp", "code": "TP-164", "kind": "OFFICE", "unit": "", "opened_on": "2026-01-01"}
    return {**facts, "parent": str(town.city.pk), **other}


def test_the_tree_and_the_list_show_what_the_actor_may_see(town: Town, as_: SignedIn) -> None:
    for name in ("agencies", "agency_tree"):
        everything, ward = text(as_(town.root).get(at(name))), text(as_(town.warden).get(at(name)))
        assert "UBND-1" in everything
        assert "UBND-2" in everything
        assert "UBND-1" in ward
        assert "UBND-2" not in ward


def test_the_tree_asks_as_often_for_many_as_for_few(
    town: Town, as_: SignedIn, django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        make_agency(f"P-{number}", town.one)
    client = as_(town.root)
    client.get(at("agency_tree"))
    with django_assert_max_num_queries(8):
        client.get(at("agency_tree"))


def test_an_agency_s_page_and_what_is_not_found(town: Town, as_: SignedIn) -> None:
    page = text(as_(town.root).get(at("agency", town.one.pk)))
    assert "Phạm Thu Hoà" in page
    assert at("agency_close", town.one.pk) in page
    assert as_(town.warden).get(at("agency", town.two.pk)).status_code == 404
    assert as_(town.root).get(at("agency", uuid4())).status_code == 404
    assert at("agency_close", town.one.pk) not in text(as_(town.clerk).get(at("agency", town.one.pk)))


def test_an_agency_is_added(town: Town, as_: SignedIn) -> None:
    assert as_(town.root).post(at("agency_add"), new(town)).status_code == 302
    assert Agency.objects.get(code="TP-164").path == "/UBND-164/TP-164/"


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "UBND-1"},
        {"code": "mã có dấu"},
        {"name": ""},
        {"name": "x" * 10_000},
        {"kind": "CASTLE"},
        {"parent": "nonsense"},
        {"parent": str(uuid4())},
        {"opened_on": "2026-02-30"},
        {"unit": str(uuid4())},
    ],
)
def test_a_bad_agency_is_refused_beside_the_form(town: Town, as_: SignedIn, wrong: dict[str, str]) -> None:
    answer = as_(town.root).post(at("agency_add"), new(town, **wrong))
    assert answer.status_code in {409, 422}
    assert 'role="alert"' in text(answer)
    assert not Agency.objects.filter(code="TP-164").exists()


@pytest.mark.parametrize("under", ["", "nonsense", "%00", "018f0000-0000-7000-8000-000000000000"])
def test_an_address_that_names_no_parent_opens_the_form(town: Town, as_: SignedIn, under: str) -> None:
    assert as_(town.root).get(f"{at('agency_add')}?under={under}").status_code == 200


def test_of_two_who_change_it_the_second_is_told(town: Town, as_: SignedIn) -> None:
    client = as_(town.root)
    form = {"version": "1", "name": "UBND phường Một", "kind": "WARD_COMMITTEE", "unit": ""}
    assert client.get(at("agency_change", town.one.pk)).status_code == 200
    assert client.post(at("agency_change", town.one.pk), form).status_code == 302
    second = client.post(at("agency_change", town.one.pk), {**form, "name": "Khác"})
    assert second.status_code == 409
    town.one.refresh_from_db()
    assert town.one.name == "UBND phường Một"


def test_a_loop_is_refused_in_words(town: Town, as_: SignedIn) -> None:
    client = as_(town.root)
    answer = client.post(at("agency_move", town.city.pk), {"version": "1", "parent": str(town.one.pk)})
    assert answer.status_code == 422
    assert "trực thuộc" in text(answer)
    town.city.refresh_from_db()
    assert town.city.parent is None
    assert client.post(at("agency_move", town.one.pk), {"version": "1", "parent": str(town.two.pk)}).status_code == 302
    town.one.refresh_from_db()
    assert town.one.path == "/UBND-164/UBND-2/UBND-1/"


def test_closing_lists_what_stands_in_the_way(town: Town, as_: SignedIn) -> None:
    client = as_(town.root)
    page = client.get(at("agency_close", town.one.pk))
    assert 'id="blockers"' in text(page)
    form = {"closed_on": "2026-11-23", "successor": "", "reason": "sắp xếp"}
    assert client.post(at("agency_close", town.one.pk), form).status_code == 422
    town.one.refresh_from_db()
    assert town.one.closed_on is None
    assert client.post(at("agency_close", town.one.pk), {**form, "successor": str(town.two.pk)}).status_code == 302
    town.one.refresh_from_db()
    assert town.one.closed_on == date(2026, 11, 23)
    assert Person.objects.get(pk=town.clerk.pk).home == town.two
    assert "UBND-2" in text(client.get(at("agency", town.one.pk)))


def test_an_empty_agency_is_closed_without_a_successor(town: Town, as_: SignedIn) -> None:
    empty = make_agency("P-1", town.city)
    form = {"closed_on": "2026-11-23", "successor": "", "reason": "sắp xếp"}
    assert as_(town.root).post(at("agency_close", empty.pk), form).status_code == 302


def test_posts_are_added_filled_and_left(town: Town, as_: SignedIn) -> None:
    client = as_(town.warden)
    assert client.post(at("post_add", town.one.pk), {"title": "Công chức một cửa"}).status_code == 302
    assert client.post(at("post_add", town.one.pk), {"title": "Công chức một cửa"}).status_code in {409, 422}
    post = Post.objects.get()
    hold = {"person": "motcua", "from_on": "2026-01-05"}
    for wrong in ({"person": "nobody-at-all"}, {"person": "nguoila"}, {"from_on": "2026-02-30"}):
        assert client.post(at("post_hold", post.pk), {**hold, **wrong}).status_code == 422
    assert client.post(at("post_hold", post.pk), {**hold, "person": "pham thu hoa"}).status_code == 302
    holding = Holding.objects.get()
    assert "Phạm Thu Hoà" in text(client.get(at("agency", town.one.pk)))
    assert client.post(at("post_leave", holding.pk), {"until_on": "2020-01-01"}).status_code == 422
    assert client.post(at("post_leave", holding.pk), {"until_on": "2026-06-30"}).status_code == 302
    assert client.get(at("post_hold", uuid4())).status_code == 404
    assert client.get(at("post_leave", uuid4())).status_code == 404
    assert as_(town.clerk).get(at("post_add", town.one.pk)).status_code == 403


def test_more_than_one_person_of_a_name_is_asked_for_the_username(town: Town, as_: SignedIn) -> None:
    from songcau.foundation.accounts.tests.people import make_person

    make_person("hoapt", home=town.one, full_name="Phạm Thu Hoà")
    post = Post.objects.create(agency=town.one, title="Trưởng bộ phận")
    answer = as_(town.root).post(at("post_hold", post.pk), {"person": "Phạm Thu Hoà", "from_on": "2026-01-05"})
    assert answer.status_code == 422
    assert Holding.objects.count() == 0
