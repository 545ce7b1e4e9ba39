"""Real bytes of every kind: what is taken in, and what is refused with which reason."""

import os
import struct
import zipfile
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from songcau.foundation.files import refusals, rules
from songcau.foundation.files.inspection import identified
from songcau.foundation.files.pictures import rewritten
from songcau.foundation.files.rules import Limits
from songcau.foundation.files.stores import CHUNK
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
    ("goi.pdf", samples.packed_pdf(b"5 0 <</Type/Font>>"), rules.PDF),
    ("mo.pdf", samples.packed_pdf(b"", filters="", packed=b"5 0 <</Type/Font>>"), rules.PDF),
    ("lon.pdf", samples.packed_pdf(b"5 0 " + os.urandom(300_000).hex().encode()), rules.PDF),
    ("loi van.pdf", samples.acting_pdf(action="(/ObjStm is a name)"), rules.PDF),
    ("lien ket.pdf", samples.acting_pdf("/OpenAction 4 0 R", action="<</S/URI/URI(https://example.org)>>"), rules.PDF),
    ("don.docx", samples.docx(), rules.DOCX),
    ("bang.xlsx", samples.packed({"[Content_Types].xml": samples.TYPES, "xl/workbook.xml": b"<x/>"}), rules.XLSX),
    ("trinh.pptx", samples.packed({"[Content_Types].xml": samples.TYPES, "ppt/a.xml": b"<x/>"}), rules.PPTX),
    ("goi", samples.packed({"[Content_Types].xml": samples.TYPES, "other/a.xml": b"<x/>"}), rules.ZIP),
    ("don.odt", samples.open_document("text"), rules.ODT),
    ("bang.ods", samples.open_document("spreadsheet"), rules.ODS),
    ("ve.zip", samples.open_document("graphics"), rules.ZIP),
    ("goi.zip", samples.packed({"a.txt": b"1", "b.txt": b"2", "c/": b"", "d.docx": samples.docx()}), rules.ZIP),
    (
        "lon.zip",
        samples.packed({"a.bin": os.urandom(3_000_000) + bytes(2_500_000), "b": bytes(CHUNK)}),
        rules.ZIP,
    ),
    ("hai manh.zip", samples.packed({str(n): bytes(CHUNK + n) for n in (-1, 1, 2, 10, 100, 200)}), rules.ZIP),
    ("mau.docx", samples.related("attachedTemplate", "file:///C:\\Users\\Lan\\Normal.dotm"), rules.DOCX),
    ("lien ket.docx", samples.related("hyperlink", "https://example.org"), rules.DOCX),
    ("cu.doc", samples.ole("WordDocument"), rules.DOC),
    ("cu.xls", samples.ole("Workbook"), rules.XLS),
    ("ve macro.doc", samples.ole("WordDocument", text="Macros là gì? EncryptedPackage là gì?"), rules.DOC),
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
     samples.packed({"[Content_Types].xml": samples.types("word.document.macroEnabled.main+xml"), "word/a": b""}),
     refusals.HasMacros),
    ("macros spelled in UTF-16", "bang.xlsx",
     samples.packed({"[Content_Types].xml": samples.types("sheet.macroEnabled.main+xml").decode().encode("utf-16"),
                     "xl/a": b""}), refusals.HasMacros),
    ("macros spelled by numbers", "bang.xlsx",
     samples.packed({"[Content_Types].xml": samples.types("sheet.macro&#69;nabled.main+xml"), "xl/a": b""}),
     refusals.HasMacros),
    ("macros behind much white space", "bang.xlsx",
     samples.packed({"[Content_Types].xml": samples.types("sheet.macroEnabled.main+xml", before=b"<!--x-->" * 700_000),
                     "xl/a": b""}), refusals.HasMacros),
    ("a list of parts beyond all measure", "bang.xlsx",
     samples.packed({"[Content_Types].xml": samples.types("a", before=os.urandom(9_000_000).hex().encode() * 2),
                     "xl/a": b""}), refusals.FileBroken),
    ("macros in a part of another name", "bang.xlsx",
     samples.packed({"[Content_Types].xml": samples.types("application/vnd.ms-office.vbaProject"), "xl/x.bin": b"1"}),
     refusals.HasMacros),
    ("macros by a relation", "bang.xlsx", samples.related("vbaProject", "x.bin", mode="Internal"), refusals.HasMacros),
    ("macros of Excel 4", "bang.xlsx",
     samples.packed({"[Content_Types].xml": samples.types("application/vnd.ms-excel.macrosheet+xml"), "xl/a": b""}),
     refusals.HasMacros),
    ("a template from elsewhere", "don.docx", samples.related("attachedTemplate", "https://example.org/a.dotm"),
     refusals.FetchesContent),
    ("an object of a share", "don.docx", samples.related("oleObject", "\\\\example\\b.rtf"), refusals.FetchesContent),
    ("entities without end", "don.docx",
     samples.packed({"[Content_Types].xml": b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><Types/>", "word/a": b""}),
     refusals.FileBroken),
    ("a list of parts that is no XML", "don.docx",
     samples.packed({"[Content_Types].xml": b"<Types", "word/a": b""}), refusals.FileBroken),
    ("two parts of one name", "don.docx",
     samples.packed({"[Content_Types].xml": samples.TYPES, "[content_types].xml": samples.TYPES, "word/a": b""}),
     refusals.FileBroken),
    ("two kinds at once", "don.docx",
     samples.packed({"mimetype": b"application/vnd.oasis.opendocument.text", "[Content_Types].xml": samples.TYPES,
                     "word/a": b"", "Basic/Standard/x.xml": b""}), refusals.FileBroken),
    ("a list that understates", "goi.zip", samples.understated_zip(), refusals.PackedTooTight),
    ("a list that overstates", "goi.zip", samples.understated_zip(said=6_000_000), refusals.FileBroken),
    ("an archive under another name", "goi.zip",
     samples.packed({"b.dat": samples.packed({"a": b"1"})}), refusals.PackedTooTight),
    ("a way of packing nobody checks", "goi.zip",
     samples.packed({"a.txt": b"1"}, zipfile.ZIP_BZIP2), refusals.PackedTooTight),
    ("a changed byte", "goi.zip",
     samples.packed({"a.txt": b"xin chao"}, zipfile.ZIP_STORED).replace(b"xin chao", b"xin chaO"), refusals.FileBroken),
    ("an entry cut short", "goi.zip", samples.hollow_zip(), refusals.FileBroken),
    ("an entry that is not where the list says", "goi.zip",
     b"PK\x03\x05".join(samples.packed({"a": b"1", "b": b"2"}).rsplit(b"PK\x03\x04", 1)), refusals.FileBroken),
    ("macros by the name", "don.docm", samples.docx(), refusals.HasMacros),
    ("an embedded sheet with macros", "don.docx", samples.docx(word__a_xlsm=b"x"), refusals.HasMacros),
    ("macros in OpenDocument", "don.odt", samples.open_document(Basic__Standard=b"x"), refusals.HasMacros),
    ("macros in the old format", "cu.doc", samples.ole("WordDocument", "_VBA_PROJECT"), refusals.HasMacros),
    ("macros in the old format in small letters", "cu.doc", samples.ole("WordDocument", "macros"), refusals.HasMacros),
    ("a PDF with a script", "don.pdf", samples.scripted_pdf(), refusals.HasMacros),
    ("a script when it is opened", "don.pdf",
     samples.acting_pdf("/OpenAction 4 0 R", action="<</S/JavaScript/JS(app.alert\\(1\\))>>"), refusals.HasMacros),
    ("a script when a page is turned", "don.pdf",
     samples.acting_pdf(page="/AA<</O 4 0 R>>", action="<</S/J#61v#61Script/JS(x)>>"), refusals.HasMacros),
    ("a program to start", "don.pdf",
     samples.acting_pdf("/OpenAction 4 0 R", action="<</S/Launch/F(cmd.exe)>>"), refusals.HasMacros),
    ("a script in a packed object", "don.pdf", samples.packed_pdf(b"5 0 <</S/JavaScript/JS(x)>>"), refusals.HasMacros),
    ("a form that computes", "don.pdf",
     samples.acting_pdf("/AcroForm 4 0 R", action="<</Fields[]/XFA[(template)(x)]>>"), refusals.HasMacros),
    ("files in a PDF", "don.pdf",
     samples.acting_pdf("/Names<</EmbeddedFiles<</Names[(a) 4 0 R]>>>>"), refusals.CarriesFiles),
    ("a file pinned to a page", "don.pdf",
     samples.acting_pdf(page="/Annots[4 0 R]", action="<</Subtype/FileAttachment/FS<</EF<</F 9 0 R>>>>>>"),
     refusals.CarriesFiles),
    ("objects packed beyond all measure", "don.pdf", samples.packed_pdf(bytes(65 << 20)), refusals.FileBroken),
    ("packed objects without end", "don.pdf", samples.acting_pdf(action="/ObjStm " * 20_001), refusals.FileBroken),
    ("objects packed in a strange way", "don.pdf",
     samples.packed_pdf(b"", "/Filter/ASCIIHexDecode", b"352030203C3C3E3E>"), refusals.FileBroken),
    ("packed objects that are not", "don.pdf", samples.packed_pdf(b"", packed=b"not packed"), refusals.FileBroken),
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


def test_a_longer_list_of_contents_than_announced_is_not_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the larger record, which readers believe first, tells how long it is."""
    content = bytearray(samples.packed({str(number): b"" for number in range(70_000)}, zipfile.ZIP_STORED))
    at = content.rfind(b"PK\x05\x06")
    content[at + 8 : at + 16] = struct.pack("<HHI", 1, 1, 50)
    file.write_bytes(content)
    monkeypatch.setattr(zipfile, "ZipFile", None)
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


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", rules.JPEG), ("PNG", rules.PNG), ("WEBP", rules.WEBP)])
def test_a_colour_profile_stays_and_what_only_stands_in_its_place_goes(file: Path, kind: str, media_type: str) -> None:
    true = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile, kept in ((true, true), (b"taken at Lan's home" * 10, None)):
        file.write_bytes(samples.photograph(kind, icc_profile=profile))
        rewritten(file, file.with_name("out"), media_type, ALL)
        with Image.open(file.with_name("out")) as picture:
            assert picture.info.get("icc_profile") == kept


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
