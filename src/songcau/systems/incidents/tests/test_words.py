"""Every refusal of alerts, incidents, shifts and walls has its sentence in both languages, with the same parameters."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from django.utils import translation

from songcau.kernel.errors import Anticipated
from songcau.systems import incidents
from songcau.systems.incidents.pages import code_words
from songcau.systems.incidents.pages.words import REFUSALS
from songcau.systems.incidents.rules.incidents import EntryKind, Kind
from songcau.systems.incidents.rules.levels import Level
from songcau.systems.incidents.rules.shifts import Slot


def refusals() -> Iterator[str]:
    for found in pkgutil.walk_packages(incidents.__path__, "songcau.systems.incidents."):
        if ".tests" in found.name or ".migrations" in found.name:
            continue
        for one in vars(importlib.import_module(found.name)).values():
            if isinstance(one, type) and issubclass(one, Anticipated) and one.__module__ == found.name:
                yield one.code


CODES = sorted({*refusals(), "INCIDENT_REVIEWED"})


def parameters(code: str, language: str) -> set[str]:
    with translation.override(language):
        return set(re.findall(r"%\((\w+)\)s", str(REFUSALS[code])))


@pytest.mark.parametrize("code", CODES)
def test_a_refusal_is_said_in_both_languages_with_the_same_parameters(code: str) -> None:
    assert parameters(code, "en") == parameters(code, "vi")
    with translation.override("en"):
        english = str(REFUSALS[code])
    with translation.override("vi"):
        assert str(REFUSALS[code]) != english


def test_every_code_of_the_desk_has_its_words() -> None:
    for codes, table in (
        (Level, code_words.LEVELS),
        (Kind, code_words.KINDS),
        (EntryKind, code_words.ENTRY_KINDS),
        (Slot, code_words.SLOTS),
    ):
        assert set(codes) == set(table)  # type: ignore[call-overload]
