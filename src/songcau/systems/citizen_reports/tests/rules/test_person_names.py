"""Names after titles and introductions are hidden whoever they are; names of places and offices stay."""

import unicodedata

import pytest

from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.rules import hidden_introductions, hidden_people


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Tôi là Đinh Thị Bưởi, ở gần đó", "Tôi là •••, ở gần đó"),
        ("Ổ gà sâu. TÔI LÀ ĐINH THỊ BƯỞI, NHÀ SỐ 5", "Ổ gà sâu. TÔI LÀ •••, NHÀ SỐ 5"),
        ("Tôi tên Nguyễn Văn An", "Tôi tên •••"),
        ("Em tên là Nguyễn Văn An ạ", "Em tên là ••• ạ"),
        ("Họ và tên: Lê Thị Hoa", "Họ và tên: •••"),
        ("Người phản ánh: Lê Thị Hoa. Xin cảm ơn", "Người phản ánh: •••. Xin cảm ơn"),
        ("Đèn hỏng.\nKý tên Lê Thị Hoa", "Đèn hỏng.\nKý tên •••"),
        ("toi la Nguyen Van An, den hong", "toi la •••, den hong"),
        ("My name is John Smith", "My name is •••"),
    ],
)
def test_who_introduces_themselves_is_hidden(typed: str, shown: str) -> None:
    assert hidden_introductions(typed) == (shown, True)
    assert hidden_introductions(unicodedata.normalize("NFD", typed)) == (shown, True)
    assert hidden_people(typed) == shown


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "không có chữ hoa",
        "Tôi là công dân phường Trưng Vương",
        "Tôi là Bí thư chi bộ",
        "Còn là UBND phường Trưng Vương xử lý",
        "Con đường tên là Hoàng Văn Thụ bị ngập",
        "Ông Nguyễn Văn Tám nhà bên đổ rác",
    ],
)
def test_what_is_about_others_stays_in_a_report(typed: str) -> None:
    """Whom somebody complains of the unit must know."""
    assert hidden_introductions(typed) == (typed, False)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Đã báo chị Hồng lúc 10 giờ.", "Đã báo chị ••• lúc 10 giờ."),
        ("Ông Nguyễn Văn An và bà Lê Thị Hoa đã xác nhận", "Ông ••• và bà ••• đã xác nhận"),
        ("Đã gặp công dân Trần Bưởi", "Đã gặp công dân •••"),
        ("Theo đề nghị của Mr. John Smith", "Theo đề nghị của Mr. •••"),
        ("Đã vá đường Bà Triệu, phố Ông Ích Khiêm", "Đã vá đường Bà Triệu, phố Ông Ích Khiêm"),
        ("Chợ Bà Chiểu và tổ dân phố Anh Sơn", "Chợ Bà Chiểu và tổ dân phố Anh Sơn"),
        ("Có UBND phường Trưng Vương chứng kiến", "Có UBND phường Trưng Vương chứng kiến"),
        ("Chi cục Thuế, Bà con hoan nghênh", "Chi cục Thuế, Bà con hoan nghênh"),
        ("Công an phường Hoàng Văn Thụ đã nhắc nhở", "Công an phường Hoàng Văn Thụ đã nhắc nhở"),
        ("Anh", "Anh"),
    ],
)
def test_whoever_is_named_after_a_title_is_hidden_from_the_public(written: str, shown: str) -> None:
    assert hidden_people(written) == shown


def test_what_everybody_reads_has_neither_contacts_nor_names() -> None:
    text = "Đã gọi ông Nguyễn Văn An, 0912345678"
    assert rules.for_everybody(text) == "Đã gọi ông •••, •••"
