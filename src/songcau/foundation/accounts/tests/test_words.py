"""Every code has its words, in both languages."""

import inspect
import re

import pytest
from django.utils import translation

from songcau.foundation.accounts import access, actions, permissions, roles, rules, second_factor, words
from songcau.foundation.accounts.actions import agencies, closing, credentials, people, posts
from songcau.foundation.accounts.actions import roles as role_actions
from songcau.foundation.accounts.delegation import rules as delegation_rules
from songcau.foundation.accounts.models import Agency
from songcau.foundation.accounts.rules import GrantState
from songcau.kernel.errors import Anticipated

MODULES = (
    access,
    actions,
    agencies,
    closing,
    credentials,
    delegation_rules,
    people,
    permissions,
    posts,
    role_actions,
    rules,
    second_factor,
)
ERRORS = {
    one
    for module in MODULES
    for _, one in inspect.getmembers(module, inspect.isclass)
    if issubclass(one, Anticipated) and one.__module__.startswith("songcau.foundation.accounts")
}
ALL_WORDS = {
    **words.REFUSALS,
    **words.ROLES,
    **words.AGENCY_KINDS,
    **words.GRANT_STATES,
    **words.DELEGATION_STATES,
    **words.PERMISSIONS,
    **words.FIELDS,
    **{text: translation.gettext_lazy(text) for text in words.ALLAUTH},
}


def test_every_refusal_has_words():
    assert len(ERRORS) > 25
    assert {error.code for error in ERRORS} <= set(words.REFUSALS)


def test_no_two_refusals_share_a_code():
    assert len({error.code for error in ERRORS}) == len(ERRORS)


@pytest.mark.parametrize("code", ALL_WORDS)
def test_words_are_vietnamese_and_keep_their_parameters(code):
    with translation.override("en"):
        english = str(ALL_WORDS[code])
    with translation.override("vi"):
        vietnamese = str(ALL_WORDS[code])
    assert vietnamese != english
    assert set(re.findall(r"%\((\w+)\)", english)) == set(re.findall(r"%\((\w+)\)", vietnamese))


def test_everything_stored_has_words():
    assert set(words.ROLES) == set(roles.Role)
    assert set(words.AGENCY_KINDS) == set(Agency.Kind.values)
    assert set(words.GRANT_STATES) == set(GrantState)
    assert set(words.DELEGATION_STATES) == set(delegation_rules.DelegationState)
    assert set(words.PERMISSIONS) == set(roles.matrix())
