"""The list of units, past and present."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songcau.consoles.administration.units.words import KINDS, LEVELS
from songcau.foundation.places.models import Boundary, Unit
from songcau.foundation.shell.filters import Choice, Search
from songcau.foundation.shell.lists import Column, Listing
from songcau.kernel import clock

_STATES = (("now", _("in force today")), ("past", _("no longer in force")))


def _in_state(code: str) -> Q:
    over = Q(valid_to__lte=clock.today())
    return over if code == "past" else ~over


def _outline(unit: Unit) -> object:
    if unit.has_surveyed:  # type: ignore[attr-defined]
        return _("surveyed")
    return _("approximate") if unit.has_outline else _("none")  # type: ignore[attr-defined]


LISTING = Listing(
    title=_("Administrative units"),
    file_name="units",
    default_sort="name",
    columns=(
        Column("code", _("Code"), lambda row: row.code, sort="code"),
        Column(
            "name",
            _("Name of the unit"),
            lambda row: row.name,
            sort="order_key",
            link=lambda row: reverse("administration:unit", args=[row.pk]),
        ),
        Column("kind", _("Kind"), lambda row: KINDS[row.kind], sort="kind"),
        Column("parent", _("In"), lambda row: row.parent.name if row.parent else "", sort="parent__order_key"),
        Column("area", _("Area, km²"), lambda row: row.area_km2, sort="area_km2", numeric=True),
        Column("population", _("Population"), lambda row: row.population, sort="population", numeric=True),
        Column("year", _("Counted in"), lambda row: str(row.population_year or ""), sort="population_year"),
        Column("from", _("From"), lambda row: row.valid_from, sort="valid_from"),
        Column("to", _("Until, not included"), lambda row: row.valid_to, sort="valid_to"),
        Column("outline", _("Boundary"), _outline),
    ),
    filters=(
        Search(fields=("code",), folded_fields=("search_key",), hint=_("Name or code")),
        Choice("level", _("Level"), list(LEVELS.items())),
        Choice("state", _("State"), _STATES, where=_in_state),
    ),
    empty_title=_("No unit"),
    empty_text=_("No unit answers to this."),
)


def rows() -> QuerySet[Unit]:
    outlines = Boundary.objects.filter(unit=OuterRef("pk"), superseded_at=None)
    current = outlines.filter(valid_to__isnull=True) | outlines.filter(valid_to=OuterRef("valid_to"))
    marked = Unit.objects.annotate(
        has_outline=Exists(current),
        has_surveyed=Exists(current.filter(approximate=False)),
    )
    return marked.select_related("parent")
