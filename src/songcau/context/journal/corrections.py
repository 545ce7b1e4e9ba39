"""What the temporal interface says about the past: instances that are added to a history, hidden from it, or replaced.

The log itself is not touched: a start and the subscribers read it as it was. What is hidden is left out when a history
is read; retention takes it from the disk in its own time.
"""

from dataclasses import dataclass, field
from typing import Final

INSTANCE: Final = "urn:ngsi-ld:Instance:"


@dataclass(frozen=True, slots=True)
class Added:
    """One instance (JSON in the stored form, without its instanceId) for an attribute's history.

    observed: microseconds since 1970, if it was observed at some time.
    """

    name: str
    dataset: str | None
    instance_id: str
    body: bytes
    observed: int | None = None


@dataclass(frozen=True, slots=True)
class Hidden:
    """What disappears: one instance of an attribute, or all that there are now, of one dataset (None: the default one).

    Without a name: everything that there is now.
    """

    name: str | None = None
    dataset: str | None = None
    is_every_dataset: bool = False
    instance_id: str | None = None

    def place(self) -> tuple[int, int] | None:
        """Row and place of an instance that stands in the log; None for one that was added."""
        row, found, place = (self.instance_id or "").removeprefix(INSTANCE).partition("-")
        if found and row.isdecimal() and place.isdecimal() and len(row) < 19 and len(place) < 10:
            return int(row), int(place)
        return None


@dataclass(frozen=True, slots=True)
class Correction:
    """First what is hidden, then what is added. is_forgotten: the whole history goes, and with it the entity's name.

    number: the number under which an entity that is only known from additions is kept, if it has none yet.
    types: of such an entity; those it has already stay its own. at: the newest instant (microseconds since 1970) at
    which something of it was told; 0 for none.
    """

    tenant: str
    tenant_number: int
    entity_id: str
    number: int
    types: tuple[str, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    added: tuple[Added, ...] = ()
    is_forgotten: bool = False
    at: int = 0


@dataclass(slots=True)
class Mask:
    """What is hidden of one life: everything up to a row, attributes up to a row, single instances."""

    everything: int = 0
    datasets: dict[tuple[str, str | None], int] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    places: set[tuple[int, int]] = field(default_factory=set)

    def hides(self, seq: int, place: int, name: str, dataset: str | None) -> bool:
        return (
            seq <= self.everything
            or seq <= self.names.get(name, 0)
            or seq <= self.datasets.get((name, dataset), 0)
            or (seq, place) in self.places
        )

    def add(self, up_to: int, name: str | None, dataset: str | None, place: int | None) -> None:
        """One row of the table: a place counts alone; dataset `*` is every one, an empty one the default."""
        if place is not None:
            self.places.add((up_to, place))
        elif name is None:
            self.everything = max(self.everything, up_to)
        elif dataset == EVERY_DATASET:
            self.names[name] = max(self.names.get(name, 0), up_to)
        else:
            key = (name, dataset or None)
            self.datasets[key] = max(self.datasets.get(key, 0), up_to)


EVERY_DATASET: Final = "*"
