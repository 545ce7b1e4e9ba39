"""Reports of the demonstration city: a small made-up set that shows everything, and real requests of another city.

All of them are marked `is_demo`, and the pages say so. Safe to repeat: each has a submission id that follows from what
it is, so that a second time finds it there.
"""

from collections.abc import Callable
from pathlib import Path

from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.management.city import POWER_COMPANY, set_city_up
from songcau.systems.citizen_reports.management.requests_311 import FILE, place_requests
from songcau.systems.citizen_reports.management.telling import tell_stories

__all__ = ["POWER_COMPANY", "seed_reports"]


def seed_reports(by: Actor, data: Path | None, *, say: Callable[[str], None]) -> None:
    """Categories, routing, outside bodies; then the made-up reports; then real requests where `data` holds them."""
    set_city_up(by)
    say(f"reports: {tell_stories()} made-up ones in every state")
    if data is None:
        return
    if not (data / FILE).is_file():
        say(f"reports: {data / FILE} is not there; only the made-up ones are")
        return
    say(f"reports: {place_requests(by, data / FILE)} real requests of Baltimore, placed on the city's wards")
