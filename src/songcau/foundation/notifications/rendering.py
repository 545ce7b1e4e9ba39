"""Puts a notice into words, in the language of the person it is for."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from songcau.foundation.accounts.models import Person
from songcau.foundation.notifications.kinds import SEVERAL, known
from songcau.foundation.notifications.models import Notice
from songcau.kernel.text import normal


@dataclass(frozen=True, slots=True)
class Text:
    """A heading and what stands under it."""

    title: str
    body: str


def language_of(person: Person) -> str:
    return person.language or settings.SONGCAU.language


def full(kind_code: str, params: Mapping[str, object]) -> Text:
    """What the inbox and the e-mail say, in the present language. A kind that is gone still gives a sentence."""
    kind = known(kind_code)
    if kind is None:
        return Text(_("A notice of a part that is no longer installed"), kind_code)
    filled = {name: _said(kind.says.get(name), value) for name, value in params.items()}
    return Text(normal(str(kind.title) % filled), str(kind.body) % filled)


def _said(says: object, value: object) -> str:
    return str(says(value)) if callable(says) else str(value)


def short(kind_code: str, count: int) -> str:
    """What SMS and Zalo say: no parameter, only how many, in the present language."""
    kind = known(kind_code)
    words = str(kind.short) if kind else _("There is something new for you.")
    return words if count == 1 else _("%(words)s (%(count)s notices)") % {"words": words, "count": count}


def several(kind_code: str, count: int) -> str:
    """The heading of an e-mail that tells of several notices of one kind, in the present language."""
    kind = known(kind_code)
    return normal(_(SEVERAL) % {"count": count, "name": str(kind.name) if kind else kind_code})


def name_of(kind_code: str) -> str:
    """What a kind is called; its code where the part that had it is gone."""
    kind = known(kind_code)
    return str(kind.name) if kind else kind_code


def in_language(notice: Notice, language: str) -> Text:
    with override(language):
        return full(notice.kind, notice.params)


def token_of(notice_id: UUID) -> str:
    """A notice's id as it stands in links: 22 signs."""
    return base64.urlsafe_b64encode(notice_id.bytes).decode().rstrip("=")


def id_in(token: str) -> UUID | None:
    """The id a link names, or None for anything else."""
    try:
        return UUID(bytes=base64.b64decode(token + "==", altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        return None


def address_of(notice_id: UUID) -> str:
    """The address that opens a notice; who is not signed in as its person gets nothing from it."""
    return f"{settings.SONGCAU.public_url}/n/{token_of(notice_id)}"


def inbox_address() -> str:
    return f"{settings.SONGCAU.public_url}/notices/"
