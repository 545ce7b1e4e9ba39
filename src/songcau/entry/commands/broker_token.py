"""`songcau broker-token`: tokens of devices and systems, on a running broker or on a folder at rest."""

import asyncio
import socket as sockets
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import httpx

from songcau.context.api.tokens import PATH, expanded
from songcau.context.problems import Problem
from songcau.context.rights.tokens import Tokens
from songcau.context.service import CannotStart, stored_tokens
from songcau.context.terms.terms import CORE
from songcau.entry.commands.broker import FILE, FOLDER, STORE_VARIABLE
from songcau.entry.processes import short_path
from songcau.kernel import clock

OPERATOR = "operator"
_SECONDS = 30.0
Answer = dict[str, Any]


class Place:
    """Where the tokens are: a broker's Unix socket, or a folder when no broker works in it."""

    def __init__(self, data: Path | None, socket: Path | None, store: str) -> None:
        if data is None and socket is None:
            data, socket, store = _of_the_city()
        self._data = data
        self._store = store
        self._socket = short_path((socket or (data or Path()) / "broker.sock").absolute())
        self.is_running = _answers(self._socket)
        if not self.is_running and data is None:
            raise click.ClickException(f"no broker answers at {self._socket}")

    def ask(self, method: str, path: str, document: Answer | None = None) -> Any:
        """Ask the running broker; its refusal becomes one line and exit code 1."""
        transport = httpx.HTTPTransport(uds=str(self._socket))
        with httpx.Client(transport=transport, base_url="http://broker", timeout=_SECONDS) as client:
            try:
                answer = client.request(method, path, json=document)
            except httpx.HTTPError as error:
                raise click.ClickException(f"the broker at {self._socket} does not answer: {error}") from None
        content = answer.json() if answer.content else None
        if answer.is_error:
            raise click.ClickException(str(content.get("detail") if isinstance(content, dict) else answer.status_code))
        return content

    def work(self, on_tokens: Callable[[Tokens], Awaitable[Any]]) -> Any:
        """Do something with the tokens in the folder."""

        async def worked() -> Any:
            if self._data is None or not self._data.is_dir():
                raise CannotStart(f"{self._data} is no folder of a broker")
            async with stored_tokens(self._data, self._store) as tokens:
                return await on_tokens(tokens)

        try:
            return asyncio.run(worked())
        except CannotStart as error:
            raise click.ClickException(str(error)) from None
        except Problem as problem:
            raise click.ClickException(problem.detail) from None


def _of_the_city() -> tuple[Path, Path, str]:
    """Folder, socket and store of the broker that `songcau up` runs. Only this needs the settings."""
    from songcau.entry.settings import load

    settings = load()
    return settings.data / "context", settings.data / "run" / "context.sock", settings.context_store


def _answers(socket: Path) -> bool:
    with closing(sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)) as probe:
        try:
            probe.connect(str(socket))
        except OSError:
            return False
        return True


@click.group("broker-token")
@click.option("--data", type=FOLDER, help="The broker's folder.  [default: the city's]")
@click.option("--socket", type=FILE, help="The running broker's Unix socket.  [default: DATA/broker.sock]")
@click.option("--store", default="", envvar=STORE_VARIABLE, help="postgresql://… if the broker keeps its data there.")
@click.pass_context
def broker_token(context: click.Context, data: Path | None, socket: Path | None, store: str) -> None:
    """Tokens with which devices and systems come into the context broker."""
    context.obj = lambda: Place(data, socket, store)


@broker_token.command()
@click.argument("label")
@click.option("--write", is_flag=True, help="May write.")
@click.option("--no-read", is_flag=True, help="May not read.")
@click.option("--administer", is_flag=True, help="May manage tokens.")
@click.option("--tenant", default="", help="The tenant it may enter; * for any.  [default: the one without a name]")
@click.option("--type", "types", multiple=True, help="Entity type it is limited to; may be repeated.")
@click.option("--ward", "wards", multiple=True, help="Scope it is limited to, as /wards/W05512; may be repeated.")
@click.option("--attribute", "attributes", multiple=True, help="Attribute it is limited to; may be repeated.")
@click.option("--days", type=click.IntRange(0, 36500), default=365, show_default=True, help="0: does not expire.")
@click.pass_obj
def create(
    place_of: Callable[[], Place],
    label: str,
    write: bool,
    no_read: bool,
    administer: bool,
    tenant: str,
    types: tuple[str, ...],
    wards: tuple[str, ...],
    attributes: tuple[str, ...],
    days: int,
) -> None:
    """Make a token for LABEL and print it once: only its digest is kept."""
    kinds = {"read": not no_read, "write": write, "administer": administer}
    may = [kind for kind, is_given in kinds.items() if is_given]
    if not may:
        raise click.UsageError("a token that may do nothing is of no use")
    limits = {"types": types, "wards": wards, "attributes": attributes}
    members: Answer = {"label": label, "tenant": tenant, "may": may}
    members |= {name: list(limit) for name, limit in limits.items() if limit}
    if days:
        members["expiresAt"] = (clock.now() + timedelta(days=days)).isoformat()
    place = place_of()
    if place.is_running:
        made = place.ask("POST", PATH, members)
    else:

        async def make(tokens: Tokens) -> Answer:
            secret, token = await tokens.create(expanded(members, CORE.expand), by=OPERATOR)
            return {**token.description(), "token": secret}

        made = place.work(make)
    click.echo(made["token"])
    click.echo(f"{made['id']}  {_reach(made)}. It is shown this once.", err=True)


@broker_token.command("list")
@click.pass_obj
def list_tokens(place_of: Callable[[], Place]) -> None:
    """All tokens, the oldest first."""

    async def described(tokens: Tokens) -> list[Answer]:
        return [token.description() for token in tokens.all()]

    place = place_of()
    found = place.ask("GET", PATH) if place.is_running else place.work(described)
    if not found:
        click.echo("no token yet: songcau broker-token create LABEL")
    for one in found:
        click.echo(f"{one['id']}  {one['label']:30}  {_reach(one)}")


@broker_token.command()
@click.argument("token_id")
@click.pass_obj
def revoke(place_of: Callable[[], Place], token_id: str) -> None:
    """End a token at once."""
    place = place_of()
    if place.is_running:
        place.ask("DELETE", f"{PATH}/{token_id}")
    else:
        place.work(lambda tokens: tokens.revoke(token_id))
    click.echo(f"{token_id}: revoked")


def _reach(token: Answer) -> str:
    """What the token may, in words."""
    parts = ["may " + ", ".join(token["may"])]
    if token["tenant"]:
        parts.append("any tenant" if token["tenant"] == "*" else f"tenant {token['tenant']}")
    for name in ("types", "wards", "attributes"):
        if name in token:
            parts.append(f"{name}: {', '.join(token[name])}")
    parts.append(f"until {token['expiresAt'][:10]}" if "expiresAt" in token else "does not expire")
    return "; ".join(parts)
