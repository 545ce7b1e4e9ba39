"""A deed: a page with a form, its action, and where it leads. One shape for all of the desk's changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from songcau.foundation.accounts.rules import ChangedMeanwhile
from songcau.foundation.accounts.words import FIELDS
from songcau.foundation.shell.errors import status_of
from songcau.foundation.shell.words import say
from songcau.kernel.errors import Refused

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Deed:
    """What the page says: its heading, what the deed means (`notice`), the button, where a change of mind leads.

    `here` ends the crumbs where the words of the button would not do. `fields` names a record's fields, for who saves
    second.
    """

    title: Words
    submit: Words
    back: str
    notice: Words = ""
    danger: bool = False
    crumbs: tuple[tuple[Words, str], ...] = ()
    here: Words = ""
    fields: Mapping[str, Words] = field(default_factory=lambda: FIELDS)


def refused_in_words(refusal: Refused, fields: Mapping[str, Words] = FIELDS) -> str:
    """As `say`, with the fields of a record that changed meanwhile named as on the form."""
    if isinstance(refusal, ChangedMeanwhile):
        changed = [name for name in str(refusal.params.get("fields", "")).split(", ") if name]
        # A name that only the programme knows tells nobody anything.
        names = dict.fromkeys(str(fields.get(name, _("other details"))) for name in changed)
        refusal.params["fields"] = ", ".join(names) or "–"
    return say(refusal)


def carry_out(
    request: HttpRequest,
    form: forms.Form,
    deed: Deed,
    act: Callable[[Mapping[str, Any]], object],
    *,
    done: Words,
    then: str = "",
    facts: Mapping[str, Any] | None = None,
    template: str = "shell/deed.html",
) -> HttpResponse:
    """Show the form; on a good POST call `act` with its values, then lead to `then` (or `deed.back`).

    A refusal is shown above the form with what was typed kept: 422, or 409 when somebody was faster. `act` may give
    an HttpResponse of its own.
    """
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                answer = act(form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, refused_in_words(refusal, deed.fields))
                status = status_of(refusal)
            else:
                if isinstance(answer, HttpResponse):
                    return answer
                messages.success(request, str(done))
                return redirect(then or deed.back)
    context = {"deed": deed, "form": form, **(facts or {})}
    return render(request, template, context, status=status)


def posted(request: HttpRequest) -> Any:
    """The form's data on POST, else None: an unbound form."""
    return request.POST if request.method == "POST" else None


class Confirmation(forms.Form):
    """Nothing to fill in: the page itself says what will happen."""
