"""The sentences were read, and say what was counted."""

from datetime import date, timedelta

from django.utils import translation

from songcau.foundation.calendar.deadlines import Deadline, Method, Pause, Term, days_by_hours, deadline
from songcau.foundation.calendar.national import national_calendar
from songcau.foundation.calendar.rules import Calendar, Closure, Name, Override, Week
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
    for hours, words_in_english in (
        (8, "The term is 8 working hours (1 day of 8 hours) from then on."),
        (1, "The term is 1 working hour (0.125 days of 8 hours) from then on."),
        (4, "The term is 4 working hours (0.5 days of 8 hours) from then on."),
        (20, "The term is 20 working hours (2.5 days of 8 hours) from then on."),
    ):
        assert words_in_english in said(deadline(CITY, at("2026-08-28 09:00"), Term(Method.HOURS, hours)), "en")


def test_the_cut_off_is_said_with_what_follows_from_it() -> None:
    words = said(deadline(CITY, at("2026-03-06 15:01"), Term(Method.SAME_DAY), cut_off=900))
    assert "Hồ sơ nhận từ 15:00 trở đi hoặc vào ngày nghỉ được tính là tiếp nhận lúc 07:30 Thứ 2 09/03/2026." in words
    assert "Trả kết quả ngay trong ngày làm việc." in words


def test_the_day_a_late_receipt_counts_from_is_not_called_counted() -> None:
    late = deadline(national_calendar(), at("2026-01-09 16:30"), Term(Method.DAYS, 1), cut_off=16 * 60)
    assert late.due_on == date(2026, 1, 12)
    assert "Tính là ngày làm việc" not in sentence(late)
    assert [day.on for day in late.worked] == []


def test_months_that_end_on_a_day_of_rest_say_which() -> None:
    words = said(deadline(CITY, at("2026-01-31 09:00"), Term(Method.MONTHS, 1)))
    assert "Ngày cuối của thời hạn, Thứ 7 28/02/2026, là ngày nghỉ (nghỉ hằng tuần)" in words
    assert "Không tính" not in words
    assert "30 days" in said(deadline(CITY, at("2026-01-31 09:00"), Term(Method.CALENDAR_DAYS, 30)), "en")


def test_pauses_are_said_and_an_open_one_gives_no_date() -> None:
    pauses = [Pause(at("2026-03-03 10:00"), at("2026-03-04 09:00")), Pause(at("2026-03-05 08:00"))]
    ended = said(deadline(CITY, at("2026-03-02 09:00"), Term(Method.DAYS, 3), pauses=pauses[:1]))
    assert "Tạm dừng tính thời hạn từ lúc 10:00 Thứ 3 03/03/2026 đến lúc 09:00 Thứ 4 04/03/2026." in ended
    english = said(deadline(CITY, at("2026-03-02 09:00"), Term(Method.DAYS, 3), pauses=pauses[:1]), "en")
    assert "The clock stood from 10:00 on Tuesday 3 Mar 2026 to 09:00 on Wednesday 4 Mar 2026." in english
    assert " at 10:00" not in english
    standing = said(deadline(CITY, at("2026-03-02 09:00"), Term(Method.DAYS, 3), pauses=pauses))
    assert standing.endswith("Chưa xác định được ngày hẹn cho đến khi tiếp tục tính thời hạn.")
    assert "Hạn trả" not in standing
    standing = said(deadline(CITY, at("2026-03-02 09:00"), Term(Method.DAYS, 3), pauses=pauses), "en")
    assert "The clock has stood since 08:00 on Thursday 5 Mar 2026." in standing


def test_the_day_of_receipt_says_why_it_is_of_rest_or_of_work() -> None:
    for received, words in (
        ("2026-03-07 10:00", "Ngày tiếp nhận, Thứ 7 07/03/2026, là ngày nghỉ (nghỉ hằng tuần)."),
        ("2026-02-17 10:00", "Ngày tiếp nhận, Thứ 3 17/02/2026, là ngày nghỉ (Tết Nguyên Đán)."),
        (
            "2026-01-10 10:00",
            "Ngày tiếp nhận, Thứ 7 10/01/2026, là ngày làm việc (làm bù cho ngày 02/01/2026, 12729/VPCP-KGVX).",
        ),
    ):
        for term in (Term(Method.DAYS, 1), days_by_hours(1), Term(Method.CALENDAR_DAYS, 1)):
            assert words in said(deadline(CITY, at(received), term))
    assert "Ngày tiếp nhận" not in said(deadline(CITY, at("2026-03-02 10:00"), Term(Method.CALENDAR_DAYS, 1)))


def test_the_same_day_after_work_says_why_it_is_the_next() -> None:
    words = said(deadline(CITY, at("2026-03-02 17:00"), Term(Method.SAME_DAY)), "en")
    assert "By then the work of that day was over." in words
    assert "was over" not in said(deadline(CITY, at("2026-03-02 16:59"), Term(Method.SAME_DAY)), "en")


def test_by_days_a_storm_that_shortened_the_last_day_is_told_and_no_other() -> None:
    storm = Closure(at("2026-09-08 00:00").date(), (780, 1440), Name("bão số 3", "storm no. 3"), "45/CĐ-UBND")
    dawn = Closure(at("2026-09-09 00:00").date(), (0, 600), Name("lụt", "flood"))
    calendar = national_calendar(closures={storm.on: (storm,), dawn.on: (dawn,)})
    for term in (Term(Method.DAYS, 1), Term(Method.CALENDAR_DAYS, 1)):
        words = said(deadline(calendar, at("2026-09-07 13:00"), term))
        shortened = "Ngày cuối của thời hạn, Thứ 3 08/09/2026, chỉ làm việc đến 11:30"
        assert f"{shortened} (cơ quan tạm đóng cửa: bão số 3, 45/CĐ-UBND)." in words
        assert words.endswith("Hạn trả kết quả: lúc 11:30 Thứ 3 08/09/2026.")
    words = said(deadline(calendar, at("2026-09-07 13:00"), Term(Method.DAYS, 2)), "en")
    assert "storm" not in words, "it took nothing from the term"
    assert "flood" not in words, "the last day ended as always"


def test_the_days_of_one_long_closure_are_told_together() -> None:
    days = [date(2026, 3, 2) + timedelta(days=ahead) for ahead in range(12)]
    calendar = national_calendar(closures={on: (Closure(on, (0, 600), Name("mất điện", "power cut")),) for on in days})
    words = said(deadline(calendar, at("2026-03-02 08:00"), days_by_hours(6)), "en")
    assert words.count("Worked in part:") == 1
    assert "Worked in part: 9 days (closed: power cut)." in words


def test_a_decreed_day_that_a_storm_shortened_keeps_its_document() -> None:
    storm = Closure(date(2026, 1, 10), (780, 1440), Name("bão", "storm"))
    words = said(
        deadline(national_calendar(closures={storm.on: (storm,)}), at("2026-01-09 16:00"), days_by_hours(1)), "en"
    )
    assert (
        "Counted as a working day: Saturday 10 Jan 2026 (worked in exchange for 02/01/2026, 12729/VPCP-KGVX)." in words
    )
    assert "Worked in part: Saturday 10 Jan 2026 (closed: storm)." in words


def test_a_window_to_midnight_is_due_at_24_of_its_own_day() -> None:
    calendar = national_calendar(Week.of([((780, 1440),)] * 5 + [()] * 2))
    words = said(deadline(calendar, at("2026-03-02 13:00"), Term(Method.DAYS, 1)))
    assert words.endswith("Hạn trả kết quả: lúc 24:00 Thứ 3 03/03/2026.")


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
