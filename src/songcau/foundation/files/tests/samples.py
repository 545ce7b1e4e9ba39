"""Files made here for the tests: good ones, and bad ones of every kind that is refused."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import pypdfium2
from PIL import Image

GPS = {1: "N", 2: (21.0, 35.0, 40.0), 3: "E", 4: (105.0, 50.0, 30.0)}


def photograph(kind: str = "JPEG", *, orientation: int = 6, width: int = 64, height: int = 40, **more: object) -> bytes:
    """A picture with the left half red, and facts in it that must not get out."""
    picture = Image.new("RGB", (width, height), "blue")
    picture.paste("red", (0, 0, width // 2, height))
    facts = Image.Exif()
    facts[0x0112] = orientation
    facts[0x010F] = "SecretMaker"
    facts.get_ifd(0x8825).update(GPS)
    stream = io.BytesIO()
    picture.save(stream, kind, exif=facts, **more)
    return stream.getvalue()


def box(kind: bytes, *inside: bytes) -> bytes:
    content = b"".join(inside)
    return struct.pack(">I", len(content) + 8) + kind + content


def _track(handler: bytes) -> bytes:
    times = b"\x01\0\0\0" + b"SECRET TIMES OF " + bytes(16)
    media = box(b"mdia", box(b"mdhd", times), box(b"hdlr", bytes(8), handler, bytes(13)))
    return box(b"trak", box(b"tkhd", bytes(4), b"SECRETLY", bytes(72)), media, box(b"meta", b"SECRET"))


def film(*, cut: int = 0, tail: bytes = b"") -> bytes:
    """As a phone writes it: where it was taken, and a track that follows the way."""
    place = box(b"udta", box(b"\xa9xyz", b"SECRET +21.5942+105.8482/"))
    header = box(b"mvhd", bytes(4), b"SECRETLY", bytes(88))
    moov = box(b"moov", header, _track(b"vide"), _track(b"meta"), place, box(b"meta", b"SECRET owner"))
    content = box(b"ftyp", b"isom", bytes(4), b"mp42") + moov + box(b"uuid", b"SECRET" * 5)
    large = struct.pack(">I4sQ", 1, b"mdat", 16 + 4000) + b"picture " * 500
    return (content + large + tail)[: -cut or None]


def pdf(pages: int = 1) -> bytes:
    document, stream = pypdfium2.PdfDocument.new(), io.BytesIO()
    for _page in range(pages):
        document.new_page(595, 842)
    document.save(stream)
    return stream.getvalue()


def raw_pdf(*objects: str, trailer: str = "") -> bytes:
    """A PDF written by hand, with a table of contents that is true."""
    content, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(content))
        content += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(content)
    content += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    content += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    return content + f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()


_PAGES = ("<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 10 10]>>")


def scripted_pdf() -> bytes:
    return raw_pdf(
        "<</Type/Catalog/Pages 2 0 R/Names<</JavaScript<</Names[(a) 4 0 R]>>>>>>",
        *_PAGES,
        "<</S/JavaScript/JS(app.alert\\(1\\))>>",
    )


def acting_pdf(catalog: str = "", page: str = "", action: str = "<<>>") -> bytes:
    """What stands in the catalogue and on the page may point at the action, which is object 4."""
    return raw_pdf(
        f"<</Type/Catalog/Pages 2 0 R{catalog}>>",
        _PAGES[0],
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 10 10]{page}>>",
        action,
    )


def packed_pdf(objects: bytes, filters: str = "/Filter/FlateDecode", packed: bytes | None = None) -> bytes:
    """With a stream that packs objects, as most programs write them today."""
    content = zlib.compress(objects) if packed is None else packed
    stream = (
        f"<</Type/ObjStm/N 1/First 4{filters}/Length {len(content)}>>stream\n{content.decode('latin-1')}\nendstream"
    )
    return raw_pdf("<</Type/Catalog/Pages 2 0 R>>", *_PAGES, stream)


def locked_pdf() -> bytes:
    """With the standard handler, revision 2, and keys that no password fits."""
    return raw_pdf(
        "<</Type/Catalog/Pages 2 0 R>>",
        *_PAGES,
        f"<</Filter/Standard/V 1/R 2/O<{'41' * 32}>/U<{'42' * 32}>/P -44>>",
        trailer="/Encrypt 4 0 R/ID[<00><00>]",
    )


def packed(entries: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return stream.getvalue()


TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def types(content_type: str, before: bytes = b"") -> bytes:
    said = f'<Override PartName="/x" ContentType="{content_type}"/>'.encode()
    return TYPES.replace(b"/>", b">") + b"<!--" + before.replace(b"-", b"") + b"-->" + said + b"</Types>"


def related(kind: str, target: str, mode: str = "External") -> bytes:
    """A document with one relation to something elsewhere."""
    about = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    one = f'<Relationship Id="r" Type="{about}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    relations = f"<Relationships>{one}</Relationships>".encode()
    return packed(
        {"[Content_Types].xml": TYPES, "word/document.xml": b"<w/>", "word/_rels/settings.xml.rels": relations}
    )


def docx(**more: bytes) -> bytes:
    named = {name.replace("__", "/").replace("_", "."): content for name, content in more.items()}
    return packed({"[Content_Types].xml": TYPES, "word/document.xml": b"<w/>", **named})


def open_document(kind: str = "text", **more: bytes) -> bytes:
    named = {name.replace("__", "/"): content for name, content in more.items()}
    mimetype = f"application/vnd.oasis.opendocument.{kind}".encode()
    return packed({"mimetype": mimetype, "content.xml": b"<o/>", "META-INF/manifest.xml": b"<m/>", **named})


def locked_zip() -> bytes:
    """The flag that says "encrypted" set in an ordinary archive, in both places where it stands."""
    content = bytearray(packed({"secret.txt": b"hidden"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(signature) + offset] |= 1
    return bytes(content)


def overlapping_zip() -> bytes:
    """Many entries of the list that all point at the same packed bytes, as the best bombs do."""
    content = packed({"a": bytes(1000) + b"x" * 5000}, zipfile.ZIP_STORED)
    start = content.find(b"PK\x01\x02")
    end = content.find(b"PK\x05\x06")
    entry, count = content[start:end], 40
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(entry) * count, start, 0)
    return content[:start] + entry * count + tail


def understated_zip(said: int = 100) -> bytes:
    """Of five million bytes the list says that they are a hundred."""
    content = bytearray(packed({"a.txt": bytes(5_000_000)}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.find(signature) + offset
        content[at : at + 4] = struct.pack("<I", said)
    return bytes(content)


def hollow_zip() -> bytes:
    """The packed bytes of an entry end before what they hold does."""
    content = bytearray(packed({"a.txt": b"xin chao cac ban" * 9}))
    at = content.find(b"PK\x01\x02") + 20
    content[at : at + 4] = struct.pack("<I", 5)
    return bytes(content)


def ole(*names: str, text: str = "") -> bytes:
    """A compound file as far as it is looked at: the entries of its directory, and a text."""
    entries = b"".join(struct.pack("<64sHBB60x", name.encode("utf-16-le"), 2 * len(name) + 2, 2, 1) for name in names)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + entries + text.encode("utf-16-le") + bytes(200)


def broken_heic() -> bytes:
    """Begins as an iPhone's picture does, then nonsense."""
    return struct.pack(">I4s4sI", 24, b"ftyp", b"heic", 0) + b"mif1heic" + bytes(range(256)) * 20
