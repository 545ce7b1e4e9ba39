"""The token with which the city's own gateways and commands come into the context."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

import click
import httpx

TOKEN = Path("gateways") / "token"
PROVINCE_TOKEN = Path("province") / "token"
WAIT_SECONDS = 0.2
REQUEST_SECONDS = 30.0


def token_in(file: Path, *, is_named: bool) -> str | None:
    """The token in a file; without one the broker may still serve this machine."""
    try:
        return file.read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        if is_named:
            raise click.ClickException(f"{file}: there is no such file") from None
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file}: {error}") from None


def have_token(
    file: Path, socket: Path, *, patience: float, label: str = "gateways", may: Sequence[str] = ("write",)
) -> None:
    """Have a token in the file: made once, by who reaches the broker's socket, which is waited for.

    One that was revoked is not replaced: who revoked it meant it. Deleting the file gives a new one. Raises
    click.ClickException after `patience` seconds.
    """
    deadline = time.monotonic() + patience
    while not file.exists():
        try:
            _write(file, _made(socket, label, may))
        except httpx.HTTPError as error:
            if time.monotonic() > deadline:
                raise click.ClickException(f"the context broker at {socket} does not answer: {error}") from None
            time.sleep(WAIT_SECONDS)


def _made(socket: Path, label: str, may: Sequence[str]) -> str:
    transport = httpx.HTTPTransport(uds=str(socket))
    with httpx.Client(transport=transport, base_url="http://broker", timeout=REQUEST_SECONDS) as client:
        answer = client.post("/songcau/v1/tokens", json={"label": label, "may": list(may)})
        return str(answer.raise_for_status().json()["token"])


def _write(file: Path, secret: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as out:
        out.write(secret)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
