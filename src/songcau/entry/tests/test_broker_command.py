"""`songcau broker` and `songcau broker-token` as a person uses them: real processes, a real socket."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from songcau.entry.commands.broker_token import broker_token

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("SONGCAU_")}


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "songcau", *map(str, arguments)]


def done(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), text=True, capture_output=True, timeout=60, env={**ENVIRONMENT, **environment}
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def token(*arguments: str | Path) -> Result:
    """`songcau broker-token …` in this process."""
    return CliRunner().invoke(broker_token, [str(argument) for argument in arguments])


@contextmanager
def broker(data: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A broker's process, and the one line it printed."""
    process = subprocess.Popen(
        command("broker", "--data", data, *arguments), text=True, stdout=subprocess.PIPE, env=ENVIRONMENT
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline()
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close()


def _ask(port: int, method: str, path: str, body: str = "") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_a_hosted_context_outlasts_a_start_and_has_the_public_address(tmp_path: Path) -> None:
    path = "/ngsi-ld/v1/jsonldContexts"
    for first in (True, False):
        with broker(tmp_path / "data", "--port", "0", "--public-url", "https://city.example/") as (_, line):
            port = int(line.split("http://127.0.0.1:")[1].split(",")[0])
            if first:
                assert _ask(port, "POST", path, '{"@context": {"a": "https://x.org/a"}}')[0] == 201
            status, listed = _ask(port, "GET", path)
            assert status == 200
            assert listed.startswith(f'["https://city.example{path}/urn:ngsi-ld:Context:')


def test_a_broker_says_where_it_answers_and_stops_when_told(tmp_path: Path) -> None:
    with broker(tmp_path / "data", "--port", "0") as (process, line):
        port = int(line.split("http://127.0.0.1:")[1].split(",")[0])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    assert not (tmp_path / "data" / "broker.sock").exists()


def test_a_broker_that_cannot_start_says_why_in_one_line(tmp_path: Path) -> None:
    with broker(tmp_path / "data", "--port", "0"):
        second = done("broker", "--data", tmp_path / "data", "--port", "0")
    assert second.returncode == 1
    assert "Another broker" in second.stderr
    assert "Traceback" not in second.stderr
    assert done("broker", "--data", tmp_path / "data", "--host", "0.0.0.0", "--port", "0").returncode == 1  # noqa: S104
    assert done("broker", "--port", "0").returncode == 2


@pytest.mark.parametrize("is_running", [True, False])
def test_tokens_are_made_listed_and_revoked(tmp_path: Path, is_running: bool) -> None:
    data = tmp_path / "data"
    with broker(data, "--auth") as (process, _):
        if not is_running:
            process.terminate()
            process.wait(timeout=20)
        made = token("--data", data, "create", "lamp 7", "--write", "--ward", "/wards/W05512", "--days", "0")
        assert made.stdout.startswith("scb_")
        assert "may read, write; wards: /wards/W05512; does not expire" in made.stderr
        listed = token("--data", data, "list")
        assert "lamp 7" in listed.stdout
        assert made.stdout.strip() not in listed.stdout
        token_id = listed.stdout.split()[0]
        assert token("--data", data, "revoke", token_id).exit_code == 0
        assert "no token yet" in token("--data", data, "list").stdout
        again = token("--data", data, "revoke", token_id)
        assert (again.exit_code, again.stderr) == (1, "Error: There is no token of that id.\n")
        wrong = token("--data", data, "create", "x", "--ward", "05512")
        assert wrong.exit_code == 1
        assert "scope path" in wrong.stderr


def test_tokens_need_a_broker_or_its_folder(tmp_path: Path) -> None:
    assert "no folder of a broker" in token("--data", tmp_path / "none", "list").stderr
    assert "no broker answers" in token("--socket", tmp_path / "none.sock", "list").stderr
    assert token("--data", tmp_path, "create", "x", "--no-read").exit_code == 2


def test_something_else_that_listens_at_the_socket_is_no_broker(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(tmp_path / "broker.sock"))
        other.listen()

        def close_at_once() -> None:
            for _ in range(2):
                other.accept()[0].close()

        closing = threading.Thread(target=close_at_once)
        closing.start()
        told = token("--data", tmp_path, "list")
        closing.join(timeout=10)
    assert told.exit_code == 1
    assert "does not answer" in told.stderr


def test_the_citys_own_broker_is_found_by_the_settings(tmp_path: Path) -> None:
    settings = {
        "SONGCAU_DATA": str(tmp_path / "city"),
        "SONGCAU_SECRET_KEY": "s" * 40,
        "SONGCAU_AUDIT_KEY": "a" * 40,
        "SONGCAU_CONTEXT_PORT": str(free_port()),
        "SONGCAU_CONTEXT_ORIGINS": '["https://map.example.vn"]',
    }
    process = subprocess.Popen(
        command("context", "--supervised"), stdin=subprocess.PIPE, env={**ENVIRONMENT, **settings}
    )
    assert process.stdin is not None
    ready = tmp_path / "city" / "run" / "context.ready"
    try:
        for _ in range(600):
            if ready.exists() and ready.read_text(encoding="ascii") == str(process.pid):
                break
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=0.05)
        made = done("broker-token", "create", "gateway", "--write", "--type", "Device", "--tenant", "*", **settings)
        assert made.stdout.startswith("scb_")
        assert "any tenant" in made.stderr
        connection = http.client.HTTPConnection("127.0.0.1", int(settings["SONGCAU_CONTEXT_PORT"]), timeout=10)
        connection.request("GET", "/ngsi-ld/v1/types", headers={"Origin": "https://map.example.vn"})
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Access-Control-Allow-Origin")) == (401, "https://map.example.vn")
        connection.close()
    finally:
        process.stdin.close()  # as when the supervisor is gone
        assert process.wait(timeout=20) == 0


@pytest.mark.parametrize("store", ["mysql://127.0.0.1/city", "postgresql://postgres@127.0.0.1:1/none"])
def test_a_store_that_cannot_be_had_is_one_line_and_exit_code_1(tmp_path: Path, store: str) -> None:
    for arguments in (("broker", "--data", tmp_path, "--port", "0"), ("broker-token", "--data", tmp_path, "list")):
        ended = done(*arguments, SONGCAU_CONTEXT_STORE=store)
        assert ended.returncode == 1
        assert ended.stderr.startswith("Error: The journal")
        assert len(ended.stderr.splitlines()) == 1
