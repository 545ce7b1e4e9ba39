"""Where a report from a home is shown."""

import math
import random
from statistics import mean

from hypothesis import given
from hypothesis import strategies as st

from songcau.systems.citizen_reports.rules import fuzzed, metres_between, rounded

KEY = b"a secret of the city"
HOME = (105.84813, 21.59422)
LONGITUDES, LATITUDES = st.floats(102, 110), st.floats(8, 24)


@given(LONGITUDES, LATITUDES)
def test_the_point_lies_near_by_and_not_farther(longitude: float, latitude: float) -> None:
    shown = fuzzed(longitude, latitude, KEY)
    assert metres_between(longitude, latitude, *shown) <= 1.21 * 150 + 1
    assert fuzzed(longitude, latitude, KEY) == shown


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_every_place_on_earth_has_one(longitude: float, latitude: float) -> None:
    east, north = fuzzed(longitude, latitude, KEY)
    assert -180 <= east <= 180
    assert -90 <= north <= 90


def test_many_reports_from_one_home_show_no_more_than_one() -> None:
    assert {fuzzed(*HOME, KEY) for _ in range(50)} == {fuzzed(*HOME, KEY)}


def test_the_middle_of_reports_located_a_little_differently_is_not_the_home() -> None:
    """Over a hundred homes, each reported twenty times with an error of five metres."""
    chance = random.Random(7)
    apart = []
    for _ in range(100):
        longitude, latitude = 105.8 + chance.random() / 10, 21.5 + chance.random() / 10
        metre = 1 / 111_320
        points = [
            fuzzed(
                longitude + chance.gauss(0, 5) * metre / math.cos(math.radians(latitude)),
                latitude + chance.gauss(0, 5) * metre,
                KEY,
            )
            for _ in range(20)
        ]
        middle = mean(x for x, _ in points), mean(y for _, y in points)
        apart.append(metres_between(longitude, latitude, *middle))
    assert mean(apart) > 50
    assert sorted(apart)[10] > 10


def test_another_key_shows_another_point_and_homes_of_one_cell_share_theirs() -> None:
    assert fuzzed(*HOME, KEY) != fuzzed(*HOME, b"another")
    shown = {
        fuzzed(HOME[0] + east / 10**5, HOME[1] + north / 10**5, KEY)
        for east in range(0, 300, 10)
        for north in range(0, 300, 10)
    }
    # 310 m × 330 m are at most four cells by four.
    assert 4 <= len(shown) <= 16


def test_a_wider_cell_moves_the_point_farther() -> None:
    assert metres_between(*HOME, *fuzzed(*HOME, KEY, 2000)) <= 1.21 * 2000 + 1


def test_what_happens_in_the_street_is_shown_there_to_a_metre() -> None:
    assert rounded(105.848133333, 21.594222222) == (105.84813, 21.59422)
