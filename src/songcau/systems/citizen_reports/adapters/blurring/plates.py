"""Plates of vehicles: by OpenCV's cascades, and by what is written on them.

The cascades were taught on Russian plates of one line: of ours they find small, level ones. So what is written is
looked for too: five to fourteen spots of one height, beside each other in one line or two, dark on light (white and
yellow plates) or light on dark (blue, red). A short word on a board looks the same: it is suggested as well, and the
reviewer takes it away.
"""

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from songcau.systems.citizen_reports.adapters.blurring.faces import Found

_CASCADES = ("haarcascade_russian_plate_number.xml", "haarcascade_license_plate_rus_16stages.xml")
_TURNED = (0, -10, 10)  # degrees
_ENLARGED = 2  # the gap between two small letters is less than a pixel
_LOWEST, _HIGHEST = 9, 300  # pixels a sign is high in the enlarged picture
_SPOTS = 1500  # the most that are compared with each other
# Dark is what is darker than the mean of so many pixels around: of small signs, of large ones; in a shadow, in the sun.
_AROUND = (25, 61)
_DARKER = (12, 40)


def found(grey: Any) -> list[Found]:
    """(x, y, width, height, score) in pixels of `grey`, an 8-bit array."""
    hits = _by_cascades(grey)
    large = cv2.resize(grey, None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_CUBIC)
    for dark_on_light in (large, 255 - large):
        for x, y, width, height, score in _by_signs(dark_on_light):
            hits.append((x // _ENLARGED, y // _ENLARGED, width // _ENLARGED, height // _ENLARGED, score))
    return hits


def _by_cascades(grey: Any) -> list[Found]:
    """On the level, and with the picture turned a little to both sides: a cascade knows no slanting plate."""
    down, across = grey.shape
    hits: list[Found] = []
    for degrees in _TURNED:
        turn = cv2.getRotationMatrix2D((across / 2, down / 2), degrees, 1.0)
        turned = cv2.warpAffine(grey, turn, (across, down)) if degrees else grey
        back = cv2.invertAffineTransform(turn)
        for name in _CASCADES:
            cascade = cv2.CascadeClassifier(str(Path(cv2.data.haarcascades) / name))  # type: ignore[attr-defined]
            boxes, _counts = cascade.detectMultiScale2(turned, 1.1, 4, minSize=(30, 10))
            hits += [_turned_back(back, *(int(side) for side in box)) for box in boxes]
    return hits


def _turned_back(back: Any, x: int, y: int, width: int, height: int) -> Found:
    corners = np.array([[[x, y], [x + width, y], [x, y + height], [x + width, y + height]]], dtype=np.float32)
    around = cv2.boundingRect(cv2.transform(corners, back))
    return around[0], around[1], around[2], around[3], 0.5


def _by_signs(grey: Any) -> list[Found]:
    hits: list[Found] = []
    for around in _AROUND:
        for darker in _DARKER:
            dark = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, around, darker)
            hits += [box for line in _lines(_spots(dark)) if (box := _plate(line)) is not None]
    return hits


def _spots(dark: Any) -> Any:
    """Connected spots of the shape of a letter: rows of x, y, width, height."""
    _count, _labels, stats, _centres = cv2.connectedComponentsWithStats(dark, connectivity=8)
    width, height, area = (stats[1:, column] for column in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    filled = area / np.maximum(width * height, 1)
    shaped = (height >= _LOWEST) & (height <= _HIGHEST) & (width <= height * 1.1) & (width >= height * 0.12)
    inked = (filled > 0.2) & (filled < 0.95)
    chosen = stats[1:][shaped & inked][:, :4]
    # Where there are too many (leaves, gravel), the largest are kept.
    return chosen[np.argsort(-chosen[:, 3])][:_SPOTS].astype(np.float32)


def _lines(spots: Any) -> list[Any]:
    """Spots of one height whose neighbours stand beside them, or in a second line under them."""
    if len(spots) < 2:
        return []
    x, y, width, height = spots.T
    middle_x, middle_y = x + width / 2, y + height / 2
    across = np.abs(middle_x[:, None] - middle_x[None, :])
    down = np.abs(middle_y[:, None] - middle_y[None, :])
    taller = np.maximum(height[:, None], height[None, :])
    alike = np.abs(height[:, None] - height[None, :]) < 0.25 * taller
    beside = (across < 1.5 * taller) & (down < 0.35 * taller)
    under = (across < 0.8 * taller) & (down < 1.6 * taller)
    near = alike & (beside | under)
    groups = _connected(near)
    return [spots[group] for group in groups]


def _connected(near: Any) -> list[Any]:
    left = np.ones(len(near), dtype=bool)
    groups = []
    for start in range(len(near)):
        if not left[start]:
            continue
        member = np.zeros(len(near), dtype=bool)
        member[start] = True
        while True:
            grown = near[member].any(axis=0) | member
            if (grown == member).all():
                break
            member = grown
        left &= ~member
        groups.append(np.flatnonzero(member))
    return groups


def _plate(line: Any) -> Found | None:
    """The box around the signs where they may be a plate's; a plate's edge stands half a letter further out."""
    if not 5 <= len(line) <= 14:
        return None
    left, top = line[:, 0].min(), line[:, 1].min()
    right, bottom = (line[:, 0] + line[:, 2]).max(), (line[:, 1] + line[:, 3]).max()
    height = float(np.median(line[:, 3]))
    width_in_signs, height_in_signs = (right - left) / height, (bottom - top) / height
    if not (1.2 <= width_in_signs <= 9.5 and height_in_signs <= 4.0):
        return None
    edge = height * 0.5
    x, y = max(0, int(left - edge)), max(0, int(top - edge))
    score = 0.9 if 7 <= len(line) <= 9 else 0.6
    return x, y, int(right - left + 2 * edge), int(bottom - top + 2 * edge), score
