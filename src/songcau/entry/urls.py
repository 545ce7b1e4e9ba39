"""Every address of the web process."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("songcau.foundation.shell.urls")),
    path("accounts/", include("songcau.foundation.accounts.urls")),
]

handler400 = "songcau.foundation.shell.errors.bad_request"
handler403 = "songcau.foundation.shell.errors.permission_denied"
handler404 = "songcau.foundation.shell.errors.page_not_found"
handler429 = "songcau.foundation.shell.errors.too_many_requests"
handler500 = "songcau.foundation.shell.errors.server_error"
