"""The desk's lists: colours in the database are those of the rules; figures and the lists behind them are one count."""

from datetime import timedelta

import pytest

from songcau.foundation.shell.lists import checked
from songcau.kernel import clock
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.pages import listing, moderation, spot_checks
from songcau.systems.citizen_reports.pages.code_words import colour_of
from songcau.systems.citizen_reports.queries import heat, statistics, worklist
from songcau.systems.citizen_reports.queries.heat import box_of
from songcau.systems.citizen_reports.queries.similar import similar_reports, suggested_categories
from songcau.systems.citizen_reports.queries.statistics import By
from songcau.systems.citizen_reports.rules import Colour, State
from songcau.systems.citizen_reports.tests.town import INSIDE, Town, send

pytestmark = pytest.mark.usefixtures("wards")
DAY = timedelta(days=1)


def made(town: Town, **values: object) -> Report:
    """A report as it stands after some time, without the steps that led there."""
    report = send()
    for name, value in values.items():
        setattr(report, name, value)
    report.save()
    return report


def spread(town: Town) -> list[Report]:
    """Reports of every colour, promised and not, reopened and not, at the very edges too."""
    now, found = clock.now(), []
    for hours in (-400, -300, -240, -100, -80, -41, -40, -39, -30, -1, 0, 1, 20, 80, 200):
        for term in (40, 80, 100):
            due = now + timedelta(hours=hours)
            began = due - timedelta(hours=term)
            found.append(
                made(
                    town,
                    state=State.IN_PROGRESS,
                    received_at=began,
                    due_at=due,
                    thrice_due_at=began + 3 * (due - began),
                )
            )
            found.append(made(town, received_at=began, verify_due_at=due))
            found.append(
                made(town, state=State.REOPENED, received_at=began - 9 * DAY, reopened_at=began, verify_due_at=due)
            )
    found.append(made(town, state=State.CLOSED, due_at=now - DAY))
    return found


def test_each_report_is_listed_under_the_colour_that_the_rules_give_it(town: Town) -> None:
    reports, now = spread(town), clock.now()
    by_rule = {report.pk: colour_of(report, now) for report in reports}
    by_query = {
        pk: colour
        for colour in Colour
        for pk in Report.objects.filter(worklist.colour_is(colour, now)).values_list("pk", flat=True)
    }
    assert by_query == by_rule
    assert set(by_rule.values()) == set(Colour)


def test_the_five_outcomes_take_every_report_exactly_once(town: Town) -> None:
    reports, now = spread(town), clock.now()
    made(town, state=State.RESOLVED, due_at=now, resolved_at=now + DAY)
    made(town, state=State.CLOSED, due_at=now, resolved_at=now - DAY)
    made(town, state=State.CLOSED, resolved_at=now - DAY)
    made(town, state=State.REFUSED)
    made(town, state=State.WITHDRAWN)
    keys = [
        pk
        for part in worklist.PARTS
        for pk in Report.objects.filter(worklist.OUTCOMES[part](now)).values_list("pk", flat=True)
    ]
    assert len(keys) == len(set(keys)) == len(reports) + 5 == Report.objects.count()


def test_every_column_sorts_and_a_line_needs_no_query_of_its_own(town: Town, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for _n in range(5):
        send()
    rows = worklist.reports_of(town.desk)
    for one in (listing.REPORTS, listing.LATE, listing.worklist_of(town.desk.id), moderation.QUEUE):
        checked(one, rows)
    checked(spot_checks.CHECKS, spot_checks._checks(town.mayor))
    with django_assert_max_num_queries(1 + 1):
        shown = [[column.value(row) for column in listing.REPORTS.columns] for row in rows]
    assert len(shown) == 5


def test_a_unit_sees_its_own_reports_only(town: Town) -> None:
    mine, _others = made(town, agency=town.ward), made(town, agency=town.other)
    made(town)
    assert [one.pk for one in worklist.reports_of(town.officer)] == [mine.pk]
    assert worklist.reports_of(town.desk).count() == 3
    # What nobody has yet is the centre's, and seen by who leads the city.
    assert worklist.reports_of(town.mayor).count() == 3


def test_statistics_count_by_unit_ward_category_and_time(town: Town) -> None:
    now = clock.now()
    made(town, agency=town.ward, state=State.CLOSED, due_at=now, resolved_at=now - DAY, rating=5)
    made(town, agency=town.ward, state=State.RESOLVED, due_at=now - 2 * DAY, resolved_at=now, rating=2)
    made(town, agency=town.office, state=State.IN_PROGRESS, due_at=now - DAY)
    made(town, received_at=now - 40 * DAY)
    rows = worklist.reports_of(town.desk)
    whole = statistics.total(rows, now)
    assert (whole.received, whole.done, whole.counts["OPEN_LATE"]) == (4, 2, 1)
    assert whole.in_time_percent == pytest.approx(100 / 3)
    assert whole.content_percent == 50
    assert whole.rating == 3.5
    by_unit = {line.name: line for line in statistics.lines(rows, By.UNIT, now)}
    assert by_unit[town.ward.name].counts["IN_TIME"] == by_unit[town.ward.name].counts["DONE_LATE"] == 1
    assert by_unit[""].received == 1
    for by in By:
        assert sum(line.received for line in statistics.lines(rows, by, now)) == 4
    months = statistics.lines(rows, By.MONTH, now)
    assert [line.key for line in months] == ["2026-10-01", "2026-11-01"]


def test_clusters_hold_every_report_once_and_come_apart_nearer(town: Town) -> None:
    for step in range(6):
        made(town, longitude=INSIDE[0] + step * 0.0005, latitude=INSIDE[1])
    made(town, longitude=None, latitude=None)
    rows, now = worklist.reports_of(town.desk), clock.now()
    far, near = heat.clusters(rows, None, 10, now), heat.clusters(rows, None, 18, now)
    assert [one.count for one in far] == [6]
    assert [one.count for one in near] == [1] * 6
    assert all(one.code.startswith("PA") for one in near)
    assert far[0].code == ""
    assert heat.clusters(rows, box_of("0,0,1,1"), 10, now) == []
    shape = heat.geojson(near)
    assert shape["type"] == "FeatureCollection"


@pytest.mark.parametrize("text", ["", "1,2,3", "a,b,c,d", "5,5,1,1", "nan,0,1,1", "inf,0,1,1"])
def test_what_is_no_box_on_earth_is_none(text: str) -> None:
    assert box_of(text) is None


def test_what_looks_like_it_is_named_with_distance_and_words(town: Town) -> None:
    first = send(text="Đèn đường trước số 12 không sáng", category="STREET_LAMP")
    second = send(
        text="Đèn đường không sáng ở gần số 12",
        category="STREET_LAMP",
        longitude=INSIDE[0] + 0.0001,
        latitude=INSIDE[1],
    )
    send(text="Ổ gà", longitude=INSIDE[0] + 0.05, latitude=INSIDE[1])
    found = similar_reports(second)
    assert [one.report.pk for one in found] == [first.pk]
    assert found[0].is_likely
    assert 5 < (found[0].likeness.metres or 0) < 20
    assert found[0].likeness.shared_words >= 2


def test_without_a_point_the_ward_and_the_category_decide(town: Town) -> None:
    first = send(longitude=None, latitude=None, ward_code="05443")
    second = send(longitude=None, latitude=None, ward_code="05443", text="Ổ gà sâu trước cổng trường.")
    nowhere = send(longitude=None, latitude=None)
    assert [one.report.pk for one in similar_reports(second)] == [first.pk]
    assert similar_reports(nowhere) == []


def test_words_without_marks_name_the_category(town: Town) -> None:
    assert [one.code for one in suggested_categories("co o ga rat sau")][:1] == ["POTHOLE"]
    assert rules.category_suggestions("", []) == []
