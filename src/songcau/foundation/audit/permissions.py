"""Who may read, take away, and verify the audit log."""

from songcau.kernel.actor import Actor
from songcau.kernel.errors import NotAllowed

VIEW = "audit.view"
EXPORT = "audit.export"
VERIFY = "audit.verify"


class MayNotViewAudit(NotAllowed):
    """Reading the log needs `audit.view`."""

    code = "MAY_NOT_VIEW_AUDIT"


class MayNotExportAudit(NotAllowed):
    """Taking the log away as a file needs `audit.export`."""

    code = "MAY_NOT_EXPORT_AUDIT"


class MayNotVerifyAudit(NotAllowed):
    """Walking the whole chain needs `audit.verify`."""

    code = "MAY_NOT_VERIFY_AUDIT"


def may_view(actor: Actor) -> bool:
    return actor.may(VIEW)


def may_export(actor: Actor) -> bool:
    return actor.may(EXPORT)


def may_verify(actor: Actor) -> bool:
    return actor.may(VERIFY)


def require_view(actor: Actor) -> None:
    """Raises MayNotViewAudit."""
    if not may_view(actor):
        raise MayNotViewAudit


def require_export(actor: Actor) -> None:
    """Raises MayNotExportAudit."""
    if not may_export(actor):
        raise MayNotExportAudit


def require_verify(actor: Actor) -> None:
    """Raises MayNotVerifyAudit."""
    if not may_verify(actor):
        raise MayNotVerifyAudit
