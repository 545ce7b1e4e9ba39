"""An observation that was written twice is one observation: who reads the history meets it once. Pure.

A message of a device is delivered at least once. Its repetition is written like any other, since to find out beforehand
whether an old observation is already in the log would cost a look into the log with each of them; here, where the
observations of one attribute stand side by side, it costs nothing. See docs/decisions/0014.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

import orjson

from songcau.context.entities.entity import Instance
from songcau.context.quality.flags import FLAGS_NAME

# What differs between two writings of one observation: when it was written, which row tells it, what was doubted.
NOT_OBSERVED: Final = frozenset(("createdAt", "modifiedAt", "instanceId", FLAGS_NAME))

Timed = tuple[int, Instance]


def each_once(timed: Iterable[Timed]) -> Iterator[Timed]:
    """Instances in order of their instant of observation, without those that say what one of the same instant says."""
    for _, group in groupby(timed, key=_at):
        same_time = list(group)
        if len(same_time) == 1:
            yield same_time[0]
            continue
        told: set[bytes] = set()
        for at, instance in same_time:
            said = _said(instance)
            if "observedAt" not in instance or said not in told:
                told.add(said)
                yield at, instance


def _at(timed: Timed) -> int:
    return timed[0]


def _said(instance: Instance) -> bytes:
    observed = {member: part for member, part in instance.items() if member not in NOT_OBSERVED}
    return orjson.dumps(observed, option=orjson.OPT_SORT_KEYS)
