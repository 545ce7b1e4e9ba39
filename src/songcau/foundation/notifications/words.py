"""Codes → words."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Words = str | Promise

REFUSALS: dict[str, Words] = {
    "MAY_NOT_VIEW_DELIVERIES": _("You are not allowed to see the messages that were sent."),
    "MAY_NOT_RETRY_DELIVERIES": _("You are not allowed to send messages again."),
    "MAY_NOT_MANAGE_CHANNELS": _("You are not allowed to look after the channels."),
    "NOT_YOUR_NOTICE": _("This notice is not addressed to you, or it is no longer kept."),
    "NOTICE_DELIVERY_GONE": _("There is no such message; it may have been deleted with its notice."),
    "NOT_GIVEN_UP": _("This message is no longer given up: somebody has sent it again already."),
    "QUIET_HOURS_UNUSABLE": _("Please enter both the beginning and the end of the quiet hours, or leave both empty."),
    "CHANNEL_NOT_SET_UP": _("This channel is not set up: the settings of the installation name no server for it."),
    "NO_ADDRESS_ON_CHANNEL": _("There is no address for this channel in the account."),
    "ZALO_TOKEN_MISSING": _("Please paste the refresh token as Zalo shows it, without spaces."),
    "CHANNEL_AWAY": _("The message cannot be sent at the moment. Please try again in a few minutes."),
    "MESSAGE_REJECTED": _("The message was not accepted: the address cannot be used."),
}

CHANNELS: dict[str, Words] = {
    "IN_APP": _("In the app"),
    "EMAIL": _("E-mail"),
    "SMS": _("SMS"),
    "ZALO": _("Zalo"),
}

STATES: dict[str, Words] = {
    "QUEUED": _("Waiting to be sent"),
    "HELD": _("Held until the quiet hours end"),
    "SENT": _("Sent"),
    "DELIVERED": _("Arrived"),
    "FAILED": _("Failed, will be tried again"),
    "GIVEN_UP": _("Given up"),
}

READINESS: dict[str, Words] = {
    "READY": _("Configured"),
    "SIMULATED": _("Simulated"),
    "NOT_SET_UP": _("Not configured"),
}

# Why a message failed. Stored as a code: the texts of servers may hold addresses.
REASONS: dict[str, Words] = {
    "NO_ADDRESS": _("The account holds no address for this channel."),
    "ADDRESS": _("The address cannot be used."),
    "ACCOUNT_CLOSED": _("The account was switched off meanwhile."),
    "SWITCHED_OFF": _("The person switched this channel off meanwhile."),
    "NOT_SET_UP": _("The channel is not set up."),
    "DISK": _("The data folder cannot be written."),
    "TIMEOUT": _("The server did not answer in time."),
    "CONNECTION_REFUSED": _("The server refuses connections."),
    "CONNECTION_LOST": _("The server broke the connection; it may have taken the message."),
    "NETWORK": _("The server cannot be reached."),
    "NAME_UNKNOWN": _("The name of the server is not known."),
    "TLS": _("The connection cannot be secured: check the server's certificate."),
    "NO_TLS_OFFERED": _("The server offers no TLS, and without it nothing is sent."),
    "NOT_SUPPORTED": _("The server lacks something that is needed."),
    "SIGN_IN": _("The server does not accept the user and password of the settings."),
    "GREETING": _("The server does not want to talk to us."),
    "SENDER_REFUSED": _("The server does not accept the sender's address of the settings."),
    "RECIPIENT_REFUSED": _("The server does not know the recipient's address."),
    "RECIPIENT_POSTPONED": _("The server does not take mail for this address now."),
    "MESSAGE_REFUSED": _("The server refuses the message."),
    "MESSAGE_POSTPONED": _("The server does not take the message now."),
    "PROTOCOL": _("The server answered something that is not understood."),
    "ANSWER": _("The server answered something that is not understood."),
    "SERVER": _("The server has a fault of its own."),
    "RATE": _("Too many messages in a short time."),
    "QUOTA": _("The quota of messages is used up."),
    "NIGHT": _("Zalo sends no such messages at night."),
    "PACKAGE": _("The package of the Official Account does not include this."),
    "NOT_VERIFIED": _("The Official Account is not verified."),
    "PARAMETERS": _("Zalo does not understand the message."),
    "TOO_LONG": _("The message is too long."),
    "NOT_FOLLOWING": _("The person does not follow the Official Account."),
    "BLOCKED": _("The person has blocked the Official Account."),
    "USER_INACTIVE": _("The Zalo account of the person is inactive."),
    "NO_RECENT_CONTACT": _("The person has not written to the Official Account lately."),
    "NOT_AUTHORISED": _("The application was not authorised for the Official Account yet."),
    "TOKEN_EXPIRED": _("Zalo does not accept the access token."),
    "TOKEN_BEING_RENEWED": _("The access token is being renewed."),
    "TOKEN_LOST": _("Zalo does not accept the authorisation any more; an administrator must authorise again."),
    "SEAL": _("The stored authorisation was sealed with another secret key; an administrator must authorise again."),
}


def reason(code: str) -> str:
    """Why a message failed, in words."""
    if words := REASONS.get(code):
        return str(words)
    if code.startswith("ZALO "):
        return gettext("Zalo answered with the error %(number)s.") % {"number": code.removeprefix("ZALO ")}
    return gettext("An error in the programme (%(name)s). The worker's log holds the rest.") % {
        "name": code.removeprefix("BUG ") or "—"
    }
