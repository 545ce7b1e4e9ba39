"""Sums over all reports, kept so that a year's figures and a whole city's map need no look at a million rows.

A tally is a line of a ledger: what a change of a report adds to the sums of its day or of its place, or takes away from
them. It is written by a trigger in the transaction of that change, so the sum over all lines is right at any moment,
whoever writes at the same time, and no line is ever waited for. `compact` replaces lines of one key by their sum;
`recount` makes all of them anew. What depends on the time of asking (late or not) is not in them.
"""

from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

# So many cells of the map in a degree: about 50 metres.
CELLS_PER_DEGREE = 2048
PLACE_UNITS = 1_000_000


class DayTally(models.Model):
    """Reports received on a day, in all, and by unit, ward, category and channel. `key`: hexadecimal id or code; none:
    empty.
    """

    class Kind(models.TextChoices):
        ALL = "ALL"
        UNIT = "UNIT"
        WARD = "WARD"
        CATEGORY = "CATEGORY"
        CHANNEL = "CHANNEL"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=40, blank=True)
    day = models.DateField()
    received = models.IntegerField()
    in_time = models.IntegerField()
    done_late = models.IntegerField()
    turned_down = models.IntegerField()
    reopened = models.IntegerField()
    rated = models.IntegerField()
    content = models.IntegerField()
    unhappy = models.IntegerField()
    stars = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["kind", "day", "key"], name="report_day_tally")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.day}"


class PlaceTally(models.Model):
    """Reports in a cell of the map: where they are, and where the public sees those that are shown.

    `x`, `y` count cells from 180° west and 90° south; `east`, `north` are sums of degrees × `PLACE_UNITS`.
    """

    class Kind(models.TextChoices):
        ALL = "ALL"
        PUBLIC = "PUBLIC"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    x = models.IntegerField()
    y = models.IntegerField()
    many = models.IntegerField()
    still_open = models.IntegerField()
    east = models.BigIntegerField()
    north = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["kind", "y", "x"], name="report_place_tally")]

    def __str__(self) -> str:
        return f"{self.kind} {self.x} {self.y}"


_DAY_KEYS, _PLACE_KEYS = ("kind", "key", "day"), ("kind", "x", "y")
_DAY_SUMS = {
    "received": "1",
    "in_time": "CASE WHEN {done} AND NOT ({late}) THEN 1 ELSE 0 END",
    "done_late": "CASE WHEN {done} AND ({late}) THEN 1 ELSE 0 END",
    "turned_down": "CASE WHEN {row}.state IN ('REFUSED', 'WITHDRAWN') THEN 1 ELSE 0 END",
    "reopened": "CASE WHEN {row}.reopenings > 0 THEN 1 ELSE 0 END",
    "rated": "CASE WHEN {row}.rating IS NOT NULL THEN 1 ELSE 0 END",
    "content": "CASE WHEN COALESCE({row}.rating, 0) >= 4 THEN 1 ELSE 0 END",
    "unhappy": "CASE WHEN COALESCE({row}.rating, 9) <= 2 THEN 1 ELSE 0 END",
    "stars": "COALESCE({row}.rating, 0)",
}
_DONE = "{row}.state IN ('RESOLVED', 'CLOSED')"
_LATE = "{row}.due_at IS NOT NULL AND {row}.resolved_at IS NOT NULL AND {row}.resolved_at > {row}.due_at"
_DAY_COLUMNS = (
    *("agency_id", "ward_code", "category_id", "channel", "received_on"),
    *("state", "due_at", "resolved_at", "reopenings", "rating"),
)

_PLACE_SUMS = ("many", "still_open", "east", "north")
_PLACES = {
    "ALL": ("longitude", "latitude", "1 = 1"),
    "PUBLIC": ("public_longitude", "public_latitude", "{row}.published_at IS NOT NULL AND NOT {row}.withheld"),
}
_PLACE_COLUMNS = ["longitude", "latitude", "public_longitude", "public_latitude", "is_open", "published_at", "withheld"]
_TABLES = {
    "day": ("citizen_reports_daytally", _DAY_KEYS, tuple(_DAY_SUMS)),
    "place": ("citizen_reports_placetally", _PLACE_KEYS, _PLACE_SUMS),
}


def put_up(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers; those that stand already are made anew."""
    take_down(connection)
    on = "ON citizen_reports_report"
    with connection.cursor() as cursor:
        for name, columns in (("day", _DAY_COLUMNS), ("place", _PLACE_COLUMNS)):
            gone, come = (f"{_into(name)} {_lines(connection, name, *how)}" for how in (("OLD", "-"), ("NEW", "")))
            changed = " OR ".join(_differs(connection, column) for column in columns)
            if connection.vendor == "postgresql":
                function = f"citizen_reports_tally_{name}"
                body = f"BEGIN IF TG_OP = 'UPDATE' THEN {gone}; END IF; {come}; RETURN NULL; END"
                cursor.execute(
                    f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
                )
                run = f"FOR EACH ROW EXECUTE FUNCTION {function}()"
                cursor.execute(f"CREATE TRIGGER {function}_insert AFTER INSERT {on} {run}")
                when = f"FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION {function}()"
                cursor.execute(f"CREATE TRIGGER {function}_update AFTER UPDATE {on} {when}")
            else:
                first = f"citizen_reports_tally_{name}"
                cursor.execute(f"CREATE TRIGGER {first}_insert AFTER INSERT {on} BEGIN {come}; END")
                cursor.execute(
                    f"CREATE TRIGGER {first}_update AFTER UPDATE {on} WHEN {changed} BEGIN {gone}; {come}; END"
                )


def take_down(connection: BaseDatabaseWrapper) -> None:
    place = " ON citizen_reports_report" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in _TABLES:
            for event in ("insert", "update"):
                cursor.execute(f"DROP TRIGGER IF EXISTS citizen_reports_tally_{name}_{event}{place}")


def recount(connection: BaseDatabaseWrapper) -> None:
    """Make all sums anew from the reports; nobody writes to them meanwhile."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("LOCK TABLE citizen_reports_report IN SHARE MODE")
        for name, (table, keys, sums) in _TABLES.items():
            lines = _lines(connection, name, "r", "", " FROM citizen_reports_report r")
            by, summed = ", ".join(keys), ", ".join(f"SUM({one})" for one in sums)
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names, here and below
            cursor.execute(f"{_into(name)} SELECT {by}, {summed} FROM ({lines}) AS lines GROUP BY {by}")  # noqa: S608


def compact(connection: BaseDatabaseWrapper) -> None:
    """Replace lines of one key by their sum. Safe at any time, beside whoever writes."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for table, keys, sums in _TABLES.values():
            names, summed = ", ".join((*keys, *sums)), ", ".join(f"SUM({one})" for one in sums)
            by = ", ".join(keys)
            again = f"SELECT {by} FROM {table} GROUP BY {by} HAVING COUNT(*) > 1"  # noqa: S608
            if connection.vendor == "postgresql":
                # One statement: it takes away exactly the lines that it adds up.
                cursor.execute(
                    f"WITH gone AS (DELETE FROM {table} WHERE ({by}) IN ({again}) RETURNING {names}) "  # noqa: S608
                    f"INSERT INTO {table} ({names}) SELECT {by}, {summed} FROM gone GROUP BY {by}"
                )
                continue
            cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")  # noqa: S608
            last = cursor.fetchone()[0]
            chosen = f"FROM {table} WHERE ({by}) IN ({again})"
            cursor.execute(f"INSERT INTO {table} ({names}) SELECT {by}, {summed} {chosen} GROUP BY {by}")
            cursor.execute(f"DELETE FROM {table} WHERE id <= %s AND ({by}) IN ({again})", [last])  # noqa: S608


def _into(name: str) -> str:
    table, keys, sums = _TABLES[name]
    return f"INSERT INTO {table} ({', '.join((*keys, *sums))})"


def _lines(connection: BaseDatabaseWrapper, name: str, row: str, sign: str, source: str = "") -> str:
    """What a row of reports adds to the sums, or with the sign takes away, as a query."""
    of = _of_day if name == "day" else _of_place
    _table, keys, sums = _TABLES[name]
    selects = []
    for values, which in of(connection, row, sign):
        named = ", ".join(f"{value} AS {column}" for value, column in zip(values, (*keys, *sums), strict=True))
        selects.append(f"SELECT {named}{source} WHERE {which}")
    return " UNION ALL ".join(selects)


def _of_day(connection: BaseDatabaseWrapper, row: str, sign: str) -> list[tuple[list[str], str]]:
    done, late = _DONE.format(row=row), _LATE.format(row=row)
    sums = [f"{sign}({what.format(row=row, done=done, late=late)})" for what in _DAY_SUMS.values()]
    keys = {
        "ALL": "''",
        "UNIT": _hexadecimal(connection, f"{row}.agency_id"),
        "WARD": f"{row}.ward_code",
        "CATEGORY": _hexadecimal(connection, f"{row}.category_id"),
        "CHANNEL": f"{row}.channel",
    }
    return [([f"'{kind}'", key, f"{row}.received_on", *sums], "1 = 1") for kind, key in keys.items()]


def _of_place(connection: BaseDatabaseWrapper, row: str, sign: str) -> list[tuple[list[str], str]]:
    chosen = []
    for kind, (east, north, which) in _PLACES.items():
        longitude, latitude = f"{row}.{east}", f"{row}.{north}"
        values = [
            f"'{kind}'",
            _cell(connection, f"({longitude} + 180) * {CELLS_PER_DEGREE}"),
            _cell(connection, f"({latitude} + 90) * {CELLS_PER_DEGREE}"),
            f"{sign}1",
            f"{sign}(CASE WHEN {row}.is_open THEN 1 ELSE 0 END)",
            f"{sign}CAST(ROUND({longitude} * {PLACE_UNITS}) AS BIGINT)",
            f"{sign}CAST(ROUND({latitude} * {PLACE_UNITS}) AS BIGINT)",
        ]
        has_place = f"{longitude} IS NOT NULL AND {latitude} IS NOT NULL AND {which.format(row=row)}"
        chosen.append((values, has_place))
    return chosen


def _cell(connection: BaseDatabaseWrapper, number: str) -> str:
    """Rounded down; SQLite's cast does so by itself, and no function of it has to be there."""
    return f"CAST(FLOOR({number}) AS INTEGER)" if connection.vendor == "postgresql" else f"CAST({number} AS INTEGER)"


def _hexadecimal(connection: BaseDatabaseWrapper, column: str) -> str:
    """An id as SQLite keeps it; empty for none."""
    text = f"REPLACE(CAST({column} AS TEXT), '-', '')" if connection.vendor == "postgresql" else column
    return f"COALESCE({text}, '')"


def _differs(connection: BaseDatabaseWrapper, column: str) -> str:
    return f"OLD.{column} IS {'DISTINCT FROM' if connection.vendor == 'postgresql' else 'NOT'} NEW.{column}"
