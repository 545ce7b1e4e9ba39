"""The one form of files: why a legal hold is set or lifted."""

from django import forms
from django.utils.translation import gettext_lazy as _

from songcau.foundation.files.actions.links import LONGEST_REASON


class ReasonForm(forms.Form):
    """A reason, with the number of the document that asks for it."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("With the number and date of the document that asks for it. It is written into the audit log."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
