"""What a city sets up: categories, who gets what, outside bodies, standard answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, models, transaction

from songcau.foundation.accounts.models import Agency
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.calendar.deadlines import Method
from songcau.foundation.calendar.queries import local
from songcau.foundation.outbox.actions import announce
from songcau.foundation.places.queries import unit_by_code
from songcau.foundation.places.rules import Level
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.kernel.text import normal, plain
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions.record import require_words
from songcau.systems.citizen_reports.events import SetUpChanged
from songcau.systems.citizen_reports.models import AnswerTemplate, Category, OutsideBody, RoutingRule
from songcau.systems.citizen_reports.models.configuration import CATEGORY_CODE
from songcau.systems.citizen_reports.permissions import require_configure
from songcau.systems.citizen_reports.rules import BodyKind, OfficeTime, Urgency

Row = TypeVar("Row", bound=models.Model)
NAME_LIMIT = 120
TEMPLATE_LIMIT = rules.CLOSING_LIMIT
KEYWORDS_LIMIT = 4000
MOST_VERIFY_HOURS = 400
LAST_PLACE = 9999


class SetUpUnknown(Refused):
    """What was to be changed is not there (any more)."""

    code = "REPORT_SET_UP_UNKNOWN"


class SetUpNameMissing(Refused):
    """It needs a name of at most `limit` characters, in Vietnamese and in English where both are asked."""

    code = "REPORT_SET_UP_NAME_MISSING"


class CategoryCodeUnfit(Refused):
    """2 to 40 of A–Z, 0–9 and underscore, beginning with a letter; and used by no other."""

    code = "CATEGORY_CODE_UNFIT"


class CategoryLoop(Refused):
    """It would stand under itself, or be replaced by itself or by one that is retired."""

    code = "CATEGORY_LOOP"


class CategoryHasChildren(Refused):
    """Others that are in use stand under it."""

    code = "CATEGORY_HAS_CHILDREN"


class CategoryRetired(Refused):
    code = "CATEGORY_RETIRED"
    conflict = True


class SetUpTwice(Refused):
    """The same is set up already."""

    code = "REPORT_SET_UP_TWICE"


class WardUnknown(Refused):
    """No ward of the city has this code."""

    code = "REPORT_WARD_UNKNOWN"


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    """What of a category can be changed; its code cannot. Fields as in `models.Category`; `parent` is a code."""

    name: str
    name_en: str
    parent: str = ""
    keywords: str = ""
    questions: list[dict[str, Any]] = field(default_factory=list)
    urgency: Urgency = Urgency.NORMAL
    verify_hours: int = 8
    term_method: Method = Method.DAYS
    term_amount: int = 5
    is_public: bool = True
    is_internal: bool = False
    near_homes: bool = False
    needs_photo_after: bool = True
    order: int = 100


@transaction.atomic
def add_category(*, by: Actor, code: str, facts: CategoryFacts) -> Category:
    """Raises NotYours, CategoryCodeUnfit, and what `change_category` raises for its facts."""
    require_configure(by)
    return written_category(by, code, facts)


def written_category(by: Actor, code: str, facts: CategoryFacts) -> Category:
    """A new category, for who has asked already whether `by` may."""
    if not re.fullmatch(CATEGORY_CODE, code) or Category.objects.filter(code=code).exists():
        raise CategoryCodeUnfit
    category = Category(code=code, **_values(facts, None))
    category.save(force_insert=True)
    _tell(by, "add_category", category, code=code)
    return category


@transaction.atomic
def change_category(*, by: Actor, category_id: UUID, facts: CategoryFacts, version: int | None = None) -> Category:
    """Raises NotYours, SetUpUnknown, ChangedMeanwhile, CategoryRetired, SetUpNameMissing, CategoryLoop, QuestionsUnfit,
    TermMethodUnfit, VerifyHoursUnfit, the refusals of `calendar.deadlines.Term`.
    """
    require_configure(by)
    category = _locked_category(category_id, version)
    changed = category.take(_values(facts, category))
    if changed:
        category.save()
        _tell(by, "change_category", category, code=category.code, changed=sorted(changed))
    return category


@transaction.atomic
def retire_category(*, by: Actor, category_id: UUID, replaced_by: str = "", version: int | None = None) -> Category:
    """Offer it no more; reports keep it, and drafts that still name it become those of `replaced_by` (a code).

    Raises NotYours, SetUpUnknown, ChangedMeanwhile, CategoryRetired, CategoryHasChildren, CategoryLoop.
    """
    require_configure(by)
    category = _locked_category(category_id, version)
    if category.children.filter(retired_on=None).exists():
        raise CategoryHasChildren
    heir = _category(replaced_by) if replaced_by else None
    if heir is not None and heir.pk == category.pk:
        raise CategoryLoop
    category.take({"retired_on": local(clock.now()).date(), "replaced_by": heir})
    category.save()
    _tell(by, "retire_category", category, code=category.code, replaced_by=replaced_by)
    return category


@transaction.atomic
def set_routing_rule(
    *,
    by: Actor,
    agency_id: UUID,
    category: str = "",
    ward_code: str = "",
    hours: OfficeTime = OfficeTime.ANY,
    order: int = 100,
    rule_id: UUID | None = None,
) -> RoutingRule:
    """Add a rule, or change the one of that id. Raises NotYours, SetUpUnknown, WardUnknown, SetUpTwice."""
    require_configure(by)
    rule = _found(RoutingRule, rule_id)
    values = {
        "agency": _agency(agency_id),
        "category": _category(category) if category else None,
        "ward_code": _ward(ward_code),
        "hours": hours,
        "order": _order(order),
    }
    _store(by, "set_routing_rule", rule, values)
    return rule


@transaction.atomic
def remove_routing_rule(*, by: Actor, rule_id: UUID) -> None:
    """Raises NotYours, SetUpUnknown."""
    require_configure(by)
    rule = RoutingRule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None:
        raise SetUpUnknown
    _tell(by, "remove_routing_rule", rule, agency=str(rule.agency_id), ward=rule.ward_code)
    rule.delete()


@transaction.atomic
def set_outside_body(
    *,
    by: Actor,
    agency_id: UUID,
    kind: BodyKind,
    hotline: str = "",
    jurisdiction_id: UUID | None = None,
    body_id: UUID | None = None,
) -> OutsideBody:
    """Say that an agency is none of the city's: power, water, telecom. Raises NotYours, SetUpUnknown, SetUpTwice."""
    require_configure(by)
    body = _found(OutsideBody, body_id)
    values = {
        "agency": _agency(agency_id),
        "kind": kind,
        "hotline": normal(hotline)[:30],
        "jurisdiction_id": jurisdiction_id,
    }
    _store(by, "set_outside_body", body, values)
    return body


@transaction.atomic
def set_template(
    *, by: Actor, name: str, text: str, category: str = "", order: int = 100, template_id: UUID | None = None
) -> AnswerTemplate:
    """Add a standard text, or change one. Raises NotYours, SetUpUnknown, SetUpNameMissing, SetUpTwice,
    ReportWordsMissing, ReportWordsTooLong.
    """
    require_configure(by)
    template = _found(AnswerTemplate, template_id)
    values = {
        "name": _name(name),
        "text": require_words(text, TEMPLATE_LIMIT),
        "category": _category(category) if category else None,
        "order": _order(order),
    }
    _store(by, "set_template", template, values)
    return template


@transaction.atomic
def retire_template(*, by: Actor, template_id: UUID) -> None:
    """Offer it no more. Raises NotYours, SetUpUnknown."""
    require_configure(by)
    template = AnswerTemplate.objects.select_for_update().filter(pk=template_id).first()
    if template is None:
        raise SetUpUnknown
    template.retired_on = local(clock.now()).date()
    template.save()
    _tell(by, "retire_template", template, name=template.name)


def _values(facts: CategoryFacts, category: Category | None) -> dict[str, object]:
    rules.checked_questions(facts.questions)
    term = rules.term_of(facts.term_method, facts.term_amount)
    rules.verify_hours(facts.urgency, facts.verify_hours)
    if facts.verify_hours > MOST_VERIFY_HOURS:
        raise rules.VerifyHoursUnfit
    parent = _category(facts.parent) if facts.parent else None
    above = parent
    while above is not None:
        if category is not None and above.pk == category.pk:
            raise CategoryLoop
        above = above.parent
    return {
        "name": _name(facts.name),
        "name_en": _name(facts.name_en),
        "parent": parent,
        "keywords": plain(facts.keywords).strip()[:KEYWORDS_LIMIT],
        "questions": facts.questions,
        "urgency": facts.urgency,
        "verify_hours": facts.verify_hours,
        "term_method": term.method,
        "term_amount": facts.term_amount,
        "is_public": facts.is_public,
        "is_internal": facts.is_internal,
        "near_homes": facts.near_homes,
        "needs_photo_after": facts.needs_photo_after,
        "order": _order(facts.order),
    }


def _locked_category(category_id: UUID, version: int | None) -> Category:
    category: Category | None = Category.objects.select_for_update().filter(pk=category_id).first()
    if category is None:
        raise SetUpUnknown
    if version is not None:
        category.require_unchanged(version)
    if category.retired_on is not None:
        raise CategoryRetired
    return category


def _category(code: str) -> Category:
    found: Category | None = Category.objects.in_use().filter(code=code).first()
    if found is None:
        raise SetUpUnknown
    return found


def _agency(agency_id: UUID) -> Agency:
    found: Agency | None = Agency.objects.still_open().filter(pk=agency_id).first()
    if found is None:
        raise SetUpUnknown
    return found


def _ward(code: str) -> str:
    if code and unit_by_code(code, Level.WARD, local(clock.now()).date()) is None:
        raise WardUnknown
    return code


def _order(place: int) -> int:
    """Where it stands in lists; beyond the last place is the last place."""
    return min(max(place, 0), LAST_PLACE)


def _name(text: str) -> str:
    said = normal(text)
    if not said or len(said) > NAME_LIMIT:
        raise SetUpNameMissing(limit=NAME_LIMIT)
    return said


def _found(table: type[Row], row_id: UUID | None) -> Row:
    """A new row, or the one of that id, held until the commit."""
    row = table() if row_id is None else table._default_manager.select_for_update().filter(pk=row_id).first()
    if row is None:
        raise SetUpUnknown
    return row


def _store(by: Actor, what: str, row: models.Model, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise SetUpTwice from None
    _tell(by, what, row, **{name: str(value) for name, value in values.items() if name != "text"})


def _tell(by: Actor, what: str, row: models.Model, **details: object) -> None:
    kind = row._meta.model_name
    subject = f"citizen_reports.{kind}:{row.pk}"
    record_entry(by=by, action=f"citizen_reports.{what}", subject=subject, details=details)
    announce(SetUpChanged(str(kind), row.pk), subject=subject, by=by)
