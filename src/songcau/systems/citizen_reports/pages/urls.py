"""The addresses of citizen reports, under /citizen_reports/."""

from django.urls import path

from songcau.systems.citizen_reports.pages import reviewing

app_name = "citizen_reports"
urlpatterns = [
    path("pictures/", reviewing.next_picture, name="pictures"),
    path("pictures/<uuid:picture_id>/", reviewing.picture, name="picture"),
]
