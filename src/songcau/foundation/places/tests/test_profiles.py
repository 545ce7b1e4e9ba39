"""Profiles are what the official lists say, and come in by any order and any number of times."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import shapely
from shapely import Point

from songcau.foundation.audit.models import Entry
from songcau.foundation.outbox.models import Event
from songcau.foundation.places.actions import apply_boundaries, load_profile
from songcau.foundation.places.geometry import from_geojson
from songcau.foundation.places.models import Boundary, Revision, Succession, Unit
from songcau.foundation.places.planning import plan_boundaries
from songcau.foundation.places.profiles import NAMES, TWO_LEVELS_BEGIN, read_profile
from songcau.foundation.places.queries import units
from songcau.foundation.places.rules import Level
from songcau.foundation.places.tests.conftest import IN_2024, IN_2026, collection, feature, square
from songcau.kernel.actor import SYSTEM

Lines = list[tuple[object, ...]]


def everything() -> tuple[Lines, Lines, Lines]:
    """All that is stored, without ids and clocks."""
    facts = (
        *("level", "code", "kind", "name", "short_name", "parent__code", "parent__valid_from", "valid_from"),
        *("valid_to", "longitude", "latitude", "area_km2", "population", "population_year"),
        *("agency_code", "agency_code_inferred", "search_key"),
    )
    links = ("predecessor__code", "predecessor__level", "successor__code", "successor__valid_from", "relation")
    outlines = ("unit__code", "valid_from", "valid_to", "approximate", "area_km2", "source", "superseded_at")
    return (
        sorted(Unit.objects.values_list(*facts), key=str),
        sorted(Succession.objects.values_list(*links), key=str),
        sorted(Boundary.objects.values_list(*outlines), key=str),
    )


def load(*names: str) -> list[tuple[int, int]]:
    return [load_profile(by=SYSTEM, name=name) for name in names]


@pytest.mark.django_db
def test_the_city_of_2022_has_its_province_and_32_wards_in_force() -> None:
    assert load("tn-2022") == [(34, 0)]
    wards = units(Level.WARD, date(2022, 1, 1))
    assert Counter(ward.kind for ward in wards) == {"WARD": 21, "COMMUNE": 11}
    assert {(ward.parent.code, ward.valid_to) for ward in wards if ward.parent} == {("164", None)}
    assert Unit.objects.get(code="164").parent == Unit.objects.get(code="19")
    assert not units(Level.WARD, date(2021, 12, 31)).exists()


@pytest.mark.django_db
def test_loading_again_changes_nothing_and_says_nothing() -> None:
    load("tn-2022", "vn-2025")
    before = (everything(), Revision.objects.get().number, Entry.objects.count(), Event.objects.count())
    assert load("tn-2022", "vn-2025", "tn-2022") == [(0, 0)] * 3
    assert (everything(), Revision.objects.get().number, Entry.objects.count(), Event.objects.count()) == before


@pytest.mark.django_db
def test_either_order_gives_the_same_city() -> None:
    load("tn-2022", "vn-2025")
    one = everything()
    Succession.objects.all().delete()
    Boundary.objects.all().delete()
    Unit.objects.update(parent=None)
    Unit.objects.all().delete()
    load("vn-2025", "tn-2022")
    for there, here in zip(one, everything(), strict=True):
        assert there == here


@pytest.mark.usefixtures("two_levels")
def test_the_wards_of_2022_end_on_the_day_the_two_levels_begin_and_are_not_doubled() -> None:
    quan_trieu = Unit.objects.get(code="05431", level=Level.WARD)
    assert (quan_trieu.name, quan_trieu.valid_to) == ("Phường Quán Triều", TWO_LEVELS_BEGIN)
    (successor,) = (link.successor for link in quan_trieu.continued_by.all())
    assert (successor.name, successor.valid_from) == ("Phường Quan Triều", TWO_LEVELS_BEGIN)
    assert units(Level.WARD, IN_2026).count() == 92
    assert units(Level.WARD, date(2025, 6, 30)).filter(parent__code="164").count() == 32
    assert not units(Level.DISTRICT, IN_2026).exists()
    assert {unit.parent.name for unit in units(Level.WARD, IN_2026) if unit.parent} == {"Tỉnh Thái Nguyên"}


@pytest.mark.usefixtures("two_levels")
def test_every_unit_of_before_2025_below_the_district_is_continued() -> None:
    ended = Unit.objects.filter(level=Level.WARD, valid_to=TWO_LEVELS_BEGIN)
    assert not ended.filter(continued_by__isnull=True).exists()
    assert not units(Level.WARD, IN_2026).filter(continues__isnull=True).exists()
    assert Succession.objects.filter(predecessor__level=Level.WARD).count() == 283


@pytest.mark.usefixtures("city")
def test_surveyed_outlines_live_on_when_the_next_profile_comes() -> None:
    made = plan_boundaries(collection(feature("05431", square(105.805142, 21.608245))), Level.WARD, IN_2024)
    apply_boundaries(by=SYSTEM, plan=made, source="survey")
    load("vn-2025")
    (survey,) = Boundary.objects.filter(approximate=False)
    assert (survey.valid_to, survey.superseded_at) == (TWO_LEVELS_BEGIN, None)
    assert Boundary.objects.in_force(IN_2024).get(unit__code="05431") == survey


@pytest.mark.usefixtures("city")
def test_an_outline_that_is_missing_is_drawn_again_and_told() -> None:
    Boundary.objects.filter(unit__code="05431").delete()
    assert load("tn-2022") == [(0, 0)]
    assert Boundary.objects.get(unit__code="05431").approximate
    assert Entry.objects.filter(action="places.load_profile").count() == 2


@pytest.mark.django_db
def test_loading_is_audited_and_announced() -> None:
    load("tn-2022")
    assert Entry.objects.get(action="places.load_profile").subject == "places.profile:tn-2022"
    assert Event.objects.get(name__endswith="UnitsLoaded").payload


@pytest.mark.django_db
def test_there_are_two_profiles_and_no_third() -> None:
    with pytest.raises(KeyError):
        load("tn-2030")
    assert not Unit.objects.exists()
    assert [read_profile(name).name for name in NAMES] == list(NAMES)


@pytest.mark.usefixtures("two_levels")
@pytest.mark.parametrize("on", [IN_2024, IN_2026])
def test_approximate_outlines_hold_their_centres_and_fill_one_whole_of_the_right_size(on: date) -> None:
    rows = list(Boundary.objects.in_force(on).select_related("unit"))
    assert len(rows) == (32 if on == IN_2024 else 92)
    shapes = [from_geojson(row.geometry) for row in rows]
    for row, shape in zip(rows, shapes, strict=True):
        assert row.approximate
        assert shape.contains(Point(row.unit.longitude, row.unit.latitude)), row.unit.name
        assert row.area_km2 == pytest.approx(row.unit.area_km2, rel=0.25), row.unit.name
    off = sorted(abs(row.area_km2 / row.unit.area_km2 - 1) for row in rows)
    assert off[len(off) // 2] < 0.03
    assert shapely.coverage_is_valid(shapes)
    whole = shapely.union_all(shapes)
    assert (whole.geom_type, len(whole.interiors)) == ("Polygon", 0)
    assert sum(row.area_km2 for row in rows) == pytest.approx(sum(row.unit.area_km2 for row in rows), rel=0.01)


def read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_the_wards_are_those_of_the_official_list(real_data: Path) -> None:
    ours = {line.code: line for line in read_profile("tn-2022").units if line.level == Level.WARD}
    lines = read(real_data / "admin" / "wards_thai_nguyen_city_2022.csv")
    assert ours.keys() == {line["code"] for line in lines}
    for line in lines:
        ward = ours[line["code"]]
        assert (ward.name, ward.area_km2) == (line["name"], float(line["area_km2"]))
        assert (ward.longitude, ward.latitude) == (float(line["label_lon"]), float(line["label_lat"]))
        counted = line["pop_2009_census"]
        assert (ward.population, ward.population_year) == ((int(counted), 2009) if counted else (None, None))


def test_the_units_of_2025_are_those_of_the_official_list(real_data: Path) -> None:
    profile = read_profile("vn-2025")
    ours = {line.code: line for line in profile.units if line.valid_to is None and line.level == Level.WARD}
    lines = read(real_data / "admin" / "units_2025_thai_nguyen.csv")
    assert ours.keys() == {line["code"] for line in lines}
    for line in lines:
        unit = ours[line["code"]]
        assert (unit.name, unit.agency_code) == (line["name"], line["agency_code"])
        assert unit.agency_code_inferred is (line["agency_code_status"] != "observed")
        assert unit.area_km2 == float(line["area_km2"])
    assert sum(unit.agency_code_inferred for unit in ours.values()) == 6


def test_the_successions_are_the_official_283(real_data: Path) -> None:
    ours = {
        (line.predecessor, line.successor, line.relation.value)
        for line in read_profile("vn-2025").successions
        if line.level == Level.WARD
    }
    lines = read(real_data / "admin" / "mapping_wards_2022_to_2025.csv")
    theirs = {(x["old_ward_code"], x["new_ward_code"], x["relation"].upper().replace("-", "_")) for x in lines}
    assert ours == theirs
    assert len(ours) == 283
