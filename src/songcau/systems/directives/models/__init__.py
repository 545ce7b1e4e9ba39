"""What is stored? Directives, who supports them, each date that ever held, extensions, the timeline, evidence."""

from songcau.systems.directives.models.directives import Directive, DirectiveQuerySet, Numbering, Supporting
from songcau.systems.directives.models.rows import Deadline, Entry, Evidence, Extension

__all__ = [
    "Deadline",
    "Directive",
    "DirectiveQuerySet",
    "Entry",
    "Evidence",
    "Extension",
    "Numbering",
    "Supporting",
]
