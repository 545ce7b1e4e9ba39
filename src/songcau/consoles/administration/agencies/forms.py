"""Forms about agencies and their posts."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.models import Agency, Person
from songcau.foundation.accounts.words import AGENCY_KINDS
from songcau.foundation.places.models import Unit
from songcau.foundation.places.queries import units
from songcau.foundation.places.rules import Level
from songcau.foundation.shell.fields import AgencyChoice, Day, ReasonForm, agencies_where
from songcau.kernel import clock
from songcau.kernel.actor import EVERYWHERE, Actor
from songcau.kernel.text import exact_key, folded, search_key

KINDS = [(code, words) for code, words in AGENCY_KINDS.items()]


class UnitChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time  # type: ignore[type-arg]  # not subscriptable at run time
    """A ward in force today."""

    def __init__(self) -> None:
        super().__init__(
            queryset=Unit.objects.none(),
            label=_("Administrative unit"),
            required=False,
            empty_label=_("none, or more than one"),
        )

    def label_from_instance(self, obj: Unit) -> str:
        return f"{obj.name} ({obj.code})"


class ChangeAgencyForm(forms.Form):
    """An agency's facts, as they were when the form was opened (`version`)."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name of the agency"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    unit = UnitChoice()

    def __init__(self, *args: object, unit_id: UUID | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        # A unit that has ended since stays until somebody chooses another.
        in_question = units(Level.WARD, clock.today()) | Unit.objects.filter(pk=unit_id)  # type: ignore[misc]
        self.fields["unit"].queryset = in_question  # type: ignore[attr-defined]


class AgencyForm(ChangeAgencyForm):
    """A new agency."""

    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("Letters A to Z, digits and dashes. It can never be changed.")
    )
    parent = AgencyChoice(
        label=_("Under"), queryset=Agency.objects.none(), required=False, empty_label=_("nothing: at the top")
    )
    opened_on = Day(label=_("Open since"))
    field_order = ["name", "code", "kind", "parent", "unit", "opened_on"]

    def __init__(self, *args: object, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]
        _offer_parents(self.fields["parent"], by)


class MoveForm(forms.Form):
    """Where an agency stands in the tree."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    parent = AgencyChoice(
        label=_("Under"), queryset=Agency.objects.none(), required=False, empty_label=_("nothing: at the top")
    )

    def __init__(self, *args: object, by: Actor, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        _offer_parents(self.fields["parent"], by)


def _offer_parents(parent: forms.Field, by: Actor) -> None:
    """Only who manages the whole city puts an agency at the top."""
    manage = "accounts.manage_agencies"
    parent.offer(agencies_where(by, manage), or_none=EVERYWHERE in by.scopes(manage))  # type: ignore[attr-defined]


class CloseForm(ReasonForm):
    """The last day of an agency, and which one goes on with its work."""

    closed_on = Day(label=_("Closed on"))
    successor = AgencyChoice(
        label=_("Successor"),
        queryset=Agency.objects.none(),
        required=False,
        empty_label=_("none"),
        help_text=_("Agencies under it, people and roles go over to it. Without a successor nothing may stand here."),
    )
    field_order = ["closed_on", "successor", "reason"]

    def __init__(self, *args: object, by: Actor, agency: Agency, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        rows = agencies_where(by, "accounts.manage_agencies").exclude(path__startswith=agency.path)
        self.fields["successor"].queryset = rows  # type: ignore[attr-defined]


class PostForm(forms.Form):
    """A new position."""

    title = forms.CharField(label=_("Title"), max_length=200)
    is_head = forms.BooleanField(label=_("Head of the agency"), required=False)


class HoldForm(forms.Form):
    """Who takes a post, from which day. The person is named by username, or found by name when only one fits."""

    person = forms.CharField(label=_("Person"), max_length=150, help_text=_("Username, or the whole name."))
    from_on = Day(label=_("From"))

    def __init__(self, *args: object, by: Actor, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._by = by

    def clean_person(self) -> Person:
        typed = self.cleaned_data["person"]
        people = Person.objects.visible_to(self._by).filter(is_active=True)
        exact = people.filter(username=folded(typed)).first()
        if exact is not None:
            return exact  # type: ignore[no-any-return]
        # The whole name: a part of it, or of a telephone number, would take whoever happens to be the only one.
        key = search_key(typed)
        found = (
            [one for one in people.filter(search_key__startswith=key) if search_key(one.full_name) == key]
            if key
            else []
        )
        # Of An and Ân the one whose marks were typed, wherever the tone was put.
        found = [one for one in found if exact_key(one.full_name) == exact_key(typed)] or found
        if len(found) != 1:
            message = _("Nobody fits; please type the username.") if not found else _("More than one person fits.")
            raise forms.ValidationError(message)
        return found[0]  # type: ignore[no-any-return]


class LeaveForm(forms.Form):
    """The last day in a post."""

    until_on = Day(label=_("Last day"))
