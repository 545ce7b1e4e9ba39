"""What citizens type at sign-in: a telephone number, a code, a name."""

from django import forms
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts import rules
from songcau.foundation.accounts.phones import PhoneUnreadable, mobile_number
from songcau.foundation.accounts.rules import NameUnusable
from songcau.foundation.accounts.words import said


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=40,
        help_text=_("Such as 0912 345 678. A number from abroad begins with + and the code of the country."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )

    def clean_phone(self) -> str:
        try:
            return mobile_number(self.cleaned_data["phone"])
        except PhoneUnreadable as refusal:
            raise forms.ValidationError(said(refusal), code=refusal.code) from None


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )


class NameForm(forms.Form):
    full_name = forms.CharField(
        label=_("Full name"),
        max_length=rules.NAME_LIMIT,
        help_text=_("As it stands on your identity card or passport. One word is enough, if that is your name."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )

    def clean_full_name(self) -> str:
        try:
            return rules.usable_name(self.cleaned_data["full_name"])
        except NameUnusable as refusal:
            raise forms.ValidationError(said(refusal), code=refusal.code) from None
