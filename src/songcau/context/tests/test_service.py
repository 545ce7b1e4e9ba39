"""A whole broker: started on a folder, asked over its sockets, stopped."""

import asyncio
import json
import os
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import uvloop

from songcau.context.rights.grants import GrantKey
from songcau.context.rights.reach import Reach
from songcau.context.server.tests.talking import Client
from songcau.context.server.tests.talking import run as run_case
from songcau.context.server.tests.test_service import certificate
from songcau.context.service import GRANTS_KEY, CannotStart, Options, run, start, stored_tokens


@asynccontextmanager
async def started(options: Options) -> AsyncIterator[str]:
    async with AsyncExitStack() as stack:
        yield await start(options, stack)


async def at_port(where: str) -> Client:
    host, _, port = where.rpartition("http://")[2].rpartition(":")
    return Client(*await asyncio.open_connection(host, int(port)))


async def at_socket(path: Path) -> Client:
    return Client(*await asyncio.open_unix_connection(str(path)))


def refused(options: Options) -> str:
    """Why a broker does not start."""
    with pytest.raises(CannotStart) as error:
        run_case(lambda: _begun(options))
    return str(error.value)


async def _begun(options: Options) -> None:
    async with started(options):
        raise AssertionError("it did start")


def test_without_tokens_this_machine_is_served(tmp_path: Path) -> None:
    async def case() -> None:
        async with started(Options(tmp_path, port=0)) as where:
            client = await at_port(where)
            assert (await client.heard("GET", "/readyz")).status == 200
            assert (await client.heard("GET", "/songcau/v1/tokens")).body == b"[]"
            client.close()

    run_case(case)


def test_with_tokens_the_operator_makes_one_and_ends_it(tmp_path: Path) -> None:
    async def case() -> None:
        options = Options(tmp_path / "data", port=0, socket=tmp_path / "b.sock", has_auth=True)
        async with started(options) as where:
            device, operator = await at_port(where.split(" and ")[1]), await at_socket(tmp_path / "b.sock")
            assert (await device.heard("GET", "/songcau/v1/tokens")).status == 401
            body = json.dumps({"label": "admin", "may": ["administer"]}).encode()
            made = await operator.heard("POST", "/songcau/v1/tokens", body=body)
            secret, token_id = json.loads(made.body)["token"], json.loads(made.body)["id"]
            bearer = f"Authorization: Bearer {secret}"
            listed = await device.heard("GET", "/songcau/v1/tokens", bearer)
            assert [one["label"] for one in json.loads(listed.body)] == ["admin"]
            assert secret.encode() not in listed.body
            assert (await operator.heard("DELETE", f"/songcau/v1/tokens/{token_id}")).status == 204
            assert (await device.heard("GET", "/songcau/v1/tokens", bearer)).status == 401
            device.close()
            operator.close()

    run_case(case)


def test_a_token_outlives_the_broker_and_can_be_seen_at_rest(tmp_path: Path) -> None:
    async def case() -> None:
        async with started(Options(tmp_path / "data", socket=tmp_path / "b.sock", has_auth=True)):
            operator = await at_socket(tmp_path / "b.sock")
            await operator.heard("POST", "/songcau/v1/tokens", body=b'{"label": "lamp"}')
            operator.close()
        async with stored_tokens(tmp_path / "data") as tokens:
            assert [token.label for token in tokens.all()] == ["lamp"]

    run_case(case)


def test_a_person_with_a_grant_comes_in_and_may_not_administer(tmp_path: Path) -> None:
    async def case() -> None:
        async with started(Options(tmp_path, port=0, has_auth=True)) as where:
            grant = GrantKey.of(tmp_path / GRANTS_KEY).sign("Hoa", Reach())
            client = await at_port(where)
            assert (await client.heard("GET", "/songcau/v1/tokens", f"Authorization: Bearer {grant}")).status == 403
            client.close()

    run_case(case)


def test_one_folder_belongs_to_one_broker(tmp_path: Path) -> None:
    async def case() -> None:
        async with started(Options(tmp_path, port=0)):
            with pytest.raises(CannotStart, match="Another broker"):
                await _begun(Options(tmp_path, port=0))
            with pytest.raises(CannotStart, match="Another broker"):
                async with stored_tokens(tmp_path):
                    pass

    run_case(case)


def test_a_port_that_is_taken_is_named_and_the_folder_is_free_again(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"port {port}: another program listens there" in refused(Options(tmp_path, port=port))
    run_case(lambda: _serves_a_moment(Options(tmp_path, port=port)))


async def _serves_a_moment(options: Options) -> None:
    async with started(options) as where:
        assert where


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])  # noqa: S104  # what must be refused
def test_without_tokens_other_machines_cannot_be_served(tmp_path: Path, host: str) -> None:
    assert "without --auth" in refused(Options(tmp_path, host=host, port=0))
    assert not any(tmp_path.iterdir())


def test_an_address_that_is_none_is_named(tmp_path: Path) -> None:
    assert "no-such-host.invalid" in refused(Options(tmp_path, host="no-such-host.invalid", port=0))
    assert "192.0.2.1" in refused(Options(tmp_path, host="192.0.2.1", port=0, has_auth=True))


def test_something_to_listen_on_is_needed(tmp_path: Path) -> None:
    assert "port or a socket" in refused(Options(tmp_path))


def test_a_socket_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    assert "no/such/folder" in refused(Options(tmp_path, socket=tmp_path / "no/such/folder/b.sock"))


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert "file" in refused(Options(file, port=0))


def test_data_of_a_newer_version_are_not_touched(tmp_path: Path) -> None:
    run_case(lambda: _serves_a_moment(Options(tmp_path, port=0)))
    database = next(found for found in tmp_path.iterdir() if found.suffix in {".sqlite", ".sqlite3", ".db"})
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA user_version = 9999")
    connection.close()
    assert "newer version" in refused(Options(tmp_path, port=0))


def test_a_certificate_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    assert "none.pem" in refused(Options(tmp_path, port=0, certificate=tmp_path / "none.pem"))
    run_case(lambda: _serves_a_moment(Options(tmp_path, port=0, certificate=certificate(tmp_path))))


def test_a_folder_of_contexts_that_is_none_is_named(tmp_path: Path) -> None:
    assert "cannot be used" in refused(Options(tmp_path, port=0, contexts=tmp_path / "none"))


def test_what_was_answered_with_success_is_there_after_a_new_start(tmp_path: Path) -> None:
    entity = b'{"id":"urn:x:1","type":"Lamp","on":{"type":"Property","value":true}}'

    async def written() -> None:
        async with started(Options(tmp_path, port=0)) as where:
            client = await at_port(where)
            answer = await client.heard("POST", "/ngsi-ld/v1/entities", "Content-Type: application/json", body=entity)
            assert (answer.status, answer.headers["location"]) == (201, "/ngsi-ld/v1/entities/urn:x:1")
            client.close()

    async def read() -> None:
        async with started(Options(tmp_path, port=0)) as where:
            client = await at_port(where)
            assert json.loads((await client.heard("GET", "/ngsi-ld/v1/entities/urn:x:1")).body) == json.loads(entity)
            assert b"songcau_broker_entities 1\n" in (await client.heard("GET", "/metrics")).body
            client.close()

    run_case(written)
    run_case(read)


def test_doubts_are_said_when_they_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "quality.json").write_text('{"Air": {"t": {"highest": 50}}}')
    seen = b'{"id":"urn:x:1","type":"Air","t":{"type":"Property","value":400,"observedAt":"2026-11-28T00:00:00Z"}}'

    async def flags(has_quality: bool) -> object:
        async with started(Options(tmp_path, port=0, has_quality=has_quality)) as where:
            client = await at_port(where)
            await client.heard(
                "POST", "/ngsi-ld/v1/entityOperations/upsert", "Content-Type: application/json", body=b"[" + seen + b"]"
            )
            found = json.loads((await client.heard("GET", "/ngsi-ld/v1/entities/urn:x:1")).body)
            client.close()
            return found["t"].get("qualityFlags", {}).get("value")

    assert uvloop.run(flags(True)) in ("OUT_OF_RANGE", ["OUT_OF_RANGE"])
    assert uvloop.run(flags(False)) is None


def test_expectations_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "quality.json").write_text('{"Air": {"t": {"highest": "hot"}}}')
    assert "highest of Air.t" in refused(Options(tmp_path, port=0, has_quality=True))
    run_case(lambda: _serves_a_moment(Options(tmp_path, port=0)))
    (tmp_path / "quality.json").write_text('{"A b!": {"t": {"highest": 1}}}')
    assert "expected of observations" in refused(Options(tmp_path, port=0, has_quality=True))


def test_a_damaged_key_of_the_grants_is_named(tmp_path: Path) -> None:
    (tmp_path / GRANTS_KEY).write_text("short")
    assert "key of the grants" in refused(Options(tmp_path, port=0, has_auth=True))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_broker_in_order(tmp_path: Path, number: signal.Signals) -> None:
    told: list[str] = []

    def ready(where: str) -> None:
        told.append(where)
        os.kill(os.getpid(), number)

    uvloop.run(run(Options(tmp_path, port=0, socket=tmp_path / "b.sock"), ready))
    assert len(told) == 1
    assert not (tmp_path / "b.sock").exists()


@pytest.mark.parametrize("text", ['{"Air": "long"}', '{"A b!": 30}', "[30]"])
def test_a_broker_does_not_guess_how_long_histories_are_kept(tmp_path: Path, text: str) -> None:
    (tmp_path / "retention.json").write_text(text)
    assert "how long histories are kept" in refused(Options(tmp_path, port=0))


def test_a_broker_with_a_retention_starts(tmp_path: Path) -> None:
    (tmp_path / "retention.json").write_text('{"Air": 30}')
    run_case(lambda: _serves_a_moment(Options(tmp_path, port=0)))
