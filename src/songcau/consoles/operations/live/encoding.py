"""What goes over the line to a map: flat numbers by kind; ten thousand objects would cost the browser its frame."""

from collections import defaultdict
from collections.abc import Iterable

import orjson

from songcau.consoles.operations.live.city import Held
from songcau.consoles.operations.live.things import LASTING, Thing

# Places travel as whole millionths of a degree, about 0.1 m.
UNITS = 1_000_000
OPEN, SIMULATED, LASTS = 1, 2, 4


def flags_of(thing: Thing) -> int:
    return OPEN * thing.is_open + SIMULATED * thing.is_simulated + LASTS * (thing.kind in LASTING)


def changed(held: Iterable[Held]) -> bytes:
    """`kinds`: for each kind key, longitude, latitude, observed, flags, and again; `gone`: keys; `touched`: every kind
    of which anything changed, on the map or not.
    """
    kinds: dict[str, list[int]] = defaultdict(list)
    gone: list[int] = []
    touched: set[str] = set()
    for one in held:
        thing = one.thing
        if thing is None:
            gone.append(one.key)
            continue
        touched.add(thing.kind)
        if thing.longitude is None or thing.latitude is None:
            continue
        place = (round(thing.longitude * UNITS), round(thing.latitude * UNITS))
        kinds[thing.kind] += (one.key, *place, int(thing.observed), flags_of(thing))
    return orjson.dumps({"kinds": kinds, "gone": gone, "touched": sorted(touched)})
