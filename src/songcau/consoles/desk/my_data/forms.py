"""What a person asks about their own data."""

from django import forms
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.personal_data.rules import TEXT_LIMIT
from songcau.foundation.accounts.personal_data.sources import registered
from songcau.foundation.accounts.personal_data.words import REQUEST_KINDS


class RequestForm(forms.Form):
    """`about` a part of the city, or everything."""

    kind = forms.ChoiceField(label=_("What do you ask for?"), choices=list(REQUEST_KINDS.items()))
    about = forms.ChoiceField(label=_("About which data?"), required=False)
    text = forms.CharField(
        label=_("What should be done, and why?"),
        max_length=TEXT_LIMIT,
        help_text=_("For a correction: what is wrong, and how it should read."),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Please write what you ask for.")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        sources = [(source.code, source.title) for source in registered()]
        self.fields["about"].choices = [("", _("Everything that is held")), *sources]  # type: ignore[attr-defined]
