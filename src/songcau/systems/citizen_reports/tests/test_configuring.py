"""What a city sets up, and with what it begins."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from songcau.foundation.accounts.models import Agency
from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.accounts.rules import ChangedMeanwhile
from songcau.foundation.accounts.tests.people import make_agency
from songcau.foundation.audit.models import Entry as AuditEntry
from songcau.foundation.calendar.deadlines import Method, TermTooLong
from songcau.foundation.outbox.models import Event
from songcau.foundation.places.models import Unit
from songcau.kernel.actor import SYSTEM
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions import (
    CategoryFacts,
    add_category,
    change_category,
    load_usual_categories,
    load_usual_routing,
    remove_routing_rule,
    retire_category,
    retire_template,
    set_outside_body,
    set_routing_rule,
    set_template,
)
from songcau.systems.citizen_reports.actions.configuring import (
    CategoryCodeUnfit,
    CategoryHasChildren,
    CategoryLoop,
    CategoryRetired,
    SetUpNameMissing,
    SetUpTwice,
    SetUpUnknown,
    WardUnknown,
)
from songcau.systems.citizen_reports.actions.usual_categories import HEADINGS, OTHER
from songcau.systems.citizen_reports.models import AnswerTemplate, Category, OutsideBody, RoutingRule
from songcau.systems.citizen_reports.rules import BodyKind, OfficeTime
from songcau.systems.citizen_reports.tests.town import Town, send

FACTS = CategoryFacts(name="Ghế đá", name_en="Benches", parent="ROADS", keywords="ghế đá\nghế hỏng")


def test_a_category_is_added_changed_and_retired(town: Town) -> None:
    added = add_category(by=town.root, code="BENCH", facts=FACTS)
    assert (added.name, added.parent, added.term_amount) == ("Ghế đá", town.pothole.parent, 5)
    change_category(by=town.root, category_id=added.pk, facts=replace(FACTS, term_amount=9), version=added.version)
    with pytest.raises(ChangedMeanwhile):
        change_category(by=town.root, category_id=added.pk, facts=FACTS, version=added.version)
    changed = Category.objects.get(code="BENCH")
    change_category(by=town.root, category_id=added.pk, facts=replace(FACTS, term_amount=9))
    assert (changed.term_amount, Category.objects.get(code="BENCH").version) == (9, changed.version)
    retire_category(by=town.root, category_id=added.pk, replaced_by="POTHOLE", version=changed.version)
    retired = Category.objects.get(code="BENCH")
    assert (retired.retired_on, retired.replaced_by) == (date(2026, 11, 25), town.pothole)
    with pytest.raises(CategoryRetired):
        change_category(by=town.root, category_id=added.pk, facts=FACTS)
    # A draft that still names it becomes one of its heir.
    assert send(category="BENCH").category == town.pothole
    actions = AuditEntry.objects.filter(subject=f"citizen_reports.category:{added.pk}").order_by("sequence")
    assert [one.action.partition(".")[2] for one in actions] == ["add_category", "change_category", "retire_category"]
    assert Event.objects.filter(name__endswith="SetUpChanged").count() == 3


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"name": " "}, SetUpNameMissing),
        ({"name_en": "a" * 121}, SetUpNameMissing),
        ({"parent": "NONE"}, SetUpUnknown),
        ({"questions": [{"key": "?"}]}, rules.QuestionsUnfit),
        ({"term_method": Method.MONTHS}, rules.TermMethodUnfit),
        ({"term_amount": 9999}, TermTooLong),
        ({"verify_hours": 0}, rules.VerifyHoursUnfit),
        ({"verify_hours": 401}, rules.VerifyHoursUnfit),
    ],
)
def test_a_category_that_cannot_be_is_refused(town: Town, change: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        add_category(by=town.root, code="BENCH", facts=replace(FACTS, **change))
    assert not Category.objects.filter(code="BENCH").exists()


def test_codes_are_of_one_kind_and_used_once(town: Town) -> None:
    for code in ("bench", "B", "POTHOLE", "GHẾ", "1A", "A" * 41):
        with pytest.raises(CategoryCodeUnfit):
            add_category(by=town.root, code=code, facts=FACTS)
    assert add_category(by=town.root, code="BENCH", facts=replace(FACTS, order=-5)).order == 0
    assert add_category(by=town.root, code="BENCH_2", facts=replace(FACTS, order=10**9)).order == 9999


def test_no_category_stands_under_or_after_itself(town: Town) -> None:
    roads = Category.objects.get(code="ROADS")
    facts = CategoryFacts(name="Đường sá", name_en="Roads", parent="POTHOLE")
    with pytest.raises(CategoryLoop):
        change_category(by=town.root, category_id=roads.pk, facts=facts)
    with pytest.raises(CategoryHasChildren):
        retire_category(by=town.root, category_id=roads.pk)
    with pytest.raises(CategoryLoop):
        retire_category(by=town.root, category_id=town.pothole.pk, replaced_by="POTHOLE")
    with pytest.raises(SetUpUnknown):
        retire_category(by=town.root, category_id=town.pothole.pk, replaced_by="NONE")
    with pytest.raises(SetUpUnknown):
        retire_category(by=town.root, category_id=uuid4())


def test_rules_of_routing(town: Town, wards: None) -> None:
    rule = set_routing_rule(by=town.root, agency_id=town.other.pk, ward_code="05446")
    with pytest.raises(SetUpTwice):
        set_routing_rule(by=town.root, agency_id=town.ward.pk, ward_code="05446")
    with pytest.raises(WardUnknown):
        set_routing_rule(by=town.root, agency_id=town.ward.pk, ward_code="99999")
    with pytest.raises(SetUpUnknown):
        set_routing_rule(by=town.root, agency_id=uuid4())
    with pytest.raises(SetUpUnknown):
        set_routing_rule(by=town.root, agency_id=town.ward.pk, rule_id=uuid4())
    changed = set_routing_rule(
        by=town.root, agency_id=town.other.pk, category="NOISE", hours=OfficeTime.OUTSIDE, rule_id=rule.pk
    )
    assert (changed.pk, changed.category, changed.ward_code) == (rule.pk, town.noise, "")
    remove_routing_rule(by=town.root, rule_id=rule.pk)
    with pytest.raises(SetUpUnknown):
        remove_routing_rule(by=town.root, rule_id=rule.pk)


def test_outside_bodies_and_templates(town: Town) -> None:
    with pytest.raises(SetUpTwice):
        set_outside_body(by=town.root, agency_id=town.power.pk, kind=BodyKind.WATER)
    body = OutsideBody.objects.get(agency=town.power)
    set_outside_body(by=town.root, agency_id=town.power.pk, kind=BodyKind.POWER, hotline="19001", body_id=body.pk)
    assert OutsideBody.objects.get().hotline == "19001"
    template = set_template(by=town.root, name="Đã vá", text="Đã vá {category}.", category="POTHOLE")
    with pytest.raises(SetUpTwice):
        set_template(by=town.root, name="Đã vá", text="Đã vá.")
    set_template(by=town.root, name="Đã vá", text="Đã vá xong.", template_id=template.pk)
    retire_template(by=town.root, template_id=template.pk)
    kept = AnswerTemplate.objects.get()
    assert (kept.text, kept.category, kept.retired_on) == ("Đã vá xong.", None, date(2026, 11, 25))
    with pytest.raises(SetUpUnknown):
        retire_template(by=town.root, template_id=uuid4())


def test_only_who_administers_sets_up(town: Town) -> None:
    for by in (town.desk, town.head, town.mayor):
        with pytest.raises(NotYours):
            add_category(by=by, code="BENCH", facts=FACTS)
        with pytest.raises(NotYours):
            set_template(by=by, name="Đã vá", text="Đã vá.")
        with pytest.raises(NotYours):
            load_usual_categories(by=by)


def test_a_city_begins_with_the_usual_categories_once(town: Town) -> None:
    Category.objects.filter(code="STREET_LAMP").update(name="Đèn của chúng tôi")
    count = sum(len(heading.under) + 1 for heading in HEADINGS) + 1
    known = Category.objects.filter(code__in=["ROADS", "POTHOLE", "STREET_LAMP", "NOISE"]).count()
    assert load_usual_categories(by=SYSTEM) == count - known
    assert load_usual_categories(by=SYSTEM) == 0
    assert Category.objects.get(code="STREET_LAMP").name == "Đèn của chúng tôi"
    assert Category.objects.get(code="WASTE").parent == Category.objects.get(code="ENVIRONMENT")
    offered = set(Category.objects.offered().values_list("code", flat=True))
    assert {"WASTE", "FLOODING", OTHER.code} <= offered
    assert "ENVIRONMENT" not in offered
    assert len(offered) >= 20


def test_what_stands_under_a_retired_heading_stands_alone(town: Town) -> None:
    load_usual_categories(by=SYSTEM)
    Category.objects.filter(code__in=["FOOD_SAFETY", "EPIDEMIC"]).delete()
    Category.objects.filter(code="HEALTH").update(retired_on=date(2026, 1, 1))
    assert load_usual_categories(by=SYSTEM) == 2
    assert Category.objects.get(code="EPIDEMIC").parent is None


def test_usual_words_find_their_category() -> None:
    described = [
        rules.Described(usual.code, (usual.facts.name,), tuple(usual.facts.keywords.split("\n")))
        for heading in HEADINGS
        for usual in heading.under
    ]
    for text, code in (
        ("Ổ gà to trước cổng chợ", "POTHOLE"),
        ("den duong khong sang may hom nay", "STREET_LAMP"),
        ("bãi rác bốc mùi không ai thu gom rác", "WASTE"),
        ("mất nắp cống rất nguy hiểm", "MANHOLE"),
        ("mưa to ngập úng cả ngõ", "FLOODING"),
        ("hàng xóm hát karaoke đến nửa đêm", "NOISE"),
        ("cây đổ chắn ngang đường", "FALLEN_TREE"),
        ("mất điện từ sáng", "POWER"),
        ("vỡ ống nước chảy tràn ra đường", "WATER_SUPPLY"),
        ("dán quảng cáo rao vặt khắp tường", "FLY_POSTING"),
    ):
        assert rules.category_suggestions(text, described)[0] == code, text


def test_the_usual_routing_goes_to_the_agencies_there_are(town: Town, wards: None) -> None:
    load_usual_categories(by=SYSTEM)
    ward = Unit.objects.get(level="WARD", code="05446")
    town.other.unit_id = ward.pk
    town.other.save()
    make_agency("TNMT-164", town.city, Agency.Kind.OFFICE, "Phòng Tài nguyên và Môi trường")
    added = load_usual_routing(by=SYSTEM)
    assert load_usual_routing(by=SYSTEM) == 0
    rules_of = {
        (rule.category.code if rule.category else rule.ward_code): rule.agency.code
        for rule in RoutingRule.objects.select_related("category", "agency")
    }
    assert rules_of["WASTE"] == "TNMT-164"
    assert rules_of["POWER"] == "DIENLUC-TN"
    assert rules_of["05446"] == "UBND-05446"
    # What was set before stays.
    assert rules_of["POTHOLE"] == "QLDT-164"
    assert "WATER_SUPPLY" not in rules_of
    assert added == len(rules_of) - 3
