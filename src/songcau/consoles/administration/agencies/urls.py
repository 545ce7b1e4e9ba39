"""Addresses of the administration of agencies."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
