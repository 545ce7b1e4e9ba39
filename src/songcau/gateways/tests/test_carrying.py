"""Entities are carried to a real broker until it takes them, or says which it does not want."""

import http.server
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from songcau.context.public import Context, ContextRefused
from songcau.gateways import carrying
from songcau.gateways.carrying import Carrier
from songcau.gateways.faults import Stopped
from songcau.gateways.tests import broker as brokers
from songcau.gateways.tests.broker import Broker


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "FIRST_WAIT_SECONDS", 0.02)
    monkeypatch.setattr(carrying, "LONGEST_WAIT_SECONDS", 0.1)


def air(name: str, value: Any = 1, **more: Any) -> dict[str, Any]:
    attribute = {"type": "Property", "value": value, "observedAt": "2026-11-28T06:00:00Z", **more}
    return {"id": f"urn:ngsi-ld:Air:{name}", "type": "Air", "t": attribute}


def test_what_is_carried_is_there(broker: Broker) -> None:
    with broker.context() as context:
        assert Carrier(context, threading.Event()).carry([air("there", n) for n in range(3)]) == []
        assert Carrier(context, threading.Event()).carry([]) == []
    assert broker.found(type="Air")["urn:ngsi-ld:Air:there"]["t"] == 2


def test_a_refused_entity_is_named_by_its_place_and_the_others_are_kept(broker: Broker) -> None:
    batch = [air("a"), air("b", value=None), air("c"), {**air("d"), "type": "no type!"}]
    with broker.context() as context:
        refusals = Carrier(context, threading.Event()).carry(batch)
    assert [refusal.place for refusal in refusals] == [1, 3]
    assert "null" in refusals[0].detail
    assert {"urn:ngsi-ld:Air:a", "urn:ngsi-ld:Air:c"} <= broker.found(type="Air").keys()


def test_of_an_entity_that_came_several_times_only_the_bad_ones_are_refused(broker: Broker) -> None:
    batch = [air("twice", 1), air("twice", None), air("other", None), air("twice", 3)]
    with broker.context() as context:
        refusals = Carrier(context, threading.Event()).carry(batch)
    assert [refusal.place for refusal in refusals] == [1, 2]
    assert broker.found(type="Air")["urn:ngsi-ld:Air:twice"]["t"] == 3


def test_one_that_is_too_large_does_not_hold_the_others(broker: Broker) -> None:
    batch = [air(f"size{n}", "x" * (11 * 1024 * 1024) if n == 2 else n) for n in range(5)]
    with broker.context() as context:
        refusals = Carrier(context, threading.Event()).carry(batch)
    assert [refusal.place for refusal in refusals] == [2]
    assert "urn:ngsi-ld:Air:size4" in broker.found(type="Air")


class Spoilt:
    """A broker that refuses any request in which there is a certain entity."""

    def __init__(self) -> None:
        self.asked = 0

    def upsert(self, entities: Sequence[dict[str, Any]]) -> None:
        self.asked += 1
        if any(entity["id"].endswith("bad") for entity in entities):
            raise ContextRefused(400, {"title": "no"})


def test_what_spoils_a_whole_request_is_found_by_halves() -> None:
    batch = [air("bad" if n == 77 else f"g{n}") for n in range(128)]
    spoilt = Spoilt()
    [refusal] = Carrier(spoilt, threading.Event()).carry(batch)
    assert (refusal.place, refusal.detail) == (77, "no")
    assert spoilt.asked == 15


def carried(carrier: Carrier, batch: list[dict[str, Any]]) -> threading.Thread:
    thread = threading.Thread(target=carrier.carry, args=(batch,))
    thread.start()
    return thread


def test_a_broker_that_is_away_is_waited_for(tmp_path: Path) -> None:
    broker = Broker(tmp_path / "data")
    with broker.context() as context:
        carrier = Carrier(context, threading.Event())
        thread = carried(carrier, [air("late")])
        brokers.wait_until(lambda: carrier.trouble)
        broker.start()
        try:
            thread.join(timeout=20)
            assert not thread.is_alive()
            assert carrier.trouble is None
            assert "urn:ngsi-ld:Air:late" in broker.found(type="Air")
        finally:
            broker.stop()


def test_a_token_that_is_not_taken_is_waited_for_and_no_reading_is_blamed(tmp_path: Path) -> None:
    with brokers.running(tmp_path / "data", "--auth") as broker:
        limited = broker.token(may=["write"], types=["Water"])
        with broker.context("scb_wrong") as wrong, broker.context(limited) as context:
            stop = threading.Event()
            carrier = Carrier(wrong, stop)
            thread = carried_until_stopped(carrier, [air("x")])
            brokers.wait_until(lambda: carrier.trouble)
            assert "token" in str(carrier.trouble)
            stop.set()
            thread.join(timeout=20)
            assert not thread.is_alive()
            # A type out of reach is refused for itself.
            [refusal] = Carrier(context, threading.Event()).carry([air("x")])
            assert "may not write" in refusal.detail


def carried_until_stopped(carrier: Carrier, batch: list[dict[str, Any]]) -> threading.Thread:
    def work() -> None:
        with pytest.raises(Stopped):
            carrier.carry(batch)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


@contextmanager
def a_web_server() -> Iterator[str]:
    """Something that answers, and is no context broker."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>")

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_what_is_no_broker_is_no_success() -> None:
    with a_web_server() as address, Context(address) as context:
        stop = threading.Event()
        carrier = Carrier(context, stop)
        thread = carried_until_stopped(carrier, [air("x")])
        brokers.wait_until(lambda: carrier.trouble)
        assert "no context broker" in str(carrier.trouble)
        stop.set()
        thread.join(timeout=20)


def test_an_answer_that_never_comes_is_no_success(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "s"))
        silent.listen()
        with Context(f"unix:{tmp_path / 's'}", timeout=0.05) as context:
            stop = threading.Event()
            carrier = Carrier(context, stop)
            thread = carried_until_stopped(carrier, [air("x")])
            brokers.wait_until(lambda: carrier.trouble)
            stop.set()
            thread.join(timeout=20)
            assert not thread.is_alive()
