"""Lists: filtering, sorting, paging, exporting; an address that makes no sense is never an error."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.http import HttpResponseBase, QueryDict
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from songcau.foundation.accounts.models import Person
from songcau.foundation.shell.filters import Choice, DateRange, Search
from songcau.foundation.shell.lists import Column, Listing, State, checked, controls_of, render_list
from songcau.kernel.actor import NOBODY

pytestmark = pytest.mark.django_db
COLUMNS = (
    Column(
        "name", "Họ và tên", lambda person: person.full_name, sort="sort_key", link=lambda p: f"/people/{p.username}"
    ),
    Column("username", "Tên đăng nhập", lambda person: person.username, sort="username"),
    Column("seen", "Lần cuối", lambda person: person.last_seen, sort="last_seen"),
    Column("number", "Số", lambda _person: 1889852, numeric=True),
)
LISTING = Listing(
    title="Người dùng",
    columns=COLUMNS,
    filters=(
        Search(fields=("username",), folded_fields=("search_key",)),
        Choice("state", "Trạng thái", (("1", "Đang dùng"), ("0", "Đã khoá")), field="is_active"),
        DateRange("seen", "Lần cuối", field="last_seen"),
    ),
    default_sort="username",
    page_size=10,
    file_name="nguoi-dung",
)


@pytest.fixture(autouse=True)
def _vietnamese() -> Iterator[None]:
    with translation.override("vi"):
        yield


@pytest.fixture
def people() -> None:
    for number in range(25):
        Person(
            username=f"person.{number:02}",
            full_name="=HYPERLINK(1)" if number == 3 else f"Đường Tròn {number:02}",
            is_active=number != 7,
            last_seen=datetime(2026, 11, 1 + number, 17, 30, tzinfo=UTC),
        ).save()


def get(query: str = "", listing: Listing = LISTING, **headers: str) -> HttpResponseBase:
    request = RequestFactory().get("/people?" + query, headers=headers)
    request.actor = NOBODY  # type: ignore[attr-defined]
    return render_list(request, listing, Person.objects.order_by(), template="shell/parts/list.html")


def page(query: str = "", **headers: str) -> str:
    response = get(query, **headers)
    assert response.status_code == 200
    return response.content.decode()  # type: ignore[attr-defined]


def names(html: str) -> list[str]:
    return [part.split('"', 1)[0] for part in html.split('href="/people/')[1:]]


def content(response: HttpResponseBase) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


@pytest.mark.usefixtures("people")
class TestPage:
    def test_the_first_page_is_in_the_default_order_and_says_where_it_is(self) -> None:
        html = page()
        assert names(html) == [f"person.{number:02}" for number in range(10)]
        assert "<strong>25</strong> dòng" in html
        assert "Trang 1/3" in html
        assert "1.889.852" in html
        assert "00:30 02/11/2026" in html  # 17:30 UTC is the next day in the city

    def test_the_last_page_has_the_rest_and_no_next(self) -> None:
        html = page("page=3")
        assert len(names(html)) == 5
        assert 'rel="next"' not in html
        assert 'rel="prev"' in html

    def test_a_falling_sort_says_so_to_a_screen_reader(self) -> None:
        html = page("sort=-username")
        assert names(html)[0] == "person.24"
        assert 'aria-sort="descending"' in html
        assert html.count("aria-sort") == 1

    def test_words_without_marks_find_a_name_with_them(self) -> None:
        assert names(page("q=duong+tron+05")) == ["person.05"]

    def test_every_word_must_be_found(self) -> None:
        assert names(page("q=duong+nobody")) == []

    def test_a_choice_filters_and_stands_as_a_chip_that_takes_it_away(self) -> None:
        html = page("state=0&q=person&sort=-username")
        assert names(html) == ["person.07"]
        assert "Trạng thái: Đã khoá" in html
        assert 'href="?q=person&amp;sort=-username"' in html

    def test_a_range_of_days_counts_both_ends_in_the_citys_zone(self) -> None:
        # Seen at 17:30 UTC on the 1st and 2nd of November: the 2nd and the 3rd in the city.
        assert names(page("seen_from=2026-11-02&seen_to=03%2F11%2F2026")) == ["person.00", "person.01"]

    def test_a_range_turned_round_is_turned_back(self) -> None:
        assert names(page("seen_from=2026-11-03&seen_to=2026-11-02")) == ["person.00", "person.01"]

    @pytest.mark.parametrize(
        "query",
        [
            "page=0", "page=-1", "page=x", "page=99999999999999999999", "page=%C2%B2", "page=1e3",
            "sort=nothing", "sort=--username", "sort=number", "sort=password",
            "state=2", "state=%00", "q=%00", "q=" + "x%20" * 300 + "&page=2",
            "seen_from=2026-02-30", "seen_from=0001-01-01", "seen_to=9999-12-31", "seen_from=99999", "seen_to=x",
            "format=exe", "format=", "sort=&q=&state=&page=",
        ],
    )  # fmt: skip
    def test_parameters_that_make_no_sense_are_passed_over(self, query: str) -> None:
        assert "sc-list" in page(query)

    def test_a_page_past_the_end_is_the_last(self) -> None:
        assert "Trang 3/3" in page("page=99")

    def test_nothing_found_is_said_in_words_with_the_filters_still_there(self) -> None:
        html = page("q=khong-co-ai")
        assert "Không tìm thấy" in html
        assert 'value="khong-co-ai"' in html
        assert "<table" not in html

    def test_rows_cost_two_queries_however_many(self) -> None:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page("q=person&state=1&sort=-name")
        assert len(queries) == 2

    def test_htmx_gets_the_part_and_the_address_it_stands_for(self) -> None:
        response = get("q=&state=1&seen_from=x&page=1&sort=username", **{"HX-Request": "true"})
        assert response["HX-Push-Url"] == "/people?state=1"
        assert "HX-Request" in response["Vary"]

    def test_a_page_restored_from_history_is_whole(self) -> None:
        response = get("", **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
        assert "HX-Push-Url" not in response

    def test_markup_in_a_value_is_shown_not_obeyed(self) -> None:
        Person(username="mark", full_name="<b onclick=x>Bạo</b>").save()
        html = page("q=mark")
        assert "<b onclick" not in html
        assert "&lt;b onclick" in html
        assert '"><script>' not in page("q=%22%3E%3Cscript%3E")

    def test_every_sort_field_exists(self) -> None:
        checked(LISTING, Person.objects.all())


def test_an_empty_list_says_so_and_offers_no_file() -> None:
    html = page()
    assert "Chưa có dữ liệu" in html
    assert "format=csv" not in html


def test_rows_without_the_sorted_value_come_last_both_ways() -> None:
    Person(username="never", full_name="Chưa Từng").save()
    Person(username="once", full_name="Một Lần", last_seen=datetime(2026, 1, 1, tzinfo=UTC)).save()
    assert names(page("sort=seen")) == ["once", "never"]
    assert names(page("sort=-seen")) == ["once", "never"]


@pytest.mark.usefixtures("people")
class TestFiles:
    def rows(self, query: str = "") -> list[list[str]]:
        data = content(get("format=csv&" + query))
        assert data.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))

    def test_csv_holds_every_page_of_what_is_filtered_in_its_order(self) -> None:
        rows = self.rows("q=person&sort=-username&page=2")
        assert rows[0] == ["Họ và tên", "Tên đăng nhập", "Lần cuối", "Số"]
        assert len(rows) == 26
        assert rows[1] == ["Đường Tròn 24", "person.24", "2026-11-26 00:30:00", "1889852"]

    def test_a_formula_is_written_as_text(self) -> None:
        assert self.rows("q=person.03")[1][0] == "'=HYPERLINK(1)"

    def test_xlsx_has_real_dates_and_numbers_and_no_formula(self) -> None:
        response = get("format=xlsx&q=person.03")
        assert response["Content-Disposition"].startswith('attachment; filename="nguoi-dung-')
        sheet: Any = openpyxl.load_workbook(io.BytesIO(content(response))).active
        assert [cell.value for cell in sheet[1]] == ["Họ và tên", "Tên đăng nhập", "Lần cuối", "Số"]
        name, _username, seen, number = sheet[2]
        assert (name.value, name.data_type) == ("=HYPERLINK(1)", "s")
        assert seen.value == datetime(2026, 11, 5, 0, 30)  # noqa: DTZ001
        assert seen.is_date
        assert number.value == 1889852

    def test_the_most_rows_of_a_file_are_kept_and_said(self) -> None:
        small = Listing(title="x", columns=COLUMNS[:1], max_export_rows=4)
        data = content(get("format=csv", small)).decode("utf-8-sig")
        assert len(data.splitlines()) == 5
        assert "4 dòng đầu" in get("", small).content.decode()  # type: ignore[attr-defined]


def test_letters_that_xlsx_forbids_are_left_out_and_days_stay_days() -> None:
    Person(username="odd", full_name="Lạ").save()
    odd = Listing(
        title="a/b:c*" + "d" * 50,
        columns=(
            Column("a", "a", lambda _person: "a\x07b"),
            Column("b", "b", lambda _person: date(2026, 11, 23)),
            Column("c", "c", lambda _person: True),
            Column("d", "d", lambda _person: None),
            Column("e", "e", lambda _person: "x" * 40_000),
        ),
    )
    sheet: Any = openpyxl.load_workbook(io.BytesIO(content(get("format=xlsx", odd)))).active
    row = [cell.value for cell in sheet[2]]
    assert row[:4] == ["ab", datetime(2026, 11, 23), True, None]  # noqa: DTZ001
    assert len(row[4]) == 32_767
    assert sheet.title == "abc" + "d" * 28
    line = content(get("format=csv", odd)).decode("utf-8-sig").splitlines()[1]
    assert line.startswith("a\x07b,2026-11-23,1,,x")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_of_a_csv_begins_as_a_formula(start: str) -> None:
    from songcau.foundation.shell.exports import plain

    assert plain(start + "1") == "'" + start + "1"
    assert plain(-1) == "-1"


MANY = tuple(Choice(f"choice{n}", f"Lọc {n}", (("1", "Có"),), field="is_active") for n in range(6))


def test_the_later_ones_of_many_filters_fold_away_unless_they_are_in_force() -> None:
    many = replace(LISTING, filters=(LISTING.filters[0], *MANY))
    state = State(many, QueryDict("choice4=1"))
    folded = [one.name for one, control in controls_of(state) if control["is_rare"]]
    assert folded == ["choice3", "choice5"]
    few = State(replace(LISTING, filters=MANY[:4]), QueryDict())
    assert not any(control["is_rare"] for _one, control in controls_of(few))


@pytest.mark.usefixtures("people")
def test_what_can_be_chosen_is_looked_up_once_for_a_page() -> None:
    asked: list[str] = []

    def choices() -> list[tuple[str, str]]:
        asked.append("")
        return [("1", "Đang dùng")]

    found = get("state=1", replace(LISTING, filters=(Choice("state", "Trạng thái", choices, field="is_active"),)))
    assert "Đang dùng" in found.content.decode()  # type: ignore[attr-defined]
    assert len(asked) == 1


@pytest.mark.usefixtures("people")
def test_a_column_only_for_files_is_in_them_and_not_on_the_page() -> None:
    hidden = replace(LISTING, columns=(*COLUMNS[:3], replace(COLUMNS[3], only_in_files=True)))
    shown = get("q=person.05", hidden)
    assert "1.889.852" not in shown.content.decode()  # type: ignore[attr-defined]
    sheet = get("q=person.05&format=csv", hidden)
    assert "1889852" in b"".join(sheet.streaming_content).decode()  # type: ignore[attr-defined]
