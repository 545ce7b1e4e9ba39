"""The portal's first page: what one may do here, and one search over subjects and public reports."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from songcau.consoles.citizen import words
from songcau.foundation.accounts.access import open_to_everyone
from songcau.foundation.shell.written import language
from songcau.kernel.text import normal, search_key
from songcau.systems.citizen_reports import public as reports

_LONGEST_SEARCH = 100
_MOST_FOUND = 5


@open_to_everyone
@gzip_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """With `?q=`: what was found, with or without diacritics."""
    typed = normal(request.GET.get("q", ""))[:_LONGEST_SEARCH]
    context: dict[str, object] = {"typed": typed, "states": words.PUBLIC_STATES}
    if typed:
        found = reports.public_reports(reports.Wanted(words=typed), language(), size=_MOST_FOUND)
        context |= {
            "subjects": _subjects(typed),
            "found": [(one, words.PUBLIC_STATES[one.state], reports.shown_code(one.code)) for one in found.reports],
            "has_more": found.has_next,
        }
    return render(request, "citizen/home.html", context)


def _subjects(typed: str) -> list[reports.OfferedCategory]:
    """What may be reported: by the words people use for it, or by a part of its name."""
    offered = {one.code: one for one in reports.offered_categories(language())}
    suggested = [offered[code] for code in reports.suggested_categories(typed) if code in offered]
    key = search_key(typed)
    named = [one for one in offered.values() if key in search_key(f"{one.name} {one.group}") and one not in suggested]
    return [*suggested, *named][:_MOST_FOUND]
