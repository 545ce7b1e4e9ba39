"""How entities and other documents are put into an answer: media type, Link header, @context (clauses 6.3.5, 6.3.6)."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from songcau.context.api.asking import GEO_JSON, LD_JSON, LINK_REL
from songcau.context.entities.writing import with_context
from songcau.context.server.messages import Response
from songcau.context.terms.keeping import kept_by_terms
from songcau.context.terms.terms import Terms

Headers = tuple[tuple[bytes, bytes], ...]


@kept_by_terms
def headers_of(terms: Terms, media: bytes) -> Headers:
    """Content-Type, and the Link to the @context when the body does not hold it."""
    if media == LD_JSON:
        return ((b"Content-Type", media),)
    return ((b"Content-Type", media), (b"Link", link_of(terms)))


@kept_by_terms
def link_of(terms: Terms) -> bytes:
    return f'<{terms.link}>; rel="{LINK_REL}"; type="application/ld+json"'.encode()


def one(piece: bytes, terms: Terms, media: bytes, *, status: int = 200, extra: Headers = ()) -> Response:
    """An answer of one JSON object."""
    if media in {LD_JSON, GEO_JSON}:
        piece = with_context(piece, terms)
    headers = headers_of(terms, media)
    return Response(status, piece, headers + extra if extra else headers)


def several(pieces: Sequence[bytes], terms: Terms, media: bytes, *, extra: Headers = ()) -> Response:
    """An answer of a list of JSON objects, or of a FeatureCollection."""
    if media == GEO_JSON:
        body = with_context(b'{"type":"FeatureCollection","features":[' + b",".join(pieces) + b"]}", terms)
    elif media == LD_JSON:
        body = b"[" + b",".join(with_context(piece, terms) for piece in pieces) + b"]"
    else:
        body = b"[" + b",".join(pieces) + b"]"
    headers = headers_of(terms, media)
    return Response(200, body, headers + extra if extra else headers)


def document(content: dict[str, Any], terms: Terms, media: bytes) -> Response:
    return one(orjson.dumps(content), terms, media)


def documents(contents: Iterable[dict[str, Any]], terms: Terms, media: bytes, *, extra: Headers = ()) -> Response:
    return several([orjson.dumps(content) for content in contents], terms, media, extra=extra)


def plain(content: object, status: int) -> Response:
    """A JSON answer that names nothing of a @context: lists of ids, results of batches."""
    return Response(status, orjson.dumps(content), JSON_ONLY)


JSON_ONLY: Headers = ((b"Content-Type", b"application/json"),)
NO_CONTENT = Response(204)
