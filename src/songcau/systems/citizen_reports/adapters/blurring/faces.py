"""Faces by OpenCV's own cascades: from the front (two, which miss different ones), from the left, from the right."""

from pathlib import Path
from typing import Any

import cv2

# The second is stricter about shapes and kinder to faces that are partly hidden.
_FRONT = ("haarcascade_frontalface_default.xml", "haarcascade_frontalface_alt2.xml")
_SIDE = "haarcascade_profileface.xml"
# By how much the window grows from look to look: fine costs twice as much as coarse.
_FINE, _COARSE = 1.1, 1.2
# How many neighbouring windows must agree. Few: a box too much costs a reviewer one click, a face missed costs more.
_AGREEING = 3
_SMALLEST_PIXELS = 20
_SURE_AT = 12  # so many agreeing windows are as good as certain

Found = tuple[int, int, int, int, float]


def found(grey: Any, *, fine: bool) -> list[Found]:
    """(x, y, width, height, score) in pixels of `grey`, an 8-bit array."""
    even = cv2.createCLAHE(2.0, (8, 8)).apply(grey)
    step = _FINE if fine else _COARSE
    hits = [hit for name in (*_FRONT, _SIDE) for hit in _by(name, even, step)]
    across = even.shape[1]
    # The cascade knows one side of the head; the other side is the same in a mirror.
    mirrored = _by(_SIDE, even[:, ::-1].copy(), step)
    return hits + [(across - x - width, y, width, height, score) for x, y, width, height, score in mirrored]


def _by(name: str, grey: Any, step: float) -> list[Found]:
    cascade = cv2.CascadeClassifier(str(Path(cv2.data.haarcascades) / name))  # type: ignore[attr-defined]
    boxes, counts = cascade.detectMultiScale2(grey, step, _AGREEING, minSize=(_SMALLEST_PIXELS, _SMALLEST_PIXELS))
    return [
        (int(x), int(y), int(width), int(height), min(1.0, int(count) / _SURE_AT))
        for (x, y, width, height), count in zip(boxes, counts, strict=True)
    ]
