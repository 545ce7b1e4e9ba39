"""Entity types, attributes and units of the live city in words. What is not here is shown by its own name, readably."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songcau.foundation.shell.written import number

Words = str | Promise

KINDS: dict[str, Words] = {
    "CitizenReport": _("Citizens' reports"),
    "WeatherObserved": _("Weather stations"),
    "WaterObserved": _("River gauges"),
    "AirQualityObserved": _("Air quality"),
    "TrafficFlowObserved": _("Traffic detectors"),
    "CrowdFlowObserved": _("Pedestrian counters"),
    "Vehicle": _("Vehicles"),
    "Camera": _("Cameras"),
    "Device": _("Devices"),
    "StreetLamp": _("Street lamps"),
    "Streetlight": _("Street lamps"),
    "ParkingSpot": _("Parking"),
    "Alert": _("Alerts"),
    "Incident": _("Incidents"),
    "CityTotals": _("Totals of the city"),
    "WardTotals": _("Totals of the wards"),
}
ATTRIBUTES: dict[str, Words] = {
    "temperature": _("Temperature"),
    "relativeHumidity": _("Humidity"),
    "precipitation": _("Rain"),
    "windSpeed": _("Wind"),
    "windDirection": _("Wind direction"),
    "atmosphericPressure": _("Air pressure"),
    "waterLevel": _("Water level"),
    "level": _("Water level"),
    "flow": _("Flow"),
    "pm25": _("PM2.5"),
    "pm10": _("PM10"),
    "PM25": _("PM2.5"),
    "PM10": _("PM10"),
    "no2": _("Nitrogen dioxide"),
    "NO2": _("Nitrogen dioxide"),
    "so2": _("Sulphur dioxide"),
    "SO2": _("Sulphur dioxide"),
    "co": _("Carbon monoxide"),
    "CO": _("Carbon monoxide"),
    "o3": _("Ozone"),
    "O3": _("Ozone"),
    "intensity": _("Vehicles an hour"),
    "averageVehicleSpeed": _("Mean speed"),
    "occupancy": _("Occupancy"),
    "peopleCount": _("People counted"),
    "speed": _("Speed"),
    "heading": _("Direction"),
    "batteryLevel": _("Battery"),
    "reportsOpen": _("Open reports"),
    "reportsLate": _("Late reports"),
    "reportsUrgent": _("Urgent reports"),
    "reportsToday": _("Reports of today"),
    "incidentsUnderway": _("Incidents underway"),
    "directivesAtWork": _("Directives being worked on"),
    "directivesLate": _("Late directives"),
    "category": _("Category"),
    "categoryName": _("Category"),
    "state": _("State"),
    "isOpen": _("Open"),
    "isUrgent": _("Urgent"),
    "isDemonstration": _("Demonstration data"),
    "simulated": _("Simulated"),
    "handledBy": _("Handled by"),
    "description": _("Text"),
    "reportedAt": _("Reported at"),
    "dueAt": _("Due by"),
    "name": _("Called"),
    "address": _("Address"),
    "status": _("State"),
    "dataProvider": _("Source"),
    "source": _("Source"),
}
# What of a kind is shown first, in this order; else its first number.
MAIN: dict[str, tuple[str, ...]] = {
    "WeatherObserved": ("precipitation", "temperature"),
    "WaterObserved": ("waterLevel", "level"),
    "AirQualityObserved": ("pm25", "PM25", "pm10", "PM10"),
    "TrafficFlowObserved": ("intensity", "averageVehicleSpeed"),
    "CrowdFlowObserved": ("peopleCount", "intensity"),
    "Vehicle": ("speed",),
}
# UN/CEFACT codes that the devices of the city use.
UNITS: dict[str, str] = {
    "CEL": "°C",
    "MMT": "mm",
    "MTR": "m",
    "CMT": "cm",
    "KMH": "km/h",
    "MTS": "m/s",
    "P1": "%",
    "C62": "",
    "GQ": "µg/m³",
    "GP": "mg/m³",
    "HPA": "hPa",
    "A97": "hPa",
    "DD": "°",
    "MQS": "m³/s",
    "H67": "mm/h",
    "59": "ppm",
}
_PARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def kind_words(kind: str) -> Words:
    return KINDS.get(kind) or _apart(kind)


def attribute_words(name: str) -> Words:
    return ATTRIBUTES.get(name) or _apart(name)


def unit_words(code: str) -> str:
    return UNITS.get(code, code)


def measured(value: float, unit: str) -> str:
    """`22,4 °C`: no more places than it has, and two at most."""
    shown = round(value, 2)
    return f"{number(int(shown) if shown.is_integer() else shown)} {unit_words(unit)}".strip()


def _apart(name: str) -> str:
    """`NoiseLevelObserved` → `Noise level observed`; of an address the last part."""
    short = re.split(r"[/#:]", name.rstrip("/"))[-1]
    return _PARTS.sub(" ", short).capitalize() if short else name
