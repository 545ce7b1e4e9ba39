"""What tells who reported is masked; what a report is about is left."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songcau.systems.citizen_reports.rules import hidden_contacts

HIDDEN = [
    ("0912345678", "•••"),
    ("gọi tôi số 0912 345 678 nhé", "gọi tôi số ••• nhé"),
    ("0912.345.678", "•••"),
    ("0912-345-678", "•••"),
    ("0912–345–678", "•••"),
    ("0912·345·678", "•••"),
    ("0912,345,678", "•••"),
    ("0912\N{NO-BREAK SPACE}345\N{NO-BREAK SPACE}678 ß", "••• ß"),
    ("a\N{LINE SEPARATOR}0912345678", "a\N{LINE SEPARATOR}•••"),
    ("0912/345/678", "•••"),
    ("0912 : 345 : 678", "•••"),
    ("0912*345*678", "•••"),
    ("0912…345…678", "•••"),
    ("091,234,5678", "•••"),
    ("09123456789", "•••"),
    ("0️⃣9️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣", "•••"),
    ("O9I2.345.678", "•••"),
    ("912345678 đ/c Lan", "••• đ/c Lan"),
    ("0912345678 đồng chí Lan", "••• đồng chí Lan"),
    ("+84 0912 345 678", "•••"),
    ("001 202 555 0143", "•••"),
    ("0033 1 42 68 53 00", "•••"),
    ("gmail: lannguyen88", "gmail: •••"),
    ("091 234 5678", "•••"),
    ("09 12 34 56 78", "•••"),
    ("0912.34.56.78", "•••"),
    ("0 9 1 2 3 4 5 6 7 8", "•••"),
    ("(0912) 345 678", "•••"),
    ("(0912345678)", "(•••)"),
    ("+84912345678", "•••"),
    ("+84 912 345 678", "•••"),
    ("(+84) 912-345-678", "•••"),
    ("+84 (0) 912 345 678", "•••"),
    ("0084912345678", "•••"),
    ("84912345678 k có ai nghe", "••• k có ai nghe"),
    ("84.912.345.678", "•••"),
    ("O912345678", "•••"),
    ("o9l2 345 678", "•••"),
    ("０９１２３４５６７８", "•••"),
    ("912345678", "•••"),
    ("liên hệ: 912.345.678", "liên hệ: •••"),
    ("02803.855.555", "•••"),
    ("0280 3855 555", "•••"),
    ("(0208) 3 855 555", "•••"),
    ("0208.3855.555", "•••"),
    ("024 3825 1234", "•••"),
    ("04 38251234", "•••"),
    ("01234567890", "•••"),
    ("ĐT: 3855 555", "ĐT: •••"),
    ("sđt0912345678", "sđt•••"),
    ("gọi0912345678", "gọi•••"),
    ("1.0912345678", "1.•••"),
    ("0912345678 - 0987654321", "•••"),
    ("0912345678/0208 3855 555", "•••"),
    ("ngày 28.11.2026 0912345678", "ngày 28.11.2026 •••"),
    ("+81 90-1234-5678", "•••"),
    ("không chín một hai, ba bốn năm, sáu bảy tám", "•••"),
    ("lan.nguyen@gmail.com", "•••"),
    ("lan.nguyen @ gmail.com", "•••"),
    ("lan (at) gmail (dot) com", "•••"),
    ("lan a còng gmail chấm com", "•••"),
    ("lan@gmail", "•••"),
    ("CCCD: 019123456789", "CCCD: •••"),
    ("001 199 012 345", "•••"),
    ("0011 9901 2345", "•••"),
    ("019199012345", "•••"),
    ("CMND 090123456", "CMND •••"),
    ("090 123 456", "•••"),
    ("090123456", "•••"),
    ("cmt số 12345678", "cmt số •••"),
    ("hộ chiếu B1234567", "hộ chiếu •••"),
    ("số tài khoản 1234567890123", "số tài khoản •••"),
    ("zalo: lan.nguyen", "zalo: •••"),
    ("zalo lan88", "zalo •••"),
    ("zalo 0912345678", "zalo •••"),
    ("fb: Nguyễn Văn An, nhờ xử lý", "fb: •••, nhờ xử lý"),
    ("fb là lannguyen, nhờ xử lý", "fb là •••, nhờ xử lý"),
    ("facebook của tôi là lannguyen88", "facebook của tôi là •••"),
    ("https://www.facebook.com/lan.nguyen", "•••"),
    ("zalo.me/0912345678", "•••"),
    ("nhắn @lan_nguyen giúp", "nhắn ••• giúp"),
    ("tôi là Lan\n0912 345 678\nxin cảm ơn", "tôi là Lan\n•••\nxin cảm ơn"),
]
LEFT = [
    "số nhà 123/45/6",
    "số 12, ngõ 345, tổ 7",
    "ngày 12/10/2026 08:30",
    "ngày 28.11.2026 0830",
    "08.05.2026 07h30",
    "ngày 05 09 2026 08 30",
    "ngày 05092026",
    "2026-09-05 08:30:15.123456",
    "0,5 0,6 0,7 0,8 0,9 m",
    "0.5 0.6 0.7 0.8 0.9 m",
    "giá 35.000.000 đến 45.000.000",
    "phạt từ 1.000.000 - 2.000.000 đồng",
    "VN2000: 2389123.45, 584321.12",
    "mã vạch 8 934567 890123",
    "biển số xe 20A12345, 99-H7 1234",
    "Quyết định số 1207/QĐ-UBND ngày 05/09/2026",
    "Nghị định 118/2025/NĐ-CP",
    "2026-11-28",
    "10h00 đến 11h00 ngày 12-10-2026",
    "2020 2021 2022 2023",
    "QL3 Km75+200",
    "ĐT 261 Km 12+300",
    "đường tỉnh ĐT261, ĐT 266",
    "150.000.000 đồng",
    "1.250.000.000 đồng",
    "150000000 đồng",
    "912.345.678 đồng",
    "150 000 000 đồng",
    "84.912.345.678 đồng",
    "phạt 250.000đ",
    "125.500.000",
    "tổng 123456789",
    "120000000",
    "21.594220, 105.848133",
    "105.84813345",
    "21.080282836636,107.093789461971",
    "84912345000 đồng",
    "21,594220 105,848133",
    "21°35'39.2\"N 105°50'53\"E",
    "20A-123.45",
    "29H1-234.56",
    "biển số 20C 045.67",
    "20AA-01234",
    "000.00.12.H62-201105-0004",
    "H15.50.05.13-261008-0975",
    "G09.20-20260609-0092637",
    "PA-1234-5678",
    "khách hàng PA05000012345",
    "gọi tổng đài 19001234",
    "gọi 1900 9095, 1800 8000",
    "gọi 113, 114, 115 rồi",
    "các nhà 12, 14, 16, 18, 20, 22",
    "nhà số 03, 05, 07, 09, 11",
    "tuyến xe buýt 01, 02, 03, 04, 05, 06",
    "trên facebook có bài viết về chuyện này",
    "nhóm zalo tổ dân phố 7",
    "zalo là thứ không ai trả lời",
    "Zalo: tổ trưởng không trả lời",
    "lô 12 ô 34, lô 0, lô 1",
    "thửa đất số 123, tờ bản đồ số 45",
    "nắp cống 50x50, cao 1,5 m",
    "hai ba bốn người",
    "rác @ ngõ 5",
    "<b>đèn</b> 🙂 ½ m²",
]


@pytest.mark.parametrize(("typed", "shown"), HIDDEN)
def test_a_contact_is_masked_and_nothing_else_of_the_text(typed: str, shown: str) -> None:
    assert hidden_contacts(typed) == (shown, True)
    assert hidden_contacts(shown) == (shown, False)


@pytest.mark.parametrize("typed", LEFT)
def test_what_a_report_may_be_about_is_left(typed: str) -> None:
    assert hidden_contacts(typed) == (typed, False)


def test_a_text_typed_on_a_mac_is_masked_alike() -> None:
    assert hidden_contacts(unicodedata.normalize("NFD", "Điện thoại 3855555 ạ")) == ("Điện thoại ••• ạ", True)


@pytest.mark.parametrize(
    "unkind", ["0912 345 67 " * 330, "gọi cho " * 500, "1 " * 2000, "a." * 2000, "0" * 4000, "a" * 4000, "ba " * 1300]
)
def test_a_text_made_to_keep_the_search_busy_is_read_to_its_end(unkind: str) -> None:
    assert isinstance(hidden_contacts(unkind)[1], bool)


@given(
    st.sampled_from("35789"),
    st.text("0123456789", min_size=8, max_size=8),
    st.sampled_from([" ", ".", "-", " - ", ". ", "*", "–"]),
    st.lists(st.booleans(), min_size=8, max_size=8),
    st.sampled_from(["", " "]),
)
def test_a_mobile_number_is_masked_however_it_is_spaced(
    prefix: str, digits: str, gap: str, gaps: list[bool], first: str
) -> None:
    number = f"0{first}{prefix}" + "".join(gap * here + digit for here, digit in zip(gaps, digits, strict=True))
    shown, found = hidden_contacts(f"số của tôi {number} nhé")
    assert found
    assert shown == "số của tôi ••• nhé"


@given(st.text(max_size=200))
def test_any_text_is_taken_and_left_as_it_is_where_nothing_was_found(text: str) -> None:
    shown, found = hidden_contacts(text)
    assert found or shown == unicodedata.normalize("NFC", text)
