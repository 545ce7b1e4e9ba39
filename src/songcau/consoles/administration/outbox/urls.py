"""Addresses of the administration of outbox."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
