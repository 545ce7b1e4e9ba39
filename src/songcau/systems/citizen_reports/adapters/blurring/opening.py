"""A picture opened by somebody who does not trust it: bounded memory and time, one format of three, no metadata."""

import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageOps

MEMORY_BYTES = 2 << 30
CPU_SECONDS = 60
KINDNESS = 15
FORMATS = ("JPEG", "PNG", "WEBP")


def opened(picture: Path, longest: int) -> Image.Image:
    """RGB on white, upright, its longest side at most `longest` pixels."""
    Image.init()  # or a format named below may not be there yet
    with Image.open(picture, formats=FORMATS) as image:
        # A JPEG is decoded at a half, a quarter or an eighth where that is enough.
        image.draft("RGB", (longest, longest))
        upright = ImageOps.exif_transpose(image)
    if upright.mode in ("I;16", "I", "F"):
        upright = upright.convert("L")
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        # What is transparent keeps its colours under it: on paper they are gone.
        whole = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole)
    upright = upright.convert("RGB")
    upright.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return upright


def alone(work: Callable[[], None]) -> None:
    """Do the work of a process that was started for it, and say by the exit code what was wrong with the picture."""
    os.nice(KINDNESS)  # whoever waits for a page goes first
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    # First the signal that names the reason, then the one that nobody survives.
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    Image.MAX_IMAGE_PIXELS = None  # the limit of the file's use was kept when it came in
    try:
        work()
    except MemoryError:
        sys.exit(12)
    # Whatever a decoder raises, the picture is what is at fault.
    except Exception:
        sys.exit(11)
