"""The pages of roles: who holds which, giving, changing and withdrawing them, what each may do."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from songcau.consoles.administration.roles.listing import LISTING, rows
from songcau.consoles.administration.tests.conftest import City, grow_stale
from songcau.foundation.accounts.models import Agency, Person, RoleGrant
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role, matrix
from songcau.foundation.accounts.tests.people import give, make_person, sign_in
from songcau.foundation.audit.models import Entry
from songcau.foundation.shell.lists import checked
from songcau.kernel import clock

GIVEN = {"role": "CLERK", "agency": "", "valid_from": "", "valid_to": "", "reason": "Theo quyết định 12"}


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
def held(city: City) -> RoleGrant:
    """The clerk's role in W1."""
    return RoleGrant.objects.get(person=city.thu)


def giving(person: Person) -> str:
    return f"{at('grant_add')}?person={person.pk}"


def day(days: int) -> str:
    return str(clock.today() + timedelta(days=days))


def midnight(days: int) -> datetime:
    return timezone.make_aware(datetime.combine(clock.today() + timedelta(days=days), datetime.min.time()))


def pages(grant: RoleGrant) -> list[str]:
    own = [at(name, grant.pk) for name in ("grant", "grant_change_end", "grant_withdraw")]
    return [at("grants"), at("role_matrix"), at("grant_add"), giving(grant.person), *own]


def test_the_administrator_and_the_ward_open_every_page(admin: Client, ward: Client, held: RoleGrant) -> None:
    for page in pages(held):
        assert admin.get(page).status_code == 200, page
        assert ward.get(page).status_code == 200, page


def test_a_ward_does_not_reach_what_is_granted_elsewhere(city: City, ward: Client) -> None:
    elsewhere = RoleGrant.objects.get(person=city.hai)
    city_wide = RoleGrant.objects.get(person=city.quan)
    for grant in (elsewhere, city_wide):
        for page in pages(grant)[3:]:
            assert ward.get(page).status_code == 404, page
            assert ward.post(page, {"reason": "x"}).status_code in (404, 405), page
    listed = text(ward.get(at("grants")))
    assert "Phạm Thị Thư" in listed
    for hidden in ("Đỗ Văn Hải", "Nguyễn Văn Quản", "Cơ quan W2"):
        assert hidden not in listed
    assert "Cơ quan W2" not in text(ward.get(giving(city.lan)))
    assert RoleGrant.objects.filter(state="GRANTED").count() == 4


def test_clerks_and_the_anonymous_open_none(city: City, held: RoleGrant) -> None:
    clerk = city.client("thu")
    for page in pages(held):
        assert clerk.get(page).status_code == 403, page
        assert clerk.post(page, {}).status_code == 403, page
        response = Client().get(page)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))


def test_a_leader_reads_and_gives_nothing(city: City, held: RoleGrant) -> None:
    leader = make_person("chutich", city.at("W1"), "Ngô Chủ Tịch", language="en")
    give(leader, Role.WARD_LEADER, city.at("W1"))
    client = Client()
    sign_in(client, leader)
    page = text(client.get(at("grant", held.pk)))
    assert at("grant_withdraw", held.pk) not in page
    assert at("grant_change_end", held.pk) not in page
    assert at("grant_add") not in text(client.get(at("person", city.lan.pk)))
    for closed in pages(held)[2:4] + pages(held)[5:]:
        assert client.get(closed).status_code == 403, closed


def test_giving_and_taking_ask_for_the_password_again(city: City, admin: Client, held: RoleGrant) -> None:
    grow_stale(admin)
    fresh = {giving(held.person), at("grant_add"), at("grant_change_end", held.pk), at("grant_withdraw", held.pk)}
    for page in pages(held):
        responses = [admin.get(page)] + [admin.post(page, GIVEN)] * (page in fresh)
        for response in responses:
            again = response.status_code == 302 and reverse("account_reauthenticate") in response["Location"]
            assert again == (page in fresh), page
    assert not entries("grant_role") + entries("withdraw_role")


def test_nothing_of_this_number(admin: Client) -> None:
    for name in ("grant", "grant_change_end", "grant_withdraw"):
        assert admin.get(at(name, uuid4())).status_code == 404, name
    assert admin.get(f"{at('grant_add')}?person={uuid4()}").status_code == 404
    assert admin.post(f"{at('grant_add')}?person={uuid4()}", GIVEN).status_code == 404


# List, page, table


def test_the_list_filters_sorts_and_exports(city: City, admin: Client) -> None:
    give(city.lan, Role.CLERK, city.at("D1"), until=clock.now() + timedelta(days=3))
    over = give(city.lan, Role.SPECIALIST, city.at("D1"), until=clock.now() - timedelta(days=3))
    later = give(city.lan, Role.OPERATOR, city.at("D1"))
    RoleGrant.objects.filter(pk=later.pk).update(valid_from=clock.now() + timedelta(days=3))

    def names(query: str) -> list[tuple[str, str]]:
        found = admin.get(at("grants") + query).context["rows"]
        return [(row.cells[0].value, row.source.role) for row in found]

    assert names("?state=soon") == [("Trần Thị Lan", "CLERK")]
    assert names("?state=over") == [("Trần Thị Lan", "SPECIALIST")]
    assert names("?state=later") == [("Trần Thị Lan", "OPERATOR")]
    assert ("Phạm Thị Thư", "CLERK") in names("?state=in_force")
    assert len(names("?state=in_force")) == 5
    assert names("?role=SPECIALIST&q=hai") == [("Đỗ Văn Hải", "SPECIALIST")]
    assert names("?q=khongai") == []
    csv = b"".join(admin.get(at("grants") + "?format=csv")).decode("utf-8-sig")
    assert "Whole city" in csv
    assert "without an end date" in csv
    # The job has not come by yet; by the clock the role is over.
    assert over.state == "GRANTED"
    assert "Expired" in csv
    assert "Expired" in text(admin.get(at("grant", over.pk)))


def test_every_sort_exists_and_nonsense_is_passed_over(city: City, admin: Client) -> None:
    checked(LISTING, rows(actor_of(city.quan)))
    for query in ("?page=-1", "?sort=x&role=KING&state=x", "?q=%00", "?q=" + "x" * 5000):
        assert admin.get(at("grants") + query).status_code == 200


def test_queries_do_not_grow_with_roles(city: City, admin: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as spent:
            admin.get(at("grants"))
        return len(spent)

    cost()
    before = cost()
    for n in range(12):
        give(make_person(f"nguoi{n}", city.at("W2")), Role.CLERK, city.at("W2"))
    assert cost() == before


def test_the_table_of_roles_is_that_of_the_code(admin: Client) -> None:
    response = admin.get(at("role_matrix"))
    page = text(response)
    assert page.count("<tr>") == len(matrix()) + 1
    lines = {code: marks for _words, code, marks in response.context["lines"]}
    roles = list(Role)
    assert lines["audit.export"] == [role is Role.AUDITOR for role in roles]
    assert "Reset passwords and second factors" in page


def test_a_city_wide_role_has_no_agency_to_lead_to(city: City, admin: Client) -> None:
    page = text(admin.get(at("grant", RoleGrant.objects.get(person=city.quan).pk)))
    assert "Whole city" in page
    assert "songcau" in page


# Granting


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
