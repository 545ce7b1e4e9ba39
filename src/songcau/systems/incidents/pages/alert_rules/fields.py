"""Form fields of alert rules: lists of words, values, entities; a ward as a scope."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songcau.foundation.places.queries import units
from songcau.foundation.places.rules import Level
from songcau.kernel import clock

_TRUE = {"true": True, "false": False}


class Lines(forms.CharField):
    """A list, one a line."""

    def __init__(self, **more: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 2, "spellcheck": "false"})
        super().__init__(**{"widget": widget, "empty_value": "", **more})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(written, value)) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class Values(Lines):
    """Values of an attribute, one a line: `true`, a number, or words."""

    def clean(self, value: Any) -> Any:
        return [read_value(line) for line in super().clean(value)]


class Also(Lines):
    """Other attributes that must fit too, one a line: `isOpen = true`."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return "\n".join(f"{name} = {', '.join(map(written, values))}" for name, values in value.items())
        return value

    def clean(self, value: Any) -> Any:
        found = {}
        for line in super().clean(value):
            name, _sign, values = line.partition("=")
            if not values.strip():
                raise forms.ValidationError(_("Please write each line as: attribute = value, value"))
            found[name.strip()] = [read_value(one.strip()) for one in values.split(",")]
        return found


class Minutes(forms.CharField):
    """Several times in minutes, with commas between."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        parts = [part.strip() for part in super().clean(value).split(",") if part.strip()]
        if not all(part.isascii() and part.isdecimal() and len(part) < 8 for part in parts):
            raise forms.ValidationError(_("Please write whole minutes with commas between, such as 10, 20, 40."))
        return tuple(map(int, parts))


def read_value(text: str) -> bool | float | str:
    if text in _TRUE:
        return _TRUE[text]
    try:
        return float(text)
    except ValueError:
        return text


def written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def ward_scopes() -> Iterable[tuple[str, Any]]:
    rows = units(Level.WARD, clock.today()).order_by("order_key")
    return [("", gettext_lazy("the whole city")), *((f"/wards/W{one.code}", one.name) for one in rows)]
