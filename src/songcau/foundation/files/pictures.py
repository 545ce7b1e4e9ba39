"""Pictures read whole, turned upright, and written again without what the camera added (place, owner, device).

HEIC comes out as JPEG: the library reads HEIC and does not write it, and every browser shows JPEG.
"""

import io
import threading
from pathlib import Path
from typing import Any

import pi_heif
from PIL import Image, ImageCms, ImageOps, JpegImagePlugin

from songcau.foundation.files import rules
from songcau.foundation.files.refusals import Animated, FileBroken
from songcau.foundation.files.rules import Limits
from songcau.kernel.errors import Anticipated

pi_heif.register_heif_opener()
# The limit of the use is kept instead, before anything is unpacked.
Image.MAX_IMAGE_PIXELS = None
_FORMATS = {
    rules.JPEG: ("JPEG", "MPO"),
    rules.PNG: ("PNG",),
    rules.WEBP: ("WEBP",),
    rules.HEIC: ("HEIF",),
}
_LARGEST_PROFILE = 4 * rules.MEGABYTE  # those of printing presses have two or three
# A picture of 50 megapixels takes 150 MB while it is unpacked: only so many at a time in one process.
_at_once = threading.Semaphore(2)


def rewritten(source: Path, target: Path, media_type: str, limits: Limits) -> str:
    """Write the picture without its hidden facts to `target`; the media type it has now.

    Raises TooManyPixels, Animated, FileBroken.
    """
    with _at_once:
        try:
            with Image.open(source, formats=_FORMATS[media_type]) as picture:
                rules.require_pixels(limits, *picture.size)
                _require_still(picture, media_type)
                picture.load()
                return _written(picture, target, media_type)
        except Anticipated:
            raise
        # Whatever a decoder raises on hostile bytes (and they raise nearly everything), the file is what is at fault.
        except Exception as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise FileBroken(found=media_type) from error


def _require_still(picture: Image.Image, media_type: str) -> None:
    """A phone's JPEG or HEIC may hold further pictures (depth, preview): the first is the photograph."""
    if getattr(picture, "n_frames", 1) > 1 and media_type in (rules.PNG, rules.WEBP):
        raise Animated


def _colours(picture: Image.Image) -> bytes | None:
    """The colour profile, where it is one: anything else could travel in its place."""
    profile: bytes = picture.info.get("icc_profile") or b""
    if not 0 < len(profile) <= _LARGEST_PROFILE:
        return None
    try:
        ImageCms.ImageCmsProfile(io.BytesIO(profile))
    except OSError:
        return None
    return profile


def _written(picture: Image.Image, target: Path, media_type: str) -> str:
    upright = ImageOps.exif_transpose(picture)
    kept: dict[str, Any] = {"icc_profile": _colours(picture), "exif": b""}
    if media_type == rules.PNG:
        upright.save(target, "PNG", icc_profile=kept["icc_profile"])
        return rules.PNG
    if media_type == rules.WEBP:
        upright.save(target, "WEBP", quality=92, method=4, xmp=b"", **kept)
        return rules.WEBP
    if media_type == rules.HEIC:
        upright.convert("RGB").save(target, "JPEG", quality=92, **kept)
        return rules.JPEG
    # With the tables it was made with, a JPEG loses next to nothing by being written again.
    tables = {"qtables": picture.quantization, "subsampling": JpegImagePlugin.get_sampling(picture)}  # type: ignore[attr-defined]
    upright.save(target, "JPEG", comment=b"", **tables, **kept)
    return rules.JPEG
