"""Every address of the web process. A city system's addresses are found by themselves, under its name."""

import importlib
import importlib.util

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

from songcau.entry import django_admin, health


def systems() -> list[URLResolver]:
    """`/<system>/…` for every installed city system that has pages."""
    return [
        path(f"{config.label}/", include(f"{config.name}.pages.urls"))
        for config in apps.get_app_configs()
        if config.name.startswith("songcau.systems.") and importlib.util.find_spec(f"{config.name}.pages.urls")
    ]


def interfaces() -> list[URLResolver]:
    """The standard interfaces a system speaks, under the address its `api/urls.py` names."""
    found = []
    for config in apps.get_app_configs():
        if config.name.startswith("songcau.systems.") and importlib.util.find_spec(f"{config.name}.api"):
            rooms = importlib.import_module(f"{config.name}.api.urls")
            found.append(path(rooms.MOUNTED_AT, include(rooms)))
    return found


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("", include("songcau.foundation.shell.urls")),
    path("accounts/", include("songcau.foundation.accounts.urls")),
    path("files/", include("songcau.foundation.files.urls")),
    path("administration/", include("songcau.consoles.administration.urls")),
    path("django-admin/", django_admin.site.urls),
    path("operations/", include("songcau.consoles.operations.urls")),
    path("portal/", include("songcau.consoles.citizen.urls")),
    path("", include("songcau.consoles.desk.urls")),
    *systems(),
    *interfaces(),
]

handler400 = "songcau.foundation.shell.errors.bad_request"
handler403 = "songcau.foundation.shell.errors.permission_denied"
handler404 = "songcau.foundation.shell.errors.page_not_found"
handler429 = "songcau.foundation.shell.errors.too_many_requests"
handler500 = "songcau.foundation.shell.errors.server_error"
