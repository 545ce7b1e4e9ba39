"""The mappings of a city's gateways: whether there are any, and whether they can be used."""

from collections.abc import Callable
from pathlib import Path

import click

from songcau.entry.language import language_of_the_city
from songcau.entry.processes import ALERTS, CONTEXT, GATEWAYS, PROVINCE, WORKER, Process, webs
from songcau.entry.settings import Settings
from songcau.gateways.faults import MappingFault


def processes_of(settings: Settings) -> tuple[Process, ...]:
    """What is to run in a city with these settings. A mapping that cannot be used is said now, and not by a process
    that dies again and again."""
    found: tuple[Process, ...] = (CONTEXT, *webs(settings.web_processes), WORKER, ALERTS)
    if settings.mqtt_mapping is not None:
        from songcau.gateways.mqtt.mapping import read_mapping

        _require_usable(settings.mqtt_mapping, read_mapping, settings.language)
        found += (GATEWAYS,)
    if settings.province_agreement is not None:
        from songcau.gateways.province.agreement import read_agreement

        _require_usable(settings.province_agreement, read_agreement, settings.language)
        found += (PROVINCE,)
    return found


def _require_usable(file: Path, read: Callable[[Path], object], language: str) -> None:
    try:
        read(file)
    except MappingFault as fault:
        raise unusable(file, fault, language) from None


def unusable(mapping: Path, fault: MappingFault, language: str | None) -> click.ClickException:
    """A mapping that cannot be used, in words."""
    return click.ClickException(f"{mapping}: {fault.sentence(language or language_of_the_city())}")
