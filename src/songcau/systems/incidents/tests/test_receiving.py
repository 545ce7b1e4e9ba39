"""Findings become alerts: repeats are counted, groups made, what has gone is noted, and nothing counts twice."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.audit.models import Entry as AuditEntry
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.systems.incidents.actions.alerts.handling import acknowledge_alert, close_alert
from songcau.systems.incidents.actions.alerts.receiving import receive_findings
from songcau.systems.incidents.models import Alert, AlertOccurrence
from songcau.systems.incidents.tests.conftest import NOW, Rules
from songcau.systems.incidents.tests.town import GAUGE, QUIET, Town, finding, only, receive


def gauge(number: int) -> str:
    return f"urn:ngsi-ld:WaterLevelObserved:g{number:05}"


def events() -> list[str]:
    return [name.rpartition(".")[2] for name in Event.objects.order_by("pk").values_list("name", flat=True)]


def test_a_raised_signal_opens_an_alert_with_what_its_rule_says(town: Town, rules: Rules) -> None:
    receive(finding(rules.add(owner_agency_id=town.ward.pk, is_demo=True), NOW))

    alert = only()
    assert (alert.name_vi, alert.level, alert.owner_agency, alert.is_demo) == ("Mực nước cao", "HIGH", town.ward, True)
    assert (alert.subject_name, alert.ward_code, alert.ward_name) == ("Cầu Gia Bảy", "05443", "Trưng Vương")
    assert (alert.longitude, alert.latitude) == (105.8425, 21.5942)
    assert alert.due_at == NOW + timedelta(minutes=60)
    assert alert.first_values["value"] == 27.4
    assert events() == ["AlertRaised", "AlertCalled"]
    assert AuditEntry.objects.filter(action="incidents.receive_alerts").count() == 1


def test_the_same_batch_twice_changes_nothing(town: Town, rules: Rules) -> None:
    of = rules.add()
    batch = (finding(of, NOW), finding(of, NOW, "CLEARED", at=NOW + timedelta(minutes=9)))
    receive(*batch)
    before = (list(Alert.objects.values()), list(AlertOccurrence.objects.values()), len(events()))
    receive(*batch)

    assert (list(Alert.objects.values()), list(AlertOccurrence.objects.values()), len(events())) == before
    assert AuditEntry.objects.filter(action="incidents.receive_alerts").count() == 1


def test_ten_identical_alerts_show_as_one_with_a_counter(town: Town, rules: Rules) -> None:
    of = rules.add()
    for minute in range(10):
        receive(finding(of, NOW + timedelta(minutes=minute)))

    assert (only().repeats, AlertOccurrence.objects.count()) == (10, 10)
    assert events().count("AlertRaised") == 1


def test_ten_in_one_batch_are_one_too(town: Town, rules: Rules) -> None:
    of = rules.add()
    receive(*(finding(of, NOW + timedelta(minutes=minute)) for minute in range(10)))

    assert only().repeats == 10


def test_what_has_gone_is_cleared_and_stays_open(town: Town, rules: Rules) -> None:
    of = rules.add()
    receive(finding(of, NOW))
    receive(finding(of, NOW, "CLEARED", at=NOW + timedelta(minutes=5)))

    assert (only().is_open, only().cleared_at) == (True, NOW + timedelta(minutes=5))
    receive(finding(of, NOW + timedelta(minutes=7)))
    assert (only().cleared_at, only().repeats) == (None, 2)


def test_a_late_clearing_of_a_closed_alert_is_noted_with_its_time_only(town: Town, rules: Rules) -> None:
    of = rules.add()
    receive(finding(of, NOW))
    close_alert(by=town.desk, alert_id=only().pk, text="Đã kiểm tra tại chỗ.")
    receive(finding(of, NOW + timedelta(minutes=3)))
    receive(finding(of, NOW, "CLEARED", at=NOW + timedelta(minutes=5)))

    closed, opened = Alert.objects.order_by("raised_at")
    assert (closed.cleared_at, opened.cleared_at, opened.is_open) == (None, None, True)
    assert closed.occurrences.get().cleared_at == NOW + timedelta(minutes=5)


def test_what_still_holds_renews_the_value_and_an_old_word_does_not(town: Town, rules: Rules) -> None:
    of = rules.add()
    receive(finding(of, NOW))
    renewed = {"value": 28.1, "limit": 27.0, "unit": "m"}
    receive(finding(of, NOW, "STILL", at=NOW + timedelta(minutes=9), values=renewed))
    receive(finding(of, NOW, "STILL", at=NOW + timedelta(minutes=4), values={"value": 1.0}))

    assert (only().last_values["value"], only().first_values["value"]) == (28.1, 27.4)
    assert only().subject_name == "Cầu Gia Bảy"


@pytest.mark.parametrize("kind", ["CLEARED", "STILL"])
def test_what_was_never_raised_changes_nothing(kind: Any, town: Town, rules: Rules) -> None:
    receive(finding(rules.add(), NOW, kind))

    assert (Alert.objects.count(), AuditEntry.objects.filter(action__startswith="incidents").count()) == (0, 0)


def test_a_rule_that_is_no_more_opens_nothing_and_its_alert_still_clears(town: Town, rules: Rules) -> None:
    of = rules.add()
    receive(finding(of, NOW))
    rules.known.clear()
    receive(finding(of, NOW, "CLEARED"), finding(of, NOW, subject=gauge(7)))

    assert only().cleared_at is not None


def test_alerts_of_one_ward_stand_under_the_first(town: Town, rules: Rules) -> None:
    of = rules.add(group_by="WARD", group_minutes=15)
    receive(finding(of, NOW), finding(of, NOW, subject=gauge(1)))
    receive(finding(of, NOW, subject=gauge(2), scope="/wards/W05446"))
    receive(finding(of, NOW + timedelta(minutes=15), subject=gauge(3)))
    receive(finding(of, NOW + timedelta(minutes=40), subject=gauge(4)))

    head = Alert.objects.get(subject=GAUGE)
    assert set(head.members.values_list("subject", flat=True)) == {gauge(1), gauge(3)}
    assert head.members_count == 2
    assert set(Alert.objects.lines().values_list("subject", flat=True)) == {GAUGE, gauge(2), gauge(4)}
    assert events().count("AlertRaised") == 3


def test_alerts_of_one_rule_stand_together_wherever_they_are(town: Town, rules: Rules) -> None:
    of = rules.add(group_by="RULE", group_minutes=15)
    receive(finding(of, NOW), finding(of, NOW, subject=gauge(1), scope="/wards/W05446"))

    assert Alert.objects.lines().count() == 1


def test_a_flood_of_alerts_becomes_few_lines(town: Town, rules: Rules) -> None:
    of = rules.add()
    receive(*(finding(of, NOW, subject=gauge(number)) for number in range(5_000)))

    assert Alert.objects.count() == 5_000
    assert Alert.objects.lines().count() == 20
    assert max(Alert.objects.lines().values_list("members_count", flat=True)) == 4_980
    assert len(events()) == 40


def test_nobody_is_called_in_quiet_hours_but_for_what_is_serious(town: Town, rules: Rules) -> None:
    night = datetime(2026, 11, 25, 16, 30, tzinfo=UTC)
    with clock.frozen(night):
        receive(finding(rules.add(level="MEDIUM", **QUIET), night))
        receive(finding(rules.add(level="HIGH", **QUIET), night))

    assert events() == ["AlertRaised", "AlertRaised", "AlertCalled"]
    assert Alert.objects.get(level="MEDIUM").called_at is None


def test_a_repeat_of_what_somebody_has_stays_with_them(town: Town, rules: Rules) -> None:
    of = rules.add()
    receive(finding(of, NOW))
    acknowledge_alert(by=town.desk, alert_id=only().pk)
    receive(finding(of, NOW + timedelta(minutes=5)))

    assert (only().state, only().repeats) == ("ACKNOWLEDGED", 2)


def test_what_a_person_sends_is_not_taken_in(town: Town, rules: Rules) -> None:
    with pytest.raises(NotYours):
        receive_findings(by=town.desk, findings=[finding(rules.add(), NOW)])


def test_figures_that_are_none_and_places_that_are_no_ward_are_kept_as_unknown(town: Town, rules: Rules) -> None:
    receive(
        finding(
            rules.add(),
            NOW,
            subject="area:/wards/W09999",
            scope="/wards/W09999",
            values={"value": float("nan")},
            point=None,
        )
    )

    alert = only()
    assert (alert.first_values, alert.ward_code, alert.ward_name, alert.subject_name) == (
        {"value": None},
        "09999",
        "",
        "",
    )
    assert alert.longitude is None
