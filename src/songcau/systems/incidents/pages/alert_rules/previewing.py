"""What a rule would have done, beside its form: typed or saved, nothing is written."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from songcau.context.public import ContextRefused, ContextUnavailable
from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.accounts.context_grants import city_context
from songcau.foundation.shell.written import number
from songcau.kernel import clock
from songcau.systems.incidents.models import AlertRule
from songcau.systems.incidents.pages.alert_rules import words
from songcau.systems.incidents.pages.alert_rules.views import FORMS, PREVIEW_DAYS
from songcau.systems.incidents.permissions import require_operate
from songcau.systems.incidents.queries.preview import Firing, Preview, preview

MOST_SHOWN = 50


@requires("incidents.operate")
@require_POST
def show(request: HttpRequest, kind: str) -> HttpResponse:
    """The part of the page that says how often, when and where."""
    require_operate(actor_of(request))
    if kind not in FORMS:
        raise Http404
    form = FORMS[kind](request.POST, rule=_rule(request.POST.get("rule", ""), kind))
    form.is_valid()
    if form.condition_errors() or not hasattr(form, "condition"):
        errors = [str(error) for name in form.condition_errors() for error in form.errors[name]]
        return render(request, "incidents/alert_rules/preview.html", {"faults": errors})
    days = _days(request.POST.get("days", ""))
    now = clock.now()
    offset = timezone.localtime(now).utcoffset() or timedelta()
    try:
        with city_context() as context:
            seen = preview(context, form.condition, days=days, now=now, offset=offset.total_seconds())
    except (ContextUnavailable, ContextRefused):
        return render(request, "incidents/alert_rules/preview.html", {"is_away": True})
    return render(request, "incidents/alert_rules/preview.html", _facts(seen, words.sentence(form.condition)))


def _rule(text: str, kind: str) -> AlertRule | None:
    try:
        return AlertRule.objects.filter(pk=UUID(text), condition__kind=kind).first()
    except ValueError:
        return None


def _days(text: str) -> int:
    return int(text) if text in map(str, PREVIEW_DAYS) else PREVIEW_DAYS[1]


def _facts(seen: Preview, sentence: str) -> dict[str, Any]:
    firings = [_shown(one) for one in seen.firings[:MOST_SHOWN]]
    return {
        "seen": seen,
        "sentence": sentence,
        "count": len(seen.firings),
        "firings": firings,
        "more": max(0, len(seen.firings) - MOST_SHOWN),
        "refused": [(words.REFUSED.get(why, why), count) for why, count in seen.refused.items()],
    }


def _shown(firing: Firing) -> dict[str, Any]:
    return {
        "began_at": firing.began_at,
        "subject": subject_words(firing.subject),
        "id": firing.subject,
        "scope": firing.scope.rpartition("/")[2].removeprefix("W"),
        "lasted": _lasted(firing.began_at, firing.ended_at),
        "value": _value(firing.values.get("value")),
    }


def subject_words(subject: str) -> str:
    """The last part of an id; an area by what it is."""
    if subject == "area:/":
        return _("the whole city")
    if subject == "area:circle":
        return _("the circle")
    return subject.rpartition("/" if subject.startswith("area:") else ":")[2].removeprefix("W")


def _value(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "" if value is None else str(value)
    return words.plain(value)


def _lasted(began: datetime, ended: datetime | None) -> str:
    if ended is None:
        return _("still so")
    return _("%(minutes)s min") % {"minutes": number(round((ended - began).total_seconds() / 60))}
