"""What a person chooses for themselves."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PreferencesForm(forms.Form):
    """Language and theme, kept with the account."""

    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("As the city has set it")), ("vi", "Tiếng Việt"), ("en", "English")],
        required=False,
    )
    theme = forms.ChoiceField(
        label=_("Theme"),
        choices=[("auto", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))],
    )
