"""Every refusal of the rules has its sentence in both languages, with the same parameters."""

import re

import pytest
from django.utils import translation

from songcau.kernel.errors import Anticipated
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.pages.words import REFUSALS

CODES = sorted(
    one.code
    for one in vars(rules).values()
    if isinstance(one, type) and issubclass(one, Anticipated) and one.__module__.startswith(rules.__name__)
)


def parameters(code: str, language: str) -> set[str]:
    with translation.override(language):
        return set(re.findall(r"%\((\w+)\)s", str(REFUSALS[code])))


@pytest.mark.parametrize("code", CODES)
def test_a_refusal_of_the_rules_is_said_in_both_languages_with_the_same_parameters(code: str) -> None:
    assert parameters(code, "en") == parameters(code, "vi")
    with translation.override("en"):
        english = str(REFUSALS[code])
    with translation.override("vi"):
        assert str(REFUSALS[code]) != english
