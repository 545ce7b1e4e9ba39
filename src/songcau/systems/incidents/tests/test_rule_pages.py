"""The pages of alert rules: made on screen, changed, switched, previewed; maintenance."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from songcau.context.public import ContextUnavailable
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.tests.people import sign_in
from songcau.foundation.shell.lists import checked
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.incidents.actions.alert_rules import load_usual_rules
from songcau.systems.incidents.models import AlertRule, MaintenanceWindow, RefusedReadings
from songcau.systems.incidents.pages.alert_rules import previewing, words
from songcau.systems.incidents.pages.alert_rules.upkeep import WINDOWS
from songcau.systems.incidents.pages.alert_rules.views import FORMS, RULES
from songcau.systems.incidents.queries.preview import Firing, Preview
from songcau.systems.incidents.rules.alert_rules import FaultCode, read_condition
from songcau.systems.incidents.rules.engine import leaves
from songcau.systems.incidents.tests.rules.readings import FLOODED, RIVER, THRESHOLD
from songcau.systems.incidents.tests.town import Town

FACTS = {
    "name_vi": "Nước cao",
    "name_en": "High water",
    "level": "HIGH",
    "due_minutes": 30,
    "escalate_minutes": "10, 20",
    "group_by": "WARD",
    "group_minutes": 60,
    "quiet_from": "22:00",
    "quiet_until": "06:00",
    "reason": "thử",
}
WATER = {"type": "WaterObserved", "attribute": "waterLevel"}
NUMBERS = {"unit": "MTR", "lowest": 0, "highest": 60, "need": 2, "of": 3, "hold_minutes": 0}
TYPED: dict[str, dict[str, Any]] = {
    "THRESHOLD": {**WATER, **NUMBERS, "side": "ABOVE", "limit": 26, "clear": 25.5, "ids": f"{RIVER}\n"},
    "RATE": {**WATER, **NUMBERS, "side": "RISE", "change": 1, "minutes": 60},
    "ABSENCE": {**WATER, "minutes": 30},
    "DEVIATION": {**WATER, **NUMBERS, "side": "BOTH", "limit": 3.5, "smooth_minutes": 60, "history_days": 7, "need": 1},
    "STATE": {"type": "Camera", "attribute": "status", "values": "OFFLINE\nfalse\n0", "hold_minutes": 5},
    "COUNT": {
        "type": "CitizenReport",
        "attribute": "category",
        "values": "FLOODING",
        "also": "isOpen = true",
        "time_attribute": "reportedAt",
        "by": "WARD",
        "minutes": 60,
        "limit": 5,
        "clear": 3,
    },
    "ALL": {
        "join": "WARD",
        "part1_kind": "ABOVE",
        "part1_type": "WeatherObserved",
        "part1_attribute": "precipitation",
        "part1_limit": 20,
        "part1_anywhere": "on",
        "part2_kind": "COUNT",
        "part2_type": "CitizenReport",
        "part2_attribute": "category",
        "part2_values": "FLOODING",
        "part2_minutes": 60,
        "part2_limit": 3,
    },
}


def enter(actor: Actor) -> Client:
    cache.clear()
    client = Client()
    sign_in(client, Person.objects.get(pk=actor.id))
    return client


def page(name: str, *args: object) -> str:
    return reverse(f"incidents:{name}", args=args)


def text(client: Client, address: str, data: dict[str, Any] | None = None) -> str:
    return client.get(address, data or {}).content.decode()


def typed_again(rule: AlertRule) -> dict[str, Any]:
    """What a browser sends of the form as it is shown."""
    form = FORMS[rule.condition["kind"]](rule=rule)
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None and value is not False and value != ""}


@pytest.mark.parametrize("kind", FORMS)
def test_a_rule_of_each_kind_is_made_on_screen_shown_and_saved_as_it_is(town: Town, kind: str) -> None:
    client = enter(town.desk)
    assert str(words.KINDS[kind]) in text(client, page("alert_rule_kinds"))
    assert client.get(page("alert_rule_add", kind)).status_code == 200
    answer = client.post(page("alert_rule_add", kind), {**FACTS, **TYPED[kind], "code": "WATER"})
    assert answer.status_code == 302, answer.content.decode()
    rule = AlertRule.objects.get(code="WATER")
    condition = read_condition(rule.condition)
    assert (rule.condition["kind"], rule.escalate_minutes, rule.group_by) == (kind, [10, 20], "WARD")
    assert words.sentence(condition) in text(client, page("alert_rules"))
    # What the form shows gives the same rule again.
    again = typed_again(rule) | {"reason": "như cũ"}
    assert client.post(page("alert_rule", rule.pk), again).status_code == 302
    rule.refresh_from_db()
    assert (rule.version, read_condition(rule.condition)) == (1, condition)


def test_the_usual_rules_can_be_opened_and_saved_as_they_are(town: Town) -> None:
    load_usual_rules(by=town.desk)
    client = enter(town.desk)
    for rule in AlertRule.objects.all():
        typed = typed_again(rule)
        answer = client.post(page("alert_rule", rule.pk), typed | {"reason": "như cũ"})
        assert answer.status_code == 302, answer.content.decode()
        assert AlertRule.objects.get(pk=rule.pk).version == 1, rule.code
    assert (
        text(client, page("alert_rules"), {"use": "yes", "level": "HIGH", "q": "sông"}).count("Nước sông lên nhanh")
        == 1
    )
    checked(RULES, AlertRule.objects.all())
    checked(WINDOWS, MaintenanceWindow.objects.all())


def test_what_is_wrong_stands_at_its_field(town: Town) -> None:
    client = enter(town.desk)
    wrong = {**FACTS, **TYPED["THRESHOLD"], "code": "WATER", "clear": 30, "type": "Alert"}
    answer = client.post(page("alert_rule_add", "THRESHOLD"), wrong)
    assert answer.status_code == 422
    assert str(words.FAULTS[FaultCode.FIRES_ON_ITSELF]) in answer.content.decode()
    for kind, change in (
        ("THRESHOLD", {"limit": "nhiều"}),
        ("THRESHOLD", {"type": "a b"}),
        ("THRESHOLD", {"escalate_minutes": "soon"}),
        ("THRESHOLD", {"code": "x"}),
        ("COUNT", {"also": "isOpen"}),
        ("COUNT", {"by": "CIRCLE"}),
        ("ALL", {"part1_limit": ""}),
        ("ALL", {"part2_kind": "", "part3_kind": ""}),
        ("ALL", {"join": "ENTITY"}),
    ):
        answer = client.post(page("alert_rule_add", kind), {**FACTS, **TYPED[kind], "code": "WATER", **change})
        assert answer.status_code == 422, (kind, change)
    assert not AlertRule.objects.exists()


def test_a_circle_and_a_part_that_the_form_does_not_show_stay(town: Town) -> None:
    client = enter(town.desk)
    around = {"by": "CIRCLE", "longitude": 105.84, "latitude": 21.59, "metres": 500}
    client.post(page("alert_rule_add", "COUNT"), {**FACTS, **TYPED["COUNT"], **around, "code": "NEAR"})
    near = AlertRule.objects.get(code="NEAR")
    assert near.condition["circle"] == {"longitude": 105.84, "latitude": 21.59, "metres": 500}
    rate = {"kind": "RATE", **WATER, "side": "RISE", "change": 1, "minutes": 60}
    parts = [{"condition": rate, "anywhere": False}, {"condition": {**THRESHOLD, "highest": 40}, "anywhere": True}]
    AlertRule.objects.filter(pk=near.pk).update(condition={"kind": "ALL", "join": "WARD", "parts": parts})
    near.refresh_from_db()
    typed = typed_again(near)
    assert typed["part1_kind"] == "KEPT"
    typed |= {"part2_limit": 27, "reason": "cao hơn"}
    assert client.post(page("alert_rule", near.pk), typed).status_code == 302
    near.refresh_from_db()
    first, second = near.condition["parts"]
    assert first["condition"]["change"] == 1
    assert (second["condition"]["limit"], second["condition"]["highest"], second["anywhere"]) == (27, 40, True)


def test_a_rule_is_switched_and_its_versions_are_shown(town: Town) -> None:
    client = enter(town.desk)
    client.post(page("alert_rule_add", "ABSENCE"), {**FACTS, **TYPED["ABSENCE"], "code": "SILENT"})
    rule = AlertRule.objects.get()
    RefusedReadings.objects.create(rule=rule, why=leaves.OTHER_UNIT, count=7, last_subject=RIVER, last_at=clock.now())
    assert RIVER in text(client, page("alert_rule", rule.pk))
    assert client.get(page("alert_rule_switch", rule.pk)).status_code == 200
    off = client.post(page("alert_rule_switch", rule.pk), {"reason": "sửa trạm", "version": rule.version})
    assert off.status_code == 302
    rule.refresh_from_db()
    assert not rule.enabled
    assert client.post(page("alert_rule_switch", rule.pk), {"reason": "muộn", "version": 1}).status_code == 409
    assert client.get(page("alert_rule_switch", rule.pk)).status_code == 200
    shown = text(client, page("alert_rule_versions", rule.pk))
    assert "sửa trạm" in shown
    assert "Phiên bản 2" in shown
    for name in ("alert_rule", "alert_rule_versions", "alert_rule_switch"):
        assert client.get(page(name, town.ward.pk)).status_code == 404
    assert client.get(page("alert_rule_add", "MAGIC")).status_code == 404


def test_who_only_looks_sees_the_list_and_changes_nothing(town: Town) -> None:
    client = enter(town.head)
    assert client.get(page("alert_rules")).status_code == 200
    for name, *more in (("alert_rule_kinds",), ("alert_rule_add", "RATE"), ("maintenance",), ("maintenance_add",)):
        assert client.get(page(name, *more)).status_code == 403
    assert client.post(page("alert_rule_preview", "RATE")).status_code == 403


def previewed(client: Client, kind: str, **change: Any) -> str:
    answer = client.post(page("alert_rule_preview", kind), {**TYPED[kind], **change})
    assert answer.status_code == 200
    return answer.content.decode()


class NoContext:
    def __enter__(self) -> "NoContext":
        return self

    def __exit__(self, *_: object) -> None:
        pass


def test_the_preview_says_how_often_when_and_where(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def seen(_context: object, _condition: object, *, days: int, now: Any, offset: float) -> Preview:
        asked.append(days)
        assert offset == timezone.localtime(now).utcoffset().total_seconds()  # type: ignore[union-attr]
        firings = [
            Firing(RIVER, "/wards/W05443", now, {"value": 27.126}, now + timedelta(minutes=90)),
            Firing("area:/wards/W05446", "/wards/W05446", now, {"value": 4}),
            Firing("area:/", "", now, {"value": True}),
            Firing("area:circle", "", now, {}),
        ]
        return Preview(days, 2, 1234, firings * 20, {"OTHER_UNIT": 3, "SOMETHING": 1}, is_partial=True)

    monkeypatch.setattr(previewing, "city_context", NoContext)
    monkeypatch.setattr(previewing, "preview", seen)
    client = enter(town.desk)
    shown = previewed(client, "THRESHOLD", days="90")
    for said in ("80 lần", "1.234", "GiaBay", "05446", "27,13", "90 phút", "vẫn đang tiếp diễn", "toàn thành phố"):
        assert said in shown
    assert "khác đơn vị" in shown
    previewed(client, "THRESHOLD", days="1000")
    assert asked == [90, 30]


def test_the_preview_of_what_cannot_be_says_what_to_put_right(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    client = enter(town.desk)
    assert str(words.FAULTS[FaultCode.UNFIT_NAME]) in previewed(client, "THRESHOLD", type="a b")
    assert str(words.FAULTS[FaultCode.CLEAR_BEYOND_LIMIT]) in previewed(client, "THRESHOLD", clear=30)
    assert client.post(page("alert_rule_preview", "MAGIC")).status_code == 404

    def away() -> NoContext:
        raise ContextUnavailable

    monkeypatch.setattr(previewing, "city_context", away)
    assert "hiện không trả lời" in previewed(client, "THRESHOLD", rule="nonsense")


def test_maintenance_is_set_listed_and_ended_on_screen(town: Town) -> None:
    client = enter(town.desk)
    client.post(page("alert_rule_add", "ABSENCE"), {**FACTS, **TYPED["ABSENCE"], "code": "SILENT"})
    rule = AlertRule.objects.get()
    assert client.get(page("maintenance_add"), {"rule": rule.pk, "subject": RIVER}).status_code == 200
    times = {"starts_at": "2026-11-25T08:00", "ends_at": "2026-11-25T11:00", "reason": "thay pin"}
    assert client.post(page("maintenance_add"), {**times, "rule": rule.pk}).status_code == 302
    later = {**times, "starts_at": "2026-11-26T08:00", "ends_at": "2026-11-26T11:00", "subject": RIVER}
    assert client.post(page("maintenance_add"), later).status_code == 302
    assert client.post(page("maintenance_add"), {**times, "scope": ""}).status_code == 422
    running = MaintenanceWindow.objects.get(rule=rule)
    shown = text(client, page("maintenance"))
    assert "Đang diễn ra" in shown
    assert "Sắp tới" in shown
    assert client.get(page("maintenance_end", running.pk)).status_code == 200
    assert client.post(page("maintenance_end", running.pk)).status_code == 302
    assert client.post(page("maintenance_end", running.pk)).status_code == 409
    for when, count in (("RUNNING", 0), ("TO_COME", 1), ("OVER", 1)):
        assert text(client, page("maintenance"), {"when": when}).count("thay pin") == count


def test_every_code_has_words_in_both_languages() -> None:
    assert set(words.FAULTS) == set(FaultCode)
    assert set(words.REFUSED) >= {leaves.AHEAD, leaves.OLD, leaves.NO_NUMBER, leaves.OTHER_UNIT, leaves.IMPOSSIBLE}
    assert set(words.KINDS) == set(words.KIND_HINTS) == set(FORMS)
    for table in (words.FAULTS, words.REFUSED, words.KINDS, words.KIND_HINTS, words.AREAS, words.JOINS):
        for said in table.values():
            with translation.override("en"):
                english = str(said)
            with translation.override("vi"):
                assert str(said) != english
    with translation.override("en"):
        assert "all at once, in the same ward" in words.sentence(
            read_condition({"kind": "ALL", "parts": [{"condition": THRESHOLD}, {"condition": FLOODED}]})
        )
