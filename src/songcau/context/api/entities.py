"""`/entities/{id}`: create, retrieve, replace, merge, delete one entity (clauses 6.4, 6.5)."""

from urllib.parse import quote

import orjson

from songcau.context.api import answering
from songcau.context.api.asking import PATCHES, Asked
from songcau.context.api.door import after
from songcau.context.api.forms import ENTITY_MEDIA, FORM_PARAMS, Wanted, media_of, style_of, wanted
from songcau.context.api.joining import Joiner
from songcau.context.broker.broker import Broker
from songcau.context.entities.entity import Entity
from songcau.context.entities.languages import read_language
from songcau.context.entities.reading import read_entity, read_fragment
from songcau.context.entities.values import read_instant, read_uri
from songcau.context.entities.writing import write_entity
from songcau.context.problems import BadRequestData, ResourceNotFound
from songcau.context.server.messages import Answer, Response
from songcau.context.terms.terms import Terms

PREFIX = "/ngsi-ld/v1/entities/"
WRITE_PARAMS = frozenset({"local", "options", "format", "type"})
RETRIEVE_PARAMS = FORM_PARAMS | {"local", "type"}
MERGE_PARAMS = WRITE_PARAMS | {"observedAt", "lang"}


class Entities:
    """The handlers of one entity."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def create(self, asked: Asked) -> Answer:
        simplified = _simplified(asked, WRITE_PARAMS)
        payload, terms = asked.payload()
        draft = read_entity(payload, terms, simplified=simplified)
        committed = self._broker.create(asked.tenant, draft, asked.by)
        location = PREFIX + quote(draft.id or "", safe=":")
        return after(committed, Response(201, b"", ((b"Location", location.encode()),)))

    def retrieve(self, asked: Asked, entity_id: str) -> Answer:
        if asked.request.query:
            asked.params(RETRIEVE_PARAMS)
        media = media_of(asked, ENTITY_MEDIA)
        terms = asked.terms()
        want = wanted(asked, terms, media)
        entity = self._entity(asked, entity_id)
        form = want.form
        if form.attrs is not None and not asked.by.readable_names(filter(entity.attributes.__contains__, form.attrs)):
            raise ResourceNotFound("The entity has none of the attributes asked for")
        if want.join is not None:
            return self._joined(asked, entity, terms, want)
        piece = write_entity(asked.by.view(entity), terms, form)
        if piece == b"{}":
            raise ResourceNotFound("The entity has none of the members asked for")
        return answering.one(piece, terms, media)

    def replace(self, asked: Asked, entity_id: str) -> Answer:
        simplified = _simplified(asked, WRITE_PARAMS)
        read_uri(entity_id, "The id of the entity")
        payload, terms = asked.payload()
        draft = read_fragment(payload, terms, simplified=simplified)
        _require_same_id(draft.id, entity_id)
        return after(self._broker.replace(asked.tenant, entity_id, draft, asked.by), answering.NO_CONTENT)

    def merge(self, asked: Asked, entity_id: str) -> Answer:
        simplified = _simplified(asked, MERGE_PARAMS)
        params = asked.params(MERGE_PARAMS)
        read_uri(entity_id, "The id of the entity")
        observed_at = params.get("observedAt")
        if observed_at is not None:
            observed_at = read_instant(observed_at, "observedAt")
        lang = read_language(params["lang"]) if "lang" in params else None
        payload, terms = asked.payload(PATCHES)
        draft = read_fragment(payload, terms, simplified=simplified, nulls=True)
        _require_same_id(draft.id, entity_id)
        committed = self._broker.merge(asked.tenant, entity_id, draft, asked.by, observed_at=observed_at, lang=lang)
        return after(committed, answering.NO_CONTENT)

    def without_id(self, asked: Asked) -> Answer:
        """Replacing and merging need an entity: its id is missing in the address."""
        raise BadRequestData(f"{asked.request.path} names no entity: its id belongs behind the slash")

    def delete(self, asked: Asked, entity_id: str) -> Answer:
        asked.params(WRITE_PARAMS)
        read_uri(entity_id, "The id of the entity")
        return after(self._broker.delete(asked.tenant, entity_id, asked.by), answering.NO_CONTENT)

    def _entity(self, asked: Asked, entity_id: str) -> Entity:
        found = self._broker.find(asked.tenant, entity_id)
        if found is not None and asked.by.may_read(found):
            return found
        read_uri(entity_id, "The id of the entity")
        self._broker.state(asked.tenant)
        raise ResourceNotFound(f"There is no entity {entity_id}")

    def _joined(self, asked: Asked, entity: Entity, terms: Terms, want: Wanted) -> Response:
        by = asked.by
        joiner = Joiner(self._broker.state(asked.tenant), terms, want, by)
        if want.join == "inline":
            return answering.document(joiner.inline(by.view(entity)), terms, want.media)
        found = joiner.flat([by.view(entity)])
        if len(found) == 1:
            return answering.document(found[0], terms, want.media)
        return answering.several([orjson.dumps(one) for one in found], terms, want.media)


def _simplified(asked: Asked, allowed: frozenset[str]) -> bool:
    """Whether the body is in the simplified form; also checks the parameters. Raises InvalidRequest."""
    if not asked.request.query:
        return False
    style, _ = style_of(asked.params(allowed))
    return style == "simplified"


def _require_same_id(given: str | None, entity_id: str) -> None:
    if given is not None and given != entity_id:
        raise BadRequestData(f"The body is about {given}, the address about {entity_id}")
