"""Writing reports down, spot checks, sheets, false reports, standard answers."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from songcau.kernel import clock
from songcau.systems.citizen_reports.actions import recategorise, showing
from songcau.systems.citizen_reports.actions.submitting import Contact
from songcau.systems.citizen_reports.models import (
    AnswerTemplate,
    Report,
    Reporter,
    SpotCheck,
)
from songcau.systems.citizen_reports.pages.answers import asked
from songcau.systems.citizen_reports.pages.printing import sheets
from songcau.systems.citizen_reports.queries.for_reporter import own_report
from songcau.systems.citizen_reports.rules import Channel, State
from songcau.systems.citizen_reports.tests.desk import Enter, assigned, browsers, page
from songcau.systems.citizen_reports.tests.town import Town, found, send

pytestmark = pytest.mark.usefixtures("wards")


@pytest.fixture
def enter(db: None) -> Enter:
    return browsers()


def test_a_call_is_written_down_once_however_often_it_is_sent(town: Town, enter: Enter) -> None:
    client = enter(town.desk)
    form = {
        "submission_id": str(uuid4()),
        "channel": "PHONE",
        "category": str(town.pothole.pk),
        "text": "Ổ gà trước chợ, xe tránh nhau suýt ngã.",
        "ward": "05443",
        "place_words": "Trước chợ Thái",
        "name": "Nguyễn Thị Gọi",
        "phone": "0912 345 678",
        "asked": "",
    }
    first, second = client.post(page("write_down"), form), client.post(page("write_down"), form)
    assert first.status_code == second.status_code == 200, first.content.decode()
    report = Report.objects.get()
    assert report.channel == Channel.PHONE
    assert f"{report.code[2:6]}-{report.code[6:]}" in first.content.decode()
    assert Reporter.objects.get().phone.endswith("912345678")


def test_the_questions_of_a_category_are_asked_before_it_is_taken_in(town: Town, enter: Enter) -> None:
    town.lamp.questions = [
        {"key": "pole", "kind": "TEXT", "label": "Số cột", "label_en": "Pole", "required": True},
        {
            "key": "kind",
            "kind": "CHOICE",
            "label": "Loại",
            "options": [{"value": "LED", "label": "LED"}, {"value": "OLD", "label": "Cũ"}],
            "required": False,
        },
        {"key": "dark", "kind": "YES_NO", "label": "Tối hẳn?", "required": False},
    ]
    town.lamp.save()
    client = enter(town.desk)
    form = {
        "submission_id": str(uuid4()),
        "channel": "COUNTER",
        "category": str(town.lamp.pk),
        "text": "Đèn đường hỏng đã ba hôm nay.",
        "asked": "",
    }
    asking = client.post(page("write_down"), form)
    assert asking.status_code == 200
    assert "Số cột" in asking.content.decode()
    assert Report.objects.count() == 0
    form |= {"asked": str(town.lamp.pk), "q_kind": "LED", "q_dark": "yes"}
    assert client.post(page("write_down"), form).status_code == 422
    assert client.post(page("write_down"), form | {"q_pole": "T12/4"}).status_code == 200
    assert Report.objects.get().answers == {"pole": "T12/4", "kind": "LED", "dark": True}


def test_of_several_written_down_those_refused_stay_with_why(town: Town, enter: Enter) -> None:
    form: dict[str, Any] = {f"r{n}-submission_id": str(uuid4()) for n in range(8)}
    form |= {"r0-category": str(town.pothole.pk), "r0-text": "Ổ gà đầu cầu Bến Tượng.", "r0-ward": "05443"}
    form |= {"r2-category": "", "r2-text": "Không rõ lĩnh vực."}
    answer = enter(town.desk).post(page("write_several"), form)
    assert answer.status_code == 422
    assert Report.objects.get().channel == Channel.STAFF
    assert "Không rõ lĩnh vực." in answer.content.decode()


def test_a_leader_looks_again_at_what_was_drawn(town: Town, enter: Enter) -> None:
    report = assigned(town)
    Report.objects.filter(pk=report.pk).update(state=State.CLOSED, is_open=False, resolved_at=clock.now())
    SpotCheck.objects.create(report=report, chosen_at=clock.now())
    client = enter(town.mayor)
    assert report.code[2:6] in client.get(page("spot_checks")).content.decode()
    address = page("spot_check", report.pk)
    assert client.get(address).status_code == 200
    bad = {"version": report.version, "verdict": "BAD", "text": ""}
    assert client.post(address, bad).status_code == 422
    answer = client.post(address, bad | {"text": "Ổ gà vẫn còn nguyên như trong ảnh cũ."})
    assert answer.status_code == 302, answer.content.decode()
    assert found(report.pk).state == State.REOPENED


def test_the_sheets_are_printed_emoji_and_all(town: Town, enter: Enter) -> None:
    report = assigned(town, text="Ổ gà to 🕳️🚧 trước cổng trường.")
    showing.publish_report(by=town.desk, report_id=report.pk)
    Report.objects.filter(pk=report.pk).update(due_at=clock.now() - timedelta(days=3))
    assigned(town)
    today = clock.today().isoformat()
    client = enter(town.desk)
    for name in ("by_unit", "late", "hot_spots", "voters"):
        answer = client.get(page("print", name), {"first": today, "last": today, "ward": "05443"})
        assert answer.status_code == 200, name
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
    assert client.get(page("print_report", report.pk)).content.startswith(b"%PDF")
    assert client.get(page("print", "late"), {"first": "32/13/2026"}).status_code == 422
    assert client.get(page("print", "by_unit"), {"first": today, "last": "2020-01-01"}).status_code == 422
    assert client.get(page("print", "nonsense")).status_code == 404
    for name in ("by_unit", "late", "hot_spots", "voters"):
        assert enter(town.lineman).get(page("print", name)).status_code == 200


def test_a_false_report_warns_its_source_and_the_appeal_is_read(town: Town, enter: Enter) -> None:
    report = send(contact=Contact(source="203.0.113.7"))
    client = enter(town.desk)
    assert client.post(page("false_report", report.pk), {"reason": "Không có thật, ảnh trên mạng."}).status_code == 302
    shown = client.get(page("sources"))
    assert shown.context["page"].total == 1
    standing = shown.context["rows"][0].source
    assert client.get(page("source", standing.pk)).status_code == 200
    settled = client.post(page("source", standing.pk), {"decision": "CLEAR", "reason": "Người gửi có lý."})
    assert settled.status_code in (302, 422)


def test_standard_answers_are_filled_in(town: Town, enter: Enter) -> None:
    AnswerTemplate.objects.create(name="Đã nhận", text="{agency} xử lý {code} trước {due}. {unknown}")
    report = assigned(town)
    shown = enter(town.officer).get(page("step", report.pk, "tell")).content.decode()
    assert f"UBND phường Trưng Vương xử lý PA-{report.code[2:6]}-{report.code[6:]} trước " in shown
    assert "{unknown}" in shown


QUESTIONS: list[dict[str, Any]] = [
    {
        "key": "kind",
        "kind": "CHOICE",
        "label": "Loại đèn",
        "label_en": "Kind of lamp",
        "options": [{"value": "LED_2", "label": "Đèn LED", "label_en": "LED lamp"}],
    },
    {"key": "dark", "kind": "YES_NO", "label": "Tối hẳn?"},
    {"key": "many", "kind": "NUMBER", "label": "Mấy đèn?"},
]


def test_answers_are_shown_in_words_wherever_they_are_read(town: Town, enter: Enter) -> None:
    town.lamp.questions = QUESTIONS
    town.lamp.save()
    client = enter(town.desk)
    page_of_form = client.post(page("write_down"), {"category": str(town.lamp.pk), "asked": ""}).content.decode()
    assert '<option value="LED_2">Đèn LED</option>' in page_of_form
    answers = {"kind": "LED_2", "dark": "no", "many": "1200"}
    report = send(category="STREET_LAMP", answers=answers, text="Đèn đường hỏng đã ba hôm nay.")
    shown = [("Loại đèn", "Đèn LED"), ("Tối hẳn?", "Không"), ("Mấy đèn?", "1.200")]
    own = own_report(report.pk, "en")
    assert own is not None
    assert own.answers == (("Kind of lamp", "LED lamp"), ("Tối hẳn?", False), ("Mấy đèn?", 1200))
    # Put under another subject, what was asked and answered stays in words.
    recategorise(by=town.desk, report_id=report.pk, category="POTHOLE")
    assert asked(found(report.pk)) == shown
    for address in (page("case", report.pk), page("moderation"), f"{page('reports')}?format=csv"):
        text = b"".join(client.get(address)).decode()
        assert "Đèn LED" in text, address
        assert "LED_2" not in text, address
    # Of what nobody asks any more the stored words are better than none.
    town.lamp.questions = []
    town.lamp.save()
    assert ("kind", "LED_2") in asked(found(report.pk))


def test_the_sheet_for_voters_names_its_ward_and_takes_no_old_answer_for_a_result(town: Town, enter: Enter) -> None:
    report = assigned(town)
    showing.publish_report(by=town.desk, report_id=report.pk)
    rows, old = Report.objects.filter(pk=report.pk), "Đã vá xong, gọi 0912 345 678 nếu hỏng lại."
    rows.update(state=State.REOPENED, closing_text=old)
    facts = sheets.voters(rows, "Phường Trưng Vương", None, None, clock.now())
    assert facts["about"] == "Phục vụ tiếp xúc cử tri Phường Trưng Vương"
    assert facts["body"][-1].rows[0][3] == "Mở lại"
    rows.update(state=State.CLOSED, is_open=False)
    facts = sheets.voters(rows, "", None, None, clock.now())
    assert facts["about"] == "Phục vụ tiếp xúc cử tri"
    assert facts["body"][-1].rows[0][3].startswith("Đã vá xong")
    assert "345" not in facts["body"][-1].rows[0][3]
    named = enter(town.desk).get(page("print", "voters"), {"ward": "05443"})["Content-Disposition"]
    assert "tiep-xuc-cu-tri" in named
