"""Open311 GeoReport v2 by HTTP. JSON is asked for first; servers that speak XML alone are read too."""

import json
import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from songcau.systems.citizen_reports.adapters.open311.port import (
    Outgoing,
    PeerAway,
    PeerRefused,
    Receipt,
    Remote,
    Window,
)

SECONDS = 15.0
MOST_BYTES = 20 * 1024 * 1024
PAGE = 500
MOST_PAGES = 40
IDS_AT_ONCE = 50
_LONGEST = 4000
Row = dict[str, Any]


class HttpPeer:
    """`base_url` without its last slash, such as `https://example.vn/open311/v2`."""

    def __init__(
        self,
        base_url: str,
        *,
        jurisdiction_id: str = "",
        api_key: str = "",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._common = {"jurisdiction_id": jurisdiction_id} if jurisdiction_id else {}
        self._key = api_key
        self._transport = transport

    def send(self, report: Outgoing) -> Receipt:
        """POST requests. The reference travels in a header for servers that know it, and in the text for people."""
        fields = {
            **self._common,
            "api_key": self._key,
            "service_code": report.service_code,
            "description": report.description[:_LONGEST],
            "address_string": report.address,
        }
        if report.longitude is not None and report.latitude is not None:
            fields |= {"lat": repr(report.latitude), "long": repr(report.longitude)}
        rows = self._asked("POST", "requests", fields, reference=report.reference)
        if not rows:
            raise PeerAway(why="an empty answer to a POST")
        receipt = Receipt(_text(rows[0], "service_request_id"), _text(rows[0], "token"))
        if not (receipt.remote_id or receipt.token):
            raise PeerAway(why="neither a service_request_id nor a token")
        return receipt

    def resolve(self, token: str) -> str:
        rows = self._asked("GET", f"tokens/{token}", dict(self._common))
        return _text(rows[0], "service_request_id") if rows else ""

    def made_in(self, window: Window) -> Iterator[Remote]:
        """Page by page where the server knows pages; one that does not sends the same first page again."""
        seen: set[str] = set()
        for page in range(1, MOST_PAGES + 1):
            asked = {
                **self._common,
                "start_date": _written(window.begin),
                "end_date": _written(window.end),
                "page": str(page),
                "page_size": str(PAGE),
            }
            new = [
                one for one in map(_remote, self._asked("GET", "requests", asked)) if one and one.remote_id not in seen
            ]
            seen.update(one.remote_id for one in new)
            yield from new
            if len(new) < PAGE:
                return

    def by_ids(self, remote_ids: Sequence[str]) -> Iterator[Remote]:
        for first in range(0, len(remote_ids), IDS_AT_ONCE):
            some = remote_ids[first : first + IDS_AT_ONCE]
            asked = {**self._common, "service_request_id": ",".join(some), "api_key": self._key}
            yield from filter(None, map(_remote, self._asked("GET", "requests", asked)))

    def _asked(self, method: str, path: str, fields: dict[str, str], reference: str = "") -> list[Row]:
        for form in ("json", "xml"):
            status, content = self._called(method, f"{self._base}/{path}.{form}", fields, reference)
            if status in (404, 406, 415) and form == "json" and not _is_fault(content):
                continue
            return _rows(status, content, form)
        raise AssertionError  # pragma: no cover  # the second round always returns

    def _called(self, method: str, url: str, fields: dict[str, str], reference: str) -> tuple[int, bytes]:
        given = {name: value for name, value in fields.items() if value}
        headers = {"Idempotency-Key": reference} if reference else {}
        try:
            with httpx.Client(timeout=SECONDS, transport=self._transport, follow_redirects=False) as client:
                sent: dict[str, Any] = {"data": given} if method == "POST" else {"params": given}
                with client.stream(method, url, headers=headers, **sent) as answer:
                    return answer.status_code, _read_at_most(answer)
        except httpx.HTTPError as error:
            raise PeerAway(why=type(error).__name__) from error


def _read_at_most(answer: httpx.Response) -> bytes:
    """Whatever the other sends, it does not fill this machine's memory."""
    content = bytearray()
    for chunk in answer.iter_bytes():
        content += chunk
        if len(content) > MOST_BYTES:
            raise PeerAway(why="an answer without end")
    return bytes(content)


def _is_fault(content: bytes) -> bool:
    """Whether a 404 is the server's own fault list, and not the web server's page for an unknown format."""
    try:
        return isinstance(json.loads(content), list)
    except ValueError:
        return False


def _rows(status: int, content: bytes, form: str) -> list[Row]:
    """The rows of an answer. Raises PeerAway for what cannot be read or may pass, PeerRefused for a fault."""
    if status >= 500 or status == 429:
        raise PeerAway(why=f"HTTP {status}")
    rows = _json(content) if form == "json" else _xml(content)
    if status >= 300:
        first = rows[0] if rows else {}
        raise PeerRefused(status=status, why=_text(first, "description")[:300] or str(status))
    return rows


def _json(content: bytes) -> list[Row]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise PeerAway(why="no JSON") from error
    if isinstance(found, dict):
        found = found.get("service_requests", [found])
    if not isinstance(found, list):
        raise PeerAway(why="no list")
    return [row for row in found if isinstance(row, dict)]


def _xml(content: bytes) -> list[Row]:
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise PeerAway(why="no XML") from error
    return [{field.tag: field.text or "" for field in row} for row in root]


def _remote(row: Row) -> Remote | None:
    """A row that names itself; one without an id is nobody's."""
    remote_id = _text(row, "service_request_id")[:120]
    if not remote_id:
        return None
    return Remote(
        remote_id=remote_id,
        is_open=_text(row, "status").lower() != "closed",
        service_code=_text(row, "service_code"),
        description=_text(row, "description")[:_LONGEST],
        notes=_text(row, "status_notes")[:_LONGEST],
        agency=_text(row, "agency_responsible")[:200],
        longitude=_degrees(row, "long", 180),
        latitude=_degrees(row, "lat", 90),
        address=_text(row, "address")[:300],
        media_url=_text(row, "media_url")[:1000],
        requested_at=_instant(row, "requested_datetime"),
        updated_at=_instant(row, "updated_datetime"),
    )


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _degrees(row: Row, name: str, most: float) -> float | None:
    try:
        found = float(_text(row, name))
    except ValueError:
        return None
    return found if math.isfinite(found) and abs(found) <= most else None


def _instant(row: Row, name: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(_text(row, name))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
