"""One's own reports and areas, for whoever is signed in."""

import pytest
from django.test import Client

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.tests.people import make_person, sign_in
from songcau.foundation.audit.models import Entry
from songcau.systems.citizen_reports.actions.submitting import Contact
from songcau.systems.citizen_reports.models import AreaAlert
from songcau.systems.citizen_reports.tests.town import Town, send

pytestmark = pytest.mark.django_db
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
