"""One's own ways to sign in, codes to telephones, and pages that ask how surely somebody is known."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from songcau.foundation.accounts import phone_codes, second_factor
from songcau.foundation.accounts.models import Identity, Person
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import SECRET, Codes, give, make_agency, make_person, sign_in
from songcau.foundation.audit.models import Entry
from songcau.kernel import clock
from songcau.kernel.errors import Unavailable
from tests.foundation.simulated import Browser, configured

pytestmark = pytest.mark.django_db
WAYS = "/accounts/ways/"
PHONE = "+84912345678"


@pytest.fixture
def sent(monkeypatch) -> list[str]:
    """The codes that the telephones got."""
    got: list[str] = []
    monkeypatch.setattr(phone_codes, "_sender", [])
    phone_codes.use_code_sender(lambda *, phone, code, language: got.append(code))
    return got


def ask(client: Client, phone: str = "0912 345 678", at: str = "citizen_phone", **form: str):
    return client.post(reverse(at), {"phone": phone, **form})


def give_code(client: Client, code: str):
    return client.post(reverse("citizen_phone_code"), {"code": code})


def by_phone(client: Client, sent: list[str], name: str = "Ayun", **form: str):
    assert ask(client, **form)["Location"] == reverse("citizen_phone_code")
    answer = give_code(client, sent[-1])
    if answer["Location"] == reverse("citizen_name"):
        answer = client.post(reverse("citizen_name"), {"full_name": name})
    return answer


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def link(browser: Browser, code: str, who: str = "mau", fault: str = ""):
    answer = browser.client.post(reverse("citizen_link", args=[code]))
    assert answer.status_code == 302, answer.content.decode()
    return browser.client.get(browser.choose(answer["Location"], who, fault))


def test_a_citizen_joins_two_providers_and_a_telephone_and_parts_from_one(browser, sent) -> None:
    browser.sign_in("vneid")
    assert link(browser, "vnconnect")["Location"] == WAYS
    ask(browser.client, at="citizen_phone_link")
    assert give_code(browser.client, sent[-1])["Location"] == WAYS
    page = browser.client.get(WAYS).content.decode()
    for word in ("VNEID", "VNCONNECT", "•••678", "Đang dùng", "Gỡ bỏ"):
        assert word in page
    assert PHONE not in page
    person = Person.objects.get()
    for provider in ("vnconnect", "vneid"):
        other = Browser(Client())
        other.sign_in(provider)
        assert other.is_signed_in
    assert Person.objects.count() == 1
    address = reverse("citizen_part", args=[person.identities.get(provider="phone").id])
    assert "Gỡ bỏ cách đăng nhập này?" in browser.client.get(address).content.decode()
    assert person.identities.count() == 3
    browser.client.post(address)
    assert person.identities.count() == 2


def test_the_last_way_is_not_offered_for_removal_and_cannot_be_removed(browser) -> None:
    browser.sign_in("vneid")
    identity = Identity.objects.get()
    address = reverse("citizen_part", args=[identity.id])
    assert address not in browser.client.get(WAYS).content.decode()
    answer = browser.client.post(address, follow=True)
    assert "Đây là cách đăng nhập duy nhất" in answer.content.decode()
    assert Identity.objects.exists()


def test_a_way_of_somebody_else_is_neither_removed_nor_taken(browser) -> None:
    other = Browser(Client())
    other.sign_in("vnconnect", "hhen")
    theirs = Identity.objects.get()
    browser.sign_in("vneid")
    assert browser.client.post(reverse("citizen_part", args=[theirs.id])).status_code == 404
    answer = link(browser, "vnconnect", "hhen")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "đã thuộc về tài khoản khác" in page
    assert "Chưa có gì thay đổi" in page
    assert Identity.objects.get(pk=theirs.pk).person == theirs.person


def test_a_way_is_joined_by_the_browser_of_the_one_who_began_it(browser) -> None:
    """An answer carried off, or an account changed on the way, joins nothing."""
    browser.sign_in("vneid")
    answer = browser.client.post(reverse("citizen_link", args=["vnconnect"]))
    back = browser.choose(answer["Location"])
    browser.client.post(reverse("account_logout"))
    assert browser.client.get(back).status_code == 422
    assert Identity.objects.count() == 1


def test_what_was_begun_for_one_account_does_not_end_in_another(browser) -> None:
    browser.sign_in("vneid")
    answer = browser.client.post(reverse("citizen_link", args=["vnconnect"]))
    kept = browser.client.session["songcau_sign_on"]
    other = Browser(Client())
    other.sign_in("vneid", "hhen")
    session = other.client.session
    session["songcau_sign_on"] = kept
    session.save()
    assert other.client.get(browser.choose(answer["Location"])).status_code == 422
    assert Entry.objects.filter(action="accounts.refuse_sign_on").latest("sequence").details["reason"] == "OTHER_PERSON"
    assert Identity.objects.count() == 2


def test_an_old_session_signs_in_again_before_it_changes_ways(browser, sent) -> None:
    browser.sign_in("vneid")
    identity = Identity.objects.get()
    addresses = [
        reverse("citizen_link", args=["vnconnect"]),
        reverse("citizen_phone_link"),
        reverse("citizen_part", args=[identity.id]),
    ]
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        for address in addresses:
            assert browser.client.post(address)["Location"].startswith(reverse("citizen_sign_in"))
    lan = Client()
    sign_in(lan, make_person("lan"))
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        assert lan.post(addresses[0])["Location"].startswith(reverse("account_reauthenticate"))


def test_who_came_in_by_a_stolen_number_hangs_no_key_of_theirs_onto_the_account(browser, sent) -> None:
    browser.sign_in("vneid")
    ask(browser.client, at="citizen_phone_link")
    give_code(browser.client, sent[-1])
    Person.objects.update(phone="")
    thief = Browser(Client())
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        by_phone(thief.client, sent)
        assert thief.is_signed_in
        answer = link(thief, "vnconnect", "dai")
    assert answer.status_code == 422
    assert "mức xác thực cao nhất" in answer.content.decode()
    assert Identity.objects.count() == 2


def test_a_telephone_signs_in_and_the_name_is_asked_once(client, sent, db) -> None:
    assert by_phone(client, sent, next="/accounts/ways/")["Location"] == WAYS
    assert Person.objects.get().full_name == "Ayun"
    again = Client()
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        assert by_phone(again, sent, name="Never asked")["Location"] == "/"
    assert Person.objects.get().full_name == "Ayun"


def test_known_and_unknown_numbers_are_answered_alike(client, sent, db) -> None:
    by_phone(client, sent)
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        known, unknown = Client(), Client()
        one, two = ask(known), ask(unknown, "0981 234 567")
        assert (one.status_code, one["Location"]) == (two.status_code, two["Location"])
        pages = [give_code(c, "000000").content.decode() for c in (known, unknown)]
    assert [("Mã không đúng" in page) for page in pages] == [True, True]
    assert not signed_in(known)
    assert not signed_in(unknown)


@pytest.mark.parametrize("typed", ["", "abc", "0912", "0208 3855 555", "+84 999", "x" * 60])
def test_what_is_no_mobile_number_is_said_in_words(client, sent, db, typed: str) -> None:
    answer = ask(client, typed)
    assert answer.status_code == 422
    assert sent == []


def test_too_many_codes_are_said_in_words(client, sent, db) -> None:
    ask(client)
    answer = ask(client)
    assert answer.status_code == 422
    assert "Hiện chưa thể gửi thêm mã" in answer.content.decode()


def test_a_city_without_a_sender_does_not_offer_telephones(client, monkeypatch, db) -> None:
    monkeypatch.setattr(phone_codes, "_sender", [])
    assert reverse("citizen_phone") not in client.get("/accounts/sign-in/").content.decode()
    answer = ask(client)
    assert answer.status_code == 503
    assert "Hiện không thể đăng nhập bằng điện thoại" in answer.content.decode()


def test_a_sender_that_is_away_is_a_page_not_a_fault(client, sent, db) -> None:
    def away(*, phone: str, code: str, language: str) -> None:
        raise phone_codes.CodesNotSent()

    phone_codes.use_code_sender(away)
    assert issubclass(phone_codes.CodesNotSent, Unavailable)
    assert ask(client).status_code == 503


def test_pages_of_what_nobody_has_begun_lead_back_to_the_door(client, sent, db) -> None:
    assert client.get(reverse("citizen_name"))["Location"] == reverse("citizen_sign_in")
    assert client.get(reverse("citizen_phone_code"))["Location"] == reverse("citizen_phone")
    assert client.get(reverse("citizen_phone")).status_code == 200
    ask(client)
    assert client.get(reverse("citizen_phone_code")).status_code == 200
    with clock.frozen(clock.now() + timedelta(minutes=10)):
        assert client.get(reverse("citizen_phone_code"))["Location"] == reverse("citizen_phone")


def test_a_number_asked_for_an_account_signs_nobody_in_after_signing_out(browser, sent) -> None:
    browser.sign_in("vneid")
    assert browser.client.get(reverse("citizen_phone_link")).status_code == 200
    ask(browser.client, at="citizen_phone_link")
    browser.client.post(reverse("account_logout"))
    assert give_code(browser.client, sent[-1])["Location"] == reverse("citizen_phone")
    assert Identity.objects.count() == 1


def test_a_name_that_is_none_is_asked_again(client, sent, db) -> None:
    ask(client)
    give_code(client, sent[-1])
    assert client.get(reverse("citizen_name")).status_code == 200
    answer = client.post(reverse("citizen_name"), {"full_name": "<b>12"})
    assert answer.status_code == 422
    assert not signed_in(client)


def test_a_number_known_otherwise_is_said_at_the_name_too(browser, providers, settings) -> None:
    known = {
        "vneid": configured(providers["vneid"].issuer, "vneid"),
        "vnconnect": configured(providers["vnconnect"].issuer, "vnconnect", claims={"full_name": "", "number": ""}),
    }
    settings.SONGCAU = settings.SONGCAU.model_copy(update={"sign_in_providers": known})
    answer = browser.sign_in("vnconnect")
    assert answer["Location"] == reverse("citizen_name")
    assert browser.client.post(reverse("citizen_name"), {"full_name": "Ayun"}).status_code == 302
    assert Person.objects.get().full_name == "Ayun"


@pytest.mark.urls("songcau.foundation.accounts.tests.urls")
def test_a_page_that_asks_for_more_leads_to_the_ways_that_are_enough(browser, sent) -> None:
    answer = browser.client.get("/sure/")
    assert answer["Location"] == "/accounts/sign-in/?level=SUBSTANTIAL&next=%2Fsure%2F"
    page = browser.client.get(answer["Location"]).content.decode()
    assert reverse("citizen_phone") not in page
    assert 'name="level" value="SUBSTANTIAL"' in page
    by_phone(browser.client, sent)
    assert browser.client.get("/sure/")["Location"] == answer["Location"]
    assert browser.sign_in("vneid", level="SUBSTANTIAL", next="/sure/")["Location"] == "/sure/"
    assert browser.client.get("/sure/").content == b"sure"
    assert browser.client.get("/sure-people/").status_code == 403


@pytest.mark.urls("songcau.foundation.accounts.tests.urls")
def test_a_low_level_at_a_provider_and_a_password_are_not_enough(browser) -> None:
    browser.sign_in("vneid", "ayun")
    assert browser.is_signed_in
    assert browser.client.get("/sure/").status_code == 302
    lan = Client()
    sign_in(lan, make_person("lan"))
    assert lan.get("/anybody/").status_code == 200
    assert lan.get("/sure/").status_code == 302


def test_a_sign_in_as_somebody_else_leaves_nothing_of_the_first(browser) -> None:
    browser.sign_in("vneid")
    first = browser.client.session.session_key
    browser.sign_in("vneid", "hhen")
    person = Identity.objects.get(full_name="H'HEN NIÊ MẪU").person
    assert browser.client.session["_auth_user_id"] == str(person.pk)
    assert browser.client.session.session_key != first


def test_who_is_switched_off_does_not_come_in(browser) -> None:
    browser.sign_in("vneid")
    Person.objects.update(is_active=False)
    other = Browser(Client())
    assert other.sign_in("vneid")["Location"] == reverse("account_inactive")
    assert not other.is_signed_in


@pytest.fixture
def clerk(browser) -> Person:
    """An official who once signed in as a citizen."""
    browser.sign_in("vneid")
    person = Person.objects.get()
    give(person, Role.CLERK, make_agency("D1"))
    second_factor.set_up(person, SECRET)
    return person


def test_staff_are_sent_to_their_own_door(clerk) -> None:
    other = Browser(Client())
    answer = other.sign_in("vneid")
    assert answer.status_code == 422
    assert "trang đăng nhập dành cho cán bộ" in answer.content.decode()
    assert not other.is_signed_in


def test_staff_of_a_trusted_provider_give_their_code_all_the_same(clerk, providers, settings) -> None:
    known = {"vneid": configured(providers["vneid"].issuer, "vneid", staff=True)}
    settings.SONGCAU = settings.SONGCAU.model_copy(update={"sign_in_providers": known})
    other = Browser(Client())
    assert other.sign_in("vneid")["Location"].startswith(reverse("mfa_authenticate"))
    assert not other.is_signed_in
    other.client.post(reverse("mfa_authenticate"), {"code": Codes(clerk).next()})
    assert other.is_signed_in


def test_a_provider_that_was_taken_out_of_the_settings_still_has_a_name(browser, settings) -> None:
    browser.sign_in("vneid")
    settings.SONGCAU = settings.SONGCAU.model_copy(update={"sign_in_providers": {}})
    assert "vneid" in browser.client.get(WAYS).content.decode()
    assert browser.client.post(reverse("account_logout")).status_code == 302
    assert "bộ phận một cửa" in Client().get("/accounts/sign-in/").content.decode()


@pytest.mark.parametrize("minutes", [0, 6])
@pytest.mark.parametrize(
    "name",
    [
        "account_change_password",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_generate_recovery_codes",
        "usersessions_list",
        "desk:home",
        "desk:me",
    ],
)
def test_no_page_of_passwords_is_a_dead_end_for_who_has_none(browser, name: str, minutes: int) -> None:
    browser.sign_in("vneid")
    with clock.frozen(clock.now() + timedelta(minutes=minutes)):
        answer = browser.client.get(reverse(name), follow=True)
    assert answer.status_code == 200, answer.content.decode()
    assert 'name="password"' not in answer.content.decode()
    assert 'name="oldpassword"' not in answer.content.decode()


@pytest.mark.parametrize("name", ["account_change_password", "account_reauthenticate", "mfa_reauthenticate"])
def test_who_has_a_second_factor_and_no_password_confirms_by_it(browser, name: str) -> None:
    browser.sign_in("vneid")
    second_factor.set_up(Person.objects.get(), SECRET)
    answer = browser.client.get(reverse(name), follow=True)
    assert answer.status_code == 200
    assert ('name="code"' in answer.content.decode()) is (name != "account_change_password")


def test_a_session_begun_by_telephone_gains_nothing_from_a_role_given_meanwhile(client, sent) -> None:
    """Whoever holds the SIM card would otherwise set up the one-time code themselves, and act as staff."""
    by_phone(client, sent)
    person = Person.objects.get()
    give(person, Role.SYSTEM_ADMINISTRATOR)
    answer = client.get(reverse("administration:people"))
    assert answer.status_code == 403
    assert answer.wsgi_request.actor.grants == ()
    assert client.get("/me/").status_code == 200


def test_a_provider_trusted_with_staff_opens_what_the_role_opens(browser, providers, settings) -> None:
    known = {"vneid": configured(providers["vneid"].issuer, "vneid", staff=True)}
    settings.SONGCAU = settings.SONGCAU.model_copy(update={"sign_in_providers": known})
    browser.sign_in("vneid")
    person = Person.objects.get()
    give(person, Role.CLERK, make_agency("W1"))
    answer = browser.client.get("/me/")
    assert answer.wsgi_request.threshold is not None
    assert answer["Location"].startswith(reverse("mfa_activate_totp"))


def test_removing_a_way_ends_the_sessions_of_other_browsers(browser, sent) -> None:
    """A telephone is removed because it was lost: whoever found it is signed out."""
    browser.sign_in("vneid")
    ask(browser.client, at="citizen_phone_link")
    give_code(browser.client, sent[-1])
    person = Person.objects.get()
    finder = Client()
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        by_phone(finder, sent)
        assert finder.get("/me/").status_code == 200
        browser.client.post(reverse("citizen_part", args=[person.identities.get(provider="phone").id]))
        assert finder.get("/me/").status_code == 302
        assert browser.client.get("/me/").status_code == 200
