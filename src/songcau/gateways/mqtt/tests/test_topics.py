"""Topics of a mapping: what is subscribed to, and which levels have names."""

import pytest

from songcau.gateways.faults import MappingFault
from songcau.gateways.mqtt.topics import parsed_topic


@pytest.mark.parametrize(
    ("pattern", "subscribed", "topic", "levels"),
    [
        ("weather/{station}/reading", "weather/+/reading", "weather/tn/reading", {"station": "tn"}),
        ("weather/{station}/reading", "weather/+/reading", "weather/tn/status", None),
        ("weather/{station}/reading", "weather/+/reading", "weather/tn/a/reading", None),
        ("{a}/+/{b}", "+/+/+", "x/y/z", {"a": "x", "b": "z"}),
        ("{a}/#", "+/#", "x/y/z", {"a": "x"}),
        ("{a}/#", "+/#", "x", {"a": "x"}),
        ("a/b/#", "a/b/#", "a", None),
        ("#", "#", "x/y", {}),
        ("/a/", "/a/", "/a/", {}),
        ("nước/{trạm}", "nước/+", "nước/Gia Bảy", {"trạm": "Gia Bảy"}),
    ],
)
def test_a_pattern_fits_and_names_levels(
    pattern: str, subscribed: str, topic: str, levels: dict[str, str] | None
) -> None:
    parsed = parsed_topic(pattern, "x")
    assert parsed.filter == subscribed
    assert parsed.levels_in(topic.split("/")) == levels


@pytest.mark.parametrize(
    "pattern",
    ["", "a/#/b", "a#", "a+/b", "{a", "a/{}", "a{b}", "{a}/{a}", "{1}", "$share/g/a", "$SYS/#", "a\0", "x" * 600],
)
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(MappingFault) as fault:
        parsed_topic(pattern, "readings[1].topic")
    assert fault.value.code == "TOPIC_MALFORMED"
