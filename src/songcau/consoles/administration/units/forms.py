"""Forms about units."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.files import File
from django.utils.translation import gettext_lazy as _

from songcau.foundation.places.boundary_files import LARGEST_FILE_BYTES
from songcau.foundation.places.words import REFUSALS
from songcau.foundation.shell.fields import Day
from songcau.kernel import clock


class BoundaryFileForm(forms.Form):
    """A file of outlines, where it comes from, and from which day what it changes holds."""

    file = forms.FileField(
        label=_("GeoJSON file"),
        help_text=_("A FeatureCollection in WGS 84, longitude first; each unit with its code in properties.code."),
        widget=forms.ClearableFileInput(attrs={"accept": ".geojson,.json,application/geo+json"}),
    )
    source = forms.CharField(
        label=_("Source"), max_length=200, help_text=_("Who drew the outlines, and when. It is shown beside them.")
    )
    valid_from = Day(label=_("Changed outlines hold from"), initial=clock.today)

    def clean_file(self) -> File[bytes]:
        file: File[bytes] = self.cleaned_data["file"]
        if file.size is not None and file.size > LARGEST_FILE_BYTES:
            message = str(REFUSALS["FILE_TOO_LARGE"]) % {"megabytes": LARGEST_FILE_BYTES // 1024 // 1024}
            raise forms.ValidationError(message)
        return file


class PointForm(forms.Form):
    """A point in degrees."""

    longitude = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180, help_text=_("such as 105.83"))
    latitude = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90, help_text=_("such as 21.59"))


def day_of(text: str) -> date:
    """The day that an address names; nonsense and nothing are today."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else clock.today()
    except ValueError:
        return clock.today()
