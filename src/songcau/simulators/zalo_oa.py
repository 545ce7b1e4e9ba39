"""A Zalo Official Account on loopback: the exchange of single-use refresh tokens, and messages to followers.

It speaks as the real one is reported to: `error: 0` inside a 200 answer, errors as negative codes in 200 answers too.
`python -m songcau.simulators.zalo_oa --port 8099` runs it alone; a test starts it in a thread and looks into it.
"""

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import click

LONGEST_TEXT = 2000
TOKEN_INVALID, TOO_LONG, NOT_FOLLOWING, PARAMETERS = -216, -210, -213, -201
REFRESH_REFUSED, APP_REFUSED = -14014, -14002


@dataclass
class OfficialAccount:
    """The account: its application, who follows it, what was sent, and the troubles to come.

    `troubles`: error codes of the next messages, one each. `slow`: seconds before an answer. `broken`: an HTTP status
    given instead of an answer. `forget_answers`: how many of the next exchanges are made but never answered.
    """

    app_id: str = "app"
    secret_key: str = "secret"  # noqa: S105 - of a simulator
    followers: set[str] = field(default_factory=set)
    refresh_tokens: set[str] = field(default_factory=set)
    access_tokens: set[str] = field(default_factory=set)
    messages: list[tuple[str, str]] = field(default_factory=list)
    troubles: list[int] = field(default_factory=list)
    exchanges: int = 0
    refused_exchanges: int = 0
    slow: float = 0.0
    broken: int = 0
    forget_answers: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def authorise(self) -> str:
        """What an administrator gets who authorises the application: a refresh token."""
        token = f"refresh-{secrets.token_hex(8)}"
        self.refresh_tokens.add(token)
        return token

    def exchange(self, form: dict[str, str], secret_key: str) -> dict[str, Any]:
        """Each refresh token once; the answer holds the next one."""
        with self.lock:
            if form.get("app_id") != self.app_id or secret_key != self.secret_key:
                return {"error": APP_REFUSED, "error_name": "Invalid app id", "error_description": ""}
            spent = form.get("refresh_token", "")
            if form.get("grant_type") != "refresh_token" or spent not in self.refresh_tokens:
                self.refused_exchanges += 1
                return {"error": REFRESH_REFUSED, "error_name": "Invalid refresh token", "error_description": ""}
            self.refresh_tokens.remove(spent)
            self.exchanges += 1
            access = f"access-{secrets.token_hex(8)}"
            self.access_tokens = {access}
            return {"access_token": access, "refresh_token": self.authorise(), "expires_in": "90000"}

    def message(self, body: object, access_token: str) -> dict[str, Any]:
        with self.lock:
            if access_token not in self.access_tokens:
                return _error(TOKEN_INVALID, "Access token is invalid")
            if self.troubles:
                return _error(self.troubles.pop(0), "as told")
            user, text = _read(body)
            if not user or not text:
                return _error(PARAMETERS, "Parameter is invalid")
            if len(text) > LONGEST_TEXT:
                return _error(TOO_LONG, "Parameter exceed limit")
            if user not in self.followers:
                return _error(NOT_FOLLOWING, "User has not followed OA")
            self.messages.append((user, text))
            data = {"message_id": f"m{len(self.messages)}", "user_id": user}
            return {"data": data, "error": 0, "message": "Success"}


def _error(code: int, words: str) -> dict[str, Any]:
    return {"error": code, "message": words}


def _read(body: object) -> tuple[str, str]:
    try:
        return str(body["recipient"]["user_id"]), str(body["message"]["text"])  # type: ignore[index]
    except (KeyError, TypeError):
        return "", ""


class _Handler(BaseHTTPRequestHandler):
    account: OfficialAccount

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        time.sleep(self.account.slow)
        if self.account.broken:
            self._answer(self.account.broken, b"<html>no</html>")
        elif self.path == "/v4/oa/access_token":
            form = {name: values[0] for name, values in parse_qs(raw.decode("utf-8", "replace")).items()}
            answer = self.account.exchange(form, self.headers.get("secret_key", ""))
            if self.account.forget_answers:
                self.account.forget_answers -= 1
                self.close_connection = True
                return
            self._answer(200, json.dumps(answer).encode())
        elif self.path == "/v3.0/oa/message/cs":
            answer = self.account.message(_json(raw), self.headers.get("access_token", ""))
            self._answer(200, json.dumps(answer).encode())
        else:
            self._answer(404, b"{}")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the caller did not wait

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by http.server
        """Quiet: what was sent stands in `messages`."""


def _json(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except ValueError:
        return None


@contextmanager
def served(account: OfficialAccount, port: int = 0) -> Iterator[str]:
    """Serve the account on loopback inside the block; gives the address."""
    handler = type("Handler", (_Handler,), {"account": account})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8099, show_default=True)
@click.option("--follower", "followers", multiple=True, help="User id of a follower; may be given several times.")
def main(port: int, followers: tuple[str, ...]) -> None:
    """Serve a simulated Official Account until Ctrl+C; prints a refresh token to enter on the page of channels."""
    account = OfficialAccount(followers=set(followers))
    with served(account, port) as address:
        click.echo(f"zalo_api and zalo_oauth: {address}; zalo_app_id: {account.app_id}; zalo_secret_key: secret")
        click.echo(f"refresh token: {account.authorise()}")
        told = 0
        while True:
            time.sleep(0.5)
            for user, text in account.messages[told:]:
                click.echo(f"{user}: {text}")
                told += 1


if __name__ == "__main__":
    main()
