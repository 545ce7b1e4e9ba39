"""Every refusal of alerts, incidents, shifts and walls has its sentence in both languages, with the same parameters."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from django.utils import translation

from songcau.foundation.accounts.models import Versioned
from songcau.kernel.errors import Anticipated
from songcau.systems import incidents
from songcau.systems.incidents.models import Bulletin, Incident, Playbook
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


# Set once when the record is made, or derived: nobody can have changed it meanwhile.
NEVER_CHANGED = {
    "id version changed_at_version number code is_demo level_rank is_underway search_key changed_at playbook_id",
    "playbook_name began_at opened_at opened_by_label incident made_at made_by_label retired_at",
}


@pytest.mark.parametrize("model", [Incident, Bulletin, Playbook])
def test_every_field_that_somebody_may_change_has_its_words(model: type[Versioned]) -> None:
    fields = {one.name for one in model._meta.concrete_fields} - set(" ".join(NEVER_CHANGED).split())
    assert fields - set(code_words.FIELDS) == set()
    assert {"wards", "supporting", "items"} <= set(code_words.FIELDS)


def test_every_code_of_the_desk_has_its_words() -> None:
    for codes, table in (
        (Level, code_words.LEVELS),
        (Kind, code_words.KINDS),
        (EntryKind, code_words.ENTRY_KINDS),
        (Slot, code_words.SLOTS),
    ):
        assert set(codes) == set(table)  # type: ignore[call-overload]
