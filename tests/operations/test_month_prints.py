"""Months compared: each figure as the lists have it; what is not known of a month is said, and is never zero."""

import io
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from songcau.consoles.operations.prints import months_sheet
from songcau.consoles.operations.prints.months import MonthsCompared, months_compared
from songcau.consoles.operations.prints.parts import Part
from songcau.consoles.operations.prints.spans import month_of
from songcau.foundation.places.models import Unit
from songcau.foundation.places.rules import Level
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM, Actor, Grant
from songcau.systems.citizen_reports.tests.desk import Enter
from songcau.systems.citizen_reports.tests.town import Town
from songcau.systems.incidents.actions.alerts.escalating import escalate_alerts
from songcau.systems.incidents.actions.incidents import stepping
from songcau.systems.incidents.rules.levels import Level as Seriousness
from songcau.systems.incidents.tests.conftest import Rules
from songcau.systems.incidents.tests.test_incidents import opened, review
from tests.operations.conftest import NOW, OTHER, WARD
from tests.operations.printing import (
    alert,
    at,
    directive,
    finished,
    more_time,
    report,
    text_of_pdf,
)

pytestmark = pytest.mark.usefixtures("wednesday")
MONTHS = "/operations/prints/months/"
OCTOBER = month_of(date(2026, 10, 1))


def of(by: Actor, month: date = OCTOBER.first) -> MonthsCompared:
    return months_compared(by, month_of(month), clock.now())


def values(found: MonthsCompared, part: Part) -> dict[str, tuple[float | None, ...]]:
    return {one.code: one.values for one in found.measures[part]}


def in_ward(found: MonthsCompared, ward: str) -> dict[str, tuple[float | None, ...]]:
    row = next(row for row in found.wards if row.place == ward)
    return {code: one.values for code, one in row.measures.items()}


def some_reports(town: Town) -> None:
    """Received: October 3, September 1, October of the year before 1; resolved 3, 0, 1."""
    received = [
        (WARD, "2025-10-10 08:00", "2025-10-20 17:00", "2025-10-12 08:00"),
        (WARD, "2026-09-28 08:00", "2026-10-10 17:00", "2026-10-02 08:00"),
        (WARD, "2026-10-05 08:00", "2026-10-20 17:00", "2026-10-15 08:00"),
        (WARD, "2026-10-06 08:00", "2026-10-10 17:00", "2026-10-12 08:00"),
        (OTHER, "2026-10-31 23:59", "2026-11-20 17:00", ""),
    ]
    for ward, came, due, ended in received:
        report(town, ward, due, received_at=at(came), ended=ended)


def some_directives(town: Any) -> None:
    """Given: October 3, September 1; three fell due in October."""
    late_still = directive(town, "2026-09-20 08:00", "2026-10-10 17:00")
    in_time = directive(town, "2026-10-05 08:00", "2026-10-20 17:00")
    late = directive(town, "2026-10-06 08:00", "2026-10-15 17:00", lead=town.other)
    moved = directive(town, "2026-10-08 08:00", "2026-10-30 17:00", lead=town.office)
    more_time(town, moved, "2026-10-20 09:00", "15 17:00")
    finished(in_time, "2026-10-18 08:00")
    finished(late, "2026-10-17 08:00")
    assert late_still.done_at is None


def some_alerts(town: Any, rules: Rules) -> None:
    """Raised: October 3 of two kinds, September 1; nothing is known of the year before."""
    water, rain = rules.add(), rules.add(code="RAIN", name_vi="Mưa lớn", name_en="Heavy rain", level="CRITICAL")
    alert(town, water, "2026-09-10 08:00", taken="2026-09-10 08:05", closed="2026-10-01 08:00")
    alert(town, water, "2026-10-03 08:00", taken="2026-10-03 08:05", closed="2026-10-03 08:30")
    alert(town, rain, "2026-10-04 08:00", taken="2026-10-04 08:30", closed="2026-10-04 09:00")
    alert(town, water, "2026-10-05 08:00", ward=OTHER)
    with clock.frozen(at("2026-10-05 09:00")):
        escalate_alerts(by=SYSTEM)


def some_incidents(town: Any) -> None:
    """Opened: October 2 (one in two wards), September 1; closed in October 1."""
    with clock.frozen(at("2026-09-15 08:00")):
        first = opened(town, level=Seriousness.CRITICAL)
    with clock.frozen(at("2026-10-02 08:00")):
        stepping.resolve_incident(by=town.desk, incident_id=first.pk, text="Nước đã rút.")
        review(town, first.pk)
        stepping.close_incident(by=town.desk, incident_id=first.pk)
    with clock.frozen(at("2026-10-10 08:00")):
        opened(town)
    with clock.frozen(at("2026-10-11 08:00")):
        opened(town, ward_codes=(WARD, OTHER))


def test_reports_are_counted_as_they_came_and_as_they_were_resolved(town: Town) -> None:
    some_reports(town)
    found = of(town.desk)
    assert values(found, Part.REPORTS) == {
        "received": (3, 1, 1),
        "resolved": (3, 0, 1),
        "resolved_in_time": (2, 0, 1),
        "reports_percent": (pytest.approx(200 / 3), None, 100),
        "median_days": (6, None, 2),
    }
    assert found.known[Part.REPORTS] == (True, True, True)
    assert in_ward(found, WARD)["received"] == (2, 1, 1)
    assert in_ward(found, OTHER) == {
        "received": (1, 0, 0),
        "reports_percent": (None, None, None),
        "raised": (None, None, None),
        "opened": (None, None, None),
        "given": (None, None, None),
    }


def test_directives_are_counted_as_their_own_sheet_counts_them(town: Town) -> None:
    some_directives(town)
    found = of(town.desk)
    assert values(found, Part.DIRECTIVES) == {
        "given": (3, 1, None),
        "fell_due": (3, 0, None),
        "done_in_time": (1, 0, None),
        "done_late": (1, 0, None),
        "late_still": (1, 0, None),
        "directives_percent": (pytest.approx(100 / 3), None, None),
        "extended": (1, 0, None),
    }
    assert found.known[Part.DIRECTIVES] == (True, True, False)
    given = {row.place: row.measures["given"].values for row in found.wards}
    assert given == {WARD: (1, 1, None), OTHER: (1, 0, None), "": (1, 0, None)}


def test_alerts_are_counted_by_kind_and_nobody_is_blamed_before_the_time_is_over(town: Town, rules: Rules) -> None:
    some_alerts(town, rules)
    found = of(town.desk)
    assert values(found, Part.ALERTS) == {
        "raised": (3, 1, None),
        "acknowledged_in_time": (1, 1, None),
        "alerts_percent": (pytest.approx(100 / 3), 100, None),
        "escalated": (2, 1, None),
        "alerts_closed": (3, 0, None),
    }
    kinds = {kind.code: sums for kind, sums in found.kinds.items()}
    assert list(kinds) == ["WATER_LEVEL", "RAIN"]
    water, rain = kinds["WATER_LEVEL"], kinds["RAIN"]
    assert [(one.raised, one.in_time, one.not_in_time, one.escalated, one.closed) for one in water[:2]] == [
        (2, 1, 1, 1, 2),
        (1, 1, 0, 1, 0),
    ]
    assert (rain[0].raised, rain[0].not_in_time, rain[0].escalated, rain[0].closed) == (1, 1, 1, 1)
    assert in_ward(found, OTHER)["raised"] == (1, 0, None)
    # Raised a minute ago: neither in time nor late; and one whose condition went before anybody had to take it.
    with clock.frozen(NOW):
        alert(town, next(iter(rules.known)), "25 08:59")
    now = of(town.desk, NOW.date())
    assert values(now, Part.ALERTS)["raised"][0] == 1
    assert values(now, Part.ALERTS)["alerts_percent"][0] is None


def test_incidents_are_counted_by_level_and_in_each_of_their_wards(town: Town) -> None:
    some_incidents(town)
    found = of(town.desk)
    assert values(found, Part.INCIDENTS) == {"opened": (2, 1, None), "incidents_closed": (1, 0, None)}
    levels = {one.level: (one.opened.values, one.closed.values) for one in found.levels}
    assert levels["HIGH"] == ((2, 0, None), (0, 0, None))
    assert levels["CRITICAL"] == ((0, 1, None), (1, 0, None))
    assert in_ward(found, WARD)["opened"] == (2, 1, None)
    assert in_ward(found, OTHER)["opened"] == (1, 0, None)


def test_the_sheet_says_the_figures_and_the_changes_in_words(town: Town, rules: Rules, enter: Enter) -> None:
    some_reports(town)
    some_directives(town)
    some_alerts(town, rules)
    some_incidents(town)
    answer = enter(town.desk).get(MONTHS, {"month": "2026-10"})
    text = text_of_pdf(answer.content)
    rows = [
        "Phản ánh tiếp nhận 3 1 tăng 2 1 tăng 2",
        "Phản ánh giải quyết trong tháng 3 0 tăng 3 1 tăng 2",
        "đúng hạn, % số đã giải quyết 66,7 — — 100,0 giảm 33,3 điểm %",
        "từ tiếp nhận đến giải quyết, trung vị số ngày 6,0 — — 2,0 tăng 4,0",
        "Cảnh báo phát sinh 3 1 tăng 2 không có số liệu không có số liệu",
        "trong đó báo lên cấp trên 2 1 tăng 1 không có số liệu không có số liệu",
        "Sự việc đã mở 2 1 tăng 1 không có số liệu không có số liệu",
        "Nhiệm vụ đã giao 3 1 tăng 2 không có số liệu không có số liệu",
        "trong đó còn quá hạn 1 0 tăng 1 không có số liệu không có số liệu",
        "Nhiệm vụ được gia hạn 1 0 tăng 1 không có số liệu không có số liệu",
    ]
    for row in rows:
        assert row in text, row
    assert "tháng 10/2026" in text
    assert "tháng 10/2025" in text
    assert "Mưa lớn" in text
    assert "Cảnh báo: có số liệu từ ngày 10/09/2026; trước đó chưa có." in text
    assert "Tính đến 09:00 25/11/2026" in text
    assert "Tháng chưa kết thúc" not in text
    assert "so-sanh-thang-2026-10.pdf" in answer["Content-Disposition"]


def test_a_city_without_anything_says_so_and_writes_no_nought(town: Town, enter: Enter) -> None:
    text = text_of_pdf(enter(town.desk).get(MONTHS, {"month": "10/2026"}).content)
    assert text.count("chưa có số liệu.") == 4
    assert text.count("Chưa có số liệu của các tháng này.") == 4
    assert not any(hasattr(part, "rows") for part in months_sheet.months_sheet(of(town.desk))["body"])


def test_the_month_that_runs_says_up_to_when_it_goes(town: Town, enter: Enter) -> None:
    report(town, WARD, "28 17:00", received_at=at("24 08:00"))
    text = text_of_pdf(enter(town.desk).get(MONTHS, {"month": "2026-11"}).content)
    assert "Tháng chưa kết thúc: số liệu tính đến 09:00 25/11/2026, so với các tháng trọn vẹn." in text
    assert "Phản ánh tiếp nhận 1 không có số liệu không có số liệu không có số liệu không có số liệu" in text


def test_a_ward_that_was_not_there_yet_has_no_data(town: Town) -> None:
    some_reports(town)
    facts = {"level": Level.WARD, "kind": "WARD", "name": "Phường Mới", "short_name": "Mới"}
    Unit.objects.create(code="05999", valid_from=date(2026, 9, 15), **facts)
    found = of(town.desk)
    assert in_ward(found, "05999")["received"] == (0, 0, None)
    row = next(row for row in found.wards if row.place == "05999")
    assert row.measures["received"].known == (True, True, False)
    # On paper: known of the others; of parts of which nothing is known of any ward there is no column.
    printed = months_sheet.months_sheet(found)["body"]
    table = next(one for one in reversed(printed) if hasattr(one, "rows"))
    assert [one.name for one in table.columns] == [
        "Phường hoặc xã",
        "Phản ánh tiếp nhận",
        "so với tháng trước",
        "so với cùng kỳ năm trước",
        "Đúng hạn, %",
        "so với tháng trước",
    ]
    assert ("Phường Mới", "0", "không đổi", "không có số liệu", "—", "—") in table.rows
    assert ("Phường Trưng Vương", "2", "tăng 1", "tăng 1", "66,7", "—") in table.rows
    # What lies in a ward that is no more keeps its line.
    report(town, "05000", "2026-10-20 17:00", received_at=at("2026-10-09 08:00"))
    assert in_ward(of(town.desk), "05000")["received"] == (1, 0, 0)


def test_a_ward_leader_compares_the_own_ward(town: Town, rules: Rules, enter: Enter) -> None:
    some_reports(town)
    some_alerts(town, rules)
    found = of(town.head)
    assert [row.place for row in found.wards] == [WARD]
    assert values(found, Part.REPORTS)["received"] == (2, 1, 1)
    assert values(found, Part.ALERTS)["raised"] == (2, 1, None)
    text = text_of_pdf(enter(town.head).get(MONTHS, {"month": "2026-10"}).content)
    assert "Trong phạm vi bạn được xem, không phải toàn thành phố." in text
    assert "Túc Duyên" not in text


def test_a_part_that_somebody_may_not_see_is_left_out_and_named(town: Town, rules: Rules) -> None:
    some_reports(town)
    some_alerts(town, rules)
    view = Actor(town.desk.id, town.desk.label, (Grant(frozenset({"incidents.view"}), town.centre.path),))
    found = of(view)
    assert set(found.measures) == {Part.ALERTS, Part.INCIDENTS}
    body = months_sheet.months_sheet(found)["body"]
    words = " ".join(getattr(part, "text", "") for part in body)
    assert "Không thuộc phạm vi bạn được xem nên không có ở đây: Phản ánh hiện trường, Nhiệm vụ chỉ đạo." in words
    other = Actor(town.desk.id, town.desk.label, (Grant(frozenset({"directives.view"}), town.centre.path),))
    assert set(of(other).measures) == {Part.DIRECTIVES}


def test_of_many_kinds_the_most_frequent_are_printed(town: Town, rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    some_alerts(town, rules)
    monkeypatch.setattr(months_sheet, "MOST_KINDS", 1)
    body = months_sheet.months_sheet(of(town.desk))["body"]
    assert any(getattr(part, "text", "") == "Chỉ ghi 1 loại nhiều nhất." for part in body)


def test_the_table_has_every_figure_and_leaves_empty_what_is_not_known(town: Town, rules: Rules, enter: Enter) -> None:
    some_reports(town)
    some_alerts(town, rules)
    some_incidents(town)
    answer = enter(town.desk).get(MONTHS, {"month": "2026-10", "format": "xlsx"})
    rows = list(load_workbook(io.BytesIO(b"".join(answer))).active.values)  # type: ignore[arg-type, union-attr]
    told = {row[:3]: row[3:] for row in rows}
    assert told["Phản ánh hiện trường", "Tất cả", "Phản ánh tiếp nhận"] == (3, 1, 1)
    assert told["Cảnh báo", "Tất cả", "Cảnh báo phát sinh"] == (3, 1, None)
    assert told["Cảnh báo", "Mưa lớn", "trong đó báo lên cấp trên"] == (1, 0, None)
    assert told["Sự việc", "Cao", "Sự việc đã mở"] == (2, 0, None)
    assert told["Theo phường, xã", "Phường Túc Duyên", "Phản ánh tiếp nhận"] == (1, 0, 0)
    text = b"".join(enter(town.desk).get(MONTHS, {"month": "2026-10", "format": "csv"}))  # type: ignore[arg-type]
    assert text.decode("utf-8-sig").count("\n") == len(rows)


@pytest.mark.parametrize(
    ("month", "said"),
    [
        ("2026-12", "Kỳ này chưa bắt đầu"),
        ("9998-12", "Kỳ này chưa bắt đầu"),
        ("1950-01", "Quá xa về trước"),
        ("2026-13", "Tháng không hợp lệ"),
        ("0000-01", "Tháng không hợp lệ"),
        ("2026", "Tháng không hợp lệ"),
        ("23/11/2026", "Tháng không hợp lệ"),
        ("nonsense", "Tháng không hợp lệ"),
        ("9" * 4000, "month_month_error"),
        ("", "month_month_error"),
        ("\0", "month_month_error"),
    ],
)
def test_a_month_that_is_none_leads_back_with_why(town: Town, enter: Enter, month: str, said: str) -> None:
    answer = enter(town.desk).get(MONTHS, {"month": month})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert 'role="alert"' in page


def test_without_a_month_it_is_the_last_that_is_over(town: Town, enter: Enter) -> None:
    assert "so-sanh-thang-2026-10" in enter(town.desk).get(MONTHS)["Content-Disposition"]
    assert "so-sanh-thang-2026-11" in enter(town.desk).get(MONTHS, {"month": "11/2026"})["Content-Disposition"]
    assert Client().get(MONTHS).status_code == 302


def test_no_query_is_asked_for_a_line(town: Town, rules: Rules) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            months_sheet.months_sheet(of(town.desk))
        return len(queries)

    some_reports(town)
    some_directives(town)
    some_alerts(town, rules)
    some_incidents(town)
    few = asked()
    some_reports(town)
    some_directives(town)
    with clock.frozen(at("2026-10-12 08:00")):
        opened(town, ward_codes=(WARD, OTHER))
    alert(town, rules.add(code="X", name_vi="Khác"), "2026-10-20 08:00", ward=OTHER)
    assert asked() == few
    assert few <= 60
