"""@contexts: what a name means."""

from songcau.context.terms.contexts import Contexts
from songcau.context.terms.terms import CORE, Terms

__all__ = ["CORE", "Contexts", "Terms"]
