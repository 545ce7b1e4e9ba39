"""One entity from its creation to its end, and everything that is refused on the way."""

import pytest

from songcau.context.api.tests.client import Client, prop, room

NULL = "urn:ngsi-ld:null"
ONE = "/entities/urn:ngsi-ld:Room:1"
CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"


def test_what_is_created_comes_back_as_it_was_sent(client: Client) -> None:
    entity = room(1, temperature=prop(21, unitCode="CEL", observedAt="2026-11-28T01:00:00Z"), name=prop("Phòng họp"))
    answer = client.ask("POST", "/entities", entity)
    assert (answer.status, answer.raw, answer.headers["location"]) == (201, b"", "/ngsi-ld/v1" + ONE)
    found = client.ask("GET", ONE)
    assert found.json == entity
    assert found.headers["content-type"] == "application/json"
    assert "Phòng họp".encode() in found.raw


def test_an_entity_is_created_once(client: Client) -> None:
    client.ask("POST", "/entities", room(1))
    again = client.ask("POST", "/entities", room(1))
    assert (again.status, again.json["type"]) == (409, "https://uri.etsi.org/ngsi-ld/errors/AlreadyExists")


@pytest.mark.parametrize("accept", ["application/ld+json", "application/json;q=0.5, application/ld+json"])
def test_json_ld_brings_its_context_in_the_body(client: Client, accept: str) -> None:
    client.ask("POST", "/entities", {"@context": CORE, **room(1)}, content_type="application/ld+json")
    found = client.ask("GET", ONE, accept=accept)
    assert found.json == {"@context": CORE, **room(1)}
    assert "link" not in found.headers


@pytest.mark.parametrize(
    ("raw", "content_type", "status", "kind"),
    [
        (b"", "application/json", 400, "InvalidRequest"),
        (b"{", "application/json", 400, "InvalidRequest"),
        (b"[]", "application/json", 400, "InvalidRequest"),
        (b"{}", "application/json", 400, "BadRequestData"),
        (b'{"id":"urn:x:1","type":"Room","a":NaN}', "application/json", 400, "InvalidRequest"),
        (b'{"id":"urn:x:1","type":"Room","a":"\xff"}', "application/json", 400, "InvalidRequest"),
        (b'{"id":"urn:x:1","type":"Room","@context":[]}', "application/json", 400, "BadRequestData"),
        (b'{"id":"urn:x:1","type":"Room"}', "application/ld+json", 400, "BadRequestData"),
        (b'{"id":"urn:x:1","type":"Room"}', "application/xml", 415, "InvalidRequest"),
        (b'{"id":"one","type":"Room"}', "application/json", 400, "BadRequestData"),
        (b'{"type":"Room"}', "application/json", 400, "BadRequestData"),
        (b'{"id":"urn:x:1"}', "application/json", 400, "BadRequestData"),
    ],
)
def test_a_body_that_is_no_entity_is_refused(
    client: Client, raw: bytes, content_type: str, status: int, kind: str
) -> None:
    answer = client.ask("POST", "/entities", raw=raw, content_type=content_type)
    assert (answer.status, answer.json["type"].rsplit("/", 1)[1]) == (status, kind)
    assert answer.json["detail"]
    assert answer.json["title"] != answer.json["detail"]


def test_a_parameter_the_operation_does_not_have_is_refused_before_anything_else(client: Client) -> None:
    answer = client.ask("POST", "/entities?colour=red", raw=b"{")
    assert (answer.status, "colour" in answer.json["detail"]) == (400, True)
    assert client.ask("GET", f"{ONE}?colour=red").status == 400


def test_an_answer_that_cannot_be_had_in_an_accepted_form_is_refused(client: Client) -> None:
    client.ask("POST", "/entities", room(1))
    assert client.ask("GET", ONE, accept="application/xml").status == 406


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_what_is_not_there_cannot_be_read_or_changed(client: Client, method: str) -> None:
    body = None if method in {"GET", "DELETE"} else room(1)
    assert client.ask(method, ONE, body).status == 404
    assert client.ask(method, "/entities/not-a-uri", body).status == 400


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_an_address_without_an_id_names_no_entity(client: Client, method: str) -> None:
    assert client.ask(method, "/entities/", room(1)).status == 400
    assert client.ask(method, "/entities/x/attrs/a", prop(1)).status == 400


def test_replacing_keeps_when_the_entity_began_and_nothing_else(client: Client) -> None:
    client.ask("POST", "/entities", room(1, a=prop(1), scope="/wards/W1"))
    created = client.ask("GET", f"{ONE}?options=sysAttrs").json["createdAt"]
    assert client.ask("PUT", ONE, room(1, b=prop(2))).status == 204
    after = client.ask("GET", f"{ONE}?options=sysAttrs").json
    assert after["createdAt"] == created < after["modifiedAt"]
    assert set(after) == {"id", "type", "b", "createdAt", "modifiedAt"}


def test_merging_goes_into_what_is_there(client: Client) -> None:
    client.ask("POST", "/entities", room(1, a=prop({"x": 1, "y": {"z": 2}}, unitCode="CEL"), b=prop(2)))
    patch = {"a": prop({"y": {"w": 3}}), "b": prop(NULL), "c": prop(4)}
    assert client.ask("PATCH", ONE, patch).status == 204
    assert client.ask("GET", ONE).json == room(1, a=prop({"x": 1, "y": {"z": 2, "w": 3}}, unitCode="CEL"), c=prop(4))


def test_a_body_about_another_entity_is_refused(client: Client) -> None:
    client.ask("POST", "/entities", room(1))
    assert client.ask("PUT", ONE, room(2)).status == 400


def test_a_deleted_entity_is_gone(client: Client) -> None:
    client.ask("POST", "/entities", room(1))
    assert client.ask("DELETE", ONE).status == 204
    assert client.ask("GET", ONE).status == 404
    assert client.ask("DELETE", ONE).status == 404


def test_tenants_do_not_see_each_other(client: Client) -> None:
    client.ask("POST", "/entities", room(1), ngsild_tenant="one")
    assert client.ask("GET", ONE).status == 404
    assert client.ask("GET", ONE, ngsild_tenant="one").status == 200
    unknown = client.ask("GET", ONE, ngsild_tenant="two")
    assert (unknown.status, unknown.json["type"].rsplit("/", 1)[1]) == (404, "NonexistentTenant")
    assert client.ask("GET", ONE, ngsild_tenant="../etc").status == 400


def test_attributes_that_are_not_there_make_an_empty_answer_a_404(client: Client) -> None:
    client.ask("POST", "/entities", room(1, a=prop(1)))
    assert client.ask("GET", f"{ONE}?attrs=b").status == 404
    assert client.ask("GET", f"{ONE}?pick=b").status == 404
    assert client.ask("GET", f"{ONE}?pick=a").json == {"a": prop(1)}
    assert client.ask("GET", f"{ONE}?omit=id,type").json == {"a": prop(1)}


@pytest.mark.parametrize("query", ["pick=a&attrs=a", "pick=a&omit=a", "pick=a{", "pick=a;b", "pick=", "attrs=id"])
def test_a_projection_that_says_nothing_clear_is_refused(client: Client, query: str) -> None:
    client.ask("POST", "/entities", room(1, a=prop(1)))
    assert client.ask("GET", f"{ONE}?{query}").status == 400


def test_linked_entities_come_inside_or_beside(client: Client) -> None:
    link = {"type": "Relationship", "object": "urn:ngsi-ld:Room:2"}
    client.ask("POST", "/entities", room(1, near=link))
    client.ask("POST", "/entities", room(2, name=prop("B"), near={**link, "object": "urn:ngsi-ld:Room:1"}))
    inline = client.ask("GET", f"{ONE}?join=inline").json
    assert inline["near"]["entity"]["name"] == prop("B")
    assert "entity" not in inline["near"]["entity"]["near"]
    assert [one["id"][-1] for one in client.ask("GET", f"{ONE}?join=flat&joinLevel=3").json] == ["1", "2"]
    assert client.ask("GET", f"{ONE}?join=inline&format=simplified").json["near"]["name"] == "B"
    assert client.ask("GET", f"{ONE}?join=round").status == 400


def test_a_context_that_cannot_be_had_is_said_so(client: Client) -> None:
    missing = "http://127.0.0.1:9/context.jsonld"
    answer = client.ask("POST", "/entities", {"@context": missing, **room(1)}, content_type="application/ld+json")
    assert answer.json["type"].rsplit("/", 1)[1] == "LdContextNotAvailable"
    assert missing in answer.json["detail"]


def test_a_merge_brings_a_text_in_the_language_that_it_names(client: Client) -> None:
    name = {"type": "LanguageProperty", "languageMap": {"vi": "Cầu Gia Bảy", "en": "Gia Bay bridge"}}
    client.ask("POST", "/entities", room(1, name=name))
    path = "/entities/urn:ngsi-ld:Room:1"
    assert client.ask("PATCH", f"{path}?lang=en&format=simplified", {"name": "Gia Bay Bridge"}).status == 204
    assert client.ask("PATCH", f"{path}?lang=fr", {"name": "Pont de Gia Bay"}).status == 204
    found = client.ask("GET", path).json["name"]["languageMap"]
    assert found == {"vi": "Cầu Gia Bảy", "en": "Gia Bay Bridge", "fr": "Pont de Gia Bay"}
    for wrong in ("", "en,fr", "*", "en_GB", "en;q=0.5", "-", "x" * 100):
        answer = client.ask("PATCH", f"{path}?lang={wrong}", {"name": "x"})
        assert (answer.status, answer.json["type"].rpartition("/")[2]) == (400, "BadRequestData"), wrong
