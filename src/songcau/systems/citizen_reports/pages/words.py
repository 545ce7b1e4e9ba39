"""Refusals of citizen reports in words: code → translatable sentence with %(parameters)s."""

from django.utils.functional import Promise

REFUSALS: dict[str, Promise] = {}
