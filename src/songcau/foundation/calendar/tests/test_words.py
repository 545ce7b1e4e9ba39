"""The sentences were read, and say what was counted."""

from django.utils import translation

from songcau.foundation.calendar.deadlines import Deadline, Method, Pause, Term, days_by_hours, deadline
from songcau.foundation.calendar.national import national_calendar
from songcau.foundation.calendar.rules import Calendar, Closure, Name, Override
from songcau.foundation.calendar.tests.test_deadlines import CITY, at
from songcau.foundation.calendar.words import sentence


def said(found: Deadline, language: str = "vi") -> str:
    with translation.override(language):
        return sentence(found)


def test_days_with_tet_in_both_languages() -> None:
    found = deadline(CITY, at("2026-02-12 16:00"), Term(Method.DAYS, 2))
    assert said(found) == (
        "Tiếp nhận lúc 16:00 Thứ 5 12/02/2026. Thời hạn 2 ngày làm việc, không tính ngày tiếp nhận. Không tính: "
        "nghỉ hằng tuần (14/02/2026–15/02/2026, 21/02/2026–22/02/2026); Tết Nguyên Đán (16/02/2026–20/02/2026). "
        "Hạn trả kết quả: lúc 17:00 Thứ 2 23/02/2026."
    )
    assert said(found, "en") == (
        "Received at 16:00 on Thursday 12 Feb 2026. The term is 2 working days; the day of receipt is not counted. Not "
        "counted: weekly rest (14 Feb 2026–15 Feb 2026, 21 Feb 2026–22 Feb 2026); Lunar New Year (16 Feb 2026–20 Feb "
        "2026). Due at 17:00 on Monday 23 Feb 2026."
    )


def test_a_decreed_exchange_is_said_with_its_document() -> None:
    words = said(deadline(CITY, at("2025-12-31 10:00"), Term(Method.DAYS, 7)))
    assert "nghỉ hoán đổi dịp Tết Dương lịch, 12729/VPCP-KGVX (02/01/2026)" in words
    assert "Tính là ngày làm việc: Thứ 7 10/01/2026 (làm bù cho ngày 02/01/2026, 12729/VPCP-KGVX)." in words


def test_holidays_in_a_row_keep_their_own_names() -> None:
    words = said(deadline(CITY, at("2025-04-29 14:00"), Term(Method.DAYS, 1)))
    assert "Ngày Chiến thắng (30/04/2025); Ngày Quốc tế Lao động (01/05/2025)" in words
    assert "nghỉ hoán đổi cho ngày 26/04/2025 (02/05/2025)" in words


def test_hours_say_days_of_eight() -> None:
    words = said(deadline(CITY, at("2026-08-28 09:00"), days_by_hours(0.5)))
    assert "Thời hạn 4 giờ làm việc (0,5 ngày, mỗi ngày 8 giờ) kể từ thời điểm đó." in words
    assert "1 day of 8 hours" in said(deadline(CITY, at("2026-08-28 09:00"), days_by_hours(1)), "en")


def test_the_cut_off_is_said_with_what_follows_from_it() -> None:
    words = said(deadline(CITY, at("2026-03-06 15:01"), Term(Method.SAME_DAY), cut_off=900))
    assert "Hồ sơ nhận từ 15:00 trở đi hoặc vào ngày nghỉ được tính là tiếp nhận lúc 07:30 Thứ 2 09/03/2026." in words
    assert "Trả kết quả ngay trong ngày làm việc." in words


def test_months_that_end_on_a_day_of_rest_say_which() -> None:
    words = said(deadline(CITY, at("2026-01-31 09:00"), Term(Method.MONTHS, 1)))
    assert "Ngày cuối của thời hạn, Thứ 7 28/02/2026, là ngày nghỉ (nghỉ hằng tuần)" in words
    assert "Không tính" not in words
    assert "30 days" in said(deadline(CITY, at("2026-01-31 09:00"), Term(Method.CALENDAR_DAYS, 30)), "en")


def test_pauses_are_said_and_an_open_one_gives_no_date() -> None:
    pauses = [Pause(at("2026-03-03 10:00"), at("2026-03-04 09:00")), Pause(at("2026-03-05 08:00"))]
    ended = said(deadline(CITY, at("2026-03-02 09:00"), Term(Method.DAYS, 3), pauses=pauses[:1]))
    assert "Tạm dừng tính thời hạn từ lúc 10:00 Thứ 3 03/03/2026 đến lúc 09:00 Thứ 4 04/03/2026." in ended
    standing = said(deadline(CITY, at("2026-03-02 09:00"), Term(Method.DAYS, 3), pauses=pauses))
    assert standing.endswith("Chưa xác định được ngày hẹn cho đến khi tiếp tục tính thời hạn.")
    assert "Hạn trả" not in standing


def test_a_closure_and_a_decree_without_a_name() -> None:
    storm = Closure(at("2026-09-08 00:00").date(), (780, 1440), Name("bão số 3", "storm no. 3"), "45/CĐ-UBND")
    off = Override(at("2026-09-09 00:00").date(), works=False, document="")
    calendar = Calendar(CITY.holidays, 2026, CITY.week, {off.on: off}.get, {storm.on: (storm,)})
    words = said(deadline(calendar, at("2026-09-07 13:00"), days_by_hours(2)))
    assert "Chỉ làm việc một phần: Thứ 3 08/09/2026 (cơ quan tạm đóng cửa: bão số 3, 45/CĐ-UBND)." in words
    assert "theo quyết định (09/09/2026)" in words


def test_many_weekends_are_counted_and_a_far_date_is_provisional() -> None:
    words = said(deadline(national_calendar(), at("2026-03-02 09:00"), Term(Method.DAYS, 250)))
    assert "nghỉ hằng tuần (" in words
    assert len(words) < 900
    assert words.endswith("Lịch nghỉ năm 2027 có thể còn được điều chỉnh bằng văn bản; ngày này là tạm tính.")
