"""What the broker refuses, as the standard's own error types (ETSI GS CIM 009, clause 6.3.2).

Every refusal carries one sentence for the person who reads the answer. Nothing else may reach a client: an exception
that is not a `Problem` is a bug, is logged, and is answered as InternalError without its text.
"""

from typing import ClassVar

PREFIX = "https://uri.etsi.org/ngsi-ld/errors/"


class Problem(Exception):
    """Base of all refusals. `detail` is an English sentence; `extra` are further members of the error body."""

    status: ClassVar[int] = 400
    kind: ClassVar[str] = "BadRequestData"
    title: ClassVar[str] = "The request includes data that is not valid"

    def __init__(self, detail: str, **extra: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra

    def body(self) -> dict[str, object]:
        """The error body: a problem of RFC 7807 with the standard's type."""
        return {
            "type": PREFIX + self.kind,
            "title": self.title,
            "detail": self.detail,
            "status": self.status,
            **self.extra,
        }


class BadRequestData(Problem):
    """The request is understood, but its data break a rule of the model."""


class InvalidRequest(Problem):
    """The request is not of the operation's form: not JSON, an empty body, a wrong parameter."""

    kind = "InvalidRequest"
    title = "The request is not of the form that the operation asks"


class LdContextNotAvailable(Problem):
    """A @context that the request names cannot be had."""

    status = 504
    kind = "LdContextNotAvailable"
    title = "A remote @context cannot be had"


class ResourceNotFound(Problem):
    """No such entity, attribute, subscription or @context."""

    status = 404
    kind = "ResourceNotFound"
    title = "There is nothing of that name"


class NonexistentTenant(Problem):
    """The tenant that the request names does not exist."""

    status = 404
    kind = "NonexistentTenant"
    title = "There is no such tenant"


class AlreadyExists(Problem):
    """What should be created is already there."""

    status = 409
    kind = "AlreadyExists"
    title = "It is already there"


class OperationNotSupported(Problem):
    """The standard has the operation, this broker has not."""

    status = 422
    kind = "OperationNotSupported"
    title = "This broker does not offer the operation"


class NotAllowed(Problem):
    """Who asks is known, and may not."""

    status = 403
    kind = "AccessDenied"
    title = "This is not allowed to who asks"


class NotSignedIn(Problem):
    """Who asks is not known: no token, or one that expired or was revoked."""

    status = 401
    kind = "AccessDenied"
    title = "A valid token is needed"


class TooComplexQuery(Problem):
    """The query would cost more than this broker gives to one request."""

    status = 403
    kind = "TooComplexQuery"
    title = "The query is too complex"


class TooManyResults(Problem):
    """The answer would be larger than this broker gives."""

    status = 403
    kind = "TooManyResults"
    title = "The query has too many results"


class MethodNotAllowed(Problem):
    """The address exists, but not with this method."""

    status = 405
    kind = "OperationNotSupported"
    title = "The address does not take this method"


class NotAcceptable(Problem):
    """None of the media types that the client takes can be given."""

    status = 406
    kind = "InvalidRequest"
    title = "None of the accepted media types can be given"


class BodyTooLarge(Problem):
    """The body is larger than the broker reads."""

    status = 413
    kind = "InvalidRequest"
    title = "The body is too large"


class UnsupportedMediaType(Problem):
    """The body is of a media type that the operation does not read."""

    status = 415
    kind = "InvalidRequest"
    title = "The operation does not read this media type"


class StorageUnavailable(Problem):
    """The journal cannot take the change: a full disk, a database that is away. Nothing was changed."""

    status = 503
    kind = "InternalError"
    title = "The change cannot be put on disk now"
