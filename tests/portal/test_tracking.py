"""Following a report: nobody learns whether a code exists, and the one who has the secret does what is theirs to do."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from songcau.kernel import clock
from songcau.systems.citizen_reports.actions.submitting import Contact, secret_of
from songcau.systems.citizen_reports.models import Report, Reporter
from songcau.systems.citizen_reports.rules import State
from songcau.systems.citizen_reports.tests.town import Town, send

pytestmark = pytest.mark.django_db
TRACK, REPORT = "/portal/track/", "/portal/track/report/"
TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+')


def opened(client: Client, report: Report) -> Any:
    return client.post(TRACK, {"code": report.code, "secret": secret_of(report.submission_id)})


def at(report: Report, state: State, **more: Any) -> Report:
    report.state = state
    for name, value in more.items():
        setattr(report, name, value)
    report.save()
    return report


def test_code_and_secret_open_the_report_however_they_are_typed(citizen: Client, town: Town) -> None:
    report = send(text="Ổ gà trước cổng")
    typed = {
        "code": f" pa-{report.code[2:6].lower()} {report.code[6:]}",
        "secret": secret_of(report.submission_id).lower(),
    }
    answer = citizen.post(TRACK, typed)
    assert answer.status_code == 302
    assert answer["Location"] == REPORT
    assert "secret" not in answer["Location"]
    page = citizen.get(REPORT)
    assert "Ổ gà trước cổng" in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_an_unknown_code_and_a_wrong_secret_are_answered_alike_to_the_byte(town: Town) -> None:
    report = send()
    answers = []
    for typed in (
        {"code": report.code, "secret": "0000000000"},
        {"code": "PA-0000-0000", "secret": secret_of(report.submission_id)},
        {"code": "gì đó", "secret": "🙂"},
        {},
    ):
        client = Client()
        first = client.post(TRACK, typed)
        page = client.get(first["Location"])
        headers = {name: value for name, value in first.headers.items() if name not in {"X-Request-ID", "Expires"}}
        answers.append((first.status_code, headers, first.content, TOKEN.sub(rb"\1", page.content)))
        assert not client.cookies.get("portal_report")
    assert [TIME.sub(b"", answer[3]) for answer in answers] == [TIME.sub(b"", answers[0][3])] * 4
    assert [answer[:3] for answer in answers] == [answers[0][:3]] * 4


# The page says as of when it is, to the minute.
TIME = re.compile(rb"\d\d:\d\d \d\d/\d\d/\d{4}")


def test_guessing_is_slowed_down(citizen: Client, town: Town) -> None:
    send()
    answers = [citizen.post(TRACK, {"code": "PA-0000-0000", "secret": str(n)}).status_code for n in range(20)]
    assert answers[0] == 302
    assert answers[-1] == 429


def test_without_the_pass_nothing_is_shown_and_leaving_takes_it(citizen: Client, town: Town) -> None:
    report = send()
    assert citizen.get(REPORT)["Location"] == TRACK
    assert citizen.post(f"{REPORT}withdraw/")["Location"] == TRACK
    opened(citizen, report)
    assert citizen.get(REPORT).status_code == 200
    citizen.post("/portal/track/leave/")
    assert citizen.get(REPORT)["Location"] == TRACK


def test_a_forged_pass_opens_nothing(citizen: Client, town: Town) -> None:
    citizen.cookies["portal_report"] = str(send().pk)
    assert citizen.get(REPORT)["Location"] == TRACK


def test_a_question_is_answered(citizen: Client, town: Town) -> None:
    from songcau.systems.citizen_reports.actions import ask_reporter

    report = send()
    ask_reporter(by=town.desk, report_id=report.pk, text="Số nhà bao nhiêu, gần cột điện nào?")
    opened(citizen, report)
    assert "gần cột điện nào" in citizen.get(REPORT).content.decode()
    empty = citizen.post(f"{REPORT}answer/", {"text": ""})
    assert empty.status_code == 422
    assert 'href="#deed-answer"' in empty.content.decode()
    assert citizen.post(f"{REPORT}answer/", {"text": "Cột số 12, trước trường"}).status_code == 302
    report.refresh_from_db()
    assert report.state == State.NEW
    assert "Cột số 12" in citizen.get(REPORT).content.decode()


def test_what_is_done_is_rated_once(citizen: Client, town: Town) -> None:
    report = at(send(), State.RESOLVED, resolved_at=clock.now())
    opened(citizen, report)
    assert citizen.post(f"{REPORT}rate/", {"rating": "9"}).status_code == 422
    assert citizen.post(f"{REPORT}rate/", {"rating": "2", "text": "Vẫn còn lún"}).status_code == 302
    report.refresh_from_db()
    assert report.rating == 2
    assert citizen.post(f"{REPORT}rate/", {"rating": "5"}).status_code == 409
    assert "deed-rate" not in citizen.get(REPORT).content.decode()


def test_it_is_reopened_with_a_reason_within_seven_days(citizen: Client, town: Town) -> None:
    report = at(send(), State.RESOLVED, resolved_at=clock.now() - timedelta(days=1))
    opened(citizen, report)
    short = citizen.post(f"{REPORT}reopen/", {"text": "x"})
    assert short.status_code == 422
    assert citizen.post(f"{REPORT}reopen/", {"text": "Mới lấp đất, trời mưa lại thành ổ gà như cũ."}).status_code == 302
    report.refresh_from_db()
    assert report.state == State.REOPENED
    late = at(send(), State.RESOLVED, resolved_at=clock.now() - timedelta(days=8))
    opened(citizen, late)
    assert "deed-reopen" not in citizen.get(REPORT).content.decode()
    assert citizen.post(f"{REPORT}reopen/", {"text": "Mới lấp đất, trời mưa lại thành ổ gà như cũ."}).status_code in (
        409,
        422,
    )


def test_it_is_taken_back_and_contacts_are_forgotten(citizen: Client, town: Town) -> None:
    report = send(contact=Contact(name="Lê Thị Sương", phone="0912345678"))
    opened(citizen, report)
    assert "deed-forget" in citizen.get(REPORT).content.decode()
    assert citizen.post(f"{REPORT}withdraw/", {"forget": "on"}).status_code == 302
    report.refresh_from_db()
    assert report.state == State.WITHDRAWN
    assert Reporter.objects.get(report=report).name == ""
    assert citizen.post(f"{REPORT}withdraw/").status_code == 409


def test_words_are_added_and_contacts_deleted_while_it_goes_on(citizen: Client, town: Town) -> None:
    report = send(contact=Contact(phone="0912345678"))
    opened(citizen, report)
    assert citizen.post(f"{REPORT}add/", {"text": "Thêm một ổ nữa ở bên phải."}).status_code == 302
    assert citizen.post(f"{REPORT}forget/").status_code == 302
    assert Reporter.objects.get().phone == ""
    assert citizen.post(f"{REPORT}nonsense/").status_code == 404


def test_reminding_before_the_date_is_refused_in_words(citizen: Client, town: Town) -> None:
    opened(citizen, send())
    page = citizen.post(f"{REPORT}nudge/")
    assert page.status_code in (409, 422)
    assert "sc-errors" in page.content.decode()


def test_every_state_has_a_page(citizen: Client, town: Town) -> None:
    report = send()
    opened(citizen, report)
    for state in State:
        at(report, state)
        assert citizen.get(REPORT).status_code == 200, state
