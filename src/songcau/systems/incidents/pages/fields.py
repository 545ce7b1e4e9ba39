"""Form fields that the pages of incidents share: texts, instants, wards, agencies, the corners of an area."""

import re
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.models import Agency
from songcau.foundation.places.queries import units
from songcau.foundation.places.rules import Level as UnitLevel
from songcau.foundation.shell.fields import UNCHOSEN, AgencyChoice
from songcau.kernel import clock
from songcau.systems.incidents.rules.texts import NOTE_LIMIT

_FORMAT = "%Y-%m-%dT%H:%M"


def text_field(label: Any, *, rows: int = 4, required: bool = True, limit: int = NOTE_LIMIT, hint: Any = "") -> Any:
    """Several lines of words."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=limit,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": _("Please write something here.")},
    )


class Moment(forms.DateTimeField):
    """A day and an hour in the city's zone, as `<input type=datetime-local>` sends them."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateTimeInput(format=_FORMAT, attrs={"type": "datetime-local"})
        super().__init__(**{"widget": widget, "input_formats": [_FORMAT, "%Y-%m-%dT%H:%M:%S"], **more})

    def prepare_value(self, value: Any) -> Any:
        return timezone.localtime(value).replace(tzinfo=None) if isinstance(value, datetime) else value


class Wards(forms.MultipleChoiceField):
    """Several of the city's wards; `offer` names them when the page is made."""

    def __init__(self, **more: Any) -> None:
        facts = {"label": _("Wards"), "required": False, "widget": forms.CheckboxSelectMultiple}
        super().__init__(**{**facts, **more})

    def offer(self) -> None:
        self.choices = ward_pairs()


def ward_pairs() -> list[tuple[str, str]]:
    return [(one.code, one.short_name) for one in units(UnitLevel.WARD, clock.today())]


class Agencies(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Several open agencies, ticked in a box that scrolls."""

    def __init__(self, **more: Any) -> None:
        widget = forms.CheckboxSelectMultiple(attrs={"class": "sc-ticks"})
        super().__init__(**{"queryset": _open_agencies(), "required": False, "widget": widget, **more})

    def label_from_instance(self, obj: Agency) -> str:
        return f"{obj.name} ({obj.code})"


def agency_field(label: Any, *, required: bool = False) -> AgencyChoice:
    return AgencyChoice(label=label, queryset=_open_agencies(), required=required, empty_label=UNCHOSEN)


def _open_agencies() -> Any:
    return Agency.objects.still_open().order_by("order_key", "code")


class Corners(forms.CharField):
    """The corners of an area: one a line, longitude and latitude in degrees; a comma may be the decimal sign's too."""

    def __init__(self, **more: Any) -> None:
        facts = {
            "label": _("Corners of the area"),
            "required": False,
            "max_length": 20_000,
            "widget": forms.Textarea(attrs={"rows": 4, "class": "sc-code-small"}),
            "help_text": _("One corner a line: longitude, latitude in degrees, such as 105.8425, 21.5942."),
        }
        super().__init__(**{**facts, **more})

    def clean(self, value: Any) -> Any:
        lines = [line for line in super().clean(value).splitlines() if line.strip()]
        return [self._corner(line) for line in lines]

    def _corner(self, line: str) -> tuple[float, float]:
        parts = [part for part in re.split(r"[,;\s]+", line.strip()) if part]
        try:
            longitude, latitude = (float(part) for part in parts)
        except ValueError:
            raise forms.ValidationError(_("This line is no corner: %(line)s"), params={"line": line[:60]}) from None
        return longitude, latitude
