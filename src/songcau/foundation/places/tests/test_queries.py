"""Asking: where a point lies, what a name means, what came before and after."""

import json
import random
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
import shapely
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from songcau.foundation.places import queries, revision
from songcau.foundation.places.actions import apply_boundaries, load_profile
from songcau.foundation.places.models import Boundary, Succession, Unit
from songcau.foundation.places.planning import plan_boundaries
from songcau.foundation.places.queries import (
    boundaries_geojson,
    history,
    locate,
    predecessors,
    search,
    successors,
    unit_by_code,
    units,
)
from songcau.foundation.places.rules import Level, Relation
from songcau.foundation.places.tests.conftest import IN_2024, IN_2026, collection, feature
from songcau.kernel.actor import SYSTEM
from songcau.kernel.ids import new_id
from songcau.kernel.text import folded

TODAY_OF = [("05431", 105.805142, 21.608245), ("05449", 105.840234, 21.58667)]
LEFT = [[105.79, 21.60], [105.815, 21.60], [105.815, 21.62], [105.79, 21.62], [105.79, 21.60]]
RIGHT = [[105.815, 21.60], [105.84, 21.60], [105.84, 21.62], [105.815, 21.62], [105.815, 21.60]]


def survey(*features: object) -> None:
    made = plan_boundaries(collection(*features), Level.WARD, IN_2024)
    apply_boundaries(by=SYSTEM, plan=made, source="survey")


def by_brute_force(longitude: float, latitude: float, on: date) -> str | None:
    point = shapely.Point(longitude, latitude)
    rows = boundaries_geojson(Level.WARD, on)["features"]
    for row in sorted(rows, key=lambda row: str(row["properties"]["code"])):
        if shapely.from_geojson(json.dumps(row["geometry"])).intersects(point):
            return str(row["properties"]["code"])
    return None


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(("code", "longitude", "latitude"), TODAY_OF)
def test_a_centre_lies_in_its_own_ward(code: str, longitude: float, latitude: float) -> None:
    found = locate(longitude, latitude, IN_2024)
    assert found is not None
    assert (found.code, found.level) == (code, Level.WARD)


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    "point",
    [
        (105.85, 21.03),  # Hà Nội
        (21.6, 105.8),
        (0.0, 0.0),
        (-1e300, 1e300),
        (float("nan"), 21.6),
        (105.8, float("inf")),
        (float("-inf"), float("nan")),
    ],
)
def test_a_point_outside_the_city_is_nowhere(point: tuple[float, float]) -> None:
    assert locate(*point, IN_2024) is None


@pytest.mark.usefixtures("two_levels")
def test_the_day_decides_which_generation_of_wards_answers() -> None:
    point = TODAY_OF[0][1:]
    last, first = locate(*point, date(2025, 6, 30)), locate(*point, date(2025, 7, 1))
    assert last is not None
    assert first is not None
    assert (last.code, last.valid_to) == ("05431", date(2025, 7, 1))
    assert (first.valid_from, first.valid_to) == (date(2025, 7, 1), None)
    assert locate(*point, date(2021, 12, 31)) is None
    assert locate(*point, IN_2024, Level.DISTRICT) is None


@pytest.mark.usefixtures("city")
def test_a_point_on_a_common_border_belongs_to_the_lower_code() -> None:
    survey(feature("05431", LEFT), feature("05434", RIGHT))
    for latitude in (21.60, 21.605, 21.61, 21.6123456789, 21.62):
        found = locate(105.815, latitude, IN_2024)
        assert found is not None
        assert found.code == "05431"
    east = locate(105.8150001, 21.61, IN_2024)
    assert east is not None
    assert east.code == "05434"


@pytest.mark.usefixtures("city")
def test_where_two_outlines_lie_on_each_other_the_lower_code_has_the_point() -> None:
    """Imports refuse it; a cell that the higher code fills must still ask the lower one."""
    Boundary.objects.exclude(unit__code__in=["05431", "05434"]).delete()
    survey(feature("05431", LEFT), feature("05434", RIGHT))
    narrow = [[105.828, 21.600], [105.829, 21.600], [105.829, 21.62], [105.828, 21.62], [105.828, 21.600]]
    row = Boundary.objects.in_force(IN_2024).get(unit__code="05431")
    row.geometry = {"type": "MultiPolygon", "coordinates": [[LEFT], [narrow]]}
    row.save()
    revision.locked_revision()
    revision.raise_revision()
    for longitude in (105.8279, 105.8285, 105.8291):
        found = locate(longitude, 21.6085, IN_2024)
        assert found is not None
        assert (
            found.code == ("05431" if longitude == 105.8285 else "05434") == by_brute_force(longitude, 21.6085, IN_2024)
        )


@pytest.mark.usefixtures("city")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(longitude=st.floats(105.69, 105.93), latitude=st.floats(21.49, 21.68))
def test_the_index_agrees_with_asking_every_ward(longitude: float, latitude: float) -> None:
    found = locate(longitude, latitude, IN_2024)
    assert (found and found.code) == by_brute_force(longitude, latitude, IN_2024)


@pytest.mark.usefixtures("city")
def test_the_index_agrees_on_every_corner_and_every_grid_line() -> None:
    rows = boundaries_geojson(Level.WARD, IN_2024)["features"]
    shapes = sorted((row["properties"]["code"], shapely.from_geojson(json.dumps(row["geometry"]))) for row in rows)
    corners = [tuple(corner) for corner in shapely.get_coordinates([shape for _, shape in shapes])]
    dice = random.Random(19)
    lines = [(n / queries.CELLS_PER_DEGREE, dice.uniform(21.5, 21.67)) for n in range(21_140, 21_184)]
    for longitude, latitude in [*dice.sample(corners, 300), *lines]:
        point = shapely.Point(longitude, latitude)
        expected = next((code for code, shape in shapes if shape.intersects(point)), None)
        found = locate(longitude, latitude, IN_2024)
        assert (found and found.code) == expected, (longitude, latitude)


@pytest.mark.usefixtures("city")
def test_an_index_is_made_once_for_all_days_between_two_changes(
    django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revision._watch, "unsure", False)
    locate(105.8, 21.6, IN_2024)
    monkeypatch.setattr(revision._watch, "unsure", False)
    monkeypatch.setattr(revision._watch, "looked_at", float("inf"))
    with django_assert_num_queries(0):
        for n in range(400):
            locate(105.8, 21.6, IN_2024 + timedelta(days=n))


@pytest.mark.usefixtures("city")
def test_only_the_last_few_indexes_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "INDEXES_KEPT", 1)
    for level in (Level.WARD, Level.PROVINCE, Level.WARD):
        locate(105.8, 21.6, IN_2024, level)
        assert len(queries._indexes) == 1


@pytest.mark.usefixtures("city")
def test_what_was_rolled_back_is_forgotten_at_once() -> None:
    before = locate(105.835, 21.61, IN_2024)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():  # noqa: PT012
        survey(feature("05431", LEFT), feature("05434", RIGHT))
        within = locate(105.79001, 21.60001, IN_2024)
        assert within is not None
        assert within.code == "05431"
        raise KeyboardInterrupt
    assert locate(105.835, 21.61, IN_2024) == before
    assert locate(105.79001, 21.60001, IN_2024) != within


@pytest.mark.django_db(transaction=True)
def test_every_thread_sees_a_change_at_once_and_another_process_within_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load_profile(by=SYSTEM, name="tn-2022")
    go, asked, answers = threading.Event(), threading.Event(), []

    def ask() -> None:
        answers.append(locate(105.79001, 21.60001, IN_2024))
        asked.set()
        go.wait(20)
        answers.append(locate(105.79001, 21.60001, IN_2024))
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    assert asked.wait(20)
    survey(feature("05431", LEFT), feature("05434", RIGHT))
    go.set()
    thread.join(20)
    assert answers[0] != answers[1]
    assert answers[1] is not None
    assert answers[1].code == "05431"
    # Another process: the number in the database changes, and nothing in this one does.
    locate(105.79001, 21.60001, IN_2024)
    known = revision.known_revision()
    revision.Revision.objects.update(number=known + 1)
    assert revision.known_revision() == known
    monkeypatch.setattr(revision._watch, "looked_at", revision._watch.looked_at - revision.SECONDS_BETWEEN_LOOKS)
    assert revision.known_revision() == known + 1


@pytest.mark.django_db(transaction=True)
def test_a_change_that_was_never_committed_leaves_the_revision_as_it_was() -> None:
    load_profile(by=SYSTEM, name="tn-2022")
    before = revision.known_revision()
    with pytest.raises(KeyboardInterrupt), transaction.atomic():  # noqa: PT012
        revision.raise_revision()
        assert revision.known_revision() != before
        raise KeyboardInterrupt
    assert revision.known_revision() == before


@pytest.mark.django_db(transaction=True)
def test_many_threads_that_need_a_new_index_make_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    load_profile(by=SYSTEM, name="tn-2022")
    made: list[int] = []
    plain = queries.Index.__init__

    def counted(self: queries.Index, level: Level, on: date) -> None:
        made.append(1)
        plain(self, level, on)

    monkeypatch.setattr(queries.Index, "__init__", counted)
    start, answers = threading.Barrier(6), []

    def ask() -> None:
        start.wait(20)
        answers.append(locate(*TODAY_OF[0][1:], IN_2024))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(made) == 1
    assert [answer.code for answer in answers if answer] == ["05431"] * 6


def named(text: str, on: date = IN_2026) -> list[tuple[str, str | None]]:
    return [(hit.unit.name, hit.through.name if hit.through else None) for hit in search(text, on)]


@pytest.mark.usefixtures("two_levels")
@pytest.mark.parametrize(
    "text", ["trung vuong", "Trưng Vương", "  TRƯNG   vương ", "phường Trưng Vương", "trưng vương"]
)
def test_an_old_name_finds_the_ward_of_today_and_says_through_which(text: str) -> None:
    assert named(text)[0] == ("Phường Phan Đình Phùng", "Phường Trưng Vương")


@pytest.mark.usefixtures("two_levels")
def test_a_name_in_force_is_not_said_to_be_an_old_one() -> None:
    assert named("phan dinh phung")[0] == ("Phường Phan Đình Phùng", None)
    assert named("trung vuong", IN_2024)[0] == ("Phường Trưng Vương", None)


@pytest.mark.usefixtures("two_levels")
def test_whole_names_come_before_beginnings_and_beginnings_before_the_rest() -> None:
    hits = search("phu", IN_2026, limit=100)
    places = [folded((hit.through or hit.unit).short_name) for hit in hits]
    fits = [0 if name == "phu" else 1 if name.startswith("phu") else 2 for name in places]
    assert fits == sorted(fits)
    assert {1, 2} <= set(fits)
    # A whole old name before a present one that only begins so.
    assert named("tân long")[0][1] in {None, "Phường Tân Long", "Xã Tân Long"}


@pytest.mark.usefixtures("two_levels")
def test_a_split_ward_is_found_in_both_parts() -> None:
    split = Succession.objects.filter(relation=Relation.SPLIT).select_related("predecessor")[0].predecessor
    found = {hit.unit.id for hit in search(split.name, IN_2026)}
    assert {link.successor_id for link in successors(split)} <= found


@pytest.mark.usefixtures("two_levels")
@pytest.mark.parametrize("text", ["", "   ", "%", "_", "x" * 5000, "'; DROP TABLE", "không có nơi này"])
def test_what_names_nothing_finds_nothing(text: str) -> None:
    assert search(text, IN_2026) == []


@pytest.mark.usefixtures("two_levels")
def test_a_search_asks_the_database_three_times_at_most(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(3):
        assert len(search("a", IN_2026, limit=7)) == 7


@pytest.mark.usefixtures("two_levels")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_part_of_any_name_with_or_without_marks_finds_it(data: st.DataObject) -> None:
    every = list(units(Level.WARD, IN_2026))
    unit = data.draw(st.sampled_from(every))
    begin = data.draw(st.integers(0, len(unit.name) - 1))
    part = unit.name[begin : data.draw(st.integers(begin + 1, len(unit.name)))].strip()
    if not part:
        return
    written = data.draw(st.sampled_from([part, part.upper(), folded(part)]))
    assert unit in [hit.unit for hit in search(written, IN_2026, limit=1000)]


@pytest.mark.usefixtures("two_levels")
def test_a_unit_tells_what_came_before_and_after(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    new = unit_by_code("05431", Level.WARD, IN_2026) or unit_by_code("05482", Level.WARD, IN_2026)
    assert new is not None
    with django_assert_num_queries(1):
        told = history(new)
    assert "Phường Quán Triều" in {unit.name for _, unit in told.before}
    assert told.after == ()
    assert {unit.id for _, unit in told.before} == {link.predecessor_id for link in predecessors(new)}
    old = unit_by_code("05431", Level.WARD, IN_2024)
    assert old is not None
    assert [(n, unit) for n, unit in history(old).after] == [(1, new)]


@pytest.fixture
def thrice(two_levels: None) -> Unit:
    """One ward that was continued twice, the second time under another name."""
    middle = units(Level.WARD, IN_2026).get(code="05482")
    last = Unit.objects.get(id=middle.id)
    middle.valid_to = date(2028, 1, 1)
    middle.save()
    last.pk, last.name, last.short_name, last.valid_from = new_id(), "Phường Mai Sau", "Mai Sau", date(2028, 1, 1)
    last._state.adding = True
    last.save()
    Succession.objects.create(predecessor=middle, successor=last, relation=Relation.FULL)
    return last


def test_a_chain_is_followed_through_however_many_changes(thrice: Unit) -> None:
    assert [n for n, unit in history(thrice).before if unit.name == "Phường Quán Triều"] == [2]
    assert ("Phường Mai Sau", "Phường Quán Triều") in named("Quán Triều", date(2029, 1, 1))


def test_a_succession_in_a_circle_ends(thrice: Unit) -> None:
    first = thrice.continues.get().predecessor
    Succession.objects.create(predecessor=thrice, successor=first, relation=Relation.FULL)
    assert thrice.id not in {unit.id for _, unit in history(thrice).before}
    assert search("mai sau", date(2029, 1, 1))[0].unit == thrice


@pytest.mark.usefixtures("two_levels")
def test_the_map_takes_one_query_and_says_what_is_approximate(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        drawn = boundaries_geojson(Level.WARD, IN_2026)
    assert drawn["type"] == "FeatureCollection"
    assert len(drawn["features"]) == 92
    one = drawn["features"][0]["properties"]
    assert one["approximate"] is True
    assert {"code", "name", "kind", "source", "area_km2", "recorded_at"} <= one.keys()
    json.dumps(drawn)
    assert boundaries_geojson(Level.DISTRICT, IN_2026)["features"] == []


@pytest.mark.usefixtures("city")
def test_the_map_that_was_drawn_can_be_brought_in_again(real_data: Path) -> None:
    content = (real_data / "geo" / "wards_164.geojson").read_bytes()
    apply_boundaries(by=SYSTEM, plan=plan_boundaries(content, Level.WARD, IN_2024), source="w")
    exported = json.dumps(boundaries_geojson(Level.WARD, IN_2024)).encode()
    made = plan_boundaries(exported, Level.WARD, IN_2024)
    assert not made.problems
    assert not made.applicable


@pytest.mark.usefixtures("city")
def test_a_code_is_known_by_level_and_day() -> None:
    assert unit_by_code("05431", Level.WARD, date(2021, 1, 1)) is None
    assert unit_by_code("05431", Level.DISTRICT, IN_2024) is None
    assert str(unit_by_code("05431", Level.WARD, IN_2024)) == "Phường Quán Triều"


@pytest.mark.usefixtures("city")
def test_a_surveyed_outline_has_its_points_before_an_approximate_neighbour_of_lower_code() -> None:
    code, longitude, latitude = TODAY_OF[0]
    assert (before := locate(longitude, latitude, IN_2024)) is not None
    assert before.code == code
    wide = [[105.79, 21.595], [105.84, 21.595], [105.84, 21.62], [105.79, 21.62], [105.79, 21.595]]
    survey(feature("05434", wide))
    assert (after := locate(longitude, latitude, IN_2024)) is not None
    assert after.code == "05434"
