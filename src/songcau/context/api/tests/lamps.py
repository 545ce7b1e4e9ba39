"""A town of lamps and buses whose past the tests ask for, and how they ask."""

from typing import Any

from songcau.context.api.tests.client import Answered, Client

LAMP = "urn:ngsi-ld:Lamp:1"
NS = "https://uri.etsi.org/ngsi-ld/default-context/"
AFTER = "timerel=after&timeAt=2020-01-01T00:00:00Z"


def prop(value: Any, minute: int | None = None, **more: Any) -> dict[str, Any]:
    observed = {} if minute is None else {"observedAt": f"2026-11-28T01:{minute:02}:00Z"}
    return {"type": "Property", "value": value, **observed, **more}


def lamp(entity_id: str = LAMP, kind: str = "Lamp", **attributes: Any) -> dict[str, Any]:
    return {"id": entity_id, "type": kind, **attributes}


def ok(answer: Answered, *statuses: int) -> Answered:
    assert answer.status in (statuses or (200, 201, 204)), answer.raw
    return answer


def values(answer: Answered, name: str = "power") -> list[Any]:
    return [instance["value"] for instance in answer.json[name]]


def past(client: Client, query: str = "", entity_id: str = LAMP, **more: Any) -> Answered:
    return client.ask("GET", f"/temporal/entities/{entity_id}?{query}", **more)


def at(minute: int) -> dict[str, str]:
    return {"observedAt": f"2026-11-28T01:{minute:02}:00Z"}


def query(client: Client, text: str, **more: Any) -> Answered:
    return client.ask("GET", f"/temporal/entities?{text}", **more)


def found(answer: Answered) -> list[str]:
    return [one["id"].removeprefix("urn:ngsi-ld:") for one in ok(answer).json]
