"""Changes of the calendar get their numbers one at a time."""

from django.db import connection

# Also what keeps the changes' events in their order.
SUBJECT = "calendar.calendar:all"


def one_at_a_time() -> None:
    """Until the commit nobody else changes the calendar, so that numbers are in the order of the commits.

    SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [SUBJECT])
