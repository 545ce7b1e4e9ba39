"""One's own reports and areas, for whoever is signed in."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.test import Client

from songcau.flows import published_report_is_told_to_its_area
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.tests.people import make_person, sign_in
from songcau.foundation.audit.models import Entry
from songcau.foundation.notifications.models import Notice
from songcau.foundation.notifications.rendering import full
from songcau.foundation.outbox.reactions import DeliveryFacts
from songcau.systems.citizen_reports.actions import accept_report, publish_report, withhold_report
from songcau.systems.citizen_reports.actions.submitting import Contact
from songcau.systems.citizen_reports.events import ReportPublished
from songcau.systems.citizen_reports.models import AreaAlert
from songcau.systems.citizen_reports.tests.town import Town, send

pytestmark = pytest.mark.django_db
DELIVERY = DeliveryFacts(
    event_id=uuid4(),
    sequence=1,
    name="ReportPublished",
    subject="",
    payload={},
    at=datetime(2026, 11, 28, tzinfo=UTC),
    actor_id=uuid4(),
    actor_label="songcau",
    trace="",
    reaction="flows.area",
    attempt=1,
)
MINE, ALERTS = "/portal/my-reports/", "/portal/alerts/"


@pytest.fixture
def person(db: None) -> Person:
    return make_person("dan.thuong")


@pytest.fixture
def client(person: Person) -> Client:
    found = Client()
    sign_in(found, person)
    return found


@pytest.mark.parametrize("address", [MINE, ALERTS])
def test_strangers_are_led_to_the_citizens_door(address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/sign-in/")


def test_one_sees_and_opens_ones_own_only(client: Client, person: Person, town: Town) -> None:
    mine, other = send(text="Của tôi đây", contact=Contact(person_id=person.pk)), send(text="Của người khác")
    page = client.get(MINE).content.decode()
    assert "Của tôi đây" in page
    assert "Của người khác" not in page
    assert client.post(f"{MINE}{mine.pk}/")["Location"] == "/portal/track/report/"
    assert client.get("/portal/track/report/").status_code == 200
    assert client.post(f"{MINE}{other.pk}/").status_code == 404


@pytest.mark.usefixtures("wards")
def test_an_area_is_added_once_and_removed_and_the_log_does_not_know_who(
    client: Client, person: Person, town: Town
) -> None:
    for _time in range(2):
        assert client.post(ALERTS, {"ward": "05443", "category": "POTHOLE"}).status_code == 302
    alert = AreaAlert.objects.get()
    assert alert.ward_name in client.get(ALERTS).content.decode()
    told = Entry.objects.filter(action__startswith="citizen_reports.").values_list("actor_id", "actor_label")
    assert person.pk not in {actor_id for actor_id, _label in told}
    assert client.post(ALERTS, {"ward": "99999"}).status_code == 422
    assert client.post(ALERTS, {"remove": "x"}).status_code == 404
    assert client.post(ALERTS, {"remove": str(alert.pk)}).status_code == 302
    assert not AreaAlert.objects.exists()


@pytest.mark.usefixtures("wards")
def test_who_watches_a_ward_is_told_once_when_a_report_of_it_is_published(
    client: Client, person: Person, town: Town
) -> None:
    report = send()
    client.post(ALERTS, {"ward": report.ward_code})
    client.post(ALERTS, {"ward": report.ward_code, "category": "POTHOLE"})
    accept_report(by=town.desk, report_id=report.pk)
    for _time in range(2):
        publish_report(by=town.desk, report_id=report.pk)
        published_report_is_told_to_its_area.tell(ReportPublished(report.pk), DELIVERY)
        withhold_report(by=town.desk, report_id=report.pk, reason="Có tên người trong ảnh, phải xem lại.")
    notice = Notice.objects.get(person=person, kind="citizen_reports.in_my_area")
    assert notice.params["category"] == "POTHOLE"
    assert notice.link == f"/portal/reports/{report.code}/"
    assert "Ổ gà" in full(notice.kind, notice.params).title
    published_report_is_told_to_its_area.tell(ReportPublished(report.pk), DELIVERY)
    assert Notice.objects.filter(kind="citizen_reports.in_my_area").count() == 1


@pytest.mark.usefixtures("wards")
def test_not_every_ward_at_once(client: Client, town: Town) -> None:
    from songcau.consoles.citizen.places import wards

    answers = [client.post(ALERTS, {"ward": ward.code}).status_code for ward in wards()]
    assert answers[0] == 302
    assert answers[-1] == 422
    assert AreaAlert.objects.count() == 20


@pytest.mark.usefixtures("wards")
def test_a_place_is_watched_told_of_and_let_go(client: Client, person: Person, town: Town) -> None:
    report = send()
    here = {"longitude": str(report.longitude), "latitude": str(report.latitude), "radius": "300"}
    for wrong in ({"longitude": ""}, {"latitude": "95"}, {"radius": "x"}, {"radius": "123456789"}):
        answer = client.post(ALERTS, here | wrong)
        assert answer.status_code == 422, wrong
        assert 'href="#around"' in answer.content.decode()
    assert client.post(ALERTS, here).status_code == 302
    assert "Trong bán kính 300 m" in client.get(ALERTS).content.decode()
    accept_report(by=town.desk, report_id=report.pk)
    publish_report(by=town.desk, report_id=report.pk)
    published_report_is_told_to_its_area.tell(ReportPublished(report.pk), DELIVERY)
    assert Notice.objects.filter(person=person, kind="citizen_reports.in_my_area").count() == 1
    client.post(ALERTS, {"remove": str(AreaAlert.objects.get().pk)})
    other = send()
    accept_report(by=town.desk, report_id=other.pk)
    publish_report(by=town.desk, report_id=other.pk)
    published_report_is_told_to_its_area.tell(ReportPublished(other.pk), DELIVERY)
    assert Notice.objects.filter(kind="citizen_reports.in_my_area").count() == 1
