"""What may be told, and where: endpoints are read and checked."""

from typing import Any

import pytest

from songcau.context.problems import BadRequestData
from songcau.context.subscriptions.endpoints import read_endpoint


def test_an_http_endpoint_is_read() -> None:
    read = read_endpoint(
        {
            "uri": "https://user:p%40ss@city.example:8443/notify?x=1",
            "accept": "application/ld+json",
            "timeout": 1500,
            "cooldown": 30000,
            "receiverInfo": [{"key": "X-Token", "value": "secret"}],
        }
    )
    assert (read.scheme, read.host, read.port, read.target) == ("https", "city.example", 8443, "/notify?x=1")
    assert (read.user, read.password) == ("user", "p@ss")
    assert (read.accept, read.timeout, read.cooldown) == ("application/ld+json", 1.5, 30.0)
    assert read.receiver_info == (("X-Token", "secret"),)
    assert read.is_secure
    assert not read.is_mqtt


def test_an_mqtt_endpoint_is_read() -> None:
    read = read_endpoint(
        {
            "uri": "mqtt://user@[::1]/city/rooms%201",
            "notifierInfo": [{"key": "MQTT-QoS", "value": "1"}, {"key": "MQTT-Version", "value": "mqtt3.1.1"}],
        }
    )
    assert (read.host, read.port, read.target, read.user, read.password) == ("::1", 1883, "city/rooms 1", "user", None)
    assert (read.qos, read.version) == (1, 4)
    assert read.is_mqtt


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (None, "needs an endpoint"),
        ({"uri": "http://a/", "url": "x"}, "url is no member"),
        ({}, "needs a uri"),
        ({"uri": "ftp://a/"}, "must be one of http"),
        ({"uri": "file:///etc/passwd"}, "must be one of http"),
        ({"uri": "http:///x"}, "names no host"),
        ({"uri": "http://a:0/"}, "port 0"),
        ({"uri": "http://a:99999/"}, "is not a URI"),
        ({"uri": "http://[::1/"}, "is not a URI"),
        ({"uri": "http://a/\r\nX: y"}, "plain ASCII"),
        ({"uri": "http://a/ b"}, "plain ASCII"),
        ({"uri": "http://a/" + "x" * 3000}, "longer than"),
        ({"uri": "mqtt://a"}, "names no topic"),
        ({"uri": "mqtt://a/x/%23"}, "no wildcard"),
        ({"uri": "http://a/", "accept": "text/plain"}, "accept must be one of"),
        ({"uri": "http://a/", "timeout": 0}, "timeout must be above 0"),
        ({"uri": "http://a/", "timeout": True}, "timeout must be above 0"),
        ({"uri": "http://a/", "cooldown": -1}, "cooldown must be above 0"),
        ({"uri": "http://a/", "receiverInfo": {}}, "must be a list"),
        ({"uri": "http://a/", "receiverInfo": [{"key": "a"}]}, "has a key and a value"),
        ({"uri": "http://a/", "receiverInfo": [{"key": "a", "value": 1}]}, "short texts"),
        ({"uri": "http://a/", "receiverInfo": [{"key": "a b", "value": "1"}]}, "cannot be a header's name"),
        ({"uri": "http://a/", "receiverInfo": [{"key": "a", "value": "1\r\nHost: b"}]}, "control characters"),
        ({"uri": "http://a/", "receiverInfo": [{"key": "Content-Length", "value": "1"}]}, "set by the broker"),
        ({"uri": "mqtt://a/t", "notifierInfo": [{"key": "MQTT-QoS", "value": "3"}]}, "MQTT-QoS"),
        ({"uri": "mqtt://a/t", "notifierInfo": [{"key": "MQTT-Version", "value": "mqtt9"}]}, "MQTT-Version"),
    ],
)
def test_what_is_no_endpoint_is_refused_with_the_reason(wrong: Any, says: str) -> None:
    with pytest.raises(BadRequestData, match=says):
        read_endpoint(wrong)
