"""Names become IRIs and IRIs become names again, as the @context says and the core @context above all."""

from typing import Any

import pytest

from songcau.context.problems import BadRequestData
from songcau.context.terms import CORE, Contexts, Terms

DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"


def terms(context: Any) -> Terms:
    found = Contexts().at_hand(context)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "iri"),
    [
        ("speed", DEFAULT + "speed"),
        ("location", "https://uri.etsi.org/ngsi-ld/location"),
        ("title", "http://purl.org/dc/terms/title"),
        ("nhiệt_độ", DEFAULT + "nhiệt_độ"),
        ("https://example.org/speed", "https://example.org/speed"),
        ("ngsi-ld:default-context/speed", DEFAULT + "speed"),
        ("urn:x:speed", "urn:x:speed"),
    ],
)
def test_a_name_has_an_iri_without_a_context(name: str, iri: str) -> None:
    assert CORE.expand(name) == iri


@pytest.mark.parametrize(
    "name", ["type", "id", "@invalid", "@type", "", "a b", "a-b", "1a", "_a", "a.b", "a:b c", "x" * 3000, "http://a b"]
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(BadRequestData):
        CORE.expand(name)


def test_a_value_of_a_vocabulary_may_have_any_characters() -> None:
    assert CORE.expand_value("Very high") == DEFAULT + "Very high"
    assert CORE.compact(DEFAULT + "Very high") == "Very high"
    with pytest.raises(BadRequestData):
        CORE.expand_value("@none")


def test_the_shortest_way_back_is_taken() -> None:
    known = terms({"b": "https://x.org/#name", "aa": "https://x.org/#name", "a": "https://x.org/#name"})
    assert known.compact("https://x.org/#name") == "a"
    assert known.compact("https://x.org/#other") == "https://x.org/#other"


def test_a_term_with_a_coercion_is_taken_only_when_there_is_no_plain_one() -> None:
    known = terms(
        {
            "at": {"@id": "https://x.org/#when", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"},
            "when": "https://x.org/#when",
            "near": {"@id": "https://x.org/#near", "@type": "@id"},
            "all": {"@id": "https://x.org/#all", "@container": "@list"},
        }
    )
    assert known.compact("https://x.org/#when") == "when"
    assert known.compact("https://x.org/#near") == "near"
    assert known.compact("https://x.org/#all") == "all"
    assert known.coercion("near") == "@id"
    assert known.coercion("when") == ""


def test_a_name_that_means_something_else_under_the_context_is_written_with_its_prefix() -> None:
    known = terms({"almostFull": "https://x.org/#almostFull"})
    assert known.compact(DEFAULT + "almostFull") == "ngsi-ld:default-context/almostFull"
    assert known.expand("ngsi-ld:default-context/almostFull") == DEFAULT + "almostFull"


def test_prefixes_are_used_both_ways() -> None:
    known = terms({"sdm": "https://smartdatamodels.org/", "flow": {"@id": "https://x.org/flow"}})
    assert known.expand("sdm:speed") == "https://smartdatamodels.org/speed"
    assert known.compact("https://smartdatamodels.org/speed") == "sdm:speed"
    assert known.compact("https://smartdatamodels.org/") == "sdm"
    assert known.expand("flow:speed") == "flow:speed"  # an expanded definition is no prefix


@pytest.mark.parametrize("name", ["location", "value", "createdAt"])
def test_the_core_context_wins_over_the_client_s(name: str) -> None:
    known = terms([{name: "https://x.org/#mine", "@vocab": "https://x.org/"}, "https://example.org"][:1])
    assert known.expand(name) == CORE.expand(name)
    assert known.expand("unknown") == DEFAULT + "unknown"


def test_too_many_different_names_do_not_fill_the_memory() -> None:
    known = terms({"a": "https://x.org/a"})
    for number in range(10_100):
        known.expand(f"name{number}")
    assert known.expand("a") == "https://x.org/a"
