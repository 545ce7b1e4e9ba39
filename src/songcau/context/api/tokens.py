"""`/songcau/v1/tokens`: tokens of devices and systems, for callers that may administer."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from songcau.context.api.asking import Asked
from songcau.context.api.door import Door
from songcau.context.problems import BadRequestData, InvalidRequest, NotAllowed
from songcau.context.rights.caller import Caller
from songcau.context.rights.tokens import Tokens
from songcau.context.server.answers import JSON
from songcau.context.server.messages import Response
from songcau.context.server.routing import Router
from songcau.context.terms.contexts import Contexts

PATH = "/songcau/v1/tokens"
_KNOWN = frozenset({"label", "tenant", "types", "wards", "attributes", "may", "expiresAt"})


def add_token_routes(router: Router, tokens: Tokens, expand: Callable[[str], str], contexts: Contexts) -> None:
    """`expand` makes an IRI of a short name of a type or attribute, by the core @context."""
    door, handlers = Door(contexts), _Handlers(tokens, expand)
    router.add("GET", PATH, door(handlers.list))
    router.add("POST", PATH, door(handlers.create))
    router.add("DELETE", PATH + "/{id}", door(handlers.revoke))


class _Handlers:
    def __init__(self, tokens: Tokens, expand: Callable[[str], str]) -> None:
        self._tokens = tokens
        self._expand = expand

    def list(self, asked: Asked) -> Response:
        _administrator(asked)
        return Response(200, orjson.dumps([token.description() for token in self._tokens.all()]), JSON)

    async def create(self, asked: Asked) -> Response:
        """The secret stands in this answer and nowhere else."""
        by = _administrator(asked)
        members = expanded(_members(asked), self._expand)
        secret, token = await self._tokens.create(members, by=by.label)
        return Response(201, orjson.dumps({**token.description(), "token": secret}), JSON)

    async def revoke(self, asked: Asked, token_id: str) -> Response:
        _administrator(asked)
        await self._tokens.revoke(token_id)
        return Response(204)


def expanded(members: Mapping[str, object], expand: Callable[[str], str]) -> dict[str, object]:
    """The members of a token, with the names of types and attributes as they are stored: expanded."""
    made = dict(members)
    for name in ("types", "attributes"):
        given = made.get(name)
        if isinstance(given, list | tuple):
            made[name] = [expand(item) if isinstance(item, str) and item else item for item in given]
    return made


def _administrator(asked: Asked) -> Caller:
    if not asked.by.may_administer:
        raise NotAllowed("Tokens are managed with the right to administer, or on the broker's Unix socket.")
    return asked.by


def _members(asked: Asked) -> Mapping[str, Any]:
    members = asked.json()
    if not isinstance(members, dict):
        raise InvalidRequest("The body must be a JSON object.")
    unknown = sorted(members.keys() - _KNOWN)
    if unknown:
        raise BadRequestData(f"A token has no {unknown[0]}; it has {', '.join(sorted(_KNOWN))}.")
    return members
