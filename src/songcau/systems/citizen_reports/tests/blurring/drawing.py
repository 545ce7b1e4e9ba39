"""Pictures drawn for tests: streets of noise with Vietnamese plates on them."""

import random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

WHITE = ((240, 240, 236), (20, 20, 20))
YELLOW = ((240, 190, 30), (20, 20, 20))
BLUE = ((30, 70, 160), (240, 240, 240))


def plate(
    rows: tuple[str, ...], width: int, height: int, colours: tuple[tuple[int, ...], tuple[int, ...]]
) -> Image.Image:
    """A plate of `width` × `height` pixels with one or two lines of signs."""
    ground, ink = colours
    drawn = Image.new("RGB", (width * 4, height * 4), ground)
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((8, 8, width * 4 - 9, height * 4 - 9), outline=ink, width=6)
    for number, row in enumerate(rows):
        size = int(height * 4 / len(rows) * 0.9)
        while pen.textlength(row, font=ImageFont.load_default(size)) > width * 3.5:
            size -= 2
        middle = (width * 2, height * 4 / len(rows) * (number + 0.5))
        pen.text(middle, row, font=ImageFont.load_default(size), fill=ink, anchor="mm", stroke_width=2, stroke_fill=ink)
    return drawn.resize((width, height), Image.Resampling.LANCZOS)


def street(width: int = 1200, height: int = 900, seed: int = 1) -> Image.Image:
    """Soft blotches of grey and brown, as walls and asphalt are out of focus; always the same for a seed."""
    chance = random.Random(seed)
    blotches = Image.frombytes("RGB", (12, 9), bytes(chance.randrange(60, 170) for _ in range(12 * 9 * 3)))
    return blotches.resize((width, height), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(3))
