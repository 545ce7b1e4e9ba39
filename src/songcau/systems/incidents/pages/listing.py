"""The lists: alerts, incidents, bulletins, shifts, playbooks. What stands in a line, and by what it is filtered."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from songcau.foundation.accounts.models import Agency
from songcau.foundation.shell.filters import Choice, DateRange, Filter, Pairs, Search
from songcau.foundation.shell.lists import Column, Listing
from songcau.kernel import clock
from songcau.systems.incidents.models import Alert, Bulletin, Incident, Playbook, Shift
from songcau.systems.incidents.pages import code_words
from songcau.systems.incidents.pages.code_words import Words, in_language
from songcau.systems.incidents.pages.fields import ward_pairs
from songcau.systems.incidents.queries import alerts as alert_queries
from songcau.systems.incidents.queries import incidents as incident_queries

NONE = "none"
MOST_COUNTED = 10_000
CELLS = "incidents/cells"


def pairs_of(table: Any) -> Pairs:
    return [(str(code), words) for code, words in table.items()]


def alert_address(row: Alert) -> str:
    return reverse("incidents:alert", args=[row.pk])


def alert_name(row: Alert) -> str:
    return in_language(row.name_vi, row.name_en)


def incident_address(row: Incident) -> str:
    return reverse("incidents:incident", args=[row.pk])


def _agencies() -> Pairs:
    rows = Agency.objects.filter(pk__in=Alert.objects.order_by().values("owner_agency").distinct())
    return [*((str(one.pk), one.name) for one in rows.order_by("order_key")), (NONE, _("The operations centre"))]


def _owner_is(code: str) -> Q:
    return Q(owner_agency__isnull=True) if code == NONE else Q(owner_agency=code)


def _rules() -> Pairs:
    rows = Alert.objects.order_by("rule_code").values_list("rule_id", "rule_code", "name_vi").distinct()[:300]
    return [(str(pk), f"{name} ({code})" if code else name) for pk, code, name in rows]


LEVEL = Choice("level", pgettext_lazy("how serious", "Level"), pairs_of(code_words.LEVELS))
STANDING = Choice(
    "standing",
    _("How it stands"),
    pairs_of(code_words.STANDINGS),
    where=lambda code: alert_queries.STANDINGS[code](clock.now()),
)


def _wards() -> Pairs:
    return [(code, name) for code, name in ward_pairs()]


WARD = Choice("ward", _("Ward"), _wards, field="ward_code")
ALERT_FILTERS: tuple[Filter, ...] = (
    Search(folded_fields=("search_key",), hint=_("Alert, place, ward; also without marks")),
    LEVEL,
    STANDING,
    WARD,
    Choice("unit", _("Owner"), _agencies, where=_owner_is),
    Choice("rule", _("Rule"), _rules, field="rule_id"),
    DateRange("raised", _("Raised"), field="raised_at"),
)
TICK = Column("tick", _("Choose"), lambda row: "", template=f"{CELLS}/tick.html")
ALERT_COLUMNS = (
    Column(
        "level",
        pgettext_lazy("how serious", "Level"),
        lambda row: code_words.LEVELS[row.level],
        "level_rank",
        f"{CELLS}/level.html",
    ),
    Column("name", _("Alert"), alert_name, template=f"{CELLS}/alert.html", link=alert_address),
    Column("subject", _("Place"), lambda row: row.subject_name or row.subject, only_in_files=True),
    Column("ward", _("Ward"), lambda row: row.ward_name, "ward_name"),
    Column("state", _("State"), lambda row: code_words.ALERT_STATES[row.state], "state_rank", f"{CELLS}/state.html"),
    Column("raised", _("Raised"), lambda row: row.raised_at, "raised_at", f"{CELLS}/when.html"),
    Column("due", _("Due by"), lambda row: row.due_at, "due_at", f"{CELLS}/due.html"),
    Column("repeats", _("Times"), lambda row: row.repeats, "repeats", numeric=True),
    Column("members", _("Grouped"), lambda row: row.members_count, "members_count", numeric=True, only_in_files=True),
    Column(
        "owner",
        _("Owner"),
        lambda row: row.owner_agency.name if row.owner_agency else _("The operations centre"),
        only_in_files=True,
    ),
    Column("by", _("Acknowledged by"), lambda row: row.acknowledged_by_label, only_in_files=True),
    Column("note", _("Closing note"), lambda row: row.closing_note, only_in_files=True),
)
ALERTS = Listing(
    title=_("Alerts"),
    columns=ALERT_COLUMNS,
    filters=ALERT_FILTERS,
    file_name="canh-bao",
    most_counted=MOST_COUNTED,
    empty_title=_("No open alert"),
    empty_text=_("Nothing waits. New alerts appear here by themselves."),
)


def _incident_search() -> Search:
    return Search(folded_fields=("search_key",), hint=_("Number, title, place; also without marks"))


def _in_ward(code: str) -> Q:
    return Q(pk__in=Incident.objects.filter(wards__ward_code=code).order_by().values("pk"))


INCIDENTS = Listing(
    title=_("Incidents"),
    columns=(
        Column("number", _("Number"), lambda row: f"#{row.number}", "number", link=incident_address),
        Column(
            "level",
            pgettext_lazy("how serious", "Level"),
            lambda row: code_words.LEVELS[row.level],
            "level_rank",
            f"{CELLS}/level.html",
        ),
        Column("title", _("Incident"), lambda row: row.title, template=f"{CELLS}/incident.html", link=incident_address),
        Column("kind", _("Kind"), lambda row: code_words.KINDS[row.kind]),
        Column("wards", _("Wards"), lambda row: ", ".join(one.ward_name for one in row.wards.all())),
        Column(
            "state", _("State"), lambda row: code_words.INCIDENT_STATES[row.state], None, f"{CELLS}/incident_state.html"
        ),
        Column("lead", _("Lead agency"), lambda row: row.lead_agency.name if row.lead_agency else ""),
        Column("began", _("Began"), lambda row: row.began_at, "began_at", f"{CELLS}/when.html"),
    ),
    filters=(
        _incident_search(),
        LEVEL,
        Choice(
            "standing",
            _("How it stands"),
            pairs_of(code_words.INCIDENT_STANDINGS),
            where=lambda code: incident_queries.STANDINGS[code](),
        ),
        Choice("kind", _("Kind"), pairs_of(code_words.KINDS)),
        Choice("ward", _("Ward"), _wards, where=_in_ward),
        DateRange("began", _("Began"), field="began_at"),
    ),
    default_sort="-number",
    file_name="su-viec",
    empty_title=_("No incident"),
    empty_text=_("Nothing that you may see fits."),
)


def bulletin_standing(row: Bulletin, now: datetime) -> str:
    if row.withdrawn_at is not None:
        return "WITHDRAWN"
    if row.published_at is None:
        return "DRAFT"
    if row.valid_to <= now:
        return "OVER"
    return "IN_FORCE" if row.valid_from <= now else "TO_COME"


def _bulletin_stands(code: str) -> Q:
    now = clock.now()
    published = Q(published_at__isnull=False, withdrawn_at=None)
    found = {
        "WITHDRAWN": Q(withdrawn_at__isnull=False),
        "DRAFT": Q(published_at=None, withdrawn_at=None),
        "OVER": published & Q(valid_to__lte=now),
        "TO_COME": published & Q(valid_to__gt=now, valid_from__gt=now),
        "IN_FORCE": published & Q(valid_to__gt=now, valid_from__lte=now),
    }
    return found[code]


def bulletin_wards(row: Bulletin) -> Words:
    return _("The whole city") if row.is_whole_city else ", ".join(one.ward_name for one in row.wards.all())


BULLETINS = Listing(
    title=_("Bulletins"),
    columns=(
        Column(
            "number",
            _("Number"),
            lambda row: row.number,
            "number",
            link=lambda row: reverse("incidents:bulletin", args=[row.pk]),
        ),
        Column(
            "level",
            pgettext_lazy("how serious", "Level"),
            lambda row: code_words.LEVELS[row.level],
            template=f"{CELLS}/level.html",
        ),
        Column("title", _("Bulletin"), lambda row: in_language(row.title_vi, row.title_en)),
        Column("wards", _("Wards"), bulletin_wards),
        Column(
            "state",
            _("State"),
            lambda row: code_words.BULLETIN_STANDINGS[bulletin_standing(row, clock.now())],
            template=f"{CELLS}/bulletin_state.html",
        ),
        Column("from", _("Holds from"), lambda row: row.valid_from, "valid_from", f"{CELLS}/when.html"),
        Column("to", _("until"), lambda row: row.valid_to, "valid_to", f"{CELLS}/when.html"),
    ),
    filters=(
        Search(fields=("title_vi", "title_en", "text_vi"), hint=_("Words of the bulletin")),
        Choice("standing", _("State"), pairs_of(code_words.BULLETIN_STANDINGS), where=_bulletin_stands),
        LEVEL,
        DateRange("from", _("Holds from"), field="valid_from"),
    ),
    default_sort="-number",
    file_name="ban-tin",
    empty_title=_("No bulletin"),
)


def shift_address(row: Shift) -> str:
    return reverse("incidents:shift_sheet_page", args=[row.pk])


SHIFTS = Listing(
    title=_("Past shifts"),
    columns=(
        Column("day", pgettext_lazy("a period", "Day"), lambda row: row.day, "day", link=shift_address),
        Column("slot", _("Shift"), lambda row: code_words.SLOTS[row.slot]),
        Column("lead", _("Lead"), lambda row: row.lead_label, "lead_label"),
        Column("started", _("Began"), lambda row: row.started_at, "started_at", f"{CELLS}/when.html"),
        Column("signed", _("Signed"), lambda row: row.signed_at, "signed_at", f"{CELLS}/when.html"),
        Column("by", _("Signed by"), lambda row: row.signed_by_label),
        Column("state", _("State"), lambda row: code_words.SHIFT_STATES[row.state]),
    ),
    filters=(
        Choice("slot", _("Shift"), pairs_of(code_words.SLOTS)),
        DateRange("day", pgettext_lazy("a period", "Day")),
    ),
    default_sort="-started",
    file_name="ca-truc",
    empty_title=_("No shift yet"),
)


def playbook_address(row: Playbook) -> str:
    return reverse("incidents:playbook", args=[row.pk])


PLAYBOOKS = Listing(
    title=_("Playbooks"),
    columns=(
        Column("code", _("Code"), lambda row: row.code, "code", link=playbook_address),
        Column("name", _("Name of the playbook"), lambda row: in_language(row.name_vi, row.name_en)),
        Column("kind", _("Kind"), lambda row: code_words.KINDS[row.kind]),
        Column("items", _("Items"), lambda row: row.items_count, "items_count", numeric=True),
        Column("retired", _("Retired"), lambda row: row.retired_at, "retired_at"),
    ),
    filters=(
        Search(fields=("code", "name_vi", "name_en")),
        Choice("kind", _("Kind"), pairs_of(code_words.KINDS)),
    ),
    default_sort="code",
    file_name="kich-ban",
    empty_title=_("No playbook yet"),
    empty_text=_(
        "A playbook says who does what within how many minutes; an incident opens with its items as a checklist."
    ),
)


def with_tick(listing: Listing) -> Listing:
    """With a box to tick before each line."""
    return replace(listing, columns=(TICK, *listing.columns))
