"""Alive, ready, measured: and what each says when it is not."""

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from pydantic import SecretStr

from songcau.entry import health

pytestmark = pytest.mark.django_db


def test_alive_and_ready(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}


def test_without_its_database_it_is_alive_and_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_database() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(health.connection, "cursor", no_database)
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "gone" not in answer.content.decode()


def test_measurements_are_for_this_machine(client: Client) -> None:
    client.get("/healthz")
    text = client.get("/metrics").content.decode()
    assert 'songcau_requests_total{method="GET",route="healthz",status="200"}' in text
    assert "songcau_workers_alive 0.0" in text
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403


def test_with_a_token_only_the_token_counts(client: Client, settings: Any) -> None:
    settings.SONGCAU = settings.SONGCAU.model_copy(update={"metrics_token": SecretStr("t0ken")})
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer t0ken"}).status_code == 200


def test_a_path_that_nobody_serves_is_no_label_of_its_own(client: Client) -> None:
    client.get("/nowhere-at-all/")
    text = client.get("/metrics").content.decode()
    assert "nowhere-at-all" not in text
    assert 'route="none"' in text


def test_measurements_survive_a_database_that_is_gone(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_database() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(health, "outbox_metrics", no_database)
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert "songcau_workers_alive" not in answer.content.decode()
