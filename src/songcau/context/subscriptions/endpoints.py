"""Where notifications go: the endpoint of a subscription, read and checked (clauses 5.2.15, 5.2.22, 7.2).

An address is one of http, https, mqtt and mqtts. Nothing is looked up here: whether a name leads to a private address
is asked when a connection is made, since a name may lead elsewhere by then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from songcau.context.problems import BadRequestData

PORTS = {"http": 80, "https": 443, "mqtt": 1883, "mqtts": 8883}
ACCEPTED = ("application/json", "application/ld+json", "application/geo+json")
MQTT_VERSIONS = {"mqtt3.1.1": 4, "mqtt5.0": 5}
MEMBERS = frozenset({"uri", "accept", "timeout", "cooldown", "receiverInfo", "notifierInfo"})

LONGEST_URI = 2048
MOST_PAIRS = 50
LONGEST_VALUE = 8192
LONGEST_TIMEOUT = 60_000  # milliseconds; a receiver that needs longer holds a connection for nothing
LONGEST_COOLDOWN = 24 * 3600 * 1000
DEFAULT_TIMEOUT = 5.0  # seconds

# What the request itself needs; a receiver's own value would break it or smuggle a second request.
_OURS = frozenset(
    {"host", "content-length", "content-type", "transfer-encoding", "connection", "link", "ngsild-tenant"}
)
_SECRET = frozenset({"receiverInfo", "notifierInfo"})
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A checked endpoint.

    target: path and query as they go into the request line; for MQTT the topic. timeout, cooldown: seconds.
    qos, version: MQTT only (0 to 2; 4 for MQTT 3.1.1, 5 for MQTT 5).
    """

    uri: str
    scheme: str
    host: str
    port: int
    target: str
    accept: str = ACCEPTED[0]
    user: str | None = None
    password: str | None = None
    receiver_info: Pairs = ()
    timeout: float = DEFAULT_TIMEOUT
    cooldown: float = 0.0
    qos: int = 0
    version: int = 5

    @property
    def is_mqtt(self) -> bool:
        return self.scheme.startswith("mqtt")

    @property
    def is_secure(self) -> bool:
        return self.scheme in {"https", "mqtts"}


def read_endpoint(payload: object) -> Endpoint:
    """The `endpoint` member of a subscription's `notification`. Raises BadRequestData."""
    if not isinstance(payload, dict):
        raise BadRequestData("The notification needs an endpoint, an object with a uri")
    for member in payload:
        if member not in MEMBERS:
            raise BadRequestData(f"{member} is no member of an endpoint")
    uri = payload.get("uri")
    scheme, host, port, target, user, password = _address(uri)
    accept = payload.get("accept", ACCEPTED[0])
    if accept not in ACCEPTED:
        raise BadRequestData(f"The endpoint's accept must be one of {', '.join(ACCEPTED)}")
    receiver = _pairs(payload, "receiverInfo")
    if not scheme.startswith("mqtt"):
        _check_headers(receiver)
    qos, version = _mqtt_choices(_pairs(payload, "notifierInfo"))
    return Endpoint(
        uri=str(uri),
        scheme=scheme,
        host=host,
        port=port,
        target=target,
        accept=accept,
        user=user,
        password=password,
        receiver_info=receiver,
        timeout=_milliseconds(payload, "timeout", LONGEST_TIMEOUT) or DEFAULT_TIMEOUT,
        cooldown=_milliseconds(payload, "cooldown", LONGEST_COOLDOWN),
        qos=qos,
        version=version,
    )


def without_secrets(document: dict[str, Any]) -> dict[str, Any]:
    """A subscription as it is shown to others than its owner: without what lets the broker in at its endpoint."""
    notification = document["notification"]
    endpoint = {member: value for member, value in notification["endpoint"].items() if member not in _SECRET}
    endpoint["uri"] = without_password(endpoint["uri"])
    return {**document, "notification": {**notification, "endpoint": endpoint}}


def without_password(uri: str) -> str:
    """An address without the user and the password in it."""
    parts = urlsplit(uri)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _address(uri: object) -> tuple[str, str, int, str, str | None, str | None]:
    if not isinstance(uri, str) or not uri:
        raise BadRequestData("The endpoint needs a uri")
    if len(uri) > LONGEST_URI:
        raise BadRequestData(f"The endpoint's uri is longer than {LONGEST_URI} characters")
    if not uri.isascii() or not uri.isprintable() or " " in uri:
        raise BadRequestData("The endpoint's uri must be plain ASCII without spaces; percent-encode the rest")
    try:
        parts = urlsplit(uri)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError as error:
        raise BadRequestData(f"The endpoint's uri is not a URI: {error}") from None
    if scheme not in PORTS:
        raise BadRequestData(f"The endpoint's uri must be one of {', '.join(PORTS)}")
    if not host or port == 0:
        raise BadRequestData("The endpoint's uri names no host, or port 0")
    if scheme.startswith("mqtt"):
        target = _topic(parts.path)
    else:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    user = unquote(parts.username) if parts.username is not None else None
    password = unquote(parts.password) if parts.password is not None else None
    return scheme, host, port or PORTS[scheme], target, user, password


def _topic(path: str) -> str:
    """The topic is the path without its first slash (7.2)."""
    topic = unquote(path[1:], errors="replace")
    if not topic:
        raise BadRequestData("The endpoint's uri names no topic: mqtt://host/topic")
    if any(char in topic for char in "+#\0") or len(topic.encode()) > 65_535:
        raise BadRequestData("A topic to publish to has no wildcard + or #, and at most 65,535 bytes")
    return topic


def _pairs(payload: Mapping[str, Any], member: str) -> Pairs:
    listed = payload.get(member, [])
    if not isinstance(listed, list) or len(listed) > MOST_PAIRS:
        raise BadRequestData(f"{member} must be a list of at most {MOST_PAIRS} pairs")
    pairs: list[tuple[str, str]] = []
    for pair in listed:
        if not isinstance(pair, dict) or set(pair) != {"key", "value"}:
            raise BadRequestData(f"Each pair of {member} has a key and a value")
        key, value = pair["key"], pair["value"]
        if not isinstance(key, str) or not key or not isinstance(value, str) or len(key + value) > LONGEST_VALUE:
            raise BadRequestData(f"Key and value of a pair of {member} are short texts")
        pairs.append((key, value))
    return tuple(pairs)


def _check_headers(pairs: Pairs) -> None:
    """The receiver's pairs become headers: a name is a token, a value cannot end its line."""
    for name, value in pairs:
        if not _TOKEN.issuperset(name):
            raise BadRequestData(f"{name!r} in receiverInfo cannot be a header's name")
        if name.lower() in _OURS:
            raise BadRequestData(f"The header {name} is set by the broker; leave it out of receiverInfo")
        if not value.isprintable() and not value.replace("\t", "").isprintable():
            raise BadRequestData(f"The value of {name} in receiverInfo has control characters")


def _mqtt_choices(pairs: Pairs) -> tuple[int, int]:
    """QoS and version of the protocol out of notifierInfo; keys of others are let be (7.2)."""
    choices = dict(pairs)
    qos = choices.get("MQTT-QoS", "0")
    if qos not in {"0", "1", "2"}:
        raise BadRequestData("MQTT-QoS must be 0, 1 or 2")
    version = choices.get("MQTT-Version", "mqtt5.0")
    if version not in MQTT_VERSIONS:
        raise BadRequestData(f"MQTT-Version must be one of {', '.join(MQTT_VERSIONS)}")
    return int(qos), MQTT_VERSIONS[version]


def _milliseconds(payload: Mapping[str, Any], member: str, most: int) -> float:
    """A member in milliseconds, as seconds; 0 when it is absent."""
    given = payload.get(member)
    if given is None:
        return 0.0
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given <= most:
        raise BadRequestData(f"The endpoint's {member} must be above 0 and at most {most} milliseconds")
    return float(given) / 1000
