"""Every code has its words, in both languages."""

import pytest
from django.utils import translation

from songcau.foundation.accounts.personal_data import rules, words

TABLES = {
    rules.Purpose: words.PURPOSES,
    rules.RequestKind: words.REQUEST_KINDS,
    rules.RequestState: words.REQUEST_STATES,
    rules.Outcome: words.OUTCOMES,
    rules.Ground: words.GROUNDS,
    rules.Colour: words.COLOURS,
}
ALL = {f"{codes.__name__}.{code}": said for codes, table in TABLES.items() for code, said in table.items()}
ALL |= {f"template.{code}": said for code, (_outcome, _ground, said) in words.TEMPLATES.items()}


@pytest.mark.parametrize("codes", TABLES)
def test_every_code_has_words(codes):
    assert set(TABLES[codes]) == set(codes)


@pytest.mark.parametrize("name", ALL)
def test_words_are_vietnamese_too(name):
    with translation.override("en"):
        english = str(ALL[name])
    with translation.override("vi"):
        assert str(ALL[name]) != english


def test_templates_are_answers_that_the_rules_take():
    assert set(words.TEMPLATES) == set(words.TEMPLATE_TITLES)
    assert set(words.OFFERED) == set(rules.RequestKind)
    assert set().union(*words.OFFERED.values()) == set(words.TEMPLATES)
    for outcome, ground, said in words.TEMPLATES.values():
        rules.usable_answer(str(said), rules.Outcome(outcome), rules.Ground(ground) if ground else None)
