"""Outside bodies, and standard answers."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.shell.deeds import Confirmation, Deed, carry_out, posted
from songcau.foundation.shell.lists import Column, Listing, render_list
from songcau.systems.citizen_reports.actions import configuring
from songcau.systems.citizen_reports.models import AnswerTemplate, Jurisdiction, OutsideBody
from songcau.systems.citizen_reports.pages.code_words import BODIES
from songcau.systems.citizen_reports.pages.fields import CategoryChoice, text_field, unit_field
from songcau.systems.citizen_reports.pages.listing import category_words
from songcau.systems.citizen_reports.rules import BodyKind

ANY = ["GET", "HEAD", "POST"]
OUTSIDE = Listing(
    title=gettext_lazy("Outside bodies"),
    columns=(
        Column(
            "name",
            pgettext_lazy("a thing", "Name"),
            lambda row: row.agency.name,
            sort="agency__name",
            link=lambda row: reverse("citizen_reports:body", args=[row.pk]),
        ),
        Column("kind", gettext_lazy("Kind"), lambda row: BODIES[row.kind], sort="kind"),
        Column("hotline", gettext_lazy("Hotline"), lambda row: row.hotline),
        Column(
            "open311",
            gettext_lazy("Gets reports by Open311"),
            lambda row: row.jurisdiction.name if row.jurisdiction else "",
        ),
    ),
    default_sort="name",
    file_name="don-vi-ngoai",
    empty_title=gettext_lazy("No outside body yet"),
    empty_text=gettext_lazy("Power, water and telecommunications are in the hands of companies of their own."),
)
TEMPLATES = Listing(
    title=gettext_lazy("Standard answers"),
    columns=(
        Column(
            "name",
            pgettext_lazy("a thing", "Name"),
            lambda row: row.name,
            sort="name",
            link=lambda row: reverse("citizen_reports:template", args=[row.pk]),
        ),
        Column("text", gettext_lazy("Text"), lambda row: row.text),
        Column("category", gettext_lazy("Category"), lambda row: category_words(row.category) if row.category else ""),
        Column("order", pgettext_lazy("a number", "Order"), lambda row: row.order, sort="order", numeric=True),
        Column("retired", gettext_lazy("Retired"), lambda row: row.retired_on, sort="retired_on"),
    ),
    default_sort="order",
    file_name="van-ban-mau",
    empty_title=gettext_lazy("No standard answer yet"),
)


class BodyForm(forms.Form):
    agency = unit_field(gettext_lazy("Agency"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[(str(code), words) for code, words in BODIES.items()])
    hotline = forms.CharField(label=gettext_lazy("Hotline"), required=False, max_length=30)
    jurisdiction = forms.ModelChoiceField(
        label=gettext_lazy("Gets reports by Open311"), queryset=Jurisdiction.objects.all(), required=False
    )


class TemplateForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("a thing", "Name"), max_length=120)
    text = text_field(
        gettext_lazy("Text"),
        rows=6,
        limit=2000,
        hint=gettext_lazy("{code}, {category}, {ward}, {agency} and {due} are filled in."),
    )
    category = CategoryChoice(required=False)
    order = forms.IntegerField(label=pgettext_lazy("a number", "Order"), min_value=0, max_value=30000)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["category"].offer()  # type: ignore[attr-defined]


def _deed(listing: Listing, name: str, title: Any, submit: Any, *, danger: bool = False) -> Deed:
    page = reverse(f"citizen_reports:{name}")
    return Deed(title, submit, page, danger=danger, crumbs=((listing.title, page),), here=title)


@requires("citizen_reports.configure")
@require_GET
def bodies(request: HttpRequest) -> HttpResponseBase:
    """The list of outside bodies."""
    rows = OutsideBody.objects.select_related("agency", "jurisdiction")
    extra = {"add": reverse("citizen_reports:body_add"), "add_words": _("Add an outside body")}
    return render_list(request, OUTSIDE, rows, template="citizen_reports/setting_up/list.html", extra=extra)


@requires("citizen_reports.configure")
@require_http_methods(ANY)
def body_add(request: HttpRequest) -> HttpResponse:
    """Say that an agency is none of the city's."""
    return _body(request, None)


@requires("citizen_reports.configure")
@require_http_methods(ANY)
def body(request: HttpRequest, body_id: UUID) -> HttpResponse:
    """Another hotline, or another way to reach it."""
    found = OutsideBody.objects.select_related("agency").filter(pk=body_id).first()
    if found is None:
        raise Http404
    return _body(request, found)


def _body(request: HttpRequest, row: OutsideBody | None) -> HttpResponse:
    initial = (
        {"agency": row.agency_id, "kind": row.kind, "hotline": row.hotline, "jurisdiction": row.jurisdiction_id}
        if row
        else {}
    )

    def act(values: Mapping[str, Any]) -> None:
        configuring.set_outside_body(
            by=actor_of(request),
            agency_id=values["agency"].pk,
            kind=BodyKind(values["kind"]),
            hotline=values["hotline"],
            jurisdiction_id=values["jurisdiction"].pk if values["jurisdiction"] else None,
            body_id=row.pk if row else None,
        )

    deed = _deed(OUTSIDE, "bodies", row.agency.name if row else _("Add an outside body"), _("Save"))
    return carry_out(request, BodyForm(posted(request), initial=initial), deed, act, done=_("Saved."))


@requires("citizen_reports.configure")
@require_GET
def templates(request: HttpRequest) -> HttpResponseBase:
    """The list of standard answers."""
    rows = AnswerTemplate.objects.select_related("category")
    extra = {"add": reverse("citizen_reports:template_add"), "add_words": _("Add a standard answer")}
    return render_list(request, TEMPLATES, rows, template="citizen_reports/setting_up/list.html", extra=extra)


@requires("citizen_reports.configure")
@require_http_methods(ANY)
def template_add(request: HttpRequest) -> HttpResponse:
    """A new standard answer."""
    return _template(request, None)


@requires("citizen_reports.configure")
@require_http_methods(ANY)
def template(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """Another text."""
    return _template(request, _found(template_id))


def _found(template_id: UUID) -> AnswerTemplate:
    found: AnswerTemplate | None = (
        AnswerTemplate.objects.select_related("category").filter(pk=template_id, retired_on=None).first()
    )
    if found is None:
        raise Http404
    return found


def _template(request: HttpRequest, row: AnswerTemplate | None) -> HttpResponse:
    initial: dict[str, Any] = {"order": 100}
    if row is not None:
        initial = {"name": row.name, "text": row.text, "category": row.category_id, "order": row.order}

    def act(values: Mapping[str, Any]) -> None:
        configuring.set_template(
            by=actor_of(request),
            name=values["name"],
            text=values["text"],
            category=values["category"].code if values["category"] else "",
            order=values["order"],
            template_id=row.pk if row else None,
        )

    deed = _deed(TEMPLATES, "templates", row.name if row else _("Add a standard answer"), _("Save"))
    return carry_out(
        request,
        TemplateForm(posted(request), initial=initial),
        deed,
        act,
        done=_("Saved."),
        facts={"row": row},
        template="citizen_reports/setting_up/template.html",
    )


@requires("citizen_reports.configure")
@require_http_methods(ANY)
def template_retire(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """Offer it no more."""
    row = _found(template_id)
    title = _("Retire “%(name)s”?") % {"name": row.name}
    return carry_out(
        request,
        Confirmation(posted(request)),
        _deed(TEMPLATES, "templates", title, _("Retire"), danger=True),
        lambda _values: configuring.retire_template(by=actor_of(request), template_id=row.pk),
        done=_("Retired."),
    )
