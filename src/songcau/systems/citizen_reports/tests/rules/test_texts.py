"""What a report has to say, and what answers it."""

import unicodedata

import pytest

from songcau.systems.citizen_reports import rules

REPORT = "Đèn đường hỏng tại ngõ 5 đường Bắc Kạn đã 3 hôm"
ANSWER = "Đã thay bóng đèn và kiểm tra lại lúc 20h ngày 12/5"


def close(text: str, *, has_before: bool = True, has_after: bool = True, needs_photo: bool = True) -> str:
    return rules.require_closing(
        text, report_text=REPORT, has_before=has_before, has_after=has_after, needs_photo=needs_photo
    )


def test_html_is_text_like_any_other() -> None:
    assert rules.require_report(" <b>Ổ gà</b> & <script>x</script> ") == "<b>Ổ gà</b> & <script>x</script>"


def test_what_nobody_sees_is_taken_out_and_the_rest_composed() -> None:
    assert rules.require_report(unicodedata.normalize("NFD", "Ổ gà\u200b\r\nsâu")) == "Ổ gà\nsâu"


@pytest.mark.parametrize("text", ["", "  \n\t", "\u200b\u2800", "\ufeff"])
def test_an_empty_report_is_refused(text: str) -> None:
    with pytest.raises(rules.ReportTextEmpty):
        rules.require_report(text)


@pytest.mark.parametrize("text", ["😡😡😡", "...", "!?", "👍🏽 👨‍👩‍👧", "a.", "❤️"])
def test_pictures_and_dots_alone_are_refused(text: str) -> None:
    with pytest.raises(rules.ReportWithoutWords):
        rules.require_report(text)


def test_four_thousand_characters_are_taken_and_one_more_is_not() -> None:
    assert len(rules.require_report("ă" * 4000)) == 4000
    with pytest.raises(rules.ReportTextTooLong) as refusal:
        rules.require_report("ă" * 4001)
    assert refusal.value.params == {"length": 4001, "limit": 4000}
    with pytest.raises(rules.ReportTextTooLong):
        rules.require_report("abcd", limit=3)


NO_ANSWERS = {
    rules.ClosingOnlyForwards: [
        "đã chuyển",
        "Đã chuyển.",
        "da chuyen",
        "ĐÃ CHUYỂN!!!",
        unicodedata.normalize("NFD", "Đã chuyển"),
        "Đã chuyển đơn vị chức năng xử lý theo quy định",
        "Đã chuyển đơn vị chức năng. Xin cảm ơn!",
        "đã chuyển UBND phường Phan Đình Phùng",
        "Đã chuyển đến Công ty Điện lực Thái Nguyên để giải quyết.",
        "đã chuyển tiếp cho bộ phận liên quan",
        "Phản ánh đã được chuyển đến Phòng Quản lý đô thị",
        "Đã chuyển đơn vị và đề nghị khẩn trương xử lý dứt điểm",
        "Kính gửi ông bà, đã chuyển phòng kinh tế hạ tầng. Trân trọng!",
        "Đã chuyển\nđơn vị",
        "Đã chuyển → đơn vị chức năng",
        "Da chuyen dv chuc nang xu ly",
        "Đã chuyển đ/c Tuấn xử lý",
        "Đã giao phòng Quản lý đô thị kiểm tra, xử lý",
        "Đã chỉ đạo các đơn vị liên quan vào cuộc",
        "Đã gửi công văn đề nghị Sở Giao thông xử lý",
        "Đã báo cáo lãnh đạo xem xét",
        "Forwarded to the unit",
    ],
    rules.ClosingOnlyReceives: [
        "Đã tiếp nhận",
        "da tiep nhan phan anh",
        "UBND phường đã tiếp nhận và ghi nhận ý kiến của công dân, xin cảm ơn",
        "Đã ghi nhận thông tin",
    ],
    rules.ClosingOnlyPromises: [
        "Đang xử lý",
        "Đơn vị sẽ kiểm tra và xử lý trong thời gian tới",
        "Phường sẽ phối hợp với đơn vị liên quan để xử lý",
        "We are working on it and will fix it soon",
    ],
    rules.ClosingOnlyClaims: [
        "Đã xử lý theo quy định",
        "Đã giải quyết xong phản ánh của công dân",
        "Đã hoàn thành, đã hoàn thành, đã hoàn thành",
    ],
    rules.ClosingOnlyThanks: [
        "xin cảm ơn",
        "Xin chân thành cảm ơn ý kiến đóng góp của bạn!",
        "Trân trọng cảm ơn",
        "Thank you for your report",
    ],
    rules.ClosingTooShort: ["đã xong", "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀", "Đã thay bóng mới", "a" * 30],
    rules.ClosingEmpty: ["", " \n ", "\u200b"],
    rules.ClosingTooLong: ["Đã thay bóng đèn mới " * 300],
    rules.ClosingRepeatsReport: [REPORT, "đèn đường hỏng tại ngõ 5 đường bắc kạn", f"{REPORT}."],
}


@pytest.mark.parametrize(
    ("refusal", "text"), [(refusal, text) for refusal, texts in NO_ANSWERS.items() for text in texts]
)
def test_what_is_no_answer_is_refused_by_what_it_says_instead(refusal: type[rules.ClosingUnfit], text: str) -> None:
    with pytest.raises(rules.ClosingUnfit) as raised:
        close(text)
    assert type(raised.value) is refusal


@pytest.mark.parametrize(
    "text",
    [
        ANSWER,
        "Đã chuyển rác thải ra bãi tập kết lúc 9 giờ sáng nay",
        "Đã chuyển cột điện sang vị trí mới cách 2 m",
        "Đã tiếp nhận và vá xong ổ gà tại ngõ 5",
        "Đã chuyển Công ty Điện lực; công ty đã thay dây và đóng điện lại lúc 15h",
        "Đã chuyển Công ty Điện lực, công ty đã thay dây và đóng điện lại lúc 15h",
        "Đã giao đội vệ sinh dọn sạch bãi rác trong sáng 12/5",
        "Phường đã kiểm tra và xử lý dứt điểm tiếng ồn từ quán karaoke",
        "Đã nhắc nhở hộ kinh doanh dọn hàng khỏi vỉa hè, hộ đã ký cam kết",
        "Không xử lý được vì đất thuộc sở hữu tư nhân, đã giải thích cho người phản ánh",
        "Đã kiểm tra: đèn sáng bình thường, không hỏng",
        "Xin cảm ơn ông bà. Tổ môi trường đã dọn sạch bãi rác",
        "Đèn tại ngõ 5 đường Bắc Kạn đã được thay",
        "The lamp was replaced on 12 May, it burns again",
    ],
)
def test_what_says_what_was_done_is_an_answer(text: str) -> None:
    assert close(f" {text} ") == text


def test_without_the_report_s_text_nothing_is_compared() -> None:
    assert rules.require_closing(REPORT, has_before=False, has_after=False, needs_photo=False) == REPORT


def test_a_picture_of_after_is_needed_where_the_category_says_so() -> None:
    with pytest.raises(rules.PhotoMissing):
        close(ANSWER, has_before=False, has_after=False)
    with pytest.raises(rules.PhotoAfterMissing):
        close(ANSWER, has_after=False)
    assert close(ANSWER, has_before=False) == ANSWER
    assert close(ANSWER, has_before=False, has_after=False, needs_photo=False) == ANSWER
