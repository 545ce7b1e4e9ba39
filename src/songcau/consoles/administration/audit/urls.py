"""Addresses of the administration of audit."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
