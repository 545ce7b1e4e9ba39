"""Roles given, given another end, and withdrawn."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from songcau.consoles.administration.tests.answers import at, entries, giving, text
from songcau.consoles.administration.tests.conftest import City
from songcau.foundation.accounts.models import Agency, Person, RoleGrant
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give, make_person
from songcau.kernel import clock

pytestmark = pytest.mark.usefixtures("in_english")
GIVEN = {"role": "CLERK", "agency": "", "valid_from": "", "valid_to": "", "reason": "Theo quyết định 12"}


def day(days: int) -> str:
    return str(clock.today() + timedelta(days=days))


def midnight(days: int) -> datetime:
    return timezone.make_aware(datetime.combine(clock.today() + timedelta(days=days), datetime.min.time()))


def test_a_role_is_granted(city: City, admin: Client) -> None:
    typed = GIVEN | {"agency": str(city.at("W1").pk), "valid_from": day(2), "valid_to": day(9)}
    response = admin.post(giving(city.lan), typed)
    assert (response.status_code, response["Location"]) == (302, at("person", city.lan.pk))
    grant = RoleGrant.objects.get(person=city.lan)
    assert (grant.role, grant.agency, grant.granted_by) == ("CLERK", city.at("W1"), city.quan)
    assert (grant.valid_from, grant.valid_to) == (midnight(2), midnight(9))
    assert entries("grant_role")[0].details["reason"] == "Theo quyết định 12"
    page = text(admin.get(response["Location"]))
    assert "The role was granted." in page
    assert "not yet" in page


def test_without_dates_it_holds_at_once_and_without_end(city: City, admin: Client) -> None:
    assert admin.post(giving(city.lan), GIVEN | {"role": "AUDITOR"}).status_code == 302
    grant = RoleGrant.objects.get(person=city.lan)
    assert grant.agency is None
    assert grant.valid_from <= clock.now()
    assert grant.valid_to is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"reason": ""}, "Please give the reason"),
        ({"reason": "x" * 10_000}, "at most 500"),
        ({"role": ""}, "This field is required"),
        ({"role": "KING"}, "Select a valid choice"),
        ({"role": "x" * 10_000}, "Select a valid choice"),
        ({"agency": ""}, "either in an agency or in the whole city"),
        ({"role": "SYSTEM_ADMINISTRATOR"}, "either in an agency or in the whole city"),
        ({"agency": "nonsense"}, "valid"),
        ({"agency": "00000000-0000-0000-0000-000000000000"}, "Select a valid choice"),
        ({"valid_from": "2026-02-30"}, "Enter a valid date"),
        ({"valid_to": "2026-02-30"}, "Enter a valid date"),
        ({"valid_to": "0001-01-01"}, "check the dates"),
        ({"valid_from": "9999-12-31", "valid_to": "9999-12-31"}, "check the dates"),
    ],
)
def test_a_role_badly_granted(city: City, admin: Client, typed: dict[str, str], words: str) -> None:
    response = admin.post(giving(city.lan), GIVEN | {"agency": str(city.at("W1").pk)} | typed)
    assert response.status_code == 422
    assert words in text(response)
    assert 'role="alert"' in text(response)
    assert "Theo quyết định 12" in text(response) or "reason" in typed
    assert not RoleGrant.objects.filter(person=city.lan).exists()
    assert not entries("grant_role")


@pytest.mark.parametrize("first", ["0001-01-01", "1900-01-01"])
def test_a_beginning_long_ago_is_now(city: City, admin: Client, first: str) -> None:
    typed = GIVEN | {"agency": str(city.at("W1").pk), "valid_from": first}
    assert admin.post(giving(city.lan), typed).status_code == 302
    assert abs(RoleGrant.objects.get(person=city.lan).valid_from - clock.now()) < timedelta(minutes=1)


def test_the_last_day_there_is(city: City, admin: Client) -> None:
    typed = GIVEN | {"agency": str(city.at("W1").pk), "valid_to": "9999-12-31"}
    assert admin.post(giving(city.lan), typed).status_code == 302
    grant = RoleGrant.objects.get(person=city.lan)
    assert admin.get(at("grant", grant.pk)).status_code == 200
    assert admin.get(at("grant_change_end", grant.pk)).status_code == 200
    assert admin.get(at("person", city.lan.pk)).status_code == 200


def test_the_same_role_stands_once(city: City, admin: Client) -> None:
    response = admin.post(giving(city.thu), GIVEN | {"agency": str(city.at("W1").pk)})
    assert response.status_code == 409
    assert "holds this role there already" in text(response)
    assert "Theo quyết định 12" in text(response)


def test_nobody_switched_off_gets_a_role(city: City, admin: Client) -> None:
    Person.objects.filter(pk=city.lan.pk).update(is_active=False)
    assert at("grant_add") + "?person=" not in text(admin.get(at("person", city.lan.pk)))
    response = admin.post(giving(city.lan), GIVEN | {"agency": str(city.at("W1").pk)})
    assert response.status_code == 422
    assert "switched off" in text(response)


def test_nobody_grants_to_themselves(city: City, admin: Client) -> None:
    response = admin.post(giving(city.quan), GIVEN | {"agency": str(city.at("W1").pk)})
    assert response.status_code == 403
    assert "your own account" in text(response)
    assert RoleGrant.objects.filter(person=city.quan).count() == 1


def test_a_ward_grants_in_its_subtree_what_it_may_hand_on(city: City, ward: Client) -> None:
    page = text(ward.get(giving(city.lan)))
    assert "One-stop clerk" in page
    assert page.count('value="" selected>—</option>') == 2  # neither a role nor a place is given by forgetting it
    for absent in ("System administrator", "Auditor", "Whole city"):
        assert absent not in page, absent
    for typed in (
        {"agency": str(city.at("W2").pk)},
        {"agency": str(city.at("C").pk)},
        {"agency": ""},
        {"agency": str(city.at("W1").pk), "role": "AUDITOR"},
        {"agency": str(city.at("W1").pk), "role": "SYSTEM_ADMINISTRATOR"},
    ):
        assert ward.post(giving(city.lan), GIVEN | typed).status_code == 422, typed
    assert not RoleGrant.objects.filter(person=city.lan).exists()
    assert ward.post(giving(city.lan), GIVEN | {"agency": str(city.at("D1").pk)}).status_code == 302


@pytest.mark.parametrize("query", ["", "?person=", "?person=nonsense", "?person=%00", "?person=" + "9" * 5000])
def test_without_a_person_the_list_of_people_is_where_to_begin(admin: Client, query: str) -> None:
    for response in (admin.get(at("grant_add") + query), admin.post(at("grant_add") + query, GIVEN)):
        assert response.status_code == 200
        assert at("people") in text(response)
    assert not entries("grant_role")


def test_closed_agencies_are_not_offered(city: City, admin: Client) -> None:
    Agency.objects.filter(code="D1").update(closed_on=clock.today())
    assert "Cơ quan D1" not in text(admin.get(giving(city.lan)))


# The end


def test_the_end_is_shown_changed_and_taken_away(city: City, admin: Client, held: RoleGrant) -> None:
    page = at("grant_change_end", held.pk)
    assert admin.post(page, {"valid_to": day(5), "reason": "Biệt phái"}).status_code == 302
    assert RoleGrant.objects.get(pk=held.pk).valid_to == midnight(5)
    # What is there now stands in the form: saving it unread does not make the role endless.
    assert f'value="{day(5)}"' in text(admin.get(page))
    assert admin.post(page, {"valid_to": "", "reason": "Ở lại"}).status_code == 302
    assert RoleGrant.objects.get(pk=held.pk).valid_to is None
    assert [one.details["reason"] for one in entries("change_role_end")] == ["Biệt phái", "Ở lại"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"valid_to": "2026-02-30"}, "Enter a valid date"),
        ({"valid_to": "0001-01-01"}, "check the dates"),
        ({"reason": " "}, "Please give the reason"),
        ({"reason": "x" * 10_000}, "at most 500"),
    ],
)
def test_an_end_badly_written(admin: Client, held: RoleGrant, typed: dict[str, str], words: str) -> None:
    response = admin.post(at("grant_change_end", held.pk), {"valid_to": day(5), "reason": "thử"} | typed)
    assert response.status_code == 422
    assert words in text(response)
    assert RoleGrant.objects.get(pk=held.pk).valid_to is None


def test_nobody_prolongs_their_own_role(city: City, ward: Client) -> None:
    own = RoleGrant.objects.get(person=city.uy)
    page = text(ward.get(at("grant", own.pk)))
    assert at("grant_change_end", own.pk) not in page
    assert ward.post(at("grant_change_end", own.pk), {"valid_to": "", "reason": "x"}).status_code == 403


def test_a_role_is_withdrawn(city: City, admin: Client, held: RoleGrant) -> None:
    theirs = city.client("thu")
    assert theirs.get(at("agencies")).status_code == 200
    response = admin.post(at("grant_withdraw", held.pk), {"reason": "Chuyển công tác"})
    assert (response.status_code, response["Location"]) == (302, at("grant", held.pk))
    page = text(admin.get(response["Location"]))
    assert "Chuyển công tác" in page
    assert "Nguyễn Văn Quản" in page
    assert at("grant_withdraw", held.pk) not in page
    assert theirs.get(at("agencies")).status_code == 403
    assert entries("withdraw_role")[0].details["reason"] == "Chuyển công tác"
    for name, typed in (("grant_withdraw", {"reason": "x"}), ("grant_change_end", {"reason": "x", "valid_to": ""})):
        again = admin.post(at(name, held.pk), typed)
        assert again.status_code in (409, 422), name
        assert "no longer possible" in text(again)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 10_000])
def test_withdrawing_needs_a_reason(admin: Client, held: RoleGrant, reason: str) -> None:
    response = admin.post(at("grant_withdraw", held.pk), {"reason": reason})
    assert response.status_code == 422
    assert 'href="#id_reason"' in text(response)
    assert RoleGrant.objects.get(pk=held.pk).state == "GRANTED"


def test_the_last_administrator_does_not_step_down(city: City, admin: Client) -> None:
    own = RoleGrant.objects.get(person=city.quan)
    response = admin.post(at("grant_withdraw", own.pk), {"reason": "Mệt"})
    assert response.status_code == 422
    assert "last system administrator" in text(response)
    assert "Mệt</textarea>" in text(response)
    give(city.lan, Role.SYSTEM_ADMINISTRATOR)
    assert admin.post(at("grant_withdraw", own.pk), {"reason": "Mệt"}).status_code == 302
    assert admin.get(at("people")).status_code == 403


def test_the_last_administrator_gets_no_end(city: City, admin: Client) -> None:
    other = make_person("quan2", city.at("C"), "Hoàng Quản")
    lasting = give(other, Role.SYSTEM_ADMINISTRATOR)
    RoleGrant.objects.filter(person=city.quan).update(valid_to=clock.now() + timedelta(days=3))
    response = admin.post(at("grant_change_end", lasting.pk), {"valid_to": day(9), "reason": "thử"})
    assert response.status_code == 422
    assert "last system administrator" in text(response)


def test_a_ward_takes_no_role_stronger_than_its_own(city: City, ward: Client) -> None:
    strong = give(city.lan, Role.AUDITOR, city.at("W1"))
    RoleGrant.objects.filter(pk=strong.pk).update(agency=city.at("W1"))
    page = text(ward.get(at("grant", strong.pk)))
    assert at("grant_withdraw", strong.pk) not in page
    assert ward.post(at("grant_withdraw", strong.pk), {"reason": "x"}).status_code == 403
    assert RoleGrant.objects.get(pk=strong.pk).state == "GRANTED"


def test_reasons_are_shown_and_never_run(admin: Client, held: RoleGrant) -> None:
    RoleGrant.objects.filter(pk=held.pk).update(reason="<script>alert(1)</script>")
    for page in (at("grant", held.pk), at("grants")):
        assert "<script>alert" not in text(admin.get(page))
        assert "&lt;script&gt;alert" in text(admin.get(page))
