"""Reports by words, without diacritics: each word typed is one of the report, and the last begins one."""

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from songcau.systems.citizen_reports.models import Report, word_index
from songcau.systems.citizen_reports.rules import words_to_find

LONGEST_SEARCH = 200
MOST_WORDS = 12
# One code in 1024.
SAMPLE, LEAST_SAMPLE = ("PA7K", "PA7M"), 100
# From so many in a hundred on a page is full soon on the way through the reports, the newest first; up to so many,
# those that have the whole words are looked at one by one for the beginning of the last.
MANY_PERCENT, FEW_PERCENT = 3, 2
SEARCHED, SEARCHED_BY_THE_PUBLIC = "search_key", "public_search_key"


def found(rows: QuerySet[Report], text: str, column: str = SEARCHED) -> QuerySet[Report]:
    """Those of the rows in which every word is found; none for a text of signs alone, all for no text."""
    if not text.strip():
        return rows
    words = words_to_find(text[:LONGEST_SEARCH])[:MOST_WORDS]
    if not words:
        return rows.none()
    return rows.filter(*_conditions(rows, column, words))


def _conditions(rows: QuerySet[Report], column: str, words: list[str]) -> list[RawSQL]:
    """The shortest way to them.

    PostgreSQL cannot know it: it takes words for independent, and two that stand together for rare. Codes are drawn by
    lot, so those that begin alike are a fair sample. SQLite's index of words is asked itself (`word_index.matching`).
    """
    sample = Report.objects.filter(code__gte=SAMPLE[0], code__lt=SAMPLE[1]).order_by()
    if connection.vendor != "postgresql" or (looked_at := sample.count()) < LEAST_SAMPLE:
        return word_index.matching(connection, column, words)
    met = rows.order_by().filter(code__gte=SAMPLE[0], code__lt=SAMPLE[1])
    if met.filter(*word_index.meeting(connection, column, words)).count() * 100 >= looked_at * MANY_PERCENT:
        return word_index.meeting(connection, column, words)
    whole = sample.filter(*word_index.meeting(connection, column, words[:-1], begins=False)) if words[1:] else None
    if whole is not None and whole.count() * 100 <= looked_at * FEW_PERCENT:
        return word_index.matching_whole(connection, column, words)
    return word_index.matching(connection, column, words)
