"""Which carrier takes letters to an endpoint."""

import ssl
from asyncio import AbstractEventLoop
from collections.abc import Callable
from dataclasses import dataclass, field

from songcau.context.subscriptions.carriers import Carrier
from songcau.context.subscriptions.endpoints import Endpoint
from songcau.context.subscriptions.posting import Poster
from songcau.context.subscriptions.publishing import Publisher


@dataclass(slots=True)
class Carriers:
    """Makes carriers. allow_private: whether loopback and private addresses may be called. tls: made when needed."""

    loop: AbstractEventLoop
    allow_private: bool = True
    tls: ssl.SSLContext | None = field(default=None)

    def __call__(self, endpoint: Endpoint, has_room: Callable[[], None]) -> Carrier:
        if endpoint.is_secure and self.tls is None:
            self.tls = ssl.create_default_context()
        kind = Publisher if endpoint.is_mqtt else Poster
        return kind(self.loop, endpoint, tls=self.tls, allow_private=self.allow_private, has_room=has_room)
