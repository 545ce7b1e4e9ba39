"""Who gets a report."""

from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songcau.systems.citizen_reports.rules import OfficeTime, Route, routed

A = [UUID(int=number) for number in range(1, 10)]
CHAIN = ("LAMP_DARK", "LIGHTING", "ROADS")
WARD = "05443"

# From the closest to the loosest.
LADDER = [
    Route(A[0], "LAMP_DARK", WARD, OfficeTime.OUTSIDE),
    Route(A[1], "LAMP_DARK", WARD),
    Route(A[2], "LAMP_DARK", "", OfficeTime.OUTSIDE),
    Route(A[3], "LAMP_DARK"),
    Route(A[4], "LIGHTING", WARD),
    Route(A[5], "LIGHTING"),
    Route(A[6], "ROADS"),
    Route(A[7], None, WARD),
    Route(A[8]),
]


@pytest.mark.parametrize("first", range(len(LADDER)))
def test_the_rule_that_fits_most_closely_decides(first: int) -> None:
    left = LADDER[first:]
    assert routed(left, CHAIN, WARD, is_office_time=False) == left[0].agency_id
    assert routed(reversed(left), CHAIN, WARD, is_office_time=False) == left[0].agency_id


def test_rules_of_other_wards_categories_and_hours_are_none() -> None:
    others = [
        Route(A[0], "WASTE"),
        Route(A[1], "LAMP_DARK", "05999"),
        Route(A[2], None, WARD, OfficeTime.OUTSIDE),
    ]
    assert routed(others, CHAIN, WARD, is_office_time=True) is None
    assert routed([], CHAIN, WARD, is_office_time=True) is None


def test_office_hours_and_the_rest_of_the_day_are_told_apart() -> None:
    rules = [Route(A[0], None, "", OfficeTime.OFFICE), Route(A[1], None, "", OfficeTime.OUTSIDE)]
    assert routed(rules, CHAIN, WARD, is_office_time=True) == A[0]
    assert routed(rules, CHAIN, WARD, is_office_time=False) == A[1]


def test_a_report_without_a_ward_goes_by_rules_for_any() -> None:
    assert routed(LADDER, CHAIN, "", is_office_time=True) == A[3]


def test_of_two_that_fit_alike_the_order_decides_and_then_the_agency() -> None:
    for rules in permutations([Route(A[2], order=5), Route(A[1], order=9), Route(A[0], order=9)]):
        assert routed(rules, CHAIN, WARD, is_office_time=True) == A[2]
    for rules in permutations([Route(A[1]), Route(A[0])]):
        assert routed(rules, CHAIN, WARD, is_office_time=True) == A[0]


@given(st.permutations(LADDER), st.booleans())
def test_the_sequence_of_the_rules_changes_nothing(shuffled: list[Route], is_office_time: bool) -> None:
    assert routed(shuffled, CHAIN, WARD, is_office_time=is_office_time) == routed(
        LADDER, CHAIN, WARD, is_office_time=is_office_time
    )
