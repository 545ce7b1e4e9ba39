"""The temporal representations of an entity: normalized, simplified, aggregated (clauses 4.5.6 to 4.5.9, 4.5.19).

Instances come in the stored form, in order of time, each with an instanceId.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from songcau.context.entities.aggregating import ALL_TIME, Duration, aggregated, periods
from songcau.context.entities.entity import Instance
from songcau.context.entities.kinds import VALUE_MEMBERS
from songcau.context.entities.styles import Writer
from songcau.context.terms.terms import Terms

TemporalStyle = Literal["normalized", "temporalValues", "aggregatedValues"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLURALS = {
    "value": "values",
    "object": "objects",
    "languageMap": "languageMaps",
    "vocab": "vocabs",
    "json": "jsons",
    "valueList": "valueLists",
    "objectList": "objectLists",
}

_NO_KINDS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class TemporalForm:
    """How a reader wants a history.

    time: the property that tells when. methods, duration: of the aggregated style; since, until (microseconds since
    1970): the period that was asked for, from which the periods of an aggregation are counted.
    """

    style: TemporalStyle = "normalized"
    sys_attrs: bool = False
    lang: str | None = None
    time: str = "observedAt"
    methods: tuple[str, ...] = ()
    duration: Duration = ALL_TIME
    since: int | None = None
    until: int | None = None


def write_history(
    attributes: Mapping[str, Sequence[Instance]], terms: Terms, form: TemporalForm, kinds: Mapping[str, str] = _NO_KINDS
) -> dict[str, Any]:
    """The attributes of an entity by compacted name. kinds: of those that have no instances."""
    writer = _HistoryWriter(terms, form)
    return {
        terms.compact(name): writer.attribute(some) if some else writer.nothing(kinds.get(name, "Property"))
        for name, some in attributes.items()
    }


def written_instant(at: int) -> str:
    """ISO 8601 of microseconds since 1970, with decimals only where there are some."""
    text = (_EPOCH + timedelta(microseconds=at)).replace(tzinfo=None).isoformat()
    return f"{text}Z"


def instant_of(instance: Instance, time: str) -> str | None:
    """When an instance is placed in time: by the property asked for, or else by when it was written."""
    stamp: str | None = instance.get(time) or instance.get("modifiedAt")
    return stamp


class _HistoryWriter:
    def __init__(self, terms: Terms, form: TemporalForm) -> None:
        self._form = form
        self._normalized = Writer(terms, "normalized", sys_attrs=form.sys_attrs, lang=form.lang)
        self._simplified = Writer(terms, "simplified", lang=form.lang)

    def attribute(self, some: Sequence[Instance]) -> Any:
        if self._form.style == "normalized":
            return [self._instance(instance) for instance in some]
        by_dataset: dict[tuple[str, str | None], list[Instance]] = {}
        for instance in some:
            by_dataset.setdefault((instance["type"], instance.get("datasetId")), []).append(instance)
        write = self._values if self._form.style == "temporalValues" else self._aggregated
        written = [write(kind, dataset, group) for (kind, dataset), group in by_dataset.items()]
        return written[0] if len(written) == 1 else written

    def nothing(self, kind: str) -> Any:
        """An attribute that has no instances in the answer."""
        if self._form.style == "normalized":
            return []
        methods = self._form.methods if self._form.style == "aggregatedValues" else (_PLURALS[VALUE_MEMBERS[kind]],)
        return {"type": kind, **{method: [] for method in methods}}

    def _instance(self, instance: Instance) -> dict[str, Any]:
        written: dict[str, Any] = self._normalized.instance(instance)
        if "deletedAt" in instance:
            written["deletedAt"] = instance["deletedAt"]
        return written

    def _values(self, kind: str, dataset: str | None, group: list[Instance]) -> dict[str, Any]:
        member = VALUE_MEMBERS[kind]
        if self._form.lang is not None and member == "languageMap":
            kind, member = "Property", "value"
        pairs = [[self._simplified.instance(one), instant_of(one, self._form.time)] for one in group]
        return {"type": kind, **_dataset(dataset), _PLURALS[member]: pairs}

    def _aggregated(self, kind: str, dataset: str | None, group: list[Instance]) -> dict[str, Any]:
        form = self._form
        member = VALUE_MEMBERS[kind]
        timed = [(_microseconds(instant_of(one, form.time)), one[member]) for one in group]
        origin = form.since if form.since is not None else timed[0][0]
        end = form.until if form.until is not None else timed[-1][0]
        written: dict[str, Any] = {"type": kind, **_dataset(dataset)}
        laid = periods(timed, form.duration, origin, end)
        for method in form.methods:
            made = [(aggregated(method, values), begin, end) for begin, end, values in laid]
            written[method] = [
                [value, written_instant(begin), written_instant(end)] for value, begin, end in made if value is not None
            ]
        return written


def _dataset(dataset: str | None) -> dict[str, str]:
    return {} if dataset is None else {"datasetId": dataset}


def _microseconds(stamp: str | None) -> int:
    return (datetime.fromisoformat(stamp) - _EPOCH) // timedelta(microseconds=1) if stamp is not None else 0
