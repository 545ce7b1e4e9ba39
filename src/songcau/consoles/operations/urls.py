"""The operations centre's addresses, under /operations/."""

from django.urls import path

from songcau.consoles.operations import field, readings
from songcau.consoles.operations.map import views as live_map
from songcau.consoles.operations.prints import views as prints
from songcau.consoles.operations.units import views as units
from songcau.consoles.operations.wall import views as wall

app_name = "operations"
urlpatterns = [
    path("", wall.wall, name="wall"),
    path("tiles/", wall.fresh_tiles, name="tiles"),
    path("save/", wall.save, name="save_wall"),
    path("map/", live_map.live_map, name="map"),
    path("points.json", live_map.points, name="points"),
    path("stream/", live_map.stream, name="stream"),
    path("clusters.geojson", live_map.clusters, name="clusters"),
    path("outlines.geojson", live_map.outlines, name="outlines"),
    path("wards.json", live_map.wards, name="wards"),
    path("hour.json", live_map.hour, name="hour"),
    path("thing/<str:epoch>/<int:key>/", live_map.thing, name="thing"),
    path("readings/", readings.readings, name="readings"),
    path("units/", units.units_view, name="units"),
    path("units/<str:code>/", units.unit, name="unit"),
    path("prints/", prints.choose, name="prints"),
    path("prints/late/", prints.late, name="print_late"),
    path("prints/months/", prints.months, name="print_months"),
    path("field/", field.field, name="field"),
    path("field/near/", field.near, name="near"),
]
