"""What a person chooses for themselves."""

from django import forms
from django.utils.translation import gettext_lazy as _

OF_THE_CITY = "city"


class PreferencesForm(forms.Form):
    """Language and theme, kept with the account."""

    language = forms.ChoiceField(
        label=_("Language"),
        choices=[(OF_THE_CITY, _("As the city has set it")), ("vi", "Tiếng Việt"), ("en", "English")],
    )
    theme = forms.ChoiceField(
        label=_("Theme"),
        choices=[("auto", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))],
    )

    def clean_language(self) -> str:
        """The account keeps nothing where the person follows the city."""
        chosen: str = self.cleaned_data["language"]
        return "" if chosen == OF_THE_CITY else chosen
