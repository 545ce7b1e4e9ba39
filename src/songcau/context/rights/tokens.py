"""Tokens of devices and systems: made once, told once, kept as a digest, ended at once."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from songcau.context.problems import BadRequestData, ResourceNotFound
from songcau.context.rights.caller import Caller
from songcau.context.rights.reach import Reach
from songcau.kernel import clock

PREFIX = "scb_"
_SECRET_BYTES = 32
_LONGEST_LABEL = 200
# Puts a document of a token on disk, None to remove it: id, document.
Keep = Callable[[str, dict[str, Any] | None], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept: of the secret only its SHA-256, in hexadecimal. Instants are aware, in UTC."""

    id: str
    digest: str
    label: str
    reach: Reach
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None

    def document(self) -> dict[str, Any]:
        """What is put on disk."""
        return {"digest": self.digest, **self.description()}

    def description(self) -> dict[str, Any]:
        """What may be shown: everything but the digest."""
        return {
            "id": self.id,
            "label": self.label,
            **self.reach.document(),
            "createdAt": self.created_at.isoformat(),
            "createdBy": self.created_by,
            **({"expiresAt": self.expires_at.isoformat()} if self.expires_at else {}),
        }

    @classmethod
    def restored(cls, document: Mapping[str, Any]) -> "Token":
        expires_at = document.get("expiresAt")
        return cls(
            document["id"],
            document["digest"],
            document["label"],
            Reach.read(document),
            datetime.fromisoformat(document["createdAt"]),
            document["createdBy"],
            datetime.fromisoformat(expires_at) if expires_at else None,
        )


def new_token(label: object, reach: Reach, *, by: str, now: datetime, expires_at: object = None) -> tuple[str, Token]:
    """A secret and the token to keep of it. `expires_at`: ISO 8601 with a zone. Raises BadRequestData."""
    if not isinstance(label, str) or not 0 < len(label.strip()) <= _LONGEST_LABEL:
        raise BadRequestData(f"label must say in 1 to {_LONGEST_LABEL} characters who will use the token.")
    ends = None if expires_at is None else _instant(expires_at)
    if ends is not None and ends <= now:
        raise BadRequestData("expiresAt has passed already.")
    secret = PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    return secret, Token(secrets.token_hex(8), digest_of(secret), label.strip(), reach, now, by, ends)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class Tokens:
    """All tokens of a broker. `keep` is the journal's."""

    def __init__(self, documents: Iterable[Mapping[str, Any]], keep: Keep) -> None:
        self._by_id = {token.id: token for token in map(Token.restored, documents)}
        self._usable = {token.digest: token for token in self._by_id.values()}
        self._keep = keep
        self._listeners: list[Callable[[], None]] = []

    def when_ended(self, callback: Callable[[], None]) -> None:
        """Call back at once whenever a token was revoked."""
        self._listeners.append(callback)

    def all(self) -> list[Token]:
        """The oldest first."""
        return sorted(self._by_id.values(), key=lambda token: (token.created_at, token.id))

    def caller(self, secret: str) -> tuple[Caller, float] | None:
        """Who uses this secret, and until when (POSIX seconds); None when nobody does."""
        token = self._usable.get(digest_of(secret))
        if token is None:
            return None
        return _caller(token)

    def owner(self, token_id: str) -> tuple[Caller, float] | None:
        """Who the owner of a token is, for what was set up with it, and until when; None when it was revoked."""
        token = self._by_id.get(token_id)
        return None if token is None or token.digest not in self._usable else _caller(token)

    async def create(self, members: Mapping[str, object], *, by: str) -> tuple[str, Token]:
        """Make a token from JSON; it is on disk when this returns. Raises BadRequestData, StorageUnavailable."""
        secret, token = new_token(
            members.get("label"),
            Reach.read(members),
            by=by,
            now=clock.now(),
            expires_at=members.get("expiresAt"),
        )
        await self._keep(token.id, token.document())
        self._by_id[token.id] = token
        self._usable[token.digest] = token
        return secret, token

    async def revoke(self, token_id: str) -> None:
        """End a token: from now on nobody can use it. Raises ResourceNotFound, StorageUnavailable.

        When the disk refuses, the token is unusable all the same but stays in the list, to be revoked again: after a
        restart it would be back.
        """
        token = self._by_id.get(token_id)
        if token is None:
            raise ResourceNotFound("There is no token of that id.")
        self._usable.pop(token.digest, None)
        for callback in self._listeners:
            callback()
        await self._keep(token_id, None)
        self._by_id.pop(token_id, None)


def _caller(token: Token) -> tuple[Caller, float]:
    ends = token.expires_at.timestamp() if token.expires_at else float("inf")
    return token.reach.caller(f"token:{token.label}", token.id), ends


def _instant(text: object) -> datetime:
    try:
        instant = datetime.fromisoformat(str(text))
        if instant.tzinfo is None:
            raise BadRequestData("expiresAt must name its time zone, such as Z.")
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRequestData("expiresAt must be a date and time such as 2027-01-01T00:00:00Z.") from None
