"""Form fields that the desk's pages share: several pictures at once, a unit, a category, a ward, a place."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.models import Agency
from songcau.foundation.places.queries import units
from songcau.foundation.places.rules import Level
from songcau.foundation.shell.fields import UNCHOSEN, AgencyChoice
from songcau.kernel import clock
from songcau.systems.citizen_reports.models import Category, Report
from songcau.systems.citizen_reports.pages.listing import category_words

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

LONGEST_NOTE = 1000
LONGEST_TEXT = 4000


class _SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class Pictures(forms.FileField):
    """Several pictures or films. What they are is looked at when they are taken in, not here."""

    def __init__(self, **more: Any) -> None:
        widget = _SeveralFiles(attrs={"accept": "image/*,video/*"})
        super().__init__(**{"required": False, "widget": widget, **more})

    def clean(self, data: Any, initial: Any = None) -> list["UploadedFile[Any]"]:
        files = data if isinstance(data, list | tuple) else [data]
        found = [super(Pictures, self).clean(file, initial) for file in files if file]
        if not found and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return found


def text_field(label: Any, *, rows: int = 4, required: bool = True, limit: int = LONGEST_NOTE, hint: Any = "") -> Any:
    """Several lines of words."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=limit,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": _("Please write something here.")},
    )


UNIT = _("Unit")


def unit_field(label: Any = UNIT, *, required: bool = True, hint: Any = "") -> AgencyChoice:
    """An open agency of the city."""
    return AgencyChoice(
        label=label,
        help_text=hint,
        queryset=Agency.objects.still_open().order_by("order_key", "code"),
        required=required,
        empty_label=UNCHOSEN,
    )


class CategoryChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A category in use that is no mere heading, under the name of the one above it."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            **{"label": _("Category"), "queryset": Category.objects.none(), "empty_label": UNCHOSEN, **more}
        )

    def offer(self) -> None:
        headings = Category.objects.filter(parent__isnull=False, retired_on=None).values("parent")
        self.queryset = Category.objects.in_use().exclude(pk__in=headings).select_related("parent")

    def label_from_instance(self, obj: Category) -> str:
        name = category_words(obj)
        return f"{category_words(obj.parent)} › {name}" if obj.parent else name


def ward_choices() -> list[tuple[str, Any]]:
    return [("", UNCHOSEN), *((one.code, one.short_name) for one in units(Level.WARD, clock.today()))]


class ReportChoice(forms.CharField):
    """Codes of reports, in any writing, divided by commas or lines."""

    def __init__(self, *, several: bool = False, visible: Any = None, **more: Any) -> None:
        self.several, self.visible = several, visible
        super().__init__(**more)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        found = list(self._found(typed))
        if self.several:
            return found
        if len(found) > 1:
            raise forms.ValidationError(_("Please give one code."))
        return found[0] if found else None

    def _found(self, typed: str) -> Iterator[Report]:
        from songcau.kernel.errors import Refused
        from songcau.systems.citizen_reports.rules import normalised_code

        for part in typed.replace("\n", ",").replace(";", ",").split(","):
            if not part.strip():
                continue
            rows = Report.objects.all() if self.visible is None else self.visible
            try:
                report = rows.filter(code=normalised_code(part)).first()
            except Refused:
                report = None
            if report is None:
                raise forms.ValidationError(_("There is no report %(code)s."), params={"code": part.strip()[:30]})
            yield report
