"""What the running registry must keep: no foreign key between systems, no open route, no unlisted event."""

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.db.models import ForeignObject, ManyToManyField
from django.urls import URLPattern, URLResolver, get_resolver

import songcau
from songcau.foundation.accounts.access import Access, access_of


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


@dataclass(frozen=True)
class Route:
    """An address as `access_of` wants to know it: like a ResolverMatch that was not asked for by a request."""

    path: str
    view: object
    view_name: str
    namespace: str


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "", namespace: str = "") -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, (namespace, pattern.namespace)))
            yield from routes(pattern.url_patterns, path, inner)
        else:
            name = ":".join(filter(None, (namespace, pattern.name)))
            yield Route(path, pattern.callback, name, namespace)


def every_route() -> list[tuple[Route, Access | None]]:
    walked = routes(get_resolver().url_patterns)
    return [(route, access_of(route.view, route)) for route in walked]  # type: ignore[arg-type]


def test_every_route_declares_who_may_open_it() -> None:
    walked = every_route()
    assert len(walked) > 20
    assert [route.path for route, access in walked if access is None] == []


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
