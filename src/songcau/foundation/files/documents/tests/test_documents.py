"""Printed documents, read back: the file by the archive's rules, the page by a reader, the code by a scanner."""

import io
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from django.conf import settings
from django.utils import translation
from pikepdf import Name

from songcau.foundation.files.documents import rendering, sheets
from songcau.foundation.files.documents.codes import code128, qr
from songcau.foundation.files.documents.forms import DocumentData, Form, Picture, form_in_force
from songcau.foundation.files.documents.letters import NAMED_DOCUMENT, OFFICIAL_LETTER
from songcau.foundation.files.documents.rendering import (
    CharacterUnprintable,
    DataUnfit,
    DocumentTooLong,
    FontsMissing,
    frozen,
    render,
)
from songcau.foundation.files.documents.sheets import paragraph

MADE_AT = datetime(2026, 1, 5, 7, 30, tzinfo=UTC)
PLAIN = [
    *"aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ",
    *"fjwz",
]
LETTER: dict[str, Any] = {
    "agency": "Ủy ban nhân dân phường Trưng Vương",
    "above": "UBND thành phố Thái Nguyên",
    "number": "07/UBND-VP",
    "place": "Trưng Vương",
    "dated_on": "2026-01-05",
    "about": "kết quả tiếp nhận phản ánh",
    "to": ["Ủy ban nhân dân thành phố Thái Nguyên"],
    "body": [{"kind": "PARAGRAPH", "text": "Phường báo cáo như sau."}],
    "position": "Chủ tịch",
    "signed_by": "H'Hen Niê",
    "copies": ["Lưu: VT"],
}
NOTICE: dict[str, Any] = {name: value for name, value in LETTER.items() if name != "to"} | {"kind": "Thông báo"}


def printed(form: Form, facts: dict[str, Any]) -> bytes:
    return render(form, frozen(form, facts), made_at=MADE_AT)


def pages(pdf: bytes) -> list[str]:
    """The text of each page as a reader's search finds it, in NFC, runs of white space as one."""
    document = pypdfium2.PdfDocument(pdf)
    texts = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    return [" ".join(unicodedata.normalize("NFC", text).split()) for text in texts]


def fonts_of(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    for page in pdf.pages:
        for font in page.resources.get("/Font", {}).values():
            yield font.DescendantFonts[0] if "/DescendantFonts" in font else font


@pytest.mark.parametrize(("form", "facts"), [(OFFICIAL_LETTER, LETTER), (NAMED_DOCUMENT, NOTICE)])
def test_what_is_printed_is_pdf_a_2a_and_pdf_ua_1_with_its_fonts_inside(form: Form, facts: dict[str, Any]) -> None:
    with pikepdf.open(io.BytesIO(printed(form, facts))) as pdf:
        with pdf.open_metadata() as described:
            assert (described["pdfaid:part"], described["pdfaid:conformance"]) == ("2", "A")
            assert described["pdfuaid:part"] == "1"
            assert facts["about"] in str(described["dc:title"])
        intent = pdf.Root.OutputIntents[0]
        assert intent.S == Name.GTS_PDFA1
        assert len(intent.DestOutputProfile.read_bytes()) > 100
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith("vi")
        found = list(fonts_of(pdf))
        assert found
        for font in found:
            assert "Tinos" in str(font.BaseFont)
            assert {"/FontFile2", "/FontFile3"}.intersection(font.FontDescriptor.keys())
        assert "/JavaScript" not in pdf.Root.get("/Names", {})


def test_every_vietnamese_letter_can_be_read_back() -> None:
    letters = PLAIN + [letter.upper() for letter in PLAIN]
    facts = NOTICE | {"body": [{"kind": "PARAGRAPH", "text": " ".join(letters)}]}
    assert " ".join(letters) in pages(printed(NAMED_DOCUMENT, facts))[0]


def test_the_parts_of_a_letter_are_all_there() -> None:
    (page,) = pages(printed(OFFICIAL_LETTER, LETTER | {"urgency": "HỎA TỐC", "capacity": "TM. Ủy ban nhân dân"}))
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "UBND THÀNH PHỐ THÁI NGUYÊN",
        "Số: 07/UBND-VP",
        "V/v kết quả tiếp nhận phản ánh",
        "Trưng Vương, ngày 05 tháng 01 năm 2026",
        "HỎA TỐC",
        "Kính gửi: Ủy ban nhân dân thành phố Thái Nguyên",
        "TM. ỦY BAN NHÂN DÂN",
        "CHỦ TỊCH",
        "H'Hen Niê",
        "Nơi nhận: - Như trên; - Lưu: VT.",
    ):
        assert part in page
    assert "ỦY BAN NHÂN DÂN PHƯỜNG TRƯNG VƯƠNG" in page


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2026-03-09", "ngày 09 tháng 3 năm 2026"),
        ("2026-02-10", "ngày 10 tháng 02 năm 2026"),
        ("2026-11-24", "ngày 24 tháng 11 năm 2026"),
        (None, "ngày tháng năm"),
    ],
)
def test_a_date_has_a_nought_below_ten_and_in_the_first_two_months_only(on: str | None, said: str) -> None:
    assert f"Trưng Vương, {said}" in pages(printed(NAMED_DOCUMENT, NOTICE | {"dated_on": on}))[0]


def test_several_addressees_stand_one_below_the_other() -> None:
    page = pages(printed(OFFICIAL_LETTER, LETTER | {"to": ["Phòng Nội vụ", "Phòng Tài chính"]}))[0]
    assert "Kính gửi: - Phòng Nội vụ; - Phòng Tài chính." in page


def test_a_long_table_repeats_its_head_and_later_pages_are_numbered() -> None:
    table = {
        "kind": "TABLE",
        "columns": [{"name": "Mã hồ sơ", "width": 2}, {"name": "Số ngày", "numeric": True}],
        "rows": [[f"HS-{number:04}", str(number)] for number in range(120)],
    }
    read = pages(printed(NAMED_DOCUMENT, NOTICE | {"body": [{"kind": "HEADING", "text": "I. Hồ sơ"}, table]}))
    assert len(read) > 2
    assert all("Mã hồ sơ Số ngày" in page for page in read[:-1])
    assert sum(page.count("HS-") for page in read) == 120
    assert read[1].startswith("2 ")
    assert not read[0].startswith("1 ")


def test_what_a_person_typed_is_shown_and_never_carried_out() -> None:
    typed = '#read("/etc/hostname") *x* $1/2$ \\ // <a> @b // #{1+1}'
    page = pages(printed(NAMED_DOCUMENT, NOTICE | {"body": [{"kind": "PARAGRAPH", "text": typed}]}))[0]
    assert typed in page


def test_a_word_longer_than_its_line_is_broken_and_not_cut_off_at_the_edge() -> None:
    long = "o" * 1200
    table = {"kind": "TABLE", "columns": [{"name": long[:90]}, {"name": "B"}], "rows": [[long, "1"]]}
    address = "https://example.org/" + "a" * 300
    facts = NOTICE | {"body": [{"kind": "PARAGRAPH", "text": long}, {"kind": "HEADING", "text": long[:200]}, table]}
    facts |= dict.fromkeys(("agency", "above", "about", "position", "signed_by", "place"), long[:200])
    pdfs = (
        printed(NAMED_DOCUMENT, facts | {"check_at": address, "copies": [long[:300]]}),
        printed(OFFICIAL_LETTER, LETTER | {"about": long[:200], "to": [long[:200]], "number": long[:200]}),
    )
    for page in (page for pdf in pdfs for page in pypdfium2.PdfDocument(pdf)):
        width = page.get_width()
        for part in page.get_objects():
            left, _bottom, right, _top = part.get_bounds()
            assert 0 < left < right < width


def test_text_is_kept_in_one_form_and_without_control_characters() -> None:
    data = frozen(
        OFFICIAL_LETTER, LETTER | {"signed_by": unicodedata.normalize("NFD", "Nguyễn Thị Thuý Hoà") + "\0\x1b"}
    )
    assert data.model_dump()["signed_by"] == "Nguyễn Thị Thuý Hoà"


def test_the_same_data_gives_the_same_bytes_also_when_many_print_at_once() -> None:
    data = frozen(NAMED_DOCUMENT, NOTICE)
    with ThreadPoolExecutor(8) as many:
        made = set(many.map(lambda _: render(NAMED_DOCUMENT, data, made_at=MADE_AT), range(16)))
    assert len(made) == 1


def test_the_printed_codes_can_be_scanned() -> None:
    address = "https://thainguyen.example.org/van-ban/01a20af4-1611-7406-94b6-42f8521f329c"
    pdf = printed(NAMED_DOCUMENT, NOTICE | {"check_at": address})
    assert address in pages(pdf)[0]
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_pil()
    assert [found.text for found in zxingcpp.read_barcodes(page)] == [address]


class Slip(DocumentData):
    """A slip with a barcode, as a desk prints it."""

    code: str

    def title(self) -> str:
        return f"Phiếu {self.code}"

    def pictures(self) -> dict[str, Picture]:
        return {"barcode": code128(self.code, alt=f"Mã vạch {self.code}")}


def test_a_barcode_of_a_dossier_code_can_be_scanned() -> None:
    slip = Form("SLIP", "1", "-", "/foundation/files/documents/tests/slip.typ", Slip, date(2022, 1, 1))
    pdf = printed(slip, {"code": "000.00.12.H62-201105-0004"})
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=4).to_pil()
    (found,) = zxingcpp.read_barcodes(page)
    assert (found.text, found.format) == ("000.00.12.H62-201105-0004", zxingcpp.BarcodeFormat.Code128)


@pytest.mark.parametrize("text", ["", "x" * 1001])
def test_a_qr_code_has_its_limits(text: str) -> None:
    with pytest.raises(ValueError, match="1 to 1000"):
        qr(text, alt="-")


@pytest.mark.parametrize("text", ["", "Hồ sơ", "x" * 41])
def test_a_barcode_has_its_limits(text: str) -> None:
    with pytest.raises(ValueError, match="1 to 40"):
        code128(text, alt="-")


def test_what_the_font_cannot_show_is_refused_by_name() -> None:
    with pytest.raises(CharacterUnprintable) as refused:
        printed(OFFICIAL_LETTER, LETTER | {"signed_by": "Nguyễn 😀", "about": "漢字"})
    assert set(str(refused.value.params["characters"]).split()) == {"😀", "漢", "字"}


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"agency": ""}, "agency"),
        ({"dated_on": "31/12/2026"}, "dated_on"),
        ({"urgency": "GẤP"}, "urgency"),
        ({"to": []}, "to"),
        ({"sms": "x"}, "sms"),
        ({"body": [{"kind": "TABLE", "columns": [{"name": "A"}], "rows": [["1", "2"]]}]}, "body.0.TABLE"),
        ({"body": [{"kind": "IMAGE", "text": "x"}]}, "body.0"),
        ({"position": "x" * 501}, "position"),
    ],
)
def test_data_that_does_not_fit_the_form_is_refused_with_its_fields(change: dict[str, Any], fields: str) -> None:
    with pytest.raises(DataUnfit) as refused:
        frozen(OFFICIAL_LETTER, LETTER | change)
    assert refused.value.params == {"fields": fields}


def test_nothing_at_all_is_refused_too() -> None:
    with pytest.raises(DataUnfit) as refused:
        frozen(OFFICIAL_LETTER, None)
    assert refused.value.params == {"fields": "?"}


def test_more_data_than_a_form_takes_is_refused() -> None:
    body = [{"kind": "PARAGRAPH", "text": "ơ" * 20_000}] * 130
    with pytest.raises(DocumentTooLong):
        printed(NAMED_DOCUMENT, NOTICE | {"body": body})


def test_without_its_fonts_nothing_is_printed_in_another(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(rendering, "FONTS", tmp_path)
    rendering._fonts.cache_clear()
    with pytest.raises(FontsMissing):
        printed(NAMED_DOCUMENT, NOTICE)
    rendering._fonts.cache_clear()


def test_a_fault_of_a_template_is_a_fault_of_ours() -> None:
    broken = Form("X", "1", "-", "/foundation/files/documents/tests/broken.typ", Slip, date(2022, 1, 1))
    with pytest.raises(RuntimeError, match="unknown variable"):
        printed(broken, {"code": "1"})


def test_a_form_is_chosen_by_the_day() -> None:
    old = Form("SLIP", "1", "TT 01/2018", "/x", Slip, date(2018, 11, 23), date(2025, 7, 1))
    new = Form("SLIP", "2", "TT 03/2025", "/y", Slip, date(2025, 7, 1))
    other = Form("OTHER", "1", "-", "/z", Slip, date(2018, 1, 1))
    forms = (other, old, new)
    assert form_in_force(forms, "SLIP", date(2025, 6, 30)) is old
    assert form_in_force(forms, "SLIP", date(2025, 7, 1)) is new
    assert form_in_force(forms, "SLIP", date(2018, 1, 1)) is None


def test_data_must_say_its_title() -> None:
    class Untitled(DocumentData):
        code: str

    with pytest.raises(TypeError, match="title"):
        Untitled(code="1")  # type: ignore[abstract]


@pytest.mark.parametrize("form", [OFFICIAL_LETTER, NAMED_DOCUMENT])
def test_a_demonstration_city_says_so_on_every_page(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of any form, in its language: whoever prints cannot leave it out."""
    facts = LETTER if form is OFFICIAL_LETTER else NOTICE
    long = facts | {"body": [{"kind": "PARAGRAPH", "text": "\n".join(["Phường báo cáo như sau."] * 60)}]}
    for is_demo in (False, True):
        monkeypatch.setattr(settings, "SONGCAU", settings.SONGCAU.model_copy(update={"demo": is_demo}))
        found = pages(printed(form, long))
        assert len(found) > 1
        assert ["Dữ liệu trình diễn" in page for page in found] == [is_demo] * len(found)


def test_the_mark_is_in_the_language_of_the_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SONGCAU", settings.SONGCAU.model_copy(update={"demo": True}))
    facts = {
        "language": "en",
        "agency": "Thái Nguyên",
        "heading": "Sheet",
        "as_of": "Now",
        "body": [paragraph("Text.")],
    }
    with translation.override("vi"):
        (page,) = pages(sheets.printed(facts, made_at=MADE_AT))
    assert "Demonstration data" in page


def test_who_signs_stands_with_the_name_on_one_page() -> None:
    """Wherever the page ends: what the signature is for must not stand on the page before it."""
    signatures = ({"capacity": "Người giao", "name": "Nông Thị Mẫu"}, {"capacity": "Người nhận"})
    facts = {"language": "vi", "agency": "Thái Nguyên", "heading": "Biên bản", "as_of": "Nay", "signatures": signatures}
    counts = set()
    for lines in range(20, 44, 2):
        found = pages(sheets.printed(facts | {"body": [paragraph("\n".join(["Dòng."] * lines))]}, made_at=MADE_AT))
        counts.add(len(found))
        assert [page for page in found if ("Người giao" in page) != ("Nông Thị Mẫu" in page)] == [], lines
    assert counts == {1, 2}
