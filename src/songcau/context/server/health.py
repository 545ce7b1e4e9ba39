"""How the broker is: alive, ready, and its measurements in Prometheus' text form."""

import os
import resource
from collections.abc import Callable, Iterator
from typing import Literal

import orjson

from songcau.context.problems import NotAllowed
from songcau.context.rights.doors import is_near
from songcau.context.server.answers import JSON
from songcau.context.server.messages import Headers, Request, Response
from songcau.context.server.routing import Route, Router
from songcau.context.server.shared import Shared

# Spans below 64 microseconds are one bucket.
_FIRST_SPAN = 6
_TEXT: Headers = ((b"Content-Type", b"text/plain; version=0.0.4; charset=utf-8"),)
_OK = Response(200, orjson.dumps({"status": "ok"}), JSON)
_PREFIX = "songcau_broker_"
_PAGE = os.sysconf("SC_PAGE_SIZE")

Kind = Literal["counter", "gauge"]


class Health:
    """Answers `/healthz`, `/readyz` and `/metrics`; further measurements are added by the rooms that know them."""

    def __init__(self, shared: Shared, what_is_missing: Callable[[], str]) -> None:
        """`what_is_missing`: why the broker cannot serve now, in a few words; empty when it can."""
        self._shared = shared
        self._what_is_missing = what_is_missing
        self._measures: list[tuple[str, Kind, str, Callable[[], float]]] = []
        self.add("connections", "gauge", "Open connections.", lambda: len(shared.connections))
        self.add(
            "refused_connections_total", "counter", "Connections beyond the limit.", lambda: shared.refused_connections
        )
        self.add("received_bytes_total", "counter", "Bytes received.", lambda: shared.bytes_in)
        self.add("sent_bytes_total", "counter", "Bytes sent.", lambda: shared.bytes_out)
        self.add("memory_bytes", "gauge", "Resident memory.", _resident)
        self.add("cpu_seconds_total", "counter", "Processor time used.", _cpu_seconds)
        shared.router.add("GET", "/healthz", lambda _request: _OK, is_open=True)
        shared.router.add("GET", "/readyz", self._ready, is_open=True)
        shared.router.add("GET", "/metrics", self._metrics, is_open=True)

    def add(self, name: str, kind: Kind, help_text: str, read: Callable[[], float]) -> None:
        """Give one more measurement; `read` is called when somebody asks."""
        self._measures.append((_PREFIX + name, kind, help_text, read))

    def _ready(self, _request: Request) -> Response:
        missing = "it stops" if self._shared.is_stopping else self._what_is_missing()
        return Response(503, orjson.dumps({"status": missing}), JSON) if missing else _OK

    def _metrics(self, request: Request) -> Response:
        if not is_near(request) and not self._shared.identify(request).may_administer:
            raise NotAllowed("Measurements are for callers on this machine, or with a token that may administer.")
        return Response(200, "\n".join([*self._lines(), *_route_lines(self._shared.router), ""]).encode(), _TEXT)

    def _lines(self) -> Iterator[str]:
        for name, kind, help_text, read in self._measures:
            yield f"# HELP {name} {help_text}"
            yield f"# TYPE {name} {kind}"
            yield f"{name} {read():g}"


def _route_lines(router: Router) -> Iterator[str]:
    used = [route for route in router.routes if route.counts]
    name = f"{_PREFIX}requests_total"
    yield f"# HELP {name} Requests answered."
    yield f"# TYPE {name} counter"
    for route in used:
        for status, count in sorted(route.counts.items()):
            yield f'{name}{{{_labels(route)},status="{status}"}} {count}'
    name = f"{_PREFIX}request_seconds"
    yield f"# HELP {name} From the request's last byte to its answer."
    yield f"# TYPE {name} histogram"
    for route in used:
        yield from _histogram(name, route)


def _histogram(name: str, route: Route) -> Iterator[str]:
    labels = _labels(route)
    below = sum(route.spans[:_FIRST_SPAN])
    for place in range(_FIRST_SPAN, len(route.spans) - 1):
        below += route.spans[place]
        yield f'{name}_bucket{{{labels},le="{2**place / 1e6:g}"}} {below}'
    total = sum(route.spans)
    yield f'{name}_bucket{{{labels},le="+Inf"}} {total}'
    yield f"{name}_sum{{{labels}}} {route.seconds:g}"
    yield f"{name}_count{{{labels}}} {total}"


def _labels(route: Route) -> str:
    return f'method="{route.method}",resource="{route.template}"'


def _resident() -> float:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  # cheaper than a Path, asked often
            return float(int(file.read().split()[1]) * _PAGE)
    except OSError:  # not Linux: the most that it was
        return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
