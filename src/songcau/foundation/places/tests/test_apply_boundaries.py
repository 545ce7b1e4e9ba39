"""Putting outlines in force: what was shown, all or nothing, with the history kept."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from songcau.foundation.audit.models import Entry
from songcau.foundation.outbox.models import Event
from songcau.foundation.places.actions import (
    BoundariesChangedMeanwhile,
    NothingToApply,
    apply_boundaries,
    boundaries,
    load_profile,
)
from songcau.foundation.places.models import Boundary, Revision, Unit
from songcau.foundation.places.permissions import IMPORT_BOUNDARIES, VIEW_UNITS, MayNotImportBoundaries, may_view_units
from songcau.foundation.places.planning import ImportPlan, plan_boundaries
from songcau.foundation.places.queries import locate
from songcau.foundation.places.rules import Level
from songcau.foundation.places.tests.conftest import IN_2024, collection, feature, square
from songcau.kernel.actor import NOBODY, SYSTEM, Actor, Grant
from songcau.kernel.ids import new_id

CODE, CENTRE = "05431", (105.805142, 21.608245)
BEGIN = date(2022, 1, 1)
pytestmark = pytest.mark.usefixtures("city")


def plan(side: float, on: date = IN_2024) -> ImportPlan:
    return plan_boundaries(collection(feature(CODE, square(*CENTRE, side=side))), Level.WARD, on)


def bring(side: float, on: date = IN_2024) -> None:
    assert apply_boundaries(by=SYSTEM, plan=plan(side, on), source=f"{side}") == 1


def history() -> list[tuple[str, date, date | None]]:
    kept = Boundary.objects.filter(unit__code=CODE, superseded_at__isnull=True).order_by("valid_from")
    return [(row.source, row.valid_from, row.valid_to) for row in kept]


def test_a_first_survey_holds_since_the_record_began_and_nothing_is_deleted() -> None:
    before = Boundary.objects.count()
    bring(0.01)
    assert history() == [("0.01", BEGIN, None)]
    assert Boundary.objects.count() == before + 1
    assert Boundary.objects.get(unit__code=CODE, approximate=True).superseded_at is not None


def test_a_later_survey_ends_the_earlier_one_on_its_day() -> None:
    bring(0.01)
    bring(0.02)
    assert history() == [("0.01", BEGIN, IN_2024), ("0.02", IN_2024, None)]
    far_corner = (CENTRE[0] + 0.009, CENTRE[1] + 0.009)
    assert (inside := locate(*far_corner, IN_2024)) is not None
    assert inside.code == CODE
    (before,) = Boundary.objects.in_force(date(2024, 2, 29)).filter(unit__code=CODE)
    assert before.source == "0.01"


def test_a_correction_for_the_same_day_supersedes() -> None:
    bring(0.01)
    bring(0.02)
    bring(0.015)
    assert history() == [("0.01", BEGIN, IN_2024), ("0.015", IN_2024, None)]


def test_a_survey_brought_in_late_does_not_undo_a_later_one() -> None:
    bring(0.01)
    bring(0.02, date(2025, 1, 1))
    bring(0.015, IN_2024)
    assert history() == [
        ("0.01", BEGIN, IN_2024),
        ("0.015", IN_2024, date(2025, 1, 1)),
        ("0.02", date(2025, 1, 1), None),
    ]


def test_a_first_outline_of_a_unit_fills_its_whole_life() -> None:
    Boundary.objects.filter(unit__code=CODE).delete()
    bring(0.01)
    assert history() == [("0.01", BEGIN, None)]


def test_a_survey_of_a_closed_ward_ends_with_the_ward() -> None:
    bring(0.01)
    load_profile(by=SYSTEM, name="vn-2025")
    assert history() == [("0.01", BEGIN, date(2025, 7, 1))]
    bring(0.02)
    assert history() == [("0.01", BEGIN, IN_2024), ("0.02", IN_2024, date(2025, 7, 1))]


def test_the_import_is_audited_and_announced_once() -> None:
    made = plan(0.01)
    apply_boundaries(by=SYSTEM, plan=made, source="đo vẽ 2024")
    entry = Entry.objects.get(action="places.apply_boundaries")
    assert entry.subject == "places.level:WARD"
    assert made.digest in entry.details_json
    event = Event.objects.get(name__endswith="BoundariesApplied")
    assert "05431" in str(event.payload)


def test_who_may_not_changes_nothing() -> None:
    before = list(Boundary.objects.values_list("id", "valid_to"))
    looker = Actor(new_id(), "looker", (Grant(frozenset({VIEW_UNITS}), "/"),))
    assert may_view_units(looker)
    assert not may_view_units(NOBODY)
    for actor in (NOBODY, looker):
        with pytest.raises(MayNotImportBoundaries):
            apply_boundaries(by=actor, plan=plan(0.01), source="x")
        with pytest.raises(MayNotImportBoundaries):
            load_profile(by=actor, name="vn-2025")
    assert list(Boundary.objects.values_list("id", "valid_to")) == before


def test_the_right_to_import_is_enough() -> None:
    surveyor = Actor(new_id(), "surveyor", (Grant(frozenset({IMPORT_BOUNDARIES}), "/"),))
    assert apply_boundaries(by=surveyor, plan=plan(0.01), source="x") == 1
    assert Entry.objects.get(action="places.apply_boundaries").actor_id == surveyor.id


def test_a_faulty_plan_and_an_empty_one_are_refused() -> None:
    faulty = plan_boundaries(collection(feature("x", square(*CENTRE))), Level.WARD, IN_2024)
    with pytest.raises(NothingToApply) as refusal:
        apply_boundaries(by=SYSTEM, plan=faulty, source="x")
    assert refusal.value.params == {"problems": 1}
    bring(0.01)
    with pytest.raises(NothingToApply):
        apply_boundaries(by=SYSTEM, plan=plan(0.01), source="x")


def test_what_changed_after_the_plan_was_shown_refuses_it() -> None:
    shown = plan(0.01)
    bring(0.02)
    with pytest.raises(BoundariesChangedMeanwhile) as refusal:
        apply_boundaries(by=SYSTEM, plan=shown, source="x")
    assert refusal.value.conflict
    assert history() == [("0.02", BEGIN, None)]


def test_a_plan_is_applied_once() -> None:
    shown = plan(0.01)
    apply_boundaries(by=SYSTEM, plan=shown, source="x")
    with pytest.raises(BoundariesChangedMeanwhile):
        apply_boundaries(by=SYSTEM, plan=shown, source="x")


def test_a_failure_half_way_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    before = (list(Boundary.objects.order_by("id").values()), Revision.objects.get().number, Entry.objects.count())
    made = plan(0.01)
    monkeypatch.setattr(boundaries, "announce", broken)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        apply_boundaries(by=SYSTEM, plan=made, source="x")
    after = (list(Boundary.objects.order_by("id").values()), Revision.objects.get().number, Entry.objects.count())
    assert after == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"valid_to": BEGIN},
        {"valid_to": date(2021, 12, 31)},
    ],
)
def test_the_database_refuses_an_empty_period(wrong: dict[str, date]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Boundary.objects.filter(unit__code=CODE).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.filter(code=CODE).update(**wrong)


def test_the_database_refuses_two_units_in_force_with_one_code() -> None:
    twin = Unit.objects.get(code=CODE)
    twin.pk, twin.valid_from = new_id(), IN_2024
    twin._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
    twin.valid_to = date(2024, 4, 1)
    twin.save()


def test_the_database_refuses_two_outlines_in_force_of_one_unit() -> None:
    twin = Boundary.objects.get(unit__code=CODE)
    twin.pk = new_id()
    twin._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
