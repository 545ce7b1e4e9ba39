"""Directives of the demonstration city: made up, in every state, marked `is_demo`. Safe to repeat.

Each has a submission id that follows from what it is, so that a second time finds it there.
"""

from collections.abc import Callable

from songcau.systems.directives.management.telling import tell_stories

__all__ = ["seed_directives"]


def seed_directives(*, say: Callable[[str], None]) -> None:
    """After the people and agencies of the demonstration city are there."""
    say(f"directives: {tell_stories()} made-up ones in every state")
