"""The sums that are kept say what a look at every report says, after every change; the index of words finds them."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from songcau.kernel import clock
from songcau.systems.citizen_reports.actions import keeping
from songcau.systems.citizen_reports.models import DayTally, PlaceTally, Report, tallies, word_index
from songcau.systems.citizen_reports.queries import heat, searching, statistics
from songcau.systems.citizen_reports.queries.for_public import Wanted, public_clusters
from songcau.systems.citizen_reports.queries.statistics import By
from songcau.systems.citizen_reports.rules import State
from songcau.systems.citizen_reports.tests.town import INSIDE, Town, send

pytestmark = pytest.mark.usefixtures("wards")
STATES = [*State]


def change(report: Report, chance: random.Random, town: Town) -> None:
    """Whatever may change on a report, by chance."""
    now = clock.now()
    report.state = chance.choice(STATES)
    report.agency = chance.choice((None, town.ward, town.office, town.power))
    report.category = chance.choice((town.pothole, town.lamp, town.noise))
    report.received_at = now - timedelta(days=chance.randrange(400), hours=chance.randrange(24))
    report.due_at = chance.choice((None, report.received_at + timedelta(days=chance.randrange(1, 40))))
    report.resolved_at = chance.choice((None, report.received_at + timedelta(days=chance.randrange(1, 40))))
    report.reopenings = chance.randrange(2)
    report.rating = chance.choice((None, 1, 2, 3, 4, 5))
    report.longitude, report.latitude = chance.choice(((None, None), (INSIDE[0] + chance.random() / 50, INSIDE[1])))
    report.public_longitude, report.public_latitude = report.longitude, report.latitude
    report.published_at = chance.choice((None, now))
    report.withheld = chance.random() < 0.2
    report.save()


def changed(town: Town, many: int = 40) -> list[Report]:
    chance = random.Random(164)
    reports = [send() for _report in range(many)]
    for _time in range(2):
        for report in reports:
            change(report, chance, town)
    return reports


def figures(lines: list[statistics.Line]) -> list[tuple[Any, ...]]:
    return sorted(
        (one.key, one.name, one.received, sorted(one.counts.items()), round(one.rating or 0, 9)) for one in lines
    )


def spans() -> list[tuple[Any, Any]]:
    today = clock.today()
    return [(None, None), (today - timedelta(days=200), today - timedelta(days=20)), (today, today)]


def require_agreement() -> None:
    now = clock.now()
    for span in spans():
        rows = statistics.received_between(Report.objects.all(), *span)
        assert figures([statistics.whole_total(span, now)]) == figures([statistics.total(rows, now)])
        for by in By:
            assert figures(statistics.whole_lines(span, by, now)) == figures(statistics.lines(rows, by, now)), by


def test_the_figures_are_those_of_the_reports_after_every_change(town: Town) -> None:
    changed(town)
    require_agreement()
    lines = DayTally.objects.count()
    tallies.compact(connection)
    assert DayTally.objects.count() < lines
    require_agreement()
    changed(town, 5)
    tallies.compact(connection)
    tallies.compact(connection)
    require_agreement()


def test_sums_counted_anew_are_the_same(town: Town) -> None:
    changed(town, 10)
    DayTally.objects.all().delete()
    PlaceTally.objects.update(many=7)
    tallies.recount(connection)
    require_agreement()
    assert sum(PlaceTally.objects.filter(kind="ALL").values_list("many", flat=True)) == (
        Report.objects.exclude(longitude=None).count()
    )


def test_the_job_makes_lines_fewer_and_the_command_makes_all_anew(town: Town) -> None:
    changed(town, 5)
    before = DayTally.objects.count()
    keeping.compact_sums()
    assert DayTally.objects.count() < before
    DayTally.objects.all().delete()
    keeping.keep_anew()
    require_agreement()
    send()
    require_agreement()


def test_what_was_undone_leaves_no_sum(town: Town) -> None:
    before = statistics.whole_total((None, None), clock.now()).received
    with transaction.atomic():
        send()
        transaction.set_rollback(True)
    assert statistics.whole_total((None, None), clock.now()).received == before


@pytest.mark.parametrize("zoom", [9, 12, 14])
def test_clusters_of_everything_are_those_of_the_reports(
    town: Town, zoom: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(town)
    now, box = clock.now(), heat.Box(105, 21, 107, 22)
    monkeypatch.setattr(heat, "FEW", -1)
    kept = heat.whole_clusters(Report.objects.all(), box, zoom, now)
    looked = heat.clusters(Report.objects.all(), box, zoom, now)
    assert sum(one.count for one in kept) == sum(one.count for one in looked) > 0
    assert sum(one.late for one in kept) == sum(one.late for one in looked)
    monkeypatch.setattr(heat, "FEW", 5_000)
    assert heat.whole_clusters(Report.objects.all(), box, zoom, now) == looked
    assert heat.whole_clusters(Report.objects.all(), box, 17, now) == heat.clusters(Report.objects.all(), box, 17, now)


def test_the_public_map_of_everything_shows_what_is_public(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from songcau.systems.citizen_reports.queries import for_public

    changed(town)
    box = (105.0, 21.0, 107.0, 22.0)
    few = public_clusters(Wanted(), box, 12)
    monkeypatch.setattr(for_public, "FEW", -1)
    many = public_clusters(Wanted(), box, 12)
    assert sum(one.count for one in many) == sum(one.count for one in few) > 0
    assert sum(one.open_count for one in many) == sum(one.open_count for one in few)


def found(text: str, column: str = searching.SEARCHED) -> set[str]:
    return set(searching.found(Report.objects.all(), text, column).values_list("code", flat=True))


@pytest.mark.parametrize("many", [0, word_index.MANY])
def test_words_are_found_without_marks_in_any_order_the_last_by_its_beginning(
    town: Town, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_index, "MANY", many)
    report = send(text="Ổ gà sâu (trước cổng trường), ngõ 12/4 đường Z115.", place_words="Cạnh chợ Đồng Quang")
    other = send(text="Đèn đường tắt đã ba ngày nay rồi.")
    for text in ("o ga", "Ổ GÀ", "truong cong", "z115", "12", "ngo 12/4", "dong quang", report.code, "truong tru"):
        assert found(text) == {report.code}, text
    shown = f"{report.code[:2]}-{report.code[2:6]}-{report.code[6:]}"
    assert report.code in found(shown)
    assert report.code in found(report.code[2:6])
    assert found("đường") == {report.code, other.code}
    assert found("duong tat") == {other.code}
    assert found("tru co") == found("khong co") == set()
    assert found("(-)") == set()
    assert found("' OR \" * : NEAR ( & | ! <->") in (set(), {report.code}, {other.code})
    assert found("   ") == {report.code, other.code}


def test_the_index_follows_every_change(town: Town) -> None:
    report = send(text="Ổ gà sâu trước cổng trường tiểu học.")
    assert found("truong", searching.SEARCHED_BY_THE_PUBLIC) == set()
    report.text, report.published_at = "Cống tắc ở đầu ngõ, nước tràn ra đường.", clock.now()
    report.save()
    assert (found("truong"), found("cong tac")) == (set(), {report.code})
    assert found("cong tac", searching.SEARCHED_BY_THE_PUBLIC) == {report.code}
    report.withheld = True
    report.save()
    assert found("cong tac", searching.SEARCHED_BY_THE_PUBLIC) == set()
    word_index.rebuild(connection)
    assert found("cong tac") == {report.code}
    assert found("a" * 3000) == set()


def test_a_word_of_thousands_of_letters_is_taken(town: Town) -> None:
    report = send(text="a" * 3900)
    assert found("a" * 100) == {report.code}
