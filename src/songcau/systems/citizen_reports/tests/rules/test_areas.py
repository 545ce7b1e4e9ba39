"""Around which places one may want to hear of reports."""

import math

import pytest

from songcau.systems.citizen_reports.rules import PlaceOfAlertMissing, RadiusUnfit, require_around


def test_a_place_is_kept_roughly() -> None:
    assert require_around(105.842512, 21.594267, 500) == (105.8425, 21.5943)


@pytest.mark.parametrize("point", [(None, 21.5), (105.8, None), (181.0, 21.5), (105.8, -91.0), (math.nan, 21.5)])
def test_no_place_on_earth_is_refused(point: tuple[float | None, float | None]) -> None:
    with pytest.raises(PlaceOfAlertMissing):
        require_around(*point, 500)


@pytest.mark.parametrize("radius", [0, -300, 301, 100_000])
def test_only_the_distances_that_are_offered(radius: int) -> None:
    with pytest.raises(RadiusUnfit):
        require_around(105.8, 21.5, radius)
