"""What a temporal request asks for: the period, the form, and how much of a long history one answer holds (6.3.10)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, takewhile
from typing import Final

import orjson

from songcau.context.api.answering import Headers
from songcau.context.api.projecting import MEMBERS, Projection, names, projection
from songcau.context.broker.histories import Past
from songcau.context.entities.aggregating import METHODS, read_duration
from songcau.context.entities.evolutions import TemporalForm, TemporalStyle, instant_of, written_instant
from songcau.context.entities.writing import Form
from songcau.context.journal.history import SCOPE, TimeProperty, Wanted
from songcau.context.journal.rows import microseconds
from songcau.context.language import temporal
from songcau.context.problems import BadRequestData, InvalidRequest
from songcau.context.terms.terms import Terms

TIME_PARAMS = frozenset({"timerel", "timeAt", "endTimeAt", "timeproperty"})
TEMPORAL_PARAMS = TIME_PARAMS | {
    "attrs", "pick", "omit", "options", "format", "lang", "datasetId", "lastN", "aggrMethods", "aggrPeriodDuration",
    "local",
}  # fmt: skip
STYLES: dict[str, TemporalStyle] = {
    "normalized": "normalized",
    "temporalValues": "temporalValues",
    "simplified": "temporalValues",
    "aggregatedValues": "aggregatedValues",
}
TIME_PROPERTIES: tuple[TimeProperty, ...] = ("observedAt", "createdAt", "modifiedAt", "deletedAt")
MOST_LAST = 1_000_000
MOST_BYTES: Final = 16 * 1024 * 1024  # of the instances of one answer
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TemporalWanted:
    """wanted: the instances. shown: members of the answer by pick and omit. form: how they are written."""

    wanted: Wanted
    shown: Form
    form: TemporalForm
    relation: str | None
    datasets: frozenset[str] | None


def temporal_wanted(params: Mapping[str, str], terms: Terms, *, needs_period: bool) -> TemporalWanted:
    """What the parameters ask for. Raises InvalidRequest, BadRequestData."""
    style, sys_attrs = _style(params)
    pick = projection(terms, params["pick"]) if "pick" in params else None
    omit = projection(terms, params["omit"]) if "omit" in params else None
    attrs = names(params["attrs"], terms) if "attrs" in params else None
    _check_members(pick, omit, attrs)
    time, since, until, relation = _period(params, needs_period=needs_period)
    last = _last(params.get("lastN"))
    chosen = _names(pick, attrs)
    wanted = Wanted(time, since, until, chosen, last)
    counted_from = None if since is None else since - (relation == "after")
    shown = Form(pick=tuple(pick.names) if pick is not None else None, omit=omit.whole() if omit is not None else None)
    form = TemporalForm(style, sys_attrs, params.get("lang"), time, since=counted_from, until=until)
    if style == "aggregatedValues":
        form = TemporalForm(
            style, sys_attrs, params.get("lang"), time, _methods(params.get("aggrMethods")),
            read_duration(params.get("aggrPeriodDuration", "PT0S")), counted_from, until,
        )  # fmt: skip
    datasets = frozenset(part.strip() for part in params["datasetId"].split(",")) if "datasetId" in params else None
    return TemporalWanted(wanted, shown, form, relation, datasets)


def _style(params: Mapping[str, str]) -> tuple[TemporalStyle, bool]:
    """`format` goes before `options`; each option must be one, whether it counts or not."""
    style: TemporalStyle = "normalized"
    sys_attrs = False
    for option in params["options"].split(",") if params.get("options") else ():
        if option == "sysAttrs":
            sys_attrs = True
        elif option in STYLES:
            style = STYLES[option]
        else:
            raise InvalidRequest(f"There is no option {option[:80]}")
    if "format" in params:
        if params["format"] not in STYLES:
            raise InvalidRequest(f"There is no format {params['format'][:80]}")
        style = STYLES[params["format"]]
    return style, sys_attrs


def _check_members(pick: Projection | None, omit: Projection | None, attrs: tuple[str, ...] | None) -> None:
    if attrs is not None and (pick is not None or omit is not None):
        raise BadRequestData("attrs cannot stand beside pick or omit")
    if pick is not None and omit is not None and set(pick.names) & set(omit.whole()):
        raise BadRequestData(f"{', '.join(sorted(set(pick.names) & set(omit.whole())))}: picked and omitted at once")


def _names(pick: Projection | None, attrs: tuple[str, ...] | None) -> frozenset[str] | None:
    """The only attributes that are read. A pick of nothing but id and type asks nothing of attributes."""
    if attrs is not None:
        return frozenset(attrs)
    picked = frozenset(name for name in pick.names if name not in MEMBERS or name == SCOPE) if pick else None
    return picked or None


def _period(
    params: Mapping[str, str], *, needs_period: bool
) -> tuple[TimeProperty, int | None, int | None, str | None]:
    given = [params.get(name) for name in ("timerel", "timeAt", "endTimeAt", "timeproperty")]
    if given[:3] == [None, None, None] and not needs_period:
        return _property(given[3]), None, None, None
    found = temporal.parse(*given)
    since = None if found.start is None else _microseconds(found.start) + (not found.start_counts)
    until = None if found.end is None else _microseconds(found.end)
    return _property(found.timeproperty), since, until, found.relation


def _property(text: str | None) -> TimeProperty:
    if text is None:
        return "observedAt"
    for known in TIME_PROPERTIES:
        if text == known:
            return known
    raise BadRequestData(f"timeproperty is {', '.join(TIME_PROPERTIES)}, not {text[:80]!r}")


def _microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(microseconds=1)


def _last(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 9 and 0 < int(text) <= MOST_LAST):
        raise BadRequestData(f"lastN is a whole number from 1 to {MOST_LAST:,}")
    return int(text)


def _methods(text: str | None) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip()))
    if not found:
        raise BadRequestData(f"Aggregated values need aggrMethods: some of {', '.join(METHODS)}")
    for method in found:
        if method not in METHODS:
            raise BadRequestData(f"There is no method {method[:40]!r}; there are {', '.join(METHODS)}")
    return found


# --- how much one answer holds --------------------------------------------------------------------------------------


def of_datasets(pasts: Sequence[Past], datasets: frozenset[str] | None) -> list[Past]:
    """With the instances of the datasets only ("@none": those without one); what has none left is left out."""
    if datasets is None:
        return list(pasts)
    found = []
    for past in pasts:
        attributes = {
            name: [one for one in some if one.get("datasetId", "@none") in datasets]
            for name, some in past.evolution.attributes.items()
        }
        past.evolution.attributes = {name: some for name, some in attributes.items() if some}
        if past.evolution.attributes:
            found.append(past)
    return found


def cut(pasts: Sequence[Past], asked: TemporalWanted, most: int) -> Headers | None:
    """Cut histories of more than `most` instances or `MOST_BYTES` in all to one range of time; Content-Range if so.

    Without lastN the oldest come first, with it the newest. No instant is torn: of what happened at one instant all or
    nothing is in the answer, so that the next question can begin where this range ends.
    """
    time, is_newest_first = asked.wanted.time, asked.wanted.last is not None
    # What was read is no less than what is shown of it: only if it is much, each instance is measured.
    is_much = sum(past.evolution.size for past in pasts) > MOST_BYTES
    timed = sorted(
        (_instant(one, time), len(orjson.dumps(one)) if is_much else 0)
        for past in pasts
        for some in past.evolution.attributes.values()
        for one in some
    )
    most = min(most, _fitting(reversed(timed) if is_newest_first else timed))
    if len(timed) <= most:
        return None
    first, last = _range([at for at, _ in timed], most, is_newest_first=is_newest_first)
    for past in pasts:
        past.evolution.kinds = {name: some[0]["type"] for name, some in past.evolution.attributes.items() if some}
        past.evolution.attributes = {
            name: [one for one in some if first <= _instant(one, time) <= last]
            for name, some in past.evolution.attributes.items()
        }
    return ((b"Content-Range", _content_range(asked, first, last).encode()),)


def _fitting(timed: Iterable[tuple[int, int]]) -> int:
    """How many of these instances, from the first on, are `MOST_BYTES` together; one at least."""
    sizes = accumulate(size for _, size in timed)
    return max(1, sum(1 for _ in takewhile(lambda size: size <= MOST_BYTES, sizes)))


def _instant(instance: Mapping[str, object], time: str) -> int:
    stamp = instant_of(dict(instance), time)
    return microseconds(stamp) if stamp is not None else 0


def _range(instants: list[int], most: int, *, is_newest_first: bool) -> tuple[int, int]:
    """The first and the last instant of a range of at most so many instances, or of the one instant that has more."""
    if is_newest_first:
        beyond = instants[-most - 1]
        kept = [at for at in instants[-most:] if at > beyond]
        return (kept[0] if kept else beyond), instants[-1]
    beyond = instants[most]
    kept = [at for at in instants[:most] if at < beyond]
    return instants[0], (kept[-1] if kept else beyond)


def _content_range(asked: TemporalWanted, first: int, last: int) -> str:
    """From the bound that was asked for where there is one, to the last instance that is in the answer."""
    wanted = asked.wanted
    if wanted.last is not None:
        begin = wanted.until if wanted.until is not None else last
        return f"date-time {written_instant(begin)}-{written_instant(first)}/{wanted.last}"
    begin = first if wanted.since is None else wanted.since - (asked.relation == "after")
    return f"date-time {written_instant(begin)}-{written_instant(last)}/*"
