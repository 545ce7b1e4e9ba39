"""What subscriptions need of the floors above them: linked entities in notifications, and the present state."""

from collections.abc import Sequence

import orjson

from songcau.context.api.forms import Wanted
from songcau.context.api.joining import Joiner
from songcau.context.broker.broker import Broker
from songcau.context.entities.entity import Entity
from songcau.context.entities.writing import Form
from songcau.context.problems import NonexistentTenant
from songcau.context.rights.caller import Caller
from songcau.context.subscriptions.subscription import Subscription
from songcau.context.terms.terms import Terms


class PresentState:
    """The present state of all tenants, for subscriptions."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def find(self, tenant: str, entity_id: str) -> Entity | None:
        return self._broker.find(tenant, entity_id)

    def about(self, subscription: Subscription, limit: int) -> Sequence[Entity]:
        """Entities that match the subscription, in the order of creation."""
        try:
            state = self._broker.state(subscription.tenant)
        except NonexistentTenant:
            return ()
        return state.select(subscription.selection, limit=limit, permitted=subscription.matches)

    def join(
        self,
        tenant: str,
        entities: Sequence[Entity],
        terms: Terms,
        form: Form,
        join: str,
        level: int,
        by: Caller,
    ) -> list[bytes]:
        """The entities with those they link to, `inline` or `flat`, each as a piece of JSON."""
        joiner = Joiner(self._broker.state(tenant), terms, Wanted(form, b"", join, level), by)
        documents = joiner.flat(list(entities)) if join == "flat" else [joiner.inline(one) for one in entities]
        return [orjson.dumps(document) for document in documents]
