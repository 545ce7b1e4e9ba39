"""Starts Django in this process, with every reaction and job of the city handed to the outbox."""

import os


def start_django() -> None:
    """Load settings and apps, and install the reactions. Safe to call again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songcau.entry.django_settings")
    import django

    django.setup()
    from songcau.entry.reactions import install_all

    install_all()
