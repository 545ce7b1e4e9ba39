"""What can be reported here, and where this server is found. GeoReport v2: discovery, service list, definition."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from songcau.foundation.accounts.access import open_to_everyone
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.api import faults
from songcau.systems.citizen_reports.api.faults import READ, endpoint
from songcau.systems.citizen_reports.api.formats import Answer, Node
from songcau.systems.citizen_reports.models import Category
from songcau.systems.citizen_reports.rules import QuestionKind

# When the answers of this server last changed their form.
CHANGESET = "2026-11-28T00:00:00+07:00"
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
_TYPES = {
    QuestionKind.TEXT: "text",
    QuestionKind.NUMBER: "number",
    QuestionKind.CHOICE: "singlevaluelist",
    QuestionKind.YES_NO: "singlevaluelist",
}


def require_jurisdiction(asked: str) -> None:
    """One jurisdiction is served, so that naming it is not needed; naming another one is a fault."""
    if asked and asked != jurisdiction():
        raise faults.JURISDICTION_UNKNOWN


def jurisdiction() -> str:
    """The host of the city's own address, as the standard advises."""
    return urlsplit(str(settings.SONGCAU.public_url)).hostname or ""


@open_to_everyone
@endpoint(*READ)
def discovery(request: HttpRequest) -> Answer:
    """Both formats are mandatory."""
    base = str(settings.SONGCAU.public_url).rstrip("/") + reverse("open311:discovery", args=("xml",))
    body: Node = {
        "changeset": CHANGESET,
        "contact": str(settings.SONGCAU.city_name),
        "key_service": str(settings.SONGCAU.public_url),
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": base.removesuffix("/discovery.xml"),
                "changeset": CHANGESET,
                "type": "test" if settings.SONGCAU.demo else "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
    return Answer("discovery", body)


@open_to_everyone
@endpoint(*READ)
def services(request: HttpRequest) -> Answer:
    """Every category the public is offered; internal ones never."""
    require_jurisdiction(request.GET.get("jurisdiction_id", ""))
    return Answer("services", [_service(one) for one in Category.objects.offered().select_related("parent")], "service")


@open_to_everyone
@endpoint(*READ)
def service(request: HttpRequest, code: str) -> Answer:
    """The questions of a category; one without questions has no definition."""
    require_jurisdiction(request.GET.get("jurisdiction_id", ""))
    category = Category.objects.offered().filter(code=code).first()
    if category is None or not category.questions:
        raise faults.SERVICE_UNKNOWN
    questions = rules.checked_questions(category.questions)
    attributes: list[Node] = [
        _attribute(row, question, at)
        for at, (row, question) in enumerate(zip(category.questions, questions, strict=True), 1)
    ]
    return Answer("service_definition", {"service_code": category.code, "attributes": attributes})


@open_to_everyone
@endpoint(*READ, "POST", "PUT", "PATCH", "DELETE")
def nothing_here(request: HttpRequest, path: str) -> Answer:
    """Whatever else is asked in one of the two formats."""
    raise faults.NOTHING_HERE


def called(category: Category) -> str:
    """Its name in the language that was asked for."""
    return category.name_en if get_language() == "en" and category.name_en else category.name


def _service(category: Category) -> Node:
    words = [line.strip() for line in category.keywords.splitlines() if line.strip()]
    return {
        "service_code": category.code,
        "service_name": called(category),
        "description": f"{called(category.parent)}: {called(category)}" if category.parent else called(category),
        "metadata": bool(category.questions),
        "type": "realtime",
        "keywords": ",".join(word.replace(",", " ") for word in words),
        "group": called(category.parent) if category.parent else "",
    }


def _attribute(row: dict[str, object], question: rules.Question, order: int) -> Node:
    language = get_language() or "vi"
    kept: dict[str, Node] = {
        "variable": True,
        "code": question.key,
        "datatype": _TYPES[question.kind],
        "required": question.required,
        "datatype_description": "",
        "order": order,
        "description": question.said(language),
    }
    if question.kind is QuestionKind.CHOICE:
        kept["values"] = [_value(option, language) for option in _options(row)]
    if question.kind is QuestionKind.YES_NO:
        words = ("yes", "no") if language == "en" else ("có", "không")
        kept["values"] = [{"key": key, "name": name} for key, name in zip(("yes", "no"), words, strict=True)]
    return kept


def _options(row: dict[str, object]) -> list[dict[str, str]]:
    options = row.get("options")
    return [one for one in options if isinstance(one, dict)] if isinstance(options, list) else []


def _value(option: dict[str, str], language: str) -> Node:
    name = option.get("label_en") if language == "en" else option.get("label")
    return {"key": option["value"], "name": name or option["value"]}
