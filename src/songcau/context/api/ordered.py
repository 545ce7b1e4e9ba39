"""In which order a request wants entities, and from where distances are measured (clauses 4.23 and 5.2.43)."""

from collections.abc import Mapping
from typing import Any, Final

from songcau.context.language import geometry, ordering
from songcau.context.language.ordering import Ordering
from songcau.context.problems import BadRequestData
from songcau.context.terms.terms import Terms

ORDER_PARAMS: Final = frozenset({"orderBy", "orderFrom", "orderGeometry"})
_MEMBERS: Final = frozenset({"orderBy", "coordinates", "geometry", "collation"})
_DEFAULT_GEOMETRY: Final = "Point"


def ordering_of(params: Mapping[str, str], terms: Terms) -> Ordering | None:
    """Of the parameters of a query. Raises BadRequestData, TooComplexQuery."""
    text, origin = params.get("orderBy"), params.get("orderFrom")
    return None if text is None else _ordering(text, terms, origin, params.get("orderGeometry", _DEFAULT_GEOMETRY))


def ordering_of_body(payload: Mapping[str, Any], params: Mapping[str, str], terms: Terms) -> Ordering | None:
    """Of the member `ordering` of a query in a body, else of the parameters. Raises BadRequestData, TooComplexQuery."""
    given = payload.get("ordering")
    if given is None:
        return ordering_of(params, terms)
    if not isinstance(given, dict) or not _MEMBERS.issuperset(given):
        raise BadRequestData("ordering is an object with orderBy and, for distances, coordinates and geometry")
    if "collation" in given:
        raise BadRequestData("There is no collation here: texts are ordered by their code points")
    names, coordinates = given.get("orderBy"), given.get("coordinates")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise BadRequestData("The orderBy of an ordering is a list of texts")
    if coordinates is not None and not isinstance(coordinates, list):
        raise BadRequestData("The coordinates of an ordering are an array, as in GeoJSON")
    kind = given.get("geometry", _DEFAULT_GEOMETRY)
    if not isinstance(kind, str):
        raise BadRequestData("The geometry of an ordering is the type of one, as in GeoJSON")
    return _ordering(",".join(names), terms, coordinates, kind)


def _ordering(text: str, terms: Terms, coordinates: object, kind: str) -> Ordering:
    origin = None if coordinates is None else geometry.reference(kind, coordinates)
    return ordering.parse(text, terms, origin)
