"""Finds what may be a face or a plate: `python -m …finding SOURCE` writes the boxes as JSON.

Each picture is looked at with its longest side at 1600 pixels (never enlarged by more than twice) and at half of it:
small faces are found in the large one, large and soft ones in the small one.
"""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from songcau.systems.citizen_reports.adapters.blurring import faces, plates
from songcau.systems.citizen_reports.adapters.blurring.opening import alone, opened
from songcau.systems.citizen_reports.rules.boxes import Box, BoxKind, merged, padded, strongest

LONGEST_SIDE = 1600
_FACE_PADDING, _PLATE_PADDING = 0.2, 0.1


def boxes_in(image: Image.Image) -> list[Box]:
    """Padded and merged, each kind by itself, in parts of the picture."""
    cv2.setNumThreads(1)
    grey = np.asarray(_sized(image).convert("L"))
    half = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    found = {BoxKind.FACE: list[Box](), BoxKind.PLATE: list[Box]()}
    for level in (grey, half):
        found[BoxKind.FACE] += _boxes(faces.found(level, fine=level is half), level, BoxKind.FACE, _FACE_PADDING)
        found[BoxKind.PLATE] += _boxes(plates.found(level), level, BoxKind.PLATE, _PLATE_PADDING)
    return merged(strongest(merged(found[BoxKind.FACE]) + merged(found[BoxKind.PLATE])))


def _sized(image: Image.Image) -> Image.Image:
    factor = min(LONGEST_SIDE / max(image.size), 2.0)
    if factor <= 1:
        return image
    # A cascade does not know faces under twenty pixels.
    return image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.BICUBIC)


def _boxes(hits: list[faces.Found], level: np.ndarray, kind: BoxKind, padding: float) -> list[Box]:
    down, across = level.shape[:2]
    return [
        padded(Box(max(0, x) / across, max(0, y) / down, width / across, height / down, kind, score), padding)
        for x, y, width, height, score in hits
    ]


def main(source: Path) -> None:
    sys.stdout.write(json.dumps([box.as_json() for box in boxes_in(opened(source, LONGEST_SIDE))]))


if __name__ == "__main__":
    alone(lambda: main(Path(sys.argv[1])))
