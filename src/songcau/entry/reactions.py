"""Collects what every app reacts to and every job of the schedule, for the outbox."""

import importlib
import importlib.util
from collections.abc import Iterator
from functools import cache
from types import ModuleType

from django.apps import apps

from songcau.flows.table import TABLE
from songcau.foundation.outbox.reactions import Job, Reaction


def _tasks() -> Iterator[ModuleType]:
    for config in apps.get_app_configs():
        if config.name.startswith("songcau.") and importlib.util.find_spec(f"{config.name}.tasks"):
            yield importlib.import_module(f"{config.name}.tasks")


@cache
def reactions() -> tuple[Reaction, ...]:
    """The table of flows, then each app's reactions to its own events."""
    crossings = tuple(reaction for followers in TABLE.values() for reaction in followers)
    return crossings + tuple(reaction for module in _tasks() for reaction in getattr(module, "REACTIONS", ()))


@cache
def jobs() -> tuple[Job, ...]:
    """The schedule of the whole city."""
    return tuple(job for module in _tasks() for job in getattr(module, "JOBS", ()))


def install_all() -> None:
    """Hand everything to the outbox of this process."""
    from songcau.foundation.audit.actions import record_entry
    from songcau.foundation.outbox import tasks
    from songcau.foundation.outbox.reactions import install

    install(reactions(), jobs(), record=record_entry, carriers=tasks.carriers())
