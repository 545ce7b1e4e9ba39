"""Refusals and faults of a file in words: code → sentence with %(parameters)s."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songcau.foundation.places.rules import APPROXIMATE_SOURCE

REFUSALS: dict[str, Promise] = {
    "FILE_TOO_LARGE": _("The file is too large: at most %(megabytes)s MB."),
    "NOT_GEOJSON": _("The file is not GeoJSON: a FeatureCollection with at least one unit, in UTF-8."),
    "MAY_NOT_IMPORT_BOUNDARIES": _("You may not change units and boundaries."),
    "NOTHING_TO_APPLY": _("There is nothing to apply: the file has %(problems)s faults, or changes nothing."),
    "BOUNDARIES_CHANGED_MEANWHILE": _(
        "Units or boundaries were changed after this comparison was made. Nothing was applied; compare again."
    ),
}

PROBLEMS: dict[str, Promise] = {
    "CODE_MISSING": _("Unit no. %(position)s of the file has no code (properties.code or id)."),
    "CODE_UNKNOWN": _("Unit no. %(position)s has the code %(unit)s, which no unit in force bears."),
    "CODE_TWICE": _("%(unit)s stands twice in the file (again as no. %(position)s)."),
    "NOT_A_POLYGON": _("%(unit)s: the shape is neither Polygon nor MultiPolygon."),
    "RING_BROKEN": _(
        "%(unit)s: an outline needs at least four points, the last equal to the first, all finite numbers."
    ),
    "AXES_SWAPPED": _("%(unit)s: latitude and longitude are swapped. GeoJSON puts longitude first (105.8, 21.6)."),
    "AXES_PROJECTED": _("%(unit)s: the coordinates are metres (VN-2000?). Convert them to degrees, WGS 84."),
    "AXES_ELSEWHERE": _("%(unit)s: the shape lies outside Viet Nam."),
    "SELF_CROSSING": _("%(unit)s: the outline crosses itself, near %(longitude)s, %(latitude)s."),
    "NO_AREA": _("%(unit)s: the shape has no area."),
    "FAR_FROM_CENTRE": _("%(unit)s: the shape lies %(kilometres)s km from the known centre of the unit."),
    "CENTRE_IN_ANOTHER": _(
        "%(unit)s: the known centre of the unit lies inside the shape given for %(other)s. Are the codes exchanged?"
    ),
    "OVERLAP": _("%(unit)s and %(other)s overlap by %(km2)s km²."),
    "GAP": _("%(km2)s km² belong to no unit, near %(longitude)s, %(latitude)s."),
}

_SOURCES: dict[str, Promise] = {
    APPROXIMATE_SOURCE: _("drawn by songcau from the centres of the units"),
}


def source_in_words(source: str) -> str:
    """Where an outline comes from: what its importer wrote, or in words what songcau drew itself."""
    return str(_SOURCES.get(source, source))
