"""The gateway between a real Mosquitto and a real broker: what is published is there, or it is reported why not."""

import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from songcau.gateways import carrying
from songcau.gateways.mqtt import session
from songcau.gateways.mqtt.inbox import OVERHEAD, Message
from songcau.gateways.mqtt.tests.at_work import Work, connected, device, needs_mosquitto, publish
from songcau.gateways.mqtt.tests.certificates import Authority
from songcau.gateways.tests.broker import Broker, wait_until
from tools import mosquitto
from tools.mosquitto import Mosquitto

pytestmark = needs_mosquitto
Start = Callable[..., Work]


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "FIRST_WAIT_SECONDS", 0.02)
    monkeypatch.setattr(carrying, "LONGEST_WAIT_SECONDS", 0.1)
    monkeypatch.setattr(session, "LONGEST_WAIT_SECONDS", 1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with mosquitto.running(tmp_path_factory.mktemp("mosquitto")) as running:
        yield running


@pytest.fixture
def make(tmp_path: Path, server: Mosquitto, broker: Broker) -> Iterator[Start]:
    """Makes a gateway that is stopped after the test."""
    made: list[Work] = []

    def make(server: Mosquitto = server, broker: Broker = broker, **members: object) -> Work:
        work = Work(tmp_path, server, broker, f"K{uuid4().hex[:8]}")
        work.members |= members  # type: ignore[arg-type]
        made.append(work)
        return work

    yield make
    for work in made:
        work.stop()


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_what_devices_publish_is_in_the_context(make: Start, version: str) -> None:
    work = make(version=version)
    work.start()
    with device(work.server) as client:
        for number in range(50):
            publish(
                client, f"{work.kind}/reading/s{number % 10}", {"t": number, "at": f"2026-11-28T00:{number:02}:00Z"}
            )
    work.wait_for(50)
    found = work.found()
    assert {f"s{n}": found[f"s{n}"]["t"] for n in range(10)} == {f"s{n}": 40 + n for n in range(10)}
    assert all("dateLastValueReported" in found[f"device-s{n}"] for n in range(10))
    assert (work.refused(), work.gateway.state()["troubles"]) == ([], [])


def test_a_device_whose_connection_breaks_is_offline(make: Start) -> None:
    work = make()
    work.start()
    client = connected(work.server, will=(f"{work.kind}/status/s", "offline"))
    publish(client, f"{work.kind}/status/s", "online", retain=True)
    publish(client, f"{work.kind}/reading/s", {"t": 1, "at": "2026-11-28T00:00:00Z"})
    work.wait_for(2)
    assert work.found()["device-s"]["deviceState"] == "online"
    connection = client.socket()
    assert isinstance(connection, socket.socket)
    client.loop_stop()
    connection.close()
    work.wait_for(3)
    found = work.found()["device-s"]
    assert found["deviceState"] == "offline"
    assert found["dateLastValueReported"]["@value"] == "2026-11-28T00:00:00Z"


def test_what_was_published_while_it_was_stopped_comes_after_its_start(make: Start) -> None:
    work = make()
    work.start()
    work.stop()
    with device(work.server) as client:
        for number in range(20):
            publish(client, f"{work.kind}/reading/s{number}", {"t": number})
    work.start()
    work.wait_for(20)
    assert {f"s{n}" for n in range(20)} <= work.found().keys()
    assert work.gateway.state()["sessions_forgotten"] == 0


def test_what_cannot_be_taken_is_reported_and_does_not_come_again(make: Start) -> None:
    work = make()
    work.rules += f'[[readings]]\ntopic = "{work.kind}/odd/{{s}}"\nid = "urn:ngsi-ld:Odd:{{s}}"\ntype = "Odd"\n'
    work.rules += 'scope = "{$.scope}"\nattributes = { v = { kind = "json" } }\n'
    work.start()
    with device(work.server) as client:
        publish(client, f"{work.kind}/reading/s", b"{")
        publish(client, f"{work.kind}/reading/s", {"t": "warm"})
        publish(client, f"{work.kind}/odd/s", {"v": [None], "scope": "/a"})
        publish(client, f"{work.kind}/odd/t", {"v": 1, "scope": "no scope!"})
        publish(client, f"{work.kind}/reading/s", {"t": 7})
    work.wait_for(5)
    assert work.found()["s"]["t"] == 7
    entries = {(entry["code"], entry["topic"].rpartition("/")[2]): entry for entry in work.refused()}
    assert entries.keys() == {
        ("NOT_JSON", "s"),
        ("NOT_A_NUMBER", "s"),
        ("BROKER_REFUSED", "s"),
        ("BROKER_REFUSED", "t"),
    }
    assert entries["NOT_A_NUMBER", "s"]["vi"] == "t không phải là số: warm"
    assert entries["NOT_A_NUMBER", "s"]["en"] == "t is not a number: warm"
    assert entries["NOT_A_NUMBER", "s"]["payload"] == '{"t": "warm"}'
    assert "no scope!" in entries["BROKER_REFUSED", "t"]["en"]
    assert entries["BROKER_REFUSED", "t"]["entity"] == "urn:ngsi-ld:Odd:t"
    assert work.gateway.state()["refused"] == {"NOT_JSON": 1, "NOT_A_NUMBER": 1, "BROKER_REFUSED": 2}
    work.stop()
    work.start()
    with device(work.server) as client:
        publish(client, f"{work.kind}/reading/s", {"t": 8})
    work.wait_for(1)
    assert (work.gateway.counts["messages"], work.found()["s"]["t"], len(work.refused())) == (1, 8, 4)


def test_nothing_is_acknowledged_while_the_broker_is_away(make: Start, tmp_path: Path) -> None:
    away = Broker(tmp_path / "broker")
    work = make(broker=away)
    work.start()
    with device(work.server) as client:
        for number in range(30):
            publish(client, f"{work.kind}/reading/s{number}", {"t": number})
        wait_until(lambda: work.gateway.state()["troubles"])
        assert "context broker is away" in work.gateway.state()["troubles"][0]
        assert work.gateway.counts["messages"] == 0
        work.stop()
        work.start()
        away.start()
        try:
            work.wait_for(30)
            assert {f"s{n}" for n in range(30)} <= work.found().keys()
            assert work.gateway.state()["troubles"] == []
        finally:
            away.stop()


def test_a_server_that_goes_and_comes_back_costs_nothing(make: Start, tmp_path: Path) -> None:
    with mosquitto.running(tmp_path / "own") as server:
        work = make(server=server)
        work.start()
        server.stop()
        wait_until(lambda: not work.gateway.state()["connected"])
        assert work.gateway.state()["troubles"]
        server.start()
        with device(server) as client:
            for number in range(20):
                publish(client, f"{work.kind}/reading/s{number}", {"t": number})
        work.wait_for(20)
        assert {f"s{n}" for n in range(20)} <= work.found().keys()
        assert (work.gateway.state()["connections"], work.gateway.state()["sessions_forgotten"]) == (2, 0)


def test_a_server_that_forgot_the_session_is_told(make: Start, tmp_path: Path) -> None:
    with mosquitto.running(tmp_path / "own") as server:
        work = make(server=server)
        work.start()
        server.stop()
        next((tmp_path / "own").glob("*.db")).unlink()
        server.start()
        wait_until(lambda: work.gateway.state()["connections"] == 2)
        assert work.gateway.state()["sessions_forgotten"] == 1
        with device(server) as client:
            publish(client, f"{work.kind}/reading/s", {"t": 1})
        work.wait_for(1)


def test_a_server_that_is_not_there_yet_is_waited_for(make: Start, tmp_path: Path) -> None:
    server = Mosquitto(tmp_path / "own")
    work = make(server=server)
    work.start(wait=False)
    wait_until(lambda: work.gateway.state()["troubles"] == ["the server does not answer"])
    server.start()
    try:
        wait_until(lambda: work.gateway.state()["connected"])
    finally:
        server.stop()


def test_tls_with_a_client_certificate_and_a_password(make: Start, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    pem, city = authority.certificate("server"), authority.certificate("city")
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(passwords), "city", "right"], check=True, capture_output=True)
    passwords.chmod(0o600)
    secure = [f"cafile {authority.file}", f"certfile {pem}", f"keyfile {pem}", "require_certificate true"]
    with mosquitto.running(tmp_path / "own", *secure, f"password_file {passwords}") as server:
        work = make(server=server, user="city", password_file="secret", address=f"mqtts://localhost:{server.port}")
        work.members |= {"ca": str(authority.file), "certificate": str(city)}
        (tmp_path / "secret").write_text("wrong\n")
        work.start(wait=False)
        wait_until(lambda: "refuses" in str(work.gateway.state()["troubles"]))
        work.stop()
        (tmp_path / "secret").write_text("right\n")
        work.start()
        work.stop()
        del work.members["ca"]
        work.start(wait=False)
        wait_until(lambda: work.gateway.state()["troubles"] == ["the server does not answer"])


def test_what_the_server_had_kept_has_no_time_of_arrival(make: Start, server: Mosquitto) -> None:
    work = make()
    with device(server) as client:
        publish(client, f"{work.kind}/reading/kept", {"t": 5}, retain=True)
        work.start()
        work.wait_for(1)
        publish(client, f"{work.kind}/reading/new", {"t": 6})
        work.wait_for(2)
    with work.broker.context() as context:
        kept, new = (context.get(f"urn:ngsi-ld:{work.kind}:{name}") for name in ("kept", "new"))
    assert kept is not None
    assert new is not None
    assert ("observedAt" in kept["t"], "observedAt" in new["t"]) == (False, True)
    work.stop()
    work.start()
    with device(server) as client:
        publish(client, f"{work.kind}/reading/last", {"t": 7})
    work.wait_for(1)
    assert work.gateway.counts["messages"] == 1, "a session that was kept is not told the kept messages again"


def test_topics_that_left_the_mapping_are_given_up(make: Start, server: Mosquitto) -> None:
    work = make()
    work.start()
    work.stop()
    work.rules = work.rules.replace(f"{work.kind}/reading/", f"{work.kind}/measured/")
    work.start()
    with device(server) as client:
        publish(client, f"{work.kind}/reading/s", {"t": 1})
        publish(client, f"{work.kind}/measured/s", {"t": 2})
    work.wait_for(1)
    assert (work.found()["s"]["t"], work.refused(), work.gateway.counts["messages"]) == (2, [], 1)


def test_topics_that_the_server_does_not_give_are_told(make: Start) -> None:
    work = make()
    gateway = work.start()
    refused = [ReasonCode(PacketTypes.SUBACK, identifier=0x87), ReasonCode(PacketTypes.SUBACK, identifier=1)]
    gateway._session._on_subscribe(gateway._session._client, None, 1, refused, None)
    assert gateway.state()["troubles"] == [f"the server refuses the topics {work.kind}/status/+"]


def test_messages_for_which_there_is_no_room_are_sent_again_in_order(
    make: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    away = Broker(tmp_path / "broker")
    work = make(broker=away, batch=10, tick_milliseconds=0)
    gateway = work.start()
    monkeypatch.setattr(gateway._inbox, "_most_bytes", 30 * (OVERHEAD + 10))
    with device(work.server) as client:
        for number in range(200):
            publish(client, f"{work.kind}/reading/s{number % 7}", {"t": number})
        publish(client, f"{work.kind}/reading/lost", {"t": 0}, qos=0)
        wait_until(lambda: gateway._session.spilt == 1 and gateway._session._is_full)
        away.start()
        try:
            wait_until(lambda: work.found().get("s3", {}).get("t") == 199)
            found = work.found()
            assert {name: found[name]["t"] for name in (f"s{n}" for n in range(7))} == {
                f"s{n % 7}": n for n in range(193, 200)
            }
            assert gateway.state()["connections"] > 1
            wait_until(lambda: [entry["code"] for entry in work.refused()] == ["SPILT"])
        finally:
            away.stop()


def test_a_report_that_cannot_be_written_holds_the_acknowledgement(
    make: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("songcau.gateways.mqtt.gateway.RETRY_SECONDS", 0.02)
    work = make()
    room = work.folder / "room"
    gateway = work.start()
    room.joinpath("refused.jsonl").mkdir()
    with device(work.server) as client:
        publish(client, f"{work.kind}/reading/s", b"{")
    wait_until(lambda: "report" in str(gateway.state()["troubles"]))
    assert gateway.counts["messages"] == 0
    room.joinpath("refused.jsonl").rmdir()
    work.wait_for(1)
    assert [entry["code"] for entry in work.refused()] == ["NOT_JSON"]
    assert gateway.state()["troubles"] == []


def test_a_stop_while_it_waits_leaves_the_message_to_the_server(make: Start) -> None:
    work = make()
    gateway = work.start()
    refused = work.folder / "room" / "refused.jsonl"
    refused.mkdir()
    with device(work.server) as client:
        publish(client, f"{work.kind}/reading/s", b"{")
    wait_until(lambda: "report" in str(gateway.state()["troubles"]))
    work.stop()
    refused.rmdir()
    work.start()
    work.wait_for(1)
    assert [entry["code"] for entry in work.refused()] == ["NOT_JSON"]


def test_the_state_is_on_disk_for_people(make: Start) -> None:
    work = make()
    work.start()
    work.stop()
    assert b'"connected": false' in (work.folder / "room" / "state.json").read_bytes()


def test_a_reading_that_is_sent_again_keeps_its_time_and_stands_in_the_history_once(make: Start) -> None:
    work = make()
    gateway = work.start()
    acknowledge = gateway._session.acknowledge
    lost = []

    def drop(messages: list[Message]) -> None:
        """The first acknowledgement never arrives: the connection is made anew, and the server sends again."""
        if lost:
            acknowledge(messages)
            return
        lost.extend(messages)
        line = gateway._session._client.socket()
        assert line is not None
        line.shutdown(socket.SHUT_RDWR)

    gateway._session.acknowledge = drop  # type: ignore[assignment, method-assign]
    with device(work.server) as client:
        publish(client, f"{work.kind}/reading/s1", {"t": 5})
    work.wait_for(2)
    history = work.broker.context().history(f"urn:ngsi-ld:{work.kind}:s1", after="2020-01-01T00:00:00Z")
    assert history is not None
    assert [one["value"] for one in history["t"]] == [5]


def test_a_place_of_the_mapping_does_not_fill_the_history(make: Start) -> None:
    work = make()
    work.rules += f"""
[[readings]]
topic = "{work.kind}/fixed/{{station}}"
id = "urn:ngsi-ld:{work.kind}:{{station}}"
type = "{work.kind}"
scope = "/wards/W05512"
observed_at = {{ from = "at" }}
location = {{ longitude = 105.84, latitude = 21.59 }}

[readings.attributes]
t = {{}}
source = {{ value = "city" }}
"""
    work.start()
    with device(work.server) as client:
        for number in range(20):
            publish(client, f"{work.kind}/fixed/s1", {"t": number, "at": f"2026-11-28T00:{number:02}:00Z"})
    work.wait_for(20)
    history = work.broker.context().history(f"urn:ngsi-ld:{work.kind}:s1", after="2020-01-01T00:00:00Z")
    assert history is not None
    assert [len(history[name]) for name in ("t", "location", "source")] == [20, 1, 1]
    assert work.found()["s1"]["location"]["coordinates"] == [105.84, 21.59]
