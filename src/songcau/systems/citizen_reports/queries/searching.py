"""Reports by words, without diacritics: each word typed is one of the report, and the last begins one."""

from django.db import connection
from django.db.models import QuerySet

from songcau.systems.citizen_reports.models import Report, word_index
from songcau.systems.citizen_reports.rules import words_to_find

LONGEST_SEARCH = 200
MOST_WORDS = 12
SEARCHED, SEARCHED_BY_THE_PUBLIC = "search_key", "public_search_key"


def found(rows: QuerySet[Report], text: str, column: str = SEARCHED) -> QuerySet[Report]:
    """Those of the rows in which every word is found; none for a text of signs alone, all for no text."""
    if not text.strip():
        return rows
    words = words_to_find(text[:LONGEST_SEARCH])[:MOST_WORDS]
    if not words:
        return rows.none()
    return rows.filter(*word_index.matching(connection, column, words))
