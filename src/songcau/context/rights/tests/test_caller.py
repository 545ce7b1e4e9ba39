"""What a token or grant lets its holder see and change."""

from songcau.context.entities.entity import Entity
from songcau.context.rights.caller import EVERYTHING, Caller

SPEED = {"type": "Property", "value": 30}


def entity(*types: str, scopes: tuple[str, ...] = (), names: tuple[str, ...] = ("speed",)) -> Entity:
    return Entity("urn:x:1", types, scopes, dict.fromkeys(names, SPEED), "2026-11-28T00:00:00Z", "2026-11-28T00:00:00Z")


def test_without_limits_everything_may_be_read_and_written() -> None:
    assert EVERYTHING.sees_all
    assert EVERYTHING.writes_all
    assert EVERYTHING.may_read(entity("A"))
    assert EVERYTHING.may_write(None, entity("A"), ("speed",))
    assert EVERYTHING.may_enter("elsewhere")


def test_who_may_only_read_writes_nothing_and_the_other_way_round() -> None:
    reader, writer = Caller("r"), Caller("w", reads=False, writes=True)
    assert reader.may_read(entity("A"))
    assert not reader.may_write(None, entity("A"), ())
    assert not writer.may_read(entity("A"))
    assert writer.may_write(None, entity("A"), ("speed",))


def test_a_tenant_is_the_only_one_entered() -> None:
    assert Caller("x", tenant="lab").may_enter("lab")
    assert not Caller("x", tenant="lab").may_enter("")


def test_types_limit_what_is_seen_and_what_an_entity_may_become() -> None:
    caller = Caller("x", types=["A"], writes=True)
    assert not caller.sees_all
    assert caller.may_read(entity("A", "B"))
    assert not caller.may_read(entity("B"))
    assert caller.may_write(None, entity("A"), ())
    assert not caller.may_write(None, entity("A", "B"), ())
    assert not caller.may_write(entity("A"), entity("A", "B"), ())
    assert caller.may_write(entity("A", "B"), entity("A", "B"), ("speed",))
    assert not caller.may_write(entity("A", "B"), None, ())


def test_a_ward_covers_itself_and_what_is_under_it() -> None:
    caller = Caller("x", wards=["/wards/W05512"], writes=True)
    assert caller.may_read(entity("A", scopes=("/wards/W05512",)))
    assert caller.may_read(entity("A", scopes=("/roads/1", "/wards/W05512/group3")))
    assert caller.may_read(entity("A", scopes=("wards/W05512",)))
    assert not caller.may_read(entity("A", scopes=("/wards/W055123",)))
    assert not caller.may_read(entity("A"))


def test_an_entity_cannot_be_moved_into_or_out_of_another_ward() -> None:
    caller = Caller("x", wards=["/wards/W05512"], writes=True)
    here, both = entity("A", scopes=("/wards/W05512",)), entity("A", scopes=("/wards/W05512", "/wards/W05515"))
    there = entity("A", scopes=("/wards/W05515",))
    assert caller.may_write(None, here, ())
    assert caller.may_write(both, both, ("speed",))
    assert not caller.may_write(here, both, ())
    assert not caller.may_write(both, here, ())
    assert not caller.may_write(here, there, ())
    assert not caller.may_write(None, both, ())
    assert caller.may_write(here, None, ())
    assert not caller.may_write(there, None, ())


def test_hidden_attributes_are_neither_seen_nor_written() -> None:
    caller = Caller("x", attributes=["speed"], writes=True)
    both = entity("A", names=("speed", "plate"))
    assert caller.limits_attributes
    assert list(caller.view(both).attributes) == ["speed"]
    one = entity("A")
    assert caller.view(one) is one
    assert caller.readable_names(["plate", "speed"]) == ("speed",)
    assert Caller("y").readable_names(["plate"]) == ("plate",)
    assert caller.may_write(both, both, ("speed",))
    assert not caller.may_write(both, both, ("speed", "plate"))
    assert not caller.may_write(both, None, ("speed", "plate"))


def test_a_change_of_nothing_is_no_breach() -> None:
    assert Caller("x", types=["A"], writes=True).may_write(None, None, ())
