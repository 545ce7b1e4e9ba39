"""An index of the words of reports, so that a search over a million of them answers at once.

PostgreSQL: generated columns with the words of `search_key` and `public_search_key`, and GIN indexes over them. SQLite:
an FTS5 index beside the table, kept by triggers, with a table that gives each report the number FTS5 needs. Whole words
are found, the last one by its beginning. Both follow from the table of reports alone: a backup does not hold them, and
`rebuild` makes them anew.
"""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

# The columns that are searched, and what each is called in the index.
COLUMNS = {"search_key": "words", "public_search_key": "public_words"}

_SQLITE_TABLES = (
    """CREATE TABLE IF NOT EXISTS citizen_reports_fts_row (
        id INTEGER PRIMARY KEY AUTOINCREMENT, report_id CHAR(32) NOT NULL UNIQUE)""",
    """CREATE VIRTUAL TABLE IF NOT EXISTS citizen_reports_fts USING fts5(
        words, public_words, content='', tokenize='unicode61 remove_diacritics 0')""",
)
_FORGET = """INSERT INTO citizen_reports_fts (citizen_reports_fts, rowid, words, public_words)
    SELECT 'delete', id, OLD.search_key, OLD.public_search_key FROM citizen_reports_fts_row WHERE report_id = OLD.id;"""
_LEARN = """INSERT INTO citizen_reports_fts (rowid, words, public_words)
    SELECT id, NEW.search_key, NEW.public_search_key FROM citizen_reports_fts_row WHERE report_id = NEW.id;"""
_COUNT = "INSERT OR IGNORE INTO citizen_reports_fts_row (report_id) VALUES (NEW.id);"
_UNCOUNT = "DELETE FROM citizen_reports_fts_row WHERE report_id = OLD.id;"
_SQLITE_TRIGGERS = {
    "citizen_reports_fts_insert": ("AFTER INSERT ON citizen_reports_report", _COUNT, _LEARN),
    "citizen_reports_fts_update": (
        """AFTER UPDATE OF search_key, public_search_key ON citizen_reports_report
        WHEN OLD.search_key IS NOT NEW.search_key OR OLD.public_search_key IS NOT NEW.public_search_key""",
        _FORGET,
        _LEARN,
    ),
    "citizen_reports_fts_delete": ("AFTER DELETE ON citizen_reports_report", _FORGET, _UNCOUNT),
}
_POSTGRESQL = (
    """ALTER TABLE citizen_reports_report ADD COLUMN IF NOT EXISTS words tsvector
        GENERATED ALWAYS AS (array_to_tsvector(string_to_array(search_key, ' '))) STORED""",
    """ALTER TABLE citizen_reports_report ADD COLUMN IF NOT EXISTS public_words tsvector
        GENERATED ALWAYS AS (array_to_tsvector(string_to_array(public_search_key, ' '))) STORED""",
    "CREATE INDEX IF NOT EXISTS citizen_reports_words ON citizen_reports_report USING gin (words)",
    """CREATE INDEX IF NOT EXISTS citizen_reports_public_words ON citizen_reports_report USING gin (public_words)
        WHERE public_search_key <> ''""",
)


def put_up(connection: BaseDatabaseWrapper) -> None:
    """Make the index, and fill it from what is there. Safe to repeat."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for statement in _POSTGRESQL:
                cursor.execute(statement)
            return
        for statement in _SQLITE_TABLES:
            cursor.execute(statement)
        for name, (when, *steps) in _SQLITE_TRIGGERS.items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(f"CREATE TRIGGER {name} {when} BEGIN {' '.join(steps)} END")
        _fill(connection)


def take_down(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name in COLUMNS.values():
                cursor.execute(f"ALTER TABLE citizen_reports_report DROP COLUMN IF EXISTS {name}")
            return
        for name in _SQLITE_TRIGGERS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute("DROP TABLE IF EXISTS citizen_reports_fts")
        cursor.execute("DROP TABLE IF EXISTS citizen_reports_fts_row")


def rebuild(connection: BaseDatabaseWrapper) -> None:
    """Make it anew from the table of reports: after rows were written past the triggers. PostgreSQL keeps it itself."""
    if connection.vendor == "sqlite":
        take_down(connection)
        put_up(connection)


def _fill(connection: BaseDatabaseWrapper) -> None:
    """With the reports it does not know."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(MAX(id), 0) FROM citizen_reports_fts_row")
        last = cursor.fetchone()[0]
        cursor.execute(
            """INSERT INTO citizen_reports_fts_row (report_id) SELECT id FROM citizen_reports_report
            WHERE id NOT IN (SELECT report_id FROM citizen_reports_fts_row) ORDER BY received_at, id"""
        )
        cursor.execute(
            """INSERT INTO citizen_reports_fts (rowid, words, public_words)
            SELECT n.id, r.search_key, r.public_search_key FROM citizen_reports_fts_row n
            JOIN citizen_reports_report r ON r.id = n.report_id WHERE n.id > %s ORDER BY n.id""",
            [last],
        )


# Up to so many matches SQLite goes from the index to the reports; more are met soon enough on the way through the
# reports themselves.
MANY = 20_000
_MANY_MATCHES = """SELECT COUNT(*) FROM (
    SELECT 1 FROM citizen_reports_fts WHERE citizen_reports_fts MATCH %s LIMIT %s)"""
_SQLITE_MATCHES = """citizen_reports_report.id IN (SELECT n.report_id FROM citizen_reports_fts f
    JOIN citizen_reports_fts_row n ON n.id = f.rowid WHERE citizen_reports_fts MATCH %s)"""
_POSTGRESQL_MATCHES = {
    "search_key": "citizen_reports_report.words @@ %s::tsquery",
    "public_search_key": "citizen_reports_report.public_search_key <> '' "
    "AND citizen_reports_report.public_words @@ %s::tsquery",
}
# The same, said so that no index of words is taken for it: then the reports are read in the order that is asked for.
_POSTGRESQL_MEETS = {
    "search_key": "ts_match_vq(citizen_reports_report.words, %s::tsquery)",
    "public_search_key": "ts_match_vq(citizen_reports_report.public_words, %s::tsquery)",
}
_SQLITE_LIKE = {column: f"(' ' || citizen_reports_report.{column} || ' ') LIKE %s" for column in COLUMNS}


def matching(connection: BaseDatabaseWrapper, column: str, words: list[str]) -> list[RawSQL]:
    """Conditions: every word is one of the column, the last one begins one. `words`: letters and digits, at least one.

    A last word of one letter stands for itself alone: too many begin with it.
    """
    *whole, last = words
    begins = len(last) > 1
    if connection.vendor == "postgresql":
        return [_is(_POSTGRESQL_MATCHES[column], _query(words))]
    listed = [*(f'"{word}"' for word in whole), f'"{last}"*' if begins else f'"{last}"']
    query = f"{COLUMNS[column]} : ({' AND '.join(listed)})"
    with connection.cursor() as cursor:
        cursor.execute(_MANY_MATCHES, [query, MANY + 1])
        many = cursor.fetchone()[0]
    if many <= MANY:
        return [_is(_SQLITE_MATCHES, query)]
    like = _SQLITE_LIKE[column]
    return [_is(like, f"% {word} %") for word in whole] + [_is(like, f"% {last}%" if begins else f"% {last} %")]


def matching_whole(connection: BaseDatabaseWrapper, column: str, words: list[str]) -> list[RawSQL]:
    """The same conditions where the whole words alone leave few: PostgreSQL looks for every beginning of the last one
    in all reports before it looks at the others.
    """
    *whole, last = words
    if connection.vendor != "postgresql" or not whole:
        return matching(connection, column, words)
    return [_is(_POSTGRESQL_MATCHES[column], _query(whole, begins=False)), *meeting(connection, column, [last])]


def meeting(connection: BaseDatabaseWrapper, column: str, words: list[str], *, begins: bool = True) -> list[RawSQL]:
    """The same conditions, for reports that are read in some order anyway: no index of words is taken for them."""
    if connection.vendor == "postgresql":
        return [_is(_POSTGRESQL_MEETS[column], _query(words, begins=begins))]
    return matching(connection, column, words)


def _query(words: list[str], *, begins: bool = True) -> str:
    """As `tsquery` is written. A last word of one letter stands for itself alone: too many begin with it."""
    *whole, last = words
    end = ":*" if begins and len(last) > 1 else ""
    return " & ".join([*(f"'{word}'" for word in whole), f"'{last}'{end}"])


def _is(condition: str, value: str) -> RawSQL:
    return RawSQL(condition, [value], output_field=BooleanField())  # noqa: S611 - conditions of our own, a bound value
