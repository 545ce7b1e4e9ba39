"""`/songcau/v1/tokens`: tokens of devices and systems, for callers that may administer."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from songcau.context.problems import BadRequestData, InvalidRequest, NotAllowed
from songcau.context.rights.caller import Caller
from songcau.context.rights.tokens import Tokens
from songcau.context.server.answers import JSON
from songcau.context.server.messages import Request, Response
from songcau.context.server.routing import Router

PATH = "/songcau/v1/tokens"
_KNOWN = frozenset({"label", "tenant", "types", "wards", "attributes", "may", "expiresAt"})


def add_token_routes(router: Router, tokens: Tokens, expand: Callable[[str], str]) -> None:
    """`expand` makes an IRI of a short name of a type or attribute, by the core @context."""
    handlers = _Handlers(tokens, expand)
    router.add("GET", PATH, handlers.list)
    router.add("POST", PATH, handlers.create)
    router.add("DELETE", PATH + "/{id}", handlers.revoke)


class _Handlers:
    def __init__(self, tokens: Tokens, expand: Callable[[str], str]) -> None:
        self._tokens = tokens
        self._expand = expand

    def list(self, request: Request) -> Response:
        _administrator(request)
        return Response(200, orjson.dumps([token.description() for token in self._tokens.all()]), JSON)

    async def create(self, request: Request) -> Response:
        """The secret stands in this answer and nowhere else."""
        by = _administrator(request)
        members = expanded(_members(request.body), self._expand)
        secret, token = await self._tokens.create(members, by=by.label)
        return Response(201, orjson.dumps({**token.description(), "token": secret}), JSON)

    async def revoke(self, request: Request, token_id: str) -> Response:
        _administrator(request)
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


def _administrator(request: Request) -> Caller:
    caller = request.caller
    if caller is None or not caller.may_administer:
        raise NotAllowed("Tokens are managed with the right to administer, or on the broker's Unix socket.")
    return caller


def _members(body: bytes) -> Mapping[str, Any]:
    try:
        members = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidRequest(f"The body is not JSON: {error}.") from None
    if not isinstance(members, dict):
        raise InvalidRequest("The body must be a JSON object.")
    unknown = sorted(members.keys() - _KNOWN)
    if unknown:
        raise BadRequestData(f"A token has no {unknown[0]}; it has {', '.join(sorted(_KNOWN))}.")
    return members
