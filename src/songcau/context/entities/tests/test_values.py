"""Single values are what they must be, or it is said what they are not."""

from typing import Any

import pytest

from songcau.context.entities.geojson import is_geometry, read_geometry
from songcau.context.entities.values import (
    LONGEST_WORD,
    MOST_KNOWN_INSTANTS,
    MOST_KNOWN_WORDS,
    known,
    read_instant,
    read_scopes,
    read_uri,
)
from songcau.context.problems import BadRequestData


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-28T01:00:00Z", "2026-11-28T01:00:00Z"),
        ("2026-11-28T01:00:00.5Z", "2026-11-28T01:00:00.5Z"),
        ("2026-11-28T01:00:00.123456Z", "2026-11-28T01:00:00.123456Z"),
        ("2026-11-28T01:00:00,123Z", "2026-11-28T01:00:00.123Z"),
        ("2026-11-28T08:00:00+07:00", "2026-11-28T01:00:00Z"),
        ("2026-11-28T08:00:00.250000+07:00", "2026-11-28T01:00:00.250000Z"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
    ],
)
def test_an_instant_is_read(text: str, instant: str) -> None:
    assert read_instant(text, "observedAt") == instant
    assert read_instant(text, "observedAt") == instant


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-28T01:00:00",
        "2026-11-28T01:00Z",
        "2026-11-28",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-11-28T24:00:00Z",
        "2026-11-28 01:00:00Z",
        "2026-W48-6T01:00:00Z",
        "20261128T010000.000Z",
        "2026-11-28T01:00:00z",
        "2026-11-28T01:00:00.1234567Z",
        "2026-11-28T01:00:00.Z",
        "2026-11-28T01:00:00+99:00",
        "0001-01-01T00:00:00+07:00",
        "９９９９-11-28T01:00:00Z",
        "",
        "x" * 25,
        5,
        None,
    ],
)
def test_what_is_no_instant_is_refused(text: Any) -> None:
    with pytest.raises(BadRequestData, match="observedAt"):
        read_instant(text, "observedAt")


def test_many_different_instants_do_not_fill_the_memory() -> None:
    for number in range(MOST_KNOWN_INSTANTS + 10):
        text = f"2026-11-28T01:00:00.{number:06}Z"
        assert read_instant(text, "observedAt") == text


@pytest.mark.parametrize("text", ["urn:ngsi-ld:Car:1", "https://x.org/a?b#c", "x:đường"])
def test_a_uri_is_read(text: str) -> None:
    assert read_uri(text, "id") == text


@pytest.mark.parametrize(
    "text", ["", "car", "urn:", ":x", "1x:a", "x:a b", "x:<a>", "x:\n", "x:" + "a" * 3000, 5, None]
)
def test_what_is_no_uri_is_refused(text: Any) -> None:
    with pytest.raises(BadRequestData):
        read_uri(text, "id")


def test_scopes_are_paths() -> None:
    assert read_scopes("/A/B") == ("/A/B",)
    assert read_scopes(["Phường/Tổ_1"]) == ("Phường/Tổ_1",)
    for wrong in ("/", "", "/A/", "//A", "/1A", "/A#", None, [5]):
        with pytest.raises(BadRequestData):
            read_scopes(wrong)


SQUARE = [[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]
BOW_TIE = [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]
SLIP = [[0, 0], [0.001, 0], [0, 1], [1, 1], [1, 0.0005], [0, 0]]


@pytest.mark.parametrize(
    ("kind", "coordinates"),
    [
        ("Point", [105.8, 21.6]),
        ("Point", [105.8, 21.6, 30]),
        ("MultiPoint", [[0, 0]]),
        ("LineString", [[0, 0], [1, 1]]),
        ("MultiLineString", [[[0, 0], [1, 1]]]),
        ("Polygon", [SQUARE]),
        ("Polygon", [[[0, 0], [0, 1], [1, 1], [0, 0]]]),
        ("Polygon", [SQUARE, [[0.2, 0.2], [0.2, 0.4], [0.4, 0.4], [0.2, 0.2]]]),
        ("MultiPolygon", [[SQUARE]]),
    ],
)
def test_a_geometry_is_read(kind: str, coordinates: Any) -> None:
    geometry = {"type": kind, "coordinates": coordinates}
    assert is_geometry(geometry)
    assert read_geometry(geometry, "value") is geometry


def test_an_outline_with_a_slight_slip_is_taken() -> None:
    suite = [
        [13.2865906, 52.5648645],
        [13.2879639, 52.5648645],
        [13.2797241, 52.4988679],
        [13.477478, 52.4712703],
        [13.5049438, 52.5373084],
        [13.2865906, 52.5648645],
    ]
    read_geometry({"type": "Polygon", "coordinates": [suite]}, "value")


@pytest.mark.parametrize(
    "geometry",
    [
        "POINT",
        {"type": "Point"},
        {"type": "point", "coordinates": [0, 0]},
        {"type": ["Point"], "coordinates": [0, 0]},
        {"type": "GeometryCollection", "geometries": []},
        {"type": "Point", "coordinates": [0]},
        {"type": "Point", "coordinates": [0, 0, 0, 0]},
        {"type": "Point", "coordinates": ["0", "0"]},
        {"type": "Point", "coordinates": [True, False]},
        {"type": "Point", "coordinates": [181, 0]},
        {"type": "Point", "coordinates": [0, 91]},
        {"type": "Point", "coordinates": None},
        {"type": "MultiPoint", "coordinates": []},
        {"type": "LineString", "coordinates": [[0, 0]]},
        {"type": "LineString", "coordinates": [[0, 0]] * 100_001},
        {"type": "MultiLineString", "coordinates": [[0, 0], [1, 1]]},
        {"type": "Polygon", "coordinates": [SQUARE[:3]]},
        {"type": "Polygon", "coordinates": [SQUARE[:4]]},
        {"type": "Polygon", "coordinates": SQUARE},
        {"type": "Polygon", "coordinates": [BOW_TIE]},
        {"type": "Polygon", "coordinates": [[[0, 0]] * 5]},
        {"type": "MultiPolygon", "coordinates": [[SQUARE], [BOW_TIE]]},
    ],
)
def test_what_is_no_geometry_is_refused(geometry: Any) -> None:
    with pytest.raises(BadRequestData):
        read_geometry(geometry, "value")


def test_equal_words_of_many_entities_are_one_object() -> None:
    first, second = (known("".join(("on since ", year))) for year in ("2026", "2026"))
    assert first is second
    assert read_scopes("/wards/W1") is read_scopes("/wards/W1")


def test_a_long_text_is_not_kept() -> None:
    assert known("x" * (LONGEST_WORD + 1)) is not known("x" * (LONGEST_WORD + 1))


def test_so_many_words_are_kept_and_no_more() -> None:
    words = [f"word {number}" for number in range(MOST_KNOWN_WORDS + 1)]
    assert [known(word) for word in words] == words
    assert known("word 0") == "word 0"
