"""allauth's passkey forms (WebAuthn, level 2), told what a passkey is here.

It is found by the browser and always asks for finger, face or PIN, so that it stands for both factors. What a browser
sends is checked for its shape first.
"""

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.adapters import note_rejected_passkey

LONGEST_NAME = 60
MOST_PASSKEYS = 10
_NEW = ("clientDataJSON", "attestationObject")
_SIGNED = ("clientDataJSON", "authenticatorData", "signature")


def well_formed(credential: object, parts: tuple[str, ...]) -> bool:
    """Whether this is a PublicKeyCredential in JSON with these parts of a response, all of them text."""
    if not isinstance(credential, dict) or credential.get("type") != "public-key":
        return False
    response = credential.get("response")
    if not isinstance(response, dict) or not isinstance(credential.get("clientExtensionResults", {}), dict):
        return False
    texts = [credential.get("id"), credential.get("rawId"), *(response.get(part) for part in parts)]
    return all(isinstance(text, str) and text for text in texts) and isinstance(response.get("userHandle") or "", str)


def _unusable() -> ValidationError:
    return ValidationError(_("What the device answered cannot be used. Please try again."), code="PASSKEY_UNUSABLE")


def _name_field() -> forms.CharField:
    return forms.CharField(
        label=_("Name of the passkey"), max_length=LONGEST_NAME, help_text=_("Such as the phone or computer it is on.")
    )


class AddForm(AddWebAuthnForm):
    """A new passkey; always one that verifies its holder."""

    passwordless = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _name_field()
        self.fields["name"].required = False
        self.order_fields(["name"])

    def clean_passwordless(self) -> bool:
        return True

    def clean_credential(self) -> object:
        if Authenticator.objects.filter(user=self.user, type=Authenticator.Type.WEBAUTHN).count() >= MOST_PASSKEYS:
            raise ValidationError(
                _("You have as many passkeys as one account takes. Remove one first."), code="TOO_MANY"
            )
        if not well_formed(self.cleaned_data["credential"], _NEW):
            raise _unusable()
        return self.cleaned_data["credential"]

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean())
        except (
            ValidationError,
            ValueError,
            TypeError,
            KeyError,
            IndexError,
        ):  # no CBOR, a kind unknown, not our challenge
            raise _unusable() from None


class _Signs:
    """A passkey's signature in answer to our challenge."""

    user: Any
    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        try:
            if well_formed(self.cleaned_data["credential"], _SIGNED):
                return super().clean_credential()  # type: ignore[misc]
        except (ValidationError, ValueError, TypeError, KeyError, IndexError) as error:
            if getattr(error, "code", "") == "too_many_login_attempts":
                raise
        self._note()
        raise ValidationError(
            _("This passkey is not accepted. It may have been removed here; sign in with password and code."),
            code="PASSKEY_REJECTED",
        )

    def _note(self) -> None:
        note_rejected_passkey(self.user, get_account_adapter().get_client_ip(context.request))


class SignInWithPasskeyForm(_Signs, LoginWebAuthnForm):
    """Instead of name, password and code."""


class SecondStepWithPasskeyForm(_Signs, AuthenticateWebAuthnForm):
    """Instead of the code, after the password."""


class ConfirmWithPasskeyForm(_Signs, ReauthenticateWebAuthnForm):
    """Before something dangerous."""


class RenameForm(EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _name_field()
