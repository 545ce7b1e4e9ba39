"""What is made unrecognisable in a picture before it is public: boxes, in parts of the picture. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from songcau.kernel.errors import Refused

MOST_BOXES = 100
# A box that a finger drew by mistake; smaller than this part of the picture nobody is recognised.
SMALLEST = 0.002
# A detector's box ends at the chin and at the first letter: so much is added on each side, in parts of the box.
PADDING = 0.15
# Two boxes are one where they share so much of the smaller one.
SHARED = 0.35


class BoxesMalformed(Refused):
    """Boxes are a list of objects with `x`, `y`, `width`, `height` as numbers; `number` counts the boxes from 1."""

    code = "REPORT_BOXES_MALFORMED"


class BoxOutside(Refused):
    """Box `number` does not lie in the picture, or is too small to hide anything."""

    code = "REPORT_BOX_OUTSIDE"


class TooManyBoxes(Refused):
    """More boxes than `most`: such a picture is withheld, or one large box is drawn."""

    code = "REPORT_TOO_MANY_BOXES"


class BoxKind(StrEnum):
    FACE = "FACE"
    PLATE = "PLATE"
    DRAWN = "DRAWN"


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a picture. `x`, `y`: its upper left corner; all four in parts of the whole picture, 0 to 1.

    `score`: how sure the detector was, 0 to 1; what a person drew has 1.
    """

    x: float
    y: float
    width: float
    height: float
    kind: BoxKind = BoxKind.DRAWN
    score: float = 1.0

    def as_json(self) -> dict[str, Any]:
        """As it is kept in the table and read by the reviewing screen."""
        parts = {"x": self.x, "y": self.y, "width": self.width, "height": self.height}
        rounded: dict[str, Any] = {name: round(part, 5) for name, part in parts.items()}
        return rounded | {"kind": str(self.kind), "score": round(self.score, 3)}

    @property
    def area(self) -> float:
        return self.width * self.height

    def shared_with(self, other: "Box") -> float:
        """How much of the smaller of both boxes lies in the other one, 0 to 1."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        down = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        smaller = min(self.area, other.area)
        return 0.0 if across <= 0 or down <= 0 or smaller <= 0 else across * down / smaller

    def around(self, other: "Box") -> "Box":
        """The smallest box that holds both, of the kind of which the detector was surer."""
        surer = self if self.score >= other.score else other
        x, y = min(self.x, other.x), min(self.y, other.y)
        right = max(self.x + self.width, other.x + other.width)
        bottom = max(self.y + self.height, other.y + other.height)
        return Box(x, y, right - x, bottom - y, surer.kind, surer.score)


def merged(boxes: Iterable[Box]) -> list[Box]:
    """Boxes that overlap become one around them, until none do; from the upper left to the lower right."""
    kept: list[Box] = []
    for box in boxes:
        while (near := next((other for other in kept if other.shared_with(box) > SHARED), None)) is not None:
            kept.remove(near)
            box = near.around(box)  # noqa: PLW2901 - it grows by what it swallows
        kept.append(box)
    return sorted(kept, key=lambda box: (box.y, box.x, box.width, box.height))


def padded(box: Box, by: float = PADDING) -> Box:
    """Larger on each side by this part of itself, and cut at the picture's edge."""
    left, top = max(0.0, box.x - box.width * by), max(0.0, box.y - box.height * by)
    right, bottom = min(1.0, box.x + box.width * (1 + by)), min(1.0, box.y + box.height * (1 + by))
    return Box(left, top, right - left, bottom - top, box.kind, box.score)


def strongest(boxes: Iterable[Box], most: int = MOST_BOXES) -> list[Box]:
    """No more than can be reviewed: those of which the detector was surest."""
    return sorted(boxes, key=lambda box: (-box.score, -box.area))[:most]


def require_boxes(data: object) -> list[Box]:
    """What a reviewer drew, or what was kept. Raises BoxesMalformed, BoxOutside, TooManyBoxes."""
    if not isinstance(data, list):
        raise BoxesMalformed(number=0)
    if len(data) > MOST_BOXES:
        raise TooManyBoxes(most=MOST_BOXES)
    return [_require_box(one, number) for number, one in enumerate(data, 1)]


def _require_box(data: object, number: int) -> Box:
    if not isinstance(data, dict):
        raise BoxesMalformed(number=number)
    parts = [data.get(name) for name in ("x", "y", "width", "height")]
    score = data.get("score", 1.0)
    kind = data.get("kind", BoxKind.DRAWN)
    if not all(_is_number(part) for part in (*parts, score)) or kind not in tuple(BoxKind):
        raise BoxesMalformed(number=number)
    x, y, width, height = (float(part) for part in parts)  # type: ignore[arg-type]
    # A pointer may leave the picture by less than a pixel.
    right, bottom = min(x + width, 1.0), min(y + height, 1.0)
    if x < -SMALLEST or y < -SMALLEST or x + width > 1 + SMALLEST or y + height > 1 + SMALLEST:
        raise BoxOutside(number=number)
    x, y = max(0.0, x), max(0.0, y)
    if right - x < SMALLEST or bottom - y < SMALLEST:
        raise BoxOutside(number=number)
    return Box(x, y, right - x, bottom - y, BoxKind(kind), min(1.0, max(0.0, float(score))))


def _is_number(value: object) -> bool:
    """Also says no to NaN, and to a number too long for a float."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -10 < value < 10
