"""What was answered with success is on disk; what could not be put there was answered so, and is not there."""

from pathlib import Path

import pytest

from songcau.context.api.tests.client import Client, prop, room
from songcau.context.journal.history import Wanted
from songcau.context.journal.sqlite import SqliteStore
from songcau.context.journal.store import StoreError
from songcau.context.journal.transaction import Batch
from songcau.context.quality.examining import Quality
from songcau.context.rights.caller import Caller

ONE, TWO = "/entities/urn:ngsi-ld:Room:1", "/entities/urn:ngsi-ld:Room:2"


class Moody(SqliteStore):
    """A database that can be told to refuse, at once or after some more commits of changes."""

    refuses = False
    takes: int | None = None

    def write(self, batch: Batch) -> None:
        if self.refuses or (batch.rows and self.takes == 0):
            raise StoreError("database or disk is full")
        if batch.rows and self.takes is not None:
            self.takes -= 1
        super().write(batch)


def test_everything_answered_is_there_after_a_new_start(tmp_path: Path) -> None:
    client = Client(tmp_path)
    client.ask("POST", "/entities", room(1, a=prop(1), scope="/wards/W1"))
    client.ask("POST", "/entities", room(2))
    client.ask("PATCH", f"{ONE}/attrs/a", {"value": 2})
    client.ask("DELETE", TWO)
    client.ask("POST", "/entities", room(3), ngsild_tenant="other")
    before = client.ask("GET", f"{ONE}?options=sysAttrs").raw
    client.close()
    again = Client(tmp_path)
    assert again.ask("GET", f"{ONE}?options=sysAttrs").raw == before
    assert again.ask("GET", TWO).status == 404
    assert again.ask("GET", "/entities/urn:ngsi-ld:Room:3", ngsild_tenant="other").status == 200
    again.close()


def test_what_the_disk_refuses_is_answered_so_and_taken_back(tmp_path: Path) -> None:
    store = Moody(tmp_path)
    client = Client(tmp_path, store)
    client.ask("POST", "/entities", room(1, a=prop(1)))
    before = client.ask("GET", f"{ONE}?options=sysAttrs").raw
    store.refuses = True
    for method, path, body in (
        ("PATCH", f"{ONE}/attrs/a", {"value": 2}),
        ("DELETE", ONE, None),
        ("POST", "/entities", room(2)),
        ("POST", "/entityOperations/upsert", [room(1, a=prop(3)), room(1, a=prop(4)), room(2)]),
    ):
        answer = client.ask(method, path, body)
        assert (answer.status, answer.json["title"]) == (503, "The change cannot be put on disk now")
    assert client.ask("GET", f"{ONE}?options=sysAttrs").raw == before
    assert client.ask("GET", TWO).status == 404
    store.refuses = False
    assert client.ask("POST", "/entities", room(2)).status == 201
    client.close()
    again = Client(tmp_path)
    assert again.ask("GET", f"{ONE}?options=sysAttrs").raw == before
    assert again.ask("GET", TWO).status == 200
    again.close()


def test_a_tenant_whose_first_entity_was_refused_is_none(tmp_path: Path) -> None:
    store = Moody(tmp_path)
    client = Client(tmp_path, store)
    store.refuses = True
    assert client.ask("POST", "/entities", room(1), ngsild_tenant="west").status == 503
    store.refuses = False
    assert client.ask("GET", "/entities?type=Room", ngsild_tenant="west").status == 404
    assert client.ask("POST", "/entities", room(1), ngsild_tenant="west").status == 201
    assert client.ask("DELETE", ONE, ngsild_tenant="west").status == 204
    assert client.ask("GET", "/entities?type=Room", ngsild_tenant="west").json == []
    client.close()


STOPPED = "The purge stopped: %d entities were purged, which is on disk; all others are as they were. Ask again."


def test_a_purge_that_stops_counts_what_it_changed_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("songcau.context.broker.broker.PURGED_AT_ONCE", 10)
    store = Moody(tmp_path)
    client = Client(tmp_path, store)
    rooms = [room(number, **({"a": prop(1)} if number % 2 else {"b": prop(1)})) for number in range(30)]
    client.ask("POST", "/entityOperations/create", rooms)
    store.takes = 2
    stopped = client.ask("DELETE", "/entities?type=Room&drop=a")
    assert (stopped.status, stopped.json["detail"]) == (503, STOPPED % 10)
    with_a = [one["id"].rpartition(":")[2] for one in client.ask("GET", "/entities?type=Room&attrs=a").json]
    assert with_a == ["21", "23", "25", "27", "29"]
    store.takes = 0
    refused = client.ask("DELETE", "/entities?type=Room&drop=a")
    assert (refused.status, "nothing was changed" in refused.json["detail"]) == (503, True)
    client.close()


def test_a_purge_that_is_not_allowed_any_more_says_what_was_done(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("songcau.context.broker.broker.PURGED_AT_ONCE", 2)
    client.ask("POST", "/entityOperations/create", [room(number, a=prop(1)) for number in range(6)])
    limited = Caller("limited", types=["https://uri.etsi.org/ngsi-ld/default-context/Room"], writes=True)
    asked = []

    def may_write(self: Caller, *_: object) -> bool:
        asked.append(1)
        return len(asked) <= 6 + 2  # all may be purged when it begins; after the first part no more

    monkeypatch.setattr(Caller, "may_write", may_write)
    stopped = client.ask("DELETE", "/entities?type=Room", by=limited)
    assert (stopped.status, stopped.json["detail"]) == (403, STOPPED % 2)
    assert len(client.ask("GET", "/entities?type=Room").json) == 4


def test_a_purge_goes_on_disk_by_parts_and_says_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("songcau.context.broker.broker.PURGED_AT_ONCE", 10)
    store = Moody(tmp_path)
    client = Client(tmp_path, store)
    client.ask("POST", "/entityOperations/create", [room(number, a=prop(1)) for number in range(25)])
    store.takes = 2
    stopped = client.ask("DELETE", "/entities?type=Room")
    assert (stopped.status, stopped.json["detail"]) == (503, STOPPED % 20)
    left = [one["id"] for one in client.ask("GET", "/entities?type=Room").json]
    assert left == [f"urn:ngsi-ld:Room:{number}" for number in range(20, 25)]
    store.takes = None
    assert client.ask("DELETE", "/entities?type=Room&drop=a").status == 204
    client.close()
    again = Client(tmp_path)
    assert again.ask("GET", "/entities?type=Room").json == [room(number) for number in range(20, 25)]
    assert again.ask("DELETE", "/entities?type=Room").status == 204
    assert again.ask("GET", "/entities?type=Room").json == []
    again.close()


def test_who_is_limited_reaches_nothing_else(client: Client) -> None:
    default = "https://uri.etsi.org/ngsi-ld/default-context/"
    ward = Caller("ward 1", wards=["/wards/W1"], writes=True)
    reader = Caller("display", types=[default + "Room"], attributes=[default + "a"])
    client.ask("POST", "/entities", room(1, a=prop(1), b=prop(2), scope="/wards/W1/north"))
    client.ask("POST", "/entities", room(2, a=prop(1), scope="/wards/W2"))
    assert client.ask("GET", ONE, by=ward).status == 200
    assert client.ask("GET", TWO, by=ward).status == 404
    assert client.ask("PATCH", f"{ONE}/attrs/a", {"value": 3}, by=ward).status == 204
    assert client.ask("PATCH", f"{TWO}/attrs/a", {"value": 3}, by=ward).status == 404
    assert client.ask("POST", "/entities", room(3, scope="/wards/W2"), by=ward).status == 403
    assert client.ask("PATCH", f"{ONE}/attrs", {"scope": "/wards/W2"}, by=ward).status == 403
    assert client.ask("GET", ONE, by=reader).json == room(1, a=prop(3), scope="/wards/W1/north")
    assert client.ask("PATCH", f"{ONE}/attrs/a", {"value": 4}, by=reader).status == 403
    assert client.ask("GET", ONE, by=Caller("other", tenant="one")).status == 403
    batch = client.ask("POST", "/entityOperations/upsert?options=update", [room(1, a=prop(5)), room(2)], by=ward)
    assert (batch.status, batch.json["success"]) == (207, ["urn:ngsi-ld:Room:1"])


def test_an_observation_that_comes_late_is_in_the_history_and_not_in_the_present(tmp_path: Path) -> None:
    client = Client(tmp_path, quality=Quality("urn:x:qualityFlags"))
    for minute, value in ((10, 1), (20, 2), (15, 3)):
        at = f"2026-11-28T01:{minute}:00Z"
        client.ask("POST", "/entityOperations/upsert?options=update", [room(1, a=prop(value, observedAt=at))])
    assert client.ask("GET", ONE).json["a"]["value"] == 2
    wanted = Wanted(names=frozenset({"https://uri.etsi.org/ngsi-ld/default-context/a"}))
    (found,) = client.loop.run_until_complete(client.journal.history("", ["urn:ngsi-ld:Room:1"], wanted))
    (instances,) = found.attributes.values()
    assert [one["value"] for one in instances] == [1, 3, 2]
    client.close()
