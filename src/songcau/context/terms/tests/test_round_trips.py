"""Whatever a @context says, a name that stands for an IRI is read as that IRI; and any JSON is compiled or refused."""

from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from songcau.context.problems import Problem
from songcau.context.terms import Contexts, Terms

TERMS = ["a", "b", "ab", "x", "x:a", "y", "ngsi-ld", "location", "a-b", "https://x.org/#a", "@type", "@vocab", "value"]
IRIS = [
    "https://x.org/#",
    "https://x.org/#a",
    "https://x.org/#ab",
    "https://x.org/#a:b",
    "https://x.org/",
    "https://uri.etsi.org/ngsi-ld/",
    "https://uri.etsi.org/ngsi-ld/location",
    "https://uri.etsi.org/ngsi-ld/default-context/",
    "https://uri.etsi.org/ngsi-ld/default-context/a",
    "https://uri.etsi.org/ngsi-ld/default-context/x:a",
    "https://uri.etsi.org/ngsi-ld/default-context///a",
    "x:a",
    "x://a",
    "urn:x:a",
    "a:b",
]
VALUES = st.sampled_from([*TERMS, *IRIS, "@id", "@nest", "x:b", "y:", ""]) | st.none()
DEFINITIONS = VALUES | st.fixed_dictionaries(
    {},
    optional={
        "@id": VALUES,
        "@type": st.sampled_from(["@id", "@vocab", "@json", "x:a", "a"]),
        "@container": st.sampled_from(["@set", "@list", ["@set", "@index"]]),
        "@prefix": st.booleans(),
        "@reverse": st.just("x:a"),
    },
)
OBJECTS = st.dictionaries(st.sampled_from(TERMS), DEFINITIONS, max_size=5)
CONTEXTS = OBJECTS | st.lists(st.none() | OBJECTS, max_size=3)


def compiled(context: Any) -> Terms | None:
    try:
        return Contexts().at_hand(context)
    except Problem:
        return None


@settings(max_examples=300, deadline=None)
@given(CONTEXTS)
def test_a_written_name_is_read_as_what_it_stands_for(context: Any) -> None:
    terms = compiled(context)
    if terms is None:
        return
    for iri in IRIS:
        name = terms.compact(iri)
        with suppress(Problem):  # an IRI that is a term itself, and means nothing, has no name at all
            assert terms.expand_value(name) == iri or name == iri, (name, iri)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | VALUES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*TERMS, "@import", "@version", "@base", "@context", "@id", "@container", ""]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_any_json_is_compiled_or_refused(context: Any) -> None:
    terms = compiled(context)
    if terms is not None:
        for name in TERMS:
            with suppress(Problem):
                terms.compact(terms.expand(name))
