"""Regular expressions of clients."""

import pytest

from songcau.context.language.patterns import matcher


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
    assert matcher(pattern)(text) is holds


def test_a_lone_surrogate_in_a_stored_text_does_not_fail() -> None:
    assert matcher("a[b]")("\ud800ab")
