"""What messages say becomes entities; what they do not say becomes a fault, and never an exception."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from songcau.gateways.mqtt import devices as devices_module
from songcau.gateways.mqtt import translating
from songcau.gateways.mqtt.devices import Devices
from songcau.gateways.mqtt.inbox import Message
from songcau.gateways.mqtt.mapping import Mapping, read_mapping
from songcau.gateways.mqtt.translating import Told, Translator

ARRIVED = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)
AT = "2026-11-28T06:00:00Z"
TEXT = """
[server]
address = "mqtt://127.0.0.1"
client_id = "city"
largest_payload = 1000

[[status]]
topic = "status/{station}"
id = "urn:ngsi-ld:Device:{station}"

[[status]]
topic = "state/{station}"
from = "up"
id = "urn:ngsi-ld:Device:{station}"
online = ["true"]
offline = ["false"]

[[readings]]
topic = "air/{station}"
id = "urn:ngsi-ld:Air:{station}"
type = "Air"
device = "urn:ngsi-ld:Device:{station}"
observed_at = { from = "at", optional = true }
attributes = { t = {} }

[[readings]]
topic = "many/#"
each = "list"
id = "urn:ngsi-ld:Air:{$.site}-{.n}"
type = "Air"
attributes = { t = "v[0]" }

[[readings]]
topic = "number/{station}/+"
payload = "number"
id = "urn:ngsi-ld:Level:{station}"
type = "Level"
attributes = { level = { unit = "MTR" } }

[[readings]]
topic = "text/{station}"
payload = "text"
id = "urn:ngsi-ld:Sign:{station}"
type = "Sign"
attributes = { shows = { kind = "text" } }
"""


def mapping(folder: Path) -> Mapping:
    file = folder / "mapping.toml"
    file.write_text(TEXT)
    return read_mapping(file)


@pytest.fixture
def translator(tmp_path: Path) -> Translator:
    return Translator(mapping(tmp_path), Devices())


def told(translator: Translator, topic: str, payload: Any, arrived_at: datetime | None = ARRIVED) -> Told:
    content = payload if isinstance(payload, bytes) else orjson.dumps(payload)
    return translator.told(Message(topic, content, 1, 1, 1, arrived_at))


def code_of(told: Told) -> str:
    assert told.documents == []
    [fault] = told.faults
    return fault.code


def test_a_reading_is_told(translator: Translator) -> None:
    [document] = told(translator, "air/tn", {"t": 27.5, "at": "2026-11-28T05:00:00Z"}).documents
    assert document == {
        "id": "urn:ngsi-ld:Air:tn",
        "type": "Air",
        "t": {"type": "Property", "value": 27.5, "observedAt": "2026-11-28T05:00:00Z"},
    }
    [document] = told(translator, "number/s 1/x", b" 3.25 ").documents
    assert (document["id"], document["level"]["value"]) == ("urn:ngsi-ld:Level:s%201", 3.25)
    [document] = told(translator, "text/gate", "Đóng".encode()).documents
    assert document["shows"] == {"type": "Property", "value": "Đóng", "observedAt": AT}


def test_of_several_readings_the_bad_ones_are_faults_and_the_others_are_told(translator: Translator) -> None:
    payload = {
        "site": "s",
        "list": [{"n": 1, "v": [5]}, {"n": 2, "v": ["x"]}, {"n": 3, "v": []}, 7, {"n": 4, "v": [8]}],
    }
    found = told(translator, "many/a/b", payload)
    assert [document["id"] for document in found.documents] == ["urn:ngsi-ld:Air:s-1", "urn:ngsi-ld:Air:s-4"]
    assert [fault.code for fault in found.faults] == ["NOT_A_NUMBER", "NO_MEMBER", "NO_MEMBER"]


@pytest.mark.parametrize(
    ("topic", "payload", "code"),
    [
        ("unknown", {"t": 1}, "TOPIC_UNKNOWN"),
        ("air/tn", b"", "EMPTY"),
        ("air/tn", b"{" + b" " * 1000, "TOO_LARGE"),
        ("air/tn", b"{", "NOT_JSON"),
        ("air/tn", b'{"t": NaN}', "NOT_JSON"),
        ("air/tn", b"\xff", "NOT_JSON"),
        ("air/tn", b"[" * 900, "NOT_JSON"),
        ("air/tn", [1], "NO_MEMBER"),
        ("air/tn", {"t": "27"}, "NOT_A_NUMBER"),
        ("air/tn", {"t": 1, "at": "2026-11-28T05:00:00"}, "TIME_WITHOUT_ZONE"),
        ("air/", {"t": 1}, "PART_UNUSABLE"),
        ("many/x", {"site": "s"}, "NO_MEMBER"),
        ("many/x", {"site": "s", "list": 7}, "NOT_A_LIST"),
        ("many/x", {"site": "s", "list": []}, "NOTHING_IN_IT"),
        ("number/s/x", b"NaN", "NOT_A_NUMBER"),
        ("number/s/x", b"3,25", "NOT_A_NUMBER"),
        ("number/s/x", b"\xff", "NOT_UTF8"),
        ("text/s", b"  ", "EMPTY"),
        ("status/s", b"perhaps", "STATE_UNKNOWN"),
        ("state/s", {"up": "perhaps"}, "STATE_UNKNOWN"),
        ("state/s", {}, "NO_MEMBER"),
    ],
)
def test_what_says_nothing_is_a_fault(translator: Translator, topic: str, payload: Any, code: str) -> None:
    assert code_of(told(translator, topic, payload)) == code


def test_more_readings_than_one_message_may_hold_are_refused_whole(
    translator: Translator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translating, "MOST_IN_ONE", 2)
    assert code_of(told(translator, "many/x", {"site": "s", "list": [{"n": 1, "v": [1]}] * 3})) == "TOO_MANY"


def test_known_topics_are_bounded(translator: Translator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translating, "MOST_TOPICS", 3)
    for number in range(10):
        assert told(translator, f"air/{number}", {"t": 1}).documents
        assert len(translator._known) <= 3


def test_a_device_that_goes_is_offline_since_its_last_will_and_was_heard_last_when_it_was(
    translator: Translator,
) -> None:
    told(translator, "air/tn", {"t": 1, "at": "2026-11-28T05:00:00Z"})
    told(translator, "air/tn", {"t": 1, "at": "2026-11-28T04:00:00Z"})
    [document] = told(translator, "status/tn", b"offline").documents
    assert document["id"] == "urn:ngsi-ld:Device:tn"
    assert document["deviceState"] == {"type": "Property", "value": "offline", "observedAt": AT}
    assert document["dateLastValueReported"]["value"] == {"@type": "DateTime", "@value": "2026-11-28T05:00:00Z"}
    [document] = told(translator, "state/other", {"up": True}, arrived_at=None).documents
    assert document["deviceState"] == {"type": "Property", "value": "online"}
    assert "dateLastValueReported" not in document


def test_a_device_is_said_to_have_been_heard_once_a_minute() -> None:
    devices = Devices()
    devices.heard("urn:x:1", "Device", "2026-11-28T05:00:00Z")
    devices.heard("urn:x:1", "Device", "2026-11-28T05:00:10Z")
    [document] = devices.due(now=1000.0)
    assert document["dateLastValueReported"]["observedAt"] == "2026-11-28T05:00:10Z"
    devices.heard("urn:x:1", "Device", "2026-11-28T05:00:20Z")
    assert devices.due(now=1059.0) == []
    devices.heard("urn:x:1", "Device", "2026-11-28T05:00:15Z")
    [document] = devices.due(now=1000.0 + devices_module.SAID_SECONDS)
    assert document["dateLastValueReported"]["observedAt"] == "2026-11-28T05:00:20Z"
    devices.heard("urn:x:1", "Device", "2026-11-28T05:00:20Z")
    assert devices.due(now=5000.0) == []


def test_devices_that_were_silent_longest_are_forgotten() -> None:
    devices = Devices(most=2)
    for name in ("a", "b", "a", "c"):
        devices.heard(name, "Device", AT)
    assert [document["id"] for document in devices.due(now=0.0)] in (["a", "c"], ["c", "a"])
    assert "dateLastValueReported" not in devices.state("b", "Device", "offline", AT)


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.sampled_from(["t", "at", "v", "n"]), inner),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(
    topic=some.sampled_from(["air/x", "many/x", "number/x/y", "text/x", "status/x", "state/x", ""]) | some.text(),
    payload=some.binary(max_size=60) | JSON.map(lambda value: repr(value).encode("utf-8", "replace")),
    content=JSON,
)
def test_nothing_that_is_sent_makes_it_fall(
    tmp_path_factory: pytest.TempPathFactory, topic: str, payload: bytes, content: Any
) -> None:
    translator = Translator(mapping(tmp_path_factory.getbasetemp()), Devices())
    for sent in (payload, _json(content), _json({"site": "s", "list": [content]})):
        found = translator.told(Message(topic, sent, 1, 1, 1, ARRIVED))
        assert found.documents or found.faults
        for fault in found.faults:
            assert fault.sentence("vi")


def _json(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # a whole number that JSON of ours does not hold
        return b"0"
