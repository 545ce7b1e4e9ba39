"""One's own notices on the desk: the inbox, opening, marking, and how one is told."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from songcau.consoles.desk.notices import INBOX
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give, make_agency, make_person, sign_in
from songcau.foundation.notifications.actions import notify
from songcau.foundation.notifications.models import Notice, Preference, QuietHours, ZaloFollower
from songcau.foundation.notifications.own_kinds import DEAD_LETTER, ROLE_GRANTED, SECURITY_CHANGED
from songcau.foundation.notifications.queries import unread_count
from songcau.foundation.notifications.rendering import token_of
from songcau.foundation.notifications.rules import Channel
from songcau.foundation.shell import lists
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM
from songcau.kernel.ids import new_id

pytestmark = pytest.mark.django_db
NOTICES, PREFERENCES = "/notices/", "/notices/preferences/"


@pytest.fixture
def person(settings) -> Person:
    settings.SONGCAU = settings.SONGCAU.model_copy(update={"demo": True})
    agency = make_agency("UBND-1")
    found = make_person("lan", agency, "Trần Thị Lan", email="lan@example.vn", language="vi")
    give(found, Role.CLERK, agency)
    return found


@pytest.fixture
def client(person: Person) -> Client:
    found = Client()
    sign_in(found, person)
    return found


def tell(person: Person, key: str = "", link: str = "/me/") -> Notice:
    notify(
        by=SYSTEM,
        people=[person.pk],
        kind=ROLE_GRANTED,
        params={"role": "CLERK", "agency": "Bộ phận một cửa <b>x</b>"},
        subject="accounts.role_grant:1",
        key=key,
        link=link,
    )
    return Notice.objects.get(person=person, key=key)


@pytest.mark.parametrize("address", [NOTICES, PREFERENCES, "/notices/count/", "/n/AAAAAAAAAAAAAAAAAAAAAA"])
def test_the_anonymous_are_led_to_sign_in(address: str) -> None:
    assert Client().get(address).status_code == 302


def test_every_sort_field_exists() -> None:
    lists.checked(INBOX, Notice.objects.all())


def test_the_inbox_shows_ones_own_in_words_and_nobody_elses(client: Client, person: Person) -> None:
    tell(person)
    tell(make_person("nguoi-la"), key="strange")
    page = client.get(NOTICES)
    text = page.content.decode()
    assert "Ông/bà được giao vai trò “Công chức một cửa”" in text
    assert "Bộ phận một cửa &lt;b&gt;x&lt;/b&gt;" in text
    assert "CLERK" not in text
    assert page.context["page"].total == 1


def test_an_empty_inbox_says_what_will_stand_there(client: Client) -> None:
    assert "Chưa có thông báo" in client.get(NOTICES).content.decode()


@pytest.mark.parametrize(("filter_", "keys"), [("unread", {"b"}), ("read", {"a"}), ("nonsense", {"a", "b"})])
def test_the_inbox_filters_by_reading(client: Client, person: Person, filter_: str, keys: set[str]) -> None:
    read = tell(person, key="a")
    tell(person, key="b")
    client.post(reverse("desk:mark_notice", args=[read.pk]))
    rows = client.get(NOTICES, {"read": filter_}).context["rows"]
    assert {row.source.key for row in rows} == keys


def test_a_notice_is_marked_and_unmarked_and_the_list_stays_as_it_was(client: Client, person: Person) -> None:
    notice = tell(person)
    address = reverse("desk:mark_notice", args=[notice.pk])
    response = client.post(address, {"read": "yes", "query": "read=unread&page=2"})
    assert response["Location"] == "/notices/?read=unread&page=2"
    assert unread_count(person.pk) == 0
    assert client.post(address, {"read": "no", "query": "\r\nX: y"})["Location"] == NOTICES
    assert unread_count(person.pk) == 1
    assert client.get(address).status_code == 405


def test_nobody_opens_or_marks_anothers_notice(client: Client) -> None:
    strange = tell(make_person("nguoi-la"))
    assert client.post(reverse("desk:mark_notice", args=[strange.pk])).status_code == 403
    page = client.get(f"/n/{token_of(strange.pk)}")
    assert page.status_code == 403
    assert "không gửi cho" in page.content.decode()
    strange.refresh_from_db()
    assert strange.read_at is None
    assert client.get(f"/n/{token_of(new_id())}").status_code == 403
    assert client.get("/n/nonsense").status_code == 404


@pytest.mark.parametrize(
    ("link", "leads_to"),
    [("/me/", "/me/"), ("", NOTICES), ("https://evil.example/", NOTICES), ("//evil.example/", NOTICES)],
)
def test_a_link_in_a_message_marks_and_leads_to_the_subject_here(
    client: Client, person: Person, link: str, leads_to: str
) -> None:
    notice = tell(person, link=link)
    response = client.get(f"/n/{token_of(notice.pk)}")
    assert response["Location"] == leads_to
    assert unread_count(person.pk) == 0


def test_all_are_read_at_once(client: Client, person: Person) -> None:
    for n in range(3):
        tell(person, key=str(n))
    address = reverse("desk:read_all_notices")
    assert "Đã đánh dấu 3 thông báo" in client.post(address, follow=True).content.decode()
    assert "Không có thông báo chưa đọc" in client.post(address, follow=True).content.decode()


def test_the_bell_stands_on_every_page_and_counts(client: Client, person: Person) -> None:
    tell(person)
    page = client.get("/").content.decode()
    assert 'id="sc-bell"' in page
    assert "1 thông báo chưa đọc" in page
    assert client.get("/notices/count/").json() == {"unread": 1, "shown": "1", "words": "1 thông báo chưa đọc"}
    for n in range(99):
        tell(person, key=f"n{n}")
    assert client.get("/notices/count/").json()["shown"] == "99+"


def test_a_bell_that_asks_by_itself_keeps_no_session_alive(client: Client) -> None:
    begun = clock.now()
    ask = {"accept": "application/json", "x-background": "1"}
    for minutes in range(10, 61, 10):
        with clock.frozen(begun + timedelta(minutes=minutes)):
            status = client.get("/notices/count/", headers=ask).status_code
    assert status == 401


def test_who_must_change_the_password_first_sees_no_bell(person: Person) -> None:
    half = Client()
    sign_in(half, person)
    person.must_change_password = True
    person.save()
    page = half.get(reverse("account_change_password")).content.decode()
    assert 'id="sc-bell"' not in page


def test_preferences_show_address_and_what_cannot_be_chosen(client: Client, person: Person) -> None:
    page = client.get(PREFERENCES)
    text = page.content.decode()
    assert "lan@example.vn" in text
    assert "tài khoản chưa có địa chỉ" in text
    assert "Mô phỏng" in text
    assert "21:00" in text
    boxes = {box.name: box for _name, row in page.context["rows"] for box in row}
    assert boxes[f"{SECURITY_CHANGED} EMAIL"].is_fixed
    assert boxes[f"{SECURITY_CHANGED} EMAIL"].is_on
    assert boxes[f"{ROLE_GRANTED} SMS"].is_fixed, "no telephone"
    assert not any(name.startswith(DEAD_LETTER) for name in boxes), "nothing an administrator is told"


def test_without_any_server_the_page_says_so(client: Client, settings) -> None:
    settings.SONGCAU = settings.SONGCAU.model_copy(update={"demo": False})
    page = client.get(PREFERENCES)
    assert "Không có kênh gửi ra ngoài" in page.content.decode()


def test_choices_are_kept_and_what_is_not_on_the_page_stays(client: Client, person: Person) -> None:
    Preference.objects.create(person=person, kind=ROLE_GRANTED, channel=Channel.SMS, is_on=True)
    assert client.post(PREFERENCES, {"what": "channels", "on": [f"{DEAD_LETTER} EMAIL", "nonsense"]}).status_code == 302
    kept = {(row.kind, row.channel): row.is_on for row in Preference.objects.all()}
    assert kept[ROLE_GRANTED, "EMAIL"] is False
    assert kept[ROLE_GRANTED, "SMS"] is True, "it could not be chosen on the page"
    assert (DEAD_LETTER, "EMAIL") not in kept
    assert (SECURITY_CHANGED, "EMAIL") not in kept
    client.post(PREFERENCES, {"what": "channels", "on": [f"{ROLE_GRANTED} EMAIL"]})
    assert Preference.objects.get(kind=ROLE_GRANTED, channel="EMAIL").is_on


def test_one_unlinks_ones_own_zalo(client: Client, person: Person) -> None:
    assert "Xoá liên kết với Zalo" not in client.get(PREFERENCES).content.decode()
    ZaloFollower.objects.create(person=person, user_id="77", linked_at=clock.now())
    assert "Xoá liên kết với Zalo" in client.get(PREFERENCES).content.decode()
    ZaloFollower.objects.update(follows=False)
    assert "không còn quan tâm" in client.get(PREFERENCES).content.decode()
    assert client.post(PREFERENCES, {"what": "zalo"}).status_code == 302
    assert not ZaloFollower.objects.exists()


def test_quiet_hours_are_kept_and_taken_away(client: Client) -> None:
    assert client.post(PREFERENCES, {"what": "quiet", "begins": "22:30", "ends": "05:00"}).status_code == 302
    assert str(QuietHours.objects.get()) == "22:30–05:00"
    assert "22:30" in client.get(PREFERENCES).content.decode()
    client.post(PREFERENCES, {"what": "quiet", "begins": "", "ends": ""})
    assert "không đặt giờ yên tĩnh" in client.get(PREFERENCES).content.decode()


@pytest.mark.parametrize(
    "sent", [{"begins": "22:00", "ends": ""}, {"begins": "", "ends": "07:00"}, {"begins": "25:00", "ends": "x"}]
)
def test_quiet_hours_that_make_no_sense_are_refused_in_words(client: Client, sent: dict[str, str]) -> None:
    page = client.post(PREFERENCES, {"what": "quiet", **sent})
    assert page.status_code == 422
    assert "sc-errors" in page.content.decode()
    assert not QuietHours.objects.exists()
