"""Citizens sign in by a provider: the whole journey, and everything that must not get them, or others, in."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from songcau.foundation.accounts.models import Identity, Person
from songcau.foundation.accounts.sign_on import client as provider_client
from songcau.foundation.accounts.sign_on.rules import Assurance
from songcau.foundation.audit.models import Entry
from songcau.kernel import clock
from tests.foundation.simulated import Browser, configured

pytestmark = pytest.mark.django_db


def last_reason() -> str:
    entry = Entry.objects.filter(action="accounts.refuse_sign_on").latest("sequence")
    assert entry.details["address"] == "127.0.0.1"
    return str(entry.details["reason"])


def require_refused(browser: Browser, answer, reason: str) -> None:
    """A page with a sentence and ways on, a reason in the audit log, nobody signed in, nobody made."""
    assert answer.status_code in {422, 503}, answer.status_code
    words = answer.content.decode()
    assert "Bạn chưa đăng nhập" in words
    assert reverse("citizen_sign_in") in words
    assert reason not in words
    assert last_reason() == reason
    assert not browser.is_signed_in
    assert not Person.objects.exists()


def test_a_citizen_signs_in_and_is_the_same_person_the_next_time(browser) -> None:
    answer = browser.sign_in("vneid")
    assert answer["Location"] == "/"
    assert browser.is_signed_in
    person = Person.objects.get()
    assert (person.full_name, person.phone) == ("NGUYỄN VĂN MẪU", "+84912345678")
    assert not person.has_usable_password()
    again = Browser(Client())
    again.sign_in("vneid")
    assert again.is_signed_in
    assert Person.objects.get() == person
    identity = Identity.objects.get()
    assert (identity.person, identity.birth, identity.assurance) == (person, "1990-05-19", Assurance.SUBSTANTIAL)
    assert "000090000011" not in str(Identity.objects.values()) + str(list(Entry.objects.values()))


def test_a_provider_without_iss_and_with_claims_at_userinfo_only(browser) -> None:
    browser.sign_in("vnconnect", "hhen")
    assert browser.is_signed_in
    identity = Identity.objects.get()
    assert (identity.full_name, identity.birth) == ("H'Hen Niê Mẫu", "1962")
    assert identity.number_hash


@pytest.mark.parametrize(
    ("who", "name", "birth"),
    [
        ("ayun", "AYUN", "1975"),
        ("dai", "CÔNG TẰNG TÔN NỮ THỊ HOÀNG PHƯƠNG ANH NGUYỄN PHÚC NGỌC BẢO CHÂU MẪU", "1988-02-29"),
        ("hara", "HARUKA MẪU", "1985-11-03"),
        ("be", "TRẦN BÉ MẪU", "2014-09-02"),
    ],
)
def test_people_whose_papers_are_unlike_most(browser, who: str, name: str, birth: str) -> None:
    browser.sign_in("vneid", who)
    assert browser.is_signed_in
    assert Person.objects.get().full_name == name
    assert Identity.objects.get().birth == birth


def test_a_foreign_telephone_number_is_kept(browser) -> None:
    browser.sign_in("vneid", "hara")
    assert Person.objects.get().phone == "+819012345678"


def test_the_question_carries_what_protects_the_answer(browser, providers) -> None:
    address = browser.begin("vneid", level="SUBSTANTIAL")
    for part in ("response_type=code", "code_challenge_method=S256", "code_challenge=", "state=", "nonce="):
        assert part in address
    assert "acr_values=LoA2+LoA3" in address
    assert "client_secret" not in address
    assert address.startswith(providers["vneid"].issuer)


FAULTS = {
    "wrong_nonce": "NONCE_WRONG",
    "no_nonce": "NONCE_WRONG",
    "replayed_token": "NONCE_WRONG",
    "wrong_issuer": "ISSUER_WRONG",
    "wrong_audience": "AUDIENCE_WRONG",
    "more_audiences": "PARTY_WRONG",
    "wrong_party": "PARTY_WRONG",
    "expired": "EXPIRED",
    "no_expiry": "EXPIRED",
    "expiry_in_words": "EXPIRED",
    "from_the_future": "FROM_THE_FUTURE",
    "not_yet": "FROM_THE_FUTURE",
    "long_ago": "TOO_OLD",
    "unsigned": "ALGORITHM_REFUSED",
    "signed_with_public_key": "ALGORITHM_REFUSED",
    "unknown_key": "KEY_UNKNOWN",
    "wrong_signature": "SIGNATURE_WRONG",
    "key_in_header": "SIGNATURE_WRONG",
    "no_token": "TOKEN_UNUSABLE",
    "no_jwt": "TOKEN_UNUSABLE",
    "wrong_at_hash": "ACCESS_TOKEN_WRONG",
    "no_subject": "SUBJECT_MISSING",
    "spaced_subject": "SUBJECT_MISSING",
    "other_subject": "SUBJECT_DIFFERS",
    "userinfo_down": "USERINFO_UNUSABLE",
    "no_level": "ASSURANCE_TOO_LOW",
    "other_issuer_in_answer": "PROVIDER_MIXED",
    "no_issuer_in_answer": "ISSUER_MISSING",
    "declines": "SIGN_ON_DECLINED",
    "breaks": "PROVIDER_AWAY",
    "no_code": "CODE_MISSING",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_answer_that_is_wrong_signs_nobody_in(browser, providers, fault: str) -> None:
    if fault == "replayed_token":
        other = Browser(Client())
        other.sign_in("vnconnect")  # a token that was good once, for somebody else's sign-in
        Identity.objects.all().delete()
        Person.objects.all().delete()
    code = "vnconnect" if fault == "replayed_token" else "vneid"
    require_refused(browser, browser.sign_in(code, fault=fault), FAULTS[fault])


def test_a_lower_level_than_was_asked_for_signs_nobody_in(browser) -> None:
    require_refused(browser, browser.sign_in("vneid", level="SUBSTANTIAL", fault="low_level"), "ASSURANCE_TOO_LOW")
    require_refused(browser, browser.sign_in("vneid", "ayun", level="SUBSTANTIAL"), "ASSURANCE_TOO_LOW")


def test_a_level_that_the_provider_never_gives_is_not_asked_for(browser, providers, settings) -> None:
    known = {"vneid": configured(providers["vneid"].issuer, "vneid", levels={"LoA1": "LOW"})}
    settings.SONGCAU = settings.SONGCAU.model_copy(update={"sign_in_providers": known})
    answer = browser.client.post("/accounts/sign-in/by/vneid/", {"level": "HIGH"})
    require_refused(browser, answer, "ASSURANCE_TOO_LOW")


def test_an_answer_counts_once(browser) -> None:
    back = browser.choose(browser.begin("vneid"))
    assert browser.client.get(back).status_code == 302
    browser.client.post(reverse("account_logout"))
    assert browser.client.get(back).status_code == 422
    assert last_reason() == "STATE_UNKNOWN"
    assert not browser.is_signed_in


def test_an_answer_counts_once_even_where_the_session_forgot_that_it_was_used(browser) -> None:
    back = browser.choose(browser.begin("vneid"))
    kept = browser.client.session["songcau_sign_on"]
    browser.client.get(back)
    other = Browser(Client())
    session = other.client.session
    session["songcau_sign_on"] = kept
    session.save()
    assert other.client.get(back).status_code == 422
    assert last_reason() == "STATE_REPLAYED"
    assert not other.is_signed_in


def test_the_code_of_another_sign_in_is_worth_nothing(browser) -> None:
    """Injected: the attacker's code under the victim's state, or a used one in a new sign-in."""
    attacker = Browser(Client())
    stolen = attacker.choose(attacker.begin("vneid"), "dai")
    code = stolen.partition("code=")[2].partition("&")[0]
    own = browser.choose(browser.begin("vneid"))
    mine = own.partition("code=")[2].partition("&")[0]
    require_refused(browser, browser.client.get(own.replace(mine, code)), "TOKEN_REFUSED")


def test_the_code_of_another_sign_in_fails_by_its_nonce_where_the_provider_forgets_pkce(browser) -> None:
    attacker = Browser(Client())
    stolen = attacker.choose(attacker.begin("vneid"), "dai", "no_pkce")
    code = stolen.partition("code=")[2].partition("&")[0]
    own = browser.choose(browser.begin("vneid"))
    mine = own.partition("code=")[2].partition("&")[0]
    require_refused(browser, browser.client.get(own.replace(mine, code)), "NONCE_WRONG")


@pytest.mark.parametrize("state", ["", "&state=", "&state=unknown", "&state=%00", "&state=" + "x" * 5000])
def test_without_a_state_of_ours_nothing_is_even_asked(browser, providers, state: str) -> None:
    providers["vneid"].asked.clear()
    answer = browser.client.get(f"/accounts/sign-in/by/vneid/callback/?code=abc{state}")
    require_refused(browser, answer, "STATE_UNKNOWN")
    assert providers["vneid"].asked == []


def test_the_state_of_another_browser_signs_nobody_in(browser) -> None:
    back = Browser(Client()).choose(Browser(Client()).begin("vneid"), "dai")
    browser.begin("vneid")
    require_refused(browser, browser.client.get(back), "STATE_UNKNOWN")


def test_the_state_of_another_provider_signs_nobody_in(browser) -> None:
    back = browser.choose(browser.begin("vneid"))
    require_refused(browser, browser.client.get(back.replace("/vneid/", "/vnconnect/")), "STATE_UNKNOWN")


def test_after_ten_minutes_the_answer_comes_too_late(browser) -> None:
    back = browser.choose(browser.begin("vneid"))
    with clock.frozen(clock.now() + timedelta(minutes=10, seconds=1)):
        answer = browser.client.get(back)
    require_refused(browser, answer, "STATE_EXPIRED")


def test_windows_beside_each_other_do_not_disturb_each_other(browser) -> None:
    first, *others = [browser.choose(browser.begin("vneid")) for _ in range(6)]
    assert browser.client.get(others[0]).status_code == 302
    assert browser.client.get(others[4]).status_code == 302
    assert browser.is_signed_in
    assert Person.objects.count() == 1
    assert first not in others  # the oldest of six was forgotten
    assert browser.client.get(first).status_code == 422


OUTAGES = {
    "discovery_down": "PROVIDER_AWAY",
    "discovery_html": "PROVIDER_AWAY",
    "discovery_huge": "PROVIDER_AWAY",
    "discovery_hangs": "PROVIDER_AWAY",
    "discovery_drips": "PROVIDER_AWAY",
    "discovery_other": "DISCOVERY_UNUSABLE",
    "discovery_leads_away": "DISCOVERY_UNUSABLE",
    "discovery_plain_only": "DISCOVERY_UNUSABLE",
}


@pytest.mark.parametrize("outage", OUTAGES)
def test_a_provider_that_is_not_well_is_not_gone_to(browser, providers, monkeypatch, outage: str) -> None:
    monkeypatch.setattr(provider_client, "READ_SECONDS", 0.5)
    monkeypatch.setattr(provider_client, "WHOLE_SECONDS", 0.5)
    providers["vneid"].outages.add(outage)
    answer = browser.client.post("/accounts/sign-in/by/vneid/")
    require_refused(browser, answer, OUTAGES[outage])
    assert answer.status_code == (503 if OUTAGES[outage] == "PROVIDER_AWAY" else 422)


@pytest.mark.parametrize(
    ("outage", "reason"),
    [
        ("keys_down", "PROVIDER_AWAY"),
        ("keys_html", "PROVIDER_AWAY"),
        ("keys_odd", "KEYS_UNUSABLE"),
        ("keys_short", "KEYS_UNUSABLE"),
        ("token_down", "TOKEN_REFUSED"),
        ("token_html", "PROVIDER_AWAY"),
        ("token_hangs", "PROVIDER_AWAY"),
    ],
)
def test_a_provider_that_falls_ill_on_the_way_signs_nobody_in(
    browser, providers, monkeypatch, outage: str, reason: str
) -> None:
    monkeypatch.setattr(provider_client, "READ_SECONDS", 0.5)
    back = browser.choose(browser.begin("vneid"))
    providers["vneid"].outages.add(outage)
    require_refused(browser, browser.client.get(back), reason)


def test_a_provider_nobody_answers_for_is_away(browser, providers, settings) -> None:
    known = {"vneid": configured("http://127.0.0.1:9", "vneid")}
    settings.SONGCAU = settings.SONGCAU.model_copy(update={"sign_in_providers": known})
    require_refused(browser, browser.client.post("/accounts/sign-in/by/vneid/"), "PROVIDER_AWAY")


def test_who_was_away_is_left_alone_for_a_while_and_then_asked_again(browser, providers) -> None:
    simulated = providers["vneid"]
    simulated.outages.add("discovery_down")
    browser.client.post("/accounts/sign-in/by/vneid/")
    asked = len(simulated.asked)
    assert asked == 2  # once more after the first failure
    simulated.outages.clear()
    assert browser.client.post("/accounts/sign-in/by/vneid/").status_code == 503
    assert len(simulated.asked) == asked
    with clock.frozen(clock.now() + provider_client.AWAY_FOR):
        assert browser.client.post("/accounts/sign-in/by/vneid/").status_code == 302


def test_a_new_key_is_fetched_and_an_unknown_one_asked_for_once_a_minute(browser, providers) -> None:
    simulated = providers["vneid"]
    browser.sign_in("vneid")
    later = clock.now() + timedelta(seconds=61)
    simulated.rotate()
    with clock.frozen(later):
        other = Browser(Client())
        other.sign_in("vneid")
        assert other.is_signed_in
        simulated.asked.clear()
        for _ in range(3):
            Browser(Client()).sign_in("vneid", fault="unknown_key")
        assert "keys" not in simulated.asked


def test_description_and_keys_are_asked_for_once_an_hour(browser, providers) -> None:
    browser.sign_in("vneid")
    providers["vneid"].asked.clear()
    Browser(Client()).sign_in("vneid")
    assert ".well-known/openid-configuration" not in providers["vneid"].asked
    assert "keys" not in providers["vneid"].asked
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        Browser(Client()).begin("vneid")
    assert ".well-known/openid-configuration" in providers["vneid"].asked


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:evil.example"],
)
def test_nobody_is_led_to_another_site(browser, target: str) -> None:
    assert browser.sign_in("vneid", next=target)["Location"] == "/"


def test_one_comes_back_to_where_one_wanted_to_go(browser) -> None:
    assert browser.sign_in("vneid", next="/accounts/ways/?x=1")["Location"] == "/accounts/ways/?x=1"


def test_no_address_fills_the_audit_log(browser) -> None:
    for _ in range(60):
        browser.client.get("/accounts/sign-in/by/vneid/callback/?code=a&state=b")
    before = Entry.objects.count()
    assert browser.client.get("/accounts/sign-in/by/vneid/callback/?code=a&state=b").status_code == 429
    assert Entry.objects.count() == before


def test_a_provider_nobody_knows_is_no_page(browser) -> None:
    assert browser.client.post("/accounts/sign-in/by/nobody/").status_code == 404
    assert browser.client.get("/accounts/sign-in/by/nobody/callback/").status_code == 404


def test_signing_out_goes_through_the_provider(browser, providers) -> None:
    browser.sign_in("vneid")
    address = browser.client.post(reverse("account_logout"))["Location"]
    assert address.startswith(f"{providers['vneid'].issuer}/logout?")
    assert "id_token_hint=" in address
    assert "post_logout_redirect_uri=" in address
    assert not browser.is_signed_in
