"""Forms about requests. They check shapes only; the rules are asked by the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.personal_data.rules import ANSWER_LIMIT
from songcau.foundation.accounts.personal_data.words import GROUNDS, OUTCOMES
from songcau.foundation.accounts.rules import NAME_LIMIT
from songcau.foundation.shell.fields import UNCHOSEN


class AnswerForm(forms.Form):
    """What the person reads."""

    outcome = forms.ChoiceField(label=_("Decision"), choices=[("", UNCHOSEN), *OUTCOMES.items()])
    ground = forms.ChoiceField(
        label=_("Reason for refusing"),
        choices=[("", UNCHOSEN), *GROUNDS.items()],
        required=False,
        help_text=_("Only when something is refused, wholly or in part."),
    )
    answer = forms.CharField(
        label=_("Answer"),
        max_length=ANSWER_LIMIT,
        help_text=_("The person reads it on the page “My data”. Plain words; say what stays, and why."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class CorrectionForm(forms.Form):
    """Name and addresses, as they were when the form was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    full_name = forms.CharField(label=_("Full name"), max_length=NAME_LIMIT, help_text=_("As on the identity card."))
    email = forms.CharField(
        label=_("E-mail"), max_length=254, required=False, help_text=_("Empty: the address is erased.")
    )
    phone = forms.CharField(
        label=_("Telephone"), max_length=20, required=False, help_text=_("Empty: the number is erased.")
    )

    def __init__(self, *args: object, person: Person, **kwargs: object) -> None:
        initial = {name: getattr(person, name) for name in ("version", "full_name", "email", "phone")}
        super().__init__(*args, initial=initial, **kwargs)  # type: ignore[arg-type,misc]
