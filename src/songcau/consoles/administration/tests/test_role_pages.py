"""The pages of roles: who holds which, and what each may do."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from songcau.consoles.administration.roles.listing import LISTING, rows
from songcau.consoles.administration.tests.answers import at, entries, giving, text
from songcau.consoles.administration.tests.conftest import City, grow_stale
from songcau.foundation.accounts.models import RoleGrant
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role, matrix
from songcau.foundation.accounts.tests.people import give, make_person, sign_in
from songcau.foundation.shell.lists import checked
from songcau.kernel import clock

pytestmark = pytest.mark.usefixtures("in_english")
GIVEN = {"role": "CLERK", "agency": "", "valid_from": "", "valid_to": "", "reason": "Theo quyết định 12"}


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
