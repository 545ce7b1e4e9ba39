"""Every refusal has its sentence in both languages, with the same parameters; every code has its words."""

import importlib
import pkgutil
import re
from enum import StrEnum

import pytest
from django.utils import translation

from songcau.kernel.errors import Anticipated
from songcau.systems.directives import actions, rules
from songcau.systems.directives.models import Directive
from songcau.systems.directives.pages import code_words
from songcau.systems.directives.pages.words import REFUSALS


def refusals() -> list[str]:
    modules = [
        rules,
        *(importlib.import_module(one.name) for one in pkgutil.iter_modules(actions.__path__, f"{actions.__name__}.")),
    ]
    return sorted(
        {
            one.code
            for module in modules
            for one in vars(module).values()
            if isinstance(one, type) and issubclass(one, Anticipated) and one.__module__ == module.__name__
        }
    )


@pytest.mark.parametrize("code", refusals())
def test_a_refusal_is_said_in_both_languages_with_the_same_parameters(code: str) -> None:
    with translation.override("en"):
        english = str(REFUSALS[code])
    with translation.override("vi"):
        vietnamese = str(REFUSALS[code])
    assert vietnamese != english
    assert set(re.findall(r"%\((\w+)\)s", english)) == set(re.findall(r"%\((\w+)\)s", vietnamese))


def test_no_words_stand_for_refusals_that_there_are_not() -> None:
    assert set(REFUSALS) == set(refusals())


@pytest.mark.parametrize(
    ("codes", "table"),
    [
        (rules.State, code_words.STATES),
        (rules.SourceKind, code_words.SOURCES),
        (rules.DeadlineKind, code_words.DEADLINES),
        (rules.ExtensionState, code_words.EXTENSIONS),
        (rules.EvidenceState, code_words.EVIDENCE),
        (rules.Timing, code_words.TIMINGS),
    ],
)
def test_every_code_has_its_words(codes: type[StrEnum], table: dict[str, object]) -> None:
    assert set(table) == set(codes)


def test_every_field_that_a_step_changes_has_a_name() -> None:
    own = {field.name for field in Directive._meta.get_fields()}
    assert set(code_words.FIELDS) - own == set()
