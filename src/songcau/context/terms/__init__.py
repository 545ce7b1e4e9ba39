"""@contexts: what a name means."""

from .contexts import Contexts
from .terms import CORE, Terms

__all__ = ["CORE", "Contexts", "Terms"]
