"""`/jsonldContexts`: clients host @contexts here, and see and clear what the broker fetched."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest

from songcau.context.api.tests.client import Client
from songcau.context.rights.caller import Caller
from songcau.context.terms.contexts import Contexts

X = "https://x.org/#"
FETCHED = "https://x.org/context.jsonld"
CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.6.jsonld"


class Reading(Caller):
    """May read everything and write nothing."""

    def __init__(self) -> None:
        super().__init__("reader")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    (tmp_path / "contexts").mkdir()
    (tmp_path / "contexts" / quote(FETCHED, safe="")).write_bytes(orjson.dumps({"@context": {"a": X + "a"}}))
    made = Client(tmp_path / "data", contexts=Contexts(tmp_path / "contexts", base="http://broker"))
    made.contexts.keep_by(lambda name, document: made.journal.put_document("context", "", name, document), {})
    yield made
    made.close()


def hosted(client: Client, context: Any = None) -> str:
    """The address of a @context that was just hosted, without the API's part."""
    answer = client.ask("POST", "/jsonldContexts", {"@context": context or {"a": X + "a"}})
    assert (answer.status, answer.raw) == (201, b"")
    return answer.headers["location"].removeprefix("/ngsi-ld/v1")


def test_a_hosted_context_is_served_as_it_came(client: Client) -> None:
    answer = client.ask("GET", hosted(client))
    assert (answer.status, answer.json) == (200, {"@context": {"a": X + "a"}})
    assert answer.headers == {"content-type": "application/json"}
    accepted = client.ask("GET", hosted(client), accept="application/ld+json")
    assert accepted.headers == {"content-type": "application/ld+json"}


def test_a_hosted_context_is_on_disk(client: Client) -> None:
    path = hosted(client)
    ((_, name, document),) = client.journal.documents("context")
    assert path.endswith(name)
    assert document["context"] == {"a": X + "a"}
    assert client.ask("DELETE", path).status == 204
    assert client.journal.documents("context") == []


def test_a_hosted_context_can_be_used(client: Client) -> None:
    link = f'<http://broker/ngsi-ld/v1{hosted(client)}>; rel="http://www.w3.org/ns/json-ld#context"'
    terms = client.contexts.at_hand(link[1:].partition(">")[0])
    assert terms is not None
    assert terms.expand("a") == X + "a"


def test_details_tell_where_a_context_comes_from(client: Client) -> None:
    path = hosted(client)
    client.contexts.at_hand(FETCHED)
    client.contexts.at_hand({"b": X + "b"}).link  # type: ignore[union-attr]  # noqa: B018
    listed = client.ask("GET", "/jsonldContexts?details=true").json
    assert [one["kind"] for one in listed] == ["Hosted", "Cached", "ImplicitlyCreated"]
    assert [one["URL"] for one in listed[:2]] == ["http://broker/ngsi-ld/v1" + path, FETCHED]
    assert all(set(one) == {"URL", "localId", "kind", "createdAt"} for one in listed)
    assert client.ask("GET", path + "?details=true").json == listed[0]
    assert client.ask("GET", f"/jsonldContexts/{quote(FETCHED, safe='')}?details=true").json == listed[1]
    assert client.ask("GET", f"/jsonldContexts/{listed[1]['localId']}?details=true").json == listed[1]
    for kind, number in (("Hosted", 0), ("Cached", 1), ("ImplicitlyCreated", 2)):
        assert client.ask("GET", f"/jsonldContexts/?kind={kind}&details=false").json == [listed[number]["URL"]]
    assert client.ask("GET", "/jsonldContexts").json == [one["URL"] for one in listed]


def test_a_fetched_context_is_not_served_but_can_be_fetched_anew_and_deleted(client: Client, tmp_path: Path) -> None:
    client.contexts.at_hand(FETCHED)
    path = f"/jsonldContexts/{quote(FETCHED, safe='')}"
    assert client.ask("GET", path).status == 422
    file = tmp_path / "contexts" / quote(FETCHED, safe="")
    file.write_bytes(orjson.dumps({"@context": {"a": X + "b"}}))
    assert client.ask("DELETE", path + "?reload=true").status == 204
    terms = client.contexts.at_hand(FETCHED)
    assert terms is not None
    assert terms.expand("a") == X + "b"
    file.unlink()
    unavailable = client.ask("DELETE", path + "?reload=true")
    assert (unavailable.status, unavailable.json["type"].rpartition("/")[2]) == (504, "LdContextNotAvailable")
    assert client.ask("GET", path + "?details=true").status == 200
    assert client.ask("DELETE", path + "?reload=false").status == 204
    assert client.ask("GET", path + "?details=true").status == 404


def test_the_core_context_is_known_and_stays(client: Client) -> None:
    path = f"/jsonldContexts/{quote(CORE, safe='')}"
    assert client.ask("GET", path + "?details=true").json["URL"] == CORE
    assert client.ask("DELETE", path + "?reload=true").status == 204
    refused = client.ask("DELETE", path)
    assert (refused.status, refused.json["type"].rpartition("/")[2]) == (400, "BadRequestData")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "kind"),
    [
        ("POST", "/jsonldContexts", {"a": X}, 400, "InvalidRequest"),
        ("POST", "/jsonldContexts", [], 400, "InvalidRequest"),
        ("POST", "/jsonldContexts", {"@context": 5}, 400, "BadRequestData"),
        ("POST", "/jsonldContexts", {"@context": {"a": 5}}, 400, "BadRequestData"),
        ("POST", "/jsonldContexts?kind=Hosted", {"@context": {}}, 400, "InvalidRequest"),
        ("GET", "/jsonldContexts?kind=other", None, 400, "BadRequestData"),
        ("GET", "/jsonldContexts?details=other", None, 400, "BadRequestData"),
        ("GET", "/jsonldContexts/wrong", None, 404, "ResourceNotFound"),
        ("GET", "/jsonldContexts/wrong?details=true", None, 404, "ResourceNotFound"),
        ("DELETE", "/jsonldContexts/wrong", None, 404, "ResourceNotFound"),
        ("DELETE", "/jsonldContexts/wrong?reload=false", None, 404, "ResourceNotFound"),
        ("DELETE", "/jsonldContexts/wrong?reload=true", None, 400, "BadRequestData"),
        ("DELETE", "/jsonldContexts/wrong?reload=xxx", None, 400, "BadRequestData"),
    ],
)
def test_what_is_wrong_is_refused(client: Client, method: str, path: str, body: object, status: int, kind: str) -> None:
    answer = client.ask(method, path, body)
    assert (answer.status, answer.json["type"].rpartition("/")[2]) == (status, kind)


def test_a_hosted_context_cannot_be_fetched_anew(client: Client) -> None:
    assert client.ask("DELETE", hosted(client) + "?reload=true").status == 400


def test_only_who_writes_everything_changes_what_names_mean(client: Client) -> None:
    assert client.ask("POST", "/jsonldContexts", {"@context": {}}, by=Reading()).status == 403
    path = hosted(client)
    assert client.ask("DELETE", path, by=Reading()).status == 403
    assert client.ask("GET", path, by=Reading()).status == 200


def test_a_list_that_came_in_a_body_is_hosted_for_the_link(client: Client) -> None:
    terms = client.contexts.at_hand([{"a": X + "a"}])
    assert terms is not None
    path = terms.link.removeprefix("http://broker/ngsi-ld/v1")
    assert client.ask("GET", path).json == {"@context": [{"a": X + "a"}]}
