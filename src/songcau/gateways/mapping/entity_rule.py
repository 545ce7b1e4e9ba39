"""One rule of a mapping: how a reading becomes an entity."""

from dataclasses import dataclass
from typing import Any

from songcau.gateways.faults import Fault, MappingFault
from songcau.gateways.mapping import values
from songcau.gateways.mapping.document import Members, checked_name
from songcau.gateways.mapping.manner import Manner
from songcau.gateways.mapping.places import Place, place_of
from songcau.gateways.mapping.records import MISSING, Path, Record
from songcau.gateways.mapping.templates import Template
from songcau.gateways.mapping.times import Clock, clock_of, written

Document = dict[str, Any]
RESERVED = frozenset({"id", "type", "scope", "@context"})


@dataclass(frozen=True, slots=True)
class AttributeRule:
    """How one attribute is read. kind: of `values.KINDS`; fixed: the value, when the mapping itself gives it.

    listed: what a value becomes, by its text; what is not among them is refused.
    """

    name: str
    kind: str
    path: Path
    manner: Manner
    fixed: Any = None
    target: Template | None = None
    clock: Clock | None = None
    unit: str | None = None
    factor: float = 1.0
    offset: float = 0.0
    listed: dict[str, Any] | None = None
    is_written: bool = False
    is_optional: bool = False

    @property
    def is_read(self) -> bool:
        """Whether its value stands in the reading."""
        return self.fixed is None and self.target is None

    def made(self, record: Record) -> Document | None:
        """The attribute in the normalized form, without its time; None when it may be missing and is. Raises Fault."""
        if self.target is not None:
            return {"type": "Relationship", "object": self.target.filled(record)}
        value = self.fixed if self.fixed is not None else self.path.value(record)
        if value is MISSING or (self.manner.is_written and value == ""):
            if self.is_optional:
                return None
            raise Fault("NO_MEMBER", path=self.path.text)
        made: Document = {"type": "Property", "value": value if self.fixed is not None else self._read(value)}
        if self.unit is not None:
            made["unitCode"] = self.unit
        return made

    def _read(self, value: Any) -> Any:
        if self.listed is not None:
            return self._of_list(value)
        if self.kind == values.NUMBER:
            read = values.number(value, self.path.text, is_written=self.is_written, decimal=self.manner.decimal)
            return read if self.factor == 1 and self.offset == 0 else values.scaled(read, self.factor, self.offset)
        if self.kind == values.FLAG:
            return values.flag(value, self.path.text, is_written=self.is_written)
        if self.kind == values.TEXT:
            return values.text(value, self.path.text)
        if self.clock is not None:
            return {"@type": "DateTime", "@value": self.clock.instant(value)}
        return value

    def _of_list(self, value: Any) -> Any:
        shown = str(value).strip() if not isinstance(value, bool) else str(value).lower()
        if self.listed is None or shown not in self.listed:
            raise Fault("NOT_LISTED", path=self.path.text, value=value)
        return self.listed[shown]


@dataclass(frozen=True, slots=True)
class EntityRule:
    """How one reading becomes one entity: its id, type, scope, place, attributes, and when they were observed.

    clock: None when a reading brings no time; then it is the time of its arrival.
    """

    id: Template
    type: str
    scope: Template | None
    clock: Clock | None
    place: Place | None
    attributes: tuple[AttributeRule, ...]

    def entity(self, record: Record) -> Document:
        """The entity in the normalized form. Raises Fault when any part that must be there is not, or is not right."""
        observed_at = self._observed_at(record)
        document: Document = {"id": self.id.filled(record), "type": self.type}
        if self.scope is not None:
            document["scope"] = self.scope.filled(record)
        is_empty = True
        for rule in self.attributes:
            made = rule.made(record)
            if made is not None:
                is_empty = is_empty and not rule.is_read
                document[rule.name] = _at(made, observed_at)
        where = self.place.read(record) if self.place is not None else None
        if self.place is not None and where is not None:
            is_empty = is_empty and not self.place.is_read
            document["location"] = _at({"type": "GeoProperty", "value": where}, observed_at)
        if is_empty:
            raise Fault("NOTHING_IN_IT")
        return document

    @property
    def standing(self) -> frozenset[str]:
        """The attributes that the mapping gives, and no reading."""
        names = {rule.name for rule in self.attributes if not rule.is_read}
        if self.place is not None and not self.place.is_read:
            names.add("location")
        return frozenset(names)

    def _observed_at(self, record: Record) -> str | None:
        found = self.clock.read(record) if self.clock is not None else None
        if found is None and record.arrived_at is not None:
            return written(record.arrived_at)
        return found

    def paths(self) -> list[Path]:
        """Every path to a value that must be there."""
        found = [*self.id.paths(), *(self.scope.paths() if self.scope else [])]
        found += [self.clock.path] if self.clock is not None and not self.clock.is_optional else []
        for rule in self.attributes:
            if rule.target is not None:
                found += rule.target.paths()
            elif rule.is_read:
                found.append(rule.path)
        if self.place is not None:
            sources = (self.place.geometry, self.place.longitude, self.place.latitude)
            found += [source for source in sources if isinstance(source, Path)]
        return found


def _at(attribute: Document, observed_at: str | None) -> Document:
    if observed_at is not None:
        attribute["observedAt"] = observed_at
    return attribute


def entity_rule(members: Members, manner: Manner) -> EntityRule:
    """The members that every rule has. Raises MappingFault; the caller ends the table."""
    entity_id = manner.template(members.text("id"), members.place("id"), is_id=True)
    kind = members.name("type")
    scope = members.text_or_none("scope")
    clock = None
    if (times := members.table("observed_at")) is not None:
        optional = times.flag("optional")
        clock = clock_of(times, manner.path(times.text("from"), times.place("from")), is_optional=optional)
        times.end()
    place = members.table("location")
    attributes = members.table("attributes")
    rules = _attributes(attributes, manner) if attributes is not None else ()
    if not rules and place is None:
        raise MappingFault("MEMBER_MISSING", where=members.place("attributes"))
    return EntityRule(
        entity_id,
        kind,
        None if scope is None else manner.template(scope, members.place("scope"), is_id=False),
        clock,
        None if place is None else place_of(place, manner),
        rules,
    )


def _attributes(members: Members, manner: Manner) -> tuple[AttributeRule, ...]:
    rules = []
    for name, value in members.rest():
        checked_name(name, members.place(name))
        if name in RESERVED:
            raise MappingFault("NAME_MALFORMED", where=members.place(name), name=name)
        content = {"from": value} if isinstance(value, str) else value
        rules.append(_attribute(name, members.inner(name, content), manner))
    return tuple(rules)


def _attribute(name: str, members: Members, manner: Manner) -> AttributeRule:
    target = members.text_or_none("to")
    fixed = members.value("value")
    kind = members.of("kind", values.KINDS, values.RELATIONSHIP if target is not None else values.NUMBER)
    source = members.text("from", "." if manner.is_one_value else name)
    path = manner.path(source, members.place("from"))
    if (kind == values.RELATIONSHIP) != (target is not None):
        raise MappingFault("MEMBER_MISSING", where=members.place("to"))
    rule = AttributeRule(
        name=name,
        kind=kind,
        path=path,
        manner=manner,
        fixed=fixed,
        target=None if target is None else manner.template(target, members.place("to"), is_id=True),
        clock=clock_of(members, path) if kind == values.TIME else None,
        unit=members.text_or_none("unit"),
        factor=members.number("factor", 1.0),
        offset=members.number("offset", 0.0),
        listed=_listed(members),
        is_written=manner.is_written or members.flag("written"),
        is_optional=members.flag("optional"),
    )
    members.end()
    return rule


def _listed(members: Members) -> dict[str, Any] | None:
    table = members.table("values")
    return None if table is None else dict(table.rest())
