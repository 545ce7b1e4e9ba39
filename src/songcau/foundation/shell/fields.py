"""Form fields and forms that several consoles and systems share."""

from datetime import date

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.models import Agency, under
from songcau.kernel import clock
from songcau.kernel.actor import EVERYWHERE, Actor

LONGEST_REASON = 500
# What a list of choices shows before one is chosen: nothing is given away by forgetting to choose.
UNCHOSEN = "—"
# Before it there was no city to tell of; and a day so early has no instant in every zone.
FIRST_YEAR = 2000


class AgencyChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """An agency by its name and code."""

    def offer(self, rows: QuerySet[Agency], *, or_none: bool) -> None:
        """Choose from `rows`; with `or_none`, also the choice that `empty_label` names."""
        self.queryset, self.required = rows, not or_none
        if not or_none:
            self.empty_label = UNCHOSEN

    def label_from_instance(self, obj: Agency) -> str:
        return f"{obj.name} ({obj.code})"


def agencies_where(by: Actor, permission: str) -> QuerySet[Agency]:
    """Open agencies in which the actor holds the permission."""
    scopes = by.scopes(permission)
    rows = Agency.objects.still_open().order_by("order_key", "code")
    return rows if EVERYWHERE in scopes else rows.filter(under(scopes, "path"))


class Day(forms.DateField):
    """A day; browsers show it in the language of the person and send it as 2026-11-23."""

    def __init__(self, **kwargs: object) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, **kwargs)  # type: ignore[arg-type]


class PastDay(Day):
    """Today or a day before: of one to come nothing can be told yet."""

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is None:
            return
        if value > clock.today():
            raise forms.ValidationError(_("This day has not come yet. Choose today or a day before."))
        if value.year < FIRST_YEAR:
            raise forms.ValidationError(
                _("That is too long ago. Choose one from %(year)s on."), params={"year": str(FIRST_YEAR)}
            )


class ReasonForm(forms.Form):
    """Why; for the audit log."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It is written into the audit log, for those who will ask later."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Please give the reason.")},
    )
