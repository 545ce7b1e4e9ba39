"""What types and attributes there are, counted as they come and go."""

from songcau.context.entities.entity import Kind
from songcau.context.language.tests.samples import NAMESPACE, entity, expanded, link, prop
from songcau.context.memory.state import State
from songcau.context.memory.tests.test_state import change, filled


def short(names: object) -> str:
    """Names without their namespace, for reading."""
    return str(names).replace(NAMESPACE, "")


def city() -> State:
    return filled(
        entity("urn:x:a", "Camera", on=True, at=link("urn:x:z")),
        entity("urn:x:b", "Detector", speed=50, at="here"),
        entity("urn:x:c", ("Camera", "Detector"), speed=[prop(1), prop(2, datasetId="urn:d:1")]),
        entity("urn:x:d", "Empty"),
    )


def test_types_tell_their_attributes() -> None:
    state = city()
    assert short(state.type_names()) == "['Camera', 'Detector', 'Empty']"
    expected = "{'Camera': ('at', 'on', 'speed'), 'Detector': ('at', 'speed'), 'Empty': ()}"
    assert short(state.attributes_of_types()) == expected
    found = state.type_overview(expanded("Camera"))
    assert found is not None
    assert found.count == 2
    assert short(found.attributes) == "{'at': ('Relationship',), 'on': ('Property',), 'speed': ('Property',)}"
    assert state.type_overview(expanded("Lamp")) is None


def test_attributes_tell_their_types() -> None:
    state = city()
    assert short(state.attribute_names()) == "['at', 'on', 'speed']"
    expected = "{'at': ('Camera', 'Detector'), 'on': ('Camera',), 'speed': ('Camera', 'Detector')}"
    assert short(state.types_of_attributes()) == expected
    found = state.attribute_overview(expanded("at"))
    assert found is not None
    assert (found.count, found.kinds, short(found.types)) == (
        2,
        ("Property", "Relationship"),
        "('Camera', 'Detector')",
    )
    assert state.attribute_overview(expanded("absent")) is None


def test_only_what_is_permitted_counts() -> None:
    state = city()

    def permitted(one: object) -> bool:
        return getattr(one, "id", "") == "urn:x:b"

    assert short(state.type_names(permitted)) == "['Detector']"
    assert short(state.attributes_of_types(permitted)) == "{'Detector': ('at', 'speed')}"
    assert short(state.attribute_names(permitted)) == "['at', 'speed']"
    assert short(state.types_of_attributes(permitted)) == "{'at': ('Detector',), 'speed': ('Detector',)}"
    assert state.type_overview(expanded("Camera"), permitted) is None
    assert state.attribute_overview(expanded("on"), permitted) is None
    found = state.attribute_overview(expanded("at"), permitted)
    assert found is not None
    assert found.count == 1


def test_the_counts_follow_changes() -> None:
    state = city()
    first = state.get("urn:x:a")
    second = entity("urn:x:a", ("Sign", "Detector"), text="50")
    replacement = change(first, second)
    state.apply(replacement)
    expected = "{'Camera': ('speed',), 'Detector': ('at', 'speed', 'text'), 'Empty': (), 'Sign': ('text',)}"
    assert short(state.attributes_of_types()) == expected
    other = state.get("urn:x:c")
    state.apply(change(other, entity("urn:x:c", ("Camera", "Detector"), lane=1), "speed", "lane", kind=Kind.SET))
    assert short(state.types_of_attributes()) == (
        "{'at': ('Detector',), 'lane': ('Camera', 'Detector'), 'speed': ('Detector',), 'text': ('Detector', 'Sign')}"
    )
    for name in list(state.entities):
        state.apply(change(state.get(name), None, kind=Kind.DELETE))
    assert state.attributes_of_types() == {}
    assert state.types_of_attributes() == {}
