"""Addresses of the administration of units."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
