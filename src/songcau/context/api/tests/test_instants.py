"""Instants never repeat and never run backwards, also when a start finds the clock set back."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from songcau.context.api.tests.client import Client
from songcau.context.api.tests.lamps import LAMP, lamp, ok, past, prop
from songcau.kernel import clock

LATE, EARLY = datetime(2030, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)


def made_after_a_restart(folder: Path) -> str:
    """When an entity is made by a broker that starts with the clock set back by years."""
    with clock.frozen(EARLY):
        client = Client(folder)
        ok(client.ask("POST", "/entities", lamp("urn:ngsi-ld:Lamp:9", power=prop(1))))
        answer = ok(client.ask("GET", "/entities/urn:ngsi-ld:Lamp:9?options=sysAttrs"))
        client.close()
    return str(answer.json["createdAt"])


@pytest.mark.parametrize("what", ["changed", "deleted", "told", "corrected"])
def test_a_start_goes_on_from_the_newest_instant(tmp_path: Path, what: str) -> None:
    with clock.frozen(EARLY):
        client = Client(tmp_path)
        ok(client.ask("POST", "/entities", lamp(power=prop(1, 1))))
        instance = ok(past(client)).json["power"][0]["instanceId"]
        with clock.frozen(LATE):
            client.broker.instant()  # the clock had been right until now
            if what == "changed":
                ok(client.ask("PATCH", f"/entities/{LAMP}/attrs", {"power": prop(2)}))
            elif what == "deleted":
                ok(client.ask("DELETE", f"/entities/{LAMP}"))
            elif what == "told":
                ok(client.ask("POST", "/temporal/entities", lamp("urn:ngsi-ld:Lamp:2", power=prop(1, 2))), 201)
            else:
                ok(client.ask("PATCH", f"/temporal/entities/{LAMP}/attrs/power/{instance}", {"power": prop(3, 1)}))
        client.close()
    assert made_after_a_restart(tmp_path) > "2030-01-01T00:00:00"
