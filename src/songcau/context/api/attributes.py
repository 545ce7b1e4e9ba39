"""`/entities/{id}/attrs`: append, update, partially update, replace, delete attributes (clauses 6.6, 6.7)."""

from collections.abc import Mapping

from songcau.context.api import answering
from songcau.context.api.asking import PATCHES, Asked, flag
from songcau.context.api.door import after
from songcau.context.api.entities import WRITE_PARAMS
from songcau.context.broker.broker import Broker, Committed
from songcau.context.entities.merging import Outcome
from songcau.context.entities.reading import Draft, read_attribute, read_fragment
from songcau.context.entities.values import read_uri
from songcau.context.problems import BadRequestData, InvalidRequest
from songcau.context.server.messages import Answer
from songcau.context.terms.terms import Terms

APPEND_OPTIONS = frozenset({"noOverwrite"})
DELETE_PARAMS = frozenset({"local", "type", "datasetId", "deleteAll"})


class EntityAttributes:
    """The handlers of the attributes of one entity."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def append(self, asked: Asked, entity_id: str) -> Answer:
        params = asked.params(WRITE_PARAMS)
        options = params.get("options", "")
        if options and options not in APPEND_OPTIONS:
            raise InvalidRequest(f"There is no option {options}")
        draft = _fragment(asked, entity_id, nulls=False)
        outcome, committed = self._broker.append_attributes(
            asked.tenant, entity_id, draft, asked.by, overwrite=not options
        )
        return _updated(outcome, committed)

    def update(self, asked: Asked, entity_id: str) -> Answer:
        asked.params(WRITE_PARAMS)
        draft = _fragment(asked, entity_id, nulls=True)
        outcome, committed = self._broker.update_attributes(asked.tenant, entity_id, draft, asked.by)
        return _updated(outcome, committed)

    def patch(self, asked: Asked, entity_id: str, name: str) -> Answer:
        asked.params(WRITE_PARAMS)
        if self._broker.find(asked.tenant, entity_id) is None:
            read_uri(entity_id, "The id of the entity")
        payload, terms = asked.payload(PATCHES)
        attribute = read_attribute(payload, terms, partial=True, nulls=True)
        if isinstance(attribute, list):
            raise BadRequestData("A partial update changes one instance")
        committed = self._broker.patch_attribute(asked.tenant, entity_id, terms.expand(name), attribute, asked.by)
        return after(committed, answering.NO_CONTENT)

    def replace(self, asked: Asked, entity_id: str, name: str) -> Answer:
        asked.params(WRITE_PARAMS)
        read_uri(entity_id, "The id of the entity")
        payload, terms = asked.payload()
        expanded = _attribute_name(name, terms)
        if expanded == "scope":
            raise BadRequestData("scope is no attribute to be replaced: update the entity")
        attribute = read_attribute(payload, terms)
        committed = self._broker.replace_attribute(asked.tenant, entity_id, expanded, attribute, asked.by)
        return after(committed, answering.NO_CONTENT)

    def delete(self, asked: Asked, entity_id: str, name: str) -> Answer:
        params = asked.params(DELETE_PARAMS)
        read_uri(entity_id, "The id of the entity")
        committed = self._broker.delete_attribute(
            asked.tenant,
            entity_id,
            _attribute_name(name, asked.terms()),
            asked.by,
            dataset=dataset_of(params),
            every=flag(params, "deleteAll"),
        )
        return after(committed, answering.NO_CONTENT)


def dataset_of(params: Mapping[str, str]) -> str | None:
    """The dataset that the parameter datasetId names; None for the default instance, as for @none."""
    named = params.get("datasetId")
    return None if named in (None, "@none") else read_uri(named, "datasetId")


def _attribute_name(name: str, terms: Terms) -> str:
    return "scope" if name == "scope" else terms.expand(name)


def _fragment(asked: Asked, entity_id: str, *, nulls: bool) -> Draft:
    read_uri(entity_id, "The id of the entity")
    payload, terms = asked.payload(PATCHES)
    return read_fragment(payload, terms, nulls=nulls)


def _updated(outcome: Outcome, committed: Committed) -> Answer:
    """204, or the UpdateResult of 5.2.18 when something was left as it was."""
    if not outcome.refused:
        return after(committed, answering.NO_CONTENT)
    refused = [{"attributeName": name, "reason": reason} for name, reason in outcome.refused]
    return after(committed, answering.plain({"updated": list(outcome.names), "notUpdated": refused}, 207))
