"""The form of an answer: what the parameters and the Accept header ask for, as a `Form` (clauses 4.5 and 6.3.7)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from songcau.context.api.asking import GEO_JSON, JSON, LD_JSON, Asked, accepted
from songcau.context.api.projecting import Projection, names, projection
from songcau.context.entities.writing import Form, Style
from songcau.context.problems import BadRequestData, InvalidRequest
from songcau.context.server.messages import params_of
from songcau.context.terms.keeping import kept_by_terms
from songcau.context.terms.terms import Terms

ENTITY_MEDIA = (JSON, LD_JSON, GEO_JSON)
PLAIN_MEDIA = (JSON, LD_JSON)
FORM_PARAMS = frozenset(
    {"attrs", "pick", "omit", "options", "format", "lang", "geometryProperty", "datasetId", "join", "joinLevel"}
)
STYLES: dict[str, Style] = {
    "normalized": "normalized",
    "concise": "concise",
    "simplified": "simplified",
    "keyValues": "simplified",
}
DEEPEST_JOIN = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """A form for the entities asked for; how linked ones come with them; pick and omit for the linked ones."""

    form: Form
    media: bytes
    join: str | None = None
    join_level: int = 1
    pick: Projection | None = None
    omit: Projection | None = None


def media_of(asked: Asked, offered: tuple[bytes, ...] = PLAIN_MEDIA) -> bytes:
    """The media type of the answer. Raises NotAcceptable."""
    header = asked.request.headers.get(b"accept")
    return offered[0] if header is None else accepted(header, offered)


def wanted(asked: Asked, terms: Terms, media: bytes) -> Wanted:
    """What the query parameters ask for. Raises InvalidRequest, BadRequestData."""
    return _wanted(terms, asked.request.query, media)


@kept_by_terms
def _wanted(terms: Terms, query: str, media: bytes) -> Wanted:
    return wanted_of(params_of(query) if query else {}, terms, media)


def wanted_of(params: Mapping[str, str], terms: Terms, media: bytes) -> Wanted:
    """The same from parameters that came in a body (5.7.2, the Query data type)."""
    style, sys_attrs = style_of(params)
    pick = projection(terms, params["pick"]) if "pick" in params else None
    omit = projection(terms, params["omit"]) if "omit" in params else None
    attrs = names(params["attrs"], terms) if "attrs" in params else None
    _check_members(pick, omit, attrs)
    form = Form(style=style, sys_attrs=sys_attrs)
    form = replace(
        form,
        geojson=media == GEO_JSON,
        geometry=terms.expand(params["geometryProperty"]) if "geometryProperty" in params else form.geometry,
        lang=params.get("lang"),
        attrs=attrs,
        datasets=tuple(part.strip() for part in params["datasetId"].split(",")) if "datasetId" in params else None,
    )
    form = with_projection(form, pick, omit)
    join = params.get("join")
    if join not in {None, "inline", "flat", "@none"}:
        raise InvalidRequest("join is inline, flat or @none")
    return Wanted(form, media, None if join == "@none" else join, _level(params), pick, omit)


def with_projection(form: Form, pick: Projection | None, omit: Projection | None) -> Form:
    return replace(
        form, pick=tuple(pick.names) if pick is not None else None, omit=omit.whole() if omit is not None else None
    )


def style_of(params: Mapping[str, str]) -> tuple[Style, bool]:
    """`format` goes before `options`. Raises InvalidRequest."""
    style: Style = "normalized"
    sys_attrs = False
    if "options" in params:
        for option in params["options"].split(","):
            if option == "sysAttrs":
                sys_attrs = True
            elif option in STYLES:
                style = STYLES[option]
            else:
                raise InvalidRequest(f"There is no option {option}")
    if "format" in params:
        if params["format"] not in STYLES:
            raise InvalidRequest(f"There is no format {params['format']}")
        style = STYLES[params["format"]]
    return style, sys_attrs


def _check_members(pick: Projection | None, omit: Projection | None, attrs: tuple[str, ...] | None) -> None:
    if attrs is not None and (pick is not None or omit is not None):
        raise BadRequestData("attrs cannot stand beside pick or omit")
    if pick is not None and omit is not None:
        both = set(pick.names) & set(omit.whole())
        if both:
            raise BadRequestData(f"{', '.join(sorted(both))}: picked and omitted at once")


def _level(params: Mapping[str, str]) -> int:
    text = params.get("joinLevel", "1")
    if not (text.isascii() and text.isdecimal() and len(text) == 1 and 1 <= int(text) <= DEEPEST_JOIN):
        raise BadRequestData(f"joinLevel is a whole number from 1 to {DEEPEST_JOIN}")
    return int(text)
