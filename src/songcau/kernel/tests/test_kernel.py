"""The types that every floor shares."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songcau.kernel import clock, trace
from songcau.kernel.actor import EVERYWHERE, NOBODY, SYSTEM, Actor, Grant
from songcau.kernel.errors import Refused
from songcau.kernel.ids import new_id
from songcau.kernel.paging import page_of
from songcau.kernel.workflow import Guard, GuardRefused, Transition, TransitionRefused, Workflow

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


class Light(StrEnum):
    RED = "RED"
    GREEN = "GREEN"
    BROKEN = "BROKEN"


HAS_POWER = Guard("NO_POWER", lambda facts: bool(facts.get("power")))
LIGHT = Workflow(
    "light",
    start=Light.RED,
    transitions=[
        Transition("go", (Light.RED,), Light.GREEN, "lights.switch", (HAS_POWER,)),
        Transition("stop", (Light.GREEN,), Light.RED, "lights.switch"),
        Transition("break", (Light.RED, Light.GREEN), Light.BROKEN, "songcau"),
    ],
)


def test_a_workflow_takes_a_step_whose_guard_holds() -> None:
    assert LIGHT.step(Light.RED, "go", {"power": True}) is Light.GREEN


def test_a_workflow_refuses_a_step_whose_guard_does_not_hold() -> None:
    with pytest.raises(GuardRefused) as refused:
        LIGHT.step(Light.RED, "go")
    assert refused.value.params["guard"] == "NO_POWER"


def test_a_workflow_refuses_a_step_from_the_wrong_state() -> None:
    with pytest.raises(TransitionRefused):
        LIGHT.step(Light.BROKEN, "go", {"power": True})


def test_the_picture_of_a_workflow_shows_every_step_and_every_end() -> None:
    assert LIGHT.mermaid().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> RED",
        "    RED --> GREEN: go",
        "    GREEN --> RED: stop",
        "    RED --> BROKEN: break",
        "    GREEN --> BROKEN: break",
        "    BROKEN --> [*]",
    ]


def test_a_workflow_with_a_state_that_nobody_reaches_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="BROKEN"):
        Workflow("light", start=Light.RED, transitions=[Transition("go", (Light.RED,), Light.GREEN, "x")])


def test_a_workflow_with_the_same_step_twice_cannot_be_made() -> None:
    twice = [Transition("go", (Light.RED,), Light.GREEN, "x"), Transition("go", (Light.RED,), Light.BROKEN, "x")]
    with pytest.raises(ValueError, match="stands twice"):
        Workflow("light", start=Light.RED, transitions=twice)


def actor(scope: str, until: datetime | None = None) -> Actor:
    return Actor(id=new_id(), label="An", grants=(Grant(frozenset({"lights.switch"}), scope, until),))


@pytest.mark.parametrize(
    ("scope", "within", "allowed"),
    [
        ("/UBND-19/", "/UBND-19/UBND-164/", True),
        ("/UBND-19/UBND-164/", "/UBND-19/", False),
        ("/UBND-1/", "/UBND-19/", False),
        (EVERYWHERE, "/UBND-19/", True),
        ("/UBND-19/", None, True),
    ],
)
def test_a_grant_covers_its_scope_and_everything_under_it(scope: str, within: str | None, allowed: bool) -> None:
    assert actor(scope).may("lights.switch", within=within) is allowed


def test_a_grant_ends_at_its_instant() -> None:
    person = actor("/A/", until=NOON)
    with clock.frozen(NOON - timedelta(seconds=1)):
        assert person.may("lights.switch")
        assert person.scopes("lights.switch") == ("/A/",)
    with clock.frozen(NOON):
        assert not person.may("lights.switch")
        assert person.scopes("lights.switch") == ()


def test_nobody_may_do_nothing_and_the_system_everything() -> None:
    assert not NOBODY.may("lights.switch")
    assert SYSTEM.may("anything.at_all", within="/A/")
    assert SYSTEM.scopes("anything.at_all") == (EVERYWHERE,)


def test_the_clock_stands_still_only_inside_the_block() -> None:
    with clock.frozen(NOON):
        assert clock.now() == NOON
        assert str(clock.today("Asia/Ho_Chi_Minh")) == "2026-11-23"
    assert clock.now() > NOON - timedelta(days=365)


def test_the_clock_takes_no_naive_time() -> None:
    with pytest.raises(ValueError, match="aware"), clock.frozen(datetime(2026, 1, 1)):  # noqa: DTZ001
        pass


def test_midnight_in_the_city_is_already_the_next_day() -> None:
    with clock.frozen(datetime(2026, 11, 23, 17, 0, tzinfo=UTC)):
        assert str(clock.today("Asia/Ho_Chi_Minh")) == "2026-11-24"


def test_ids_sort_by_the_time_they_were_made() -> None:
    ids = [new_id() for _ in range(1000)]
    assert ids == sorted(ids)
    assert all(isinstance(i, UUID) and i.version == 7 for i in ids)


class Rows(list[int]):
    def count(self) -> int:  # type: ignore[override]
        return len(self)


@given(total=st.integers(0, 200), number=st.integers(-5, 500), size=st.integers(1, 60))
def test_every_page_is_the_nearest_one_and_pages_cover_the_list(total: int, number: int, size: int) -> None:
    rows = Rows(range(total))
    page = page_of(rows, number, size)
    assert 1 <= page.number <= page.count
    assert len(page.items) <= size
    assert page.last_item - page.first_item + 1 == len(page.items) or total == 0
    assert (page.next is None) == (page.number == page.count)
    assert (page.previous is None) == (page.number == 1)
    every = [item for n in range(1, page.count + 1) for item in page_of(rows, n, size).items]
    assert every == list(rows)


def test_a_trace_holds_inside_its_block() -> None:
    with trace.tracing("request-1"):
        assert trace.current() == "request-1"
    assert trace.current() == ""


def test_an_error_shows_its_code_and_parameters() -> None:
    assert str(Refused(limit=5)) == "REFUSED(limit=5)"
