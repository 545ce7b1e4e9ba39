"""Who may look at deliveries, try them again, and look after the channels. One's own notices are always one's own."""

from songcau.kernel.actor import Actor
from songcau.kernel.errors import NotAllowed

VIEW = "notifications.view_deliveries"
RETRY = "notifications.retry_deliveries"
MANAGE = "notifications.manage_channels"


class MayNotViewDeliveries(NotAllowed):
    code = "MAY_NOT_VIEW_DELIVERIES"


class MayNotRetryDeliveries(NotAllowed):
    code = "MAY_NOT_RETRY_DELIVERIES"


class MayNotManageChannels(NotAllowed):
    code = "MAY_NOT_MANAGE_CHANNELS"


class NotYourNotice(NotAllowed):
    """Nobody reads, marks or chooses for another."""

    code = "NOT_YOUR_NOTICE"


def may_view(actor: Actor) -> bool:
    return actor.may(VIEW)


def may_retry(actor: Actor) -> bool:
    return actor.may(RETRY)


def may_manage(actor: Actor) -> bool:
    return actor.may(MANAGE)


def require_view(actor: Actor) -> None:
    """Raises MayNotViewDeliveries."""
    if not may_view(actor):
        raise MayNotViewDeliveries


def require_retry(actor: Actor) -> None:
    """Raises MayNotRetryDeliveries."""
    if not may_retry(actor):
        raise MayNotRetryDeliveries


def require_manage(actor: Actor) -> None:
    """Raises MayNotManageChannels."""
    if not may_manage(actor):
        raise MayNotManageChannels
