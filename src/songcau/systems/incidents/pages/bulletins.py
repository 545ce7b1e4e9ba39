"""Bulletins: their list, the page of one, and the forms."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.shell.deeds import Deed, carry_out, posted, refused_in_words
from songcau.foundation.shell.lists import render_list
from songcau.kernel import clock
from songcau.kernel.errors import Refused
from songcau.systems.incidents.actions.bulletins import (
    Said,
    change_bulletin,
    draft_bulletin,
    publish_bulletin,
    withdraw_bulletin,
)
from songcau.systems.incidents.models import Bulletin, Incident
from songcau.systems.incidents.pages import code_words, listing
from songcau.systems.incidents.pages.code_words import LEVELS
from songcau.systems.incidents.pages.fields import Moment, Wards, text_field
from songcau.systems.incidents.permissions import may_operate, require_operate
from songcau.systems.incidents.rules.levels import Level
from songcau.systems.incidents.rules.texts import TITLE_LIMIT

ANY = ["GET", "HEAD", "POST"]
USUAL_LENGTH = timedelta(hours=12)


class BulletinForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    level = forms.ChoiceField(
        label=pgettext_lazy("how serious", "Level"), choices=[(str(code), words) for code, words in LEVELS.items()]
    )
    title_vi = forms.CharField(label=_("Title in Vietnamese"), max_length=TITLE_LIMIT)
    text_vi = text_field(_("Text in Vietnamese"), rows=5, hint=_("What happens, where, what people should do."))
    title_en = forms.CharField(label=_("Title in English"), max_length=TITLE_LIMIT, required=False)
    text_en = text_field(_("Text in English"), rows=5, required=False)
    valid_from = Moment(label=_("Holds from"))
    valid_to = Moment(label=_("until"))
    is_whole_city = forms.BooleanField(label=_("The whole city"), required=False)
    wards = Wards(label=_("Wards"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["wards"].offer()  # type: ignore[attr-defined]

    def said(self) -> Said:
        values = self.cleaned_data
        names = ("title_vi", "text_vi", "title_en", "text_en", "valid_from", "valid_to", "is_whole_city")
        return Said(level=Level(values["level"]), ward_codes=values["wards"], **{name: values[name] for name in names})


class WithdrawalForm(forms.Form):
    text = text_field(_("Reason"))


@requires("incidents.view")
@require_GET
def bulletins(request: HttpRequest) -> HttpResponseBase:
    by = actor_of(request)
    rows = Bulletin.objects.prefetch_related("wards")
    # A draft is the centre's own affair.
    if not (at_the_centre := may_operate(by)):
        rows = rows.filter(published_at__isnull=False)
    extra = {"at_the_centre": at_the_centre}
    return render_list(request, listing.BULLETINS, rows, template="incidents/bulletins.html", extra=extra)


@requires("incidents.view")
@require_GET
def bulletin(request: HttpRequest, bulletin_id: UUID) -> HttpResponse:
    found = _found(request, bulletin_id)
    context = {
        "bulletin": found,
        "wards": listing.bulletin_wards(found),
        "at_the_centre": may_operate(actor_of(request)),
    }
    return render(request, "incidents/bulletin.html", context)


@requires("incidents.operate")
@require_http_methods(ANY)
def add(request: HttpRequest) -> HttpResponse:
    """Of an incident (`?incident=…`), or for itself."""
    by = actor_of(request)
    require_operate(by)
    incident = _incident(request)
    form = BulletinForm(posted(request), initial=_initial(incident))
    back = reverse("incidents:incident", args=[incident.pk]) if incident else reverse("incidents:bulletins")
    notice = _("It is kept as a draft; nobody outside reads it before you publish it.")
    deed = Deed(_("Write a bulletin"), _("Keep the draft"), back, notice, crumbs=_crumbs())

    def act(_values: Any) -> HttpResponse:
        made = draft_bulletin(by=by, said=form.said(), incident_id=incident.pk if incident else None)
        return redirect("incidents:bulletin", made.pk)

    return carry_out(request, form, deed, act, done="")


@requires("incidents.operate")
@require_http_methods(ANY)
def step(request: HttpRequest, bulletin_id: UUID, name: str) -> HttpResponse:
    """Change a draft, publish it, withdraw what was published."""
    found, by = _found(request, bulletin_id), actor_of(request)
    require_operate(by)
    page = reverse("incidents:bulletin", args=[found.pk])
    if name == "publish":
        return _publish(request, found.pk, page)
    if name == "change":
        form = BulletinForm(posted(request), initial=_as_form(found))
        deed = Deed(_("Change the bulletin"), _("Save"), page, crumbs=_crumbs(), fields=code_words.FIELDS)

        def save(values: Any) -> object:
            return change_bulletin(by=by, bulletin_id=found.pk, said=form.said(), version=values["version"])

        return carry_out(request, form, deed, save, done=_("Saved."))
    if name != "withdraw":
        raise Http404
    deed = Deed(
        _("Withdraw the bulletin"),
        _("Withdraw"),
        page,
        _("It holds no more for anybody. The reason stands on its page."),
        danger=True,
        crumbs=_crumbs(),
    )
    return carry_out(
        request,
        WithdrawalForm(posted(request)),
        deed,
        lambda values: withdraw_bulletin(by=by, bulletin_id=found.pk, text=values["text"]),
        done=_("Withdrawn."),
    )


def _publish(request: HttpRequest, bulletin_id: UUID, page: str) -> HttpResponse:
    if request.method == "POST":
        try:
            publish_bulletin(by=actor_of(request), bulletin_id=bulletin_id)
            messages.success(request, str(_("Published. It holds from its beginning on.")))
        except Refused as refusal:
            messages.warning(request, refused_in_words(refusal))
    return redirect(page)


def _crumbs() -> tuple[tuple[Any, str], ...]:
    return ((_("Bulletins"), reverse("incidents:bulletins")),)


def _found(request: HttpRequest, bulletin_id: UUID) -> Bulletin:
    rows = Bulletin.objects.select_related("incident").prefetch_related("wards").filter(pk=bulletin_id)
    if not may_operate(actor_of(request)):
        rows = rows.filter(published_at__isnull=False)
    found: Bulletin | None = rows.first()
    if found is None:
        raise Http404
    return found


def _incident(request: HttpRequest) -> Incident | None:
    try:
        pk = UUID(request.GET.get("incident", ""))
    except ValueError:
        return None
    found: Incident | None = Incident.objects.visible_to(actor_of(request)).filter(pk=pk).first()
    return found


def _initial(incident: Incident | None) -> dict[str, Any]:
    now = clock.now()
    facts: dict[str, Any] = {"level": str(Level.MEDIUM), "valid_from": now, "valid_to": now + USUAL_LENGTH}
    if incident is not None:
        wards = [one.ward_code for one in incident.wards.all()]
        facts |= {"level": str(incident.level), "title_vi": incident.title, "wards": wards}
    return facts


def _as_form(bulletin: Bulletin) -> dict[str, Any]:
    names = (
        "version",
        "level",
        "title_vi",
        "text_vi",
        "title_en",
        "text_en",
        "valid_from",
        "valid_to",
        "is_whole_city",
    )
    facts = {name: getattr(bulletin, name) for name in names}
    return facts | {"wards": [one.ward_code for one in bulletin.wards.all()]}
