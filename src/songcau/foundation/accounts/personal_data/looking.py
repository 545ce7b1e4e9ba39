"""A page that opens somebody's data notes the look: with the purpose the address carries, or its own."""

from uuid import UUID

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from songcau.foundation.accounts.access import actor_of
from songcau.foundation.accounts.personal_data.actions import record_look
from songcau.foundation.accounts.personal_data.rules import Purpose, PurposeMissing, usable_note
from songcau.kernel.text import normal


def note_look(
    request: HttpRequest, whose: UUID, *, kind: str, default: Purpose, subject_id: UUID | None = None
) -> Purpose:
    """`?purpose=` and `?note=` say why; what makes no sense is the page's own purpose. The purpose that was noted."""
    note = normal(request.GET.get("note", ""))
    purpose = _asked(request.GET.get("purpose", ""), note) or default
    record_look(
        by=actor_of(request),
        whose=whose,
        kind=kind,
        purpose=purpose,
        subject_id=subject_id,
        note=note,
        address=str(get_adapter().get_client_ip(request)),
    )
    return purpose


def _asked(code: str, note: str) -> Purpose | None:
    """What the address asks for; None where the page has to say what is wrong with it."""
    try:
        purpose = Purpose(code)
        usable_note(purpose, note)
    except (ValueError, PurposeMissing):
        return None
    return purpose
