"""The addresses of citizen reports, under /citizen_reports/."""

from django.urls import URLPattern

app_name = "citizen_reports"
urlpatterns: list[URLPattern] = []
