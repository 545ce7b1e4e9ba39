"""What the Open311 server refuses: with the status of the standard, a code, and words, in the format that was asked."""

import errno
import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils.http import urlencode

from songcau.systems.citizen_reports.actions.api_keys import revoke_api_key
from songcau.systems.citizen_reports.api import requests
from songcau.systems.citizen_reports.api.services import jurisdiction
from songcau.systems.citizen_reports.models import ApiKey, Report
from songcau.systems.citizen_reports.tests.test_open311 import BASE, POTHOLE, post, published, read, tree
from songcau.systems.citizen_reports.tests.test_open311 import key as key
from songcau.systems.citizen_reports.tests.town import Town, send


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"service_code": ""}, 400, "400.missing.service_code"),
        ({"service_code": "NO_SUCH"}, 404, "404.service_code"),
        ({"lat": "", "long": ""}, 400, "400.missing.lat"),
        ({"lat": "", "long": "", "address_id": "7"}, 400, "400.address_id"),
        ({"lat": ""}, 400, "400.missing.lat"),
        ({"long": ""}, 400, "400.missing.long"),
        ({"lat": "NaN"}, 400, "400.lat"),
        ({"lat": "91"}, 400, "400.lat"),
        ({"long": "1e999"}, 400, "400.long"),
        ({"long": "east"}, 400, "400.long"),
        ({"description": ""}, 400, "400.REPORT_TEXT_EMPTY"),
        ({"description": "a" * 4001}, 400, "400.REPORT_TEXT_TOO_LONG"),
        ({"description": "😀" * 2000}, 400, "400.REPORT_WITHOUT_WORDS"),
        ({"email": "nobody"}, 400, "400.email"),
        ({"phone": "12"}, 400, "400.PHONE_UNREADABLE"),
        ({"media_url": "file:///etc/passwd"}, 400, "400.media_url"),
        ({"media_url": "http://example.vn/" + "a" * 1000}, 400, "400.media_url"),
        ({"api_key": ""}, 403, "403"),
        ({"api_key": "sck_wrong"}, 403, "403"),
        ({"jurisdiction_id": "elsewhere.example"}, 404, "404.jurisdiction_id"),
    ],
)
def test_every_fault_is_named(
    client: Client, town: Town, key: str, fields: dict[str, str], status: int, code: str
) -> None:
    fault = post(
        client, fields.get("api_key", key), expect=status, **{k: v for k, v in fields.items() if k != "api_key"}
    )
    assert (len(fault), fault[0]["code"]) == (1, code)
    assert fault[0]["description"]
    assert Report.objects.count() == 0
    body = urlencode({"api_key": key, **POTHOLE, **fields})
    answer = client.post(f"{BASE}/requests.xml", body, content_type="application/x-www-form-urlencoded")
    root = tree(answer.content)
    assert (answer.status_code, root.tag, root.findtext("error/code")) == (status, "errors", code)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"start_date": "yesterday"}, "400.start_date"),
        ({"start_date": "2026-13-45T00:00:00Z"}, "400.start_date"),
        ({"start_date": "2026-11-01T00:00:00"}, "400.start_date"),
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"}, "400.start_date"),
        ({"start_date": "2026-06-01T00:00:00Z", "end_date": "2026-05-01T00:00:00Z"}, "400.end_date"),
        ({"start_date": "9999-12-31T23:59:59Z"}, "400.start_date"),
        ({"start_date": "0001-01-01T00:00:00+07:00"}, "400.start_date"),
        ({"end_date": "0001-01-01T00:00:00Z"}, "400.end_date"),
        ({"status": "late"}, "400.status"),
        ({"page": "0"}, "400.page"),
        ({"page_size": "1001"}, "400.page_size"),
        ({"page": "one"}, "400.page"),
    ],
)
def test_what_cannot_be_asked_is_said(client: Client, town: Town, params: dict[str, str], code: str) -> None:
    assert read(client, "requests.json", expect=400, **params)[0]["code"] == code


def fault_of(answer: Any, form: str) -> str:
    """The one code of a list of faults in this format, each with a description."""
    if form == "json":
        assert answer["Content-Type"] == "application/json; charset=utf-8", answer.content.decode()
        ((code, described),) = [(one["code"], one["description"]) for one in json.loads(answer.content)]
    else:
        assert answer["Content-Type"] == "text/xml; charset=utf-8", answer.content.decode()
        root = tree(answer.content)
        assert root.tag == "errors"
        ((code, described),) = [(one.findtext("code"), one.findtext("description")) for one in root.findall("error")]
    assert described
    assert answer["Cache-Control"] == "no-store"
    return str(code)


@pytest.mark.parametrize("form", ["xml", "json"])
def test_whatever_is_refused_is_said_in_the_format_of_the_address(town: Town, key: str, form: str) -> None:
    outside, typed = Client(enforce_csrf_checks=True), "application/x-www-form-urlencoded"
    wrong_ways = [
        (outside.delete(f"{BASE}/requests.{form}"), "GET, HEAD, POST"),
        (outside.post(f"{BASE}/services.{form}", {"api_key": key}), "GET, HEAD"),
        (outside.put(f"{BASE}/requests/PA-AAAA-AAAA.{form}"), "GET, HEAD"),
        (outside.options(f"{BASE}/discovery.{form}"), "GET, HEAD"),
    ]
    for answer, allowed in wrong_ways:
        assert (answer.status_code, fault_of(answer, form), answer["Allow"]) == (405, "405", allowed)
    for sent in ("description=" + "a" * 3_000_000, "&".join(f"a{n}=1" for n in range(1500))):
        answer = outside.post(f"{BASE}/requests.{form}", sent, content_type=typed)
        assert (answer.status_code, fault_of(answer, form)) == (413, "413")
    answer = outside.post(f"{BASE}/requests.{form}", "x", content_type="multipart/form-data")
    assert (answer.status_code, fault_of(answer, form)) == (400, "400.body")
    for answer in (outside.get(f"{BASE}/persons.{form}"), outside.post(f"{BASE}/tokens/a/b.{form}")):
        assert (answer.status_code, fault_of(answer, form)) == (404, "404")
    assert Report.objects.count() == 0


@pytest.mark.parametrize("form", ["xml", "json"])
def test_a_key_that_is_unknown_or_was_taken_back_opens_nothing(client: Client, town: Town, key: str, form: str) -> None:
    code = post(client, key)[0]["service_request_id"]
    assert read(client, f"requests/{code}.json", api_key=key)
    row = ApiKey.objects.get()
    revoke_api_key(by=town.root, key_id=row.pk)
    for wrong in (key, key[:-1], key.upper(), f" {key}", row.hint, row.key_hash, str(row.pk), "sck_", "\x00"):
        body = urlencode({**POTHOLE, "api_key": wrong, "service_request_id": "again"})
        refused = [
            client.post(f"{BASE}/requests.{form}", body, content_type="application/x-www-form-urlencoded"),
            client.get(f"{BASE}/requests.{form}", {"api_key": wrong}),
            client.get(f"{BASE}/requests.{form}", {"api_key": wrong, "service_request_id": code}),
            client.get(f"{BASE}/requests/{code}.{form}", {"api_key": wrong}),
        ]
        assert [(one.status_code, fault_of(one, form)) for one in refused] == [(403, "403")] * 4, wrong
    assert Report.objects.count() == 1


@pytest.mark.parametrize("form", ["xml", "json"])
def test_another_citys_jurisdiction_is_served_nowhere(client: Client, town: Town, key: str, form: str) -> None:
    code = published(send()).code
    paths = ["services", "services/POTHOLE", "requests", f"requests/{code}", "tokens/a"]
    for wrong in ("elsewhere.example", f"{jurisdiction()}.", f" {jurisdiction()}", "*"):
        refused = [client.get(f"{BASE}/{path}.{form}", {"jurisdiction_id": wrong}) for path in paths]
        body = urlencode({**POTHOLE, "api_key": key, "jurisdiction_id": wrong})
        typed = "application/x-www-form-urlencoded"
        refused.append(client.post(f"{BASE}/requests.{form}", body, content_type=typed))
        # As clients do that put what is common to all calls into the address.
        body = urlencode({**POTHOLE, "api_key": key})
        address = f"{BASE}/requests.{form}?{urlencode({'jurisdiction_id': wrong})}"
        refused.append(client.post(address, body, content_type=typed))
        assert [(one.status_code, fault_of(one, form)) for one in refused] == [(404, "404.jurisdiction_id")] * 7, wrong
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (OperationalError("database is locked"), 503),
        (OSError(errno.ENOSPC, "No space left on device"), 507),
        (RuntimeError("a fault of ours"), 500),
    ],
)
def test_what_fails_on_our_side_is_told_in_the_format_that_was_asked(
    client: Client, monkeypatch: pytest.MonkeyPatch, problem: Exception, status: int
) -> None:
    def fails(_name: str) -> None:
        raise problem

    monkeypatch.setattr(requests, "require_jurisdiction", fails)
    answer = client.get(f"{BASE}/requests.json")
    assert (answer.status_code, answer.json()[0]["code"]) == (status, str(status))
    assert str(problem) not in answer.content.decode()
    assert answer.headers.get("Retry-After") == ("30" if status != 500 else None)
    answer = client.get(f"{BASE}/requests.xml")
    assert tree(answer.content).findtext("error/code") == str(status)
