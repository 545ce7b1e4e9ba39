"""The door: what actions and flows of any system may do with notifications."""

from songcau.foundation.notifications.actions.telling import notify
from songcau.foundation.notifications.codes import send_code
from songcau.foundation.notifications.kinds import Kind, register
from songcau.foundation.notifications.queries import unread_count
from songcau.foundation.notifications.rules import Channel, Urgency

__all__ = ["Channel", "Kind", "Urgency", "notify", "register", "send_code", "unread_count"]
