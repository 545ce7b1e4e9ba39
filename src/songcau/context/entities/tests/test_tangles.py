"""Polygons that would keep the geometry library busy for minutes are refused before it is asked."""

import math
import random

import pytest

from songcau.context.entities import geojson, tangles
from songcau.context.entities.values import Misfit

Ring = list[list[float]]


def of_random_positions(count: int) -> Ring:
    chance = random.Random(count)
    ring = [[chance.uniform(105, 106), chance.uniform(21, 22)] for _ in range(count)]
    return [*ring, ring[0]]


def circle(count: int) -> Ring:
    ring = [[105 + math.cos(turn), 21 + math.sin(turn)] for turn in (2 * math.pi * i / count for i in range(count))]
    return [*ring, ring[0]]


def comb(teeth: int, *, upright: bool) -> Ring:
    """Teeth along one axis: valid by itself, and crossing a comb along the other in every tooth."""
    ring = [[-0.1, -0.1]]
    for tooth in range(teeth):
        left, right = tooth / teeth, (tooth + 0.5) / teeth
        ring += [[left, 0], [left, 1], [right, 1], [right, 0]]
    ring += [[1, -0.1], [-0.1, -0.1]]
    return ring if upright else [[y, x] for x, y in ring]


def hatching(lines: int) -> Ring:
    """Slanting sides side by side: no two meet, but the boxes of all of them lie over one another."""
    ring: Ring = []
    for line in range(lines):
        ends = [[line / lines / 100, 0.0], [1 + line / lines / 100, 1.0]]
        ring += ends if line % 2 == 0 else ends[::-1]
    return [*ring, [2.0, 0.5], [2.0, -1.0], [0.0, -1.0], ring[0]]


def read(kind: str, coordinates: object) -> None:
    geojson.read_geometry({"type": kind, "coordinates": coordinates}, "value")


@pytest.mark.parametrize("count", [60, 400, 9_000])
def test_random_positions_are_no_polygon(count: int) -> None:
    with pytest.raises(Misfit, match=r"cross|beside one another"):
        read("Polygon", [of_random_positions(count)])


def test_a_hatching_is_refused_without_looking_at_each_pair() -> None:
    with pytest.raises(Misfit, match="beside one another"):
        read("Polygon", [hatching(4_000)])
    assert not tangles.is_dense([hatching(100)])


def test_polygons_that_cross_one_another_in_every_tooth_are_refused() -> None:
    read("Polygon", [comb(100, upright=True)])
    with pytest.raises(Misfit, match="more than 200 times"):
        read("MultiPolygon", [[comb(100, upright=True)], [comb(100, upright=False)]])


def test_polygons_that_lie_over_one_another_are_taken() -> None:
    read("MultiPolygon", [[[[0, 0], [2, 0], [2, 2], [0, 0]]], [[[1, 0], [3, 0], [3, 2], [1, 0]]]])


def test_a_large_outline_with_a_slip_is_taken() -> None:
    ring = circle(9_000)
    assert not tangles.is_dense([ring])
    read("Polygon", [ring])
    ring[10], ring[11] = ring[11], ring[10]
    assert not tangles.is_tangled([ring])
    read("Polygon", [ring])


def test_a_geometry_has_at_most_so_many_positions_in_all_its_parts() -> None:
    line = [[105.0, 21.0]] * (geojson.MOST_POSITIONS // 2 + 1)
    read("LineString", line)
    with pytest.raises(Misfit, match="more than 10,000 positions"):
        read("MultiLineString", [line, line])


def test_sides_of_no_length_are_no_crossings() -> None:
    ring = circle(50)
    assert not tangles.is_tangled([[position for position in ring for _ in range(20)]])
