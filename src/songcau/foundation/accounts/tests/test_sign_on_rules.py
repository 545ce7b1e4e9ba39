"""What is believed of a provider's word, read as people write it, and linked to whom."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from songcau.foundation.accounts.phones import (
    PhoneNotMobile,
    PhoneUnreadable,
    masked,
    mobile_number,
    phone_number,
    shown,
    written,
)
from songcau.foundation.accounts.sign_on import codes, rules
from songcau.foundation.accounts.sign_on.providers import Provider
from songcau.foundation.accounts.sign_on.rules import Assurance, Expected, SignOnFailed

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
EXPECTED = Expected("vneid", "https://id.example", "songcau", "n", "RS256", "token")
GOOD = {
    "iss": "https://id.example",
    "aud": "songcau",
    "sub": "a",
    "exp": AT + 300,
    "iat": AT,
    "nonce": "n",
    "at_hash": rules.access_token_hash("token", "RS256"),
}


def believed(**change: object) -> str:
    """Empty, or the reason not to. None: the claim is left out."""
    claims = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    try:
        rules.require_id_token(claims, EXPECTED, NOW)
    except SignOnFailed as refusal:
        return str(refusal.params["reason"])
    return ""


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"aud": ["songcau"]},
        {"aud": ["other", "songcau"], "azp": "songcau"},
        {"azp": "songcau"},
        {"at_hash": None},
        {"exp": AT - 59},
        {"iat": AT + 60},
        {"nbf": AT + 60},
        {"iat": AT - 600},
        {"exp": AT + 0.5},
    ],
)
def test_a_token_that_is_believed(change) -> None:
    assert believed(**change) == ""


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        ("ISSUER_WRONG", {"iss": "https://id.example/"}),
        ("ISSUER_WRONG", {"iss": None}),
        ("AUDIENCE_WRONG", {"aud": "other"}),
        ("AUDIENCE_WRONG", {"aud": []}),
        ("AUDIENCE_WRONG", {"aud": {"songcau": 1}}),
        ("AUDIENCE_WRONG", {"aud": None}),
        ("PARTY_WRONG", {"aud": ["songcau", "other"]}),
        ("PARTY_WRONG", {"azp": "other"}),
        ("PARTY_WRONG", {"azp": ""}),
        ("EXPIRED", {"exp": AT - 60}),
        ("EXPIRED", {"exp": None}),
        ("EXPIRED", {"exp": True}),
        ("EXPIRED", {"exp": "9999999999"}),
        ("EXPIRED", {"exp": 10**400}),
        ("FROM_THE_FUTURE", {"iat": AT + 61}),
        ("FROM_THE_FUTURE", {"iat": None}),
        ("FROM_THE_FUTURE", {"nbf": AT + 61}),
        ("FROM_THE_FUTURE", {"nbf": "now"}),
        ("TOO_OLD", {"iat": AT - 661}),
        ("NONCE_WRONG", {"nonce": "m"}),
        ("NONCE_WRONG", {"nonce": ""}),
        ("NONCE_WRONG", {"nonce": ["n"]}),
        ("NONCE_WRONG", {"nonce": "\ud800"}),
        ("ACCESS_TOKEN_WRONG", {"at_hash": "x"}),
        ("ACCESS_TOKEN_WRONG", {"at_hash": ""}),
        ("SUBJECT_MISSING", {"sub": ""}),
        ("SUBJECT_MISSING", {"sub": 7}),
        ("SUBJECT_MISSING", {"sub": "x" * 256}),
        ("SUBJECT_MISSING", {"sub": "a\u200b"}),
    ],
)
def test_a_token_that_is_not_believed(reason: str, change) -> None:
    assert believed(**change) == reason


def test_nothing_equals_nothing_said() -> None:
    assert not rules.same("", "")
    assert not rules.same(None, "n")
    assert rules.same("n", "n")


def test_the_hash_of_an_access_token_follows_the_signature() -> None:
    # OpenID Connect Core, appendix A.3
    assert rules.access_token_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "RS256") == "77QmUPtjPfzWtF2AnpK9RQ"
    lengths = [len(rules.access_token_hash("t", algorithm)) for algorithm in ("ES256", "PS384", "RS512", "Ed25519")]
    assert lengths == [22, 32, 43, 43]


@pytest.mark.parametrize(
    ("said", "promised", "reason"),
    [
        ("https://id.example", True, ""),
        ("https://id.example", False, ""),
        (None, False, ""),
        (None, True, "ISSUER_MISSING"),
        ("https://other.example", False, "PROVIDER_MIXED"),
        ("", False, "PROVIDER_MIXED"),
    ],
)
def test_whose_answer_it_is(said, promised: bool, reason: str) -> None:
    def ask() -> None:
        rules.require_response_issuer(said, issuer="https://id.example", promised=promised, provider="vneid")

    if not reason:
        ask()
    else:
        with pytest.raises(SignOnFailed) as refusal:
            ask()
        assert refusal.value.params["reason"] == reason


@pytest.mark.parametrize(("minutes", "holds"), [(-2, False), (-1, True), (0, True), (9.9, True), (10, False)])
def test_what_was_begun_holds_ten_minutes(minutes: float, holds: bool) -> None:
    began = NOW - timedelta(minutes=minutes)
    if holds:
        rules.require_pending(began, NOW)
    else:
        with pytest.raises(rules.SignOnExpired):
            rules.require_pending(began, NOW)


LEVELS = {"LoA1": Assurance.LOW, "LoA2": Assurance.SUBSTANTIAL, "LoA3": Assurance.HIGH}


def test_levels_of_the_table_and_no_others() -> None:
    assert rules.assurance_of("LoA2", LEVELS, Assurance.NONE) is Assurance.SUBSTANTIAL
    for unknown in ("loa2", "LoA4", "", None, ["LoA3"], 3):
        assert rules.assurance_of(unknown, LEVELS, Assurance.NONE) is Assurance.NONE
    assert rules.acr_values(LEVELS, Assurance.SUBSTANTIAL) == "LoA2 LoA3"
    assert rules.acr_values({}, Assurance.LOW) == ""
    rules.require_assurance(Assurance.HIGH, Assurance.LOW, "vneid")
    with pytest.raises(rules.AssuranceTooLow):
        rules.require_assurance(Assurance.LOW, Assurance.SUBSTANTIAL, "vneid")


@pytest.mark.parametrize(
    ("said", "birth"),
    [
        ("19/05/1990", "1990-05-19"),
        ("1990-05-19", "1990-05-19"),
        ("19051990", "1990-05-19"),
        ("19900519", "1990-05-19"),
        ("1962", "1962"),
        ("00/00/1962", "1962"),
        ("0/0/1962", "1962"),
        ("00001962", "1962"),
        ("1962-00-00", "1962"),
        ("00/05/1962", "1962-05"),
        ("1962-05-00", "1962-05"),
        ("05/1962", "1962-05"),
        ("29/02/1988", "1988-02-29"),
        ("29/02/1989", ""),
        ("31/12/2026", ""),
        ("2027", ""),
        ("quý 1/1990", ""),
        ("1890", ""),
        ("someday", ""),
        ("", ""),
    ],
)
def test_a_birth_date_is_as_exact_as_it_is_known(said: str, birth: str) -> None:
    assert rules.birth_of(said, date(2026, 11, 28)) == birth


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("000090000011", "000090000011"),
        ("123 456 789", "123456789"),
        ("00009000001", ""),
        ("C1234567", ""),
        ("", ""),
    ],
)
def test_an_identity_number_has_twelve_digits_or_nine(said: str, kept: str) -> None:
    assert rules.number_of(said) == kept


def test_claims_are_lines_of_text_or_nothing() -> None:
    assert rules.text_of("  Nguyễn\tVăn  An ") == "Nguyễn Văn An"
    assert rules.text_of(1962) == "1962"
    for other in (True, None, 1.5, ["a"], {"a": 1}):
        assert rules.text_of(other) == ""
    assert rules.name_of("H'Hen Niê") == "H'Hen Niê"
    assert rules.name_of("A1 <b>") == ""
    assert rules.phone_of("0912345678") == "+84912345678"
    assert rules.phone_of("none") == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0912345678", "+84912345678"),
        ("0912 345 678", "+84912345678"),
        ("0912.345.678", "+84912345678"),
        ("(+84) 912-345-678", "+84912345678"),
        ("+84 (0) 912 345 678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("0084 912345678", "+84912345678"),
        ("912345678", "+84912345678"),
        ("０９１２３４５６７８", "+84912345678"),
        ("0912\u00a0345\u200b678", "+84912345678"),
        ("01635123456", "+84335123456"),
        ("+84 1201234567", "+84701234567"),
        ("0199 123 4567", "+84591234567"),
        ("+81 90-1234-5678", "+819012345678"),
        ("+1 202-555-0143", "+12025550143"),
        ("0208 3855 555", "+842083855555"),
    ],
)
def test_a_telephone_number_in_every_spelling(typed: str, kept: str) -> None:
    assert phone_number(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "   ", "091234567", "09123456789", "abc", "+", "+999 123 456", "113", "0912345678 ext 5", "9" * 50]
)
def test_what_is_no_telephone_number(typed: str) -> None:
    with pytest.raises(PhoneUnreadable):
        phone_number(typed)


def test_messages_go_to_mobiles_only_and_pages_show_what_is_needed() -> None:
    assert mobile_number("0912345678") == "+84912345678"
    for typed in ("0208 3855 555", "abc"):
        with pytest.raises(PhoneNotMobile):
            mobile_number(typed)
    assert (written("+84912345678"), written("+819012345678")) == ("+84912345678 0912345678", "+819012345678")
    assert shown("+84912345678") == "+84 912 345 678"
    assert masked("+84912345678") == "•••678"


def test_a_number_that_was_not_used_for_a_season_may_be_somebody_elses() -> None:
    assert rules.phone_is_known(NOW - timedelta(days=89), NOW)
    assert not rules.phone_is_known(NOW - timedelta(days=90), NOW)


def test_a_weak_session_changes_no_strong_ways() -> None:
    rules.require_may_change_ways(Assurance.LOW, [])
    rules.require_may_change_ways(Assurance.LOW, [Assurance.LOW])
    rules.require_may_change_ways(Assurance.HIGH, [Assurance.LOW, Assurance.SUBSTANTIAL])
    with pytest.raises(rules.SignInStronger):
        rules.require_may_change_ways(Assurance.LOW, [Assurance.LOW, Assurance.SUBSTANTIAL])


def test_one_account_has_one_identity_number_and_one_way_at_least() -> None:
    rules.require_same_number("", ["a"])
    rules.require_same_number("a", ["", "a"])
    with pytest.raises(rules.OtherNumber):
        rules.require_same_number("b", ["", "a"])
    rules.require_way_left(1)
    with pytest.raises(rules.LastWay):
        rules.require_way_left(0)


@pytest.mark.parametrize(
    ("phone", "address", "city"),
    [
        ([59], [], 0),
        ([100, 200, 300, 400, 500], [], 0),
        ([], [100] * 10, 0),
        ([], [4000] * 30, 0),
        ([], [], 5000),
    ],
)
def test_codes_are_not_sent_without_end(phone: list[int], address: list[int], city: int) -> None:
    def ago(seconds: list[int]) -> list[datetime]:
        return [NOW - timedelta(seconds=one) for one in seconds]

    codes.require_few_codes(ago(phone[1:]), ago(address[1:]), max(city - 1, 0), NOW)
    with pytest.raises(codes.TooManyCodes):
        codes.require_few_codes(ago(phone), ago(address), city, NOW)


def test_a_code_holds_five_minutes() -> None:
    assert codes.code_is_open(NOW - timedelta(minutes=4, seconds=59), NOW)
    assert not codes.code_is_open(NOW - timedelta(minutes=5), NOW)


GIVEN = {"label": "VNeID", "issuer": "https://id.example", "client_id": "songcau"}


def test_a_provider_is_described_below_its_issuer_unless_it_says_otherwise() -> None:
    provider = Provider(**GIVEN, levels={"LoA2": "SUBSTANTIAL"}, origins=("https://keys.example/x",))
    assert provider.described_at == "https://id.example/.well-known/openid-configuration"
    assert provider.allowed_origins == {"https://id.example", "https://keys.example"}
    assert provider.strongest is Assurance.SUBSTANTIAL
    assert provider.host == "id.example"
    assert Provider(**{**GIVEN, "discovery": "https://x.example/d"}).described_at == "https://x.example/d"
    assert Provider(**{**GIVEN, "issuer": "http://127.0.0.1:9000/a"}).strongest is Assurance.NONE


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "http://id.example"},
        {"issuer": ""},
        {"issuer": "https://user:password@id.example"},
        {"issuer": "ftp://id.example"},
        {"discovery": "http://id.example/d"},
        {"scopes": "profile"},
        {"levels": {"LoA1": "MIDDLING"}},
        {"levels": {"LoA1": 2}},
        {"algorithms": ["none"]},
        {"algorithms": ["HS256"]},
        {"client_id": ""},
        {"label": ""},
        {"secret": "misspelt"},
    ],
)
def test_settings_of_a_provider_that_stop_the_start(change) -> None:
    with pytest.raises(ValidationError):
        Provider(**{**GIVEN, **change})


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
    ],
)
def test_what_counts_as_one_address(address: str, counted: str) -> None:
    assert codes.network_of(address) == counted
