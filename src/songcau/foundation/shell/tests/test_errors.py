"""Errors become pages, JSON or parts of pages, in both languages, with the database out of reach."""

import errno
import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django.utils import translation

from songcau.foundation.accounts.access import open_to_everyone
from songcau.foundation.accounts.rules import ChangedMeanwhile
from songcau.foundation.shell import errors, words
from songcau.foundation.shell.deeds import refused_in_words
from songcau.foundation.shell.requests import HEADER, RequestIdMiddleware
from songcau.kernel import trace
from songcau.kernel.errors import Anticipated, NotAllowed, Refused, Unavailable
from songcau.kernel.workflow import GuardRefused, TransitionRefused


class DiskFull(Exception):
    sqlstate = "53100"


class Gone(Exception):
    sqlstate = "57P01"


def _with_cause(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


RAISED: dict[str, Exception] = {
    "refused": Refused(),
    "conflict": TransitionRefused(workflow="w", state="s", step="t"),
    "not-allowed": NotAllowed(),
    "unavailable": Unavailable(),
    "sqlite-full": OperationalError("database or disk is full"),
    "postgres-full": _with_cause(OperationalError("could not extend file"), DiskFull()),
    "file-full": OSError(errno.ENOSPC, "No space left on device"),
    "locked": OperationalError("database is locked"),
    "gone": _with_cause(OperationalError("terminating"), Gone()),
    "no-table": OperationalError("no such table: x"),
    "bug": ValueError("secret detail"),
    "file-other": OSError(errno.EACCES, "denied"),
    "not-found": Http404(),
    "bad": SuspiciousOperation("x"),
    "too-large": RequestDataTooBig("x"),
}
STATUS = {
    "refused": 422, "conflict": 409, "not-allowed": 403, "unavailable": 503, "sqlite-full": 507, "postgres-full": 507,
    "file-full": 507, "locked": 503, "gone": 503, "no-table": 500, "bug": 500, "file-other": 500, "not-found": 404,
    "bad": 400, "too-large": 413,
}  # fmt: skip


@open_to_everyone
def boom(request: HttpRequest, name: str) -> HttpResponse:
    raise RAISED[name]


@open_to_everyone
def fine(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("boom/<str:name>", boom), path("fine", fine)]
handler400 = "songcau.foundation.shell.errors.bad_request"
handler403 = "songcau.foundation.shell.errors.permission_denied"
handler404 = "songcau.foundation.shell.errors.page_not_found"
handler500 = "songcau.foundation.shell.errors.server_error"


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture(autouse=True)
def _urls() -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        yield


# Without the django_db mark: a query would fail the test.
@pytest.mark.parametrize("name", RAISED)
def test_each_error_has_its_status_and_a_page_in_words_without_a_query(client: Client, name: str) -> None:
    response = client.get(f"/boom/{name}", headers={"Accept": "text/html", "Accept-Language": "vi"})
    html = response.content.decode()
    assert response.status_code == STATUS[name]
    assert '<html lang="vi"' in html
    with translation.override("vi"):
        assert str(words.PAGES[STATUS[name]].title) in html
    assert response.headers[HEADER] in html
    assert "secret detail" not in html
    assert response.headers["Cache-Control"] == "no-store"
    assert ("Retry-After" in response.headers) == (STATUS[name] in (503, 507))


def test_a_page_speaks_english_to_who_asks_for_it(client: Client) -> None:
    html = client.get("/boom/sqlite-full", headers={"Accept": "text/html", "Accept-Language": "en"}).content.decode()
    assert '<html lang="en"' in html
    assert "The storage is full" in html


def test_a_page_keeps_the_theme(client: Client) -> None:
    client.cookies["theme"] = "dark"
    assert 'data-bs-theme="dark"' in client.get("/nowhere").content.decode()
    client.cookies["theme"] = '"><script>'
    assert "data-bs-theme" not in client.get("/nowhere").content.decode()


def test_who_asks_for_json_gets_json(client: Client) -> None:
    response = client.get("/boom/conflict", headers={"Accept": "application/json", "Accept-Language": "en"})
    assert response.status_code == 409
    assert response.json()["error"] == {
        "code": "TRANSITION_REFUSED",
        "message": "Somebody has already taken this further, so this step is no longer possible. Reload the page.",
        "request_id": response.headers[HEADER],
    }
    assert client.get("/nowhere", headers={"Accept": "application/json"}).json()["error"]["code"] == "HTTP_404"


def test_htmx_gets_a_part_for_the_place_of_problems(client: Client) -> None:
    response = client.get("/boom/refused", headers={"HX-Request": "true", "Accept": "text/html"})
    assert response.headers["HX-Retarget"] == "#sc-problem"
    assert "<html" not in response.content.decode()


@pytest.mark.parametrize("accept", ["*/*", "", "text/html,application/xhtml+xml"])
def test_a_browser_gets_a_page(accept: str) -> None:
    assert not errors.wants_json(RequestFactory().get("/", headers={"Accept": accept}))


def test_a_form_without_its_token_is_told_to_reload() -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/fine", headers={"Accept": "text/html", "Accept-Language": "en"})
    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()


def test_too_many_attempts_is_429() -> None:
    assert errors.too_many_requests(RequestFactory().get("/")).status_code == 429


def test_a_middleware_that_finds_the_disk_full_is_answered_too(client: Client) -> None:
    with override_settings(MIDDLEWARE=[f"{__name__}.full_disk"]):
        assert client.get("/fine").status_code == 507


def full_disk(get_response: Any) -> Any:
    def answer(request: HttpRequest) -> HttpResponse:
        raise OperationalError("database or disk is full")

    return answer


class TestRequestId:
    def test_every_answer_has_one_of_its_own(self, client: Client) -> None:
        first, second = (client.get("/fine").headers[HEADER] for _ in range(2))
        assert first != second
        assert first[14] == "7"

    def test_one_from_outside_is_not_taken_over(self, client: Client) -> None:
        assert client.get("/fine", headers={HEADER: "mine"}).headers[HEADER] != "mine"

    def test_it_is_the_trace_of_the_work(self, client: Client) -> None:
        response = client.get("/boom/conflict", headers={"Accept": "application/json"})
        assert json.loads(response.content)["error"]["request_id"] == response.headers[HEADER]

    def test_it_is_the_same_in_an_asynchronous_server(self) -> None:
        async def view(request: HttpRequest) -> HttpResponse:
            return HttpResponse(trace.current())

        answer: Any = RequestIdMiddleware(view)
        response = async_to_sync(answer)(RequestFactory().get("/"))
        assert response.content.decode() == response.headers[HEADER]
        assert trace.current() == ""


class TestWords:
    def test_parameters_are_written_as_the_language_writes_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class TooMany(Refused):
            code = "TOO_MANY_FOR_TEST"

        table = words.REFUSALS | {"TOO_MANY_FOR_TEST": "at most %(most)s, not %(other)s"}
        monkeypatch.setattr(words, "refusals", lambda: table)
        with translation.override("vi"):
            assert words.say(TooMany(most=1889852)) == "at most 1.889.852, not …"

    @pytest.mark.parametrize(("family", "code"), [(NotAllowed, "NOT_ALLOWED"), (Unavailable, "UNAVAILABLE")])
    def test_a_code_without_words_is_said_as_its_family(self, family: type[Anticipated], code: str) -> None:
        nameless = type("Nameless", (family,), {"code": "NAMELESS_FOR_TEST"})
        assert words.say(nameless()) == str(words.REFUSALS[code])
        assert words.say(Anticipated()) == str(words.REFUSALS["ANTICIPATED"])

    def test_a_guard_speaks_for_itself(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(words, "refusals", lambda: words.REFUSALS | {"EVIDENCE_MISSING": "no evidence"})
        assert words.say(GuardRefused(workflow="w", step="s", guard="EVIDENCE_MISSING")) == "no evidence"

    def test_a_percent_sign_in_a_parameter_does_no_harm(self) -> None:
        assert words.say(Refused(name="100 %(x)s")) == str(words.REFUSALS["REFUSED"])


def test_who_saves_second_reads_names_of_fields_each_once_and_never_the_programmes_own() -> None:
    refusal = ChangedMeanwhile(fields="kind, name, secret_column, other_column")
    with translation.override("vi"):
        said = refused_in_words(refusal, {"kind": "loại", "name": "loại"})
    assert "(đã sửa: loại, thông tin khác)" in said
    assert "column" not in said
