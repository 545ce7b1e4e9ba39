"""Reports from one address come at a pace, and none slips by uncounted."""

from datetime import timedelta

import pytest

from songcau.kernel import clock
from songcau.kernel.actor import NOBODY
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions import keeping, submit_report
from songcau.systems.citizen_reports.actions.submitting import Contact
from songcau.systems.citizen_reports.models import AddressPace, Report
from songcau.systems.citizen_reports.rules import Channel
from songcau.systems.citizen_reports.tests.conftest import NOW
from songcau.systems.citizen_reports.tests.town import Town, draft

pytestmark = pytest.mark.usefixtures("wards")
A_MINUTE, AN_HOUR = rules.ADDRESS_PACE


def sent(number: int, address: str = "address:203.0.113.7", at: timedelta = timedelta(), **more: object) -> None:
    """By another browser each time."""
    contact = Contact(source=f"device:{number}", address=address)
    with clock.frozen(NOW + at):
        submit_report(by=more.pop("by", NOBODY), draft=draft(**more), contact=contact)  # type: ignore[arg-type]


def test_an_address_waits_after_its_minute_and_is_not_named_anywhere(town: Town) -> None:
    for number in range(A_MINUTE):
        sent(number)
    with pytest.raises(rules.ReportsTooFast) as refused:
        sent(A_MINUTE)
    assert refused.value.params == {"most": A_MINUTE, "minutes": 1}
    assert Report.objects.count() == A_MINUTE
    row = AddressPace.objects.get()
    assert (row.in_minute, row.in_hour, str(row)) == (A_MINUTE, A_MINUTE, f"{A_MINUTE} {A_MINUTE}")
    assert "203" not in row.address_hash
    sent(A_MINUTE, "address:203.0.113.8")
    sent(A_MINUTE, at=timedelta(minutes=1))
    assert AddressPace.objects.get(pk=row.pk).in_minute == 1


def test_an_address_waits_after_its_hour(town: Town) -> None:
    sent(0)
    AddressPace.objects.update(in_hour=AN_HOUR)
    with pytest.raises(rules.ReportsTooFast) as refused:
        sent(1, at=timedelta(minutes=2))
    assert refused.value.params == {"most": AN_HOUR, "minutes": 60}
    sent(1, at=timedelta(hours=1))
    assert AddressPace.objects.get().in_hour == 1


def test_the_desk_and_who_has_no_address_are_not_counted(town: Town) -> None:
    sent(0, channel=Channel.PHONE, by=town.desk)
    sent(1, "")
    assert not AddressPace.objects.exists()


def test_addresses_are_forgotten_after_a_day(town: Town) -> None:
    sent(0)
    with clock.frozen(NOW + timedelta(hours=24)):
        keeping.compact_sums()
    assert AddressPace.objects.exists()
    with clock.frozen(NOW + timedelta(hours=26)):
        keeping.compact_sums()
    assert not AddressPace.objects.exists()
