"""The late list of a week says what was late in it, ward by ward: no more, no less, and nothing of who reported."""

import csv
import io
import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from songcau.consoles.operations.prints import late_sheet
from songcau.consoles.operations.prints.late import Kind, LateWeek, late_week
from songcau.consoles.operations.prints.spans import week_of
from songcau.kernel import clock
from songcau.kernel.actor import Actor, Grant
from songcau.systems.citizen_reports.rules import State
from songcau.systems.citizen_reports.tests.desk import SENDER, Enter
from songcau.systems.citizen_reports.tests.town import Town
from songcau.systems.directives import actions as directives
from songcau.systems.directives.tests.town import WHY
from songcau.systems.incidents.actions.incidents import stepping, working
from songcau.systems.incidents.actions.incidents.opening import open_incident
from songcau.systems.incidents.models import ChecklistItem, Incident
from songcau.systems.incidents.tests.conftest import Rules
from songcau.systems.incidents.tests.test_incidents import playbook, said
from songcau.systems.incidents.tests.town import QUIET
from tests.operations.conftest import NOW, OTHER, WARD
from tests.operations.printing import (
    alert,
    at,
    directive,
    finished,
    more_time,
    pages_of_pdf,
    report,
    text_of_pdf,
)

pytestmark = pytest.mark.usefixtures("wednesday")
WEEK = week_of(date(2026, 11, 18))
LATE, PRINTS = "/operations/prints/late/", "/operations/prints/"


def of(by: Actor) -> LateWeek:
    return late_week(by, WEEK, clock.now())


def codes(found: LateWeek, kind: Kind) -> set[str]:
    return {line.code for line in found.lines if line.kind is kind}


def by_place(found: LateWeek) -> dict[str, int]:
    return {section.place: len(section.lines) for section in found.sections}


def pdf(client: Client, **query: str) -> bytes:
    answer = client.get(LATE, query or {"day": "2026-11-18"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return bytes(answer.content)


@pytest.mark.parametrize(
    ("due", "more", "is_late"),
    [
        ("17 17:00", {}, True),
        ("10 17:00", {}, True),
        ("22 23:59", {}, True),
        ("18 17:00", {"ended": "19 10:00"}, True),
        ("12 17:00", {"ended": "16 10:00"}, True),
        # Resolved in time, resolved before the week, late only after it, not late at all.
        ("18 17:00", {"ended": "18 16:00"}, False),
        ("10 17:00", {"ended": "15 23:00"}, False),
        ("23 00:00", {}, False),
        ("30 17:00", {}, False),
        ("18 17:00", {"state": State.REFUSED, "closed_at": at("20 10:00")}, True),
        ("18 17:00", {"state": State.REFUSED, "closed_at": at("18 10:00")}, False),
        ("10 17:00", {"state": State.WITHDRAWN, "closed_at": at("15 10:00")}, False),
        # With nobody yet: the centre's own term counts.
        ("18 17:00", {"due_at": None, "agency": None, "state": State.NEW, "verify_due_at": at("20 08:00")}, True),
        # Resolved once, opened again with a new date.
        ("18 17:00", {"state": State.REOPENED, "resolved_at": at("10 08:00"), "reopened_at": at("11 08:00")}, True),
    ],
)
def test_a_report_is_late_in_the_week_in_which_it_was_past_its_date(
    town: Town, due: str, more: dict[str, Any], is_late: bool
) -> None:
    made = report(town, WARD, due, **more)
    found = of(town.desk)
    assert len(found.lines) == is_late
    if is_late:
        ended = made.closed_at if made.state in (State.REFUSED, State.WITHDRAWN) else made.resolved_at
        assert found.lines[0].due_at == made.asked_at
        assert found.lines[0].ended_at == (None if made.is_open else ended)
        assert by_place(found) == {WARD: 1}


def test_a_directive_is_late_by_the_date_that_held_and_its_first_date_stays_in_sight(town: Town) -> None:
    late = directive(town, "02 08:00", "17 17:00", title="Nạo vét mương Mỏ Bạch")
    more_time(town, late, "19 09:00", "2026-12-10 17:00")
    in_time = directive(town, "02 08:00", "20 17:00")
    more_time(town, in_time, "19 09:00", "2026-12-10 17:00")
    of_office = directive(town, "02 08:00", "18 17:00", lead=town.office)
    finished(of_office, "20 10:00")
    before = directive(town, "02 08:00", "10 17:00")
    finished(before, "13 10:00")
    ended = directive(town, "02 08:00", "10 17:00")
    with clock.frozen(at("17 10:00")):
        directives.withdraw_directive(by=town.mayor, directive_id=ended.pk, reason=WHY)
    still = directive(town, "02 08:00", "12 17:00")
    more_time(town, still, "13 09:00", "20 17:00")
    found = of(town.desk)
    assert codes(found, Kind.DIRECTIVE) == {late.code, of_office.code, ended.code, still.code}
    assert by_place(found) == {WARD: 3, town.office.path: 1}
    lines = {line.code: line for line in found.lines}
    said = lines[late.code]
    assert (said.first_due_at, said.due_at, said.ended_at) == (at("17 17:00"), at("17 17:00"), at("19 09:00"))
    assert said.state == "được gia hạn đến 17:00 10/12/2026; hiện nay: chưa bắt đầu"
    assert lines[of_office.code].state == "đã xong 10:00 20/11/2026"
    assert lines[ended.code].state == "đã thu hồi 10:00 17/11/2026"
    # Late twice: by the second date now, with the first one beside it.
    again = lines[still.code]
    assert (again.first_due_at, again.due_at, again.ended_at) == (at("12 17:00"), at("20 17:00"), None)
    assert again.state == "còn quá hạn: chưa bắt đầu"


def test_an_alert_is_late_when_nobody_took_or_closed_it_in_time(town: Town, rules: Rules) -> None:
    high = rules.add()
    quiet = rules.add(level="MEDIUM", name_vi="Mưa lớn", **QUIET)
    taken_late = alert(town, high, "18 08:00", taken="18 08:45", closed="18 08:50")
    closed_late = alert(town, high, "19 08:00", taken="19 08:05", closed="19 10:00")
    alert(town, high, "19 09:00", taken="19 09:09", closed="19 09:30")
    nobody = alert(town, high, "20 08:00", ward=OTHER)
    # Raised in quiet hours: nobody is called before six.
    alert(town, quiet, "20 23:00", taken="21 05:59", closed="21 06:00")
    slept = alert(town, quiet, "21 23:00", taken="22 06:30", closed="22 06:40")
    # Before the week, and after it.
    alert(town, high, "12 08:00", taken="12 09:00", closed="12 10:00")
    alert(town, high, "24 08:00")
    found = of(town.desk)
    lines = {line.what.partition(" · ")[2]: line for line in found.lines}
    assert set(lines) == {one.subject_name for one in (taken_late, closed_late, nobody, slept)} | {"Trạm 20 23:00"}
    assert by_place(found) == {WARD: 4, OTHER: 1}
    line = lines[taken_late.subject_name]
    assert (line.due_at, line.ended_at) == (at("18 08:10"), at("18 08:45"))
    assert line.state == "tiếp nhận không kịp thời; đã báo lên tỉnh; hiện nay: đã đóng"
    line = lines[closed_late.subject_name]
    assert (line.due_at, line.ended_at) == (at("19 09:00"), at("19 10:00"))
    assert line.state.startswith("đóng không kịp hạn; ")
    line = lines[nobody.subject_name]
    assert (line.due_at, line.ended_at) == (at("20 08:10"), None)
    assert line.state.startswith("tiếp nhận không kịp thời, đóng không kịp hạn; ")
    assert line.state.endswith("hiện nay: chưa ai tiếp nhận")
    assert lines[slept.subject_name].due_at == at("22 00:00")
    assert "đóng không kịp hạn" in lines["Trạm 20 23:00"].state
    assert "tiếp nhận không kịp" not in lines["Trạm 20 23:00"].state


def in_two_wards(town: Any) -> Incident:
    """Opened at eight on the 19th with items of 5 and 60 minutes: the first done late, the second never."""
    with clock.frozen(at("19 08:00")):
        made = playbook(town)
        incident = open_incident(by=town.desk, said=said(town, ward_codes=(WARD, OTHER)), playbook_id=made.pk)
    first = ChecklistItem.objects.get(incident=incident, role="Trực ban")
    with clock.frozen(at("19 08:20")):
        working.tick_item(by=town.desk, incident_id=incident.pk, item_id=first.pk)
    return incident


def test_a_step_in_two_wards_stands_in_both_and_counts_once(town: Town, rules: Rules) -> None:
    incident = in_two_wards(town)
    found = of(town.desk)
    assert [line.ended_at for line in found.lines] == [at("19 08:20"), None]
    assert by_place(found) == {WARD: 2, OTHER: 2}
    assert len(found.lines) == 2
    assert found.lines[1].state == "còn quá hạn: chưa thực hiện"
    assert found.lines[1].holder == "Phường · UBND phường Trưng Vương"
    with clock.frozen(at("19 11:00")):
        stepping.resolve_incident(by=town.desk, incident_id=incident.pk, text="Nước đã rút.", knowing=True)
    line = of(town.desk).lines[1]
    assert (line.ended_at, line.state) == (
        at("19 11:00"),
        "không thực hiện; sự việc kết thúc xử lý 11:00 19/11/2026",
    )
    # Of the week after it is late no more.
    assert late_week(town.desk, week_of(date(2026, 11, 25)), clock.now()).lines == ()


def several(town: Any, rules: Rules) -> None:
    """Reports 3 (2 late still), directives 2 (1), alerts 1 (1), steps 2 (1): together 8, late still 5."""
    report(town, WARD, "17 17:00")
    report(town, WARD, "18 17:00", ended="19 10:00")
    report(town, OTHER, "13 17:00")
    more_time(town, directive(town, "02 08:00", "17 17:00"), "19 09:00", "2026-12-10 17:00")
    directive(town, "02 08:00", "18 17:00", lead=town.office, title="Rà soát biển báo đường Bến Tượng")
    alert(town, rules.add(), "20 08:00", ward=OTHER)
    in_two_wards(town)


def test_the_sheet_says_the_totals_and_the_lines(town: Town, rules: Rules, enter: Enter) -> None:
    several(town, rules)
    text = text_of_pdf(pdf(enter(town.desk)))
    assert "16/11/2026 – 22/11/2026" in text
    assert "Trong tuần có 8 việc quá hạn; 5 việc còn quá hạn." in text
    # Reports, directives, alerts, steps, together, late still.
    rows = {
        "Tất cả": "3 2 1 2 8 5",
        "Phường Trưng Vương": "2 1 0 2 5 2",
        "Phường Túc Duyên": "1 0 1 2 4 3",
        "Phòng Quản lý đô thị": "0 1 0 0 1 1",
    }
    for name, figures in rows.items():
        assert f"{name} {figures}" in text, name
    assert "Phường Trưng Vương: 5 việc quá hạn" in text
    assert "Rà soát biển báo" in text
    assert "Tính đến 09:00 25/11/2026" in text
    assert re.search(r"1/\d", text), "no page number"
    assert "Nguồn: phản ánh hiện trường" in text
    assert "17:00 17/11/2026" in text


def test_how_long_is_said_in_the_working_time_of_who_has_it(town: Town, rules: Rules) -> None:
    # From Tuesday 17:00 to Wednesday, nine in the morning of the week after: Wednesday to Friday, Monday (the 24th is a
    # holiday) and an hour and a half. The alert's clock runs day and night.
    report(town, WARD, "17 17:00")
    alert(town, rules.add(), "20 08:00")
    found = of(town.desk)
    lateness = late_sheet.Lateness(found.lines, found.now)
    assert [lateness.words(line) for line in found.lines] == ["4 ngày 1 giờ làm việc", "5 ngày"]
    assert [round(lateness.of(line).total_seconds() / 3600, 2) for line in found.lines] == [33.5, 120.83]


def test_a_week_without_anything_late_says_so(town: Town, enter: Enter) -> None:
    report(town, WARD, "30 17:00", received_at=at("10 08:00"))
    text = text_of_pdf(pdf(enter(town.desk)))
    assert "Trong tuần không có việc nào quá hạn." in text
    assert "Không có việc quá hạn: Phường Trưng Vương, Phường Túc Duyên." in text
    assert "Trong phạm vi bạn được xem" not in text


def test_a_week_of_which_nothing_is_known_is_not_called_clean(town: Town, enter: Enter) -> None:
    report(town, WARD, "17 17:00")
    client = enter(town.desk)
    before = text_of_pdf(pdf(client, day="2026-10-18"))
    assert "Không có số liệu của tuần này" in before
    assert "không có việc nào quá hạn" not in before
    assert "Không có việc quá hạn" not in before
    assert "vì khi đó chưa ghi: Nhiệm vụ chỉ đạo, Cảnh báo, Bước xử lý sự việc." in text_of_pdf(pdf(client))


def test_a_ward_without_anything_late_is_named_in_one_line(town: Town, enter: Enter) -> None:
    report(town, WARD, "17 17:00")
    text = text_of_pdf(pdf(enter(town.desk)))
    assert "Không có việc quá hạn: Phường Túc Duyên." in text
    # The mayor does not see what the power company has: nothing more is said than they can know.
    report(town, OTHER, "17 17:00", agency=town.power)
    text = text_of_pdf(pdf(enter(town.mayor)))
    assert "Trong những gì bạn được xem, không có việc quá hạn ở: Phường Túc Duyên." in text


def test_nothing_of_who_reported_stands_on_the_sheet(town: Town, enter: Enter) -> None:
    report(town, WARD, "17 17:00", place_words="Trước nhà Hoàng Thị Độc Nhất", text="Tôi là Hoàng Thị Độc Nhất.")
    shown = report(town, WARD, "18 17:00", published_at=NOW, public_text="Ổ gà sâu trước cổng trường.")
    client = enter(town.desk)
    table = b"".join(client.get(LATE, {"day": "2026-11-18", "format": "csv"})).decode()  # type: ignore[arg-type]
    for text in (text_of_pdf(pdf(client)), table):
        assert "Ổ gà sâu trước cổng trường." in text
        assert str(shown.code[2:6]) in text
        for secret in (SENDER.name, SENDER.phone, SENDER.email, "Độc Nhất"):
            assert secret not in text


def test_a_ward_leader_prints_what_they_see_and_the_sheet_says_that_it_is_not_all(
    town: Town, rules: Rules, enter: Enter
) -> None:
    several(town, rules)
    found = of(town.head)
    # Of the other ward the steps of the incident that is in both; no report, alert or directive of it.
    assert by_place(found) == {WARD: 5, OTHER: 2}
    assert not found.is_whole
    text = text_of_pdf(pdf(enter(town.head)))
    assert "Trong phạm vi bạn được xem, không phải toàn thành phố." in text
    assert "Rà soát biển báo" not in text
    assert "Không có việc quá hạn" not in text
    leader = text_of_pdf(pdf(enter(town.mayor)))
    assert "Trong phạm vi bạn được xem" in leader
    # Of wards that they do not see nobody says that nothing was late there.
    ChecklistItem.objects.all().delete()
    assert "Túc Duyên" not in text_of_pdf(pdf(enter(town.head)))


def test_a_part_that_somebody_may_not_see_is_left_out_and_named(town: Town, rules: Rules) -> None:
    several(town, rules)
    without = Actor(town.desk.id, town.desk.label, (Grant(frozenset({"incidents.view"}), town.centre.path),))
    found = late_week(without, WEEK, clock.now())
    assert found.shown == (Kind.ALERT, Kind.STEP)
    assert {line.kind for line in found.lines} == {Kind.ALERT, Kind.STEP}
    body = " ".join(getattr(part, "text", "") for part in late_sheet.late_sheet(found)["body"])
    assert "Không thuộc phạm vi bạn được xem nên không có ở đây: Phản ánh, Nhiệm vụ chỉ đạo." in body


def test_the_table_has_every_line_once_with_hours_as_numbers(town: Town, rules: Rules, enter: Enter) -> None:
    several(town, rules)
    client = enter(town.desk)
    answer = client.get(LATE, {"day": "2026-11-18", "format": "xlsx"})
    rows = list(load_workbook(io.BytesIO(b"".join(answer))).active.values)  # type: ignore[arg-type, union-attr]
    assert len(rows) == 9
    steps = [row for row in rows if row[1] == "Bước xử lý sự việc"]
    assert {row[0] for row in steps} == {"Phường Trưng Vương; Phường Túc Duyên"} or {row[0] for row in steps} == {
        "Phường Túc Duyên; Phường Trưng Vương"
    }
    assert all(isinstance(row[7], int | float) for row in rows[1:])
    text = b"".join(client.get(LATE, {"day": "2026-11-18", "format": "csv"})).decode("utf-8-sig")  # type: ignore[arg-type]
    assert len(list(csv.reader(io.StringIO(text)))) == 9


def test_very_many_lines_are_cut_on_paper_and_counted_all_the_same(
    town: Town, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(late_sheet, "MOST_LINES", 2)
    for day in ("17", "18", "19"):
        report(town, WARD, f"{day} 17:00")
    text = text_of_pdf(pdf(enter(town.desk)))
    assert "Phường Trưng Vương 3 — — — 3 3" in text
    assert "Chỉ ghi 2 việc quá hạn lâu nhất; tệp XLSX, CSV có đủ 3 việc." in text
    assert "17:00 19/11/2026" not in text


def test_no_query_is_asked_for_a_line(town: Town, rules: Rules) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            found = of(town.desk)
            late_sheet.late_sheet(found)
        return len(queries)

    several(town, rules)
    few = asked()
    for _n in range(4):
        report(town, WARD, "17 17:00")
        directive(town, "02 08:00", "17 17:00")
    alert(town, rules.add(), "20 09:00")
    alert(town, rules.add(), "20 10:00", ward=OTHER)
    with clock.frozen(at("19 08:00")):
        open_incident(by=town.desk, said=said(town, ward_codes=(WARD,)), playbook_id=playbook(town, code="flood 2").pk)
    assert asked() == few
    assert few <= 30


def test_it_is_printed_in_english_too(town: Town, rules: Rules, enter: Enter) -> None:
    several(town, rules)
    client = enter(town.desk)
    client.cookies["django_language"] = "en"
    content = pdf(client)
    text = text_of_pdf(content)
    assert "8 matters were late in this week; 5 are late still." in text
    assert "All of them 3 2 1 2 8 5" in text
    assert pages_of_pdf(content) < 6
