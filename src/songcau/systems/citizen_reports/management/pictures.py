"""Drawn pictures for the made-up reports: nobody's photo is used."""

import io
import random

from PIL import Image, ImageDraw

SIZE = (960, 720)
_SKY, _ROAD, _GRASS, _WALL = (196, 214, 222), (104, 108, 112), (112, 140, 96), (222, 212, 190)


def drawn(subject: str, number: int, *, is_after: bool) -> bytes:
    """A JPEG of what a report is about, as it was or (`is_after`) as it is once somebody has been there."""
    chance = random.Random(f"{subject} {number}")  # noqa: S311 - a drawing, guards nothing
    picture = Image.new("RGB", SIZE, _SKY)
    pen = ImageDraw.Draw(picture)
    _street(pen, chance)
    if not is_after:
        _DRAWN.get(subject, _rubbish)(pen, chance)
    elif subject == "STREET_LAMP":
        _lamp(pen, chance, glow=(255, 232, 150))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    return out.getvalue()


def _street(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    pen.rectangle((0, 250, 960, 400), fill=_WALL)
    for left in range(chance.randrange(40), 960, 220):
        pen.rectangle((left, 270, left + 90, 350), fill=(120, 150, 168))
    pen.rectangle((0, 380, 960, 430), fill=_GRASS)
    pen.polygon([(0, 430), (960, 430), (960, 720), (0, 720)], fill=_ROAD)
    for left in range(chance.randrange(80), 960, 180):
        pen.rectangle((left, 560, left + 90, 572), fill=(232, 232, 226))


def _pothole(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    left, top = chance.randrange(250, 480), chance.randrange(590, 620)
    pen.ellipse((left - 12, top - 8, left + 262, top + 98), fill=(78, 80, 82))
    pen.ellipse((left, top, left + 250, top + 90), fill=(46, 42, 40))
    pen.ellipse((left + 60, top + 26, left + 190, top + 74), fill=(92, 104, 112))


def _lamp(pen: ImageDraw.ImageDraw, chance: random.Random, glow: tuple[int, int, int] = (70, 74, 80)) -> None:
    left = chance.randrange(300, 600)
    pen.rectangle((left, 120, left + 14, 440), fill=(60, 66, 72))
    pen.rectangle((left, 112, left + 120, 124), fill=(60, 66, 72))
    pen.ellipse((left + 96, 118, left + 150, 152), fill=glow)


def _rubbish(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    for _bag in range(9):
        left, top = chance.randrange(260, 640), chance.randrange(450, 540)
        shade = chance.randrange(30, 110)
        pen.ellipse((left, top, left + 110, top + 80), fill=(shade, shade + 20, shade + 10))


def _water(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    pen.ellipse((chance.randrange(40, 120), 500, chance.randrange(820, 940), 700), fill=(116, 130, 132))
    for left in range(140, 800, 120):
        pen.arc((left, 580, left + 90, 620), 0, 180, fill=(200, 210, 212), width=4)


def _tree(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    left = chance.randrange(80, 200)
    pen.polygon([(left, 520), (left + 480, 600), (left + 470, 640), (left, 560)], fill=(96, 72, 48))
    for _leaf in range(12):
        x, y = left + chance.randrange(380, 640), chance.randrange(520, 660)
        pen.ellipse((x, y, x + 90, y + 60), fill=(58, chance.randrange(96, 140), 60))


_DRAWN = {
    "POTHOLE": _pothole,
    "ROAD_DAMAGE": _pothole,
    "MANHOLE": _pothole,
    "STREET_LAMP": _lamp,
    "WASTE": _rubbish,
    "FLOODING": _water,
    "DRAIN": _water,
    "WATER_SUPPLY": _water,
    "FALLEN_TREE": _tree,
}
