"""The pages, as leaders, the centre and agencies meet them."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation

from songcau.kernel import clock
from songcau.systems.directives import actions
from songcau.systems.directives.models import Directive, Evidence
from songcau.systems.directives.pages import tags
from songcau.systems.directives.pages.overview import MOST_CARDS
from songcau.systems.directives.rules import Due, State
from songcau.systems.directives.tests.town import (
    DONE,
    WHY,
    Enter,
    Town,
    browsers,
    done,
    drafted,
    found,
    given,
    held,
    later,
    page,
    picture,
)


@pytest.fixture
def enter(db: None) -> Enter:
    return browsers()


def form_of(town: Town, **more: Any) -> dict[str, Any]:
    return {
        "submission_id": uuid4(),
        "giver": town.city.pk,
        "title": "Khơi thông rãnh thoát nước",
        "content": "Nạo vét bùn trước mùa mưa, báo cáo kèm ảnh.",
        "lead": town.ward.pk,
        "working_days": 5,
        **more,
    }


def test_each_page_opens_for_whom_it_is_in_both_languages(town: Town, enter: Enter) -> None:
    directive = done(town, supporting_ids=[town.office.pk])
    drafted(town)
    for language in ("vi", "en"):
        for who in (town.mayor, town.head, town.officer, town.desk, town.engineer):
            client = enter(who)
            client.cookies["django_language"] = language
            for name in ("mine", "all", "late", "units", "prints"):
                assert client.get(page(name)).status_code == 200, name
            assert client.get(page("case", directive.pk)).status_code == 200
    client = enter(town.neighbour)
    assert client.get(page("case", directive.pk)).status_code == 404
    assert client.get(page("step", directive.pk, "accept")).status_code == 404
    assert "Không có việc chờ" in client.get(page("mine")).content.decode()


def test_a_leader_gives_by_the_form(town: Town, enter: Enter) -> None:
    client = enter(town.mayor)
    shown = client.get(
        page("give"),
        {
            "title": "Cắm biển",
            "source": "INCIDENT",
            "source_label": "Sự việc 12",
            "source_id": str(uuid4()),
            "source_address": "/incidents/12/",
        },
    ).content.decode()
    assert "Sự việc 12" in shown
    assert 'href="/incidents/12/"' in shown
    elsewhere = {"source": "INCIDENT", "source_label": "x", "source_address": "https://elsewhere.example/"}
    assert 'href="https://elsewhere' not in client.get(page("give"), elsewhere).content.decode()
    form = form_of(town, supporting=[town.office.pk], is_urgent="on")
    answer = client.post(page("give"), form)
    directive = Directive.objects.get()
    assert answer["Location"] == page("case", directive.pk)
    assert (directive.state, directive.is_urgent, directive.supporting.count()) == (State.GIVEN, True, 1)
    # The same form sent again leads to the same directive.
    assert client.post(page("give"), form)["Location"] == answer["Location"]
    assert Directive.objects.count() == 1


def test_what_is_missing_or_wrong_is_said_beside_it(town: Town, enter: Enter) -> None:
    client = enter(town.mayor)
    cases: list[tuple[dict[str, Any], str]] = [
        ({"title": ""}, "Tên nhiệm vụ"),
        ({"lead": ""}, "Đơn vị chủ trì"),
        ({"lead": uuid4()}, "Đơn vị chủ trì"),
        ({"working_days": ""}, "không nhập cả hai"),
        ({"due_on": "2026-12-30"}, "không nhập cả hai"),
        ({"working_days": "", "due_on": "2020-01-01"}, "Ngày này đã qua"),
        ({"working_days": "", "due_hour": "10:00"}, "Vui lòng chọn cả ngày"),
        ({"supporting": [town.ward.pk]}, "không đồng thời là đơn vị phối hợp"),
        ({"source": "INCIDENT", "source_label": "x"}, "Không liên kết được"),
        ({"source": "NONSENSE"}, ""),
    ]
    for more, said in cases:
        answer = client.post(page("give"), form_of(town, **more))
        assert answer.status_code == 422, more
        assert said in answer.content.decode(), more
    assert Directive.objects.count() == 0
    client.post(page("give"), form_of(town, working_days="", due_on="2026-12-30", due_hour="10:30"))
    due = Directive.objects.get().due_at
    assert due is not None
    assert due.isoformat() == "2026-12-30T03:30:00+00:00"


def test_a_ward_leader_is_offered_the_own_ward_alone(town: Town, enter: Enter) -> None:
    client = enter(town.head)
    shown = client.get(page("give")).content.decode()
    assert str(town.counter.pk) in shown
    assert str(town.other.pk) not in shown
    assert client.post(page("give"), form_of(town, giver=town.ward.pk, lead=town.other.pk)).status_code == 422
    assert client.post(page("give"), form_of(town, giver=town.ward.pk, lead=town.counter.pk)).status_code == 302


def test_the_centre_drafts_and_the_leader_changes_and_gives(town: Town, enter: Enter) -> None:
    desk, mayor = enter(town.desk), enter(town.mayor)
    assert desk.post(page("give"), form_of(town)).status_code == 302
    draft = Directive.objects.get()
    assert draft.state == State.DRAFT
    assert "Dự thảo chờ bạn quyết định" in mayor.get(page("mine")).content.decode()
    assert mayor.get(page("change_draft", draft.pk)).status_code == 200
    form = form_of(town, version=draft.version, title="Khơi thông toàn bộ rãnh", working_days="", due_on="2026-12-20")
    assert mayor.post(page("change_draft", draft.pk), form).status_code == 302
    # Who has the old form open is told what changed.
    refused = desk.post(page("change_draft", draft.pk), form)
    assert refused.status_code == 409
    assert "tên nhiệm vụ" in refused.content.decode()
    assert mayor.post(page("step", draft.pk, "give"), {"version": found(draft.pk).version}).status_code == 302
    after = found(draft.pk)
    assert (after.state, after.title) == (State.GIVEN, "Khơi thông toàn bộ rãnh")
    assert mayor.get(page("change_draft", draft.pk)).status_code == 404


def test_who_gives_nothing_is_told_so(town: Town, enter: Enter) -> None:
    answer = enter(town.officer).get(page("give"))
    assert answer.status_code == 403
    assert "không dành cho bạn" in answer.content.decode()


def test_the_whole_way_by_the_pages(town: Town, enter: Enter) -> None:
    directive = given(town, supporting_ids=[town.office.pk])
    officer, mayor, engineer = enter(town.officer), enter(town.mayor), enter(town.engineer)

    def post(client: Any, name: str, **more: Any) -> Any:
        form = {"version": found(directive.pk).version, **more}
        answer = client.post(page("step", directive.pk, name), form)
        assert answer.status_code == 302, answer.content.decode()
        return answer

    post(officer, "start")
    post(officer, "take")
    post(officer, "officer", officer=str(town.colleague.id))
    post(officer, "report", percent=30, text="Đã làm được một phần ba.", photos=[picture(), picture("hai.jpg")])
    post(engineer, "contribute", agency=town.office.pk, text="Đã cấp bản vẽ hệ thống rãnh.", documents=picture())
    assert Evidence.objects.count() == 3
    post(officer, "ask_extension", due_on="2026-12-20", due_hour="", reason=WHY)
    shown = mayor.get(page("step", directive.pk, "decide_extension")).content.decode()
    assert WHY in shown
    assert 'value="2026-12-20"' in shown
    post(mayor, "decide_extension", decision="APPROVE", due_on="2026-12-18", due_hour="17:00", answer="")
    case = officer.get(page("case", directive.pk)).content.decode()
    assert "Hạn ban đầu" in case
    assert "17:00 18/12/2026" in case
    post(mayor, "change", title=directive.title, content="Nạo vét bùn và lắp đủ nắp rãnh.", supporting=[town.office.pk])
    post(mayor, "change_deadline", due_on="2026-12-22", due_hour="", reason="Gộp cùng đợt kiểm tra cuối năm.")
    post(mayor, "nudge")
    post(officer, "finish", text=DONE, documents=picture())
    assert "Kết quả chờ bạn chấp nhận" in mayor.get(page("mine")).content.decode()
    post(mayor, "send_back", reason="Còn đoạn cuối chưa có nắp đậy.")
    post(officer, "finish", text=DONE)
    post(mayor, "accept", text="")
    assert found(directive.pk).state == State.CLOSED
    again = mayor.get(page("step", directive.pk, "accept")).content.decode()
    assert "không làm được hoặc không thuộc quyền" in again


def test_a_decision_to_keep_the_date_needs_a_word(town: Town, enter: Enter) -> None:
    directive = given(town)
    actions.ask_extension(by=town.officer, directive_id=directive.pk, due_at=later(days=30), reason=WHY)
    form = {"version": found(directive.pk).version, "decision": "REFUSE", "due_on": "", "due_hour": "", "answer": ""}
    mayor = enter(town.mayor)
    assert mayor.post(page("step", directive.pk, "decide_extension"), form).status_code == 422
    form["answer"] = "Mưa đã tạnh, cần xong trước Tết."
    assert mayor.post(page("step", directive.pk, "decide_extension"), form).status_code == 302
    assert "không đồng ý" in mayor.get(page("case", directive.pk)).content.decode()


def test_drafts_are_ended_by_the_pages(town: Town, enter: Enter) -> None:
    first, second, third = drafted(town), drafted(town), given(town)
    mayor = enter(town.mayor)
    for directive, name in ((first, "refuse_draft"), (second, "withdraw_draft"), (third, "withdraw")):
        form = {"version": directive.version, "reason": WHY}
        assert mayor.post(page("step", directive.pk, name), form).status_code == 302
    assert found(first.pk).state == State.REFUSED
    assert found(second.pk).state == found(third.pk).state == State.WITHDRAWN


def test_of_two_forms_the_second_is_refused_with_what_changed_and_keeps_what_was_typed(
    town: Town, enter: Enter
) -> None:
    directive = given(town)
    form = {"version": directive.version, "percent": 20, "text": "Đã làm được một phần năm."}
    address = page("step", directive.pk, "report")
    assert enter(town.officer).post(address, {**form, "photos": picture()}).status_code == 302
    answer = enter(town.colleague).post(address, {**form, "percent": 60, "photos": picture()})
    assert answer.status_code == 409
    said = answer.content.decode()
    assert "tiến độ" in said
    assert "Đã làm được một phần năm." in said
    assert Evidence.objects.count() == 1


def test_a_file_that_is_none_is_refused_in_words(town: Town, enter: Enter) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    directive = given(town)
    form = {"version": directive.version, "percent": 20, "text": "Đã làm được một phần năm."}
    bad = SimpleUploadedFile("a.exe", b"MZ" + b"\0" * 200, "application/octet-stream")
    answer = enter(town.officer).post(page("step", directive.pk, "report"), {**form, "documents": bad})
    assert answer.status_code == 422
    assert found(directive.pk).percent == 0


def test_an_unknown_step_and_directive_are_not_found(town: Town, enter: Enter) -> None:
    directive = given(town)
    assert enter(town.mayor).get(page("step", directive.pk, "nonsense")).status_code == 404
    assert enter(town.mayor).get(page("case", uuid4())).status_code == 404
    # A step that the state does not offer: shown with why, refused when sent.
    answer = enter(town.mayor).post(page("step", directive.pk, "accept"), {"version": directive.version, "text": ""})
    assert answer.status_code == 409


def test_a_page_of_tasks_shows_the_first_and_leads_to_all(town: Town, enter: Enter) -> None:
    for _n in range(MOST_CARDS + 1):
        given(town)
    shown = enter(town.officer).get(page("mine")).content.decode()
    assert shown.count("sc-task-deeds") == MOST_CARDS
    assert "?timing=IN_TIME" in shown


def test_every_sheet_is_printed(town: Town, enter: Enter) -> None:
    late, other = given(town), given(town, lead_id=town.counter.pk)
    Directive.objects.filter(pk=late.pk).update(due_at=later(days=-3), soon_at=later(days=-4))
    ended = done(town, due=Due(at=later(days=1)))
    Directive.objects.filter(pk=ended.pk).update(due_at=later(days=-1), soon_at=later(days=-2))
    actions.ask_extension(by=town.head, directive_id=other.pk, due_at=later(days=40), reason=WHY)
    client = enter(town.mayor)
    for name in ("late", "months", "agencies"):
        for query in ({}, {"day": "2026-11-25", "agency": str(town.ward.pk)}):
            answer = client.get(page("print", name), query)
            assert answer.status_code == 200, name
            assert answer.content[:5] == b"%PDF-"
    for directive in (late, other, ended, drafted(town)):
        assert client.get(page("sheet", directive.pk)).content[:5] == b"%PDF-"
    assert client.get(page("print", "nonsense")).status_code == 404
    assert client.get(page("print", "late"), {"day": "nonsense"}).status_code == 422


def test_sheets_of_nothing_say_so(town: Town, enter: Enter) -> None:
    for name in ("late", "months", "agencies"):
        assert enter(town.officer).get(page("print", name)).content[:5] == b"%PDF-"


def test_a_sheet_of_very_many_is_cut(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from songcau.systems.directives.pages.printing import sheets
    from songcau.systems.directives.queries import lists

    monkeypatch.setattr(sheets, "MOST_LINES", 1)
    for _n in range(2):
        given(town)
    rows = lists.directives_of(town.mayor)
    now = clock.now()
    facts = sheets.late(rows, rows.none(), now.date(), now.date(), now)
    assert any("1" in getattr(part, "text", "") and "đầu tiên" in getattr(part, "text", "") for part in facts["body"])


def test_words_of_codes_that_nobody_knows_are_shown_as_they_are() -> None:
    assert tags.directive_words("NEW_CODE", "state") == "NEW_CODE"
    assert tags.directive_step("new_step") == "new step"
    assert tags.as_instant("nonsense") is None
    with translation.override("en"):
        assert tags.directive_step("give") == "Given"


def test_held_files_are_dropped_when_the_form_is_refused(town: Town, enter: Enter) -> None:
    from songcau.foundation.files.parts import Part

    directive, kept = given(town), held()
    assert Part(kept.upload_id).path.exists()
    folder = Part(kept.upload_id).path.parent
    before = set(folder.iterdir())
    form = {"version": directive.version, "percent": 20, "text": "ngắn", "photos": picture()}
    assert enter(town.officer).post(page("step", directive.pk, "report"), form).status_code == 422
    assert set(folder.iterdir()) == before
