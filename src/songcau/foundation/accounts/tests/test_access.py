"""The door: declarations kept, thresholds, sessions that end."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver, reverse

from songcau.foundation.accounts import access, actions, entering, second_factor
from songcau.foundation.accounts.models import Person, RoleGrant
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import PASSWORD, SECRET, Codes, give, make_person, sign_in
from songcau.foundation.audit.models import Entry
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.urls("songcau.foundation.accounts.tests.urls")]

SIGN_IN = "/accounts/login/"
ACTIVATE = "/accounts/second-factor/activate/"
CODE_AGAIN = "/accounts/second-factor/reauthenticate/"
PASSWORD_PAGE = "/accounts/password/"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def leader(tree):
    person = make_person("chutich", tree["W1"], full_name="Hoàng Thị Chủ")
    give(person, Role.WARD_LEADER, tree["W1"])
    return person


@pytest.fixture
def quantri(tree):
    person = make_person("quantri", full_name="Nguyễn Văn Quản")
    give(person, Role.SYSTEM_ADMINISTRATOR)
    return person


def routes(patterns=None, namespace=""):
    for one in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, f"{one.namespace}:" if one.namespace else namespace)
        elif one.name:
            yield namespace + one.name


def went_to(response):
    return response.status_code, response.get("Location", "").partition("?")[0]


def test_a_route_that_declares_nothing_is_closed_to_all(client, quantri):
    assert client.get("/undeclared/").status_code == 403
    sign_in(client, quantri)
    response = client.get("/undeclared/")
    assert response.status_code == 403
    assert b"never" not in response.content


def test_pages_that_are_not_in_use_do_not_exist(client):
    for page in ("signup/", "email/", "confirm-email/", "password/reset/", "login/code/", "2fa/", "password/set/"):
        assert client.get(f"/accounts/{page}").status_code == 404


def test_who_is_not_signed_in_goes_to_the_sign_in_page(client):
    assert client.get("/everyone/").content == b"anonymous 0"
    response = client.get("/people/?page=2")
    assert response["Location"] == "/accounts/login/?next=%2Fpeople%2F%3Fpage%3D2"
    assert client.post("/people/")["Location"] == SIGN_IN
    assert client.get("/tables/")["Location"].startswith(SIGN_IN)
    assert client.get("/people/", headers={"accept": "text/event-stream"}).status_code == 401
    assert client.get("/people/", headers={"accept": "application/json"}).status_code == 401
    part = client.get("/people/", headers={"hx-request": "true"})
    assert (part.status_code, part["HX-Redirect"]) == (200, SIGN_IN)


def test_a_citizen_needs_no_second_factor_and_gets_nowhere_with_a_permission(client, tree):
    sign_in(client, make_person("congdan"))
    assert client.get("/anybody/").status_code == 200
    assert client.get("/people/").status_code == 403
    assert client.get("/tables/").status_code == 403


def test_staff_come_in_with_both_factors_only(client, leader):
    sign_in(client, leader)
    assert client.get("/people/").content == b"people"
    assert client.get("/tables/").status_code == 403  # not an administrator


def test_without_a_second_factor_staff_get_to_no_route_at_all(client, quantri):
    """Every route that there is, Django's admin included, sends to setting it up; the open ones show nothing more."""
    sign_in(client, quantri, second=False)
    may_open = {"mfa_activate_totp", "account_reauthenticate", "account_change_password"}
    # The door of the citizens, open to everyone: it asks who comes and shows nothing of anybody.
    may_open |= {"citizen_sign_in", "citizen_name", "citizen_phone", "citizen_phone_code"}
    tried = 0
    for name in set(routes()):
        try:
            url = reverse(name)
        except Exception:  # noqa: S112 - takes arguments; tried below
            continue
        if name in may_open or access._declared.get(name) == access.OPEN or name in ("undeclared", "everyone"):
            continue
        tried += 1
        for response in (client.get(url), client.post(url)):
            assert went_to(response) == (302, ACTIVATE), name
    assert tried > 15
    person_page = reverse("admin:auth_group_change", args=[1])
    assert went_to(client.get(person_page)) == (302, ACTIVATE)
    assert client.get("/everyone/").content == "Nguyễn Văn Quản (quantri) 0".encode()


def test_a_factor_set_up_elsewhere_must_be_used_here_before_anything(client, leader):
    sign_in(client, leader, second=False)
    second_factor.set_up(leader, SECRET)
    Person.objects.filter(pk=leader.pk).update(must_change_password=True)
    for page in ("/people/", PASSWORD_PAGE, ACTIVATE, "/accounts/reauthenticate/", "/accounts/sessions/"):
        assert went_to(client.get(page)) == (302, CODE_AGAIN), page
    assert client.post(CODE_AGAIN, {"code": Codes(leader).next()}).status_code == 302
    assert went_to(client.get("/people/")) == (302, PASSWORD_PAGE)


def test_the_first_sign_in_of_an_administrator(client, db):
    password = actions.bootstrap_administrator(by=SYSTEM, username="quantri", full_name="Nguyễn Văn Quản")
    client.post(SIGN_IN, {"login": "quantri", "password": password})
    assert went_to(client.get("/tables/")) == (302, PASSWORD_PAGE)
    assert went_to(client.get(ACTIVATE)) == (302, PASSWORD_PAGE)
    form = {"oldpassword": password, "password1": password, "password2": password}
    assert client.post(PASSWORD_PAGE, form).context["form"].errors["password1"]
    new = "Sông Cầu nước chảy lơ thơ"
    assert client.post(PASSWORD_PAGE, form | {"password1": new, "password2": new}).status_code == 302
    assert went_to(client.get("/tables/")) == (302, ACTIVATE)
    secret = client.get(ACTIVATE).context["form"].secret
    wrong = client.post(ACTIVATE, {"code": "000000"})
    assert wrong.context["form"].errors["code"]
    assert went_to(client.get("/tables/")) == (302, ACTIVATE)
    code = second_factor.current_code(secret, clock.now())
    assert went_to(client.post(ACTIVATE, {"code": code})) == (302, "/accounts/second-factor/recovery-codes/")
    assert len(client.get("/accounts/second-factor/recovery-codes/").context["unused_codes"]) == 10
    assert client.get("/tables/").status_code == 200
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored
    assert second_factor.decrypted(stored) == secret
    assert not Client().post(SIGN_IN, {"login": "quantri", "password": password}).wsgi_request.user.is_authenticated
    actions_done = set(Entry.objects.values_list("action", flat=True))
    assert {"accounts.sign_in", "accounts.change_own_password", "accounts.fail_code"} <= actions_done


def test_the_administrator_looks_into_tables_and_changes_none(client, quantri):
    sign_in(client, quantri)
    assert client.get("/tables/").status_code == 200
    assert client.get(reverse("admin:mfa_authenticator_changelist")).status_code == 403
    assert client.get(reverse("admin:usersessions_usersession_changelist")).status_code == 403
    assert client.get(reverse("admin:auth_group_add")).status_code == 403


def test_an_expired_role_loses_access_in_the_middle_of_a_session(client, leader):
    sign_in(client, leader)
    assert client.get("/people/").status_code == 200
    RoleGrant.objects.filter(person=leader).update(valid_to=clock.now())
    assert client.get("/people/").status_code == 403
    RoleGrant.objects.filter(person=leader).update(valid_to=None)
    assert client.get("/people/").status_code == 200
    actions.withdraw_role(by=SYSTEM, grant_id=RoleGrant.objects.get(person=leader).id, reason="thôi giữ chức")
    assert client.get("/people/").status_code == 403


@pytest.mark.parametrize(
    "deed",
    [
        lambda person: actions.sign_out_everywhere(by=SYSTEM, person_id=person.id),
        lambda person: actions.deactivate_person(by=SYSTEM, person_id=person.id, reason="thử"),
        lambda person: actions.set_temporary_password(by=SYSTEM, person_id=person.id),
        lambda person: actions.reset_second_factor(by=SYSTEM, person_id=person.id, reason="thử"),
    ],
)
def test_a_stolen_session_dies_at_once(client, leader, deed):
    """Also a copy whose row in the session table is put back: the epoch is part of what it is checked against."""
    sign_in(client, leader)
    key, stolen = client.session.session_key, Session.objects.get(pk=client.session.session_key)
    deed(leader)
    assert went_to(client.get("/anybody/"))[1] == SIGN_IN
    stolen.save()
    client.cookies["sessionid"] = key
    assert went_to(client.get("/anybody/"))[1] == SIGN_IN


def test_a_session_in_another_browser_is_ended_for_both(client, leader):
    sign_in(client, leader)
    thief = Client(headers={"user-agent": "Mozilla/5.0 Khác"})
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert went_to(thief.get("/people/")) == (302, SIGN_IN)
    assert went_to(client.get("/people/")) == (302, SIGN_IN)
    assert Entry.objects.filter(action="accounts.end_session", details_json__contains="OTHER_BROWSER").exists()


def test_a_session_that_moves_to_another_address_goes_on_and_is_noted(client, leader):
    sign_in(client, leader)
    assert client.get("/people/", REMOTE_ADDR="10.9.8.7").status_code == 200
    assert client.get("/people/", REMOTE_ADDR="10.9.8.7").status_code == 200
    assert Entry.objects.filter(action="accounts.move_session").count() == 1
    assert UserSession.objects.get().ip == "10.9.8.7"


@pytest.mark.parametrize(
    ("staff", "minutes", "alive"),
    [
        (True, [59, 59], True),
        (True, [60], False),
        (False, [600], True),
        (True, [50] * 15, False),
        (False, [721], False),
    ],
)
def test_idle_and_absolute_limits(client, tree, leader, staff, minutes, alive):
    person = leader if staff else make_person("congdan")
    sign_in(client, person)
    at = clock.now()
    for pause in minutes:
        at += pause * MINUTE
        with clock.frozen(at):
            status = client.get("/anybody/").status_code
    assert (status == 200) is alive


def test_a_session_begun_elsewhere_than_at_our_sign_in_is_none(client, tree):
    client.force_login(make_person("congdan"))
    assert went_to(client.get("/anybody/")) == (302, SIGN_IN)


def test_the_session_key_changes_at_sign_in_and_with_the_password(client, leader):
    """Session fixation: what an attacker planted before is worth nothing after."""
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = "x"
    session.save()
    client.cookies["sessionid"] = planted = session.session_key
    sign_in(client, leader)
    assert client.session.session_key != planted
    assert not Session.objects.filter(pk=planted).exists()
    attacker = Client()
    attacker.cookies["sessionid"] = planted
    assert went_to(attacker.get("/people/")) == (302, SIGN_IN)
    before = client.session.session_key
    new = "Thái Nguyên gió ngàn chè xanh"
    client.post(PASSWORD_PAGE, {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert client.session.session_key != before
    assert client.get("/people/").status_code == 200


def test_changing_the_password_ends_the_other_sessions(client, leader):
    other = Client()
    sign_in(client, leader)
    sign_in(other, leader)
    new = "Thái Nguyên gió ngàn chè xanh"
    client.post(PASSWORD_PAGE, {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert went_to(other.get("/people/")) == (302, SIGN_IN)


def test_what_is_dangerous_asks_for_the_password_again(client, leader):
    sign_in(client, leader)
    assert client.get("/dangerous/").status_code == 200
    session = client.session
    session["account_authentication_methods"] = [
        record | {"at": record["at"] - 301} for record in session["account_authentication_methods"]
    ]
    session.save()
    assert client.get("/people/").status_code == 200
    response = client.get("/dangerous/")
    assert response["Location"] == "/accounts/reauthenticate/?next=%2Fdangerous%2F"
    assert client.post("/accounts/reauthenticate/", {"password": "sai"}).context["form"].errors["password"]
    assert client.get("/dangerous/").status_code == 302
    again = client.post("/accounts/reauthenticate/?next=/dangerous/", {"password": PASSWORD})
    assert went_to(again) == (302, "/dangerous/")
    assert client.get("/dangerous/").status_code == 200


def test_the_list_of_sessions_and_ending_the_others(client, leader):
    other = Client(headers={"user-agent": "Điện thoại".encode().decode("latin-1")})
    sign_in(client, leader)
    sign_in(other, leader)
    page = client.get("/accounts/sessions/")
    assert page.context["session_count"] == 2
    assert {str(one.ip) for one in page.context["sessions"]} == {"127.0.0.1"}
    client.post("/accounts/sessions/")
    assert went_to(other.get("/people/")) == (302, SIGN_IN)
    assert client.get("/people/").status_code == 200
    assert Entry.objects.filter(action="accounts.end_other_sessions").exists()


def test_last_seen_is_written_once_a_minute(client, leader):
    sign_in(client, leader)
    start = clock.now()
    seen = []
    for second in (30, 61, 90, 130):
        with clock.frozen(start + timedelta(seconds=second)):
            client.get("/people/")
        leader.refresh_from_db()
        seen.append(leader.last_seen)
    assert seen[0] is None
    assert seen[1] == seen[2] == start + timedelta(seconds=61)
    assert seen[3] == start + timedelta(seconds=130)


def test_a_persons_language_is_spoken(client, tree):
    sign_in(client, make_person("congdan", language="en"))
    assert client.get("/anybody/").headers["Content-Language"] == "en"


def test_signing_out(client, leader):
    sign_in(client, leader)
    client.post("/accounts/logout/")
    assert went_to(client.get("/people/")) == (302, SIGN_IN)
    assert Entry.objects.filter(action="accounts.sign_out").exists()


def test_declarations(rf):
    match = get_resolver("songcau.foundation.accounts.tests.urls").resolve("/tables/")
    assert access.access_of(match.func, match) == access.Access(permission="accounts.open_django_admin")
    assert access.access_of(object(), None) is None


@pytest.mark.parametrize("staff", [True, False])
def test_roles_are_asked_for_only_where_they_count(leader, monkeypatch, staff):
    client = Client()
    sign_in(client, leader)
    monkeypatch.setattr(entering, "may_act_as_staff", lambda _request: staff)
    with CaptureQueriesContext(connection) as asked:
        client.get(PASSWORD_PAGE)
    about = [one["sql"] for one in asked if "rolegrant" in one["sql"] or "delegation" in one["sql"]]
    assert bool(about) is staff
