"""Around which places somebody may want to hear of reports: a point, and one of a few distances."""

from songcau.kernel.errors import Refused

# Metres. Below the first the public places of reports are too rough.
RADII = (300, 500, 1000, 2000, 5000)
# About ten metres: it may be somebody's home.
PLACES = 4


class PlaceOfAlertMissing(Refused):
    """There is no point, or none on earth."""

    code = "PLACE_OF_ALERT_MISSING"


class RadiusUnfit(Refused):
    """One of the distances that are offered; in words, `offered` metres."""

    code = "RADIUS_UNFIT"


def require_around(longitude: float | None, latitude: float | None, radius_m: int) -> tuple[float, float]:
    """The point as it is kept: no more exact than is needed. Raises PlaceOfAlertMissing, RadiusUnfit."""
    if longitude is None or latitude is None or not (abs(longitude) <= 180 and abs(latitude) <= 90):
        raise PlaceOfAlertMissing
    if radius_m not in RADII:
        raise RadiusUnfit(offered=", ".join(map(str, RADII)))
    return round(longitude, PLACES), round(latitude, PLACES)
