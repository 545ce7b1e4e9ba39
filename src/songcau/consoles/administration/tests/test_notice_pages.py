"""The administration of messages: the list, trying again, channels, the authorisation of Zalo."""

import pytest
from django.test import Client
from django.urls import reverse

from songcau.consoles.administration.notices.listing import DELIVERIES, look_of
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give, make_agency, make_person, sign_in
from songcau.foundation.notifications.actions import notify
from songcau.foundation.notifications.models import Delivery, ZaloFollower, ZaloToken
from songcau.foundation.notifications.own_kinds import ROLE_GRANTED
from songcau.foundation.notifications.rules import State
from songcau.foundation.shell import lists
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM
from songcau.kernel.ids import new_id

pytestmark = pytest.mark.django_db
LIST, CHANNELS = "/administration/notices/", "/administration/notices/channels/"
AUTHORISE = "/administration/notices/channels/zalo/authorise/"


@pytest.fixture
def demo(settings, tmp_path):
    settings.SONGCAU = settings.SONGCAU.model_copy(update={"demo": True, "data": tmp_path})


@pytest.fixture
def chief(demo) -> Person:
    found = make_person("quan-tri", full_name="Nguyễn Thị Minh", email="minh@example.vn", language="vi")
    give(found, Role.SYSTEM_ADMINISTRATOR)
    return found


@pytest.fixture
def client(chief: Person) -> Client:
    found = Client()
    sign_in(found, chief)
    return found


def message(state: str = "GIVEN_UP", error: str = "RECIPIENT_REFUSED", key: str = "") -> Delivery:
    person = Person.objects.filter(username="lan").first() or make_person(
        "lan", full_name="Trần Thị Lan", email="lan@example.vn"
    )
    params = {"role": "CLERK", "agency": "Phòng bí mật"}
    notify(by=SYSTEM, people=[person.pk], kind=ROLE_GRANTED, params=params, subject="s", key=key)
    Delivery.objects.filter(notice__key=key, channel="EMAIL").update(state=state, last_error=error, attempts=3)
    return Delivery.objects.get(notice__key=key, channel="EMAIL")


@pytest.mark.parametrize("address", [LIST, CHANNELS, AUTHORISE])
@pytest.mark.parametrize("role", [Role.AUDITOR, Role.CLERK, Role.AGENCY_ADMINISTRATOR])
def test_only_those_who_look_after_channels_come_in(address: str, role: Role) -> None:
    person, agency = make_person("ai-do"), make_agency("CQ")
    give(person, role, None if role == Role.AUDITOR else agency)
    client = Client()
    sign_in(client, person)
    assert client.get(address).status_code == 403


def test_every_sort_field_exists_and_every_state_has_a_look() -> None:
    lists.checked(DELIVERIES, Delivery.objects.all())
    assert all(look_of(state) for state in State)


def test_the_list_says_who_how_and_why_and_never_what(client: Client) -> None:
    message()
    text = client.get(LIST).content.decode()
    for words in ("Trần Thị Lan", "Thư điện tử", "Đã dừng gửi", "Máy chủ không biết địa chỉ người nhận"):
        assert words in text
    assert "Phòng bí mật" not in text
    assert "Phòng bí mật" not in b"".join(client.get(LIST, {"format": "csv"})).decode()


@pytest.mark.parametrize("query", ["state=GIVEN_UP", "channel=EMAIL", "q=tran lan", "kind=accounts.role_granted"])
def test_the_list_filters(client: Client, query: str) -> None:
    message()
    assert client.get(f"{LIST}?{query}").context["page"].total == 1
    assert client.get(f"{LIST}?channel=SMS").context["page"].total == 0


def test_a_message_is_sent_again_and_who_is_slower_is_told(client: Client) -> None:
    found = message()
    address = reverse("administration:retry_message", args=[found.pk])
    assert "Tin đang được gửi lại" in client.post(address, follow=True).content.decode()
    found.refresh_from_db()
    assert found.state == "QUEUED"
    assert "đã có người gửi lại" in client.post(address, follow=True).content.decode()
    gone = reverse("administration:retry_message", args=[new_id()])
    assert "Không có tin gửi này" in client.post(gone, follow=True).content.decode()


def test_everything_of_a_channel_is_sent_again(client: Client) -> None:
    message(key="a")
    message(key="b")
    assert "Gửi lại tất cả" in client.get(f"{LIST}?channel=EMAIL&state=GIVEN_UP").content.decode()
    assert "Gửi lại tất cả" not in client.get(f"{LIST}?channel=EMAIL").content.decode()
    address = reverse("administration:retry_all_messages")
    assert "2 tin đang được gửi lại" in client.post(address, {"channel": "EMAIL"}, follow=True).content.decode()
    assert "Không có tin nào" in client.post(address, {"channel": "EMAIL"}, follow=True).content.decode()
    for nonsense in ("", "IN_APP", "PIGEON"):
        assert client.post(address, {"channel": nonsense}).status_code == 404


def test_the_channels_say_how_they_are_and_that_they_are_simulated(client: Client) -> None:
    message("FAILED", "TIMEOUT")
    text = client.get(CHANNELS).content.decode()
    for words in ("Đây là bản trình diễn", "Mô phỏng", "Máy chủ không trả lời", "chưa cấp quyền"):
        assert words in text


def test_a_channel_without_a_server_offers_no_test(client: Client, settings) -> None:
    settings.SONGCAU = settings.SONGCAU.model_copy(update={"demo": False})
    text = client.get(CHANNELS).content.decode()
    assert "Chưa cấu hình" in text
    assert "Gửi tin thử cho tôi" not in text.split("<tbody>")[1]
    address = reverse("administration:test_channel", args=["EMAIL"])
    assert "Kênh này chưa được cấu hình" in client.post(address, follow=True).content.decode()


def test_a_test_is_sent_to_oneself(client: Client, chief: Person) -> None:
    address = reverse("administration:test_channel", args=["EMAIL"])
    assert "Tin thử đang được gửi" in client.post(address, follow=True).content.decode()
    assert Delivery.objects.get(channel="EMAIL").person == chief
    sms = reverse("administration:test_channel", args=["SMS"])
    assert "chưa có địa chỉ" in client.post(sms, follow=True).content.decode()
    assert client.post(reverse("administration:test_channel", args=["IN_APP"])).status_code == 404
    assert client.get(address).status_code == 405


def test_zalo_is_authorised_again_and_its_token_never_shown(client: Client) -> None:
    assert client.get(AUTHORISE).status_code == 200
    refused = client.post(AUTHORISE, {"refresh_token": "two words"})
    assert refused.status_code == 422
    assert "two words" not in refused.content.decode()
    assert client.post(AUTHORISE, {"refresh_token": ""}).status_code == 422
    page = client.post(AUTHORISE, {"refresh_token": "the-token"}, follow=True).content.decode()
    assert "Đã lưu token" in page
    assert "the-token" not in page
    ZaloToken.objects.update(refused_at=clock.now())
    assert "Zalo không chấp nhận thông tin cấp quyền từ" in client.get(CHANNELS).content.decode()


def test_both_pages_are_whole_in_english(client: Client, chief: Person) -> None:
    message()
    chief.language = "en"
    chief.save()
    assert "Messages sent" in client.get(LIST).content.decode()
    assert "Send me a test by E-mail" in client.get(CHANNELS).content.decode()


def test_a_person_is_linked_to_zalo_and_again_and_unlinked(client: Client) -> None:
    lan = make_person("lan", full_name="Trần Thị Lan", email="lan@example.vn")
    page = reverse("administration:person", args=[lan.pk])
    link, unlink = f"{page}zalo/", f"{page}zalo/unlink/"
    assert link in client.get(page).content.decode()
    assert client.post(link, {"user_id": "x" * 65}).status_code == 422
    for typed in ("77", "78"):
        assert client.post(link, {"user_id": typed})["Location"] == page
    held = ZaloFollower.objects.get()
    assert (held.person, held.user_id, held.follows) == (lan, "78", True)
    ZaloFollower.objects.update(follows=False)
    assert "không còn quan tâm" in client.get(page).content.decode()
    assert 'value="78"' in client.get(link).content.decode()
    client.post(link, {"user_id": "78"})
    assert ZaloFollower.objects.get().follows, "who follows again is reached again"
    assert client.post(unlink)["Location"] == page
    assert not ZaloFollower.objects.exists()


def test_who_does_not_look_after_channels_links_nobody(demo) -> None:
    agency = make_agency("UBND-1")
    lan = make_person("lan", agency)
    looker = make_person("quan-tri-phuong", agency)
    give(looker, Role.AGENCY_ADMINISTRATOR, agency)
    other = Client()
    sign_in(other, looker)
    page = reverse("administration:person", args=[lan.pk])
    assert f"{page}zalo/" not in other.get(page).content.decode()
    assert other.post(f"{page}zalo/", {"user_id": "77"}).status_code == 403
    assert other.post(f"{page}zalo/unlink/").status_code == 403
    assert not ZaloFollower.objects.exists()
