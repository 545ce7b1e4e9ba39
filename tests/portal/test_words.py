"""No line of a timeline and no state is without its words, for citizens as for officials."""

import pytest
from django.utils import translation

from songcau.consoles.citizen import words
from songcau.systems.citizen_reports.pages import code_words
from songcau.systems.citizen_reports.public import TIMELINE, State


@pytest.mark.parametrize("line", sorted(TIMELINE))
def test_a_line_of_the_timeline_is_said_to_citizens_and_to_officials(line: str) -> None:
    for known in (words.STEPS, code_words.STEPS):
        with translation.override("en"):
            english = str(known[line])
        with translation.override("vi"):
            assert str(known[line]) != english


def test_no_words_are_left_of_lines_that_are_no_more() -> None:
    assert set(words.STEPS) == TIMELINE == set(code_words.STEPS)


@pytest.mark.parametrize("state", list(State))
def test_a_state_is_said_to_the_reporter_and_to_everybody(state: State) -> None:
    assert words.STATES[state]
    assert words.PUBLIC_STATES[state]
    assert words.MEANINGS[state]
