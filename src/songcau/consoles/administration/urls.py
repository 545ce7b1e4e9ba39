"""The administration's addresses, by noun."""

from django.urls import include, path

app_name = "administration"
urlpatterns = [
    path("", include("songcau.consoles.administration.overview.urls")),
    *(
        path(f"{noun}/", include(f"songcau.consoles.administration.{noun}.urls"))
        for noun in (
            "units",
            "agencies",
            "calendar",
            "people",
            "roles",
            "delegations",
            "data_requests",
            "looks",
            "files",
            "notices",
            "outbox",
            "audit",
        )
    ),
]
