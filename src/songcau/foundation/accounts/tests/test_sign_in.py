"""Sign-in by the real pages: names, wrong passwords in bulk, lockout and unlocking, one-time codes."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import translation

from songcau.foundation.accounts import actions, lockout, second_factor
from songcau.foundation.accounts.models import CacheEntry, Person
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import PASSWORD, SECRET, Codes, give, make_person, sign_in
from songcau.foundation.audit.models import Entry
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db
URL = "/accounts/login/"
CODE = "/accounts/second-factor/authenticate/"


WRONG = "sai"


def attempt(login, password=WRONG, client=None, **extra):
    return (client or Client()).post(URL, {"login": login, "password": password}, **extra)


def error_of(response):
    return " ".join(message for messages in response.context["form"].errors.values() for message in messages)


def came_in(response):
    return response.wsgi_request.user.is_authenticated


def audited(action):
    return Entry.objects.filter(action=action)


@pytest.mark.parametrize("typed", ["lan", "LAN", " Lần ", "Lan@Example.VN", "lan@example.vn "])
def test_a_name_may_be_typed_in_many_ways(lan, typed):
    Person.objects.filter(pk=lan.pk).update(email="lan@example.vn")
    assert came_in(attempt(typed, PASSWORD))


@pytest.mark.parametrize("typed", ["", "   ", "la", "lan\x00", "lan' OR 1=1 --", "x" * 300, "lan@", "ла́н"])
def test_what_names_nobody_lets_nobody_in(lan, typed):
    response = attempt(typed, PASSWORD)
    assert response.status_code == 200
    assert not came_in(response)


def test_known_and_unknown_names_are_answered_alike(lan):
    Person.objects.filter(pk=lan.pk).update(email="lan@example.vn")
    answers = {error_of(attempt(typed)) for typed in ("lan", "nobody", "lan@example.vn", "nobody@example.vn")}
    assert len(answers) == 1
    with translation.override("vi"):
        assert answers == {"Tên đăng nhập hoặc mật khẩu không đúng."}


def test_who_is_switched_off_does_not_come_in(lan):
    Person.objects.filter(pk=lan.pk).update(is_active=False)
    response = attempt("lan", PASSWORD)
    assert response["Location"] == "/accounts/inactive/"
    assert not came_in(response)
    assert not came_in(attempt("lan", "sai"))


def test_an_account_without_a_password_lets_nobody_in(tree):
    actions.add_person(by=SYSTEM, username="moi", full_name="Mới", home_id=tree["W1"].id)
    for password in ("", "!", "None"):
        assert not came_in(attempt("moi", password))


def test_five_wrong_passwords_lock_the_account_also_for_the_right_one(lan):
    Person.objects.filter(pk=lan.pk).update(email="lan@example.vn")
    for typed in ("lan", "LAN", "lan@example.vn", "lan", "Lân"):  # one counter, however the name was typed
        assert "Quá" not in error_of(attempt(typed))
    response = attempt("lan", PASSWORD)
    assert (
        error_of(response) == "Nhập sai quá nhiều lần. Vui lòng thử lại sau 5 phút hoặc đề nghị quản trị viên mở khóa."
    )
    assert not came_in(attempt("lan@example.vn", PASSWORD))
    assert audited("accounts.fail_sign_in").count() == 5
    assert audited("accounts.lock_out").get().subject == f"accounts.person:{lan.id}"
    actions.unlock_person(by=SYSTEM, person_id=lan.id)
    assert came_in(attempt("lan", PASSWORD))


def test_an_unknown_name_is_locked_alike_and_never_kept(lan):
    answers = [error_of(attempt("mat-khau-go-nham")) for _ in range(6)]
    assert answers[:5] == [answers[0]] * 5
    assert "5 phút" in answers[5]
    assert audited("accounts.fail_sign_in").filter(subject="accounts.person:unknown").count() == 5
    kept = " ".join(Entry.objects.values_list("details_json", flat=True)) + " ".join(
        CacheEntry.objects.values_list("cache_key", flat=True)
    )
    assert "mat-khau-go-nham" not in kept


def test_the_lock_opens_by_itself(lan, monkeypatch):
    now = lockout.time.time()
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: now)
    for _ in range(5):
        attempt("lan")
    assert not came_in(attempt("lan", PASSWORD))
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: now + 299)
    assert not came_in(attempt("lan", PASSWORD))
    assert lockout.minutes_left(lockout.person_key(lan)) == 1
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: now + 301)
    assert lockout.minutes_left(lockout.person_key(lan)) == 0
    assert came_in(attempt("lan", PASSWORD))


def test_right_passwords_in_between_do_not_wipe_the_count(lan):
    for _ in range(4):
        attempt("lan")
    assert came_in(attempt("lan", PASSWORD))
    attempt("lan")
    assert not came_in(attempt("lan", PASSWORD))


def test_wrong_passwords_in_bulk_from_one_address_stop_that_address(tree):
    for number in range(31):
        response = attempt(f"nguoi{number}", REMOTE_ADDR="203.0.113.9")
    assert "địa chỉ này" in error_of(response)
    make_person("lan", tree["W1"])
    assert not came_in(attempt("lan", PASSWORD, REMOTE_ADDR="203.0.113.9"))
    assert came_in(attempt("lan", PASSWORD, REMOTE_ADDR="203.0.113.10"))


def test_who_forwards_is_believed_only_behind_a_proxy(lan):
    for number in range(31):
        response = attempt(f"a{number}", REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
    assert "địa chỉ này" in error_of(response)
    cache.clear()
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1):
        for number in range(31):
            forwarded = f"6.6.6.6, 198.51.100.{number}"  # the first is what a client may invent
            response = attempt(f"b{number}", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
        assert "địa chỉ này" not in error_of(response)
        for number in range(31):
            forwarded = f"6.6.6.{number}, 198.51.100.200"
            response = attempt(f"c{number}", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
        assert "địa chỉ này" in error_of(response)


def test_the_counters_stand_in_a_table_that_comes_with_the_migrations(lan):
    attempt("lan")
    assert "login_failed" in " ".join(map(str, CacheEntry.objects.all()))


@pytest.fixture
def clerk(tree):
    person = make_person("motcua", tree["D1"])
    give(person, Role.CLERK, tree["D1"])
    second_factor.set_up(person, SECRET)
    return person


def halfway(client, person):
    response = attempt(person.username, PASSWORD, client)
    assert response["Location"].startswith(CODE)


def code_at(**shift):
    return second_factor.current_code(SECRET, clock.now() + timedelta(**shift))


def test_known_codes_of_rfc_6238():
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        assert second_factor.current_code(secret, datetime.fromtimestamp(seconds, UTC)) == code


def test_the_password_alone_opens_nothing(client, clerk):
    halfway(client, clerk)
    assert "_auth_user_id" not in client.session
    assert client.get("/accounts/sessions/").status_code == 302


def test_a_code_counts_once(client, clerk):
    code = code_at()
    halfway(client, clerk)
    assert client.post(CODE, {"code": code}).status_code == 302
    other = Client()
    halfway(other, clerk)
    assert error_of(other.post(CODE, {"code": code})) == "Mã không đúng hoặc đã được dùng."
    assert error_of(other.post(CODE, {"code": code_at(seconds=-30)}))  # nor does an older one
    assert audited("accounts.fail_code").count() == 2
    client.post("/accounts/second-factor/reauthenticate/", {"code": code})
    assert audited("accounts.fail_code").count() == 3


def test_a_clock_may_be_half_a_minute_wrong_and_no_more(clerk):
    at = datetime(2026, 11, 23, 7, 0, 15, tzinfo=UTC)
    for shift, valid in ((-60, False), (-30, True), (0, True), (30, True), (60, False)):
        Person.objects.update(spent_step=0)
        code = second_factor.current_code(SECRET, at + timedelta(seconds=shift))
        assert (second_factor.accepted(clerk, code, at) is not None) is valid, shift
    Person.objects.update(spent_step=0)
    spaced = second_factor.current_code(SECRET, at)
    assert second_factor.accepted(clerk, f" {spaced[:3]} {spaced[3:]} ", at)


@pytest.mark.parametrize("code", ["", "abc", "12345", "1234567", "١٢٣٤٥٦", "000000\x00", "𝟏𝟐𝟑𝟒𝟓𝟔"])
def test_what_is_no_code(client, clerk, code):
    halfway(client, clerk)
    assert client.post(CODE, {"code": code}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_wrong_codes_lock_too_and_the_administrator_unlocks(client, clerk):
    halfway(client, clerk)
    for _ in range(5):
        client.post(CODE, {"code": "000000"})
    assert "5 phút" in error_of(client.post(CODE, {"code": code_at()}))
    assert audited("accounts.lock_out").count() == 1
    actions.unlock_person(by=SYSTEM, person_id=clerk.id)
    assert client.post(CODE, {"code": Codes(clerk).next()}).status_code == 302
    assert "_auth_user_id" in client.session
    assert lockout.minutes_left(lockout.code_key(clerk)) == 0


def test_a_recovery_code_counts_once(client, clerk):
    code = RecoveryCodes.activate(clerk).get_unused_codes()[0]
    assert code not in str(list(Authenticator.objects.values_list("data", flat=True)))
    halfway(client, clerk)
    assert client.post(CODE, {"code": code}).status_code == 302
    assert client.get("/accounts/sessions/").status_code == 200
    other = Client()
    halfway(other, clerk)
    assert error_of(other.post(CODE, {"code": code}))


def test_staff_cannot_take_their_second_factor_away_and_citizens_can(client, clerk, tree):
    sign_in(client, clerk)
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 200
    assert second_factor.is_set_up(clerk)
    citizen, other = make_person("congdan"), Client()
    second_factor.set_up(citizen, SECRET)
    sign_in(other, citizen)
    assert other.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert not second_factor.is_set_up(citizen)


def test_secrets_are_sealed_with_the_citys_key(clerk):
    sealed = Authenticator.objects.get(user=clerk).data["secret"]
    assert SECRET not in sealed
    assert sealed != second_factor.encrypted(SECRET)
    assert second_factor.secret_of(clerk) == SECRET
    another = override_settings(SECRET_KEY="another key that is long enough for this")
    with another, pytest.raises(second_factor.SecretUnreadable):
        second_factor.secret_of(clerk)
    for broken in ("", "1:", "1:AAAA", sealed[:-6], "not base 64 đ"):
        with pytest.raises(second_factor.SecretUnreadable):
            second_factor.decrypted(broken)


def test_a_new_recovery_set_is_audited(client, clerk, django_capture_on_commit_callbacks):
    sign_in(client, clerk)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_generate_recovery_codes"))
    assert audited("accounts.renew_recovery_codes").exists()
    assert client.get(reverse("mfa_activate_totp"))["Location"] == reverse("mfa_deactivate_totp")


def test_nobody_signs_up(rf):
    from allauth.account.adapter import get_adapter

    assert not get_adapter().is_open_for_signup(rf.get("/"))


def test_the_authenticator_app_shows_the_city_and_the_username(client, tree):
    citizen = make_person("congdan", email="a@b.vn")
    sign_in(client, citizen)
    url = client.get(reverse("mfa_activate_totp")).context["totp_url"]
    assert url.startswith("otpauth://totp/congdan?")
    assert "issuer=Th%C3%A0nh%20ph%E1%BB%91" in url
