"""What a message says, as entities; or why it says nothing that can be taken."""

import time
from dataclasses import dataclass, field
from typing import Any

import orjson

from songcau.gateways.faults import Fault
from songcau.gateways.mapping.records import Record
from songcau.gateways.mapping.standing import Standing
from songcau.gateways.mapping.times import written
from songcau.gateways.mqtt.devices import Devices
from songcau.gateways.mqtt.inbox import Message
from songcau.gateways.mqtt.mapping import JSON, Mapping, ReadingRule, Rule, StatusRule

Document = dict[str, Any]
MOST_IN_ONE = 10_000
MOST_TOPICS = 20_000
Found = tuple[Rule, dict[str, str]] | None


@dataclass(slots=True)
class Told:
    """What one message said: entities, and faults of the parts of it that could not be taken."""

    documents: list[Document] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class Translator:
    """Carries out a mapping. Not for several threads. standing: what it has said of entities that stays as it is."""

    def __init__(self, mapping: Mapping, devices: Devices, standing: Standing | None = None) -> None:
        self._rules = mapping.rules
        self._standing = standing or Standing()
        self._fixed = {id(rule): rule.entity.standing for rule in mapping.rules if isinstance(rule, ReadingRule)}
        self._largest = mapping.server.largest_payload
        self._devices = devices
        self._known: dict[str, Found] = {}

    def told(self, message: Message) -> Told:
        """Never raises for what a device sends."""
        told = Told()
        try:
            rule, levels = self._for(message)
            if isinstance(rule, StatusRule):
                told.documents.append(self._status(rule, levels, message))
            else:
                self._readings(rule, levels, message, told)
        except Fault as fault:
            told.faults.append(fault)
        return told

    def _for(self, message: Message) -> tuple[Rule, dict[str, str]]:
        """The rule for a message that can be looked into. Raises Fault."""
        found = self._rule(message.topic)
        if found is None:
            raise Fault("TOPIC_UNKNOWN")
        if not message.payload.strip():
            raise Fault("EMPTY")
        if len(message.payload) > self._largest:
            raise Fault("TOO_LARGE", size=len(message.payload), most=self._largest)
        return found

    def _rule(self, topic: str) -> Found:
        """The first rule that fits a topic, with the named levels."""
        if topic in self._known:
            return self._known[topic]
        split = topic.split("/")
        found: Found = None
        for rule in self._rules:
            levels = rule.topic.levels_in(split)
            if levels is not None:
                found = rule, levels
                break
        if len(self._known) >= MOST_TOPICS:
            self._known.clear()
        self._known[topic] = found
        return found

    def _readings(self, rule: ReadingRule, levels: dict[str, str], message: Message, told: Told) -> None:
        whole = _json(message.payload) if rule.payload == JSON else _text(message.payload)
        for content in _each(rule, Record(whole, whole, message.arrived_at, levels)):
            record = Record(content, whole, message.arrived_at, levels)
            try:
                document = rule.entity.entity(record)
                if rule.device is not None:
                    self._hear(rule, rule.device.filled(record), document)
            except Fault as fault:
                told.faults.append(fault)
            else:
                self._standing.trim(document, self._fixed[id(rule)], time.monotonic())
                told.documents.append(document)

    def _hear(self, rule: ReadingRule, device: str, document: Document) -> None:
        observed = next(
            (part["observedAt"] for part in document.values() if isinstance(part, dict) and "observedAt" in part), None
        )
        if observed is not None:
            self._devices.heard(device, rule.device_type, observed)

    def _status(self, rule: StatusRule, levels: dict[str, str], message: Message) -> Document:
        whole: Any = _json(message.payload) if rule.path is not None else _text(message.payload)
        record = Record(whole, whole, message.arrived_at, levels)
        value = whole if rule.path is None else rule.path.required(record)
        word = str(value).lower() if isinstance(value, bool) else str(value)
        if word not in rule.online and word not in rule.offline:
            raise Fault("STATE_UNKNOWN", value=word)
        at = None if message.arrived_at is None else written(message.arrived_at)
        state = "online" if word in rule.online else "offline"
        return self._devices.state(rule.device.filled(record), rule.device_type, state, at)


def _each(rule: ReadingRule, record: Record) -> list[Any]:
    if rule.each is None:
        return [record.whole]
    found = rule.each.required(record)
    if not isinstance(found, list):
        raise Fault("NOT_A_LIST", path=rule.each.text)
    if len(found) > MOST_IN_ONE:
        raise Fault("TOO_MANY", path=rule.each.text, count=len(found), most=MOST_IN_ONE)
    if not found:
        raise Fault("NOTHING_IN_IT")
    return found


def _json(payload: bytes) -> Any:
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise Fault("NOT_JSON", why=error) from error


def _text(payload: bytes) -> str:
    try:
        return payload.decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise Fault("NOT_UTF8") from error
