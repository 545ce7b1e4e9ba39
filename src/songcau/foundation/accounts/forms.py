"""allauth's forms where ours know more: names without marks, one-time codes that count once."""

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.forms import LoginForm as BaseLoginForm
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm as BaseAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as BaseReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm as BaseActivateTOTPForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songcau.foundation.accounts import lockout, second_factor
from songcau.foundation.accounts.adapters import locked_out, note_failure
from songcau.foundation.accounts.models import Person
from songcau.kernel import clock
from songcau.kernel.text import folded


class SignInForm(BaseLoginForm):
    """Username, however cased and marked, or e-mail; and the password."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["login"]
        field.label = gettext_lazy("Username or e-mail")
        field.max_length = 254
        field.widget.attrs.update(autocomplete="username", autocapitalize="none", spellcheck="false", maxlength="254")
        field.widget.attrs.pop("placeholder", None)
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].max_length = 256

    def clean_login(self) -> str:
        typed = super().clean_login()
        return typed.lower() if "@" in typed else folded(typed)

    def clean(self) -> dict[str, object]:
        try:
            return super().clean()
        except ValidationError as error:
            if error.code and error.code.endswith("_password_mismatch"):
                raise ValidationError(_("The username or the password is not right."), code="WRONG") from None
            raise


class _SpendsCode:
    """A code form whose codes count once, whoever typed them and wherever."""

    user: Person
    cleaned_data: dict[str, str]

    def clean_code(self) -> str:
        request = context.request
        if not lockout.consume_code_attempt(request, self.user):
            raise locked_out(lockout.minutes_left(lockout.code_key(self.user)))
        code = self.cleaned_data["code"]
        if not self.accepts(code):
            address = get_account_adapter().get_client_ip(request)
            note_failure(self.user, "accounts.fail_code", lockout.code_key(self.user), address)
            raise get_adapter().validation_error("incorrect_code")
        lockout.clear_codes(self.user)
        return code

    def accepts(self, code: str) -> bool:
        self.authenticator = second_factor.accepted(self.user, code, clock.now())
        if self.authenticator is None:
            return False
        self.authenticator.user = self.user
        return True


class CodeForm(_SpendsCode, BaseAuthenticateForm):
    """The code at sign-in: of the authenticator app, or a recovery code."""


class CodeAgainForm(_SpendsCode, BaseReauthenticateForm):
    """The code in a session that has begun without one, or before something dangerous."""


class ActivateForm(_SpendsCode, BaseActivateTOTPForm):
    """The first code of a new authenticator; giving it counts as using the second factor in this session."""

    def accepts(self, code: str) -> bool:
        step = second_factor.matching_step(self.secret, code, clock.now())
        if step is None or not second_factor.spend(self.user, step):
            return False
        record_authentication(context.request, self.user, "mfa", type="totp", reauthenticated=True)
        return True
