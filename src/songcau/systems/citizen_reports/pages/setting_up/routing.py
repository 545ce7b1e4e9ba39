"""Who gets what: rules by category, ward and hours, and who would get a report now."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.places.queries import units
from songcau.foundation.places.rules import Level
from songcau.foundation.shell.deeds import Confirmation, Deed, carry_out, posted
from songcau.foundation.shell.fields import UNCHOSEN
from songcau.foundation.shell.lists import Column, Listing, render_list
from songcau.kernel import clock
from songcau.systems.citizen_reports.actions import configuring
from songcau.systems.citizen_reports.models import Category, RoutingRule
from songcau.systems.citizen_reports.pages.code_words import HOURS
from songcau.systems.citizen_reports.pages.fields import unit_field, ward_choices
from songcau.systems.citizen_reports.pages.listing import category_words
from songcau.systems.citizen_reports.queries.placing import placed
from songcau.systems.citizen_reports.queries.routing import agency_for
from songcau.systems.citizen_reports.queries.terms import centre, is_office_time
from songcau.systems.citizen_reports.rules import OfficeTime

ANY = ["GET", "HEAD", "POST"]


def _ward_name(row: Any) -> object:
    return row.ward_name or row.ward_code or _("any ward")


def _rows() -> QuerySet[RoutingRule]:
    of_ward = units(Level.WARD, clock.today()).filter(code=OuterRef("ward_code")).values("short_name")[:1]
    return RoutingRule.objects.select_related("category", "agency").annotate(ward_name=Subquery(of_ward))


ROUTING = Listing(
    title=gettext_lazy("Who gets what"),
    columns=(
        Column(
            "category",
            gettext_lazy("Category"),
            lambda row: category_words(row.category) if row.category else _("any category"),
            sort="category__name",
            link=lambda row: reverse("citizen_reports:rule", args=[row.pk]),
        ),
        Column("ward", gettext_lazy("Ward"), _ward_name, sort="ward_code"),
        Column("hours", gettext_lazy("When"), lambda row: HOURS[row.hours], sort="hours"),
        Column("unit", gettext_lazy("Unit"), lambda row: row.agency.name, sort="agency__name"),
        Column("order", pgettext_lazy("a number", "Order"), lambda row: row.order, sort="order", numeric=True),
    ),
    default_sort="order",
    file_name="quy-tac-phan-cong",
    empty_title=gettext_lazy("No rule yet"),
    empty_text=gettext_lazy("Without rules the centre chooses the unit of every report by hand."),
)


def _category_choices(any_words: Any) -> list[tuple[str, Any]]:
    rows = Category.objects.in_use().order_by("order", "code")
    return [("", any_words), *((one.code, category_words(one)) for one in rows)]


class RuleForm(forms.Form):
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    ward = forms.ChoiceField(label=gettext_lazy("Ward"), required=False)
    hours = forms.ChoiceField(label=gettext_lazy("When"), choices=[(str(code), words) for code, words in HOURS.items()])
    agency = unit_field(gettext_lazy("Unit that gets it"))
    order = forms.IntegerField(
        label=pgettext_lazy("a number", "Order"),
        min_value=0,
        max_value=30000,
        help_text=gettext_lazy("Between two rules that fit equally well the lower one holds."),
    )

    def __init__(self, data: Any = None, *, rule: RoutingRule | None = None) -> None:
        super().__init__(data, initial=_begins_with(rule))
        self.fields["category"].choices = _category_choices(_("any category"))  # type: ignore[attr-defined]
        self.fields["ward"].choices = [("", _("any ward")), *ward_choices()[1:]]  # type: ignore[attr-defined]


class WhoForm(forms.Form):
    """A made-up report."""

    category = forms.ChoiceField(label=gettext_lazy("Category"))
    ward = forms.ChoiceField(label=gettext_lazy("Ward"), required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["category"].choices = _category_choices(UNCHOSEN)  # type: ignore[attr-defined]
        self.fields["ward"].choices = ward_choices()  # type: ignore[attr-defined]


def _begins_with(rule: RoutingRule | None) -> dict[str, Any]:
    if rule is None:
        return {"hours": OfficeTime.ANY, "order": 100}
    category = rule.category.code if rule.category else ""
    return {
        "category": category,
        "ward": rule.ward_code,
        "hours": rule.hours,
        "agency": rule.agency_id,
        "order": rule.order,
    }


@requires("citizen_reports.configure")
@require_GET
def rules(request: HttpRequest) -> HttpResponseBase:
    """The rules, and above them the question who would get a report that came now."""
    asks = "category" in request.GET
    form = WhoForm(request.GET if asks else None)
    now = clock.now()
    extra: dict[str, Any] = {"who": form, "asked": False, "office_time": is_office_time(now, centre()), "now": now}
    if asks and form.is_valid():
        ward = form.cleaned_data["ward"]
        category = Category.objects.get(code=form.cleaned_data["category"])
        agency = agency_for(category, ward, now, placed(None, None, ward, clock.today()))
        extra |= {"asked": True, "agency": agency}
    return render_list(request, ROUTING, _rows(), template="citizen_reports/setting_up/routing.html", extra=extra)


def _deed(title: str, submit: str, notice: str = "", *, danger: bool = False) -> Deed:
    page = reverse("citizen_reports:routing")
    return Deed(title, submit, page, notice, danger, ((ROUTING.title, page),), title)


def _found(rule_id: UUID) -> RoutingRule:
    found: RoutingRule | None = RoutingRule.objects.select_related("category", "agency").filter(pk=rule_id).first()
    if found is None:
        raise Http404
    return found


def _set(request: HttpRequest, rule: RoutingRule | None) -> HttpResponse:
    def act(values: Mapping[str, Any]) -> None:
        configuring.set_routing_rule(
            by=actor_of(request),
            agency_id=values["agency"].pk,
            category=values["category"],
            ward_code=values["ward"],
            hours=OfficeTime(values["hours"]),
            order=values["order"],
            rule_id=rule.pk if rule else None,
        )

    notice = _("The closest fit holds: category with ward and hours, category with ward, category, then ward.")
    deed = _deed(_("Change a rule") if rule else _("Add a rule"), _("Save"), notice)
    return carry_out(
        request,
        RuleForm(posted(request), rule=rule),
        deed,
        act,
        done=_("Saved."),
        facts={"rule": rule},
        template="citizen_reports/setting_up/rule.html",
    )


@requires("citizen_reports.configure")
@require_http_methods(ANY)
def add(request: HttpRequest) -> HttpResponse:
    """A new rule."""
    return _set(request, None)


@requires("citizen_reports.configure")
@require_http_methods(ANY)
def change(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """Another unit, ward or time."""
    return _set(request, _found(rule_id))


@requires("citizen_reports.configure")
@require_http_methods(ANY)
def remove(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """A rule that holds no more. What was assigned by it stays."""
    rule = _found(rule_id)
    deed = _deed(_("Remove this rule?"), _("Remove"), _("What was assigned by it stays where it is."), danger=True)
    return carry_out(
        request,
        Confirmation(posted(request)),
        deed,
        lambda _values: configuring.remove_routing_rule(by=actor_of(request), rule_id=rule.pk),
        done=_("Removed."),
    )
