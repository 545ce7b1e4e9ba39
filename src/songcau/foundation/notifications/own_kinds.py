"""What the foundation itself tells people: about their account, and administrators about the installation."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.words import ROLES
from songcau.foundation.notifications.kinds import EMAIL, Kind, instant_in_words
from songcau.foundation.notifications.rules import Channel, Urgency

ROLE_GRANTED = "accounts.role_granted"
ROLE_ENDED = "accounts.role_ended"
ACCOUNT_CLOSED = "accounts.account_closed"
ACCOUNT_REOPENED = "accounts.account_reopened"
SECURITY_CHANGED = "accounts.security_changed"
DEAD_LETTER = "outbox.dead_letter"
ZALO_LOST = "notifications.zalo_lost"
TEST = "notifications.test"
ROLE_LENT = "accounts.role_lent"
LOAN_ENDED = "accounts.loan_ended"
REQUEST_RECEIVED = "personal_data.request_received"
REQUEST_ANSWERED = "personal_data.request_answered"
REQUEST_MOVED = "personal_data.request_moved"
CURIOSITY = "personal_data.curiosity"

CHANGES = {
    "PASSWORD_RESET": _("an administrator set a temporary password"),
    "PASSWORD_CHANGED": _("the password was changed"),
    "SECOND_FACTOR_RESET": _("an administrator took the second factor away"),
    "SECOND_FACTOR_CHANGED": _("the second factor or a passkey was changed"),
    "WAY_ADDED": _("a way to sign in was added"),
    "WAY_REMOVED": _("a way to sign in was removed"),
}
NO_PLACE = "WHOLE_CITY"
_SIGN_IN_CHANGED = _("The sign-in of your account was changed. Sign in to see what; if it was not you, call us.")


def _role(code: str) -> str | Promise:
    return ROLES[Role(code)] if code in Role.__members__ else code


def _place(name: str) -> str | Promise:
    return _("the whole city") if name == NO_PLACE else name


KINDS = (
    Kind(
        ROLE_GRANTED,
        name=_("A role was given to me"),
        title=_("You were given the role “%(role)s”"),
        body=_("The role holds in: %(agency)s. What it opens stands in the menu from its first day on."),
        short=_("Your rights have changed."),
        params=frozenset({"role", "agency"}),
        says={"role": _role, "agency": _place},
    ),
    Kind(
        ROLE_ENDED,
        name=_("A role of mine ended"),
        title=_("Your role “%(role)s” has ended"),
        body=_("It held in: %(agency)s. If your work still needs it, ask the administrator of your agency."),
        short=_("Your rights have changed."),
        params=frozenset({"role", "agency"}),
        says={"role": _role, "agency": _place},
    ),
    Kind(
        ROLE_LENT,
        name=_("A role was lent to me"),
        title=_("The role “%(role)s” is lent to you"),
        body=_("It holds in: %(agency)s, from %(starts)s until %(ends)s. What you do with it stands under both names."),
        short=_("Your rights have changed."),
        params=frozenset({"role", "agency", "starts", "ends"}),
        says={"role": _role, "agency": _place, "starts": instant_in_words, "ends": instant_in_words},
    ),
    Kind(
        LOAN_ENDED,
        name=_("A role lent to me was taken back"),
        title=_("A role that was lent to you was taken back"),
        body=_("You can no longer use it. Your own roles are as before."),
        short=_("Your rights have changed."),
    ),
    Kind(
        REQUEST_RECEIVED,
        name=_("Somebody asks about their personal data"),
        title=_("A request about personal data must be answered by %(due)s"),
        body=_("It stands on the list of requests, with what is asked."),
        short=_("A request about personal data waits for you."),
        params=frozenset({"due"}),
        permission="personal_data.answer_requests",
        says={"due": instant_in_words},
    ),
    Kind(
        REQUEST_ANSWERED,
        name=_("My request about my data was answered"),
        title=_("Your request about your data was answered"),
        body=_("The answer, with its ground, stands on the page of your data."),
        short=_("Your request was answered."),
    ),
    Kind(
        REQUEST_MOVED,
        name=_("My request about my data gets another date"),
        title=_("Your request about your data is answered by %(due)s"),
        body=_("The working calendar changed after the first date was told. The first date stands beside it."),
        short=_("Your request gets another date."),
        params=frozenset({"due"}),
        says={"due": instant_in_words},
    ),
    Kind(
        CURIOSITY,
        name=_("Somebody opened the data of many people"),
        title=_("One reader opened the data of %(people)s people within an hour"),
        body=_("Please look whether the work explains it, and settle the alarm with the reason."),
        short=_("An alarm about personal data waits for you."),
        params=frozenset({"people"}),
        permission="personal_data.view_looks",
    ),
    Kind(
        ACCOUNT_CLOSED,
        name=_("My account was switched off"),
        title=_("Your account was switched off"),
        body=_("You can no longer sign in. If this is a mistake, ask the administrator of your agency."),
        short=_("Your account was switched off."),
        urgency=Urgency.URGENT,
        usual=EMAIL | {Channel.SMS},
        required=EMAIL,
        to_closed_accounts=True,
    ),
    Kind(
        ACCOUNT_REOPENED,
        name=_("My account was switched on"),
        title=_("Your account was switched on again"),
        body=_("You can sign in again. If you did not expect this, tell the administrator of your agency."),
        short=_("Your account was switched on again."),
        urgency=Urgency.URGENT,
        required=EMAIL,
    ),
    Kind(
        SECURITY_CHANGED,
        name=_("My sign-in was changed"),
        title=_("The sign-in of your account was changed"),
        body=_(
            "What happened: %(change)s. If it was not you and nobody did it for you, change your password, "
            "sign out everywhere else, and tell your administrator at once."
        ),
        short=_SIGN_IN_CHANGED,
        params=frozenset({"change"}),
        urgency=Urgency.URGENT,
        usual=EMAIL | {Channel.SMS},
        required=EMAIL,
        says={"change": lambda code: CHANGES.get(code, code)},
    ),
    Kind(
        DEAD_LETTER,
        name=_("An event could not be delivered"),
        title=_("An event could not be delivered: %(event)s"),
        body=_(
            "The reaction %(reaction)s has failed too often and was given up. What comes after it on the same subject "
            "waits until somebody looks at it."
        ),
        short=_("A fault in the system needs an administrator."),
        params=frozenset({"event", "reaction"}),
        permission="outbox.view",
    ),
    Kind(
        ZALO_LOST,
        name=_("The Zalo account is disconnected"),
        title=_("Zalo no longer accepts the stored authorisation"),
        body=_(
            "Messages by Zalo wait and nothing is lost. Authorise the application for the Official Account again and "
            "enter the new refresh token on the page of channels."
        ),
        short=_("A fault in the system needs an administrator."),
        urgency=Urgency.URGENT,
        required=EMAIL,
        permission="notifications.manage_channels",
    ),
    Kind(
        TEST,
        name=_("Test of a channel"),
        title=_("Test of a channel"),
        body=_("This only tests whether messages arrive. Nothing else has happened."),
        short=_("This is a test."),
        urgency=Urgency.URGENT,
        usual=frozenset(),
        is_choice=False,
    ),
)
