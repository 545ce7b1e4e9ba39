"""Playbooks: their list, and the form of one with its items."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.shell.deeds import Deed, refused_in_words
from songcau.foundation.shell.errors import status_of
from songcau.foundation.shell.fields import UNCHOSEN
from songcau.foundation.shell.lists import render_list
from songcau.kernel.errors import Refused
from songcau.systems.incidents.actions.playbooks import (
    ITEM_LIMIT,
    ROLE_LIMIT,
    Item,
    add_playbook,
    change_playbook,
    retire_playbook,
)
from songcau.systems.incidents.models import Playbook
from songcau.systems.incidents.pages import code_words, listing
from songcau.systems.incidents.pages.code_words import KINDS
from songcau.systems.incidents.permissions import require_operate
from songcau.systems.incidents.rules.incidents import MOST_ITEMS, MOST_MINUTES, Kind

ANY = ["GET", "HEAD", "POST"]
SPARE_ROWS = 4


class PlaybookForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    code = forms.CharField(label=_("Code"), max_length=40, help_text=_("Letters A to Z, digits and _; it stays."))
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", UNCHOSEN), *((str(c), w) for c, w in KINDS.items())])
    name_vi = forms.CharField(label=_("Name in Vietnamese"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)

    def __init__(self, *args: Any, is_new: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if not is_new:
            del self.fields["code"]


class ItemForm(forms.Form):
    role = forms.CharField(label=_("Who"), max_length=ROLE_LIMIT, required=False)
    minutes = forms.IntegerField(label=_("Within minutes"), min_value=0, max_value=MOST_MINUTES, required=False)
    text_vi = forms.CharField(label=_("What is to be done, in Vietnamese"), max_length=ITEM_LIMIT, required=False)
    text_en = forms.CharField(label=_("The same in English"), max_length=ITEM_LIMIT, required=False)

    @property
    def is_empty(self) -> bool:
        return not any(self.data.get(self.add_prefix(name)) for name in self.fields)

    def item(self) -> Item:
        values = self.cleaned_data
        return Item(values["role"], values["minutes"] or 0, values["text_vi"], values["text_en"])


@requires("incidents.operate")
@require_GET
def playbooks(request: HttpRequest) -> HttpResponseBase:
    rows = Playbook.objects.annotate(items_count=Count("items"))
    return render_list(request, listing.PLAYBOOKS, rows, template="incidents/playbooks.html")


@requires("incidents.operate")
@require_http_methods(ANY)
def add(request: HttpRequest) -> HttpResponse:
    return _form(request, None)


@requires("incidents.operate")
@require_http_methods(ANY)
def change(request: HttpRequest, playbook_id: UUID) -> HttpResponse:
    found = Playbook.objects.filter(pk=playbook_id).first()
    if found is None:
        raise Http404
    return _form(request, found)


@requires("incidents.operate")
@require_POST
def retire(request: HttpRequest, playbook_id: UUID) -> HttpResponse:
    try:
        retire_playbook(by=actor_of(request), playbook_id=playbook_id)
    except Refused as refusal:
        messages.warning(request, refused_in_words(refusal))
    return redirect("incidents:playbooks")


def _form(request: HttpRequest, playbook: Playbook | None) -> HttpResponse:
    require_operate(actor_of(request))
    form = PlaybookForm(request.POST or None, initial=_initial(playbook), is_new=playbook is None)
    rows, status = _rows(request, playbook), 200
    if request.method == "POST" and "more" not in request.POST:
        status = 422
        filled = [row for row in rows if not row.is_empty]
        # Each is looked at, so that every fault is shown at once.
        if all([form.is_valid(), *(row.is_valid() for row in filled)]):
            try:
                _save(request, form, [row.item() for row in filled], playbook)
            except Refused as refusal:
                form.add_error(None, refused_in_words(refusal, code_words.FIELDS))
                status = status_of(refusal)
            else:
                messages.success(request, str(_("The playbook is saved.")))
                return redirect("incidents:playbooks")
    title = _("Write a playbook") if playbook is None else _("Change the playbook")
    back = reverse("incidents:playbooks")
    notice = _("Incidents that are open keep the items with which they were opened.")
    deed = Deed(title, _("Save"), back, notice, crumbs=((_("Playbooks"), back),), here=title)
    context = {"deed": deed, "form": form, "rows": rows, "playbook": playbook}
    return render(request, "incidents/playbook.html", context, status=status)


def _save(request: HttpRequest, form: PlaybookForm, items: list[Item], playbook: Playbook | None) -> None:
    values = form.cleaned_data
    said = {"kind": Kind(values["kind"]), "name_vi": values["name_vi"], "name_en": values["name_en"], "items": items}
    by = actor_of(request)
    if playbook is None:
        add_playbook(by=by, code=values["code"], **said)
    else:
        change_playbook(by=by, playbook_id=playbook.pk, version=values["version"], **said)


def _initial(playbook: Playbook | None) -> dict[str, Any]:
    if playbook is None:
        return {}
    names = ("version", "kind", "name_vi", "name_en")
    return {name: getattr(playbook, name) for name in names}


def _rows(request: HttpRequest, playbook: Playbook | None) -> list[ItemForm]:
    """As many as were sent or there are, and some empty ones."""
    if request.method == "POST":
        sent = request.POST.get("rows", "")
        count = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 4 else 0
        count = min(count + (SPARE_ROWS if "more" in request.POST else 0), MOST_ITEMS + SPARE_ROWS)
        return [ItemForm(request.POST, prefix=f"i{n}", use_required_attribute=False) for n in range(count)]
    items = list(playbook.items.values("role", "minutes", "text_vi", "text_en")) if playbook else []
    begun: list[Any] = [*items, *({} for _n in range(SPARE_ROWS))]
    return [ItemForm(prefix=f"i{n}", initial=one, use_required_attribute=False) for n, one in enumerate(begun)]
