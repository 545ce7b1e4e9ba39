"""`/types` and `/attributes`: what there is in the city just now (clauses 5.7.5–5.7.10, 6.25–6.28)."""

from collections.abc import Callable, Iterable

from songcau.context.api import answering
from songcau.context.api.asking import Asked, flag
from songcau.context.api.forms import media_of
from songcau.context.broker.broker import Broker
from songcau.context.entities.entity import Entity
from songcau.context.problems import ResourceNotFound
from songcau.context.server.messages import Answer
from songcau.context.terms.terms import Terms
from songcau.kernel.ids import new_id

LIST_PARAMS = frozenset({"details", "local"})
ONE_PARAMS = frozenset({"local"})


class Discovery:
    """The handlers that tell of types and attributes, counting what the caller may read."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def types(self, asked: Asked) -> Answer:
        detailed, media, terms = _asked_for(asked)
        state, permitted = self._broker.state(asked.tenant), _permitted(asked)
        if not detailed:
            return answering.document(
                _list("EntityTypeList", "typeList", state.type_names(permitted), terms), terms, media
            )
        found = [
            {
                "id": name,
                "type": "EntityType",
                "typeName": terms.compact(name),
                "attributeNames": _short(asked.by.readable_names(attributes), terms),
            }
            for name, attributes in state.attributes_of_types(permitted).items()
        ]
        return answering.documents(found, terms, media)

    def type(self, asked: Asked, name: str) -> Answer:
        asked.params(ONE_PARAMS)
        media, terms = media_of(asked), asked.terms()
        found = self._broker.state(asked.tenant).type_overview(terms.expand(name), _permitted(asked))
        if found is None:
            raise ResourceNotFound(f"There is no entity of the type {name}")
        details = [
            {
                "id": one,
                "type": "Attribute",
                "attributeName": terms.compact(one),
                "attributeTypes": found.attributes[one],
            }
            for one in asked.by.readable_names(found.attributes)
        ]
        content = {
            "id": found.name,
            "type": "EntityTypeInfo",
            "typeName": terms.compact(found.name),
            "entityCount": found.count,
            "attributeDetails": details,
        }
        return answering.document(content, terms, media)

    def attributes(self, asked: Asked) -> Answer:
        detailed, media, terms = _asked_for(asked)
        state, permitted = self._broker.state(asked.tenant), _permitted(asked)
        if not detailed:
            names = asked.by.readable_names(state.attribute_names(permitted))
            return answering.document(_list("AttributeList", "attributeList", names, terms), terms, media)
        types_of = state.types_of_attributes(permitted)
        found = [
            {
                "id": name,
                "type": "Attribute",
                "attributeName": terms.compact(name),
                "typeNames": _short(types_of[name], terms),
            }
            for name in asked.by.readable_names(types_of)
        ]
        return answering.documents(found, terms, media)

    def attribute(self, asked: Asked, name: str) -> Answer:
        asked.params(ONE_PARAMS)
        media, terms = media_of(asked), asked.terms()
        expanded = terms.expand(name)
        found = self._broker.state(asked.tenant).attribute_overview(expanded, _permitted(asked))
        if found is None or not asked.by.readable_names([expanded]):
            raise ResourceNotFound(f"There is no entity with the attribute {name}")
        content = {
            "id": expanded,
            "type": "Attribute",
            "attributeName": terms.compact(expanded),
            "attributeCount": found.count,
            "attributeTypes": found.kinds,
            "typeNames": _short(found.types, terms),
        }
        return answering.document(content, terms, media)


def _permitted(asked: Asked) -> Callable[[Entity], bool] | None:
    return None if asked.by.sees_all else asked.by.may_read


def _asked_for(asked: Asked) -> tuple[bool, bytes, Terms]:
    return flag(asked.params(LIST_PARAMS), "details"), media_of(asked), asked.terms()


def _short(names: Iterable[str], terms: Terms) -> list[str]:
    return sorted(terms.compact(one) for one in names)


def _list(kind: str, member: str, names: Iterable[str], terms: Terms) -> dict[str, object]:
    return {"id": f"urn:ngsi-ld:{kind}:{new_id()}", "type": kind, member: _short(names, terms)}
