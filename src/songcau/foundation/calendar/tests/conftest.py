"""A city over a ward over a desk, whoever may change their calendars, and dates promised there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest
from django.utils import timezone, translation

from songcau.foundation.accounts.models import Agency
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import actor_with, make_agency
from songcau.foundation.calendar import actions
from songcau.foundation.calendar.actions.promises import PromisedFor
from songcau.foundation.calendar.deadlines import Method, Term
from songcau.foundation.calendar.models import Promise
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM, Actor

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=timezone.get_fixed_timezone(0))  # a Wednesday, 09:00 in the city


@dataclass(frozen=True)
class Town:
    """`root` changes the calendar of the country, `warden` that of the ward and its desk; `clerk` none."""

    city: Agency
    ward: Agency
    desk: Agency
    other: Agency
    root: Actor
    warden: Actor
    clerk: Actor


@pytest.fixture
def town(db: None) -> Town:
    city = make_agency("UBND-164")
    ward, other = make_agency("UBND-1", city), make_agency("UBND-2", city)
    desk = make_agency("MC-1", ward)
    return Town(
        city,
        ward,
        desk,
        other,
        actor_with(Role.SYSTEM_ADMINISTRATOR, city),
        actor_with(Role.AGENCY_ADMINISTRATOR, ward),
        actor_with(Role.CLERK, ward),
    )


@pytest.fixture(autouse=True)
def _stands() -> Iterator[None]:
    with clock.frozen(NOW), translation.override("vi"):
        yield


Promised = Callable[..., Promise]


@pytest.fixture
def promised(town: Town) -> Promised:
    """A date promised at the desk for what came in at `at`, in the city's time."""
    made = 0

    def promise(
        at: str = "2026-11-25 09:00", amount: float = 5, method: Method = Method.DAYS, agency: Agency | None = None
    ) -> Promise:
        nonlocal made
        made += 1
        return actions.promise_date(
            by=SYSTEM,
            subject=PromisedFor("tests.dossier", UUID(int=made), f"Hồ sơ {made}"),
            agency_id=(agency or town.desk).pk,
            received_at=timezone.make_aware(datetime.fromisoformat(at)),
            term=Term(method, amount),
        )

    return promise
