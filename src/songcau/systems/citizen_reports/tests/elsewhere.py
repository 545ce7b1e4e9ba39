"""Another jurisdiction that speaks Open311, as badly as a test wants it to."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

import httpx

from songcau.kernel import clock


class Elsewhere:
    """A jurisdiction that keeps what it is sent, and behaves as badly as it is told to."""

    def __init__(self) -> None:
        self.requests: dict[str, dict[str, Any]] = {}
        self.by_reference: dict[str, str] = {}
        self.posts = 0
        self.loses_answers = 0
        self.fails: Callable[[httpx.Request], httpx.Response | None] = lambda _request: None
        self.speaks_xml_only = False
        self.knows_references = False
        self.gives_tokens = False
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if (failure := self.fails(request)) is not None:
            return failure
        path, _dot, form = request.url.path.rpartition(".")
        if self.speaks_xml_only and form == "json":
            return httpx.Response(404, text="<html>no such page</html>")
        rows = self._posted(request) if request.method == "POST" else self._found(path, request)
        if request.method == "POST" and self.loses_answers:
            self.loses_answers -= 1
            raise httpx.ReadTimeout("lost", request=request)
        return self._written(rows, form)

    def _posted(self, request: httpx.Request) -> list[dict[str, Any]]:
        fields = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        self.posts += 1
        reference = request.headers.get("Idempotency-Key", "")
        if self.knows_references and reference in self.by_reference:
            return [{"service_request_id": self.by_reference[reference]}]
        number = f"R{len(self.requests) + 1}"
        self.by_reference[reference] = number
        self.add(number, **fields)
        return [{"token": f"T{number}"}] if self.gives_tokens else [{"service_request_id": number}]

    def add(self, number: str, **fields: Any) -> None:
        self.requests[number] = {
            "service_request_id": number,
            "status": "open",
            "status_notes": "",
            "requested_datetime": clock.now().isoformat(),
            "updated_datetime": clock.now().isoformat(),
            **fields,
        }

    def _found(self, path: str, request: httpx.Request) -> list[dict[str, Any]]:
        if "/tokens/" in path:
            number = path.rpartition("/T")[2]
            return [{"service_request_id": number, "token": f"T{number}"}] if number in self.requests else []
        if wanted := request.url.params.get("service_request_id"):
            return [self.requests[one] for one in wanted.split(",") if one in self.requests]
        begin, end = (datetime.fromisoformat(request.url.params[f"{name}_date"]) for name in ("start", "end"))
        page, size = int(request.url.params["page"]), int(request.url.params["page_size"])
        rows = [
            row for row in self.requests.values() if begin <= datetime.fromisoformat(row["requested_datetime"]) <= end
        ]
        return rows[(page - 1) * size : page * size]

    def _written(self, rows: list[dict[str, Any]], form: str) -> httpx.Response:
        if form == "json":
            return httpx.Response(200, json=rows)
        from xml.sax.saxutils import escape

        inside = "".join(
            "<request>" + "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in row.items()) + "</request>" for row in rows
        )
        return httpx.Response(
            200, text=f'<?xml version="1.0" encoding="utf-8"?><service_requests>{inside}</service_requests>'
        )
