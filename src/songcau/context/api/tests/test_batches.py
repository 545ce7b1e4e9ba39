"""Many entities in one request: each fails or succeeds by itself."""

import pytest

from songcau.context.api.tests.client import Client, prop, room
from songcau.context.journal.history import Wanted

CREATE, UPSERT = "/entityOperations/create", "/entityOperations/upsert"
UPDATE, MERGE, DELETE = "/entityOperations/update", "/entityOperations/merge", "/entityOperations/delete"
IDS = [f"urn:ngsi-ld:Room:{number}" for number in range(5)]
CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"


def read(client: Client, number: int) -> dict[str, object] | None:
    answer = client.ask("GET", f"/entities/{IDS[number]}")
    found: dict[str, object] | None = answer.json if answer.status == 200 else None
    return found


def test_creating_answers_with_the_ids(client: Client) -> None:
    answer = client.ask("POST", CREATE, [room(0), room(1)])
    assert (answer.status, answer.json) == (201, IDS[:2])


def test_what_cannot_be_created_is_named_and_the_rest_is_created(client: Client) -> None:
    client.ask("POST", CREATE, [room(0)])
    answer = client.ask("POST", CREATE, [room(0), room(1), room(1), room(2, a=prop(None)), {"id": IDS[3]}, 7])
    assert (answer.status, answer.json["success"]) == (207, [IDS[1]])
    failed = [(one["entityId"], one["error"]["status"]) for one in answer.json["errors"]]
    assert failed == [(IDS[0], 409), (IDS[1], 409), (IDS[2], 400), (IDS[3], 400), ("", 400)]


def test_upserting_answers_with_what_was_created_only(client: Client) -> None:
    client.ask("POST", CREATE, [room(0, a=prop(1), b=prop(2))])
    answer = client.ask("POST", UPSERT, [room(0, a=prop(3)), room(1)])
    assert (answer.status, answer.json) == (201, [IDS[1]])
    assert read(client, 0) == room(0, a=prop(3))
    assert client.ask("POST", f"{UPSERT}?options=update", [room(0, b=prop(4))]).status == 204
    assert read(client, 0) == room(0, a=prop(3), b=prop(4))


def test_an_entity_twice_in_one_upsert_is_written_twice(client: Client) -> None:
    assert client.ask("POST", UPSERT, [room(0, a=prop(1)), room(0, a=prop(2))]).status == 201
    assert read(client, 0) == room(0, a=prop(2))


@pytest.mark.parametrize("path", [f"{UPSERT}?options=update", UPSERT, UPDATE, MERGE])
def test_an_entity_several_times_in_one_batch_has_each_of_its_observations_once_in_the_history(
    client: Client, path: str
) -> None:
    client.ask("POST", CREATE, [room(0)])
    seen = [prop(minute, observedAt=f"2026-11-28T00:0{minute}:00Z") for minute in range(4)]
    seen[1] = seen[1] | {"datasetId": "urn:x:second"}
    assert client.ask("POST", path, [room(0, a=one) for one in seen]).status == 204
    [told] = client.loop.run_until_complete(client.journal.history("", [IDS[0]], Wanted(time="modifiedAt")))
    [written] = told.attributes.values()
    assert [each["value"] for each in written] == [0, 1, 2, 3]


def test_an_upsert_of_a_new_entity_without_a_type_fails_alone(client: Client) -> None:
    answer = client.ask("POST", f"{UPSERT}?options=update", [{"id": IDS[0], "a": prop(1)}, room(1)])
    assert (answer.status, answer.json["success"]) == (207, [IDS[1]])
    assert read(client, 0) is None


def test_updating_touches_only_what_is_there(client: Client) -> None:
    client.ask("POST", CREATE, [room(0, a=prop(1))])
    answer = client.ask("POST", UPDATE, [room(0, b=prop(2)), room(1)])
    assert (answer.status, answer.json["success"], len(answer.json["errors"])) == (207, [IDS[0]], 1)
    assert read(client, 0) == room(0, a=prop(1), b=prop(2))


def test_updating_without_overwriting_says_which_entities_had_more(client: Client) -> None:
    client.ask("POST", CREATE, [room(0, a=prop(1)), room(1)])
    answer = client.ask("POST", f"{UPDATE}?options=noOverwrite", [room(0, a=prop(2), b=prop(3)), room(1, a=prop(4))])
    assert (answer.status, answer.json["success"]) == (207, [IDS[1]])
    assert read(client, 0) == room(0, a=prop(1), b=prop(3))


def test_merging_deletes_by_null(client: Client) -> None:
    client.ask("POST", CREATE, [room(0, a=prop(1, unitCode="CEL"), b=prop(2))])
    assert client.ask("POST", MERGE, [room(0, a=prop(3), b=prop("urn:ngsi-ld:null"))]).status == 204
    assert read(client, 0) == room(0, a=prop(3, unitCode="CEL"))


def test_deleting_names_what_was_not_there(client: Client) -> None:
    client.ask("POST", CREATE, [room(0), room(1)])
    assert client.ask("POST", DELETE, [IDS[0]]).status == 204
    answer = client.ask("POST", DELETE, [IDS[1], IDS[1], IDS[2]])
    assert (answer.status, answer.json["success"], len(answer.json["errors"])) == (207, [IDS[1]], 2)


@pytest.mark.parametrize("path", [CREATE, UPSERT, UPDATE, MERGE, DELETE])
@pytest.mark.parametrize(
    ("raw", "kind"), [(b"[", "InvalidRequest"), (b"{}", "InvalidRequest"), (b"[]", "BadRequestData")]
)
def test_a_body_that_is_no_array_of_something_is_refused_whole(
    client: Client, path: str, raw: bytes, kind: str
) -> None:
    answer = client.ask("POST", path, raw=raw)
    assert (answer.status, answer.json["type"].rsplit("/", 1)[1]) == (400, kind)


def test_more_entities_than_one_request_holds_are_refused_whole(client: Client) -> None:
    answer = client.ask("POST", DELETE, ["urn:ngsi-ld:Room:1"] * 10_001)
    assert (answer.status, "10000" in answer.json["detail"]) == (400, True)


def test_each_entity_of_json_ld_brings_its_own_context(client: Client) -> None:
    missing = {"@context": "http://127.0.0.1:9/none.jsonld", **room(1)}
    bodies = [{"@context": CORE, **room(0)}, missing, room(2)]
    answer = client.ask("POST", CREATE, bodies, content_type="application/ld+json")
    assert (answer.status, answer.json["success"]) == (207, [IDS[0]])
    kinds = [one["error"]["type"].rsplit("/", 1)[1] for one in answer.json["errors"]]
    assert kinds == ["LdContextNotAvailable", "BadRequestData"]


@pytest.mark.parametrize("path", [CREATE, UPSERT, UPDATE, MERGE, DELETE])
def test_an_option_the_operation_does_not_have_is_refused(client: Client, path: str) -> None:
    assert client.ask("POST", f"{path}?options=twice", [room(0)]).status == 400
