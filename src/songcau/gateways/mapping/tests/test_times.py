"""Instants of every form end in UTC; what is no instant, or only perhaps one, is refused with the reason."""

from pathlib import Path

import pytest

from songcau.gateways.faults import Fault, MappingFault
from songcau.gateways.mapping.document import Members
from songcau.gateways.mapping.records import Record, column
from songcau.gateways.mapping.times import Clock, clock_of


def clock(form: str = "iso", zone: str | None = None, **more: bool) -> Clock:
    return Clock(column("time"), form, zone, **more)


@pytest.mark.parametrize(
    ("form", "zone", "value", "instant"),
    [
        ("iso", None, "2026-11-28T13:00:00+07:00", "2026-11-28T06:00:00Z"),
        ("iso", None, "2026-11-28 06:00:00.25Z", "2026-11-28T06:00:00.250000Z"),
        ("local", "Asia/Ho_Chi_Minh", "2026-11-28 13:00", "2026-11-28T06:00:00Z"),
        ("local", "Asia/Ho_Chi_Minh", "2026-11-28T13:00:00Z", "2026-11-28T13:00:00Z"),
        ("seconds", None, 1795845600, "2026-11-28T06:00:00Z"),
        ("seconds", None, 1795845600.5, "2026-11-28T06:00:00.500000Z"),
        ("seconds", None, "1795845600", "2026-11-28T06:00:00Z"),
        ("milliseconds", None, 1795845600123, "2026-11-28T06:00:00.123000Z"),
        ("%d/%m/%Y %H:%M", "Asia/Ho_Chi_Minh", "28/11/2026 13:00", "2026-11-28T06:00:00Z"),
        ("%d/%m/%Y %H:%M %z", None, "28/11/2026 13:00 +0700", "2026-11-28T06:00:00Z"),
    ],
)
def test_an_instant_is_read_from_its_form(form: str, zone: str | None, value: object, instant: str) -> None:
    assert clock(form, zone).instant(value) == instant


@pytest.mark.parametrize(
    ("form", "zone", "value", "code"),
    [
        ("iso", None, "2026-11-28T13:00:00", "TIME_WITHOUT_ZONE"),
        ("iso", None, "2026-11-28", "TIME_UNREADABLE"),
        ("iso", None, "yesterday at noon", "TIME_UNREADABLE"),
        ("iso", None, "2026-02-30T00:00:00Z", "TIME_UNREADABLE"),
        ("iso", None, 1795845600, "TIME_UNREADABLE"),
        ("iso", None, "1970-01-01T00:00:00Z", "TIME_IMPLAUSIBLE"),
        ("local", "Asia/Ho_Chi_Minh", "45989.54", "TIME_OF_EXCEL"),
        ("local", "Asia/Ho_Chi_Minh", "28/11/2026 13:00", "TIME_DAY_OR_MONTH"),
        ("local", "Asia/Ho_Chi_Minh", "11-28-26", "TIME_DAY_OR_MONTH"),
        ("local", "Europe/Berlin", "2026-03-29 02:30", "TIME_NOT_ON_CLOCK"),
        ("local", "Europe/Berlin", "2026-10-25 02:30", "TIME_TWICE_ON_CLOCK"),
        ("seconds", None, 1795845600123, "TIME_IMPLAUSIBLE"),
        ("seconds", None, 10**12, "TIME_IMPLAUSIBLE"),
        ("milliseconds", None, 1795845600, "TIME_IMPLAUSIBLE"),
        ("seconds", None, True, "TIME_UNREADABLE"),
        ("seconds", None, -5, "TIME_UNREADABLE"),
        ("seconds", None, "soon", "TIME_UNREADABLE"),
        ("seconds", None, float("nan"), "TIME_UNREADABLE"),
        ("%d/%m/%Y %H:%M", "Asia/Ho_Chi_Minh", "2026-11-28 13:00", "TIME_UNREADABLE"),
    ],
)
def test_what_is_no_clear_instant_is_refused(form: str, zone: str | None, value: object, code: str) -> None:
    with pytest.raises(Fault) as fault:
        clock(form, zone).instant(value)
    assert fault.value.code == code
    assert fault.value.sentence("vi")


def test_a_time_may_be_missing_only_where_it_may() -> None:
    nothing = Record({"time": ""}, {}, None)
    assert clock(is_optional=True).read(nothing) is None
    with pytest.raises(Fault, match="no time"):
        clock().read(nothing)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"form": "unix"}, "MEMBER_NOT_OF"),
        ({"form": "local"}, "ZONE_NEEDED"),
        ({"form": "%d/%m/%Y"}, "ZONE_NEEDED"),
        ({"form": "local", "zone": "Asia/Thai_Nguyen"}, "ZONE_UNKNOWN"),
        ({"form": "local", "zone": "../etc/passwd"}, "ZONE_UNKNOWN"),
    ],
)
def test_a_clock_that_says_nothing_clear_is_refused(members: dict[str, str], code: str) -> None:
    with pytest.raises(MappingFault) as fault:
        clock_of(Members(members, "observed_at", folder=Path()), column("time"))
    assert fault.value.code == code
