"""The working calendar on the desk: the year with its reasons, a term with its sentence, nonsense answered in words."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from songcau.foundation.accounts.models import Agency
from songcau.foundation.accounts.tests.people import make_agency, make_person, sign_in
from songcau.foundation.calendar import actions
from songcau.foundation.calendar.rules import AFTERNOON, MORNING
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db
URL = "/calendar/"
MOST_QUESTIONS = 20


@pytest.fixture
def client() -> Client:
    found = Client()
    sign_in(found, make_person("ha.an", make_agency("W1")))
    return found


def page(client: Client, **asked: str) -> tuple[int, str]:
    response = client.get(URL, asked)
    return response.status_code, response.content.decode()


def test_it_is_for_whoever_is_signed_in() -> None:
    assert Client().get(URL)["Location"].startswith("/accounts/login/")


def test_the_year_shows_each_day_off_with_its_reason_and_document(client: Client) -> None:
    status, shown = page(client, year="2026")
    assert status == 200
    assert 'class="is-off" title="nghỉ theo văn bản: nghỉ hoán đổi dịp Tết Dương lịch"' in shown
    assert 'class="is-worked" title="làm bù: làm bù cho ngày 02/01/2026"' in shown
    assert shown.count("12729/VPCP-KGVX") == 2
    assert "15 ngày làm việc" in shown, "February with Tết"
    assert "tạm tính" not in shown


def test_today_is_marked_and_a_later_year_is_provisional(client: Client) -> None:
    with clock.frozen(datetime(2026, 11, 23, 20, 0, tzinfo=UTC)):  # 3 o'clock on the 24th here
        assert '<td class="is-off is-today" title="nghỉ lễ, tết: Ngày Văn hóa Việt Nam">24' in page(client)[1]
    assert "tạm tính" in page(client, year="2027")[1]


@pytest.mark.parametrize(
    ("year", "before", "after"), [("2000", None, "2001"), ("2100", "2099", None), ("2024", "2023", "2025")]
)
def test_one_turns_from_year_to_year_as_far_as_holidays_are_known(
    client: Client, year: str, before: str | None, after: str | None
) -> None:
    shown = page(client, year=year)[1]
    assert ('rel="prev"' in shown, 'rel="next"' in shown) == (before is not None, after is not None)
    assert all(f'href="?year={other}"' in shown for other in (before, after) if other)


@pytest.mark.parametrize("year", ["", "x", "1999", "2101", "99999", "２０２６", "-2026", "\0"])
def test_a_year_that_is_none_is_this_one(client: Client, year: str) -> None:
    status, shown = page(client, year=year)
    assert status == 200
    assert f"Lịch làm việc năm {clock.today().year}" in shown


@pytest.mark.parametrize(
    ("method", "amount", "cut_off", "said"),
    [
        ("DAYS", "2", "", "17:00 · 23/02/2026"),
        ("HOURS", "0.5", "", "10:30 · 13/02/2026"),
        ("HOURS", "2", "15:00", "17:00 · 23/02/2026"),
        ("SAME_DAY", "", "15:00", "17:00 · 13/02/2026"),
        ("MONTHS", "1", "", "17:00 · 12/03/2026"),
    ],
)
def test_a_term_is_computed_with_its_sentence(
    client: Client, method: str, amount: str, cut_off: str, said: str
) -> None:
    asked = {"received": "2026-02-12T16:00", "amount": amount, "method": method, "cut_off": cut_off}
    status, shown = page(client, **asked)
    assert status == 200
    assert said in shown
    assert "Tiếp nhận lúc 16:00 Thứ 5 12/02/2026." in shown


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": "0"}, "Thời hạn phải lớn hơn 0"),
        ({"amount": ""}, "Thời hạn phải lớn hơn 0"),
        ({"amount": "0.5"}, "Nửa ngày là bốn giờ"),
        ({"amount": "1e9"}, "Thời hạn quá dài: tối đa 1.000"),
        ({"amount": "x"}, ""),
        ({"amount": "nan"}, ""),
        ({"received": "9999-12-31T23:59"}, "Chỉ có dữ liệu ngày nghỉ từ năm 1946 đến năm 2100"),
        ({"received": "0001-01-01T00:00"}, ""),
        ({"received": "hôm qua"}, ""),
        ({"received": ""}, ""),
        ({"method": "WEEKS"}, ""),
        ({"cut_off": "25:00"}, ""),
        ({"cut_off": "00:00"}, "Giờ chốt nhận hồ sơ phải nằm trong ngày"),
    ],
)
def test_what_is_no_term_is_refused_in_words(client: Client, change: dict[str, str], said: str) -> None:
    asked = {"received": "2026-02-12T16:00", "amount": "2", "method": "DAYS", "cut_off": "", **change}
    status, shown = page(client, **asked)
    assert status == 422
    assert said in shown
    assert "Hạn trả kết quả" not in shown


def set_saturdays(agency: Agency) -> None:
    days = [(MORNING, AFTERNOON)] * 5 + [(MORNING,), ()]
    for begins in (date(2025, 7, 1), date(2026, 6, 1)):
        actions.set_hours(
            by=SYSTEM,
            agency_id=agency.pk,
            valid_from=begins,
            valid_to=None if begins.year == 2025 else date(2026, 8, 31),
            days=days if begins.year == 2025 else [(MORNING,)] * 5 + [()] * 2,
            decreed=(MORNING, AFTERNOON),
        )


def test_the_year_is_that_of_the_own_agency_with_its_hours_half_days_and_closures(client: Client) -> None:
    mine = Agency.objects.get(code="W1")
    set_saturdays(mine)
    actions.close_agency(
        by=SYSTEM,
        agency_id=mine.pk,
        first_on=date(2026, 9, 7),
        last_on=date(2026, 9, 8),
        from_minute=13 * 60,
        reason="bão số 9",
        document="3/CĐ",
    )
    shown = page(client, year="2026")[1]
    assert f"Giờ làm việc của {mine.name}: từ Thứ 2 đến Thứ 6 07:30–11:30, 13:00–17:00; Thứ 7 07:30–11:30" in shown
    assert "từ ngày 01/06/2026: từ Thứ 2 đến Thứ 6 07:30–11:30" in shown
    until = page(client, year="2025")[1]
    assert "Giờ làm việc của các cơ quan hành chính thành phố: " in until, "its own had not begun on 1 January"
    assert f"của {mine.name}: từ Thứ 2 đến Thứ 6 07:30–11:30, 13:00–17:00; Thứ 7 07:30–11:30" in until
    assert '<td class="is-half" title="07:30–11:30">' in shown, "a Saturday morning"
    assert '<td class="is-half" title="tạm đóng cửa: bão số 9; 07:30–11:30">7' in shown
    assert '<td class="is-off" title="tạm đóng cửa: bão số 9">8' in shown
    assert "3/CĐ" in shown
    assert "làm việc 07:30–11:30" in shown


def test_another_agency_may_be_chosen_and_stays_chosen_from_year_to_year(client: Client) -> None:
    set_saturdays(make_agency("W2"))
    shown = page(client, year="2026", agency="W2")[1]
    assert '<option value="W2" selected>' in shown
    assert 'href="?year=2027&amp;agency=W2"' in shown
    assert 'class="is-half"' in shown
    asked = {"received": "2026-02-12T16:00", "amount": "2", "method": "DAYS", "cut_off": "", "agency": "W2"}
    assert "11:30 · 14/02/2026" in page(client, **asked)[1]


@pytest.mark.parametrize("agency", ["", "x", "W1\0", "W" * 5000, "W3"])
def test_an_agency_that_is_none_is_the_usual_offices(client: Client, agency: str) -> None:
    set_saturdays(Agency.objects.get(code="W1"))
    make_agency("W3").__class__.objects.filter(code="W3").update(closed_on=date(2026, 1, 1))
    if agency == "W1\0":
        assert page(client, year="2026", agency=agency)[0] == 200
        return
    assert "các cơ quan hành chính thành phố" in page(client, year="2026", agency=agency)[1]
    assert 'class="is-half"' not in page(client, year="2026", agency=agency)[1]


def test_who_has_no_agency_sees_the_usual_offices() -> None:
    found = Client()
    sign_in(found, make_person("dan"))
    assert 'class="is-half"' not in page(found, year="2026")[1]


def test_the_year_of_an_agency_asks_the_calendar_once(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    page(client)
    with django_assert_max_num_queries(MOST_QUESTIONS) as asked:
        page(client, received="2026-01-05T09:00", amount="5", method="DAYS", year="2026")
    for table in ("calendar_officehours", "calendar_decree", "calendar_closure"):
        assert sum(f'FROM "{table}"' in one["sql"] for one in asked.captured_queries) == 1, table
