"""Whether a drawn shape touches the city."""

from datetime import date

import pytest

from songcau.foundation.places import queries
from songcau.foundation.places.rules import Level
from songcau.foundation.places.tests.conftest import IN_2026, square


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("west", "south", "expected"), [(105.83, 21.58, True), (105.0, 21.0, False), (21.58, 89.0, False)]
)
def test_a_shape_touches_the_city_or_does_not(west: float, south: float, expected: bool) -> None:
    shape = {"type": "Polygon", "coordinates": [square(west, south)]}
    assert queries.touches(shape, Level.WARD, IN_2026) is expected
    twisted = [square(west, south)[number] for number in (0, 2, 1, 3, 0)]
    assert queries.touches({"type": "Polygon", "coordinates": [twisted]}, Level.WARD, IN_2026) is expected


@pytest.mark.usefixtures("city")
def test_where_no_outline_is_known_nothing_is_said_of_a_shape() -> None:
    shape = {"type": "Polygon", "coordinates": [square(105.83, 21.58)]}
    assert queries.touches(shape, Level.WARD, date(1900, 1, 1)) is None
