"""Sums and indexes kept beside the reports: made smaller every hour, and made anew where they were passed by."""

from django.db import DEFAULT_DB_ALIAS, connections

from songcau.systems.citizen_reports.actions import pace
from songcau.systems.citizen_reports.models import tallies, word_index


def compact_sums() -> None:
    """Lines of one key become one, and addresses of yesterday go. Nothing that anybody asks for changes by it."""
    tallies.compact(connections[DEFAULT_DB_ALIAS])
    pace.forget_paces()


def keep_anew(database: str = DEFAULT_DB_ALIAS) -> None:
    """Count everything again and index every word: after rows were brought in past the triggers, as a backup does."""
    connection = connections[database]
    word_index.rebuild(connection)
    tallies.put_up(connection)
    tallies.recount(connection)
