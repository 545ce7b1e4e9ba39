"""The mapping file of the MQTT gateway: which server, which topics, and what their payloads say."""

from dataclasses import dataclass, replace
from pathlib import Path as File

from songcau.gateways.faults import MappingFault
from songcau.gateways.mapping.document import Members, read_document
from songcau.gateways.mapping.entity_rule import EntityRule, entity_rule
from songcau.gateways.mapping.manner import Manner
from songcau.gateways.mapping.records import Path
from songcau.gateways.mapping.templates import Template
from songcau.gateways.mqtt.server import Server, server_of
from songcau.gateways.mqtt.topics import Topic, parsed_topic

JSON, NUMBER, TEXT = "json", "number", "text"
PAYLOADS = (JSON, NUMBER, TEXT)


@dataclass(frozen=True, slots=True)
class ReadingRule:
    """Readings on a topic. each: the path to a list of them in one payload. device: the id of who sends them."""

    topic: Topic
    payload: str
    each: Path | None
    entity: EntityRule
    device: Template | None
    device_type: str


@dataclass(frozen=True, slots=True)
class StatusRule:
    """Whether a device is there: what it says of itself, and what its last will says. path: None for plain text."""

    topic: Topic
    path: Path | None
    device: Template
    device_type: str
    online: frozenset[str]
    offline: frozenset[str]


Rule = ReadingRule | StatusRule


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping. Of several rules for one topic the first that fits is used."""

    server: Server
    rules: tuple[Rule, ...]

    def filters(self) -> list[str]:
        """What is subscribed to."""
        return list(dict.fromkeys(rule.topic.filter for rule in self.rules))


def read_mapping(file: File) -> Mapping:
    """Raises MappingFault, which says where in the file what is wrong."""
    whole = read_document(file)
    server = whole.table("server")
    if server is None:
        raise MappingFault("MEMBER_MISSING", where="[server]")
    rules: list[Rule] = [_status(one) for one in whole.tables("status")]
    rules += [_reading(one) for one in whole.tables("readings")]
    whole.end()
    if not rules:
        raise MappingFault("NOTHING_MAPPED", names="[[readings]], [[status]]")
    known: set[tuple[str, ...]] = set()
    for rule in rules:
        if rule.topic.levels in known:
            raise MappingFault("TOPIC_TWICE", where="topic", topic=rule.topic.text)
        known.add(rule.topic.levels)
    return Mapping(server_of(server), tuple(rules))


def _reading(members: Members) -> ReadingRule:
    topic = parsed_topic(members.text("topic"), members.place("topic"))
    payload = members.of("payload", PAYLOADS, JSON)
    manner = Manner(levels=topic.names, is_written=payload != JSON, is_one_value=payload != JSON)
    each = members.text_or_none("each")
    if each is not None and payload != JSON:
        raise MappingFault("MEMBERS_EXCLUDE", where=members.where, first="each", second=f"payload = {payload}")
    device = members.text_or_none("device")
    made = ReadingRule(
        topic,
        payload,
        None if each is None else replace(manner.path(each, members.place("each")), from_whole=True),
        _one_value(entity_rule(members, manner), payload, members),
        None if device is None else manner.template(device, members.place("device"), is_id=True),
        members.name("device_type", "Device"),
    )
    members.end()
    return made


def _one_value(rule: EntityRule, payload: str, members: Members) -> EntityRule:
    """A payload that is no JSON holds one value, so that only one attribute can be read from it."""
    if payload != JSON and sum(attribute.is_read for attribute in rule.attributes) != 1:
        raise MappingFault("ONE_VALUE", where=members.place("attributes"), payload=payload)
    return rule


def _status(members: Members) -> StatusRule:
    topic = parsed_topic(members.text("topic"), members.place("topic"))
    manner = Manner(levels=topic.names)
    path = members.text_or_none("from")
    online = frozenset(members.texts("online", ("online",)))
    offline = frozenset(members.texts("offline", ("offline",)))
    if online & offline:
        both = ", ".join(sorted(online & offline))
        raise MappingFault("MEMBERS_EXCLUDE", where=members.where, first=f"online {both}", second=f"offline {both}")
    made = StatusRule(
        topic,
        None if path is None else manner.path(path, members.place("from")),
        manner.template(members.text("id"), members.place("id"), is_id=True),
        members.name("type", "Device"),
        online,
        offline,
    )
    members.end()
    return made
