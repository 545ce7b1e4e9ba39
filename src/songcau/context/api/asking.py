"""What a request says: its tenant, its parameters, its body, its @context, the form of answer it wants (clause 6.3).

Everything here is synchronous. A remote @context that is not at hand is asked for by raising `ContextNeeded`; the
door (`door.py`) fetches it and calls the handler anew.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from songcau.context import geometry_library
from songcau.context.problems import (
    BadRequestData,
    InvalidRequest,
    NotAcceptable,
    NotAllowed,
    NotSignedIn,
    Problem,
    UnsupportedMediaType,
)
from songcau.context.remembering import short_kept
from songcau.context.rights.caller import Caller
from songcau.context.server.messages import Request, params_of
from songcau.context.terms.contexts import Contexts
from songcau.context.terms.terms import Terms

JSON = b"application/json"
LD_JSON = b"application/ld+json"
GEO_JSON = b"application/geo+json"
MERGE_PATCH = b"application/merge-patch+json"
BODIES = frozenset({JSON, LD_JSON})
PATCHES = frozenset({JSON, LD_JSON, MERGE_PATCH})
LINK_REL = "http://www.w3.org/ns/json-ld#context"


class ContextNeeded(Exception):
    """A remote @context must be loaded before the request can be read."""

    def __init__(self, reference: object) -> None:
        super().__init__("a remote @context is needed")
        self.reference = reference


class Asked:
    """A request on its way through a handler: with the @contexts that were found not to be had for it."""

    __slots__ = ("contexts", "request", "unavailable")

    def __init__(self, request: Request, contexts: Contexts) -> None:
        self.request = request
        self.contexts = contexts
        self.unavailable: dict[bytes, Problem] = {}

    @property
    def by(self) -> Caller:
        """Who asks. Raises NotSignedIn."""
        caller = self.request.caller
        if caller is None:
            raise NotSignedIn("Nobody is known who asks this")
        return caller

    # --- tenant and parameters ----------------------------------------------------------------------

    @property
    def tenant(self) -> str:
        """The tenant named by the NGSILD-Tenant header, or the default one (6.3.14)."""
        named = self.request.headers.get(b"ngsild-tenant")
        tenant = _tenant(named) if named else ""
        if not self.by.may_enter(tenant):
            raise NotAllowed(f"{self.by.label} may not enter the tenant {tenant or 'without a name'}")
        return tenant

    def params(self, allowed: frozenset[str]) -> Mapping[str, str]:
        """The query parameters, each known to the operation. Raises InvalidRequest."""
        query = self.request.query
        return _params(query, allowed) if query else NO_PARAMS

    # --- @context -----------------------------------------------------------------------------------

    def terms(self) -> Terms:
        """The @context of a request without a body, or with one whose @context is not read: its Link header."""
        return self.terms_of(linked_context(self.request))

    def terms_of(self, reference: object) -> Terms:
        """Raises ContextNeeded, LdContextNotAvailable, BadRequestData."""
        found = self.contexts.at_hand(reference)
        if found is not None:
            return found
        if self.unavailable:
            problem = self.unavailable.get(orjson.dumps(reference))
            if problem is not None:
                raise problem
        raise ContextNeeded(reference)

    # --- bodies -------------------------------------------------------------------------------------

    def media_type(self, allowed: frozenset[bytes] = BODIES) -> bytes:
        """The body's media type without parameters. Raises UnsupportedMediaType."""
        given = self.request.headers.get(b"content-type", b"")
        media = _media_type(given)
        if media not in allowed:
            raise UnsupportedMediaType(f"The body must be one of {', '.join(sorted(m.decode() for m in allowed))}")
        return media

    def may_need_geometry(self) -> bool:
        """Whether a line, an area or many points are named, for which the library must be there."""
        return geometry_library.may_be_needed(self.request.query, self.request.body)

    def json(self) -> Any:
        """The body as JSON. Raises InvalidRequest."""
        if not self.request.body:
            raise InvalidRequest("The body is empty")
        try:
            return orjson.loads(self.request.body)
        except orjson.JSONDecodeError as error:
            raise InvalidRequest(f"The body is not JSON: {error}") from None

    def payload(self, allowed: frozenset[bytes] = BODIES) -> tuple[Any, Terms]:
        """The body as one JSON object without its @context, and the terms it is written in (6.3.5)."""
        media = self.media_type(allowed)
        payload = self.json()
        if type(payload) is not dict:
            raise InvalidRequest("The body must be a JSON object")
        if not payload:
            raise BadRequestData("The body must not be an empty object")
        return payload, self.terms_within(payload, media)

    def terms_within(self, payload: dict[str, Any], media: bytes) -> Terms:
        """Take the @context out of a payload, as the media type asks, or the Link header's."""
        if media == LD_JSON:
            if linked_context(self.request) is not None:
                raise BadRequestData("A body of application/ld+json brings its own @context: no Link header beside it")
            if "@context" not in payload:
                raise BadRequestData("A body of application/ld+json must have an @context")
            return self.terms_of(payload.pop("@context"))
        if "@context" in payload:
            raise BadRequestData("A body that is not application/ld+json must not have an @context")
        return self.terms()


NO_PARAMS: Mapping[str, str] = {}


@short_kept(4096)
def _params(query: str, allowed: frozenset[str]) -> Mapping[str, str]:
    found = params_of(query)
    for name in found:
        if name not in allowed:
            raise InvalidRequest(f"The operation has no parameter {name}")
    return found


def flag(params: Mapping[str, str], name: str) -> bool:
    """A parameter that is true or false, and false when it is left out. Raises BadRequestData."""
    text = params.get(name, "false").lower()
    if text not in {"true", "false"}:
        raise BadRequestData(f"{name} is true or false")
    return text == "true"


@short_kept(512)
def _tenant(named: bytes) -> str:
    text = named.decode("utf-8", "replace")
    if len(text) > 64 or not text.replace("_", "").replace("-", "").isalnum() or not text.isascii():
        raise BadRequestData("A tenant's name has at most 64 letters, digits, - and _")
    return text


@short_kept(2048)
def _media_type(given: bytes) -> bytes:
    media = given.split(b";", 1)[0].strip().lower()
    return {JSON: JSON, LD_JSON: LD_JSON, GEO_JSON: GEO_JSON, MERGE_PATCH: MERGE_PATCH}.get(media, media)


@short_kept(2048)
def _linked(header: bytes) -> str | None:
    """The address of the @context in a Link header, or None when the header links other things only.

    Raises BadRequestData on a header that is not of the form or links two @contexts.
    """
    text = header.decode("utf-8", "replace")
    found: list[str] = []
    for part in _links(text):
        address, _, rest = part.partition(">")
        if not address.startswith("<"):
            raise BadRequestData("The Link header is not of the form <address>; rel=…")
        relation = [p.split("=", 1)[1].strip().strip('"') for p in rest.split(";") if p.strip().startswith("rel=")]
        if LINK_REL in relation:
            found.append(address[1:].strip())
    if len(found) > 1:
        raise BadRequestData("The Link header names more than one @context")
    return found[0] if found else None


def _links(text: str) -> list[str]:
    """The parts of a Link header: split at commas that stand outside <…> and quotation marks."""
    parts, begun, inside, quoted = [], 0, False, False
    for position, char in enumerate(text):
        if char == '"' and not inside:
            quoted = not quoted
        elif not quoted and char in "<>":
            inside = char == "<"
        elif char == "," and not inside and not quoted:
            parts.append(text[begun:position].strip())
            begun = position + 1
    parts.append(text[begun:].strip())
    return [part for part in parts if part]


@short_kept(1024)
def accepted(header: bytes, offered: tuple[bytes, ...]) -> bytes:
    """The media type to answer with: the offered one that the client prefers, the first offered if it does not care.

    Raises NotAcceptable.
    """
    if not header.strip():
        return offered[0]
    best: tuple[float, int] | None = None
    chosen = offered[0]
    for part in header.lower().split(b","):
        media, *parameters = (piece.strip() for piece in part.split(b";"))
        quality = _quality(parameters)
        for position, one in enumerate(offered):
            if quality > 0 and _covers(media, one):
                specific = (quality, (media == one) * 10 - position)
                if best is None or specific > best:
                    best, chosen = specific, one
    if best is None:
        raise NotAcceptable(f"The answer can be {', '.join(one.decode() for one in offered)}")
    return chosen


def _quality(parameters: list[bytes]) -> float:
    for parameter in parameters:
        if parameter.startswith(b"q="):
            try:
                return min(max(float(parameter[2:]), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def _covers(media: bytes, one: bytes) -> bool:
    return media in {b"*/*", one} or (media.endswith(b"/*") and one.startswith(media[:-1]))


def linked_context(request: Request) -> str | None:
    """The address of the @context that the Link header names, if any. Raises BadRequestData."""
    link = request.headers.get(b"link")
    return _linked(link) if link else None
