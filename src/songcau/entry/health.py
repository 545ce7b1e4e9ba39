"""How the web process is: alive, ready, and its measurements for Prometheus."""

import hmac
import ipaddress
import time
from collections.abc import Callable, Iterator

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from songcau.foundation.accounts.access import open_to_everyone
from songcau.foundation.outbox.queries import metrics as outbox_metrics

log = structlog.get_logger()
REGISTRY = CollectorRegistry()
REQUESTS = Counter("songcau_requests", "Requests answered.", ["route", "method", "status"], registry=REGISTRY)
SECONDS = Histogram(
    "songcau_request_seconds",
    "Seconds from the first byte in to the answer.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)


@open_to_everyone
def healthz(request: HttpRequest) -> HttpResponse:
    """The process runs and answers. Looks at nothing else, so that a database outage does not restart it."""
    del request
    return JsonResponse({"status": "ok"})


@open_to_everyone
def readyz(request: HttpRequest) -> HttpResponse:
    """The process can serve: its database answers. 503 when not."""
    del request
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "database does not answer"}, status=503)
    return JsonResponse({"status": "ok"})


@open_to_everyone
def metrics(request: HttpRequest) -> HttpResponse:
    """Measurements, for callers on this machine or with the token; 403 for everyone else."""
    if not _may_measure(request):
        return HttpResponse("403: set SONGCAU_METRICS_TOKEN and send it as a bearer token\n", "text/plain", 403)
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


def _may_measure(request: HttpRequest) -> bool:
    token = settings.SONGCAU.metrics_token.get_secret_value()
    if token:
        return hmac.compare_digest(request.headers.get("Authorization", ""), f"Bearer {token}")
    address = request.META.get("REMOTE_ADDR", "")
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not forwarded and bool(address) and ipaddress.ip_address(address).is_loopback


class Backlog(Collector):
    """What the outbox has still to deliver, read from the database when asked."""

    def collect(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily("songcau_outbox_waiting", "Deliveries that wait.", labels=["reaction"])
        oldest = GaugeMetricFamily(
            "songcau_outbox_oldest_seconds", "Age of the oldest that waits.", labels=["reaction"]
        )
        dead = GaugeMetricFamily("songcau_outbox_dead", "Dead letters.", labels=["reaction"])
        try:
            facts = outbox_metrics()
        except DatabaseError:
            return
        alive = GaugeMetricFamily("songcau_workers_alive", "Workers that beat lately.", value=facts.workers_alive)
        for row in facts.backlog:
            waiting.add_metric([row.reaction], row.waiting)
            oldest.add_metric([row.reaction], row.oldest_seconds)
            dead.add_metric([row.reaction], row.dead)
        yield from (alive, waiting, oldest, dead)


REGISTRY.register(Backlog())


class Measuring:
    """Middleware: counts and times each request by the name of its route, and writes the request's log line."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - begun
        match = request.resolver_match
        # A path that matches no route is not a label: anybody could make up a million of them.
        route = (match.view_name or match.route) if match else "none"
        REQUESTS.labels(route, request.method or "", str(response.status_code)).inc()
        SECONDS.labels(route).observe(seconds)
        log.info(
            "request", route=route, method=request.method, status=response.status_code, ms=round(seconds * 1000, 1)
        )
        return response
