"""What is held about a person, source by source."""

import json
from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.test import Client
from django.utils import translation

from songcau.foundation.accounts import actions as accounts
from songcau.foundation.accounts import second_factor
from songcau.foundation.accounts.identity_models import Identity
from songcau.foundation.accounts.models import Holding, Post
from songcau.foundation.accounts.personal_data import actions, sources
from songcau.foundation.accounts.personal_data.rules import Ground, Outcome, Purpose, RequestKind
from songcau.foundation.accounts.personal_data.sources import Section, held_about
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.sign_on.providers import Provider
from songcau.foundation.accounts.tests.people import AT, SECRET, actor_with, give, make_person, sign_in


@pytest.fixture
def full(tree, an, officer):
    """A person of whom every section has something."""
    post = Post.objects.create(agency=tree["W1"], title="Công chức")
    Holding.objects.create(post=post, person=an, from_on=date(2026, 1, 1))
    role = give(an, Role.CLERK, tree["W1"])
    give(an, Role.AUDITOR, None)
    accounts.delegate_role(
        by=actor_of(an),
        grant_id=role.id,
        delegate_id=make_person("thay", tree["W1"]).id,
        ends_at=AT + timedelta(days=2),
        reason="Nghỉ phép",
    )
    for provider, subject in (("phone", "+84912345678"), ("vneid", "s1")):
        Identity.objects.create(
            person=an, provider=provider, subject=subject, assurance=1, birth="1990", number_hash="f" * 64
        )
    second_factor.set_up(an, SECRET)
    Authenticator.objects.create(user=an, type=Authenticator.Type.WEBAUTHN, data={"name": "Điện thoại"})
    sign_in(Client(), an)
    actions.record_look(by=officer, whose=an.id, kind="accounts.person", purpose=Purpose.OTHER, note="Theo đơn")
    asked = actions.make_request(by=actor_of(an), kind=RequestKind.DELETION, text="Xóa hết.")
    actions.take_request(by=officer, request_id=asked.id)
    actions.answer_request(
        by=officer, request_id=asked.id, outcome=Outcome.PARTLY, answer="Một phần.", ground=Ground.LOG_IS_KEPT
    )
    return an


# A room above, with tests of its own.
ABOVE = {"notifications", "files", "citizen_reports", "directives"}


def sections(person, most=200):
    held = held_about(person.id, most=most)
    return {one.code: one for source, found in held if source.code not in ABOVE for one in found}


def test_every_section_tells_what_why_and_how_long(full):
    found = sections(full)
    assert set(found) == {
        *("account", "posts", "roles", "delegations", "ways", "sign_in", "sessions", "log"),
        *("looks", "requests"),
    }
    for section in found.values():
        assert section.rows, section.code
        assert str(section.why), section.code
        assert str(section.kept), section.code
        assert all(len(row) == len(section.columns) for row in section.rows), section.code
        if not (section.correctable and section.erasable):
            assert str(section.why_not), section.code


def test_the_person_reads_unit_and_purpose_but_not_who(full):
    with translation.override("vi"):
        row = [str(value) for value in sections(full)["looks"].rows[0]]
    assert "Mục đích khác: Theo đơn" in row
    assert any("Cơ quan" in value for value in row)
    assert not any("Đặng" in value for value in row)


def test_the_answer_stands_with_the_request(full):
    with translation.override("en"):
        row = [str(value) for value in sections(full)["requests"].rows[0]]
    assert "Granted in part (The audit log is kept unaltered, for security and for complaints): Một phần." in row


def test_older_rows_are_counted_not_hidden(full):
    found = sections(full, most=1)
    assert len(found["log"].rows) == 1
    assert found["log"].left_out == sections(full)["log"].left_out + len(sections(full)["log"].rows) - 1
    assert found["roles"].left_out == 1
    assert found["looks"].left_out == found["requests"].left_out == 0


def test_a_copy_is_plain_data(full):
    copy = [section.as_data() for section in sections(full).values()]
    read = json.loads(json.dumps(copy))
    assert read == copy
    account = next(one for one in read if one["code"] == "account")
    assert "Nguyễn Văn An" in [row[1] for row in account["rows"]]


def test_somebody_of_whom_little_is_held(tree, now):
    found = sections(make_person("cong-dan"))
    assert not found["posts"].rows
    assert not found["looks"].rows
    assert found["account"].rows[0] != ("", "")


class _Lamps:
    code = "lamps"
    title = "Đèn"

    def held_about(self, person_id, *, most):
        return (Section("lamps", "Đèn", ("Đèn",), [("1",)], "thử", "mãi mãi"),)


def test_another_part_of_the_city_says_what_it_holds(an):
    sources.register(_Lamps())
    try:
        assert "lamps" in sections(an)
        assert sources.known_code("lamps") == "lamps"
        assert sources.title_of("lamps") == "Đèn"
    finally:
        del sources._registered["lamps"]
    assert sources.known_code("lamps") == ""
    assert sources.title_of("lamps") == "lamps"
    assert apps.is_installed("songcau.foundation.accounts.personal_data")


def test_the_log_speaks_the_words_it_was_lent(full):
    before = list(sources._action_words)
    sources.use_action_words(lambda code: f"«{code}»")
    try:
        assert any(str(row[1]).startswith("«accounts.") for row in sections(full)["log"].rows)
    finally:
        sources._action_words[:] = before


def test_looks_are_not_lent_to_administrators(tree):
    assert not actor_with(Role.SYSTEM_ADMINISTRATOR).may("personal_data.view_looks")


def test_what_providers_say_about_a_person_is_held_and_said_so(full, providers_known):
    rows = sections(full)["ways"].rows
    assert {str(row[0]) for row in rows} == {"vneid", "Điện thoại"}
    providers_known("vneid", "VNeID")
    assert {str(row[0]) for row in sections(full)["ways"].rows} == {"VNeID", "Điện thoại"}
    copied = json.dumps(sections(full)["ways"].as_data(), ensure_ascii=False)
    assert "1990" in copied
    assert "+84912345678" in copied
    assert "f" * 64 not in copied


@pytest.fixture
def providers_known(settings):
    def know(code, label):
        one = Provider(label=label, issuer="https://id.example.gov.vn", client_id="songcau")
        settings.SONGCAU = settings.SONGCAU.model_copy(update={"sign_in_providers": {code: one}})

    return know
