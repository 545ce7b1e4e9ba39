"""Codes → words. English here, Vietnamese in the catalogue of this app."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from songcau.foundation.accounts.roles import Role
from songcau.kernel.errors import Anticipated

REFUSALS = {
    "NAME_UNUSABLE": _("Please enter a name in letters, at most %(limit)s characters long."),
    "USERNAME_UNUSABLE": _("A username has 3 to 60 characters: letters a to z, digits, dot, dash or underscore."),
    "PHONE_UNREADABLE": _(
        "There is no telephone number like this. Write it like 0912 345 678 or 0208 3855 555; "
        "a number from abroad begins with + and the code of the country."
    ),
    "EMAIL_UNUSABLE": _("Please enter an e-mail address such as name@example.vn."),
    "AGENCY_CODE_UNUSABLE": _("An agency code has 1 to 40 characters: letters A to Z, digits or dashes."),
    "AGENCY_NAME_MISSING": _("Please enter a name, at most 200 characters long."),
    "AGENCY_LOOP": _("An agency cannot stand under itself or under an agency that belongs to it."),
    "AGENCY_TOO_DEEP": _("The tree of agencies may be at most %(limit)s levels deep."),
    "AGENCY_IS_CLOSED": _("%(name)s is closed; nothing more can be added or changed there."),
    "AGENCY_CODE_TAKEN": _("The code %(code)s belongs to another agency."),
    "AGENCY_IN_USE": _(
        "This agency cannot be closed yet: %(agencies)s agencies under it, %(roles)s roles and %(people)s people "
        "must be moved first, or name one agency that succeeds it."
    ),
    "SUCCESSOR_UNUSABLE": _("The successor must be another agency that is open and does not belong to this one."),
    "PERIOD_UNUSABLE": _("Please check the dates: the end must come after the beginning, and the time must fit today."),
    "REASON_MISSING": _("Please give the reason, at most 500 characters long."),
    "LAST_ADMINISTRATOR": _(
        "This is the last system administrator. Grant the role to another person, without an end date, first."
    ),
    "ROLE_SCOPE_UNUSABLE": _("This role is granted either in an agency or in the whole city; please choose the other."),
    "ROLE_GRANTED_ALREADY": _("The person holds this role there already."),
    "CHANGED_MEANWHILE": _(
        "Somebody else has saved this record meanwhile (changed: %(fields)s). Nothing of yours was saved; "
        "please look at the new version and enter your change again."
    ),
    "CHANGED_MEANWHILE_BY": _(
        "%(who)s has saved this record meanwhile, at %(at)s (changed: %(fields)s). Nothing of yours was saved; "
        "please look at the new version and enter your change again."
    ),
    "USERNAME_TAKEN": _("The username %(username)s belongs to another person."),
    "EMAIL_TAKEN": _("The address %(email)s belongs to another person."),
    "ALREADY_INACTIVE": _("The account is switched off already."),
    "ALREADY_ACTIVE": _("The account is switched on already."),
    "PERSON_INACTIVE": _("The account of %(name)s is switched off; switch it on first."),
    "POST_TITLE_TAKEN": _("The agency already has a post “%(title)s”, or a head."),
    "POST_HELD_ALREADY": _("The post “%(title)s” is held already; it must be left first."),
    "POST_LEFT_ALREADY": _("The post “%(title)s” was left already."),
    "NOT_YOURS": _("You do not have the right to do this in that agency."),
    "NOT_TO_ONESELF": _("You cannot do this to your own account; please ask another administrator."),
    "ABOVE_YOU": _("This concerns a role with more rights than you may hand on."),
    "NOT_ALLOWED": _("You do not have the right to open this page."),
    "ROUTE_UNDECLARED": _("This page does not say who may open it and is therefore closed."),
    "SECRET_UNREADABLE": _(
        "The second factor of this account can no longer be read. Please ask your administrator to reset it."
    ),
    "DELEGATION_PERIOD": _("A delegation begins today or later and ends after it begins; please check the dates."),
    "DELEGATION_TOO_LONG": _("A delegation lasts at most %(days)s days. For longer, have the role granted instead."),
    "ROLE_NOT_HELD": _("You do not hold this role, or no longer hold it on that day, so you cannot delegate it."),
    "ROLE_IS_LENT": _("This role was delegated to you; it cannot be delegated on to another person."),
    "ROLE_NOT_LENT": _("This role is held in person only and cannot be delegated."),
    "DELEGATE_IS_ONESELF": _("You cannot delegate to yourself; please choose another person."),
    "DELEGATE_ELSEWHERE": _("Please choose a person of the agency of this role, or of an agency under it."),
    "DELEGATED_ALREADY": _("This role is delegated for a part of that time already; withdraw that delegation first."),
    "NOTHING_TO_LEND": _("No role that can be delegated goes with the post “%(title)s”."),
    "TRANSITION_REFUSED": _("This step is not possible any more; the record has moved on meanwhile."),
    "SIGN_ON_FAILED": _(
        "Signing in with %(provider)s did not work: its answer could not be verified. Nobody was signed in. "
        "Please try again, or choose another way."
    ),
    "SIGN_ON_EXPIRED": _(
        "This sign-in has run out, was used already, or was begun in another browser. Please begin again."
    ),
    "SIGN_ON_DECLINED": _("You did not finish signing in with %(provider)s. You can try again or choose another way."),
    "ASSURANCE_TOO_LOW": _(
        "Your account with %(provider)s is not verified strongly enough for this. Raise its level with %(provider)s, "
        "or come to the one-stop desk with your identity card."
    ),
    "PROVIDER_AWAY": _(
        "%(provider)s does not answer at the moment. Please try again in a few minutes, or choose another way."
    ),
    "STAFF_ELSEWHERE": _("This account belongs to a member of the staff. Please use the sign-in for staff."),
    "KNOWN_OTHERWISE": _(
        "You already have an account here and sign in another way. Please sign in that way, then add this one under "
        "“My ways to sign in”."
    ),
    "IDENTITY_TAKEN": _("This way to sign in already belongs to another account."),
    "OTHER_NUMBER": _(
        "This way to sign in belongs to another identity number than your account. If the card was renewed, please "
        "come to the one-stop desk."
    ),
    "SIGN_IN_STRONGER": _(
        "To change this, please sign in with your strongest way first: this session was begun with a weaker one."
    ),
    "LAST_WAY": _("This is the only way you can sign in. Add another one first."),
    "NAME_NEEDED": _("Please tell us your name."),
    "NOT_YOUR_WAY": _("You can change your own ways to sign in only."),
    "PHONE_NOT_MOBILE": _(
        "This is not a mobile number we can send to. Write it like 0912 345 678, or with + and the code of the country."
    ),
    "TOO_MANY_CODES": _(
        "No more codes can be sent just now. Please wait a minute and try again; after several codes, until tomorrow."
    ),
    "PHONE_CODE_WRONG": _("The code is not right or no longer holds. Check it, or ask for a new one."),
    "CODES_NOT_SENT": _("Signing in by telephone is not possible at the moment. Please choose another way."),
}


def said(refusal: Anticipated, **params: object) -> str:
    """A refusal of this app as a sentence, in the language of the moment."""
    return str(REFUSALS[refusal.code]) % {**refusal.params, **params}


ROLES = {
    Role.SYSTEM_ADMINISTRATOR: _("System administrator"),
    Role.AGENCY_ADMINISTRATOR: _("Agency administrator"),
    Role.AUDITOR: _("Auditor"),
    Role.CITY_LEADER: _("City leader"),
    Role.WARD_LEADER: _("Ward leader"),
    Role.OPERATOR: _("Operations centre officer"),
    Role.CLERK: _("One-stop clerk"),
    Role.SPECIALIST: _("Specialist"),
    Role.DATA_PROTECTION_OFFICER: _("Data protection officer"),
}

AGENCY_KINDS = {
    "PROVINCE_COMMITTEE": _("Provincial People's Committee"),
    "CITY_COMMITTEE": _("City People's Committee"),
    "WARD_COMMITTEE": _("Ward or commune People's Committee"),
    "OFFICE": _("Office or division"),
    "OPERATIONS_CENTRE": _("Intelligent operations centre"),
    "ONE_STOP_DESK": _("One-stop desk"),
}

GRANT_STATES = {"GRANTED": _("Granted"), "EXPIRED": _("Expired"), "WITHDRAWN": _("Withdrawn")}

DELEGATION_STATES = {
    "PLANNED": _("Planned"),
    "IN_FORCE": _("In force"),
    "ENDED": _("Ended"),
    "WITHDRAWN": _("Withdrawn"),
}

PERMISSIONS: dict[str, Promise] = {
    "accounts.view_people": _("See people"),
    "accounts.manage_people": _("Add, change and switch off people"),
    "accounts.view_agencies": _("See agencies"),
    "accounts.manage_agencies": _("Add, change, move and close agencies"),
    "accounts.grant_roles": _("Grant roles"),
    "accounts.withdraw_roles": _("Withdraw roles"),
    "accounts.sign_out_people": _("Sign people out"),
    "accounts.unlock_people": _("Unlock people"),
    "accounts.reset_credentials": _("Reset passwords and second factors"),
    "accounts.open_django_admin": _("Look into the configuration tables"),
    "places.view_units": _("See administrative units"),
    "places.import_boundaries": _("Import boundaries"),
    "files.view": _("See the list of files"),
    "files.hold": _("Set and lift legal holds"),
    "files.try_out": _("Try uploads out"),
    "outbox.view": _("See events and deliveries"),
    "outbox.replay": _("Replay deliveries"),
    "audit.view": _("See the audit log"),
    "audit.export": _("Export the audit log"),
    "audit.verify": _("Verify the audit log"),
    "calendar.manage_calendar": _("Record days off and days worked for the whole country"),
    "calendar.manage_agency_hours": _("Set office hours, days off and closures of agencies"),
    "calendar.decide_dates": _("Decide whether promised dates move"),
    "notifications.view_deliveries": _("See the messages that were sent"),
    "notifications.retry_deliveries": _("Send messages again"),
    "notifications.manage_channels": _("Look after the channels of messages"),
    "context.read": _("See what devices and systems report of the city"),
    "context.write": _("Report to the context of the city"),
    "personal_data.view_looks": _("See who looked at personal data"),
    "personal_data.answer_requests": _("Answer requests about personal data"),
}


def name_permissions(words: Mapping[str, Promise]) -> None:
    """The permissions of a city system in words. For its `AppConfig.ready`; twice is the same as once."""
    PERMISSIONS.update(words)


FIELDS = {
    "full_name": _("full name"),
    "email": _("e-mail"),
    "phone": _("telephone"),
    "home": _("agency"),
    "name": _("name"),
    "kind": _("kind"),
    "parent": _("parent agency"),
    "unit_id": _("administrative unit"),
    "closed_on": _("closing date"),
}

# What allauth may say on the pages in use. It has no Vietnamese of its own; ours stands in this app's catalogue.
ALLAUTH = (
    gettext_noop("This account is currently inactive."),
    gettext_noop("Please type your current password."),
    gettext_noop("Incorrect code."),
    gettext_noop("Incorrect password."),
    gettext_noop("Invalid login."),
    gettext_noop("Too many failed login attempts. Try again later."),
    gettext_noop("Be patient, you are sending too many requests."),
    gettext_noop("The username and/or password you specified are not correct."),
    gettext_noop("The email address and/or password you specified are not correct."),
    gettext_noop("You must type the same password each time."),
    gettext_noop("Current Password"),
    gettext_noop("New Password"),
    gettext_noop("New Password (again)"),
    gettext_noop("Password"),
    gettext_noop("Code"),
    gettext_noop("Authenticator code"),
    gettext_noop("Use your password"),
    gettext_noop("Use authenticator app or code"),
    gettext_noop("You cannot deactivate two-factor authentication."),
    gettext_noop("You cannot generate recovery codes without having two-factor authentication enabled."),
    gettext_noop("Recovery codes"),
    gettext_noop("TOTP Authenticator"),
    gettext_noop("Successfully signed in as %(name)s."),
    gettext_noop("You have signed out."),
    gettext_noop("Password successfully changed."),
    gettext_noop("Authenticator app activated."),
    gettext_noop("Authenticator app deactivated."),
    gettext_noop("A new set of recovery codes has been generated."),
    gettext_noop("Save them  in a secure location now — they won't be shown again."),
    gettext_noop("Signed out of all other sessions."),
)
