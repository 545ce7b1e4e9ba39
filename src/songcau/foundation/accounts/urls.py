"""Sign-in, sign-out, password, second factor and sessions: the pages of allauth that are in use, and no others.

Sign-up, e-mail addresses and passwords by e-mail are left out, so that their addresses do not exist.
"""

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions import views as usersessions
from django.urls import path

from songcau.foundation.accounts import context_views, identity_views, phone_views

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("second-factor/", factor.index, name="mfa_index"),
    path("second-factor/authenticate/", factor.authenticate, name="mfa_authenticate"),
    path("second-factor/reauthenticate/", factor.reauthenticate, name="mfa_reauthenticate"),
    path("second-factor/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("second-factor/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-factor/recovery-codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-factor/recovery-codes/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second-factor/recovery-codes/file/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("passkeys/new/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/sign-in/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("passkeys/confirm/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("passkeys/<int:pk>/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("context-grant/", context_views.grant, name="context_grant"),
    path("sessions/", usersessions.list_usersessions, name="usersessions_list"),
    path("sign-in/", identity_views.sign_in, name="citizen_sign_in"),
    path("sign-in/name/", identity_views.give_name, name="citizen_name"),
    path("sign-in/phone/", phone_views.ask, name="citizen_phone"),
    path("sign-in/phone/code/", phone_views.code, name="citizen_phone_code"),
    path("sign-in/by/<slug:code>/", identity_views.begin, name="citizen_begin"),
    path("sign-in/by/<slug:code>/callback/", identity_views.callback, name="citizen_callback"),
    path("ways/", identity_views.ways, name="citizen_ways"),
    path("ways/phone/", phone_views.ask_link, name="citizen_phone_link"),
    path("ways/by/<slug:code>/", identity_views.begin_link, name="citizen_link"),
    path("ways/<uuid:identity_id>/remove/", identity_views.part, name="citizen_part"),
]
