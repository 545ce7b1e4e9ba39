"""The shift: one runs, the next lead reads and signs, the roster names who stands; walls; bulletins."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.accounts.rules import ChangedMeanwhile
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.kernel.workflow import TransitionRefused
from songcau.systems.incidents import public
from songcau.systems.incidents.actions import bulletins, shifts, walls
from songcau.systems.incidents.actions.bulletins import Said
from songcau.systems.incidents.actions.incidents.opening import WardUnknown
from songcau.systems.incidents.models import Bulletin, Duty, Shift, Wall
from songcau.systems.incidents.queries import shifts as queries
from songcau.systems.incidents.queries.bulletins import in_force, published
from songcau.systems.incidents.queries.walls import saved_wall, saved_walls
from songcau.systems.incidents.rules import incidents as incident_rules
from songcau.systems.incidents.rules import shifts as rules
from songcau.systems.incidents.rules import walls as wall_rules
from songcau.systems.incidents.rules.levels import Level
from songcau.systems.incidents.rules.shifts import Slot
from songcau.systems.incidents.rules.texts import WordsMissing
from songcau.systems.incidents.tests.conftest import NOW, Rules
from songcau.systems.incidents.tests.test_incidents import opened
from songcau.systems.incidents.tests.town import Town, finding, receive

HOUR = timedelta(hours=1)
ARRANGEMENT = {"tiles": [{"kind": "MAP", "x": 0, "y": 0, "width": 24, "height": 16}]}


def test_a_shift_is_handed_over_read_and_signed(town: Town, rules: Rules) -> None:
    receive(finding(rules.add(), NOW))
    incident = opened(town)
    first = shifts.start_shift(by=town.desk)
    shifts.log_in_shift(by=town.second, text="Kiểm tra đường truyền.")
    handed = shifts.hand_over(by=town.desk, text="Theo dõi cầu Gia Bảy.")

    assert (handed.carried["alerts"], handed.carried["incidents"]) == (1, 1)
    assert handed.carried["incident_lines"][0]["number"] == incident.number
    second = shifts.sign_hand_over(by=town.second, has_read=True, revision=handed.revision)
    first.refresh_from_db()
    assert (first.state, first.signed_by_id) == ("HANDED_OVER", town.second.id)
    assert (second.lead_id, queries.running()) == (town.second.id, second)
    assert Event.objects.filter(name__endswith="ShiftHandedOver").count() == 1
    assert public.lead_of_shift(first.pk) == town.desk.id


def test_one_shift_runs_at_a_time(town: Town) -> None:
    for act in (
        lambda: shifts.log_in_shift(by=town.desk, text="Trống."),
        lambda: shifts.hand_over(by=town.desk, text="Trống."),
    ):
        with pytest.raises(shifts.NoShift):
            act()
    shifts.start_shift(by=town.desk)
    with pytest.raises(rules.ShiftRuns) as refusal:
        shifts.start_shift(by=town.second)
    assert refusal.value.params["who"] == town.desk.label
    with pytest.raises(NotYours):
        shifts.start_shift(by=town.head)


def test_who_hands_over_leads_and_who_signs_does_not(town: Town) -> None:
    shifts.start_shift(by=town.desk)
    with pytest.raises(rules.NotTheLead):
        shifts.hand_over(by=town.second, text="Không phải ca tôi.")
    with pytest.raises(WordsMissing):
        shifts.hand_over(by=town.desk, text="")
    with pytest.raises(TransitionRefused):
        shifts.sign_hand_over(by=town.second, has_read=True, revision=0)
    first = shifts.hand_over(by=town.desk, text="Bàn giao.")
    again = shifts.hand_over(by=town.desk, text="Bàn giao lại.")
    for signer, has_read, revision, why in (
        (town.desk, True, again.revision, rules.SignedByItself),
        (town.second, False, again.revision, rules.NotRead),
        (town.second, True, first.revision, rules.NoteChanged),
    ):
        with pytest.raises(why):
            shifts.sign_hand_over(by=signer, has_read=has_read, revision=revision)
    assert shifts.take_back_hand_over(by=town.desk).state == "RUNNING"
    with pytest.raises(TransitionRefused):
        shifts.take_back_hand_over(by=town.desk)
    assert Shift.objects.count() == 1


def test_the_roster_names_who_stands_and_holidays(town: Town) -> None:
    tet = date(2027, 2, 6)
    set_duty: dict[str, Any] = {"by": town.desk, "day": tet, "slot": Slot.NIGHT}
    shifts.set_duty(**set_duty, person_ids=[town.desk.id, town.second.id], lead_id=town.second.id)
    days = queries.roster(tet, 2)

    assert (days[0].is_holiday, [one.is_lead for one in days[0].slots["NIGHT"]]) == (True, [True, False])
    assert queries.manned(days) == {(tet, "NIGHT")}
    shifts.set_duty(**set_duty, person_ids=[], lead_id=None)
    assert Duty.objects.count() == 0
    with pytest.raises(rules.DutyUnfit):
        shifts.set_duty(**set_duty, person_ids=[town.desk.id], lead_id=None)
    stranger = uuid4()
    with pytest.raises(shifts.DutyPersonUnknown):
        shifts.set_duty(**set_duty, person_ids=[stranger], lead_id=stranger)
    assert [pk for pk, _label in queries.operators()] == sorted([town.desk.id, town.second.id])


def test_who_asks_how_many_are_on_duty_learns_no_name(town: Town) -> None:
    assert queries.shift_now() == queries.ShiftNow("MORNING", None, 0, awaits_signature=False)
    shifts.start_shift(by=town.desk)
    assert queries.shift_now() == queries.ShiftNow("MORNING", NOW, 1, awaits_signature=False)
    people = [town.desk.id, town.second.id]
    shifts.set_duty(by=town.desk, day=date(2026, 11, 25), slot=Slot.MORNING, person_ids=people, lead_id=people[0])
    shifts.hand_over(by=town.desk, text="Bàn giao.")
    assert queries.shift_now() == queries.ShiftNow("MORNING", NOW, 2, awaits_signature=True)


def bulletin(**more: Any) -> Said:
    facts: dict[str, Any] = {
        "level": Level.HIGH,
        "title_vi": "Cảnh báo ngập",
        "text_vi": "Hạn chế ra đường.",
        "valid_from": NOW,
        "valid_to": NOW + 6 * HOUR,
        "ward_codes": ("05443",),
        **more,
    }
    return Said(**facts)


def test_a_bulletin_is_read_by_its_wards_while_it_holds(town: Town) -> None:
    incident = opened(town)
    drafted = bulletins.draft_bulletin(by=town.desk, said=bulletin(), incident_id=incident.pk)
    assert (in_force(), published(drafted.pk)) == ([], None)
    bulletins.publish_bulletin(by=town.desk, bulletin_id=drafted.pk)

    assert [one.wards for one in in_force("05443")] == [(("05443", "Trưng Vương"),)]
    assert in_force("05446") == []
    with clock.frozen(NOW + 7 * HOUR):
        assert in_force() == []
    bulletins.withdraw_bulletin(by=town.desk, bulletin_id=drafted.pk, text="Nước đã rút.")
    assert (in_force(), published(drafted.pk)) == ([], None)
    assert [one.step for one in incident.entries.filter(kind="BULLETIN")] == ["publish_bulletin", "withdraw_bulletin"]


def test_a_bulletin_for_the_whole_city_concerns_every_ward(town: Town) -> None:
    made = bulletins.draft_bulletin(by=town.desk, said=bulletin(is_whole_city=True, ward_codes=()))
    bulletins.publish_bulletin(by=town.desk, bulletin_id=made.pk)
    assert len(in_force("05446")) == 1


def test_a_published_bulletin_is_not_changed_and_a_draft_is(town: Town) -> None:
    made = bulletins.draft_bulletin(by=town.desk, said=bulletin())
    changed = bulletins.change_bulletin(
        by=town.desk, bulletin_id=made.pk, said=bulletin(ward_codes=("05446",), text_vi="Khác."), version=made.version
    )
    assert [one.ward_code for one in changed.wards.all()] == ["05446"]
    with pytest.raises(ChangedMeanwhile):
        bulletins.change_bulletin(by=town.second, bulletin_id=made.pk, said=bulletin(), version=made.version)
    bulletins.change_bulletin(by=town.second, bulletin_id=made.pk, said=bulletin())
    with pytest.raises(incident_rules.BulletinNotInForce):
        bulletins.withdraw_bulletin(by=town.desk, bulletin_id=made.pk, text="Chưa công bố.")
    bulletins.publish_bulletin(by=town.desk, bulletin_id=made.pk)
    for act in (
        lambda: bulletins.publish_bulletin(by=town.desk, bulletin_id=made.pk),
        lambda: bulletins.change_bulletin(by=town.desk, bulletin_id=made.pk, said=bulletin()),
    ):
        with pytest.raises(incident_rules.BulletinPublishedAlready):
            act()


def test_a_bulletin_without_wards_time_or_rights_is_refused(town: Town) -> None:
    with pytest.raises(bulletins.BulletinWithoutWards):
        bulletins.draft_bulletin(by=town.desk, said=bulletin(ward_codes=()))
    with pytest.raises(WardUnknown):
        bulletins.draft_bulletin(by=town.desk, said=bulletin(ward_codes=("1",)))
    with pytest.raises(incident_rules.BulletinPeriodUnfit):
        bulletins.draft_bulletin(by=town.desk, said=bulletin(valid_to=NOW))
    with pytest.raises(NotYours):
        bulletins.draft_bulletin(by=town.head, said=bulletin())
    with pytest.raises(bulletins.BulletinUnknown):
        bulletins.publish_bulletin(by=town.desk, bulletin_id=uuid4())
    late = bulletins.draft_bulletin(by=town.desk, said=bulletin())
    with clock.frozen(NOW + 7 * HOUR), pytest.raises(incident_rules.BulletinPeriodUnfit):
        bulletins.publish_bulletin(by=town.desk, bulletin_id=late.pk)
    assert Bulletin.objects.count() == 1


def test_walls_are_saved_turned_and_removed(town: Town) -> None:
    first = walls.save_wall(by=town.desk, name="Chính", arrangement=ARRANGEMENT, rotation_seconds=30, position=2)
    second = walls.save_wall(by=town.desk, name="Mưa lũ", arrangement=ARRANGEMENT, position=1)
    assert [one.name for one in saved_walls()] == ["Mưa lũ", "Chính"]
    walls.save_wall(
        by=town.desk, name="Chính", arrangement=ARRANGEMENT, wall_id=first.pk, version=first.version, position=0
    )
    with pytest.raises(ChangedMeanwhile):
        walls.save_wall(by=town.desk, name="Nữa", arrangement=ARRANGEMENT, wall_id=first.pk, version=first.version)
    with pytest.raises(wall_rules.WallNameTaken):
        walls.save_wall(by=town.desk, name="Chính", arrangement=ARRANGEMENT)
    with pytest.raises(NotYours):
        walls.save_wall(by=town.mayor, name="Nữa", arrangement=ARRANGEMENT)
    walls.remove_wall(by=town.desk, wall_id=second.pk)
    with pytest.raises(walls.WallUnknown):
        walls.remove_wall(by=town.desk, wall_id=second.pk)
    assert saved_wall(second.pk) is None
    found = saved_wall(first.pk)
    assert found
    assert found.rotation_seconds == 0
    assert Wall.objects.count() == 1


def test_a_city_without_a_centre_has_no_walls(town: Town) -> None:
    town.centre.closed_on = date(2026, 11, 1)
    town.centre.save()
    from songcau.kernel.actor import SYSTEM

    with pytest.raises(walls.NoCentre):
        walls.save_wall(by=SYSTEM, name="Chính", arrangement=ARRANGEMENT)


def test_a_count_of_the_door_is_that_of_its_list(town: Town, rules: Rules) -> None:
    of = rules.add(group_by="WARD", group_minutes=9)
    receive(finding(of, NOW), finding(of, NOW, subject="urn:ngsi-ld:X:1"))
    opened(town)

    assert public.open_alert_counts(town.desk) == {"CRITICAL": 0, "HIGH": 1, "MEDIUM": 0, "LOW": 0, "INFORMATION": 0}
    assert public.unacknowledged_count(town.mayor) == len(public.newest_alerts(town.mayor, 9)) == 1
    assert public.open_incidents_count(town.head) == len(public.open_incidents(town.head)) == 1
    assert public.totals_by_ward(town.neighbour) == [("05443", "Trưng Vương", 1, 0)]
    with pytest.raises(NotYours):
        public.open_alert_counts(town.clerk)


def test_what_is_late_is_kept_with_the_note(town: Town, rules: Rules) -> None:
    receive(finding(rules.add(due_minutes=60), NOW), finding(rules.add(due_minutes=5), NOW - HOUR))
    assert sorted(one["is_late"] for one in queries.carried_now()["alert_lines"]) == [False, True]


def test_under_the_note_stands_what_was_open_and_beside_it_only_what_is_new(town: Town, rules: Rules) -> None:
    of = rules.add()
    receive(finding(of, NOW))
    opened(town)
    shifts.start_shift(by=town.desk)
    shift = shifts.hand_over(by=town.desk, text="Theo dõi cầu Gia Bảy.")
    assert queries.carried_since(shift.carried)["alerts"] == queries.carried_since(shift.carried)["incidents"] == 0

    receive(finding(of, NOW, subject="urn:ngsi-ld:WaterObserved:new"))
    since = queries.carried_since(shift.carried)
    assert (since["alerts"], [one["subject"] for one in since["alert_lines"]]) == (1, ["Cầu Gia Bảy"])
    assert since["alert_lines"][0]["id"] not in {one["id"] for one in shift.carried["alert_lines"]}
    assert queries.carried_now()["alerts"] == 2
