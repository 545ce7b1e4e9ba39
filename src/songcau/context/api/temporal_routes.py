"""The addresses of the temporal interface, and which handler answers each (clause 6.2)."""

from songcau.context.api.door import Door
from songcau.context.api.routes import API
from songcau.context.api.temporal import TemporalEntities
from songcau.context.api.temporal_provision import TemporalProvision
from songcau.context.broker.histories import Histories
from songcau.context.server.routing import Router
from songcau.context.terms.contexts import Contexts

# More instances in one answer are cut to a range of time, and the answer says to which.
MOST_INSTANCES = 10_000


def add_temporal_routes(
    router: Router, histories: Histories, contexts: Contexts, *, most: int = MOST_INSTANCES
) -> None:
    """Histories: asked for, told, corrected."""
    door, past, provision = Door(contexts), TemporalEntities(histories, most=most), TemporalProvision(histories)
    for method, path, handler in (
        ("GET", "/entities", past.query),
        ("POST", "/entities", provision.create),
        ("GET", "/entities/{id}", past.retrieve),
        ("DELETE", "/entities/{id}", provision.delete),
        ("POST", "/entities/{id}/attrs", provision.append),
        ("DELETE", "/entities/{id}/attrs/{name}", provision.delete_attribute),
        ("PATCH", "/entities/{id}/attrs/{name}/{instance}", provision.patch_instance),
        ("DELETE", "/entities/{id}/attrs/{name}/{instance}", provision.delete_instance),
        ("POST", "/entityOperations/query", past.query_by_body),
    ):
        router.add(method, f"{API}/temporal{path}", door(handler))
