"""QR codes (ISO/IEC 18004) and Code 128 barcodes (ISO/IEC 15417) as SVG, for printed forms."""

import io
import re

import barcode
import segno
from barcode.writer import SVGWriter

from songcau.foundation.files.documents.forms import Picture

# Shorter bars or longer codes cannot be read by the scanners of a desk on A4.
LONGEST_BARCODE = 40
LONGEST_QR = 1000


def qr(text: str, *, alt: str) -> Picture:
    """A QR code that survives a fold or a stamp (error correction M, 15 %). Raises ValueError past 1000 characters."""
    if not 0 < len(text) <= LONGEST_QR:
        raise ValueError(f"a QR code holds 1 to {LONGEST_QR} characters, not {len(text)}")
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False, boost_error=False).save(
        drawn, kind="svg", xmldecl=False, border=4, omitsize=True
    )
    return Picture(drawn.getvalue().decode(), alt)


def code128(text: str, *, alt: str) -> Picture:
    """A barcode of printable ASCII. Raises ValueError for other characters and beyond 40."""
    if not re.fullmatch(rf"[\x20-\x7e]{{1,{LONGEST_BARCODE}}}", text):
        raise ValueError(f"a barcode holds 1 to {LONGEST_BARCODE} printable ASCII characters")
    drawn = io.BytesIO()
    writer = SVGWriter()
    barcode.get("code128", text, writer=writer).write(
        drawn, {"module_height": 10.0, "module_width": 0.25, "quiet_zone": 2.5, "write_text": False}
    )
    return Picture(drawn.getvalue().decode(), alt)
