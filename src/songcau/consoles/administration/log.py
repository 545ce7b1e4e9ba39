"""The last audit entries about one thing, for those who may read the log."""

from typing import Any

from django.urls import reverse

from songcau.consoles.administration.audit import words
from songcau.foundation.audit import permissions
from songcau.foundation.audit.models import Entry
from songcau.kernel.actor import Actor

SHOWN = 15


def last_entries(by: Actor, subject: str) -> list[dict[str, Any]]:
    """Newest first; empty for those who may not."""
    if not permissions.may_view(by):
        return []
    return [
        {
            "at": entry.at,
            "what": words.said(entry.action),
            "who": entry.actor_label,
            "href": reverse("administration:audit_entry", args=[entry.sequence]),
        }
        for entry in Entry.objects.filter(subject=subject).order_by("-sequence")[:SHOWN]
    ]
