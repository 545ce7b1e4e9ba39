"""How much two reports look like one matter, so that somebody about to send the second is shown the first.

A guess by place, category, time and words. Nothing is merged or refused by it: a person decides.
"""

import math
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from songcau.kernel.text import search_key

EARTH_METRES = 6_371_008.8
# A telephone does not know its place better than this: within it two places are one.
SAME_PLACE_METRES = 15
FAR_METRES = 250
LONG_AGO = timedelta(days=30)
# What category, words and time weigh; the place weighs them all together. Chosen on made-up cases, see the tests.
CATEGORY_WEIGHT = 0.5
WORDS_WEIGHT = 0.3
TIME_WEIGHT = 0.2
RELATED_CATEGORY = 0.6
# Where one of the places is not known.
UNKNOWN_PLACE = 0.4
LIKELY_FROM = 0.55

# Words that stand in any report, without marks. Not `den`: without marks a lamp is written like a preposition.
_STOP = (
    "va la co cua cho o tai tren duoi trong ngoai nay kia do day thi ma nhu voi tu toi luc khi bi "
    "duoc da dang se cac nhung mot hai rat qua nhieu lam gi nao chung toi em anh chi ong ba de nghi kinh "
    "mong xin cam on phan anh bao nguoi dan khu vuc duong pho phuong xa to ngo so nha gan truoc sau ben "
    "canh van con chua khong the and at in is of on the to"
)
STOP_WORDS = frozenset(_STOP.split())


@dataclass(frozen=True, slots=True)
class Matter:
    """What of a report is compared. `words` as `words_of` gives them; a place is whole (degrees, WGS 84) or None."""

    category: str
    at: datetime
    longitude: float | None = None
    latitude: float | None = None
    parent_category: str | None = None
    words: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Likeness:
    """`score` from 0 to 1; `metres` None where a place is not known; `hours` between them, whichever came first."""

    score: float
    metres: float | None
    hours: float
    shared_words: int


def words_of(text: str) -> frozenset[str]:
    """The telling words of a text, without marks."""
    return frozenset(re.findall(r"[^\W_]+", search_key(text))) - STOP_WORDS


def metres_between(longitude: float, latitude: float, other_longitude: float, other_latitude: float) -> float:
    """Along the surface of a sphere (haversine); degrees in, metres out."""
    one, other = math.radians(latitude), math.radians(other_latitude)
    across = math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    chord = math.sin((other - one) / 2) ** 2 + math.cos(one) * math.cos(other) * across
    return 2 * EARTH_METRES * math.asin(math.sqrt(min(1.0, chord)))


def likeness(one: Matter, other: Matter) -> Likeness:
    """The same whichever of the two is named first."""
    metres = _metres(one, other)
    apart = abs(one.at - other.at)
    shared = one.words & other.words
    # Of the shorter text: whoever writes more says the same and more.
    words = len(shared) / max(1, min(len(one.words), len(other.words)))
    said = (
        CATEGORY_WEIGHT * _same_kind(one, other) + WORDS_WEIGHT * words + TIME_WEIGHT * max(0.0, 1 - apart / LONG_AGO)
    )
    score = _nearness(metres) * said
    return Likeness(score, metres, apart / timedelta(hours=1), len(shared))


def is_likely_duplicate(found: Likeness) -> bool:
    return found.score >= LIKELY_FROM


def _metres(one: Matter, other: Matter) -> float | None:
    if one.longitude is None or one.latitude is None or other.longitude is None or other.latitude is None:
        return None
    return metres_between(one.longitude, one.latitude, other.longitude, other.latitude)


def _nearness(metres: float | None) -> float:
    if metres is None:
        return UNKNOWN_PLACE
    return min(1.0, max(0.0, (FAR_METRES - metres) / (FAR_METRES - SAME_PLACE_METRES)))


def _same_kind(one: Matter, other: Matter) -> float:
    if one.category == other.category:
        return 1.0
    families = {one.parent_category, one.category} & {other.parent_category, other.category}
    return RELATED_CATEGORY if families - {None} else 0.0
