"""The access log of personal data. It is not exported: it tells about people itself."""

from django.db.models import Case, F, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.personal_data.models import Look
from songcau.foundation.accounts.personal_data.records import standing_apart, title_of
from songcau.foundation.accounts.personal_data.words import PURPOSES
from songcau.foundation.shell.filters import Choice, DateRange, Search
from songcau.foundation.shell.lists import Column, Listing
from songcau.kernel.actor import Actor

NOT_SAID = _("not said: the person alone sees it")


def _purpose(row: Look) -> str:
    """With the words beside it, unless they may name whose data it was and that stands apart."""
    if row.note and not _stands_apart(row):
        return f"{PURPOSES[row.purpose]}: {row.note}"
    return str(PURPOSES[row.purpose])


def _whose(row: Look) -> str:
    return str(NOT_SAID) if _stands_apart(row) else row.person.full_name


def _stands_apart(row: Look) -> bool:
    return row.kind in standing_apart()


LISTING = Listing(
    title=_("Access to personal data"),
    default_sort="-at",
    can_export=False,
    columns=(
        Column("at", _("When"), lambda row: row.at, sort="at"),
        Column("reader", _("Who looked"), lambda row: row.reader.full_name, sort="reader__sort_key"),
        Column("unit", _("Unit"), lambda row: row.reader_unit),
        Column("post", _("Post"), lambda row: row.reader_post),
        Column("person", _("Whose data"), _whose, sort="whose_order"),
        Column("record", _("What was opened"), lambda row: title_of(row.kind)),
        Column("purpose", _("Purpose"), _purpose, sort="purpose"),
        Column("address", _("From where"), lambda row: row.address),
        Column("keep_until", _("Kept until"), lambda row: row.keep_until, sort="keep_until"),
    ),
    filters=(
        Search(folded_fields=("reader__search_key", "whose_key"), hint=_("Who looked, or whose data")),
        Choice("purpose", _("Purpose"), list(PURPOSES.items())),
        DateRange("at", _("When"), "at"),
    ),
    empty_title=_("Nobody looked"),
    empty_text=_("No look at the data of the people you answer for answers to this."),
)


def rows(by: Actor) -> QuerySet[Look]:
    """What stands apart has no name to be found or sorted by."""
    apart = When(kind__in=standing_apart(), then=Value(""))
    return (
        Look.objects.visible_to(by)
        .select_related("reader", "person")
        .annotate(
            whose_key=Case(apart, default=F("person__search_key")),
            whose_order=Case(apart, default=F("person__sort_key")),
        )
    )
