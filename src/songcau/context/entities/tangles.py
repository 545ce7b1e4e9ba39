"""Polygons whose sides meet so often that checking, repairing or comparing them would take minutes.

What a polygon costs the geometry library grows with the pairs of its sides that meet, or that lie beside one another
aslant: forty thousand characters of random positions kept a broker busy for half an hour. The pairs are counted here
without looking at more of them than are allowed.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

MOST_CROSSINGS: Final = 200
"""Pairs of sides that meet and are no neighbours. An outline that machines drew or rounded has a few."""
_FEW: Final = 40  # positions; what any pairs of their sides cost is not worth counting
_SMALL: Final = 500  # positions; the same for sides that only lie beside one another
_NEARBY: Final = 100_000
_NEARBY_OF_A_SIDE: Final = 40
_MEETINGS: Final = 200_000
_SLICE: Final = 64

Rings = Sequence[Sequence[Sequence[float]]]


def is_dense(rings: Rings) -> bool:
    """Whether the boxes of more sides lie over one another than in any outline of a place."""
    if sum(map(len, rings)) <= _SMALL:
        return False
    import shapely  # here, since a broker without polygons should not carry it in memory

    nearby = 0
    sides = _sides(rings)
    tree = shapely.STRtree(sides)
    for start in range(0, len(sides), _SLICE):
        nearby += tree.query(sides[start : start + _SLICE]).shape[1]
        if nearby > _NEARBY + _NEARBY_OF_A_SIDE * len(sides):
            return True
    return False


def is_tangled(rings: Rings) -> bool:
    """Whether sides that are no neighbours meet more than MOST_CROSSINGS times. For rings that are not dense."""
    return sum(map(len, rings)) > _FEW and any(count > MOST_CROSSINGS for count in _crossings(rings))


def are_interwoven(one: Rings, other: Rings) -> bool:
    """Whether so many sides of two geometries may meet that their relation would take long to find."""
    if sum(map(len, one)) * sum(map(len, other)) <= _MEETINGS:
        return False
    import shapely

    sides = _sides(other)
    tree = shapely.STRtree(_sides(one))
    meetings = 0
    for start in range(0, len(sides), _SLICE):
        meetings += tree.query(sides[start : start + _SLICE]).shape[1]
        if meetings > _MEETINGS:
            return True
    return False


def _crossings(rings: Rings) -> Iterator[int]:
    """The number of crossings found so far, after each slice of sides."""
    import shapely

    sides = _sides(rings)
    tree = shapely.STRtree(sides)
    met = -len(sides)  # in a ring each side meets the one that follows it
    for start in range(0, len(sides), _SLICE):
        one, other = tree.query(sides[start : start + _SLICE])
        one = one + start
        each_once = one < other
        met += int(shapely.intersects(sides[one[each_once]], sides[other[each_once]]).sum())
        yield met


def _sides(rings: Rings) -> Any:
    """All sides of all rings as lines, without those of no length."""
    import numpy as np
    import shapely

    found = []
    for ring in rings:
        positions = np.array([position[:2] for position in ring], dtype=float)
        pairs = np.stack([positions[:-1], positions[1:]], axis=1)
        found.append(pairs[(pairs[:, 0] != pairs[:, 1]).any(axis=1)])
    return shapely.linestrings(np.concatenate(found))
