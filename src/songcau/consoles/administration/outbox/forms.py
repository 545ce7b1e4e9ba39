"""The one form of the outbox."""

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_REASON = 500


class SkipForm(forms.Form):
    """Why a delivery is given up for good."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It is written into the audit log, for those who will ask later."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Please give the reason for skipping.")},
    )
