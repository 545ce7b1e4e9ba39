"""What raised an alert, in words of both languages, on its page and in the queue."""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.tests.people import sign_in
from songcau.kernel.actor import SYSTEM
from songcau.systems.incidents.actions.alert_rules.usual import load_usual_rules
from songcau.systems.incidents.models import AlertRule
from songcau.systems.incidents.pages import raised_by
from songcau.systems.incidents.tests.conftest import NOW, Rules
from songcau.systems.incidents.tests.test_pages import at, text
from songcau.systems.incidents.tests.town import Town, finding, only, receive, rule

RISING = {"value": 24.28, "change": 2.7399999999999984, "limit": 0.8, "minutes": 60.0, "unit": "MTR"}
CASES: tuple[tuple[dict[str, Any], str, str], ...] = (
    (
        RISING,
        "Tăng 2,74 m trong 60 phút (ngưỡng 0,8 m)",
        "rose 2.74 m in 60 minutes (threshold 0.8 m)",
    ),
    (
        {**RISING, "change": -0.00456, "limit": -0.8, "unit": ""},
        "Giảm 0,00456 trong 60 phút (ngưỡng 0,8)",
        "fell 0.00456 in 60 minutes (threshold 0.8)",
    ),
    (
        {"minutes": 30, "last": NOW.timestamp()},
        "Không nhận được số liệu từ 09:00 25/11/2026, quá 30 phút",
        "nothing heard since 09:00, 25 Nov 2026, for more than 30 minutes",
    ),
    (
        {"minutes": 30, "last": None},
        "Không nhận được số liệu quá 30 phút",
        "nothing heard for more than 30 minutes",
    ),
    (
        {"value": 812, "usual": 402.123456, "spread": 80.1, "score": -5.1234, "limit": 3.5, "unit": ""},
        "812; thường lệ vào giờ này: 402,12 (lệch 5,12 lần độ dao động thường lệ, ngưỡng 3,5)",
        "812; usual at this hour: 402.12 (5.12 times its usual spread, threshold 3.5)",
    ),
    (
        {"value": 12, "limit": 5, "minutes": 120.0},
        "Đếm được 12 trong 120 phút (ngưỡng 5)",
        "12 counted in 120 minutes (threshold 5)",
    ),
    ({"value": 27.4, "limit": 27.0, "unit": "MTR"}, "27,4 m (ngưỡng 27 m)", "27.4 m (limit 27 m)"),
    ({"value": 27.4, "limit": None, "unit": "MTR"}, "27,4 m", "27.4 m"),
    ({"value": "OFFLINE"}, "Trạng thái: mất kết nối", "state: not connected"),
    ({"value": False}, "Trạng thái: Không", "state: No"),
    ({"value": 3.0}, "3", "3"),
    ({"head": "x", "name": "y"}, "", ""),
)
BOTH = {
    "1.value": 43.512,
    "1.limit": 20,
    "1.unit": "H67",
    "2.value": 5,
    "2.limit": 3,
    "2.minutes": 60.0,
}
WARD = "area:/wards/W05443"


@pytest.mark.parametrize(("values", "vi", "en"), CASES)
def test_each_kind_of_condition_says_what_it_compared(values: dict[str, Any], vi: str, en: str) -> None:
    assert raised_by.in_words(values) == vi
    with translation.override("en"):
        assert raised_by.in_words(values) == en


@pytest.fixture
def desk(town: Town) -> Client:
    client = Client()
    sign_in(client, Person.objects.get(pk=town.desk.id))
    return client


def test_a_change_is_compared_with_a_change_on_page_and_in_the_queue(town: Town, rules: Rules, desk: Client) -> None:
    receive(finding(rules.add(), NOW, values=RISING))
    for page in (text(desk.get(at("alerts"))), text(desk.get(at("alert", only().pk)))):
        assert "Tăng 2,74 m trong 60 phút (ngưỡng 0,8 m)" in page
        assert "2,7399" not in page
        assert "<dt>change" not in page


def _flooded(**more: Any) -> Any:
    of = AlertRule.objects.get(code="FLOODED_WARD")
    return finding(
        of.pk, NOW, **{"subject": WARD, "values": BOTH, "evidence": ("urn:ngsi-ld:CitizenReport:7",), **more}
    )


def test_a_conjunction_shows_each_part_and_still_does_when_it_is_over(town: Town, desk: Client) -> None:
    load_usual_rules(by=SYSTEM)
    receive(_flooded())
    for sent in ([], [_flooded(kind="CLEARED", values={})]):
        receive(*sent)
        page = text(desk.get(at("alert", only().pk)))
        assert "Mưa trên ngưỡng 20 mm/h" in page
        assert "43,51 mm/h (ngưỡng 20 mm/h)" in page
        assert "Từ 3 trở lên có Nội dung phản ánh là ngập trong một phường, xã trong 60 phút" in page
        assert "Đếm được 5 trong 60 phút (ngưỡng 3)" in page
        assert "Giá trị" not in page
        assert "43,51 mm/h (ngưỡng 20 mm/h) · Đếm được 5 trong 60 phút (ngưỡng 3)" in text(desk.get(at("alerts")))


def test_names_stand_where_ids_stood(town: Town, desk: Client) -> None:
    load_usual_rules(by=SYSTEM)
    receive(_flooded(scope="", subject="area:/"))
    page = text(desk.get(at("alert", only().pk)))
    assert "area:/" not in page
    assert 'Phản ánh của người dân <span class="sc-code-small">urn:ngsi-ld:CitizenReport:7</span>' in page
    assert 'Mưa to và có phản ánh ngập <span class="sc-code-small">FLOODED_WARD</span>' in page
    assert page.count(">Phụ trách<") == 1


def test_parts_of_a_rule_that_nobody_knows_are_numbered(town: Town, rules: Rules, desk: Client) -> None:
    receive(finding(rules.add(), NOW, subject=WARD, values=BOTH))
    page = text(desk.get(at("alert", only().pk)))
    assert "<dt>Điều kiện 2</dt>" in page
    assert "Đếm được 5" in page


def test_why_it_ended_is_said_in_words(town: Town, rules: Rules, desk: Client) -> None:
    of = rules.add()
    receive(finding(of, NOW, values=RISING), finding(of, NOW, "CLEARED", values={"reason": "ENTITY_DELETED"}))
    page = text(desk.get(at("alert", only().pk)))
    assert "ENTITY_DELETED" not in page
    assert "Đối tượng không còn trong dữ liệu trực tiếp của thành phố." in page
    assert "Tăng 2,74 m" in page
    assert rule().code in page
