"""The addresses of this app, Django's admin, and routes of every kind."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from songcau.foundation.accounts.access import open_to_everyone, requires, requires_assurance, signed_in
from songcau.foundation.accounts.sign_on.rules import Assurance


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("must never be seen")


@open_to_everyone
def everyone(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.actor.label} {len(request.actor.grants)}")


@signed_in
def anybody(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.actor.label)


@requires("accounts.view_people")
def people(request: HttpRequest) -> HttpResponse:
    return HttpResponse("people")


@requires("accounts.view_people", fresh=True)
def dangerous(request: HttpRequest) -> HttpResponse:
    return HttpResponse("danger")


@requires_assurance(Assurance.SUBSTANTIAL)
def sure(request: HttpRequest) -> HttpResponse:
    return HttpResponse("sure")


@requires_assurance(Assurance.LOW)
@requires("accounts.view_people")
def sure_people(request: HttpRequest) -> HttpResponse:
    return HttpResponse("sure people")


urlpatterns = [
    path("undeclared/", undeclared, name="undeclared"),
    path("everyone/", everyone, name="everyone"),
    path("anybody/", anybody, name="anybody"),
    path("people/", people, name="people"),
    path("dangerous/", dangerous, name="dangerous"),
    path("sure/", sure, name="sure"),
    path("sure-people/", sure_people, name="sure_people"),
    path("tables/", admin.site.urls),
    path("accounts/", include("songcau.foundation.accounts.urls")),
]
