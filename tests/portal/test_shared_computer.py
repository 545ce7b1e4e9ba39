"""At a computer that others use too, and in a log that others read: account and report part with the session."""

import pytest
from django.test import Client

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.tests.people import make_person, sign_in
from songcau.foundation.audit.models import Entry
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.tests.town import Town
from tests.portal.test_reporting import PAGE, fields

pytestmark = pytest.mark.django_db
REPORT, SENT = "/portal/track/report/", "/portal/report/sent/"


@pytest.fixture
def person(db: None) -> Person:
    return make_person("dan.thuong")


@pytest.fixture
def client(person: Person) -> Client:
    found = Client()
    sign_in(found, person)
    return found


def test_signing_out_closes_what_was_sent_and_opened_by_the_account(client: Client, town: Town) -> None:
    assert client.post(PAGE, fields(step="send")).status_code == 302
    assert (client.get(SENT).status_code, client.get(REPORT).status_code) == (200, 200)
    client.post("/accounts/logout/")
    assert client.get(SENT)["Location"] == client.get(REPORT)["Location"] == "/portal/track/"
    assert client.post(f"{REPORT}add/", {"text": "Tôi không gửi cái này"})["Location"] == "/portal/track/"


def test_what_was_opened_from_ones_list_is_closed_for_another_account(client: Client, town: Town) -> None:
    client.post(PAGE, fields(step="send"))
    client.post(f"/portal/my-reports/{Report.objects.get().pk}/")
    assert client.get(REPORT).status_code == 200
    client.post("/accounts/logout/")
    sign_in(client, make_person("nguoi.sau"))
    assert client.get(REPORT).status_code == 302


def test_without_the_account_the_report_stays_open(client: Client, town: Town) -> None:
    client.post(PAGE, fields(step="send", without_account="on"))
    client.post("/accounts/logout/")
    assert (client.get(SENT).status_code, client.get(REPORT).status_code) == (200, 200)


def test_no_trace_of_the_log_joins_the_session_to_the_report(client: Client, person: Person, town: Town) -> None:
    """The telephone moved to another network: the same request notes that, and takes the report in."""
    client.post(PAGE, fields(step="send"), REMOTE_ADDR="10.1.1.1")
    client.post(f"{REPORT}add/", {"text": "Thêm một điều nữa"}, REMOTE_ADDR="10.1.1.2")
    own = set(Entry.objects.filter(actor_id=person.pk).values_list("trace", flat=True))
    acts = set(Entry.objects.filter(actor_label="reporter").values_list("trace", flat=True))
    assert Entry.objects.filter(action="accounts.move_session").count() == 2
    assert len(acts) == 2
    assert not own & acts
