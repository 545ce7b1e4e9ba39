"""The made-up reports: what each says, where roughly, and how far it has come. Nothing here happened."""

import csv
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path as File

from songcau.systems.citizen_reports.rules import Colour, RefusalReason

_FILE = File(__file__).with_name("stories.csv")
_CLOSINGS = File(__file__).with_name("closings.csv")


class Path(StrEnum):
    """How far a report has come, and by which way."""

    NEW = "NEW"
    ASKED_FIRST = "ASKED_FIRST"
    ACCEPTED = "ACCEPTED"
    ASSIGNED = "ASSIGNED"
    IN_PROGRESS = "IN_PROGRESS"
    REROUTED = "REROUTED"
    PLANNED = "PLANNED"
    OUTSIDE = "OUTSIDE"
    ASKED = "ASKED"
    RESOLVED = "RESOLVED"
    UNHAPPY = "UNHAPPY"
    CONTENT = "CONTENT"
    CLOSED = "CLOSED"
    REOPENED = "REOPENED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    MERGED = "MERGED"


@dataclass(frozen=True, slots=True)
class Story:
    """`wish`: the colour an open one is to have now, or how many days ago a finished one came.

    `part`: of its term that a finished one took; above 1 it was late. `ward` counts the city's wards from 0 by code.
    """

    number: int
    path: Path
    wish: Colour | int
    part: float
    category: str
    ward: int
    picture: bool
    reason: RefusalReason | None
    rating: int
    place: str
    text: str
    said: str


def stories() -> list[Story]:
    """Those of `stories.csv`, in their order."""
    with _FILE.open(encoding="utf-8", newline="") as stream:
        return [_story(number, row) for number, row in enumerate(csv.DictReader(stream))]


def closings() -> dict[str, str]:
    """What the answer to a solved report of a category says was done."""
    with _CLOSINGS.open(encoding="utf-8", newline="") as stream:
        return {row["category"]: row["closing"] for row in csv.DictReader(stream)}


def _story(number: int, row: dict[str, str]) -> Story:
    wish = row["wish"]
    return Story(
        number=number,
        path=Path(row["path"]),
        wish=int(wish) if wish.isdigit() else Colour(wish),
        part=float(row["part"]),
        category=row["category"],
        ward=int(row["ward"]),
        picture=bool(row["picture"]),
        reason=RefusalReason(row["reason"]) if row["reason"] else None,
        rating=int(row["rating"] or 0),
        place=row["place"],
        text=row["text"],
        said=row["said"],
    )
