"""The past through the API: kept from the first write on, in every form, cut to what is asked for."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import pytest

from songcau.context.api.tests.client import Answered, Client
from songcau.context.api.tests.lamps import AFTER, LAMP, NS, found, lamp, ok, past, prop, query, values
from songcau.context.journal.store import Bound
from songcau.context.rights.caller import Caller


def test_the_past_of_an_entity_is_what_was_written(lit: Client) -> None:
    found = ok(past(lit))
    assert (found.json["id"], found.json["type"]) == (LAMP, "Lamp")
    assert values(found) == list(range(10))
    assert values(found, "state") == ["on"]
    assert found.json["power"][3].keys() == {"type", "value", "observedAt", "instanceId"}
    assert found.headers["content-type"] == "application/json"


def test_what_is_there_no_more_still_has_a_past(lit: Client) -> None:
    ok(lit.ask("DELETE", f"/entities/{LAMP}"))
    assert values(ok(past(lit))) == list(range(10))
    gone = ok(past(lit, "timeproperty=deletedAt"))
    assert gone.json["power"][0]["value"] == "urn:ngsi-ld:null"
    assert "deletedAt" in gone.json["power"][0]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("timerel=before&timeAt=2026-11-28T01:03:00Z", [0, 1, 2]),
        ("timerel=after&timeAt=2026-11-28T01:07:00Z", [8, 9]),
        ("timerel=between&timeAt=2026-11-28T01:02:00Z&endTimeAt=2026-11-28T01:04:00Z", [2, 3]),
        ("timerel=after&timeAt=2026-11-28T01:07:00Z&lastN=1", [9]),
        ("lastN=2", [8, 9]),
    ],
)
def test_a_period_is_cut_out_of_the_past(lit: Client, query: str, expected: list[int]) -> None:
    assert values(ok(past(lit, query))) == expected


@pytest.mark.parametrize(
    "query",
    [
        "timerel=after",
        "timerel=sometime&timeAt=2026-11-28T01:03:00Z",
        "timerel=between&timeAt=2026-11-28T01:03:00Z",
        "timeAt=2026-11-28T01:03:00Z",
        "timerel=after&timeAt=yesterday",
        "timeproperty=validFrom",
        "lastN=0",
        "lastN=-1",
        "lastN=many",
        "lastN=" + "9" * 30,
        "attrs=power&pick=power",
        "pick=power&omit=power",
        "options=aggregatedValues",
        "options=aggregatedValues&aggrMethods=median",
        "options=aggregatedValues&aggrMethods=avg&aggrPeriodDuration=hourly",
    ],
)
def test_a_question_that_makes_no_sense_is_refused(lit: Client, query: str) -> None:
    answer = past(lit, query)
    assert (answer.status, answer.json["type"].rpartition("/")[2]) == (400, "BadRequestData")


@pytest.mark.parametrize("query", ["options=nothing", "format=keyValued", "options=sysAttrs,nothing", "colour=red"])
def test_an_unknown_parameter_or_form_is_refused(lit: Client, query: str) -> None:
    answer = past(lit, query)
    assert (answer.status, answer.json["type"].rpartition("/")[2]) == (400, "InvalidRequest")


def test_an_id_that_is_none_and_one_that_nobody_knows(lit: Client) -> None:
    assert past(lit, entity_id="lamp").status == 400
    assert past(lit, entity_id="urn:ngsi-ld:Lamp:none").status == 404
    assert past(lit, ngsild_tenant="nowhere").status == 404
    assert past(lit, accept="application/geo+json").status == 406


def test_only_the_members_asked_for_are_shown(lit: Client) -> None:
    assert past(lit, "attrs=state").json.keys() == {"id", "type", "state"}
    assert past(lit, "pick=id,state").json.keys() == {"id", "state"}
    assert past(lit, "pick=id").json == {"id": LAMP}
    assert past(lit, "omit=power,type").json.keys() == {"id", "state"}
    for text in ("attrs=colour", "pick=colour", "omit=id,type,power,state"):
        assert past(lit, text).status == 404


def test_stamps_are_shown_when_they_are_asked_for(lit: Client) -> None:
    found = ok(past(lit, "options=sysAttrs")).json
    assert {"createdAt", "modifiedAt"} <= found.keys()
    assert {"createdAt", "modifiedAt"} <= found["power"][0].keys()


def test_the_simplified_form_has_pairs_of_value_and_time(lit: Client) -> None:
    for text in ("options=temporalValues", "format=temporalValues&options=aggregatedValues", "format=simplified"):
        found = ok(past(lit, f"{text}&lastN=2")).json
        assert found["power"] == {
            "type": "Property",
            "values": [[8, "2026-11-28T01:08:00Z"], [9, "2026-11-28T01:09:00Z"]],
        }


def test_every_kind_of_attribute_has_a_simplified_form(client: Client) -> None:
    ok(
        client.ask(
            "POST",
            "/entities",
            lamp(
                road={"type": "Relationship", "object": "urn:ngsi-ld:Road:1", "observedAt": "2026-11-28T01:00:00Z"},
                name={"type": "LanguageProperty", "languageMap": {"vi": "đèn"}, "observedAt": "2026-11-28T01:00:00Z"},
                sort={"type": "VocabProperty", "vocab": "Street", "observedAt": "2026-11-28T01:00:00Z"},
                raw={"type": "JsonProperty", "json": {"a": None}, "observedAt": "2026-11-28T01:00:00Z"},
                steps={"type": "ListProperty", "valueList": [1, 2], "observedAt": "2026-11-28T01:00:00Z"},
            ),
        )
    )
    found = ok(past(client, "format=temporalValues")).json
    at = "2026-11-28T01:00:00Z"
    assert found["road"] == {"type": "Relationship", "objects": [["urn:ngsi-ld:Road:1", at]]}
    assert found["name"] == {"type": "LanguageProperty", "languageMaps": [[{"languageMap": {"vi": "đèn"}}, at]]}
    assert found["sort"] == {"type": "VocabProperty", "vocabs": [[{"vocab": "Street"}, at]]}
    assert found["raw"] == {"type": "JsonProperty", "jsons": [[{"json": {"a": None}}, at]]}
    assert found["steps"] == {"type": "ListProperty", "valueLists": [[[1, 2], at]]}
    spoken = ok(past(client, "format=temporalValues&lang=vi")).json
    assert spoken["name"] == {"type": "Property", "values": [["đèn", at]]}


def test_datasets_stand_apart_and_can_be_chosen(client: Client) -> None:
    first = [prop(1, 0), prop(2, 0, datasetId="urn:d:1"), prop(3, 0, datasetId="urn:d:2")]
    ok(client.ask("POST", "/entities", lamp(power=first)))
    found = ok(past(client, "format=temporalValues")).json["power"]
    assert [one.get("datasetId") for one in found] == [None, "urn:d:1", "urn:d:2"]
    assert values(past(client, "datasetId=urn:d:2,@none")) == [1, 3]
    assert past(client, "datasetId=urn:d:9").json.keys() == {"id", "type"}


def test_values_are_aggregated_by_period(lit: Client) -> None:
    query = "options=aggregatedValues&aggrMethods=avg,max,totalCount&aggrPeriodDuration=PT5M"
    found = ok(past(lit, query)).json["power"]
    first, second = ("2026-11-28T01:00:00Z", "2026-11-28T01:05:00Z"), ("2026-11-28T01:05:00Z", "2026-11-28T01:10:00Z")
    assert found == {
        "type": "Property",
        "avg": [[2.0, *first], [7.0, *second]],
        "max": [[4.0, *first], [9.0, *second]],
        "totalCount": [[5, *first], [5, *second]],
    }
    whole = ok(past(lit, f"{AFTER}&options=aggregatedValues&aggrMethods=sum")).json["power"]
    assert whole["sum"] == [[45.0, "2020-01-01T00:00:00Z", "2026-11-28T01:09:00Z"]]


# --- long histories -------------------------------------------------------------------------------------------------


@pytest.fixture
def long(client: Client) -> Client:
    """A lamp with power and load at each of forty minutes: more than one answer of this client holds."""
    minutes = range(40)
    told = lamp(power=[prop(n, n) for n in minutes], load=[prop(-n, n) for n in minutes])
    ok(client.ask("POST", "/temporal/entities", told), 201)
    return client


def content_range(answer: Answered) -> tuple[str, str, str]:
    unit, _, rest = answer.headers["content-range"].partition(" ")
    assert unit == "date-time"
    span, _, size = rest.partition("/")
    first, _, last = span.partition("Z-")
    return first + "Z", last, size


def test_a_long_history_is_cut_to_its_beginning_and_read_on_from_there(long: Client) -> None:
    read: list[Any] = []
    begin = "2020-01-01T00:00:00Z"
    for expected in (206, 206, 200):
        answer = ok(past(long, f"timerel=after&timeAt={begin}"), expected)
        read += values(answer)
        assert len(answer.json["power"]) == len(answer.json["load"])
        if expected == 206:
            first, begin, size = content_range(answer)
            assert (first, size) == (begin if not read else first, "*")
    assert read == list(range(40))


def test_with_last_n_a_long_history_is_cut_to_its_end(long: Client) -> None:
    answer = ok(past(long, "lastN=20"), 206)
    assert values(answer) == list(range(25, 40))
    assert content_range(answer) == ("2026-11-28T01:39:00Z", "2026-11-28T01:25:00Z", "20")
    answer = ok(past(long, "lastN=20&timerel=before&timeAt=2026-11-28T01:39:00Z"), 206)
    assert content_range(answer) == ("2026-11-28T01:39:00Z", "2026-11-28T01:24:00Z", "20")


def test_one_instant_is_never_torn(client: Client) -> None:
    told = lamp(power=[prop(n, 0, datasetId=f"urn:d:{n}") for n in range(40)], load=[prop(1, 1)])
    ok(client.ask("POST", "/temporal/entities", told), 201)
    answer = ok(past(client), 206)
    assert (len(answer.json["power"]), answer.json["load"]) == (40, [])
    answer = ok(past(client, "lastN=100"), 206)
    assert (answer.json["power"], len(answer.json["load"])) == ([], 1)
    answer = ok(past(client, "lastN=100&format=temporalValues"), 206)
    assert answer.json["power"] == {"type": "Property", "values": []}
    answer = ok(past(client, "lastN=100&format=aggregatedValues&aggrMethods=avg,max"), 206)
    assert answer.json["power"] == {"type": "Property", "avg": [], "max": []}


# --- queries --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("type=Lamp", ["Lamp:1", "Lamp:2", "Lamp:3"]),
        ("type=Lamp,Bus", ["Lamp:1", "Lamp:2", "Lamp:3", "Bus:1"]),
        ("type=Lamp&id=urn:ngsi-ld:Lamp:3,urn:ngsi-ld:Lamp:1", ["Lamp:1", "Lamp:3"]),
        ("type=Lamp&idPattern=.*:2", ["Lamp:2"]),
        ("q=speed>70", ["Bus:1"]),
        ("q=power==5", ["Lamp:1"]),
        ("q=power==5;power==10", ["Lamp:1"]),
        ("q=power>70", []),
        ("type=Lamp&attrs=power&q=power<11", ["Lamp:1"]),
        ("attrs=speed", ["Bus:1"]),
        ("attrs=location&q=speed>70", ["Bus:1"]),
        ("local=true&attrs=colour", []),
        ("georel=near;maxDistance==2000&geometry=Point&coordinates=[105.84,21.59]", ["Bus:1"]),
        ("georel=near;maxDistance==20&geometry=Point&coordinates=[105.9,21.59]", []),
        ("type=Lamp&orderBy=power", ["Lamp:1", "Lamp:2", "Lamp:3"]),
        ("type=Lamp&orderBy=power;desc", ["Lamp:2", "Lamp:1", "Lamp:3"]),
        ("type=Lamp&datasetId=urn:d:1", []),
        ("type=Lamp&limit=1&offset=1", ["Lamp:2"]),
    ],
)
def test_histories_are_found_by_what_they_say(town: Client, text: str, expected: Sequence[str]) -> None:
    assert found(query(town, f"{text}&{AFTER}")) == expected


def test_what_happened_outside_the_period_is_no_result(town: Client) -> None:
    text = "type=Lamp&timerel=after&timeAt=2026-11-28T01:20:00Z"
    answer = query(town, text)
    assert found(answer) == ["Lamp:1"]
    assert [one["value"] for one in answer.json[0]["power"]] == [5]
    assert found(query(town, f"{text}&q=power==10")) == []


def test_pages_of_histories_have_links_and_can_be_counted(town: Client) -> None:
    answer = query(town, f"type=Lamp&{AFTER}&limit=2&count=true")
    assert (len(answer.json), answer.headers["ngsild-results-count"]) == (2, "3")
    assert any('rel="next"' in value for name, value in answer.all_headers if name == "link")
    assert ok(query(town, f"type=Lamp&{AFTER}&limit=0&count=true")).json == []


@pytest.mark.parametrize("text", [AFTER, f"id={LAMP}&{AFTER}", "type=Lamp"])
def test_a_query_needs_a_filter_and_a_period(town: Client, text: str) -> None:
    answer = query(town, text)
    assert (answer.status, answer.json["type"].rpartition("/")[2]) == (400, "BadRequestData")


def test_an_unknown_parameter_of_a_query_is_refused_first(town: Client) -> None:
    assert query(town, "colour=red").json["type"].endswith("InvalidRequest")


def body(**more: Any) -> dict[str, Any]:
    period = {"timerel": "after", "timeAt": "2020-01-01T00:00:00Z"}
    return {"type": "Query", "entities": [{"type": "Bus"}], "temporalQ": period, **more}


def test_histories_are_asked_for_by_a_body(town: Client) -> None:
    answer = town.ask("POST", "/temporal/entityOperations/query", body(attrs=["speed"]))
    assert found(answer) == ["Bus:1"]
    assert answer.json[0].keys() == {"id", "type", "speed"}
    geo = {"georel": "near;maxDistance==2000", "geometry": "Point", "coordinates": [105.84, 21.59]}
    for more in ({"q": "speed>70"}, {"geoQ": geo}, {"entities": [{"type": "Bus"}, {"type": "Lamp"}], "q": "speed>70"}):
        assert found(town.ask("POST", "/temporal/entityOperations/query", body(**more))) == ["Bus:1"]
    limited = body(temporalQ={"timerel": "after", "timeAt": "2020-01-01T00:00:00Z", "lastN": 1})
    answer = town.ask("POST", "/temporal/entityOperations/query?format=temporalValues", limited)
    assert answer.json[0]["speed"]["values"] == [[80, "2026-11-28T01:06:00Z"]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "Queries"},
        {"temporalQ": None},
        {"temporalQ": []},
        {"temporalQ": {"timerel": "after", "timeAt": 5}},
        {"temporalQ": {"timerel": "after", "timeAt": "2020-01-01T00:00:00Z", "colour": "red"}},
        {"colour": "red"},
    ],
)
def test_a_body_that_is_no_temporal_query_is_refused(town: Client, wrong: dict[str, Any]) -> None:
    answer = town.ask("POST", "/temporal/entityOperations/query", body(**wrong))
    assert (answer.status, answer.json["type"].rpartition("/")[2]) == (400, "BadRequestData")


def test_a_query_is_cut_as_one(client: Client) -> None:
    for number in (1, 2):
        told = lamp(f"urn:ngsi-ld:Lamp:{number}", power=[prop(n, n) for n in range(25)])
        ok(client.ask("POST", "/temporal/entities", told), 201)
    answer = ok(query(client, f"type=Lamp&{AFTER}"), 206)
    assert [len(one["power"]) for one in answer.json] == [15, 15]
    assert content_range(answer) == ("2020-01-01T00:00:00Z", "2026-11-28T01:14:00Z", "*")


def test_names_are_those_of_the_context_that_the_request_links(town: Client) -> None:
    answer = query(town, f"type={quote(NS + 'Bus', safe='')}&{AFTER}", accept="application/ld+json")
    assert answer.json[0]["@context"] == town.contexts.at_hand(None).reference  # type: ignore[union-attr]


# --- rights ---------------------------------------------------------------------------------------------------------


def test_the_past_is_shown_to_who_may_see_the_entity(town: Client) -> None:
    buses = Caller("buses", types=[NS + "Bus"])
    assert past(town, by=buses).status == 404
    assert values(ok(past(town, entity_id="urn:ngsi-ld:Bus:1", by=buses)), "speed") == [40, 80]
    assert found(query(town, f"type=Lamp,Bus&{AFTER}", by=buses)) == ["Bus:1"]


def test_the_past_of_a_ward_is_shown_to_the_ward_though_the_entity_is_gone(client: Client) -> None:
    told = lamp(scope="/wards/W05512", power=prop(1, 1))
    ok(client.ask("POST", "/temporal/entities", told), 201)
    ward, neighbour = Caller("ward", wards=["/wards/W05512"]), Caller("neighbour", wards=["/wards/W05515"])
    assert ok(past(client, "attrs=power", by=ward)).json.keys() == {"id", "type", "power"}
    assert past(client, by=neighbour).status == 404
    text = "type=Lamp&attrs=power&timerel=after&timeAt=2020-01-01T00:00:00Z&timeproperty=modifiedAt"
    assert (found(query(client, text, by=ward)), found(query(client, text, by=neighbour))) == (["Lamp:1"], [])


def test_hidden_attributes_are_hidden_in_the_past_too(town: Client) -> None:
    shy = Caller("shy", attributes=[NS + "speed"])
    answer = ok(past(town, entity_id="urn:ngsi-ld:Bus:1", by=shy))
    assert answer.json.keys() == {"id", "type", "speed"}
    assert found(query(town, f"q=location&{AFTER}", by=shy)) == []


def test_a_history_too_long_for_one_question_is_refused(lit: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songcau.context.broker.histories.MOST", Bound(5, 1 << 30))
    assert past(lit).json["type"].endswith("TooComplexQuery")
    assert query(lit, f"type=Lamp&{AFTER}").json["type"].endswith("TooComplexQuery")
    monkeypatch.setattr("songcau.context.broker.histories.MOST", Bound(5000, 1 << 30))
    monkeypatch.setattr("songcau.context.broker.histories.MOST_ENTITIES", 0)
    assert query(lit, f"type=Lamp&{AFTER}").json["type"].endswith("TooComplexQuery")


def test_a_history_of_too_many_bytes_for_one_question_is_refused(lit: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songcau.context.broker.histories.MOST", Bound(5000, 500))
    assert past(lit).json["type"].endswith("TooComplexQuery")
    assert query(lit, f"type=Lamp&{AFTER}").json["type"].endswith("TooComplexQuery")


def test_an_answer_of_too_many_bytes_is_partial_and_the_rest_can_be_asked_for(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("songcau.context.api.temporal_forms.MOST_BYTES", 50_000)
    told = lamp(text=[prop("x" * 10_000, minute) for minute in range(12)])
    ok(client.ask("POST", "/temporal/entities", told), 201)
    first = ok(past(client), 206)
    assert [one["observedAt"] for one in first.json["text"]] == [f"2026-11-28T01:{n:02}:00Z" for n in range(4)]
    assert content_range(first) == ("2026-11-28T01:00:00Z", "2026-11-28T01:03:00Z", "*")
    rest = ok(past(client, "timerel=after&timeAt=2026-11-28T01:07:00Z"), 200)
    assert len(rest.json["text"]) == 4
    newest = ok(past(client, "lastN=10"), 206)
    assert [one["observedAt"] for one in newest.json["text"]] == [f"2026-11-28T01:{n:02}:00Z" for n in range(8, 12)]
    alone = lamp("urn:ngsi-ld:Lamp:2", text=[prop("x" * 100_000, minute) for minute in range(2)])
    ok(client.ask("POST", "/temporal/entities", alone), 201)
    assert len(ok(past(client, entity_id="urn:ngsi-ld:Lamp:2"), 206).json["text"]) == 1
