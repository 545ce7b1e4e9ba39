"""What stays as it is is said once, and again when it changed, was refused, or is long ago."""

from typing import Any

from songcau.gateways.mapping.standing import Standing

NAMES = frozenset({"location", "source"})


def reading(minute: int, place: float = 105.84, entity_id: str = "urn:x:1") -> dict[str, Any]:
    at = f"2026-11-28T01:{minute:02}:00Z"
    where = {"type": "Point", "coordinates": [place, 21.59]}
    return {
        "id": entity_id,
        "type": "Air",
        "scope": "/wards/W1",
        "location": {"type": "GeoProperty", "value": where, "observedAt": at},
        "t": {"type": "Property", "value": 5, "observedAt": at},
    }


def said(standing: Standing, document: dict[str, Any], now: float = 0.0) -> bool:
    """Whether the place is still in it."""
    standing.trim(document, NAMES, now)
    assert {"id", "type", "scope", "t"} <= document.keys()
    return "location" in document


def test_it_is_said_once_whenever_it_was_observed() -> None:
    standing = Standing()
    assert said(standing, reading(1))
    assert not said(standing, reading(2))
    assert not said(standing, reading(1))
    assert said(standing, reading(2, entity_id="urn:x:2"))


def test_what_changed_is_said_and_then_known() -> None:
    standing = Standing()
    assert [said(standing, reading(n, place)) for n, place in enumerate((1, 1, 2, 2, 1))] == [
        True, False, True, False, True
    ]  # fmt: skip


def test_after_an_hour_and_after_a_refusal_it_is_said_again() -> None:
    standing = Standing(seconds=3600)
    assert [said(standing, reading(1), now) for now in (0, 3599, 3600, 3601)] == [True, False, True, False]
    standing.forget("urn:x:1")
    standing.forget("urn:x:9")
    assert said(standing, reading(2), 3602)


def test_of_too_many_entities_the_silent_ones_are_said_anew() -> None:
    standing = Standing(most=2)
    for number in (1, 2, 1, 3):
        said(standing, reading(1, entity_id=f"urn:x:{number}"))
    assert not said(standing, reading(2, entity_id="urn:x:1"))
    assert said(standing, reading(2, entity_id="urn:x:2"))
