"""The portal's addresses, under /portal/."""

from django.urls import path

from songcau.consoles.citizen import browsing, home, offline
from songcau.consoles.citizen.reporting import views as reporting
from songcau.consoles.citizen.tracking import deeds, mine
from songcau.consoles.citizen.tracking import views as tracking

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("report/", reporting.report, name="report"),
    path("report/sent/", reporting.sent, name="sent"),
    path("report/place/", reporting.place, name="place"),
    path("report/suggest/", reporting.suggest, name="suggest"),
    path("report/similar/", reporting.similar, name="similar"),
    path("track/", tracking.track, name="track"),
    path("track/report/", tracking.tracked, name="tracked"),
    path("track/report/pictures/<uuid:picture_id>/", tracking.picture, name="own_picture"),
    path("track/report/<slug:deed>/", deeds.do, name="deed"),
    path("track/leave/", tracking.leave, name="leave"),
    path("reports/", browsing.reports_page, name="reports"),
    path("reports/map/", browsing.map_page, name="map"),
    path("reports/points/", browsing.points, name="points"),
    path("reports/<str:code>/", browsing.report, name="public_report"),
    path("reports/<str:code>/me-too/", reporting.me_too, name="me_too"),
    path("reports/<str:code>/pictures/<uuid:picture_id>/", browsing.picture, name="public_picture"),
    path("wards.geojson", browsing.wards, name="wards"),
    path("my-reports/", mine.my_reports, name="my_reports"),
    path("my-reports/<uuid:report_id>/", mine.open_report, name="open_report"),
    path("alerts/", mine.alerts, name="alerts"),
    path("waiting/", offline.waiting, name="waiting"),
    path("token/", offline.token, name="token"),
    path("service-worker.js", offline.service_worker, name="service_worker"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
]
