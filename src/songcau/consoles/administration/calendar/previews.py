"""A change is shown with what it would bring about before it is saved."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songcau.consoles.administration.calendar.forms import SeenForm
from songcau.foundation.calendar.planning import Plan
from songcau.foundation.shell.deeds import Deed, Words, carry_out
from songcau.foundation.shell.written import number

Values = Mapping[str, Any]


def carry_out_seen(
    request: HttpRequest,
    form: SeenForm,
    deed: Deed,
    plan: Callable[[Values], Plan],
    act: Callable[[Values], object],
    *,
    done: Words,
    told: Callable[[Plan], str],
) -> HttpResponse:
    """As `carry_out`, but the first time a good form comes it is shown again with what `told` says of its plan.

    Whatever is changed after that is shown anew.
    """

    def once_seen(values: Values) -> HttpResponse | None:
        mark = _mark(values)
        if values["seen"] == mark:
            act(values)
            return None
        planned = plan(values)
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["seen"] = mark  # type: ignore[index]
        shown = replace(deed, notice=f"{told(planned)} {in_question(planned)}", submit=_("Save"))
        return render(request, "shell/deed.html", {"deed": shown, "form": form})

    return carry_out(request, form, deed, once_seen, done=done)


def in_question(planned: Plan) -> str:
    """How many promised dates the change would touch, and that none moves by itself."""
    count = planned.promises_in_question()
    if not count:
        return _("No promised date is touched.")
    words = ngettext(
        "This puts %(count)s promised date in question; it stands until somebody decides.",
        "This puts %(count)s promised dates in question; they stand until somebody decides.",
        count,
    )
    return words % {"count": number(count)}


def _mark(values: Values) -> str:
    """Of everything on the form but the mark itself."""
    written = sorted((name, str(getattr(value, "pk", value))) for name, value in values.items() if name != "seen")
    return hashlib.sha256(repr(written).encode()).hexdigest()
