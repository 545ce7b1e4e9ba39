"""What stands on the page of one thing and comes from other systems.

Systems never import each other. The page says of what it is; a console that knows both sides registers, once and from
its `apps.py`, what it puts beside it.
"""

from collections.abc import Callable
from uuid import UUID

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from songcau.kernel.actor import Actor

# From who looks and the id of the thing: a part of the page, or nothing.
Part = Callable[[Actor, UUID], SafeString]
_parts: dict[str, dict[str, Part]] = {}


def register(kind: str, name: str, part: Part) -> None:
    """Put a part beside things of a kind, such as `incident`. The same name again replaces it."""
    _parts.setdefault(kind, {})[name] = part


def beside(by: Actor, kind: str, thing_id: UUID) -> SafeString:
    """All that was registered for the kind, in the order in which it came."""
    return format_html_join("\n", "{}", ((part(by, thing_id),) for part in _parts.get(kind, {}).values()))
