"""Starts Django in this process."""

import os


def start_django() -> None:
    """Load settings and apps. Safe to call again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songcau.entry.django_settings")
    import django

    django.setup()
