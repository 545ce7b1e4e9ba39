"""Where allauth asks us: no sign-up, our lockout words, everything audited, secrets encrypted."""

from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songcau.foundation.accounts import entering, lockout, second_factor, sessions
from songcau.foundation.accounts.events import OwnPasswordChanged, OwnSecondFactorChanged
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.actions import announce
from songcau.kernel.actor import NOBODY, Actor


def locked_out(minutes: int) -> ValidationError:
    """The words for too many attempts; `minutes` 0 when it is the address that has tried too often."""
    words = (
        ngettext(
            "Too many wrong attempts. Please try again in %(minutes)d minute, or ask your administrator to unlock.",
            "Too many wrong attempts. Please try again in %(minutes)d minutes, or ask your administrator to unlock.",
            minutes,
        )
        % {"minutes": minutes}
        if minutes
        else _("Too many wrong attempts from this address. Please try again in a minute.")
    )
    return ValidationError(words, code="LOCKED_OUT")


def note_failure(person: Person | None, action: str, key: str, address: str) -> None:
    """Audit a wrong password or code, and the lockout when it was one too many. Unknown names are not kept."""
    subject = f"accounts.person:{person.pk}" if person else "accounts.person:unknown"
    with transaction.atomic():
        record_entry(by=NOBODY, action=action, subject=subject, details={"address": address})
        if minutes := lockout.minutes_left(key):
            details = {"address": address, "minutes": minutes}
            record_entry(by=NOBODY, action="accounts.lock_out", subject=subject, details=details)


def note_rejected_passkey(person: Person | None, address: str) -> None:
    """Audit a passkey that was not accepted; nobody can guess one, so it locks nobody out."""
    subject = f"accounts.person:{person.pk}" if person else "accounts.person:unknown"
    with transaction.atomic():
        record_entry(by=NOBODY, action="accounts.reject_passkey", subject=subject, details={"address": address})


_AUDITED = {
    "mfa/email/totp_activated": "accounts.set_up_second_factor",
    "mfa/email/totp_deactivated": "accounts.remove_own_second_factor",
    "mfa/email/recovery_codes_generated": "accounts.renew_recovery_codes",
    "mfa/email/webauthn_added": "accounts.add_passkey",
    "mfa/email/webauthn_removed": "accounts.remove_passkey",
}


class AccountAdapter(DefaultAccountAdapter):
    """Staff accounts are made by administrators; a person signs in with username or e-mail and password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        # A sign-in of a minute ago is as good as typing the password again.
        return not sessions.is_fresh(self.request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return lockout.account_key(_typed(credentials))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            raise locked_out(lockout.minutes_left(lockout.account_key(_typed(credentials)))) from None

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        typed = _typed(credentials)
        person, key = lockout.named(typed), lockout.account_key(typed)
        note_failure(person, "accounts.fail_sign_in", key, self.get_client_ip(request))

    def login(self, request: HttpRequest, user: Person) -> None:
        super().login(request, user)
        sessions.begin(request)
        _note(actor_of(user), "accounts.sign_in", self.get_client_ip(request))

    def logout(self, request: HttpRequest) -> None:
        if isinstance(person := request.user, Person):
            _note(actor_of(person), "accounts.sign_out", self.get_client_ip(request))
        super().logout(request)

    def clean_password(self, password: str, user: Person | None = None) -> str:
        cleaned = super().clean_password(password, user)
        if user is not None and user.check_password(cleaned):
            raise ValidationError(_("The new password must differ from the present one."), code="PASSWORD_UNCHANGED")
        return cleaned

    def set_password(self, user: Person, password: str) -> None:
        """A person sets their own; other sessions end with the old password."""
        user.set_password(password)
        user.must_change_password = False
        with transaction.atomic():
            user.save(update_fields=["password", "must_change_password"])
            subject = f"accounts.person:{user.pk}"
            record_entry(by=actor_of(user), action="accounts.change_own_password", subject=subject)
            announce(OwnPasswordChanged(user.pk), subject=subject, by=actor_of(user))

    def send_notification_mail(
        self, template_prefix: str, user: Person, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """allauth tells here, by the name of a mail, what a person did with their second factor; it is audited."""
        if action := _AUDITED.get(template_prefix):
            _note(actor_of(user), action, self.get_client_ip(self.request), OwnSecondFactorChanged(user.pk))
        super().send_notification_mail(template_prefix, user, context, email)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Through the provider, where the session was begun by one that ends its own too."""
        return entering.sign_out_address(request) or str(super().get_logout_redirect_url(request))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)


def _typed(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or credentials.get("username") or "")


def _note(actor: Actor, action: str, address: str, event: object | None = None) -> None:
    subject = f"accounts.person:{actor.id}"
    with transaction.atomic():
        record_entry(by=actor, action=action, subject=subject, details={"address": address})
        if event is not None:
            announce(event, subject=subject, by=actor)


class SessionsAdapter(DefaultUserSessionsAdapter):
    """The page that lists one's own sessions ends the others."""

    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        super().end_sessions(sessions := list(sessions))
        if isinstance(person := self.request.user, Person):
            address = AccountAdapter(self.request).get_client_ip(self.request)
            _note(actor_of(person), "accounts.end_other_sessions", address)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets encrypted with a key made from `secret_key`; staff cannot go without a second factor."""

    def encrypt(self, text: str) -> str:
        return second_factor.encrypted(text)

    def decrypt(self, encrypted_text: str) -> str:
        return second_factor.decrypted(encrypted_text)

    def get_totp_issuer(self) -> str:
        return str(settings.SONGCAU.city_name)

    def get_totp_label(self, user: Person) -> str:
        return user.username

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:  # noqa: A002
        held = Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey %(number)d") % {"number": held + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": str(settings.SONGCAU.city_name)}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not actor_of(authenticator.user).grants
