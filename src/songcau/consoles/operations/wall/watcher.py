"""For whom a wall is drawn, and when: what several tiles ask is asked once."""

import time
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from songcau.consoles.operations.live.city import Reach
from songcau.consoles.operations.live.feeding import FEED, live_city
from songcau.consoles.operations.live.things import Thing
from songcau.consoles.operations.wall.sparks import SPARKS
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.public import ReportTotals, report_totals


@dataclass(frozen=True)
class Watcher:
    """`waits_until` (of the monotonic clock): so long a page that is opened waits for the lines of its numbers."""

    by: Actor
    reach: Reach
    now: datetime
    waits_until: float = 0.0

    @cached_property
    def totals(self) -> ReportTotals:
        return report_totals(self.by, self.now)

    @cached_property
    def things(self) -> list[Thing]:
        return live_city().things(self.reach)

    @property
    def is_cut_off(self) -> bool:
        """The devices are not heard: what the live city says is no more what is so."""
        return FEED.cut_off_seconds > 0 or not FEED.is_filled()

    def line(self, entity_id: str, attribute: str) -> str:
        """The last hours of a number as the points of an SVG line; empty when there is none, or none yet."""
        return SPARKS.line(entity_id, attribute, max(0.0, self.waits_until - time.monotonic()))
