"""Pages of a long list, cut on the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)


class Sliceable(Protocol[Item_co]):
    """What can be cut and counted: a list by wrapping, a Django queryset as it is."""

    def __getitem__(self, cut: slice, /) -> "Sequence[Item_co] | Sliceable[Item_co]": ...

    def count(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page: `items`, its `number` from 1, `size` asked for, `total` of the whole list."""

    items: tuple[Item, ...]
    number: int
    size: int
    total: int

    @property
    def count(self) -> int:
        """How many pages there are; at least one, since an empty list still has a first page."""
        return max(1, -(-self.total // self.size))

    @property
    def first_item(self) -> int:
        """The position of the page's first item, from 1; 0 on an empty list."""
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last_item(self) -> int:
        """The position of the page's last item."""
        return (self.number - 1) * self.size + len(self.items)

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.count else None


def page_of(rows: Sliceable[Item], number: int = 1, size: int = 50, *, total: int | None = None) -> Page[Item]:
    """Cut one page; a number outside the list gives its nearest page instead of an error.

    `total` where the rows are counted already, perhaps only up to some number: then the list ends there.
    """
    total = rows.count() if total is None else total
    last = max(1, -(-total // size))
    number = min(max(1, number), last)
    cut = rows[(number - 1) * size : number * size]
    return Page(items=tuple(cut), number=number, size=size, total=total)  # type: ignore[arg-type]
