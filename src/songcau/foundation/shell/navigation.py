"""The desk's menu. Every console names its items once, in its `apps.py`; a person sees those they may open."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songcau.kernel.actor import Actor

Words = str | Promise


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One line of the menu. `permission` None: for everybody signed in. `order` sorts inside its group."""

    label: Words
    url_name: str
    icon: str
    permission: str | None = None
    group: Words = ""
    order: int = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """An item as the page draws it."""

    label: Words
    address: str
    icon: str
    current: bool


@dataclass(frozen=True, slots=True)
class Group:
    label: Words
    items: tuple[Shown, ...]


_items: dict[str, NavigationItem] = {}


def register(*items: NavigationItem) -> None:
    """Add items to the menu (from `AppConfig.ready`). Saying the same address again replaces its item."""
    for item in items:
        _items[item.url_name] = item


def registered() -> tuple[NavigationItem, ...]:
    """Every item there is, in the menu's order."""
    return tuple(sorted(_items.values(), key=lambda item: item.order))


def menu(actor: Actor, path: str, items: Sequence[NavigationItem] | None = None) -> tuple[Group, ...]:
    """The groups of items `actor` may open; the one whose address is the longest beginning of `path` is current."""
    offered = [
        (item, address)
        for item in (registered() if items is None else items)
        if (item.permission is None or actor.may(item.permission)) and (address := _address(item))
    ]
    current = max((address for _item, address in offered if _leads_to(address, path)), key=len, default="")
    groups: dict[str, list[Shown]] = {}
    for item, address in offered:
        shown = Shown(label=item.label, address=address, icon=item.icon, current=address == current)
        groups.setdefault(str(item.group), []).append(shown)
    return tuple(Group(label=label, items=tuple(shown)) for label, shown in groups.items())


def _address(item: NavigationItem) -> str:
    try:
        return reverse(item.url_name)
    except NoReverseMatch:
        return ""


def _leads_to(address: str, path: str) -> bool:
    return path == address or (address != "/" and path.startswith(address.rstrip("/") + "/"))


ADMINISTRATION = _("Administration")
