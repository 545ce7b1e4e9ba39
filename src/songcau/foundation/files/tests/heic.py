"""Writes a real HEIC picture, so that none taken by somebody has to be kept here.

HEVC (ITU-T H.265) with every block as plain samples (PCM): beside them only one context-coded bin a block is needed.
The container is HEIF (ISO/IEC 23008-12) with an EXIF item.
"""

import struct

from PIL import Image

BLOCK = 16
# Table 9-46 of H.265, the rows for the states that so few bins can reach, and only the column that a range of 448 or
# more selects: here it always does.
_LEAST_PROBABLE = (240, 227, 216, 205, 195, 185, 175, 166, 158)
_PROFILE = struct.pack(">BIHIB", 3, 0x70000000, 0x9000, 0, 30)


class Bits:
    """Bits in a row, most significant first."""

    def __init__(self) -> None:
        self.text = ""

    def u(self, width: int, value: int) -> "Bits":
        self.text += format(value, f"0{width}b") if width else ""
        return self

    def ue(self, *values: int) -> "Bits":
        """Exponential-Golomb codes."""
        for value in values:
            digits = format(value + 1, "b")
            self.text += "0" * (len(digits) - 1) + digits
        return self

    def raw(self, content: bytes) -> "Bits":
        self.text += "".join(format(byte, "08b") for byte in content)
        return self

    def aligned(self, stop: bool = True) -> "Bits":
        self.text += "1" if stop else ""
        self.text += "0" * (-len(self.text) % 8)
        return self

    def content(self) -> bytes:
        return int(self.text, 2).to_bytes(len(self.text) // 8, "big")


def _unit(kind: int, bits: Bits) -> bytes:
    """A NAL unit, with the byte that keeps its content from looking like a start code."""
    content, zeros = bytearray(), 0
    for byte in bits.content():
        if zeros >= 2 and byte <= 3:
            content.append(3)
            zeros = 0
        content.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes((kind << 1, 1)) + bytes(content)


def _parameters(width: int, height: int) -> tuple[bytes, bytes, bytes]:
    video = Bits().u(4, 0).u(2, 3).u(6, 0).u(3, 0).u(1, 1).u(16, 0xFFFF).raw(_PROFILE).u(1, 1).ue(0, 0, 0)
    video.u(6, 0).ue(0).u(2, 0).aligned()
    sequence = Bits().u(4, 0).u(3, 0).u(1, 1).raw(_PROFILE).ue(0, 1, width, height).u(1, 0).ue(0, 0, 0)
    sequence.u(1, 1).ue(0, 0, 0).ue(1, 0, 0, 2, 0, 0).u(3, 0)
    sequence.u(1, 1).u(4, 7).u(4, 7).ue(1, 0).u(1, 1).ue(0).u(5, 0).aligned()
    picture = Bits().ue(0, 0).u(1, 0).u(1, 0).u(3, 0).u(2, 0).ue(0, 0, 0).u(3, 0).ue(0, 0).u(4, 0).u(2, 0)
    picture.u(1, 0).u(1, 1).u(1, 0).u(1, 1).u(1, 0).u(1, 0).ue(0).u(2, 0).aligned()
    return _unit(32, video), _unit(33, sequence), _unit(34, picture)


def _slice(width: int, height: int, luma: int, blue: int, red: int) -> bytes:
    bits = Bits().u(1, 1).u(1, 0).ue(0, 2, 0).aligned()
    blocks = (width // BLOCK) * (height // BLOCK)
    samples = bytes([luma]) * BLOCK**2 + bytes([blue]) * (BLOCK // 2) ** 2 + bytes([red]) * (BLOCK // 2) ** 2
    for number in range(blocks):
        span = 510 if number == 0 else 508
        _flush(bits, span - _LEAST_PROBABLE[number])
        bits.aligned(stop=False).raw(samples)
    _flush(bits, 510)
    return _unit(19, bits.aligned(stop=False))


def _flush(bits: Bits, span: int) -> None:
    """A terminating bin of 1 in a range of `span`, the low end being 0, and the end of the arithmetic code."""
    # Of the register's ten bits the first is dropped, and the last becomes the mark of the end.
    bits.u(9, (span - 2) | 1)


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


def _full(kind: bytes, content: bytes, version: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24) + content)


def heic(width: int = 32, height: int = 32, *, luma: int = 81, blue: int = 90, red: int = 240) -> bytes:
    """A picture of one colour (red by default) whose EXIF names a maker; sides are multiples of 16."""
    units = _parameters(width, height)
    coded = _slice(width, height, luma, blue, red)
    coded = struct.pack(">I", len(coded)) + coded
    facts = Image.Exif()
    facts[0x010F] = "SecretMaker"
    exif = struct.pack(">I", 6) + b"Exif\0\0" + facts.tobytes().removeprefix(b"Exif\0\0")
    coder = b"\x01" + _PROFILE + struct.pack(">HBBBBHB", 0xF000, 0xFC, 0xFD, 0xF8, 0xF8, 0, 0x0F) + b"\x03"
    coder += b"".join(struct.pack(">BHH", 0x80 | unit[0] >> 1, 1, len(unit)) + unit for unit in units)
    properties = _box(b"hvcC", coder) + _full(b"ispe", struct.pack(">II", width, height))
    entries = [
        _full(b"infe", struct.pack(">HH4s", number, 0, kind) + b"\0", version=2)
        for number, kind in ((1, b"hvc1"), (2, b"Exif"))
    ]
    items = _full(b"iinf", struct.pack(">H", 2) + b"".join(entries))
    links = _full(b"iref", _box(b"cdsc", struct.pack(">HHH", 2, 1, 1)))
    wanted = _full(b"ipma", struct.pack(">IHBBB", 1, 1, 2, 0x81, 2))
    handler = _full(b"hdlr", struct.pack(">I4s", 0, b"pict") + bytes(13))
    kinds = _box(b"ftyp", b"heic" + bytes(4) + b"mif1heic")

    def meta(at: int) -> bytes:
        places = struct.pack(">BBH", 0x44, 0, 2) + struct.pack(">HHHII", 1, 0, 1, at, len(coded))
        places += struct.pack(">HHHII", 2, 0, 1, at + len(coded), len(exif))
        rest = _full(b"pitm", struct.pack(">H", 1)) + _full(b"iloc", places) + items + links
        return _full(b"meta", handler + rest + _box(b"iprp", _box(b"ipco", properties) + wanted))

    at = len(kinds) + len(meta(0)) + 8
    return kinds + meta(at) + _box(b"mdat", coded + exif)
