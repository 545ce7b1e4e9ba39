"""@contexts of every shape come to their terms, or to a clear refusal."""

from typing import Any

import pytest

from songcau.context.problems import BadRequestData
from songcau.context.terms.core_context import CORE_TABLE, CORE_URLS, DEFAULT_VOCABULARY
from songcau.context.terms.processing import DEEPEST, MOST_DOCUMENTS, Processing
from songcau.context.terms.table import Table

X = "https://x.org/#"


def processed(context: Any, documents: dict[str, Any] | None = None, base: str | None = None) -> Table:
    return Processing(dict(documents or {}).__getitem__).table(context, base)


def test_the_parts_of_a_list_come_one_after_the_other() -> None:
    table = processed([{"a": X + "1", "b": X + "1"}, {"b": X + "2"}])
    assert (table.iris["a"], table.iris["b"]) == (X + "1", X + "2")


def test_a_null_forgets_what_was_before_it() -> None:
    table = processed([{"a": X + "1"}, None, {"b": X + "2"}])
    assert "a" not in table.iris
    assert table.iris["b"] == X + "2"


@pytest.mark.parametrize(
    ("definition", "iri"),
    [
        (X + "a", X + "a"),
        ("x:a", X + "a"),
        ({"@id": "x:a"}, X + "a"),
        ({"@type": "@id"}, "https://v.org/a"),
        ({"@id": "a"}, "https://v.org/a"),
        ("other", X + "other"),
        ("name", "https://v.org/name"),
        ({"@id": None}, None),
        (None, None),
        ({"@reverse": "x:a"}, None),
        ("@type", "@type"),
        ("@unknown", None),
        ("", None),
    ],
)
def test_a_definition_comes_to_its_iri(definition: Any, iri: str | None) -> None:
    table = processed({"a": definition, "x": X, "@vocab": "https://v.org/", "other": "x:other"})
    assert table.iris["a"] == iri


def test_a_term_that_is_a_compact_iri_itself_is_known_by_its_prefix() -> None:
    table = processed({"x:a": {"@type": "@id"}, "x": X, "y:b": {"@type": "@id"}})
    assert (table.iris["x:a"], table.iris["y:b"]) == (X + "a", "y:b")
    assert table.coercions["x:a"] == "@id"


def test_prefixes_are_what_json_ld_1_1_says_they_are() -> None:
    table = processed({"x": X, "y": {"@id": X}, "z": {"@id": X, "@prefix": True}, "w": "https://x.org/w"})
    assert {"x", "z", "ngsi-ld"} <= table.prefixes
    assert not {"y", "w"} & table.prefixes


def test_coercions_and_containers_are_kept() -> None:
    table = processed(
        {
            "a": {"@id": X + "a", "@type": "xsd:date", "@container": ["@set", "@index"]},
            "xsd": "http://www.w3.org/2001/XMLSchema#",
            "b": {"@id": X + "b", "@type": "@vocab", "@container": "@list", "@language": "vi"},
        }
    )
    assert table.coercions["a"] == "http://www.w3.org/2001/XMLSchema#date"
    assert (table.containers["a"], table.containers["b"]) == ("@index @set", "@list")


def test_a_later_definition_takes_the_place_of_the_whole_earlier_one() -> None:
    table = processed([{"a": {"@id": X + "a", "@type": "@id", "@container": "@set"}}, {"a": X + "b"}])
    assert table.iris["a"] == X + "b"
    assert "a" not in table.coercions
    assert "a" not in table.containers


def test_a_client_cannot_change_a_term_of_the_core() -> None:
    table = processed({"ngsi-ld": "https://evil.org/", "location": {"@id": X + "l", "@type": "@id"}})
    assert table.iris["ngsi-ld"] == CORE_TABLE.iris["ngsi-ld"]
    assert table.iris["location"] == CORE_TABLE.iris["location"]
    assert "location" not in table.coercions
    assert table.vocabulary == DEFAULT_VOCABULARY


def test_what_a_context_names_is_opened_relative_to_where_it_stands() -> None:
    documents = {"https://x.org/c/a.jsonld": ["b.jsonld", {"a": "x:a"}], "https://x.org/c/b.jsonld": {"x": X}}
    assert processed(["https://x.org/c/a.jsonld"], documents).iris["a"] == X + "a"


def test_an_import_is_overlaid_by_what_imports_it() -> None:
    documents = {"https://x.org/a": {"a": X + "1", "b": X + "1"}, "https://x.org/list": []}
    table = processed({"@import": "https://x.org/a", "b": X + "2"}, documents)
    assert (table.iris["a"], table.iris["b"]) == (X + "1", X + "2")
    assert processed({"@import": next(iter(CORE_URLS)), "b": X + "2"}).iris["b"] == X + "2"
    for wrong in ("https://x.org/list", 5):
        with pytest.raises(BadRequestData):
            processed({"@import": wrong}, documents)


def test_scoped_contexts_are_refused_in_a_body_and_passed_over_in_a_public_context() -> None:
    scoped = {"a": {"@id": X + "a", "@context": "https://x.org/never-opened"}}
    assert processed("https://x.org/c", {"https://x.org/c": scoped}).iris["a"] == X + "a"
    with pytest.raises(BadRequestData, match="scoped"):
        processed(scoped)


def test_what_has_no_effect_here_is_accepted() -> None:
    context = {"@version": 1.1, "@base": "https://b.org/", "@language": "vi", "@propagate": True, "@protected": True}
    assert processed(context).iris == CORE_TABLE.iris


@pytest.mark.parametrize(
    "context",
    [
        5,
        [[{"a": X}]],
        [5],
        "not an address",
        "ftp://x.org/c",
        "http://",
        "http://[::1",
        "http://x.org/a b",
        "http://" + "x" * 3000,
        {"a": 5},
        {"a": {"@id": 5}},
        {"a": {"@id": X, "@type": 5}},
        {"a": {"@id": X, "@container": "@wrong"}},
        {"a": {"@id": X, "@container": [5]}},
        {"a": "b", "b": "a"},
        {"a": "a:b"},
        {"a": "b:x", "b": "a:x"},
        {"a": "x:<>"},
        {"": X},
        {"@version": 1.0},
        {"@version": "1.1"},
        {"@vocab": 5},
        {f"t{n}": f"t{n + 1}" for n in range(DEEPEST + 5)},
        {f"t{n}": X for n in range(2_001)},
    ],
)
def test_a_malformed_context_is_refused(context: Any) -> None:
    with pytest.raises(BadRequestData):
        processed(context)


def test_contexts_that_name_themselves_are_refused() -> None:
    with pytest.raises(BadRequestData, match="itself"):
        processed("https://x.org/a", {"https://x.org/a": "https://x.org/b", "https://x.org/b": ["https://x.org/a"]})


def test_contexts_a_hundred_levels_deep_are_refused() -> None:
    documents = {f"https://x.org/{n}": f"https://x.org/{n + 1}" for n in range(100)}
    with pytest.raises(BadRequestData, match="levels deep"):
        processed("https://x.org/0", documents)


def test_contexts_that_multiply_are_refused() -> None:
    documents: dict[str, Any] = {f"https://x.org/{n}": [f"https://x.org/{n + 1}"] * 3 for n in range(10)}
    documents["https://x.org/10"] = {}
    with pytest.raises(BadRequestData, match=f"{MOST_DOCUMENTS} others"):
        processed("https://x.org/0", documents)


def test_ten_thousand_terms_are_taken_from_an_address() -> None:
    table = processed("https://x.org/a", {"https://x.org/a": {f"t{n}": f"{X}{n}" for n in range(20_000)}})
    assert table.iris["t19999"] == X + "19999"
    with pytest.raises(BadRequestData, match="100,000 terms"):
        processed("https://x.org/a", {"https://x.org/a": {f"t{n}": X for n in range(100_001)}})


def test_vocabularies_may_be_relative_to_the_one_before() -> None:
    assert processed([{"@vocab": X}, {"@vocab": None, "a": "b"}]).iris["a"] == DEFAULT_VOCABULARY + "b"
    assert processed([{"x": X}, {"@vocab": "x:v/", "a": "b"}]).iris["a"] == X + "v/b"


def test_every_version_of_the_core_context_is_known_by_its_exact_address() -> None:
    start = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context"
    for version in ("", "-v1.3", "-v1.6", "-v1.8", "-v1.9"):
        assert f"{start}{version}.jsonld" in CORE_URLS
    assert start + "-non-existing.jsonld" not in CORE_URLS
