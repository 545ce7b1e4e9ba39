"""“I have seen this too” in the portal: from the page of a report, from the form, with an account and without."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from songcau.foundation.accounts.tests.people import make_person, sign_in
from songcau.kernel import clock
from songcau.systems.citizen_reports.models import Report, Reporter
from songcau.systems.citizen_reports.tests.town import INSIDE, Town, send

pytestmark = pytest.mark.django_db
FORM = "/portal/report/"


@pytest.fixture
def first(town: Town) -> Report:
    report = send()
    report.state, report.published_at = "ACCEPTED", clock.now()
    report.save()
    return report


def page_of(report: Report) -> str:
    return f"/portal/reports/{report.code}/me-too/"


def test_from_its_page_one_joins_once(citizen: Client, first: Report) -> None:
    assert page_of(first) in citizen.get(f"/portal/reports/{first.code}/").content.decode()
    assert citizen.get(page_of(first)).status_code == 200
    number = str(uuid4())
    for _time in range(2):
        assert citizen.post(page_of(first), {"submission_id": number})["Location"] == "/portal/report/sent/"
    assert 'id="secret"' in citizen.get("/portal/report/sent/").content.decode()
    again = citizen.post(page_of(first), {"submission_id": str(uuid4())})
    assert again.status_code == 409
    assert "chỉ tính một lần" in again.content.decode()
    assert first.children.count() == 1
    assert "1 người khác cũng gặp" in citizen.get(f"/portal/reports/{first.code}/").content.decode()
    own = citizen.get("/portal/track/report/").content.decode()
    assert f"/portal/reports/{first.code}/" in own


def test_another_browser_counts_and_an_account_counts_once_everywhere(first: Report) -> None:
    person = make_person("dan.thuong")
    for number in range(2):
        client = Client()
        client.get(page_of(first))
        assert client.post(page_of(first), {}).status_code == 302
        assert first.children.count() == number + 1
    for number, status in enumerate((302, 409)):
        client = Client()
        sign_in(client, person)
        client.get(page_of(first))
        assert client.post(page_of(first), {}).status_code == status, number
    assert Reporter.objects.filter(report__parent=first, person_id=person.pk).count() == 1


def test_from_the_form_what_was_typed_goes_along(citizen: Client, first: Report) -> None:
    typed: dict[str, Any] = {
        "submission_id": str(uuid4()),
        "text": "Ổ gà sâu trước cổng trường, xe máy dễ ngã",
        "category": "POTHOLE",
        "longitude": INSIDE[0],
        "latitude": INSIDE[1],
    }
    citizen.get(FORM)
    check = citizen.post(FORM, {**typed, "step": "check"}).content.decode()
    assert f'name="same_as" value="{first.code}"' in check
    answer = citizen.post(FORM, {**typed, "same_as": first.code}, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    child = first.children.get()
    assert child.text == typed["text"]
    assert answer.json()["code"].replace("-", "") in child.code.replace("-", "")


@pytest.mark.parametrize(("field", "typed"), [("text", "dài " * 4000), ("phone", "12"), ("email", "khong phai thu")])
def test_what_is_wrong_is_said_beside_it(citizen: Client, first: Report, field: str, typed: str) -> None:
    citizen.get(page_of(first))
    answer = citizen.post(page_of(first), {field: typed})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.content.decode()
    assert not first.children.exists()


def test_nothing_to_join(citizen: Client, first: Report) -> None:
    hidden = send()
    assert citizen.get(page_of(hidden)).status_code == 404
    assert citizen.post(page_of(hidden), {}).status_code == 404
    first.state = "CLOSED"
    first.save()
    assert "phản ánh mới" in citizen.get(page_of(first)).content.decode()
    assert citizen.post(page_of(first), {}).status_code == 409
    assert page_of(first) not in citizen.get(f"/portal/reports/{first.code}/").content.decode()
