"""The mappings of a city's gateways: whether there are any, and whether they can be used."""

from pathlib import Path

import click

from songcau.entry.language import language_of_the_city
from songcau.entry.processes import GATEWAYS, PROCESSES, Process
from songcau.entry.settings import Settings
from songcau.gateways.faults import MappingFault


def processes_of(settings: Settings) -> tuple[Process, ...]:
    """What is to run in a city with these settings. A mapping that cannot be used is said now, and not by a process
    that dies again and again."""
    if settings.mqtt_mapping is None:
        return PROCESSES
    from songcau.gateways.mqtt.mapping import read_mapping

    try:
        read_mapping(settings.mqtt_mapping)
    except MappingFault as fault:
        raise unusable(settings.mqtt_mapping, fault, settings.language) from None
    return (*PROCESSES, GATEWAYS)


def unusable(mapping: Path, fault: MappingFault, language: str | None) -> click.ClickException:
    """A mapping that cannot be used, in words."""
    return click.ClickException(f"{mapping}: {fault.sentence(language or language_of_the_city())}")
