"""Once a day what is too old goes from the histories."""

import asyncio
import logging

from songcau.context.journal.journal import Journal
from songcau.context.journal.retention import Retention
from songcau.context.journal.rows import microseconds
from songcau.context.problems import StorageUnavailable
from songcau.kernel import clock

_log = logging.getLogger(__name__)

SECONDS_BEFORE_THE_FIRST = 600.0  # a start has other work
SECONDS_BETWEEN = 86_400.0


async def retain(
    journal: Journal,
    retention: Retention,
    *,
    first: float = SECONDS_BEFORE_THE_FIRST,
    between: float = SECONDS_BETWEEN,
) -> None:
    """Until cancelled. A disk that refuses is asked again the next time."""
    await asyncio.sleep(first)
    while True:
        try:
            removed = await journal.expire(retention, microseconds(clock.now().isoformat()))
        except StorageUnavailable as problem:
            _log.warning("old histories stay for now: %s", problem.detail)
        else:
            if removed:
                _log.info("%d old rows of histories were removed", removed)
        await asyncio.sleep(between)
