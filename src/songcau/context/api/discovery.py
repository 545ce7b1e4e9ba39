"""`/types` and `/attributes`: what there is in the city just now (clauses 5.7.5–5.7.10, 6.25–6.28)."""

from collections.abc import Iterable

from songcau.context.api import answering
from songcau.context.api.asking import Asked
from songcau.context.api.forms import media_of
from songcau.context.broker.broker import Broker
from songcau.context.problems import BadRequestData, ResourceNotFound
from songcau.context.server.messages import Answer
from songcau.context.terms.terms import Terms
from songcau.kernel.ids import new_id

LIST_PARAMS = frozenset({"details", "local"})
ONE_PARAMS = frozenset({"local"})


class Discovery:
    """The handlers that tell of types and attributes. Counts hold all entities, also those a caller may not read."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def types(self, asked: Asked) -> Answer:
        detailed, media, terms = _asked_for(asked)
        found = self._broker.state(asked.tenant).types()
        if not detailed:
            names = sorted(terms.compact(one) for one in found)
            return answering.document(_list("EntityTypeList", "typeList", names), terms, media)
        return answering.documents(
            [
                {
                    "id": name,
                    "type": "EntityType",
                    "typeName": terms.compact(name),
                    "attributeNames": _short(overview.attributes, terms),
                }
                for name, overview in sorted(found.items())
            ],
            terms,
            media,
        )

    def type(self, asked: Asked, name: str) -> Answer:
        asked.params(ONE_PARAMS)
        media, terms = media_of(asked), asked.terms()
        expanded = terms.expand(name)
        found = self._broker.state(asked.tenant).types().get(expanded)
        if found is None:
            raise ResourceNotFound(f"There is no entity of the type {name}")
        details = [
            {
                "id": one,
                "type": "Attribute",
                "attributeName": terms.compact(one),
                "attributeTypes": sorted(kinds),
            }
            for one, kinds in sorted(found.attributes.items())
        ]
        content = {
            "id": expanded,
            "type": "EntityTypeInfo",
            "typeName": terms.compact(expanded),
            "entityCount": found.count,
            "attributeDetails": details,
        }
        return answering.document(content, terms, media)

    def attributes(self, asked: Asked) -> Answer:
        detailed, media, terms = _asked_for(asked)
        found = self._broker.state(asked.tenant).attributes()
        if not detailed:
            names = sorted(terms.compact(one) for one in found)
            return answering.document(_list("AttributeList", "attributeList", names), terms, media)
        return answering.documents(
            [
                {
                    "id": name,
                    "type": "Attribute",
                    "attributeName": terms.compact(name),
                    "typeNames": _short(overview.types, terms),
                }
                for name, overview in sorted(found.items())
            ],
            terms,
            media,
        )

    def attribute(self, asked: Asked, name: str) -> Answer:
        asked.params(ONE_PARAMS)
        media, terms = media_of(asked), asked.terms()
        expanded = terms.expand(name)
        found = self._broker.state(asked.tenant).attributes().get(expanded)
        if found is None:
            raise ResourceNotFound(f"There is no entity with the attribute {name}")
        content = {
            "id": expanded,
            "type": "Attribute",
            "attributeName": terms.compact(expanded),
            "attributeCount": found.count,
            "attributeTypes": sorted(found.kinds),
            "typeNames": _short(found.types, terms),
        }
        return answering.document(content, terms, media)


def _asked_for(asked: Asked) -> tuple[bool, bytes, Terms]:
    details = asked.params(LIST_PARAMS).get("details", "false")
    if details not in {"true", "false"}:
        raise BadRequestData("details is true or false")
    return details == "true", media_of(asked), asked.terms()


def _short(names: Iterable[str], terms: Terms) -> list[str]:
    return sorted(terms.compact(one) for one in names)


def _list(kind: str, member: str, names: list[str]) -> dict[str, object]:
    return {"id": f"urn:ngsi-ld:{kind}:{new_id()}", "type": kind, member: names}
