"""The context process says how it is, and does not pretend to be a broker."""

import asyncio
import json
from typing import Any

import pytest

from songcau.context.service import application


def ask(path: str, kind: str = "http") -> tuple[int, dict[str, Any]]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    asyncio.run(application({"type": kind, "path": path}, receive, send))
    return (sent[0]["status"], json.loads(sent[1]["body"])) if sent else (0, {})


@pytest.mark.parametrize(
    ("path", "status"), [("/healthz", 200), ("/readyz", 200), ("/ngsi-ld/v1/entities", 501), ("/elsewhere", 404)]
)
def test_each_address_answers_truly(path: str, status: int) -> None:
    assert ask(path)[0] == status


def test_what_is_not_built_says_so_in_the_standards_words() -> None:
    _status, body = ask("/ngsi-ld/v1/entities")
    assert body["type"] == "https://uri.etsi.org/ngsi-ld/errors/OperationNotSupported"


def test_other_protocols_are_left_alone() -> None:
    assert ask("/healthz", kind="websocket") == (0, {})
