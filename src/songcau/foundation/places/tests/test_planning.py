"""What an import would change is seen before, with every fault between neighbours."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from shapely import Point

from songcau.foundation.places.actions import apply_boundaries, load_profile
from songcau.foundation.places.geometry import from_geojson, to_geojson
from songcau.foundation.places.models import Boundary, Unit
from songcau.foundation.places.planning import Change, ImportPlan, plan_boundaries
from songcau.foundation.places.queries import units
from songcau.foundation.places.rules import Level
from songcau.foundation.places.tests.conftest import IN_2024, IN_2026, collection, feature, square
from songcau.kernel.actor import SYSTEM

QUAN_TRIEU, QUANG_VINH = "05431", "05434"
# Two squares that share a border, each around the centre of its ward.
LEFT = [[105.79, 21.60], [105.815, 21.60], [105.815, 21.62], [105.79, 21.62], [105.79, 21.60]]
RIGHT = [[105.815, 21.60], [105.84, 21.60], [105.84, 21.62], [105.815, 21.62], [105.815, 21.60]]


def plan(*features: object, level: Level = Level.WARD) -> ImportPlan:
    return plan_boundaries(collection(*features), level, IN_2024)


def found(made: ImportPlan) -> list[tuple[str, str]]:
    return [(problem.code, problem.unit) for problem in made.problems]


@pytest.mark.usefixtures("city")
def test_a_first_survey_replaces_what_is_approximate() -> None:
    made = plan(feature(QUAN_TRIEU, LEFT), feature(QUANG_VINH, RIGHT))
    assert not made.problems
    assert [d.change for d in made.differences] == [Change.SURVEYED, Change.SURVEYED]
    assert len(made.missing) == 30
    assert made.applicable
    for difference in made.differences:
        assert difference.area_before_km2 == pytest.approx(difference.unit.area_km2, rel=0.2)
        assert 0 < (difference.moved_percent or 0) < 100


@pytest.mark.usefixtures("city")
def test_what_is_new_what_changed_and_what_did_not() -> None:
    Boundary.objects.filter(unit__code=QUANG_VINH).delete()
    first = plan(feature(QUAN_TRIEU, LEFT), feature(QUANG_VINH, RIGHT))
    assert [d.change for d in first.differences] == [Change.SURVEYED, Change.NEW]
    assert (first.differences[1].area_before_km2, first.differences[1].moved_percent) == (None, None)
    apply_boundaries(by=SYSTEM, plan=first, source="one")
    same = plan(feature(QUAN_TRIEU, LEFT))
    assert [d.change for d in same.differences] == [Change.UNCHANGED]
    assert not same.applicable
    half = [[105.79, 21.60], [105.815, 21.60], [105.815, 21.61], [105.79, 21.61], [105.79, 21.60]]
    (difference,) = plan(feature(QUAN_TRIEU, half)).differences
    assert difference.change is Change.CHANGED
    assert difference.moved_percent == pytest.approx(50, abs=0.1)
    assert difference.area_before_km2 == pytest.approx(2 * difference.area_km2, rel=1e-3)


@pytest.mark.usefixtures("city")
def test_an_overlap_is_told_with_its_size_and_both_names() -> None:
    wider = [[105.81, 21.60], *RIGHT[1:3], [105.81, 21.62], [105.81, 21.60]]
    made = plan(feature(QUAN_TRIEU, LEFT), feature(QUANG_VINH, wider))
    (problem,) = made.problems
    assert (problem.code, problem.unit) == ("OVERLAP", QUAN_TRIEU)
    params = dict(problem.params)
    assert params["unit"] == "Phường Quán Triều (05431)"
    assert params["other"] == "Phường Quang Vinh (05434)"
    assert params["km2"] == pytest.approx(0.005 * 0.02 * 110.725 * 103.549, rel=1e-2)
    assert not made.applicable


@pytest.mark.usefixtures("city")
def test_an_overlap_with_a_ward_surveyed_before_and_left_out_of_the_file_is_told() -> None:
    apply_boundaries(by=SYSTEM, plan=plan(feature(QUAN_TRIEU, LEFT)), source="one")
    wider = [[105.81, 21.60], *RIGHT[1:3], [105.81, 21.62], [105.81, 21.60]]
    assert [code for code, _ in found(plan(feature(QUANG_VINH, wider)))] == ["OVERLAP"]


@pytest.mark.usefixtures("city")
def test_a_hairline_between_neighbours_is_no_fault() -> None:
    hair = [[105.81499, 21.60], *RIGHT[1:3], [105.81499, 21.62], [105.81499, 21.60]]
    assert not plan(feature(QUAN_TRIEU, LEFT), feature(QUANG_VINH, hair)).problems


@pytest.mark.usefixtures("city")
def test_land_that_belongs_to_no_unit_is_told_with_its_size_and_place() -> None:
    (problem,) = plan(feature(QUAN_TRIEU, LEFT, square(105.795, 21.615, side=0.004))).problems
    assert problem.code == "GAP"
    params = dict(problem.params)
    assert params["km2"] == pytest.approx(0.004**2 * 110.725 * 103.549, rel=1e-2)
    assert (params["longitude"], params["latitude"]) == (pytest.approx(105.795), pytest.approx(21.615))


@pytest.mark.usefixtures("city")
def test_an_enclave_fills_the_hole_around_it() -> None:
    enclave = square(105.8256, 21.609, side=0.004)
    around = [[105.79, 21.60], [105.84, 21.60], [105.84, 21.62], [105.79, 21.62], [105.79, 21.60]]
    assert not plan(feature(QUAN_TRIEU, around, enclave), feature(QUANG_VINH, enclave)).problems


@pytest.mark.usefixtures("city")
def test_exchanged_codes_of_neighbours_are_seen() -> None:
    made = plan(feature(QUANG_VINH, LEFT), feature(QUAN_TRIEU, RIGHT))
    assert found(made) == [("CENTRE_IN_ANOTHER", QUANG_VINH), ("CENTRE_IN_ANOTHER", QUAN_TRIEU)]


@pytest.mark.usefixtures("city")
def test_a_shape_away_from_the_centre_of_its_unit_is_told_how_far() -> None:
    (problem,) = plan(feature(QUAN_TRIEU, square(105.90, 21.608245))).problems
    assert problem.code == "FAR_FROM_CENTRE"
    assert dict(problem.params)["kilometres"] == pytest.approx(8.8, abs=0.1)


@pytest.mark.usefixtures("city")
def test_a_centre_a_few_steps_outside_is_the_drawing() -> None:
    # The centre, 105.805142, lies 120 m west of this shape.
    assert not plan(feature(QUAN_TRIEU, square(105.8163, 21.608245))).problems


@pytest.mark.usefixtures("city")
def test_a_unit_without_a_known_centre_is_not_judged_by_it() -> None:
    made = plan(feature("164", square(105.80, 21.58, side=0.2)), level=Level.DISTRICT)
    assert not made.problems
    assert [d.change for d in made.differences] == [Change.NEW]


@pytest.mark.usefixtures("city")
def test_faults_of_single_outlines_and_those_between_them_come_together() -> None:
    swapped = [[y, x] for x, y in LEFT]
    made = plan(feature(QUAN_TRIEU, swapped), feature("99999", LEFT), feature(QUANG_VINH, LEFT))
    assert {code for code, _ in found(made)} == {"AXES_SWAPPED", "CODE_UNKNOWN", "FAR_FROM_CENTRE"}
    assert dict(made.problems[0].params)["unit"] == "Phường Quán Triều (05431)"


@pytest.mark.usefixtures("city")
def test_a_file_without_one_sound_outline_misses_every_unit() -> None:
    made = plan(feature(QUAN_TRIEU, [[y, x] for x, y in LEFT]))
    assert (len(made.missing), made.differences, made.applicable) == (32, (), False)


@pytest.mark.django_db
def test_before_any_profile_every_code_is_unknown() -> None:
    assert found(plan(feature(QUAN_TRIEU, LEFT))) == [("CODE_UNKNOWN", QUAN_TRIEU)]


@pytest.mark.usefixtures("two_levels")
def test_only_siblings_of_what_the_file_holds_are_missing() -> None:
    made = plan(feature(QUAN_TRIEU, LEFT))
    assert {unit.parent.code for unit in made.missing if unit.parent} == {"164"}
    assert len(made.missing) == 31


@pytest.mark.usefixtures("two_levels")
def test_a_code_of_2022_is_judged_on_the_day_asked_for() -> None:
    # 05431 ended with the wards of 2022.
    late = plan_boundaries(collection(feature(QUAN_TRIEU, LEFT)), Level.WARD, IN_2026)
    assert found(late) == [("CODE_UNKNOWN", QUAN_TRIEU)]


@pytest.mark.usefixtures("city")
def test_a_plan_is_known_by_its_file_day_and_state() -> None:
    one = plan(feature(QUAN_TRIEU, LEFT))
    assert plan(feature(QUAN_TRIEU, LEFT)).digest == one.digest
    others = {
        plan(feature(QUAN_TRIEU, RIGHT)).digest,
        plan_boundaries(collection(feature(QUAN_TRIEU, LEFT)), Level.WARD, IN_2026).digest,
        plan_boundaries(collection(feature(QUAN_TRIEU, LEFT)), Level.DISTRICT, IN_2024).digest,
    }
    apply_boundaries(by=SYSTEM, plan=one, source="one")
    others.add(plan(feature(QUAN_TRIEU, LEFT)).digest)
    assert len(others | {one.digest}) == 5


@pytest.mark.usefixtures("city")
def test_the_real_wards_come_in_without_a_fault(real_data: Path) -> None:
    content = (real_data / "geo" / "wards_164.geojson").read_bytes()
    made = plan_boundaries(content, Level.WARD, IN_2024)
    assert (made.problems, made.missing, len(made.differences)) == ((), (), 32)
    assert sum(d.area_km2 for d in made.differences) == pytest.approx(221.6, abs=0.3)
    assert apply_boundaries(by=SYSTEM, plan=made, source="wards_164") == 32
    for unit in units(Level.WARD, IN_2024):
        shape = from_geojson(unit.boundaries.in_force(IN_2024).get().geometry)
        assert shape.contains(Point(unit.longitude, unit.latitude)), unit.name
        assert unit.area_km2 == pytest.approx(Boundary.objects.in_force(IN_2024).get(unit=unit).area_km2, rel=0.01)
    again = plan_boundaries(content, Level.WARD, IN_2024)
    assert Counter(d.change for d in again.differences) == {Change.UNCHANGED: 32}


def _spoilt(features: list[dict[str, Any]]) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    one, *others = features
    points = one["geometry"]["coordinates"][0]
    assert one["geometry"]["type"] == "Polygon"
    turned = {**one, "geometry": {"type": "Polygon", "coordinates": [[[y, x] for x, y in points]]}}
    yield "AXES_SWAPPED", [turned, *others]
    # The second point and the one half way round exchanged: the line crosses itself.
    half = len(points) // 2
    crossed = [points[0], points[half], *points[2:half], points[1], *points[half + 1 :]]
    yield "SELF_CROSSING", [{**one, "geometry": {"type": "Polygon", "coordinates": [crossed]}}, *others]
    grown = to_geojson(from_geojson(one["geometry"]).buffer(0.003))
    yield "OVERLAP", [{**one, "geometry": grown}, *others]
    inner = max(features, key=lambda f: -abs(f["geometry"]["coordinates"][0][0][0] - 105.83))
    yield "GAP", [f for f in features if f is not inner]
    yield "CODE_TWICE", [one, *features]


@pytest.mark.usefixtures("city")
def test_the_real_wards_spoilt_in_one_place_are_refused(real_data: Path) -> None:
    features = json.loads((real_data / "geo" / "wards_164.geojson").read_bytes())["features"]
    for code, spoilt in _spoilt(features):
        made = plan_boundaries(collection(*spoilt), Level.WARD, IN_2024)
        assert code in {problem.code for problem in made.problems}, code
        assert not made.applicable


@pytest.mark.usefixtures("two_levels")
def test_the_real_districts_come_in_at_their_own_level(real_data: Path) -> None:
    content = (real_data / "geo" / "districts_province19.geojson").read_bytes()
    made = plan_boundaries(content, Level.DISTRICT, IN_2024)
    assert (made.problems, len(made.differences)) == ((), 9)


@pytest.mark.usefixtures("city")
def test_real_communes_without_codes_are_each_told(real_data: Path) -> None:
    content = (real_data / "geo" / "neighbour_communes_2009.geojson").read_bytes()
    made = plan_boundaries(content, Level.WARD, IN_2024)
    assert Counter(problem.code for problem in made.problems) == {"CODE_MISSING": 122}


@pytest.mark.django_db
def test_loading_a_profile_makes_a_plan_stale() -> None:
    load_profile(by=SYSTEM, name="tn-2022")
    before = plan(feature(QUAN_TRIEU, LEFT))
    load_profile(by=SYSTEM, name="vn-2025")
    assert Unit.objects.count() > 34
    assert plan(feature(QUAN_TRIEU, LEFT)).revision != before.revision
