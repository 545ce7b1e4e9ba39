"""What is read in the same words from every database. Parameters are written %s; a database may say them otherwise."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import orjson

from songcau.context.journal.corrections import Mask
from songcau.context.journal.rows import Row
from songcau.context.journal.store import Addition, Life, Period

NEVER = -(1 << 62)
COLUMNS = (
    "history.seq, history.previous, history.skip, history.entity, history.place, history.at, history.kind,"
    " history.author, history.observed_from, history.observed_to, history.body"
)


class SqlReading(ABC):
    """May be used from any thread."""

    @abstractmethod
    def _all(self, query: str, parameters: Sequence[object]) -> list[Any]:
        """The rows of a query. StoreError if it cannot be read."""

    def documents(self, kind: str) -> list[tuple[str, str, dict[str, Any]]]:
        rows = self._all("SELECT tenant, id, body FROM document WHERE kind = %s ORDER BY tenant, id", (kind,))
        return [(tenant, name, orjson.loads(body)) for tenant, name, body in rows]

    def lives(self, tenant: str, entity_id: str) -> list[Life]:
        rows = self._all(
            "SELECT number, ended, types FROM entity WHERE id = %s"
            " AND tenant = (SELECT number FROM tenant WHERE name = %s) ORDER BY number",
            (entity_id, tenant),
        )
        return [Life(number, ended, tuple(types.split())) for number, ended, types in rows]

    def gone(self, tenant: str) -> list[tuple[str, tuple[str, ...]]]:
        rows = self._all(
            "SELECT id, types FROM entity WHERE ended IS NOT NULL"
            " AND tenant = (SELECT number FROM tenant WHERE name = %s) ORDER BY number",
            (tenant,),
        )
        return [(entity_id, tuple(types.split())) for entity_id, types in rows]

    def rows_after(self, after: int, limit: int) -> Sequence[tuple[str, str, Row]]:
        rows = self._all(
            f"SELECT tenant.name, entity.id, {COLUMNS} FROM history JOIN entity ON entity.number = history.entity"  # noqa: S608  # column names
            " JOIN tenant ON tenant.number = entity.tenant WHERE history.seq > %s ORDER BY history.seq LIMIT %s",
            (after, limit),
        )
        return [(tenant, entity_id, tuple(row)) for tenant, entity_id, *row in rows]

    def additions(self, number: int, period: Period) -> list[Addition]:
        since = period.since if period.observed and period.since is not None else NEVER
        until = period.until if period.observed and period.until is not None else -NEVER
        return self._all(
            "SELECT name, instance, body FROM addition WHERE entity = %s AND observed >= %s AND observed < %s"
            " UNION ALL SELECT name, instance, body FROM addition WHERE entity = %s AND observed IS NULL",
            (number, since, until, number),
        )

    def mask(self, number: int) -> Mask:
        mask = Mask()
        for row in self._all("SELECT up_to, name, dataset, place FROM hidden WHERE entity = %s", (number,)):
            mask.add(*row)
        return mask
