"""`/songcau/v1/events`: follow the entities of a query by server-sent events (WHATWG HTML, 9.2).

The parameters are those of a query of entities. Events are `entity` (it is new, or changed), `gone` (it is none of
these any more), `deleted`, and `reset` (load anew, then go on). A client that comes back sends Last-Event-ID.
"""

from collections.abc import Mapping

from songcau.context.api.asking import JSON, Asked
from songcau.context.api.door import Door
from songcau.context.api.forms import FORM_PARAMS, wanted_of
from songcau.context.language.selection import Selection
from songcau.context.problems import BadRequestData
from songcau.context.server.messages import Answer, Response
from songcau.context.server.routing import Router
from songcau.context.stream.channel import Wish
from songcau.context.stream.channels import paths_of
from songcau.context.stream.streams import Streams
from songcau.context.terms.contexts import Contexts
from songcau.context.terms.terms import Terms

PATH = "/songcau/v1/events"
SELECTION = {
    "id": "ids",
    "type": "types",
    "idPattern": "id_pattern",
    "attrs": "attrs",
    "q": "q",
    "scopeQ": "scope_q",
    "georel": "georel",
    "geometry": "geometry",
    "coordinates": "coordinates",
    "geoproperty": "geoproperty",
}
# An EventSource cannot set headers on its first request; the number of the last event may come as a parameter.
LAST = "lastEventId"
PARAMS = FORM_PARAMS - {"join", "joinLevel", "geometryProperty"} | frozenset({*SELECTION, LAST, "local"})
HEADERS = (
    (b"Content-Type", b"text/event-stream"),
    (b"Cache-Control", b"no-store"),
    (b"X-Accel-Buffering", b"no"),
)


def add_event_routes(router: Router, streams: Streams, contexts: Contexts) -> None:
    router.add("GET", PATH, Door(contexts)(Events(streams).follow))


class Events:
    """The handler of clients that follow."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams

    def follow(self, asked: Asked) -> Answer:
        params = asked.params(PARAMS)
        told = any(name in params for name in ("type", "id", "attrs", "q", "georel", "scopeQ"))
        if not told and params.get("local") != "true":
            raise BadRequestData("Say what to follow: at least one of type, id, attrs, q, georel, scopeQ or local=true")
        last = _last(asked, params)
        wish = _wish(asked, params, asked.terms())
        if asked.request.method == "HEAD":
            return Response(200, b"", HEADERS)
        return Response(200, self._streams.follow(asked.request, wish, last), HEADERS)


def _wish(asked: Asked, params: Mapping[str, str], terms: Terms) -> Wish:
    given = {argument: params[name] for name, argument in SELECTION.items() if name in params}
    form = wanted_of({name: value for name, value in params.items() if name in FORM_PARAMS}, terms, JSON).form
    attributes = frozenset(form.attrs) if form.attrs is not None else None
    return Wish(
        asked.tenant,
        Selection.of(terms=terms, **given),
        attributes,
        paths_of(params.get("scopeQ")),
        terms,
        form,
        asked.by,
    )


def _last(asked: Asked, params: Mapping[str, str]) -> int | None:
    """The number of the last event that the client had. Raises BadRequestData."""
    text = asked.request.header(b"last-event-id") or params.get(LAST)
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise BadRequestData("Last-Event-ID is the id of an event of this broker, a number")
    return int(text)
