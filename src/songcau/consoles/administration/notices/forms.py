"""The one form of channels: the authorisation of Zalo."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ZaloForm(forms.Form):
    """What Zalo shows after an administrator of the Official Account has agreed."""

    refresh_token = forms.CharField(
        label=_("Refresh token"),
        help_text=_("It is kept encrypted, is never shown again, and stands in no log."),
        max_length=2000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
