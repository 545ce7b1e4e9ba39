"""Django's settings of the soak: the real ones with only the apps under test, and one of its own for the effects."""

from tests.settings import *  # noqa: F403

INSTALLED_APPS = [
    "songcau.foundation.audit",
    "songcau.foundation.outbox",
    "django.contrib.contenttypes",
    "tests.soak",
]
MIDDLEWARE: list[str] = []
