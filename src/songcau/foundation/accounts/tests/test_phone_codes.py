"""Codes to telephones: sent, tried, counted, forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache

from songcau.foundation.accounts import actions, phone_codes, tasks
from songcau.foundation.accounts.models import PhoneCode
from songcau.foundation.accounts.sign_on.codes import PhoneCodeWrong, TooManyCodes
from songcau.foundation.audit.models import Entry
from songcau.kernel import clock
from songcau.kernel.actor import NOBODY, SYSTEM
from songcau.kernel.errors import Unavailable

pytestmark = pytest.mark.django_db
PHONE, OTHER, HERE = "+84912345678", "+84981234567", "203.0.113.9"
AT = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def sent(monkeypatch):
    """What the telephones got, as (number, code, language)."""
    cache.clear()
    got: list[tuple[str, str, str]] = []
    monkeypatch.setattr(phone_codes, "_sender", [])
    phone_codes.use_code_sender(lambda *, phone, code, language: got.append((phone, code, language)))
    return got


def request(phone: str = PHONE, address: str = HERE, seconds: float = 0) -> None:
    with clock.frozen(AT + timedelta(seconds=seconds)):
        actions.request_phone_code(by=NOBODY, phone=phone, address=address, language="vi")


def check(code: str, phone: str = PHONE, seconds: float = 1) -> bool:
    with clock.frozen(AT + timedelta(seconds=seconds)):
        try:
            actions.check_phone_code(by=NOBODY, phone=phone, code=code, address=HERE)
        except PhoneCodeWrong:
            return False
    return True


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_code_of_six_digits_is_sent_and_counts_once(sent) -> None:
    request()
    ((phone, code, language),) = sent
    assert (phone, language) == (PHONE, "vi")
    assert len(code) == 6
    assert code.isdigit()
    assert check(f" {code[:3]} {code[3:]} ")
    assert not check(code)


def test_nothing_is_kept_that_tells_code_number_or_address(sent) -> None:
    request()
    kept = str(PhoneCode.objects.values()) + str(list(Entry.objects.values("subject", "details_json")))
    for secret in (sent[0][1], PHONE, PHONE[3:], HERE):
        assert secret not in kept
    assert str(PhoneCode.objects.get()) == "code of 2026-11-28 09:00"


def test_it_holds_five_minutes(sent) -> None:
    request()
    assert not check(sent[0][1], seconds=300)
    assert check(sent[0][1], seconds=299)


def test_after_five_wrong_ones_the_right_one_is_wrong_too(sent) -> None:
    request()
    code = sent[0][1]
    assert not any(check(another(code)) for _ in range(5))
    assert not check(code)
    assert Entry.objects.filter(action="accounts.fail_phone_code").count() == 6


def test_only_the_newest_counts_and_each_number_has_its_own(sent) -> None:
    request()
    request(OTHER)
    request(seconds=61)
    first, other, newest = [code for _, code, _ in sent]
    assert check(first, seconds=62) is (first == newest)
    assert check(newest, OTHER, seconds=62) is (newest == other)
    assert check(newest, seconds=62)


@pytest.mark.parametrize("typed", ["", "abc", "000000000", "\x00", "đ" * 6])
def test_what_is_no_code(sent, typed: str) -> None:
    request()
    assert not check(typed)
    assert not check("123456", "+84900000000")


def test_one_a_minute_and_five_a_day_to_a_number(sent) -> None:
    request()
    for too_soon in (0, 30, 59.9):
        with pytest.raises(TooManyCodes):
            request(seconds=too_soon)
    for later in (61, 122, 183, 244):
        request(seconds=later)
    with pytest.raises(TooManyCodes):
        request(seconds=3600)
    request(seconds=86461)
    assert len(sent) == 6


def test_ten_an_hour_from_an_address(sent) -> None:
    for number in range(10):
        request(f"+8491234560{number}")
    with pytest.raises(TooManyCodes):
        request("+84912345699")
    request("+84912345699", address="203.0.113.10")
    request("+84912345699", seconds=3601)


def test_another_address_of_the_same_network_does_not_begin_anew(sent) -> None:
    for number in range(10):
        request(f"+8491234560{number}", address=f"2001:db8:1:2::{number}")
    with pytest.raises(TooManyCodes):
        request("+84912345699", address="2001:db8:1:2:ffff::1")
    request("+84912345699", address="2001:db8:1:3::1")


def test_a_city_without_a_sender_says_so_and_writes_nothing(monkeypatch) -> None:
    monkeypatch.setattr(phone_codes, "_sender", [])
    assert not phone_codes.can_send()
    with pytest.raises(phone_codes.CodesNotSent):
        request()
    with pytest.raises(phone_codes.CodesNotSent):
        phone_codes.send_code(phone=PHONE, code="1", language="vi")
    assert not PhoneCode.objects.exists()


def test_what_could_not_be_sent_counts_all_the_same() -> None:
    class Away(Unavailable):
        code = "AWAY"

    def away(*, phone: str, code: str, language: str) -> None:
        raise Away()

    phone_codes.use_code_sender(away)
    with pytest.raises(Away):
        request()
    with pytest.raises(TooManyCodes):
        request(seconds=30)


def test_the_day_after_everything_is_forgotten(sent) -> None:
    request()
    request(OTHER, seconds=120)
    with clock.frozen(AT + timedelta(days=1, seconds=1)):
        tasks.forget_codes()
        assert PhoneCode.objects.count() == 1
        assert actions.forget_phone_codes(by=SYSTEM) == 0
