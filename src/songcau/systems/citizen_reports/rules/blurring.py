"""Where a report that was made at somebody's home is shown to others."""

import hmac
import math
from hashlib import sha256

METRES = 150.0
METRES_A_DEGREE = 111_320.0
# Five places are about a metre.
PLACES = 5
# The point lies in this ring round the middle of its cell, in parts of the cell's edge.
_INNER, _OUTER = 0.1, 0.5
_POLE = 89.9


def fuzzed(longitude: float, latitude: float, key: bytes, metres: float = METRES) -> tuple[float, float]:
    """Longitude and latitude (degrees) of a point near by, at most 1.21 × `metres` away.

    The land is laid out in square cells of `metres`; all that happens in one cell is shown at the one point that the
    cell has. Were a new point drawn for each report, the middle of many reports from one home would be the home. As it
    is, ten reports from a home show no more than one. Where the cells lie, and where in a cell its point lies, depends
    on `key`, a secret of the city that must stay the same: without it nobody can compute back to the cell.

    What is left: a home on the edge of a cell, located a little differently each time, shows the points of both cells.
    """
    row_shift, column_shift = _drawn(key, b"cells")
    north = max(-_POLE, min(_POLE, latitude)) * METRES_A_DEGREE / metres + row_shift
    row = math.floor(north)
    # Every row has the width of a degree of its own middle: cells are squares everywhere.
    middle = (row + 0.5 - row_shift) * metres / METRES_A_DEGREE
    metres_a_degree = METRES_A_DEGREE * math.cos(math.radians(middle))
    column = math.floor(longitude * metres_a_degree / metres + column_shift)
    turn, out = _drawn(key, f"{row}:{column}".encode())
    # The root makes every part of the ring equally likely.
    radius = math.sqrt(_INNER**2 + out * (_OUTER**2 - _INNER**2))
    east = (column + 0.5 - column_shift + radius * math.cos(2 * math.pi * turn)) * metres
    up = radius * math.sin(2 * math.pi * turn) * metres
    shown_longitude = (east / metres_a_degree + 180) % 360 - 180
    return round(shown_longitude, PLACES), round(middle + up / METRES_A_DEGREE, PLACES)


def rounded(longitude: float, latitude: float) -> tuple[float, float]:
    """Of what happens in the street: the place itself, no more exact than a metre."""
    return round(longitude, PLACES), round(latitude, PLACES)


def _drawn(key: bytes, of: bytes) -> tuple[float, float]:
    """Two numbers from 0 up to 1, always the same of the same."""
    digest = hmac.new(key, of, sha256).digest()
    return int.from_bytes(digest[:6]) / 2**48, int.from_bytes(digest[6:12]) / 2**48
