"""The desk: one's first page and one's own account."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from songcau.foundation.accounts.actions import set_temporary_password
from songcau.foundation.accounts.models import Holding, Person, Post
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give, make_agency, make_person, sign_in
from songcau.foundation.audit.models import Entry
from songcau.kernel import clock

pytestmark = pytest.mark.django_db
HOME, ME = "/", "/me/"


@pytest.fixture
def person() -> Person:
    agency = make_agency("UBND-1")
    found = make_person("ha.van.an", agency, "Hà Văn An")
    give(found, Role.WARD_LEADER, agency, until=clock.now() + timedelta(days=10))
    post = Post.objects.create(agency=agency, title="Chủ tịch UBND phường", is_head=True)
    Holding.objects.create(person=found, post=post, from_on=datetime(2026, 1, 1, tzinfo=UTC).date())
    return found


@pytest.fixture
def client(person: Person) -> Client:
    found = Client()
    sign_in(found, person)
    return found


def test_strangers_are_led_from_the_root_to_the_citizens_portal() -> None:
    response = Client().get(HOME)
    assert response.status_code == 302
    assert response["Location"] == reverse("portal:home")


def test_the_anonymous_are_led_to_sign_in() -> None:
    response = Client().get(ME)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("role", [*Role, None])
def test_both_pages_open_for_everybody_signed_in(role: Role | None) -> None:
    agency = make_agency("CQ")
    somebody = make_person("ai-do", agency)
    if role:
        give(somebody, role, None if role == Role.AUDITOR else agency)
    signed = Client()
    sign_in(signed, somebody)
    assert signed.get(HOME).status_code == 200
    assert signed.get(ME).status_code == 200


def test_home_greets_with_post_agency_and_the_day(client: Client) -> None:
    page = client.get(HOME)
    text = page.content.decode()
    for words in ("Hà Văn An", "Chủ tịch UBND phường", "Cơ quan UBND-1"):
        assert words in text
    weekdays = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
    today = clock.today()
    assert f"{weekdays[today.weekday()]}, {today:%d/%m/%Y}" in text
    assert page.context["roles"][0].ends_soon
    assert page.context["shortcuts"]
    # The page asks no system what waits: it must not say that nothing does, nor that they are still to come.
    assert "Không có việc chờ xử lý" not in text
    assert "được đưa vào sử dụng" not in text
    assert "Việc chờ xử lý nằm trong danh sách của từng hệ thống" in text


def test_me_shows_everything_held(client: Client, person: Person) -> None:
    person.email, person.phone = "an@example.vn", "+84912345678"
    person.save()
    text = client.get(ME).content.decode()
    for words in ("Hà Văn An", "ha.van.an", "an@example.vn", "+84912345678", "Chủ tịch UBND phường"):
        assert words in text


def test_the_log_shows_sign_ins_and_who_changed_the_account(client: Client, person: Person) -> None:
    chief = make_person("quan-tri", full_name="Trần Thị Bình")
    give(chief, Role.SYSTEM_ADMINISTRATOR)
    set_temporary_password(by=actor_of(chief), person_id=person.pk)
    person.refresh_from_db()
    person.must_change_password = False
    person.set_password("một mật khẩu đủ dài 26")
    person.save()
    signed = Client()
    sign_in(signed, person)
    log = signed.get(ME).context["log"]
    assert [line.is_own for line in log[:2]] == [True, False]
    assert "Trần Thị Bình" in log[1].who
    assert all(entry.subject == f"accounts.person:{person.pk}" for entry in Entry.objects.filter(actor_id=person.pk))


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"language": "", "theme": "dark"},
        {"language": "fr", "theme": "dark"},
        {"language": "vi", "theme": "pink"},
        {"theme": "\0"},
    ],
)
def test_preferences_that_do_not_exist_are_refused(client: Client, person: Person, sent: dict[str, str]) -> None:
    response = client.post(ME, sent)
    assert response.status_code == 422
    assert "sc-errors" in response.content.decode()
    person.refresh_from_db()
    assert (person.language, person.theme) == ("", "auto")


def test_preferences_are_kept_with_the_account_on_every_device(client: Client, person: Person) -> None:
    assert client.post(ME, {"language": "en", "theme": "dark"}).status_code == 302
    person.refresh_from_db()
    assert (person.language, person.theme) == ("en", "dark")
    page = client.get(ME).content.decode()
    assert '<option value="en" selected>' in page
    assert client.post(ME, {"language": "city", "theme": "dark"}).status_code == 302
    person.refresh_from_db()
    assert person.language == ""
    client.post(ME, {"language": "en", "theme": "dark"})
    other = Client()
    sign_in(other, person)
    page = other.get(ME).content.decode()
    assert '<html lang="en" data-bs-theme="dark"' in page


def test_the_tools_of_every_page_keep_the_choice_with_the_account(client: Client, person: Person) -> None:
    client.post(reverse("shell_language"), {"language": "en", "next": "/"})
    client.post(reverse("shell_theme"), {"theme": "light", "next": "/"})
    client.post(reverse("shell_theme"), {"theme": "nonsense", "next": "/"})
    person.refresh_from_db()
    assert (person.language, person.theme) == ("en", "light")
    assert Client().post(reverse("shell_theme"), {"theme": "dark"}).status_code == 302
    person.refresh_from_db()
    assert person.theme == "light"


def second_client(person: Person) -> Client:
    other = Client()
    sign_in(other, person)
    assert other.get(HOME).status_code == 200
    return other


def test_one_other_session_can_be_ended(client: Client, person: Person) -> None:
    other, third = second_client(person), second_client(person)
    sessions = client.get(ME).context["sessions"]
    assert [one.session_key for one in sessions][:1] == [client.session.session_key]
    assert len(sessions) == 3
    key = other.session.session_key
    target = next(one for one in sessions if one.session_key == key)
    assert client.post(reverse("desk:end_session", args=[target.pk])).status_code == 302
    assert other.get(HOME).status_code == 302
    assert third.get(HOME).status_code == 200
    assert client.get(HOME).status_code == 200
    assert Entry.objects.filter(action="accounts.end_other_sessions", actor_id=person.pk).exists()


def test_neither_this_session_nor_a_strangers_can_be_ended(client: Client) -> None:
    stranger = make_person("nguoi-la")
    strange = second_client(stranger)
    strange_id = strange.get(ME).context["sessions"][0].pk
    own_id = client.get(ME).context["sessions"][0].pk
    for session_id in (strange_id, own_id, 99999, 2**70):
        assert client.post(reverse("desk:end_session", args=[session_id])).status_code == 302
    assert strange.get(HOME).status_code == 200
    assert client.get(HOME).status_code == 200


def test_signing_out_everywhere_else(client: Client, person: Person) -> None:
    others = [second_client(person) for _n in range(2)]
    assert client.post(reverse("desk:end_others")).status_code == 302
    assert [one.get(HOME).status_code for one in others] == [302, 302]
    assert client.get(HOME).status_code == 200
    assert client.post(reverse("desk:end_others")).status_code == 302
    for name in ("desk:end_others",):
        assert client.get(reverse(name)).status_code == 405


def test_no_question_more_for_more_roles(client: Client, person: Person) -> None:
    client.get(HOME)
    with CaptureQueriesContext(connection) as few:
        client.get(HOME)
    for n in range(5):
        give(person, Role.CLERK, make_agency(f"X-{n}"))
    with CaptureQueriesContext(connection) as many:
        client.get(HOME)
    assert len(many) == len(few)
