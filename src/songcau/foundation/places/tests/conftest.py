"""Wards drawn on a grid near the city, and a city with a profile."""

import json
from datetime import date
from typing import Any

import pytest

from songcau.foundation.places import revision
from songcau.foundation.places.actions import load_profile
from songcau.kernel.actor import SYSTEM

IN_2024 = date(2024, 3, 1)
IN_2026 = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def _look_at_once() -> None:
    """What an earlier test's process saw is not this test's."""
    revision.forget()


@pytest.fixture
def city(db: None) -> None:
    load_profile(by=SYSTEM, name="tn-2022")


@pytest.fixture
def two_levels(db: None) -> None:
    load_profile(by=SYSTEM, name="tn-2022")
    load_profile(by=SYSTEM, name="vn-2025")


def square(longitude: float, latitude: float, side: float = 0.02) -> list[list[float]]:
    """A ring about a centre."""
    half = side / 2
    west, south, east, north = longitude - half, latitude - half, longitude + half, latitude + half
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(code: object, *rings: object, kind: object = "Polygon") -> dict[str, Any]:
    return {"type": "Feature", "properties": {"code": code}, "geometry": {"type": kind, "coordinates": list(rings)}}


def collection(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()
