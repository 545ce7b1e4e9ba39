"""Alert rules are made, changed with a reason, switched; maintenance is set and ended; the usual ones load once."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.accounts.rules import ChangedMeanwhile
from songcau.foundation.audit.models import Entry as AuditEntry
from songcau.foundation.outbox.models import Event
from songcau.kernel.actor import SYSTEM
from songcau.systems.incidents.actions.alert_rules import (
    AlertRuleCodeUnfit,
    AlertRuleDraft,
    AlertRuleNameMissing,
    AlertRuleReasonMissing,
    AlertRuleTimesUnfit,
    AlertRuleUnknown,
    MaintenanceOver,
    MaintenancePlaceUnfit,
    MaintenanceTimesUnfit,
    MaintenanceUnknown,
    add_rule,
    change_rule,
    end_maintenance,
    load_usual_rules,
    set_maintenance,
    switch_rule,
)
from songcau.systems.incidents.actions.alert_rules.usual import usual_rules
from songcau.systems.incidents.models import AlertRule, AlertRuleVersion, MaintenanceWindow
from songcau.systems.incidents.queries.alert_rules import facts_of, rules_in_force, windows_to_come
from songcau.systems.incidents.rules.alert_rules import AlertRuleUnfit, types_of
from songcau.systems.incidents.rules.levels import Level
from songcau.systems.incidents.tests.conftest import NOW
from songcau.systems.incidents.tests.rules.readings import RIVER, THRESHOLD
from songcau.systems.incidents.tests.town import Town

DRAFT = AlertRuleDraft("Nước cao", "High water", THRESHOLD, Level.HIGH, escalate_minutes=(10, 20))


def make_rule(town: Town, code: str = "WATER", **more: Any) -> AlertRule:
    return add_rule(by=town.desk, code=code, draft=replace(DRAFT, **more), reason="thử")


def test_a_rule_is_made_changed_and_switched_each_time_with_a_reason(town: Town) -> None:
    rule = make_rule(town, owner_agency_id=town.ward.pk, quiet_from=time(22), quiet_until=time(6))
    assert (rule.version, rule.condition_number, rule.owner_agency_id, rule.enabled) == (1, 1, town.ward.pk, True)
    change_rule(by=town.desk, rule_id=rule.pk, draft=replace(DRAFT, name_vi="Nước rất cao"), reason="tên rõ hơn")
    named = AlertRule.objects.get(pk=rule.pk)
    assert (named.name_vi, named.version, named.condition_number, named.owner_agency_id) == ("Nước rất cao", 2, 1, None)
    higher = replace(DRAFT, name_vi="Nước rất cao", condition={**THRESHOLD, "limit": 27})
    change_rule(by=town.desk, rule_id=rule.pk, draft=higher, reason="báo ít hơn", version=2)
    change_rule(by=town.desk, rule_id=rule.pk, draft=higher, reason="như cũ")
    with pytest.raises(ChangedMeanwhile):
        change_rule(by=town.desk, rule_id=rule.pk, draft=DRAFT, reason="chậm hơn", version=2)
    switch_rule(by=town.second, rule_id=rule.pk, enabled=False, reason="sửa cảm biến", version=3)
    switch_rule(by=town.second, rule_id=rule.pk, enabled=False, reason="lần nữa")
    assert rules_in_force() == []
    switch_rule(by=town.second, rule_id=rule.pk, enabled=True, reason="sửa xong")
    [spec] = rules_in_force()
    assert (spec.id, spec.version, types_of(spec.condition)) == (rule.pk, 4, ("WaterLevelObserved",))
    kept = AlertRuleVersion.objects.filter(rule=rule).order_by("number")
    assert [one.reason for one in kept] == ["thử", "tên rõ hơn", "báo ít hơn", "sửa cảm biến", "sửa xong"]
    assert kept[0].document["quiet_from"] == "22:00:00"
    assert kept[0].document["owner_agency_id"] == str(town.ward.pk)
    assert kept[2].document["condition"]["limit"] == 27
    actions = AuditEntry.objects.filter(subject=f"incidents.alert_rule:{rule.pk}").order_by("sequence")
    assert [one.action.partition(".")[2] for one in actions] == [
        *("add_rule", "change_rule", "change_rule", "disable_rule", "enable_rule")
    ]  # fmt: skip
    assert Event.objects.filter(name__endswith="AlertRuleChanged").count() == 5


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"name_vi": "  "}, AlertRuleNameMissing),
        ({"name_en": "a" * 121}, AlertRuleNameMissing),
        ({"due_minutes": 0}, AlertRuleTimesUnfit),
        ({"group_minutes": 99_999}, AlertRuleTimesUnfit),
        ({"escalate_minutes": (20, 10)}, AlertRuleTimesUnfit),
        ({"escalate_minutes": (1, 2, 3, 4)}, AlertRuleTimesUnfit),
        ({"quiet_from": time(22)}, AlertRuleTimesUnfit),
        ({"condition": {**THRESHOLD, "type": "Alert"}}, AlertRuleUnfit),
    ],
)
def test_what_cannot_be_is_refused(town: Town, change: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        make_rule(town, **change)
    assert not AlertRule.objects.exists()


@pytest.mark.parametrize("reason", [" ", "a" * 501])
def test_without_a_reason_nothing_is_changed(town: Town, reason: str) -> None:
    with pytest.raises(AlertRuleReasonMissing):
        add_rule(by=town.desk, code="WATER", draft=DRAFT, reason=reason)


@pytest.mark.parametrize("code", ["water", "W", "W" * 41, "1W", ""])
def test_a_code_has_its_form_and_is_used_once(town: Town, code: str) -> None:
    make_rule(town)
    for unfit in (code, "WATER"):
        with pytest.raises(AlertRuleCodeUnfit):
            make_rule(town, code=unfit)


def test_only_the_centre_changes_rules(town: Town) -> None:
    rule = make_rule(town)
    for somebody in (town.head, town.officer, town.mayor, town.clerk):
        with pytest.raises(NotYours):
            add_rule(by=somebody, code="OTHER", draft=DRAFT, reason="thử")
        with pytest.raises(NotYours):
            change_rule(by=somebody, rule_id=rule.pk, draft=DRAFT, reason="thử")
        with pytest.raises(NotYours):
            switch_rule(by=somebody, rule_id=rule.pk, enabled=False, reason="thử")
        with pytest.raises(NotYours):
            set_maintenance(by=somebody, starts_at=NOW, ends_at=NOW + timedelta(hours=1), reason="thử", rule_id=rule.pk)
        with pytest.raises(NotYours):
            end_maintenance(by=somebody, window_id=uuid4())
    with pytest.raises(AlertRuleUnknown):
        change_rule(by=town.desk, rule_id=uuid4(), draft=DRAFT, reason="thử")


def test_what_the_case_work_needs_of_a_rule_is_given(town: Town) -> None:
    rule = make_rule(town)
    facts = facts_of([rule.pk, uuid4()])
    assert list(facts) == [rule.pk]
    assert (facts[rule.pk].code, facts[rule.pk].level, facts[rule.pk].escalate_minutes) == ("WATER", "HIGH", (10, 20))


def test_the_usual_rules_are_loaded_once_and_can_all_be_read(town: Town) -> None:
    assert load_usual_rules(by=SYSTEM, is_demo=True) == len(usual_rules())
    assert load_usual_rules(by=SYSTEM) == 0
    assert len(rules_in_force()) == len(usual_rules())
    assert AlertRule.objects.filter(is_demo=True).count() == len(usual_rules())
    assert all(str(rule) == rule.code for rule in AlertRule.objects.all())


def hour(number: float) -> Any:
    return NOW + timedelta(hours=number)


def test_maintenance_is_set_and_ended_early(town: Town) -> None:
    rule = make_rule(town)
    made = set_maintenance(by=town.desk, starts_at=hour(-1), ends_at=hour(2), reason="thay cảm biến", subject=RIVER)
    later = set_maintenance(by=town.desk, starts_at=hour(1), ends_at=hour(2), reason="thử", rule_id=rule.pk)
    scoped = set_maintenance(by=town.desk, starts_at=hour(1), ends_at=hour(2), reason="thử", scope="/wards/W05443")
    first, *others = windows_to_come(NOW)
    assert (first.subject, first.rule_id, first.ends_at) == (RIVER, None, hour(2).timestamp())
    assert {one.rule_id for one in others} == {rule.pk, None}
    end_maintenance(by=town.desk, window_id=made.pk)
    with pytest.raises(MaintenanceOver):
        end_maintenance(by=town.desk, window_id=made.pk)
    assert len(windows_to_come(NOW)) == 2
    MaintenanceWindow.objects.filter(pk=later.pk).update(starts_at=hour(-3), ends_at=hour(-1))
    with pytest.raises(MaintenanceOver):
        end_maintenance(by=town.desk, window_id=later.pk)
    with pytest.raises(MaintenanceUnknown):
        end_maintenance(by=town.desk, window_id=uuid4())
    assert Event.objects.filter(name__endswith="MaintenanceSet").count() == 4
    assert "–" in str(scoped)


UNFIT: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"starts_at": hour(2), "ends_at": hour(1)}, MaintenanceTimesUnfit),
    ({"starts_at": hour(-2), "ends_at": hour(-1)}, MaintenanceTimesUnfit),
    ({"ends_at": hour(24 * 40)}, MaintenanceTimesUnfit),
    ({"subject": ""}, MaintenancePlaceUnfit),
    ({"subject": "no id"}, MaintenancePlaceUnfit),
    ({"scope": "wards"}, MaintenancePlaceUnfit),
    ({"scope": "/wards/W05443"}, MaintenancePlaceUnfit),
    ({"rule_id": uuid4()}, AlertRuleUnknown),
    ({"reason": " "}, AlertRuleReasonMissing),
]


@pytest.mark.parametrize(("change", "refusal"), UNFIT)
def test_maintenance_that_cannot_be_is_refused(town: Town, change: dict[str, Any], refusal: type[Exception]) -> None:
    facts = {"starts_at": NOW, "ends_at": hour(1), "reason": "thử", "subject": RIVER, **change}
    with pytest.raises(refusal):
        set_maintenance(by=town.desk, **facts)
    assert not MaintenanceWindow.objects.exists()
