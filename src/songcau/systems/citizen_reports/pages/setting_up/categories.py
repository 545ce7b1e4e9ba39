"""Categories with their terms and questions."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.calendar.deadlines import Method
from songcau.foundation.shell.deeds import Deed, carry_out, posted
from songcau.foundation.shell.fields import UNCHOSEN
from songcau.foundation.shell.filters import Choice, Search
from songcau.foundation.shell.lists import Column, Listing, render_list
from songcau.systems.citizen_reports.actions import configuring
from songcau.systems.citizen_reports.actions.configuring import CategoryFacts
from songcau.systems.citizen_reports.models import Category
from songcau.systems.citizen_reports.pages.code_words import URGENCIES
from songcau.systems.citizen_reports.pages.listing import category_words
from songcau.systems.citizen_reports.pages.setting_up.questions import QuestionsField
from songcau.systems.citizen_reports.rules import Urgency

ANY = ["GET", "HEAD", "POST"]
METHODS = {
    Method.HOURS: gettext_lazy("working hours"),
    Method.DAYS: gettext_lazy("working days"),
    Method.CALENDAR_DAYS: gettext_lazy("calendar days"),
}
FIELDS = {
    "name": gettext_lazy("name"),
    "name_en": gettext_lazy("name in English"),
    "keywords": gettext_lazy("words by which it is found"),
    "questions": gettext_lazy("questions"),
    "term_amount": gettext_lazy("term"),
    "term_method": gettext_lazy("term"),
    "retired_on": gettext_lazy("retirement"),
}


def term_words(row: Category) -> str:
    return f"{row.term_amount} {METHODS.get(Method(row.term_method), row.term_method)}"


CATEGORIES = Listing(
    title=gettext_lazy("Categories of reports"),
    columns=(
        Column(
            "name",
            pgettext_lazy("a thing", "Name"),
            category_words,
            sort="name",
            link=lambda row: reverse("citizen_reports:category", args=[row.pk]),
        ),
        Column("code", gettext_lazy("Code"), lambda row: row.code, sort="code"),
        Column(
            "parent", pgettext_lazy("a category", "Under"), lambda row: category_words(row.parent) if row.parent else ""
        ),
        Column("urgency", gettext_lazy("Urgency"), lambda row: URGENCIES[row.urgency], sort="urgency"),
        Column("verify", gettext_lazy("Looked at within, hours"), lambda row: row.verify_hours, numeric=True),
        Column("term", gettext_lazy("Term"), term_words),
        Column("questions", gettext_lazy("Questions"), lambda row: len(row.questions), numeric=True),
        Column("public", pgettext_lazy("a category", "Published"), lambda row: row.is_public),
        Column("retired", gettext_lazy("Retired"), lambda row: row.retired_on, sort="retired_on"),
        Column("order", pgettext_lazy("a number", "Order"), lambda row: row.order, sort="order", numeric=True),
    ),
    filters=(
        Search(fields=("name", "name_en", "code", "keywords")),
        Choice(
            "use",
            gettext_lazy("In use"),
            (("yes", gettext_lazy("In use")), ("no", gettext_lazy("Retired"))),
            where=lambda code: Q(retired_on__isnull=code == "yes"),
        ),
    ),
    default_sort="order",
    file_name="linh-vuc-phan-anh",
)


class CategoryForm(forms.Form):
    """Names in both languages, how it is found, its limits, what is asked."""

    name = forms.CharField(label=pgettext_lazy("a thing", "Name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120)
    parent = forms.ChoiceField(label=pgettext_lazy("a category", "Under"), required=False)
    keywords = forms.CharField(
        label=gettext_lazy("Words by which it is found"),
        required=False,
        help_text=gettext_lazy("One phrase a line, as people say it; marks do not matter."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    urgency = forms.ChoiceField(
        label=gettext_lazy("Urgency"), choices=[(str(code), words) for code, words in URGENCIES.items()]
    )
    verify_hours = forms.IntegerField(
        label=gettext_lazy("The centre looks at it within so many working hours"), min_value=1, max_value=400
    )
    term_amount = forms.IntegerField(label=gettext_lazy("Term"), min_value=1, max_value=1000)
    term_method = forms.ChoiceField(
        label=gettext_lazy("The term is counted in"), choices=[(str(code), words) for code, words in METHODS.items()]
    )
    is_public = forms.BooleanField(label=gettext_lazy("May be published after moderation"), required=False)
    is_internal = forms.BooleanField(
        label=gettext_lazy("Internal: offered to nobody outside the city's offices"), required=False
    )
    near_homes = forms.BooleanField(
        label=gettext_lazy("Happens at homes: the published point is blurred"), required=False
    )
    needs_photo_after = forms.BooleanField(
        label=gettext_lazy("A picture of after is needed to resolve it"), required=False
    )
    order = forms.IntegerField(label=gettext_lazy("Order in lists"), min_value=0, max_value=30000)
    questions = QuestionsField(label=gettext_lazy("What is asked besides"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, category: Category | None = None) -> None:
        super().__init__(data, initial=_begins_with(category))
        rows = Category.objects.in_use().order_by("order", "code")
        if category is not None:
            rows = rows.exclude(pk=category.pk)
        self.fields["parent"].choices = [("", UNCHOSEN), *((one.code, category_words(one)) for one in rows)]  # type: ignore[attr-defined]

    def facts(self) -> CategoryFacts:
        values = self.cleaned_data
        named = {
            name: values[name]
            for name in ("name", "name_en", "parent", "keywords", "questions", "verify_hours", "term_amount", "order")
        }
        flags = {name: values[name] for name in ("is_public", "is_internal", "near_homes", "needs_photo_after")}
        urgency, method = Urgency(values["urgency"]), Method(values["term_method"])
        return CategoryFacts(**named, **flags, urgency=urgency, term_method=method)


class NewCategoryForm(CategoryForm):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("A–Z, 0–9 and _, such as STREET_LAMP. It never changes."),
    )
    field_order = ["code"]


class RetireForm(forms.Form):
    replaced_by = forms.ChoiceField(
        label=gettext_lazy("Reports written offline under it become"),
        required=False,
        help_text=gettext_lazy("Empty: the centre decides about each."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, category: Category) -> None:
        super().__init__(data, initial={"version": category.version})
        rows = Category.objects.in_use().exclude(pk=category.pk).order_by("order", "code")
        self.fields["replaced_by"].choices = [("", UNCHOSEN), *((one.code, category_words(one)) for one in rows)]  # type: ignore[attr-defined]


def _begins_with(category: Category | None) -> dict[str, Any]:
    if category is None:
        return {"verify_hours": 8, "term_amount": 5, "term_method": Method.DAYS, "is_public": True, "order": 100} | {
            "needs_photo_after": True
        }
    named = {name: getattr(category, name) for name in CategoryForm.base_fields if hasattr(category, name)}
    return named | {"parent": category.parent.code if category.parent else "", "version": category.version}


def _found(category_id: UUID) -> Category:
    found: Category | None = Category.objects.select_related("parent").filter(pk=category_id).first()
    if found is None:
        raise Http404
    return found


def _deed(title: str, submit: str, notice: str = "", *, danger: bool = False, here: str = "") -> Deed:
    page = reverse("citizen_reports:categories")
    return Deed(title, submit, page, notice, danger, ((CATEGORIES.title, page),), here or title, FIELDS)


@requires("citizen_reports.configure")
@require_GET
def categories(request: HttpRequest) -> HttpResponseBase:
    """The list."""
    rows = Category.objects.select_related("parent")
    return render_list(request, CATEGORIES, rows, template="citizen_reports/setting_up/categories.html")


@requires("citizen_reports.configure")
@require_http_methods(ANY)
def add(request: HttpRequest) -> HttpResponse:
    """A new one."""
    form = NewCategoryForm(posted(request))

    def act(values: Mapping[str, Any]) -> None:
        configuring.add_category(by=actor_of(request), code=values["code"], facts=form.facts())

    return carry_out(request, form, _deed(_("Add a category"), _("Add")), act, done=_("The category was added."))


@requires("citizen_reports.configure")
@require_http_methods(ANY)
def change(request: HttpRequest, category_id: UUID) -> HttpResponse:
    """Another name, term or question. Dates already promised stay."""
    category = _found(category_id)
    form = CategoryForm(posted(request), category=category)

    def act(values: Mapping[str, Any]) -> None:
        configuring.change_category(
            by=actor_of(request), category_id=category.pk, facts=form.facts(), version=values["version"]
        )

    deed = _deed(category_words(category), _("Save"), _("Dates that were promised already stay as they are."))
    return carry_out(
        request,
        form,
        deed,
        act,
        done=_("Saved."),
        facts={"category": category},
        template="citizen_reports/setting_up/category.html",
    )


@requires("citizen_reports.configure")
@require_http_methods(ANY)
def retire(request: HttpRequest, category_id: UUID) -> HttpResponse:
    """Offer it no more; reports keep it."""
    category = _found(category_id)

    def act(values: Mapping[str, Any]) -> None:
        configuring.retire_category(
            by=actor_of(request),
            category_id=category.pk,
            replaced_by=values["replaced_by"],
            version=values["version"],
        )

    title = _("Retire %(name)s?") % {"name": category_words(category)}
    notice = _("It is offered no more. Reports of it keep it, and it is never deleted.")
    deed = _deed(title, _("Retire"), notice, danger=True)
    return carry_out(request, RetireForm(posted(request), category=category), deed, act, done=_("Retired."))
