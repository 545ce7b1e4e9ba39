"""How fast reports come from one address: counted in the transaction of the report itself."""

from datetime import datetime

from django.db import connection

from songcau.kernel import clock
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.models import AddressPace

_KEPT_HOURS = 24
_COUNT = """INSERT INTO citizen_reports_addresspace (address_hash, minute, in_minute, hour, in_hour)
    VALUES (%s, %s, 1, %s, 1) ON CONFLICT (address_hash) DO UPDATE SET
    in_minute = CASE WHEN citizen_reports_addresspace.minute = excluded.minute
        THEN citizen_reports_addresspace.in_minute + 1 ELSE 1 END,
    in_hour = CASE WHEN citizen_reports_addresspace.hour = excluded.hour
        THEN citizen_reports_addresspace.in_hour + 1 ELSE 1 END,
    minute = excluded.minute, hour = excluded.hour
    RETURNING in_minute, in_hour"""


def count_address(address_hash: str, now: datetime) -> None:
    """One more from there; whoever else reports from there waits for the end of this transaction, so that none slips
    by uncounted. Raises ReportsTooFast; then the caller's transaction ends, and this one was not counted.
    """
    if not address_hash:
        return
    minute = int(now.timestamp()) // 60
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [address_hash, minute, minute // 60])
        in_minute, in_hour = cursor.fetchone()
    rules.require_address_pace(in_minute, in_hour)


def forget_paces() -> None:
    """What is older than a day says nothing any more."""
    hour = int(clock.now().timestamp()) // 3600
    AddressPace.objects.filter(hour__lt=hour - _KEPT_HOURS).delete()
