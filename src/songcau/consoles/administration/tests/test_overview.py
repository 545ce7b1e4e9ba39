"""The first page of the administration: what each may see, and that figures count what their lists show."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from songcau.consoles.administration.overview import figures, rows
from songcau.consoles.administration.tests.happenings import client_of, make_delivery, make_worker, person_with
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give, make_agency, make_person
from songcau.foundation.audit.actions import verify_chain
from songcau.foundation.places.actions import load_profile
from songcau.foundation.shell.lists import checked
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db
OVERVIEW = "administration:overview"


def labels(client: Client) -> list[str]:
    with translation.override("vi"):
        return [section.label for section in client.get(reverse(OVERVIEW)).context["sections"]]


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_its_own_parts(role: Role) -> None:
    seen = labels(client_of(role))
    assert ("Nhật ký hệ thống" in seen) == (role in {Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR})
    assert ("Hệ thống đang cài đặt" in seen) == (role in {Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR})
    assert ("Người dùng" in seen) == (role not in {Role.CLERK, Role.SPECIALIST})
    assert "Đơn vị hành chính" in seen


def test_nobody_without_a_role_opens_it() -> None:
    assert client_of(None).get(reverse(OVERVIEW)).status_code == 403
    assert Client().get(reverse(OVERVIEW)).status_code == 302


@pytest.mark.parametrize("name", rows.BEHIND)
@pytest.mark.parametrize("role", [*Role, None])
def test_a_list_opens_for_those_who_see_its_figure(name: str, role: Role | None) -> None:
    person = person_with(role)
    client = client_of(role, f"khac-{role or 'khong'}".lower().replace("_", "-"))
    may = actor_of(person).may(rows.BEHIND[name].permission)
    for query in ("", "?q=%00&page=x&sort=zz", "?format=csv"):
        response = client.get(reverse("administration:behind", args=[name]) + query)
        assert response.status_code == (200 if may else 403)


def test_a_list_that_does_not_exist_is_not_found() -> None:
    assert client_of(Role.AUDITOR).get(reverse("administration:behind", args=["nothing"])).status_code == 404


@pytest.mark.parametrize("name", rows.BEHIND)
def test_every_sort_of_each_list_exists(name: str) -> None:
    make_person("hay-quen")
    wrong_passwords(Client(), "hay-quen")
    checked(rows.BEHIND[name].listing, rows.BEHIND[name].rows(SYSTEM))


def wrong_passwords(client: Client, username: str, times: int = 5) -> None:
    for _n in range(times):
        client.post(reverse("account_login"), {"login": username, "password": "sai hẳn rồi"})


def test_figures_count_what_their_lists_show() -> None:
    load_profile(by=SYSTEM, name="tn-2022")
    administrator = client_of(Role.SYSTEM_ADMINISTRATOR)
    agency = make_agency("UBND-X")
    soon, late, off = (make_person(name, agency) for name in ("sap-het", "con-lau", "da-nghi"))
    off.is_active = False
    off.save()
    give(soon, Role.CLERK, agency, until=clock.now() + timedelta(days=29))
    give(late, Role.CLERK, agency, until=clock.now() + timedelta(days=31))
    wrong_passwords(Client(), "con-lau")
    wrong_passwords(Client(), "khong-co-nguoi-nay")
    make_delivery()
    figures_shown = [
        figure for section in administrator.get(reverse(OVERVIEW)).context["sections"] for figure in section.figures
    ]
    behind = [figure for figure in figures_shown if "/behind/" in figure.href]
    assert len(behind) == len(rows.BEHIND)
    counts = {}
    for figure in behind:
        total = administrator.get(figure.href).context["page"].total
        assert figure.value == total, figure.label
        counts[figure.href.split("/")[-2]] = total
    assert counts["active"] == 3
    assert counts["ending-roles"] == 1
    assert counts["locked"] == 1
    assert counts["without-second-factor"] == 2
    assert counts["units"] > 32
    by_href = {figure.href: figure.value for figure in figures_shown if figure.href}
    for name in ("administration:dead_letters", "administration:audit"):
        listed = administrator.get(reverse(name)).context["page"].total
        page = administrator.get(reverse(OVERVIEW)).context["sections"]
        value = next(f.value for s in page for f in s.figures if f.href == reverse(name))
        assert value == listed, (name, by_href)


def test_an_unlocked_person_is_not_counted() -> None:
    from songcau.foundation.accounts import lockout

    person = make_person("hay-quen")
    wrong_passwords(Client(), "hay-quen")
    assert list(rows.locked_people(SYSTEM)) == [person]
    lockout.clear(person)
    assert list(rows.locked_people(SYSTEM)) == []


def test_an_agency_administrator_counts_their_own_people_only() -> None:
    own, other = make_agency("A"), make_agency("B")
    make_person("nguoi-b", other)
    chief = make_person("truong-a", own)
    give(chief, Role.AGENCY_ADMINISTRATOR, own)
    assert [person.username for person in rows.active_people(actor_of(chief))] == ["truong-a"]


def test_what_is_wrong_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    load_profile(by=SYSTEM, name="tn-2022")
    administrator = client_of(Role.SYSTEM_ADMINISTRATOR)
    make_delivery()
    monkeypatch.setattr(figures, "LEAST_DISK_BYTES", 2**62)
    page = administrator.get(reverse(OVERVIEW))
    alarms = [figure.alarm for section in page.context["sections"] for figure in section.figures if figure.alarm]
    assert len(alarms) >= 2
    assert page.context["workers_alive"] == 0
    make_worker()
    assert administrator.get(reverse(OVERVIEW)).context["workers_alive"] == 1


def test_the_last_verification_is_shown_with_its_time() -> None:
    auditor = client_of(Role.AUDITOR)
    verify_chain(by=SYSTEM)
    with translation.override("vi"):
        assert "không có sai lệch" in auditor.get(reverse(OVERVIEW)).content.decode()


def test_a_broken_chain_raises_an_alarm() -> None:
    from songcau.foundation.audit import guards

    auditor = client_of(Role.AUDITOR)
    with guards.ENTRIES.dropped(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET subject = 'x' WHERE sequence = 1")
    verify_chain(by=SYSTEM)
    page = auditor.get(reverse(OVERVIEW))
    assert [f.value for s in page.context["sections"] for f in s.figures if f.alarm and "audit" in f.href]


def test_the_page_asks_a_bounded_number_of_questions() -> None:
    administrator = client_of(Role.SYSTEM_ADMINISTRATOR)
    administrator.get(reverse(OVERVIEW))
    with CaptureQueriesContext(connection) as few:
        administrator.get(reverse(OVERVIEW))
    for n in range(20):
        person_with(Role.CLERK, f"can-bo-{n}")
        make_delivery(subject=f"s:{n}")
    with CaptureQueriesContext(connection) as many:
        administrator.get(reverse(OVERVIEW))
    assert len(many) == len(few)
