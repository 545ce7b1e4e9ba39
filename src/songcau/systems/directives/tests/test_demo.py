"""The demonstration city's directives: every state and timing, marked, whole, and there once however often made."""

from datetime import date
from types import SimpleNamespace

import pytest

from songcau.foundation.accounts.demo import seed_demo
from songcau.foundation.audit.queries import chain_verdict
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM
from songcau.kernel.ids import new_id
from songcau.systems.directives.management import seed_directives
from songcau.systems.directives.management.telling import stories
from songcau.systems.directives.models import Directive, Extension
from songcau.systems.directives.pages.code_words import timing_of
from songcau.systems.directives.rules import ExtensionState, State, Timing


@pytest.fixture
def city(db: None) -> None:
    wards = [SimpleNamespace(id=new_id(), code=f"{5431 + 3 * n:05}", name=f"Phường số {n + 1}") for n in range(12)]
    seed_demo(SYSTEM, wards)


@pytest.mark.usefixtures("city")
def test_the_made_up_directives_show_every_state_and_timing_and_are_there_once() -> None:
    said: list[str] = []
    for _twice in range(2):
        seed_directives(say=said.append)
    made = list(Directive.objects.all())
    assert said == [
        f"directives: {len(stories())} made-up ones in every state",
        "directives: 0 made-up ones in every state",
    ]
    assert len(made) == len(stories()) >= 15
    assert {one.state for one in made} == set(State)
    assert {timing_of(one, clock.now()) for one in made} == set(Timing)
    assert all(one.is_demo for one in made)
    assert set(Extension.objects.values_list("state", flat=True)) >= {
        ExtensionState.ASKED,
        ExtensionState.APPROVED,
        ExtensionState.REFUSED,
    }
    assert chain_verdict().faults == 0
    assert date(2026, 11, 25) == clock.today()
