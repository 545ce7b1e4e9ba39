"""What led to an alert, by the names that the live city has for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import get_language

from songcau.context.public import ContextRefused
from songcau.foundation.accounts.context_grants import city_context
from songcau.kernel.errors import Unavailable
from songcau.systems.incidents.rules.receiving import name_of

# How a citizen's report is called: it has no name of its own, for a name would be somebody's words.
_MATTER = "categoryName"


def named(ids: Sequence[str]) -> list[tuple[str, str]]:
    """(name, id) of each entity; the name is empty for one that has none, is gone, or cannot be asked for now."""
    if not ids:
        return []
    try:
        with city_context() as context:
            # By ids alone the broker refuses to look; what there is stands here, so here alone it looks.
            found = context.query(id=",".join(ids), local="true")
            names = {str(one["id"]): _name(one) for one in found}
    except (Unavailable, ContextRefused):
        names = {}
    return [(names.get(one, ""), one) for one in ids]


def _name(entity: Mapping[str, Any]) -> str:
    if said := name_of(entity):
        return said
    matter = entity.get(_MATTER)
    words = matter.get("languageMap") if isinstance(matter, Mapping) else None
    return str(words.get(get_language() or "vi") or words.get("vi", "")) if isinstance(words, Mapping) else ""
