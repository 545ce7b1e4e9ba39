"""A line of a timeline that nobody could read is a fault of the programme, found where it is written."""

import pytest

from songcau.systems.citizen_reports.rules import TIMELINE, WORKFLOW, require_known_line
from songcau.systems.citizen_reports.rules.timeline import UnknownLine


def test_every_step_is_a_line_and_others_are_known_by_name() -> None:
    assert {step.name for step in WORKFLOW.transitions} < TIMELINE
    require_known_line("note")
    with pytest.raises(UnknownLine):
        require_known_line("no_such_line")
