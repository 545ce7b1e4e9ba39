"""Draws previews in a process of its own: `python -m songcau.foundation.files.drawing SOURCE MEDIA_TYPE FOLDER`.

A decoder that meets a hostile file may crash, loop, or want all memory: here that ends this process and nothing else.
It writes `1.jpg`, `2.jpg` … into the folder. It imports no Django, so that it starts fast.
"""

import resource
import sys
from pathlib import Path

import pi_heif
import pypdfium2
from PIL import Image, ImageOps

MEMORY_BYTES = 2 << 30
CPU_SECONDS = 30
LONGEST_SIDE = 800
PAGES = 3
PDF = "application/pdf"


def main(source: Path, media_type: str, folder: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    if media_type == PDF:
        _draw_pages(source, folder)
    else:
        pi_heif.register_heif_opener()
        Image.MAX_IMAGE_PIXELS = None
        with Image.open(source) as picture:
            picture.draft("RGB", (LONGEST_SIDE * 2, LONGEST_SIDE * 2))
            _save(ImageOps.exif_transpose(picture), folder / "1.jpg")


def _draw_pages(source: Path, folder: Path) -> None:
    document = pypdfium2.PdfDocument(source)
    for number in range(min(PAGES, len(document))):
        page = document[number]
        # A page may be announced as a kilometre wide; what is drawn is never larger than a preview.
        scale = LONGEST_SIDE / max(*page.get_size(), 1.0)
        _save(page.render(scale=scale).to_pil(), folder / f"{number + 1}.jpg")


def _save(picture: Image.Image, target: Path) -> None:
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture.convert("RGBA"))
    picture.convert("RGB").save(target, "JPEG", quality=82)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
    except MemoryError:
        sys.exit(12)
    # Whatever a decoder raises, the file is what is at fault; the caller stores that and no text of it.
    except Exception:
        sys.exit(11)
