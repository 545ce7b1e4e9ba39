"""How an agency is added, changed, moved and closed."""

from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from songcau.consoles.administration.tests.answers import at, entries, text
from songcau.consoles.administration.tests.conftest import City, make_unit
from songcau.foundation.accounts.models import Agency, Person, RoleGrant
from songcau.foundation.accounts.tests.people import make_agency
from songcau.foundation.places.models import Unit
from songcau.kernel import clock

pytestmark = pytest.mark.usefixtures("in_english")
NEW = {"name": "Phòng Mới", "code": "pm-1", "kind": "OFFICE", "parent": "", "unit": "", "opened_on": "2026-01-02"}


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
