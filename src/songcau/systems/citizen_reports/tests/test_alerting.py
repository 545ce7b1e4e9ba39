"""Area alerts: added once, taken back by whose they are, and the log knows no person."""

from uuid import uuid4

import pytest

from songcau.foundation.accounts.tests.people import make_person
from songcau.foundation.audit.models import Entry
from songcau.systems.citizen_reports.actions import alerting
from songcau.systems.citizen_reports.actions.alerting import (
    TooManyAlerts,
    WardUnknown,
    add_area_alert,
    remove_area_alert,
)
from songcau.systems.citizen_reports.models import AreaAlert
from songcau.systems.citizen_reports.tests.town import Town


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
