"""The list of alert rules, one rule with its preview beside it, its versions, switching it on and off."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.shell.deeds import Deed, carry_out, posted
from songcau.foundation.shell.fields import ReasonForm
from songcau.foundation.shell.filters import Choice, Search
from songcau.foundation.shell.lists import Column, Listing, render_list
from songcau.systems.incidents.actions.alert_rules import add_rule, change_rule, switch_rule
from songcau.systems.incidents.actions.alert_rules.usual import usual_rules
from songcau.systems.incidents.models import AlertRule, AlertRuleVersion
from songcau.systems.incidents.pages.alert_rules import words
from songcau.systems.incidents.pages.alert_rules.forms import (
    AbsenceForm,
    CountForm,
    DeviationForm,
    RateForm,
    RuleForm,
    StateForm,
    ThresholdForm,
)
from songcau.systems.incidents.pages.alert_rules.joined import AllForm
from songcau.systems.incidents.pages.code_words import LEVELS, in_language
from songcau.systems.incidents.rules.alert_rules import All, read_condition

ANY = ["GET", "HEAD", "POST"]
PREVIEW_DAYS = (7, 30, 90)
FORMS: dict[str, type[RuleForm]] = {
    one.kind: one for one in (ThresholdForm, RateForm, AbsenceForm, DeviationForm, StateForm, CountForm, AllForm)
}


def rule_words(row: AlertRule) -> str:
    return in_language(row.name_vi, row.name_en)


def condition_words(row: AlertRule) -> str:
    return words.sentence(read_condition(row.condition))


RULES = Listing(
    title=gettext_lazy("Alert rules"),
    columns=(
        Column(
            "name",
            pgettext_lazy("a thing", "Name"),
            rule_words,
            sort="name_vi",
            link=lambda row: reverse("incidents:alert_rule", args=[row.pk]),
        ),
        Column(
            "level",
            pgettext_lazy("how serious", "Level"),
            lambda row: LEVELS[row.level],
            template="incidents/alert_rules/level.html",
        ),
        Column("condition", gettext_lazy("Fires when"), condition_words),
        Column(
            "owner",
            gettext_lazy("In charge"),
            lambda row: row.owner_agency.name if row.owner_agency else pgettext("an agency", "Operations centre"),
            sort="owner_agency__name",
        ),
        Column("due", gettext_lazy("Minutes to act"), lambda row: row.due_minutes, sort="due_minutes", numeric=True),
        Column("enabled", gettext_lazy("In use"), lambda row: row.enabled, sort="enabled"),
        Column("code", gettext_lazy("Code"), lambda row: row.code, sort="code", only_in_files=True),
        Column("changed", gettext_lazy("Changed"), lambda row: row.changed_at, sort="changed_at", only_in_files=True),
    ),
    filters=(
        Search(fields=("name_vi", "name_en", "code")),
        Choice(
            "level",
            pgettext_lazy("how serious", "Level"),
            tuple((str(code), said) for code, said in LEVELS.items()),
            where=lambda code: Q(level=code),
        ),
        Choice(
            "use",
            gettext_lazy("In use"),
            (("yes", gettext_lazy("In use")), ("no", gettext_lazy("Switched off"))),
            where=lambda code: Q(enabled=code == "yes"),
        ),
    ),
    default_sort="code",
    file_name="quy-tac-canh-bao",
    empty_title=gettext_lazy("No alert rule yet"),
    empty_text=gettext_lazy("Without rules nothing in the live city raises an alert by itself."),
)


class SwitchForm(ReasonForm):
    version = forms.IntegerField(widget=forms.HiddenInput)


@requires("incidents.view")
@require_GET
def rules(request: HttpRequest) -> HttpResponseBase:
    """The list."""
    rows = AlertRule.objects.select_related("owner_agency")
    return render_list(request, RULES, rows, template="incidents/alert_rules/rules.html")


@requires("incidents.operate")
@require_GET
def kinds(request: HttpRequest) -> HttpResponse:
    """What kind of condition a new rule is to have."""
    offered = [(code, said, words.KIND_HINTS[code]) for code, said in words.KINDS.items()]
    return render(request, "incidents/alert_rules/kinds.html", {"kinds": offered, "crumbs": _crumbs()})


@requires("incidents.operate")
@require_http_methods(ANY)
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """A new one."""
    if kind not in FORMS:
        raise Http404
    form = FORMS[kind](posted(request))

    def act(values: Mapping[str, Any]) -> None:
        add_rule(by=actor_of(request), code=values["code"], draft=form.draft(enabled=True), reason=values["reason"])

    deed = _deed(_("New alert rule: %(kind)s") % {"kind": words.KINDS[kind]}, _("Add"))
    facts = _facts_for(kind, None)
    template = "incidents/alert_rules/rule.html"
    return carry_out(request, form, deed, act, done=_("The rule was added."), facts=facts, template=template)


@requires("incidents.operate")
@require_http_methods(ANY)
def rule(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """One rule: its form, and what it would have done."""
    row = found(rule_id)
    form = FORMS[row.condition["kind"]](posted(request), rule=row)

    def act(values: Mapping[str, Any]) -> None:
        change_rule(
            by=actor_of(request),
            rule_id=row.pk,
            draft=form.draft(enabled=row.enabled),
            reason=values["reason"],
            version=values["version"],
        )

    deed = _deed(rule_words(row), _("Save"))
    facts = _facts_for(row.condition["kind"], row)
    template = "incidents/alert_rules/rule.html"
    return carry_out(request, form, deed, act, done=_("Saved."), facts=facts, template=template)


@requires("incidents.operate")
@require_http_methods(ANY)
def switch(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """On or off."""
    row = found(rule_id)
    form = SwitchForm(posted(request), initial={"version": row.version})

    def act(values: Mapping[str, Any]) -> None:
        switch_rule(
            by=actor_of(request),
            rule_id=row.pk,
            enabled=not row.enabled,
            reason=values["reason"],
            version=values["version"],
        )

    named = {"name": rule_words(row)}
    if row.enabled:
        notice = _("It raises nothing any more; what stands by it is noted as gone, and still has to be closed.")
        deed = _deed(_("Switch off: %(name)s") % named, pgettext("a rule", "Switch off"), notice, danger=True)
    else:
        deed = _deed(_("Switch on: %(name)s") % named, pgettext("a rule", "Switch on"))
    return carry_out(request, form, deed, act, done=_("Saved."), then=reverse("incidents:alert_rule", args=[row.pk]))


@requires("incidents.view")
@require_GET
def versions(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """How the rule came to be as it is."""
    row = found(rule_id)
    shown = [_shown(one) for one in AlertRuleVersion.objects.filter(rule=row)]
    crumbs = (*_crumbs(), (rule_words(row), reverse("incidents:alert_rule", args=[row.pk])))
    facts = {"rule": row, "name": rule_words(row), "versions": shown, "crumbs": crumbs}
    return render(request, "incidents/alert_rules/versions.html", facts)


def _shown(version: AlertRuleVersion) -> dict[str, Any]:
    document = version.document
    return {
        "version": version,
        "condition": words.sentence(read_condition(document["condition"])),
        "level": LEVELS[document["level"]],
        "enabled": document["enabled"],
    }


def found(rule_id: UUID) -> AlertRule:
    """Raises Http404."""
    row: AlertRule | None = AlertRule.objects.select_related("owner_agency").filter(pk=rule_id).first()
    if row is None:
        raise Http404
    return row


def _crumbs() -> tuple[tuple[Any, str], ...]:
    return ((RULES.title, reverse("incidents:alert_rules")),)


def _deed(title: str, submit: str, notice: str = "", *, danger: bool = False) -> Deed:
    return Deed(title, submit, reverse("incidents:alert_rules"), notice, danger, _crumbs(), title, words.FIELDS)


def _facts_for(kind: str, row: AlertRule | None) -> dict[str, Any]:
    """What stands beside the form."""
    rows = row.refused.order_by("-last_at") if row is not None else ()
    refused = [{"words": words.REFUSED.get(one.why, one.why), "row": one} for one in rows]
    types, attributes = offered_names()
    return {
        "kind": kind,
        "rule": row,
        "kind_words": words.KINDS[kind],
        "kind_hint": words.KIND_HINTS[kind],
        "refused": refused,
        "days": PREVIEW_DAYS,
        "preview_at": reverse("incidents:alert_rule_preview", args=[kind]),
        "types": types,
        "attributes": attributes,
    }


def offered_names() -> tuple[list[str], list[str]]:
    """Types and attributes that rules name, to choose from while typing."""
    documents = [draft.condition for draft in usual_rules().values()]
    documents += AlertRule.objects.values_list("condition", flat=True)
    types, attributes = set(), set()
    for document in documents:
        condition = read_condition(document)
        for leaf in [one.condition for one in condition.parts] if isinstance(condition, All) else [condition]:
            types.add(leaf.type)
            attributes.add(leaf.attribute)
    return sorted(types), sorted(attributes)
