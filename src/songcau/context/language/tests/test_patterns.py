"""Regular expressions of clients."""

import pytest

from songcau.context.language.patterns import compiled
from songcau.context.problems import TooComplexQuery


@pytest.mark.parametrize(
    ("pattern", "text", "holds"),
    [
        ("urn:a", "x urn:a y", True),
        ("^urn:a", "x urn:a", False),
        ("^urn:a", "urn:ab", True),
        ("^urn:a$", "urn:ab", False),
        ("^urn:a$", "urn:a", True),
        ("urn:a$", "x urn:a", True),
        ("urn:a$", "urn:ab", False),
        ("^.*urn:a.*$", "x urn:ab", True),
        (".*downtown$", "urn:x:downtown", True),
        (".*downtown$", "urn:x:downtown1", False),
        ("urn:ngsi-ld:Building:.*", "urn:ngsi-ld:Building:5", True),
        ("urn:ngsi-ld:Building:.*", "urn:ngsi-ld:Room:5", False),
        ("^urn:.:[0-9]+$", "urn:x:12", True),
        ("^urn:.:[0-9]+$", "urn:x:1a", False),
        ("", "anything", True),
        ("đường", "Con đường", True),
        ("đ[ưu]ờng$", "Con đường", True),
    ],
)
def test_a_pattern_is_found_anywhere_unless_it_is_anchored(pattern: str, text: str, holds: bool) -> None:
    assert compiled(pattern).finds(text) is holds


def test_a_lone_surrogate_in_a_stored_text_does_not_fail() -> None:
    assert compiled("a[b]").finds("\ud800ab")


@pytest.mark.parametrize("pattern", [r"\pL{80}", r"\pL{100}", r"(\pL|\d){60}", "[^a-z]{900}", "a{900}[b]"])
def test_a_large_pattern_is_answered_or_refused_and_brings_nothing_down(pattern: str) -> None:
    try:
        holds = compiled(pattern).finds
    except TooComplexQuery:
        return
    assert holds("x" * 50 + "b" * 20 + "é" * 2_000) is bool(pattern in (r"\pL{80}", r"(\pL|\d){60}", "[^a-z]{900}"))


def test_a_pattern_that_needs_many_steps_weighs_more() -> None:
    assert compiled("^urn:x:").weight == 1
    assert compiled("^urn:.:").weight < 5
    assert compiled("a.{300}c").weight > 50
