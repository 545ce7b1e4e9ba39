"""What waits for an answer."""

from songcau.systems.directives.models import Directive, Extension
from songcau.systems.directives.rules import ExtensionState


def waiting_extension(directive: Directive) -> Extension | None:
    """More time that was asked for and is not decided."""
    found: Extension | None = directive.extensions.filter(state=ExtensionState.ASKED).first()
    return found
