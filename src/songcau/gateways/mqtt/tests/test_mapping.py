"""The mapping file of the MQTT gateway: read whole, or refused with the place that is wrong."""

from pathlib import Path

import pytest

from songcau.gateways.faults import MappingFault
from songcau.gateways.mqtt.mapping import Mapping, ReadingRule, StatusRule, read_mapping
from songcau.gateways.mqtt.tests.certificates import Authority

SERVER = '[server]\naddress = "mqtt://127.0.0.1"\nclient_id = "city"\n'
READINGS = (
    '[[readings]]\ntopic = "air/{station}"\nid = "urn:ngsi-ld:Air:{station}"\ntype = "Air"\n'
    '[readings.attributes]\ntemperature = "t"\n'
)
STATUS = '[[status]]\ntopic = "status/{station}"\nid = "urn:ngsi-ld:Device:{station}"\n'


def mapping(folder: Path, text: str) -> Mapping:
    file = folder / "mapping.toml"
    file.write_text(text, encoding="utf-8")
    return read_mapping(file)


def refused(folder: Path, text: str) -> tuple[str, str]:
    with pytest.raises(MappingFault) as fault:
        mapping(folder, text)
    return fault.value.code, str(fault.value)


def test_a_whole_mapping_is_read(tmp_path: Path) -> None:
    read = mapping(tmp_path, SERVER + READINGS + STATUS)
    assert read.filters() == ["status/+", "air/+"]
    status, readings = read.rules
    assert isinstance(status, StatusRule)
    assert isinstance(readings, ReadingRule)
    assert (status.device_type, readings.device) == ("Device", None)
    assert (read.server.address, read.server.version) == ("mqtt://127.0.0.1:1883", "5")


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("", "MEMBER_MISSING", "[server]"),
        (READINGS, "MEMBER_MISSING", "[server]"),
        (SERVER, "NOTHING_MAPPED", "[[readings]]"),
        (SERVER + READINGS + "[more]\n", "MEMBER_UNKNOWN", "more"),
        (SERVER + "port = 1\n" + READINGS, "MEMBER_UNKNOWN", "server.port"),
        (SERVER + 'version = "4"\n' + READINGS, "MEMBER_NOT_OF", "5, 3.1.1"),
        (SERVER + "in_flight = 0\n" + READINGS, "MEMBER_NOT_WHOLE", "server.in_flight"),
        (SERVER + 'password_file = "none"\n' + READINGS, "FILE_UNUSABLE", "server.password_file"),
        (SERVER + 'ca = "none"\n' + READINGS, "MEMBERS_EXCLUDE", "server"),
        (SERVER + READINGS + READINGS, "TOPIC_TWICE", "air/{station}"),
        (SERVER + READINGS.replace("air/", "air/#/"), "TOPIC_MALFORMED", "readings[1].topic"),
        (SERVER + READINGS.replace("Air:{station}", "Air:{sttion}"), "TEMPLATE_NAME_UNKNOWN", "it has station"),
        (SERVER + READINGS.replace("type =", 'payload = "xml"\ntype ='), "MEMBER_NOT_OF", "readings[1].payload"),
        (SERVER + READINGS.replace("type =", 'payload = "text"\neach = "a"\ntype ='), "MEMBERS_EXCLUDE", "each"),
        (SERVER + READINGS.replace("type =", 'payload = "number"\ntype =') + 'b = "u"\n', "ONE_VALUE", "attributes"),
        (SERVER + READINGS + STATUS + 'online = ["1"]\noffline = ["0", "1"]\n', "MEMBERS_EXCLUDE", "online 1"),
        (SERVER + STATUS.replace("id =", "ids ="), "MEMBER_MISSING", "status[1].id"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_where(tmp_path: Path, text: str, code: str, where: str) -> None:
    found, sentence = refused(tmp_path, text)
    assert found == code
    assert where in sentence


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "http://127.0.0.1", "mqtt://", "mqtt://h:99999", "mqtt://u:p@h", "mqtt://h/topic", "mqtt://h?x"],
)
def test_an_address_that_is_none_is_refused(tmp_path: Path, address: str) -> None:
    assert refused(tmp_path, SERVER.replace("mqtt://127.0.0.1", address) + READINGS)[0] == "ADDRESS_MALFORMED"


def test_a_password_is_not_sent_in_the_clear_unless_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("pass word\r\n")
    near = SERVER + 'user = "u"\npassword_file = "secret"\n'
    far = near.replace("127.0.0.1", "broker.example")
    assert mapping(tmp_path, near + READINGS).server.password == "pass word"
    assert refused(tmp_path, far + READINGS)[0] == "SECRET_IN_THE_CLEAR"
    assert mapping(tmp_path, far + "allow_clear_password = true\n" + READINGS).server.user == "u"


def test_certificates_are_read_at_the_start(tmp_path: Path) -> None:
    pem = Authority(tmp_path).certificate("city")
    secure = SERVER.replace("mqtt://", "mqtts://")
    read = mapping(tmp_path, f'{secure}ca = "{pem}"\ncertificate = "{pem}"\n{READINGS}')
    assert (read.server.port, read.server.tls is not None) == (8883, True)
    (tmp_path / "no.pem").write_text("nothing")
    for member in ("ca", "certificate"):
        assert refused(tmp_path, f'{secure}{member} = "no.pem"\n{READINGS}')[0] == "FILE_UNUSABLE"
        assert f"server.{member}" in refused(tmp_path, f'{secure}{member} = "none.pem"\n{READINGS}')[1]
