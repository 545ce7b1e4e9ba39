"""Real bytes of every kind: what is taken in, and what is refused with which reason."""

import zipfile
from pathlib import Path

import pytest
from PIL import Image

from songcau.foundation.files import refusals, rules
from songcau.foundation.files.inspection import identified
from songcau.foundation.files.pictures import rewritten
from songcau.foundation.files.rules import Limits
from songcau.foundation.files.tests import samples
from songcau.foundation.files.tests.heic import heic
from songcau.kernel.errors import Refused

ALL = Limits(
    accepted=rules.PICTURES
    | rules.DOCUMENTS
    | {rules.DOC, rules.XLS, rules.PPT, rules.ZIP, rules.TEXT, rules.CSV, rules.MP4},
    max_bytes=50 * rules.MEGABYTE,
    max_pixels=100_000,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "received"


GOOD = [
    ("don.pdf", samples.pdf(), rules.PDF),
    ("don.docx", samples.docx(), rules.DOCX),
    ("bang.xlsx", samples.packed({"[Content_Types].xml": samples.TYPES, "xl/workbook.xml": b"<x/>"}), rules.XLSX),
    ("trinh.pptx", samples.packed({"[Content_Types].xml": samples.TYPES, "ppt/a.xml": b"<x/>"}), rules.PPTX),
    ("goi", samples.packed({"[Content_Types].xml": samples.TYPES, "other/a.xml": b"<x/>"}), rules.ZIP),
    ("don.odt", samples.open_document("text"), rules.ODT),
    ("bang.ods", samples.open_document("spreadsheet"), rules.ODS),
    ("ve.zip", samples.open_document("graphics"), rules.ZIP),
    ("goi.zip", samples.packed({"a.txt": b"1", "b.txt": b"2"}), rules.ZIP),
    ("cu.doc", samples.ole("WordDocument"), rules.DOC),
    ("cu.xls", samples.ole("Workbook"), rules.XLS),
    ("ghi chu.txt", "Ủy ban nhân dân".encode(), rules.TEXT),
    ("so.csv", b"a,b\n1,2\n", rules.CSV),
    ("anh.jpg", samples.photograph(), rules.JPEG),
]


@pytest.mark.parametrize(("name", "content", "media_type"), GOOD, ids=[name for name, _c, _m in GOOD])
def test_a_good_file_is_known_by_its_bytes(file: Path, name: str, content: bytes, media_type: str) -> None:
    file.write_bytes(content)
    assert identified(file, name, ALL) == media_type


PDF = samples.pdf()
BAD = [
    ("a PNG that is HTML", "anh.png", b"<html><script>alert(1)</script></html>", refusals.ActiveContent),
    ("an SVG", "anh.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", refusals.ActiveContent),
    ("a PNG that is a PDF", "anh.png", PDF, refusals.NotWhatItsNameSays),
    ("nothing", "trong.txt", b"", refusals.FileEmpty),
    ("an audio file", "a.flac", b"fLaC\0\0\0\x22" + bytes(100), refusals.TypeNotAccepted),
    ("bytes of no kind", "a", b"\x01\xfe\xfd\x00" * 30, refusals.TypeNotAccepted),
    ("macros in a part", "don.docx", samples.docx(word__vbaProject_bin=b"x"), refusals.HasMacros),
    ("macros by the list of parts", "don.docx",
     samples.packed({"[Content_Types].xml": b"vnd.ms-word.document.macroEnabled.main+xml", "word/a": b""}),
     refusals.HasMacros),
    ("macros by the name", "don.docm", samples.docx(), refusals.HasMacros),
    ("an embedded sheet with macros", "don.docx", samples.docx(word__a_xlsm=b"x"), refusals.HasMacros),
    ("macros in OpenDocument", "don.odt", samples.open_document(Basic__Standard=b"x"), refusals.HasMacros),
    ("macros in the old format", "cu.doc", samples.ole("WordDocument", "_VBA_PROJECT"), refusals.HasMacros),
    ("a PDF with a script", "don.pdf", samples.scripted_pdf(), refusals.HasMacros),
    ("a locked PDF", "don.pdf", samples.locked_pdf(), refusals.Encrypted),
    ("a locked Office document", "don.docx", samples.ole("EncryptedPackage"), refusals.Encrypted),
    ("a locked OpenDocument", "don.odt",
     samples.packed({"mimetype": b"application/vnd.oasis.opendocument.text",
                     "META-INF/manifest.xml": b"<manifest:encryption-data/>"}), refusals.Encrypted),
    ("a locked archive", "goi.zip", samples.locked_zip(), refusals.Encrypted),
    ("a bomb", "goi.zip", samples.packed({"a": bytes(20_000_000)}), refusals.PackedTooTight),
    ("a bomb in layers", "goi.zip", samples.packed({"b.zip": samples.packed({"a": b"1"})}), refusals.PackedTooTight),
    ("a bomb that overlaps", "goi.zip", samples.overlapping_zip(), refusals.PackedTooTight),
    ("a cut archive", "don.docx", samples.docx()[:-30], refusals.FileBroken),
    ("an archive with a broken list", "don.docx",
     samples.docx().replace(b"PK\x01\x02", b"XX\x01\x02"), refusals.FileBroken),
    ("a cut PDF", "don.pdf", b"%PDF-1.7\n1 0 obj", refusals.FileBroken),
    ("text that turns into bytes", "a.txt", b"a" * 5000 + b"\xff", refusals.FileBroken),
    ("text with a zero far behind", "a.txt", b"a" * 5000 + b"\0", refusals.FileBroken),
    ("text cut in a letter", "a.txt", b"a" * 5000 + "ế".encode()[:2], refusals.FileBroken),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "refusal"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_file_is_refused_with_its_reason(file: Path, name: str, content: bytes, refusal: type[Refused]) -> None:
    file.write_bytes(content)
    with pytest.raises(refusal):
        identified(file, name, ALL)


def test_a_list_of_contents_beyond_all_measure_is_not_read(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(rules.MOST_ENTRIES + 1):
            archive.writestr(str(number), b"")
    with pytest.raises(refusals.PackedTooTight):
        identified(file, "goi.zip", ALL)


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", rules.JPEG), ("PNG", rules.PNG), ("WEBP", rules.WEBP)])
@pytest.mark.parametrize("orientation", [1, 6])
def test_a_picture_comes_out_upright_and_without_what_the_camera_added(
    file: Path, kind: str, media_type: str, orientation: int
) -> None:
    file.write_bytes(samples.photograph(kind, orientation=orientation))
    assert b"SecretMaker" in file.read_bytes()
    out = file.with_name("out")
    assert rewritten(file, out, media_type, ALL) == media_type
    assert b"SecretMaker" not in out.read_bytes()
    with Image.open(out) as picture:
        assert not dict(picture.getexif())
        assert picture.size == ((40, 64) if orientation == 6 else (64, 40))
        top_left = picture.convert("RGB").getpixel((3, 3))
        assert top_left[0] > 200, "red stays where the eye saw it"


def test_a_heic_comes_out_as_a_jpeg_without_what_the_phone_added(file: Path) -> None:
    file.write_bytes(heic())
    assert b"SecretMaker" in file.read_bytes()
    assert identified(file, "IMG_0001.HEIC", ALL) == rules.HEIC
    out = file.with_name("out")
    assert rewritten(file, out, rules.HEIC, ALL) == rules.JPEG
    assert b"SecretMaker" not in out.read_bytes()
    with Image.open(out) as picture:
        assert (picture.format, picture.size) == ("JPEG", (32, 32))
        assert picture.getpixel((5, 5))[0] > 240
        assert picture.getpixel((5, 5))[1] < 15


def test_a_comment_in_a_jpeg_goes_too(file: Path) -> None:
    file.write_bytes(samples.photograph(comment=b"taken at Lan's home"))
    out = file.with_name("out")
    rewritten(file, out, rules.JPEG, ALL)
    assert b"Lan" not in out.read_bytes()


@pytest.mark.parametrize(
    ("content", "media_type", "refusal"),
    [
        (samples.photograph()[:-200], rules.JPEG, refusals.FileBroken),
        (samples.photograph("PNG")[:60], rules.PNG, refusals.FileBroken),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), rules.PNG, refusals.FileBroken),
        (heic()[:-1500], rules.HEIC, refusals.FileBroken),
        (samples.broken_heic(), rules.HEIC, refusals.FileBroken),
        (samples.photograph("PNG", width=1000, height=101), rules.PNG, refusals.TooManyPixels),
        (samples.photograph("PNG", save_all=True, append_images=[Image.new("RGB", (64, 40))]), rules.PNG,
         refusals.Animated),
    ],
    ids=["cut JPEG", "cut PNG", "only a head", "cut HEIC", "corrupt HEIC", "too many pixels", "moving"],
)  # fmt: skip
def test_a_bad_picture_is_refused_with_its_reason(
    file: Path, content: bytes, media_type: str, refusal: type[Refused]
) -> None:
    file.write_bytes(content)
    with pytest.raises(refusal):
        rewritten(file, file.with_name("out"), media_type, ALL)


def test_a_disk_without_room_is_not_the_pictures_fault(file: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    file.write_bytes(samples.photograph())
    with pytest.raises(OSError, match="No space"):
        rewritten(file, Path("/dev/full"), rules.JPEG, ALL)
