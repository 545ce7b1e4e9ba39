"""Who may look at all files and hold them, and what each anticipated error says."""

import pytest
from django.utils import translation

from songcau.foundation.accounts.roles import Role, permissions_of
from songcau.foundation.files import permissions, refusals, rules, uses
from songcau.foundation.files.tests.conftest import PAPERS
from songcau.foundation.files.words import said, sentence
from songcau.kernel.actor import EVERYWHERE, NOBODY, SYSTEM, Actor, Grant
from songcau.kernel.ids import new_id


def holder(role: Role) -> Actor:
    return Actor(new_id(), "x", (Grant(permissions_of(role), EVERYWHERE),))


def test_the_administrator_holds_and_the_auditor_looks() -> None:
    assert permissions.may_hold(holder(Role.SYSTEM_ADMINISTRATOR))
    assert permissions.may_try_out(holder(Role.SYSTEM_ADMINISTRATOR))
    assert permissions.may_view(holder(Role.AUDITOR))
    assert not permissions.may_hold(holder(Role.AUDITOR))
    assert not permissions.may_view(holder(Role.CLERK))
    permissions.require_view(SYSTEM)
    permissions.require_hold(SYSTEM)
    with pytest.raises(refusals.MayNotViewFiles):
        permissions.require_view(NOBODY)
    with pytest.raises(refusals.MayNotHoldFile):
        permissions.require_hold(NOBODY)


def test_a_use_is_known_by_its_name() -> None:
    assert uses.use_of(PAPERS.name) is PAPERS
    assert PAPERS in uses.all_uses()
    with pytest.raises(refusals.UseUnknown):
        uses.use_of("no.such.use")


def test_a_refusal_is_a_sentence_even_without_its_parameters() -> None:
    with translation.override("en"):
        assert said(refusals.Infected(name="Eicar")).startswith("The virus scanner found Eicar")
        assert "…" in sentence("FILE_INFECTED", {})
        assert sentence("OF_ANOTHER_APP", {}) == "OF_ANOTHER_APP"
    assert rules.has_preview(rules.PDF)
