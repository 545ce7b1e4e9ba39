"""What the running registry must keep: no foreign key between systems, no open route, no unlisted event."""

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db.models import ForeignObject, ManyToManyField
from django.urls import URLPattern, URLResolver, get_resolver
from songcau.foundation.accounts.access import access_of

import songcau


def system_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[2] if parts[:2] == ["songcau", "systems"] else None


def test_no_table_points_at_another_systems_table() -> None:
    faults = []
    for model in apps.get_models():
        own = system_of(model.__module__)
        for field in model._meta.get_fields(include_hidden=True):
            if not isinstance(field, ForeignObject | ManyToManyField):
                continue
            other = system_of(field.related_model.__module__)
            if other is not None and other != own:
                faults.append(f"{model.__name__}.{field.name} → {other}")
    assert faults == []


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern), pattern


def test_every_route_declares_who_may_open_it() -> None:
    walked = list(routes(get_resolver().url_patterns))
    assert len(walked) > 20
    assert [route for route, pattern in walked if access_of(pattern.callback, pattern.name) is None] == []


def event_classes() -> Iterator[type]:
    for found in pkgutil.walk_packages(songcau.__path__, "songcau."):
        if found.name.endswith(".events") and ".tests." not in found.name:
            module = importlib.import_module(found.name)
            for value in vars(module).values():
                if isinstance(value, type) and dataclasses.is_dataclass(value) and value.__module__ == found.name:
                    yield value


def test_every_event_stands_in_the_table_of_flows() -> None:
    from songcau.flows.table import TABLE

    classes = list(event_classes())
    assert classes, "no event was found: the walk is broken"
    assert [cls.__qualname__ for cls in classes if cls not in TABLE] == []


def test_every_event_is_frozen() -> None:
    assert [c.__qualname__ for c in event_classes() if not c.__dataclass_params__.frozen] == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("floor", ["flows", "consoles", "gateways", "simulators"])
def test_only_foundation_and_systems_have_tables(floor: str) -> None:
    assert [m.__name__ for m in apps.get_models() if m.__module__.startswith(f"songcau.{floor}")] == []
