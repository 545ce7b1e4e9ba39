"""Hides boxes of a picture: `python -m …hiding SOURCE TARGET`, the boxes as JSON on its standard input.

What stands in a box is averaged into a few cells, the cells are shaken by chance and blurred. Few cells alone would not
do: whoever writes every possible plate and averages each alike can tell which one it was. The chance is larger than
what a sign changes in its cell, and it is kept nowhere.
"""

import json
import sys
from math import ceil, floor
from pathlib import Path
from secrets import SystemRandom
from typing import Any

from PIL import Image, ImageFilter

from songcau.systems.citizen_reports.adapters.blurring.opening import alone, opened

LONGEST_SIDE = 2560
# Cells along the longer side of a box. Nobody is recognised on six; signs must not even have a cell each.
CELLS = {"FACE": 6}
_CELLS_OF_SIGNS = 3
# Each colour of a cell is moved by up to so much of 255. A digit changes its cell's average by less than half of it.
SHAKEN = 40
_FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    ".jpg": ("JPEG", {"quality": 88}),
    ".png": ("PNG", {}),
    ".webp": ("WEBP", {"quality": 88, "method": 4}),
}
_chance = SystemRandom()


def hide(image: Image.Image, box: dict[str, Any]) -> None:
    """Overwrite the box in the image; its edges are rounded outwards to whole pixels."""
    left, top = floor(box["x"] * image.width), floor(box["y"] * image.height)
    right = min(image.width, ceil((box["x"] + box["width"]) * image.width))
    bottom = min(image.height, ceil((box["y"] + box["height"]) * image.height))
    if right <= left or bottom <= top:
        return
    part = image.crop((left, top, right, bottom))
    cells = _shaken(part.resize(_cells(part, str(box.get("kind", ""))), Image.Resampling.BOX))
    soft = cells.resize(part.size, Image.Resampling.NEAREST)
    soft = soft.filter(ImageFilter.GaussianBlur(max(part.size) / 12))
    image.paste(soft, (left, top))


def _cells(part: Image.Image, kind: str) -> tuple[int, int]:
    most = CELLS.get(kind, _CELLS_OF_SIGNS)
    longer = max(part.size)
    across, down = (max(1, round(most * side / longer)) for side in part.size)
    return min(across, part.width), min(down, part.height)


def _shaken(cells: Image.Image) -> Image.Image:
    moved = bytes(min(255, max(0, value + _chance.randint(-SHAKEN, SHAKEN))) for value in cells.tobytes())
    return Image.frombytes("RGB", cells.size, moved)


def main(source: Path, target: Path, boxes: list[dict[str, Any]]) -> None:
    image = opened(source, LONGEST_SIDE)
    for box in boxes:
        hide(image, box)
    form, options = _FORMATS[target.suffix.lower()]
    # Made anew from its points alone: nothing the file knew besides comes along.
    Image.frombytes("RGB", image.size, image.tobytes()).save(target, form, **options)


if __name__ == "__main__":
    alone(lambda: main(Path(sys.argv[1]), Path(sys.argv[2]), json.load(sys.stdin)))
