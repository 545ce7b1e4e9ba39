"""Area alerts: added once, taken back by whose they are, and the log knows no person."""

from uuid import uuid4

import pytest

from songcau.foundation.accounts.tests.people import make_person
from songcau.foundation.audit.models import Entry
from songcau.kernel import clock
from songcau.systems.citizen_reports.actions import alerting
from songcau.systems.citizen_reports.actions.alerting import (
    TooManyAlerts,
    WardUnknown,
    add_area_alert,
    add_place_alert,
    remove_area_alert,
)
from songcau.systems.citizen_reports.models import AreaAlert
from songcau.systems.citizen_reports.queries.watching import area_news
from songcau.systems.citizen_reports.tests.town import INSIDE, Town, send


@pytest.mark.usefixtures("wards")
def test_an_area_is_watched_once_and_let_go(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    person = make_person("lan")
    with pytest.raises(WardUnknown):
        add_area_alert(person_id=person.pk, ward_code="99999")
    made = add_area_alert(person_id=person.pk, ward_code="05443")
    assert add_area_alert(person_id=person.pk, ward_code="05443", category="NO_SUCH").pk == made.pk
    monkeypatch.setattr(alerting, "MOST_ALERTS", 1)
    with pytest.raises(TooManyAlerts):
        add_area_alert(person_id=person.pk, ward_code="05443", category="POTHOLE")
    # Somebody else's, and one that is gone, are no faults.
    remove_area_alert(person_id=uuid4(), alert_id=made.pk)
    assert AreaAlert.objects.count() == 1
    for _time in range(2):
        remove_area_alert(person_id=person.pk, alert_id=made.pk)
    assert AreaAlert.objects.count() == 0
    said = [str(entry.actor_id) + entry.actor_label + entry.subject for entry in Entry.objects.all()]
    assert not any(str(person.pk) in line or "lan" in line for line in said)


def around(metres: int, north: float = 0.0, **more: str) -> AreaAlert:
    """Somebody new watches a place so many metres north of where reports are made."""
    person = make_person(f"ai-{AreaAlert.objects.count()}")
    return add_place_alert(
        person_id=person.pk, longitude=INSIDE[0], latitude=INSIDE[1] + north / 111_195, radius_m=metres, **more
    )


@pytest.mark.usefixtures("wards")
def test_a_place_is_watched_once_and_says_in_which_ward(town: Town) -> None:
    made = around(500)
    assert (made.ward_code, made.ward_name, made.radius_m) == ("", "Phường Trưng Vương", 500)
    again = add_place_alert(person_id=made.person_id, longitude=INSIDE[0], latitude=INSIDE[1], radius_m=500)
    other = add_place_alert(person_id=made.person_id, longitude=INSIDE[0], latitude=INSIDE[1], radius_m=1000)
    assert (again.pk, other.pk == made.pk) == (made.pk, False)


@pytest.mark.usefixtures("wards")
def test_who_watches_near_by_is_told_once_whatever_the_ward(town: Town) -> None:
    near, far = around(500, north=450), around(500, north=550)
    lamps, roads = around(5000, category="STREET_LAMP"), around(5000, category="ROADS")
    add_area_alert(person_id=near.person_id, ward_code="05443")
    report = send()
    assert area_news(report.pk) is None
    report.published_at = clock.now()
    report.save()
    news = area_news(report.pk)
    assert news is not None
    assert sorted(news.people) == sorted({near.person_id, roads.person_id})
    assert far.person_id not in news.people
    assert lamps.person_id not in news.people
    # Outside every ward only the distance counts; without a place only the ward.
    report.ward_code = report.ward_name = ""
    report.save()
    outside = area_news(report.pk)
    assert outside is not None
    assert sorted(outside.people) == sorted({near.person_id, roads.person_id})
    report.public_longitude = report.public_latitude = None
    report.save()
    nowhere = area_news(report.pk)
    assert nowhere is not None
    assert nowhere.people == ()
