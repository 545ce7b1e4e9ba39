"""The agreement with the province: what it may say, and what is said of one that cannot be used."""

from pathlib import Path

import pytest

from songcau.gateways.faults import MappingFault
from songcau.gateways.province.agreement import Feed, read_agreement

WHOLE = """
port = 9400
[receiver]
address = "https://ioc.example.vn/"
token_file = "province.token"
tenant = "tn"
[[feeds]]
code = "river"
name = "Mực nước"
types = ["WaterObserved"]
attributes = ["waterLevel"]
scope = "/wards/#"
query = "waterLevel>20"
fresh_minutes = 5
"""
FEED = '[[feeds]]\ncode = "a"\ntypes = ["A"]\n'
RECEIVER = '[receiver]\naddress = "http://10.0.0.1:9090"\n'


def agreement(folder: Path, text: str) -> Path:
    file = folder / "province.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_whole_agreement(tmp_path: Path) -> None:
    (tmp_path / "province.token").write_text("secret\n", encoding="ascii")
    read = read_agreement(agreement(tmp_path, WHOLE))
    assert (read.port, read.receiver.address, read.receiver.token) == (9400, "https://ioc.example.vn", "secret")
    assert read.receiver.tenant == "tn"
    assert read.feeds == (
        Feed("river", "Mực nước", ("WaterObserved",), ("waterLevel",), "/wards/#", "waterLevel>20", 300),
    )


def test_little_is_enough(tmp_path: Path) -> None:
    read = read_agreement(agreement(tmp_path, RECEIVER + FEED))
    assert (read.receiver.token, read.feeds[0].name, read.feeds[0].fresh_seconds) == (None, "a", 900)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (FEED, "MEMBER_MISSING"),
        (RECEIVER, "NOTHING_MAPPED"),
        (RECEIVER + FEED + FEED, "FEED_TWICE"),
        (RECEIVER + FEED.replace('"a"', '"A b"'), "FEED_CODE"),
        (RECEIVER + FEED.replace('["A"]', "[]"), "MEMBER_MISSING"),
        (RECEIVER.replace("10.0.0.1", "10.0.0.1/ngsi-ld") + FEED, "RECEIVER_MALFORMED"),
        (RECEIVER.replace("http:", "mqtt:") + FEED, "RECEIVER_MALFORMED"),
        (RECEIVER.replace("9090", "x") + FEED, "RECEIVER_MALFORMED"),
        (RECEIVER + 'token_file = "none"\n' + FEED, "MAPPING_UNREADABLE"),
        (RECEIVER + 'token_file = "given"\n' + FEED, "SECRET_IN_THE_CLEAR"),
        (RECEIVER + "speed = 1\n" + FEED, "MEMBER_UNKNOWN"),
    ],
)
def test_what_cannot_be_used_is_named_in_both_languages(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "given").write_text("secret", encoding="ascii")
    with pytest.raises(MappingFault) as fault:
        read_agreement(agreement(tmp_path, text))
    assert fault.value.code == code
    assert fault.value.sentence("vi") != fault.value.sentence("en")
