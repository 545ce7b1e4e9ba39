"""Every refusal and every fault has its sentence in both languages, with the parameters that are given."""

import inspect
import re
from pathlib import Path

import pytest
from django.utils import translation

from songcau.foundation.places import boundary_files, permissions, planning
from songcau.foundation.places.actions import boundaries, profiles
from songcau.foundation.places.rules import APPROXIMATE_SOURCE, Axes
from songcau.foundation.places.words import PROBLEMS, REFUSALS, source_in_words
from songcau.kernel.errors import Anticipated

MODULES = (boundary_files, permissions, planning, boundaries, profiles)
ERRORS = {
    one.code
    for module in MODULES
    for _, one in inspect.getmembers(module, inspect.isclass)
    if issubclass(one, Anticipated) and one.__module__.startswith("songcau.foundation.places")
}


def test_every_refusal_has_words_and_no_words_are_left_over() -> None:
    assert set(REFUSALS) == ERRORS


def test_every_fault_of_a_file_has_words_and_no_words_are_left_over() -> None:
    source = "".join(Path(module.__file__).read_text(encoding="utf-8") for module in (boundary_files, planning))
    said = set(re.findall(r'Problem\("(\w+)"', source))
    said |= {f"AXES_{axes}" for axes in Axes if axes is not Axes.LONGITUDE_LATITUDE}
    assert set(PROBLEMS) == said


@pytest.mark.parametrize("code", [*REFUSALS, *PROBLEMS])
def test_both_languages_name_the_same_parameters(code: str) -> None:
    words = {**REFUSALS, **PROBLEMS}[code]
    with translation.override("en"):
        english = str(words)
    with translation.override("vi"):
        vietnamese = str(words)
    assert english != vietnamese
    assert set(re.findall(r"%\((\w+)\)s", english)) == set(re.findall(r"%\((\w+)\)s", vietnamese))


def test_a_source_is_said_as_its_importer_wrote_it_and_our_own_drawing_in_the_reader_s_language() -> None:
    assert source_in_words("đo vẽ 2026") == "đo vẽ 2026"
    with translation.override("vi"):
        assert source_in_words(APPROXIMATE_SOURCE) == "songcau vẽ từ điểm trung tâm của các đơn vị"
