"""Addresses of the administration of overview."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
