"""An index of the words of reports, so that a search over a million of them answers at once.

PostgreSQL: a GIN index over the words of `search_key` and `public_search_key`. SQLite: an FTS5 index beside the table,
kept by triggers, with a table that gives each report the number FTS5 needs. Both find words by their beginnings. Both
follow from the table of reports alone: a backup does not hold them, and `rebuild` makes them anew.
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
_POSTGRESQL_INDEXES = {
    "citizen_reports_words": """ON citizen_reports_report
        USING gin (array_to_tsvector(string_to_array(search_key, ' ')))""",
    "citizen_reports_public_words": """ON citizen_reports_report
        USING gin (array_to_tsvector(string_to_array(public_search_key, ' '))) WHERE public_search_key <> ''""",
}


def put_up(connection: BaseDatabaseWrapper) -> None:
    """Make the index, and fill it from what is there. Safe to repeat."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name, what in _POSTGRESQL_INDEXES.items():
                cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} {what}")
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
            for name in _POSTGRESQL_INDEXES:
                cursor.execute(f"DROP INDEX IF EXISTS {name}")
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


_POSTGRESQL_MATCHES = {
    column: f"array_to_tsvector(string_to_array(citizen_reports_report.{column}, ' ')) @@ %s::tsquery"
    for column in COLUMNS
}
_SQLITE_MATCHES = """citizen_reports_report.id IN (SELECT n.report_id FROM citizen_reports_fts f
    JOIN citizen_reports_fts_row n ON n.id = f.rowid WHERE citizen_reports_fts MATCH %s)"""


def matching(vendor: str, column: str, words: list[str]) -> RawSQL:
    """A condition: every word begins some word of the column. `words` hold letters and digits only."""
    if vendor == "postgresql":
        query = " & ".join(f"'{word}':*" for word in words)
        return RawSQL(_POSTGRESQL_MATCHES[column], [query], output_field=BooleanField())  # noqa: S611 - our own words
    query = " AND ".join(f'"{word}"*' for word in words)
    return RawSQL(_SQLITE_MATCHES, [f"{COLUMNS[column]} : ({query})"], output_field=BooleanField())  # noqa: S611
