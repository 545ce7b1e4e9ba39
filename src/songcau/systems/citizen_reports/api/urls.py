"""The addresses of the Open311 server, under /open311/v2/."""

from django.urls import path, register_converter

from songcau.systems.citizen_reports.api import requests, services


class FormatConverter:
    regex = "xml|json"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FormatConverter, "open311_form")

app_name = "open311"
MOUNTED_AT = "open311/v2/"
urlpatterns = [
    path("discovery.<open311_form:form>", services.discovery, name="discovery"),
    path("services.<open311_form:form>", services.services, name="services"),
    path("services/<str:code>.<open311_form:form>", services.service, name="service"),
    path("requests.<open311_form:form>", requests.requests, name="requests"),
    path("requests/<str:code>.<open311_form:form>", requests.request_, name="request"),
    path("tokens/<str:token>.<open311_form:form>", requests.token, name="token"),
    path("<path:path>.<open311_form:form>", services.nothing_here, name="nothing_here"),
]
