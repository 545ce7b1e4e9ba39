"""The mapping of the demonstration city's devices: what they say becomes entities, by the same gateway as in any city.

A rule for each device, as a city has that knows its devices: their names and places are the city's, not the payload's.
"""

from songcau.simulators.city.sites import Kind, Site, sites

SOURCE = "Thiết bị mô phỏng"
_HEAD = """\
[server]
address = "mqtt://127.0.0.1:{port}"
client_id = "songcau-demo"
version = "3.1.1"

[[status]]
topic = "demo/status/{{station}}"
id = "urn:ngsi-ld:Device:{{station}}"
"""
_RULE = """
[[readings]]
topic = "{topic}"
id = "urn:ngsi-ld:{type}:{code}"
type = "{type}"
scope = "/wards/W{ward}"
device = "urn:ngsi-ld:Device:{code}"
observed_at = {{ from = "time", form = "iso" }}
location = {{ longitude = {longitude}, latitude = {latitude} }}

[readings.attributes]
name = {{ value = "{name}" }}
isDemonstration = {{ value = true }}
source = {{ value = "{source}" }}
{attributes}
"""
_ORIGIN = 'origin = { from = "origin", kind = "text" }'
_RAIN = 'precipitation = { from = "rain", unit = "H67" }'
# Names of the Smart Data Models, units of UN/CEFACT: H67 mm/h, A97 hPa, GQ µg/m³, MTS m/s.
_KINDS: dict[Kind, tuple[str, tuple[str, ...]]] = {
    Kind.WEATHER: (
        "WeatherObserved",
        (
            _ORIGIN,
            _RAIN,
            'temperature = { from = "temperature", unit = "CEL" }',
            'relativeHumidity = { from = "humidity", factor = 0.01 }',
            'windSpeed = { from = "wind", unit = "MTS" }',
            'atmosphericPressure = { from = "pressure", unit = "A97" }',
        ),
    ),
    Kind.RAIN: ("WeatherObserved", (_RAIN,)),
    Kind.RIVER: ("WaterObserved", ('waterLevel = { from = "level", unit = "MTR" }',)),
    Kind.AIR: (
        "AirQualityObserved",
        tuple(f'{name} = {{ from = "{name}", unit = "GQ" }}' for name in ("pm25", "pm10", "no2")),
    ),
    Kind.TRAFFIC: (
        "TrafficFlowObserved",
        (
            _ORIGIN,
            'intensity = { from = "vehicles_per_hour" }',
            'averageVehicleSpeed = { from = "speed", unit = "KMH" }',
            'occupancy = { from = "occupancy" }',
        ),
    ),
    Kind.FOOTFALL: ("CrowdFlowObserved", ('peopleCount = { from = "people" }',)),
}


def mapping_text(port: int) -> str:
    """The whole mapping as TOML, for the simulated MQTT server on `port` of this machine."""
    return _HEAD.format(port=port) + "".join(_rule(site) for site in sites())


def _rule(site: Site) -> str:
    entity_type, attributes = _KINDS[site.kind]
    return _RULE.format(
        topic=site.topic,
        type=entity_type,
        code=site.code,
        ward=site.ward,
        longitude=site.longitude,
        latitude=site.latitude,
        name=site.name,
        source=SOURCE,
        attributes="\n".join(attributes),
    )
