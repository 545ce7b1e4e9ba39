"""Categories, routing, outside bodies and standard answers are set up on plain pages."""

import pytest

from songcau.systems.citizen_reports.models import (
    AnswerTemplate,
    Category,
    RoutingRule,
)
from songcau.systems.citizen_reports.tests.desk import Enter, browsers, page
from songcau.systems.citizen_reports.tests.town import Town

pytestmark = pytest.mark.usefixtures("wards")


@pytest.fixture
def enter(db: None) -> Enter:
    return browsers()


QUESTIONS = "pole | TEXT | Số cột | Pole number | *\nkind | CHOICE | Loại\n- LED | Đèn LED\n- OLD | Đèn cũ | Old one"
CATEGORY = {
    "name": "Vỉa hè",
    "name_en": "Pavement",
    "urgency": "NORMAL",
    "verify_hours": 8,
    "term_amount": 7,
    "term_method": "DAYS",
    "order": 10,
    "questions": QUESTIONS,
}


def test_an_administrator_sets_categories_up(town: Town, enter: Enter) -> None:
    client = enter(town.root)
    answer = client.post(page("category_add"), CATEGORY | {"code": "PAVEMENT"})
    assert answer.status_code == 302, answer.content.decode()
    category = Category.objects.get(code="PAVEMENT")
    assert [one["key"] for one in category.questions] == ["pole", "kind"]
    assert category.questions[1]["options"][1] == {"value": "OLD", "label": "Đèn cũ", "label_en": "Old one"}
    shown = client.get(page("category", category.pk)).content.decode()
    assert "pole | TEXT | Số cột | Pole number | *" in shown
    changed = CATEGORY | {"name": "Vỉa hè, lòng đường", "version": category.version}
    assert client.post(page("category", category.pk), changed).status_code == 302
    assert client.post(page("category", category.pk), CATEGORY | {"version": category.version}).status_code == 409
    category.refresh_from_db()
    retired = client.post(page("category_retire", category.pk), {"version": category.version, "replaced_by": "POTHOLE"})
    assert retired.status_code == 302
    assert Category.objects.get(code="PAVEMENT").replaced_by == town.pothole


@pytest.mark.parametrize(
    "typed", ["x | NOTHING | y", "- LED | x", "only words", "k | CHOICE | Không có lựa chọn", "A B | TEXT | Khóa sai"]
)
def test_questions_that_cannot_be_asked_are_refused(town: Town, enter: Enter, typed: str) -> None:
    answer = enter(town.root).post(page("category_add"), CATEGORY | {"code": "PAVEMENT", "questions": typed})
    assert answer.status_code == 422
    assert typed.split("|")[0].strip() in answer.content.decode()


def test_an_administrator_asks_who_would_get_it(town: Town, enter: Enter) -> None:
    client = enter(town.root)
    shown = client.get(page("routing"), {"category": "POTHOLE", "ward": "05443"}).content.decode()
    assert town.office.name in shown
    added = client.post(
        page("rule_add"),
        {"category": "STREET_LAMP", "ward": "05443", "hours": "OUTSIDE", "agency": town.power.pk, "order": 5},
    )
    assert added.status_code == 302, added.content.decode()
    rule = RoutingRule.objects.get(category=town.lamp)
    again = {"category": "STREET_LAMP", "ward": "", "hours": "ANY", "agency": town.power.pk, "order": 5}
    assert client.post(page("rule", rule.pk), again).status_code == 302
    assert client.get(page("rule_remove", rule.pk)).status_code == 200
    assert client.post(page("rule_remove", rule.pk)).status_code == 302
    assert not RoutingRule.objects.filter(pk=rule.pk).exists()


def test_an_administrator_sets_bodies_and_standard_answers_up(town: Town, enter: Enter) -> None:
    client = enter(town.root)
    added = client.post(page("body_add"), {"agency": town.office.pk, "kind": "WATER", "hotline": "19001234"})
    assert added.status_code == 302, added.content.decode()
    assert client.post(page("body_add"), {"agency": town.office.pk, "kind": "WATER"}).status_code == 422
    text = {"name": "Đã nhận", "text": "{code} đã được tiếp nhận.", "category": "", "order": 1}
    assert client.post(page("template_add"), text).status_code == 302
    template = AnswerTemplate.objects.get()
    assert client.post(page("template", template.pk), text | {"order": 2}).status_code == 302
    assert client.post(page("template_retire", template.pk)).status_code == 302
    assert client.get(page("template", template.pk)).status_code == 404
