"""The library of geometry, loaded when something first needs it: a broker of points alone saves 25 MB.

Loading takes a tenth of a second and more. So it is done beside the event loop, before a request that may need it is
looked at, and at a start that found lines or areas. Who is overlooked loads it in its place, and everybody waits.
"""

import asyncio
from importlib import import_module
from typing import Final

NAME: Final = "shapely"
# One of these stands in every text that names a geometry which is more than a point.
_MARKS: Final = ("Polygon", "LineString", "MultiPoint")
_MARKS_IN_BODY: Final = tuple(mark.encode() for mark in _MARKS)


class _Loaded:
    """Whether it is there whole: while one thread loads it, another that asked for it would wait."""

    whole = False


def is_loaded() -> bool:
    return _Loaded.whole


def may_be_needed(query: str, body: bytes) -> bool:
    """Whether a request names a line, an area or many points."""
    if body and any(mark in body for mark in _MARKS_IN_BODY):
        return True
    return bool(query) and any(mark in query for mark in _MARKS)


async def load() -> None:
    """Load it in a thread; the event loop goes on meanwhile."""
    await asyncio.to_thread(import_module, NAME)
    _Loaded.whole = True
