"""Identifiers: UUID version 7 (RFC 9562), so that keys sort by the time they were made."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A new UUIDv7 as a standard `uuid.UUID`."""
    return uuid_utils.compat.uuid7()
