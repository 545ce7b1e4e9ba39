"""The requests that the door of the context floor makes: what is asked, before anybody asks it. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson

API = "/ngsi-ld/v1"
PAGE = 500
MOST_IN_ONE = 500
MOST_BYTES_IN_ONE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reading:
    """One request that is yet to be made."""

    method: str
    path: str
    params: Mapping[str, str]
    content: bytes | None = None

    def headers(self) -> dict[str, str]:
        return {"Content-Type": "application/json"} if self.content is not None else {}


def upsert_calls(entities: Iterable[Mapping[str, Any]], *, replace: bool) -> Iterator[Reading]:
    """As many requests as the size of a body asks for."""
    params = {} if replace else {"options": "update"}
    parts: list[bytes] = []
    size = 0
    for entity in entities:
        part = orjson.dumps(entity)
        if parts and (len(parts) == MOST_IN_ONE or size + len(part) > MOST_BYTES_IN_ONE):
            yield Reading("POST", f"{API}/entityOperations/upsert", params, b"[%b]" % b",".join(parts))
            parts, size = [], 0
        parts.append(part)
        size += len(part)
    if parts:
        yield Reading("POST", f"{API}/entityOperations/upsert", params, b"[%b]" % b",".join(parts))


def get_call(entity_id: str, *, simplified: bool) -> Reading:
    return Reading("GET", f"{API}/entities/{quote(entity_id, safe=':')}", form_of(simplified))


def delete_call(ids: Sequence[str]) -> Reading:
    return Reading("POST", f"{API}/entityOperations/delete", {}, orjson.dumps(ids))


def query_call(filters: Mapping[str, str], *, simplified: bool, offset: int) -> Reading:
    return Reading(
        "GET", f"{API}/entities", {**filters, **form_of(simplified), "limit": str(PAGE), "offset": str(offset)}
    )


def history_call(
    entity_id: str, *, attributes: Sequence[str], after: str, before: str | None, last: int | None
) -> Reading:
    params = {"timerel": "after", "timeAt": after}
    if before is not None:
        params = {"timerel": "between", "timeAt": after, "endTimeAt": before}
    if attributes:
        params["attrs"] = ",".join(attributes)
    if last is not None:
        params["lastN"] = str(last)
    return Reading("GET", f"{API}/temporal/entities/{quote(entity_id, safe=':')}", params)


def histories_call(
    filters: Mapping[str, str], *, after: str, before: str, last: int | None, simplified: bool, offset: int
) -> Reading:
    params = {**filters, "timerel": "between", "timeAt": after, "endTimeAt": before, **form_of(simplified)}
    if last is not None:
        params["lastN"] = str(last)
    return Reading("GET", f"{API}/temporal/entities", {**params, "limit": str(PAGE), "offset": str(offset)})


def subscription_calls(document: Mapping[str, Any]) -> tuple[Reading, Reading]:
    """Changing the subscription that is there, and making it."""
    path = f"{API}/subscriptions"
    changed = {name: value for name, value in document.items() if name != "id"}
    there = Reading("PATCH", f"{path}/{quote(document['id'], safe=':')}", {}, orjson.dumps(changed))
    return there, Reading("POST", path, {}, orjson.dumps(document))


def form_of(simplified: bool) -> dict[str, str]:
    return {"format": "simplified"} if simplified else {}
