"""What lets the portal be installed, and what a draft is sent with later."""

import json

import pytest
from django.test import Client

from songcau.foundation.accounts.tests.people import make_person, sign_in
from songcau.systems.citizen_reports.models import Reporter
from songcau.systems.citizen_reports.tests.town import Town
from tests.portal.test_reporting import PAGE, fields

pytestmark = pytest.mark.django_db


def test_the_worker_knows_what_to_keep_and_may_serve_the_portal_only(citizen: Client) -> None:
    answer = citizen.get("/portal/service-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Service-Worker-Allowed"] == "/portal/"
    first = answer.content.decode().split("\n", 1)[0]
    told = json.loads(first.removeprefix("self.SONGCAU = ").removesuffix(";"))
    assert told["pages"] == ["/portal/report/", "/portal/waiting/"]
    assert all(file.startswith("/static/dist/") for file in told["files"])


def test_the_portal_can_be_installed(citizen: Client) -> None:
    told = json.loads(citizen.get("/portal/manifest.webmanifest").content)
    assert told["scope"] == told["start_url"] == "/portal/"
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in told["icons"]}


def test_a_draft_is_sent_with_a_token_of_the_moment(town: Town) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(PAGE, fields(step="send")).status_code == 403
    token = client.get("/portal/token/").json()["token"]
    headers = {"Accept": "application/json", "X-CSRFToken": token}
    assert client.post(PAGE, fields(step="send"), headers=headers).status_code == 200


def test_who_is_signed_in_sends_from_the_account_unless_left_out(town: Town) -> None:
    person = make_person("dan.thuong")
    client = Client()
    sign_in(client, person)
    told = client.get("/portal/token/").json()["account"]
    assert told
    assert str(person.pk) not in told
    assert Client().get("/portal/token/").json()["account"] == ""
    client.post(PAGE, fields(step="send"))
    client.post(PAGE, fields(step="send", without_account="on"))
    assert sorted(map(str, Reporter.objects.values_list("person_id", flat=True))) == sorted(["None", str(person.pk)])
    page = client.get("/portal/my-reports/").content.decode()
    assert page.count("/portal/my-reports/") >= 1
    assert page.count("cp-row") == 1


def test_the_page_of_what_waits_stands_for_everybody(citizen: Client) -> None:
    assert citizen.get("/portal/waiting/").status_code == 200
