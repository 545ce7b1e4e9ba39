"""The addresses of the NGSI-LD API that this broker answers, and which handler does (clause 6.2)."""

from songcau.context.api.attributes import EntityAttributes
from songcau.context.api.batches import Batches
from songcau.context.api.discovery import Discovery
from songcau.context.api.door import Door
from songcau.context.api.entities import Entities
from songcau.context.api.queries import Queries
from songcau.context.broker.batch import Batch
from songcau.context.broker.broker import Broker
from songcau.context.server.routing import Router
from songcau.context.terms.contexts import Contexts

API = "/ngsi-ld/v1"


def add_entity_routes(router: Router, broker: Broker, contexts: Contexts) -> None:
    """Entities, their attributes, batches, queries, discovery."""
    door, entities, attributes = Door(contexts), Entities(broker), EntityAttributes(broker)
    batches, queries, discovery = Batches(Batch(broker)), Queries(broker), Discovery(broker)
    for method, path, handler in (
        ("POST", "/entities", entities.create),
        ("GET", "/entities", queries.query),
        ("DELETE", "/entities", queries.purge),
        ("PUT", "/entities/", entities.without_id),
        ("PATCH", "/entities/", entities.without_id),
        ("GET", "/entities/{id}", entities.retrieve),
        ("PUT", "/entities/{id}", entities.replace),
        ("PATCH", "/entities/{id}", entities.merge),
        ("DELETE", "/entities/{id}", entities.delete),
        ("POST", "/entities/{id}/attrs", attributes.append),
        ("PATCH", "/entities/{id}/attrs", attributes.update),
        ("PATCH", "/entities/{id}/attrs/{name}", attributes.patch),
        ("PUT", "/entities/{id}/attrs/{name}", attributes.replace),
        ("DELETE", "/entities/{id}/attrs/{name}", attributes.delete),
        ("POST", "/entityOperations/create", batches.create),
        ("POST", "/entityOperations/upsert", batches.upsert),
        ("POST", "/entityOperations/update", batches.update),
        ("POST", "/entityOperations/merge", batches.merge),
        ("POST", "/entityOperations/delete", batches.delete),
        ("POST", "/entityOperations/query", queries.query_by_body),
        ("GET", "/types", discovery.types),
        ("GET", "/types/{name}", discovery.type),
        ("GET", "/attributes", discovery.attributes),
        ("GET", "/attributes/{name}", discovery.attribute),
    ):
        router.add(method, API + path, door(handler))
