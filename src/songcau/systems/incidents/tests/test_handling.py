"""Acknowledge, close, group, escalate: who may, what is told, and that nothing is lost when two are at it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM
from songcau.systems.incidents.actions.alerts.escalating import escalate_alerts
from songcau.systems.incidents.actions.alerts.grouping import group_alerts, ungroup_alert
from songcau.systems.incidents.actions.alerts.handling import (
    acknowledge_alert,
    close_alert,
    note_on_alert,
    pass_up_alert,
)
from songcau.systems.incidents.actions.alerts.record import AlertUnknown
from songcau.systems.incidents.models import Alert
from songcau.systems.incidents.queries import alerts as queries
from songcau.systems.incidents.rules.alerts import (
    AlertAcknowledgedAlready,
    AlertClosed,
    LadderAtItsTop,
    NotInAGroup,
    Rung,
    TooFewToGroup,
)
from songcau.systems.incidents.rules.texts import WordsMissing
from songcau.systems.incidents.tests.conftest import NOW, Rules
from songcau.systems.incidents.tests.town import GAUGE, QUIET, Town, finding, only, receive


def gauge(number: int) -> str:
    return f"urn:ngsi-ld:WaterLevelObserved:g{number}"


def several(rules: Rules, count: int, **more: object) -> list[Alert]:
    of = rules.add(**more)
    receive(*(finding(of, NOW + timedelta(minutes=n), subject=gauge(n)) for n in range(count)))
    return list(Alert.objects.order_by("raised_at"))


def announced(name: str) -> int:
    return Event.objects.filter(name__endswith=name).count()


def test_of_two_who_acknowledge_the_second_is_told_who_was_first(town: Town, rules: Rules) -> None:
    receive(finding(rules.add(), NOW))
    acknowledge_alert(by=town.desk, alert_id=only().pk)
    with pytest.raises(AlertAcknowledgedAlready) as refusal:
        acknowledge_alert(by=town.second, alert_id=only().pk)

    assert refusal.value.params["who"] == town.desk.label
    assert (only().acknowledged_by_id, only().state) == (town.desk.id, "ACKNOWLEDGED")
    assert announced("AlertAcknowledged") == 1


def test_closing_needs_a_note_and_tells_whether_the_condition_still_holds(town: Town, rules: Rules) -> None:
    receive(finding(rules.add(), NOW))
    with pytest.raises(WordsMissing):
        close_alert(by=town.desk, alert_id=only().pk, text=" … ")
    close_alert(by=town.desk, alert_id=only().pk, text="Đã mở cống, nước rút.")

    assert (only().is_open, only().closing_note, only().closed_by_label) == (
        False,
        "Đã mở cống, nước rút.",
        town.desk.label,
    )
    with pytest.raises(AlertClosed):
        close_alert(by=town.second, alert_id=only().pk, text="Tôi cũng đóng.")
    with pytest.raises(AlertClosed):
        note_on_alert(by=town.desk, alert_id=only().pk, text="Muộn rồi.")


def test_the_ward_and_the_owner_handle_their_own_and_nobody_elses(town: Town, rules: Rules) -> None:
    receive(finding(rules.add(), NOW))
    for stranger in (town.neighbour, town.mayor, town.clerk):
        with pytest.raises(NotYours):
            acknowledge_alert(by=stranger, alert_id=only().pk)
    note_on_alert(by=town.officer, alert_id=only().pk, text="Đang đến nơi.")
    acknowledge_alert(by=town.head, alert_id=only().pk)
    with pytest.raises(AlertUnknown):
        close_alert(by=town.desk, alert_id=uuid4(), text="Không có.")


def test_the_owning_agency_handles_it_where_it_lies_in_no_ward(town: Town, rules: Rules) -> None:
    receive(finding(rules.add(owner_agency_id=town.other.pk), NOW, scope=""))
    acknowledge_alert(by=town.neighbour, alert_id=only().pk)
    with pytest.raises(NotYours):
        close_alert(by=town.officer, alert_id=only().pk, text="Của phường khác.")


def test_a_ward_sees_its_own_and_the_centre_and_the_city_see_all(town: Town, rules: Rules) -> None:
    of = rules.add()
    receive(finding(of, NOW), finding(of, NOW, subject=gauge(1), scope="/wards/W05446"))

    assert {one.subject for one in queries.lines_of(town.head)} == {GAUGE}
    assert {one.subject for one in queries.lines_of(town.neighbour)} == {gauge(1)}
    for everything in (town.desk, town.mayor, SYSTEM):
        assert queries.lines_of(everything).count() == 2
    assert queries.lines_of(town.clerk).count() == 0
    assert [(code, count) for code, _name, count, _late in queries.totals_by_ward(NOW)] == [("05443", 1), ("05446", 1)]


def test_what_is_done_with_the_first_of_a_group_is_done_with_all(town: Town, rules: Rules) -> None:
    several(rules, 3, group_by="RULE", group_minutes=30)
    head = Alert.objects.lines().get()
    acknowledge_alert(by=town.desk, alert_id=head.pk)
    assert set(Alert.objects.values_list("state", flat=True)) == {"ACKNOWLEDGED"}
    close_alert(by=town.desk, alert_id=head.pk, text="Mưa đã tạnh.")
    assert set(Alert.objects.values_list("closing_note", flat=True)) == {"Mưa đã tạnh."}
    assert announced("AlertClosed") == 1


def test_what_somebody_took_before_keeps_its_name_when_the_group_is_taken(town: Town, rules: Rules) -> None:
    one, two, _three = several(rules, 3)
    acknowledge_alert(by=town.second, alert_id=two.pk)
    head = group_alerts(by=town.desk, alert_ids=[one.pk, two.pk])
    acknowledge_alert(by=town.desk, alert_id=head.pk)

    assert (head.pk, head.members_count) == (one.pk, 1)
    two.refresh_from_db()
    assert two.acknowledged_by_label == town.second.label


def test_who_groups_takes_what_nobody_took_when_the_first_is_taken(town: Town, rules: Rules) -> None:
    one, two, three = several(rules, 3)
    acknowledge_alert(by=town.second, alert_id=one.pk)
    head = group_alerts(by=town.desk, alert_ids=[one.pk, two.pk])
    two.refresh_from_db()
    assert (head.pk, two.state, two.acknowledged_by_label) == (one.pk, "ACKNOWLEDGED", town.desk.label)
    assert head.acknowledged_by_label == town.second.label
    # Its rule puts another one under it later: it can be taken on the same line.
    Alert.objects.filter(pk=three.pk).update(head=head)
    acknowledge_alert(by=town.desk, alert_id=head.pk)
    three.refresh_from_db()
    assert three.acknowledged_by_label == town.desk.label
    with pytest.raises(AlertAcknowledgedAlready):
        acknowledge_alert(by=town.desk, alert_id=head.pk)


def test_alerts_are_grouped_under_the_most_serious_with_what_stood_under_them(town: Town, rules: Rules) -> None:
    one, two, three = several(rules, 3, level="LOW")
    group_alerts(by=town.desk, alert_ids=[one.pk, two.pk])
    receive(finding(rules.add(level="CRITICAL"), NOW, subject=gauge(9)))
    critical = Alert.objects.get(level="CRITICAL")
    head = group_alerts(by=town.desk, alert_ids=[one.pk, critical.pk, three.pk])

    assert (head, head.members_count) == (critical, 3)
    assert set(head.members.all()) == {one, two, three}
    one.refresh_from_db()
    assert one.members_count == 0


def test_a_member_may_lead_a_group_of_its_own(town: Town, rules: Rules) -> None:
    one, two, three = several(rules, 3)
    group_alerts(by=town.desk, alert_ids=[one.pk, two.pk])
    head = group_alerts(by=town.desk, alert_ids=[two.pk, three.pk])

    one.refresh_from_db()
    assert (head, head.head_id, one.members_count) == (two, None, 0)


def test_one_is_no_group_and_what_is_closed_joins_none(town: Town, rules: Rules) -> None:
    one, two = several(rules, 2)
    with pytest.raises(TooFewToGroup):
        group_alerts(by=town.desk, alert_ids=[one.pk, one.pk])
    with pytest.raises(AlertUnknown):
        group_alerts(by=town.desk, alert_ids=[one.pk, uuid4()])
    with pytest.raises(NotYours):
        group_alerts(by=town.head, alert_ids=[one.pk, two.pk])
    close_alert(by=town.desk, alert_id=two.pk, text="Xong.")
    with pytest.raises(AlertClosed):
        group_alerts(by=town.desk, alert_ids=[one.pk, two.pk])


def test_a_member_or_a_whole_group_stands_alone_again(town: Town, rules: Rules) -> None:
    one, two, three = several(rules, 3)
    group_alerts(by=town.desk, alert_ids=[one.pk, two.pk, three.pk])
    ungroup_alert(by=town.desk, alert_id=two.pk)
    one.refresh_from_db()
    assert one.members_count == 1
    assert ungroup_alert(by=town.desk, alert_id=one.pk).members_count == 0
    assert Alert.objects.lines().count() == 3
    with pytest.raises(NotInAGroup):
        ungroup_alert(by=town.desk, alert_id=one.pk)


def test_nobody_takes_it_so_it_climbs_a_rung_at_a_time(town: Town, rules: Rules) -> None:
    receive(finding(rules.add(), NOW))
    for minutes, rung in ((5, 0), (10, 1), (10, 1), (25, 2), (300, 3)):
        with clock.frozen(NOW + timedelta(minutes=minutes)):
            escalate_alerts(by=SYSTEM)
        assert only().rung == rung
    assert announced("AlertEscalated") == 3
    assert [one.params["rung"] for one in only().entries.filter(step="escalate")] == ["WARD", "CITY", "PROVINCE"]


def test_who_has_it_passes_it_up_rung_by_rung_and_keeps_it(town: Town, rules: Rules) -> None:
    receive(finding(rules.add(), NOW))
    with pytest.raises(WordsMissing):
        pass_up_alert(by=town.head, alert_id=only().pk, text=" ")
    pass_up_alert(by=town.head, alert_id=only().pk, text="Cần máy bơm.")
    assert (only().state, only().rung) == ("RAISED", Rung.WARD)
    acknowledge_alert(by=town.desk, alert_id=only().pk)
    for rung in (Rung.CITY, Rung.PROVINCE):
        pass_up_alert(by=town.desk, alert_id=only().pk, text="Vượt khả năng của phường.")
        assert (only().state, only().rung, only().acknowledged_by_id) == ("ACKNOWLEDGED", rung, town.desk.id)
    with pytest.raises(LadderAtItsTop):
        pass_up_alert(by=town.desk, alert_id=only().pk, text="Còn ai nữa?")
    assert announced("AlertEscalated") == 3
    told = [(one.text, one.params["rung"]) for one in only().entries.filter(step="pass_up").order_by("pk")]
    assert told[0] == ("Cần máy bơm.", "WARD")
    assert [rung for _text, rung in told] == ["WARD", "CITY", "PROVINCE"]


def test_who_has_nothing_to_do_with_it_passes_nothing_up(town: Town, rules: Rules) -> None:
    receive(finding(rules.add(), NOW))
    with pytest.raises(NotYours):
        pass_up_alert(by=town.neighbour, alert_id=only().pk, text="Không phải của tôi.")
    close_alert(by=town.desk, alert_id=only().pk, text="Xong.")
    with pytest.raises(AlertClosed):
        pass_up_alert(by=town.desk, alert_id=only().pk, text="Muộn rồi.")
    assert announced("AlertEscalated") == 0


def test_what_has_gone_or_is_closed_climbs_no_more(town: Town, rules: Rules) -> None:
    of = rules.add()
    receive(finding(of, NOW), finding(of, NOW, "CLEARED"))
    with clock.frozen(NOW + timedelta(days=1)):
        assert escalate_alerts(by=SYSTEM) == 0


def test_after_the_quiet_hours_who_was_not_called_is_called(town: Town, rules: Rules) -> None:
    night = datetime(2026, 11, 25, 16, 30, tzinfo=UTC)
    with clock.frozen(night):
        receive(finding(rules.add(level="MEDIUM", **QUIET), night))
    with clock.frozen(night + timedelta(hours=1)):
        assert escalate_alerts(by=SYSTEM) == 0
    with clock.frozen(night + timedelta(hours=8)):
        assert escalate_alerts(by=SYSTEM) == 1
    assert (announced("AlertCalled"), only().rung, only().called_at) == (1, 3, night + timedelta(hours=8))


def test_what_was_taken_in_quiet_hours_calls_nobody_afterwards(town: Town, rules: Rules) -> None:
    night = datetime(2026, 11, 25, 16, 30, tzinfo=UTC)
    with clock.frozen(night):
        receive(finding(rules.add(level="MEDIUM", due_minutes=9999, **QUIET), night))
        acknowledge_alert(by=town.desk, alert_id=only().pk)
    with clock.frozen(night + timedelta(hours=8)):
        assert escalate_alerts(by=SYSTEM) == 0


def test_an_official_does_not_run_the_ladder(town: Town) -> None:
    with pytest.raises(NotYours):
        escalate_alerts(by=town.desk)


def test_each_rung_calls_somebody_else(town: Town, rules: Rules) -> None:
    receive(finding(rules.add(), NOW))
    called = [set(queries.concerned_by(only().pk, rung)) for rung in Rung]
    assert called[Rung.OFFICER] == {town.desk.id, town.second.id}
    assert called[Rung.WARD] == {town.head.id, town.officer.id}
    assert called[Rung.CITY] == {town.desk.id, town.second.id}
    assert called[Rung.PROVINCE] >= {town.mayor.id}
    assert queries.concerned_by(uuid4(), 0) == []


def test_the_story_tells_when_it_began_again_and_who_did_what(town: Town, rules: Rules) -> None:
    of = rules.add()
    receive(finding(of, NOW), finding(of, NOW, "CLEARED", at=NOW + timedelta(minutes=2)))
    receive(finding(of, NOW + timedelta(minutes=4)))
    with clock.frozen(NOW + timedelta(minutes=6)):
        acknowledge_alert(by=town.desk, alert_id=only().pk)

    told = queries.story(only())
    assert [one.step for one in told] == ["raised", "cleared", "raised_again", "acknowledge"]
    assert told[-1].by_label == town.desk.label
