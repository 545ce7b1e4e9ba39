"""Forms about people. They check shapes only; the rules are asked by the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.models import Agency, Person
from songcau.foundation.accounts.personal_data.rules import NOTE_LIMIT, Purpose, PurposeMissing, usable_note
from songcau.foundation.accounts.personal_data.words import PURPOSES
from songcau.foundation.accounts.rules import NAME_LIMIT
from songcau.foundation.shell.fields import AgencyChoice, agencies_where
from songcau.foundation.shell.words import say
from songcau.kernel.actor import Actor


class PersonForm(forms.Form):
    """A new person."""

    full_name = forms.CharField(label=_("Full name"), max_length=NAME_LIMIT, help_text=_("As on the identity card."))
    username = forms.CharField(
        label=_("Username"),
        max_length=60,
        help_text=_("3 to 60 characters: letters a to z, digits, dot, dash or underscore. It cannot be changed later."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    home = AgencyChoice(
        label=_("Agency"), queryset=Agency.objects.none(), help_text=_("Where the account is looked after.")
    )
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=20, required=False)

    def __init__(self, *args: object, by: Actor, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["home"].queryset = agencies_where(by, "accounts.manage_people")  # type: ignore[attr-defined]


class ChangePersonForm(PersonForm):
    """A person's facts, as they were when the form was opened (`version`)."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ["version", "full_name", "home", "email", "phone"]

    def __init__(self, *args: object, by: Actor, person: Person, **kwargs: object) -> None:
        initial = {name: getattr(person, name) for name in ("full_name", "email", "phone", "version")}
        super().__init__(*args, by=by, initial={**initial, "home": person.home_id}, **kwargs)
        del self.fields["username"]
        home = self.fields["home"]
        home.required = person.home_id is not None
        # The agency of today may be closed, or another's: that is no reason to be moved.
        home.queryset |= Agency.objects.filter(pk=person.home_id)  # type: ignore[attr-defined,misc]


class PurposeForm(forms.Form):
    """Why the page of somebody else is opened, when it is not to look after the account."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=list(PURPOSES.items()))
    note = forms.CharField(
        label=_("Basis or number of the document"),
        required=False,
        max_length=NOTE_LIMIT,
        help_text=_("Needed for “another purpose”."),
    )

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if "purpose" in typed and "note" in typed:
            try:
                usable_note(Purpose(typed["purpose"]), typed["note"])
            except PurposeMissing as refusal:
                self.add_error("note", say(refusal))
        return typed
