"""What is read in the same words from every database. Parameters are written %s; a database may say them otherwise."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import orjson

from songcau.context.journal.corrections import Mask
from songcau.context.journal.retention import Known
from songcau.context.journal.rows import Row
from songcau.context.journal.store import Addition, Bound, Life, Period

NEVER = -(1 << 62)
COLUMNS = (
    "history.seq, history.previous, history.skip, history.entity, history.place, history.at, history.kind,"
    " history.author, history.observed_from, history.observed_to, history.body"
)
BARE_COLUMNS = COLUMNS.replace("history.", "")

# Rows that left the disk had been covered by snapshots: so no number above that mark was ever given to one of them.
LAST_SEQ = "SELECT seq FROM history UNION ALL SELECT value FROM mark WHERE name = 'covered' ORDER BY 1 DESC LIMIT 1"
LAST_AT = (
    "SELECT at FROM (SELECT at, seq FROM history ORDER BY seq DESC LIMIT 1) AS newest"
    " UNION ALL SELECT value FROM mark WHERE name = 'at' ORDER BY 1 DESC LIMIT 1"
)

# A life that is over and hidden altogether is forgotten: it is there only until its rows are taken from the disk.
_NOT_FORGOTTEN = (
    "NOT EXISTS (SELECT 1 FROM hidden WHERE hidden.entity = entity.number AND hidden.name IS NULL"
    " AND hidden.up_to >= entity.ended)"
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
            f"SELECT number, ended, types FROM entity WHERE id = %s AND {_NOT_FORGOTTEN}"  # noqa: S608  # a constant
            " AND tenant = (SELECT number FROM tenant WHERE name = %s) ORDER BY number",
            (entity_id, tenant),
        )
        return [Life(number, ended, tuple(types.split())) for number, ended, types in rows]

    def gone(self, tenant: str) -> list[tuple[str, tuple[str, ...]]]:
        rows = self._all(
            f"SELECT id, types FROM entity WHERE ended IS NOT NULL AND {_NOT_FORGOTTEN}"  # noqa: S608  # a constant
            " AND tenant = (SELECT number FROM tenant WHERE name = %s) ORDER BY number",
            (tenant,),
        )
        return [(entity_id, tuple(types.split())) for entity_id, types in rows]

    def rows_after(self, after: int, bound: Bound) -> Sequence[tuple[str, str, Row]]:
        sizes = self._all(
            "SELECT seq, length(body) FROM history WHERE seq > %s ORDER BY seq LIMIT %s", (after, bound.rows)
        )
        last, left = after, bound.bytes
        for seq, size in sizes:
            last, left = seq, left - size
            if left <= 0:
                break
        rows = self._all(
            f"SELECT tenant.name, entity.id, {COLUMNS} FROM history JOIN entity ON entity.number = history.entity"  # noqa: S608  # column names
            " JOIN tenant ON tenant.number = entity.tenant WHERE history.seq > %s AND history.seq <= %s"
            " ORDER BY history.seq",
            (after, last),
        )
        return [(tenant, entity_id, tuple(row)) for tenant, entity_id, *row in rows]

    def additions(self, number: int, period: Period, bound: Bound) -> list[Addition]:
        since = period.since if period.observed and period.since is not None else NEVER
        until = period.until if period.observed and period.until is not None else -NEVER
        return self._all(
            "SELECT name, instance, body FROM (SELECT name, instance, body, number,"
            " sum(length(body)) OVER (ORDER BY number) AS size FROM"
            " (SELECT * FROM addition WHERE entity = %s AND observed >= %s AND observed < %s"
            " UNION ALL SELECT * FROM addition WHERE entity = %s AND observed IS NULL) AS told) AS sized"
            " WHERE size - length(body) < %s ORDER BY number LIMIT %s",
            (number, since, until, number, bound.bytes, bound.rows),
        )

    def mask(self, number: int) -> Mask:
        mask = Mask()
        for row in self._all("SELECT up_to, name, dataset, place FROM hidden WHERE entity = %s", (number,)):
            mask.add(*row)
        return mask

    def known(self, after: int, limit: int) -> list[Known]:
        rows = self._all(
            "SELECT entity.number, tenant.name, id, types, ended FROM entity JOIN tenant ON tenant.number = tenant"
            " WHERE entity.number > %s ORDER BY entity.number LIMIT %s",
            (after, limit),
        )
        return [Known(number, tenant, name, tuple(types.split()), ended) for number, tenant, name, types, ended in rows]

    def hidden_numbers(self) -> set[int]:
        return {number for (number,) in self._all("SELECT DISTINCT entity FROM hidden", ())}

    def _covered(self) -> int:
        covered: int = self._all("SELECT value FROM mark WHERE name = 'covered'", ())[0][0]
        return covered
