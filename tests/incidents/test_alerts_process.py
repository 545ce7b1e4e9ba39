"""The process `alerts` as it runs in a city: killed, the broker gone and back, rules changed under it."""

import random
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from songcau.kernel import clock
from tests.incidents.city import Programs, instant, say, until

RULE = """
from songcau.entry.start import start_django
start_django()
from songcau.kernel.actor import SYSTEM
from songcau.systems.incidents.actions.alert_rules import AlertRuleDraft, add_rule
from songcau.systems.incidents.rules.levels import Level
condition = {"kind": "THRESHOLD", "type": "TestGauge", "attribute": "waterLevel", "side": "ABOVE", "limit": 26,
             "need": 1, "of": 1}
add_rule(by=SYSTEM, code="CODE", draft=AlertRuleDraft("Cao", "High", condition, Level.HIGH), reason="thử")
"""
SWITCH = """
from songcau.entry.start import start_django
start_django()
from songcau.kernel.actor import SYSTEM
from songcau.systems.incidents.actions.alert_rules import switch_rule
from songcau.systems.incidents.models import AlertRule
switch_rule(by=SYSTEM, rule_id=AlertRule.objects.get(code="CODE").pk, enabled=False, reason="thử")
"""
RISEN = "SELECT subject, began_at FROM incidents_alertoccurrence ORDER BY began_at"
STANDING = "SELECT subject FROM incidents_alertoccurrence WHERE cleared_at IS NULL"
HIGH, LOW = 27.0, 25.0


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Programs:
    """A city with one rule."""
    made = Programs(tmp_path_factory.mktemp("prepared"))
    made.run("-m", "songcau", "migrate")
    made.run("-c", RULE.replace("CODE", "WATER"))
    return made


@pytest.fixture
def programs(prepared: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Programs]:
    """A copy of it, with its broker and the process, all ready."""
    monkeypatch.setattr(settings, "SONGCAU", settings.SONGCAU.model_copy(update={"data": tmp_path}))
    shutil.copytree(prepared.folder, tmp_path, dirs_exist_ok=True)
    made = Programs(tmp_path, prepared.environment)
    made.start("context")
    made.start("alerts")
    yield made
    made.end_all()


def gauge(number: int) -> str:
    return f"urn:ngsi-ld:TestGauge:{number}"


def say_level(number: int, value: float, seconds_ago: float = 0.0) -> str:
    """The instant at which it was observed."""
    at = instant(clock.now() - timedelta(seconds=seconds_ago))
    level = {"type": "Property", "value": value, "unitCode": "MTR", "observedAt": at}
    say({"id": gauge(number), "type": "TestGauge", "scope": "/wards/W05443", "waterLevel": level})
    return at


def test_killed_in_the_middle_it_loses_and_doubles_nothing(programs: Programs) -> None:
    """Some gauges rise and fall all the time, while the process is killed again and again, and the broker once."""
    chance = random.Random(6)
    rises: list[str] = []
    stop = threading.Event()

    def rise_and_fall() -> None:
        while not stop.is_set():
            for number in range(6):
                say_level(number, HIGH)
                rises.append(gauge(number))
                say_level(number, LOW)

    say_level(0, LOW)
    writer = threading.Thread(target=rise_and_fall)
    writer.start()
    for _kill in range(2):
        time.sleep(chance.uniform(0.5, 2.5))
        programs.end("alerts", signal.SIGKILL)
        time.sleep(chance.uniform(0.0, 1.0))
        programs.start("alerts")
    stop.set()
    writer.join()
    programs.end("context")
    programs.start("context")
    say_level(9, HIGH)
    rises.append(gauge(9))
    until(lambda: (gauge(9),) in programs.rows(STANDING))
    say_level(9, LOW)
    until(lambda: not programs.rows(STANDING))
    risen = programs.rows(RISEN)
    assert sorted(subject for subject, _began in risen) == sorted(rises)
    assert len(set(risen)) == len(risen)
    # One open alert a gauge, which counts how often it came.
    alerts = programs.rows("SELECT subject, repeats FROM incidents_alert")
    assert sum(repeats for _subject, repeats in alerts) == len(rises)
    assert len(alerts) == 7
    assert programs.end("alerts") == 0


def test_a_rule_that_is_new_is_taken_up_at_once_and_one_that_is_switched_off_clears(programs: Programs) -> None:
    say_level(1, HIGH)
    until(lambda: programs.rows(STANDING))
    programs.run("-c", RULE.replace("CODE", "SECOND"))
    until(lambda: len(programs.rows(STANDING)) == 2)
    programs.run("-c", SWITCH.replace("CODE", "WATER"))
    until(lambda: len(programs.rows(STANDING)) == 1)
    # What is switched off while nobody looks is cleared by who begins next.
    programs.end("alerts", signal.SIGKILL)
    programs.run("-c", SWITCH.replace("CODE", "SECOND"))
    programs.start("alerts")
    until(lambda: not programs.rows(STANDING))


def test_what_is_deleted_is_cleared(programs: Programs) -> None:
    from songcau.foundation.accounts.context_grants import city_context

    say_level(1, HIGH)
    until(lambda: programs.rows(STANDING))
    with city_context() as context:
        context.delete([gauge(1)])
    until(lambda: not programs.rows(STANDING))


def test_who_begins_takes_over_and_the_former_ends(programs: Programs) -> None:
    former = programs.running.pop("alerts")
    programs.start("alerts")
    say_level(1, HIGH)
    assert former.wait(60) == 1
    assert "Một tiến trình khác" in (programs.folder / "alerts.log").read_text(encoding="utf-8")
    until(lambda: programs.rows(STANDING))
    assert len(programs.rows(RISEN)) == 1
