"""What can be done: telling people, reading, choosing channels, trying again, authorising Zalo."""

from songcau.foundation.notifications.actions.channels import (
    ChannelNotSetUp,
    NoAddress,
    TokenMissing,
    link_zalo,
    send_test,
    set_zalo_token,
    unlink_zalo,
)
from songcau.foundation.notifications.actions.choosing import HoursUnusable, choose_channels, choose_quiet_hours
from songcau.foundation.notifications.actions.deliveries import (
    DeliveryGone,
    NotGivenUp,
    purge_old_notices,
    retry_all_given_up,
    retry_delivery,
)
from songcau.foundation.notifications.actions.reading import mark_all_read, mark_read
from songcau.foundation.notifications.actions.telling import notify

__all__ = [
    "ChannelNotSetUp",
    "DeliveryGone",
    "HoursUnusable",
    "NoAddress",
    "NotGivenUp",
    "TokenMissing",
    "choose_channels",
    "choose_quiet_hours",
    "link_zalo",
    "mark_all_read",
    "mark_read",
    "notify",
    "purge_old_notices",
    "retry_all_given_up",
    "retry_delivery",
    "send_test",
    "set_zalo_token",
    "unlink_zalo",
]
