"""To which ward something belongs: by its code, or by the agency that has it."""

from datetime import date
from uuid import UUID

from songcau.consoles.operations.prints import words
from songcau.foundation.accounts.models import Agency
from songcau.foundation.places.models import Unit
from songcau.foundation.places.queries import units
from songcau.foundation.places.rules import Level


class Wards:
    """Those in force on a day, in the order of their names, and the tree of agencies. Three queries in all."""

    def __init__(self, on: date) -> None:
        self.units: list[Unit] = list(units(Level.WARD, on))
        codes: dict[UUID, str] = {}
        self._names: dict[str, str] = {}
        self._began: dict[str, date] = {}
        # Of each code the newest name is kept, and the first day.
        for unit in Unit.objects.filter(level=Level.WARD).order_by("valid_from"):
            codes[unit.pk], self._names[unit.code] = unit.code, unit.name
            self._began.setdefault(unit.code, unit.valid_from)
        self._names |= {unit.code: unit.name for unit in self.units}
        self._agencies: dict[str, str] = {}
        self._wards: dict[str, str] = {}
        self._paths: dict[UUID, str] = {}
        for pk, path, name, unit_id in Agency.objects.values_list("pk", "path", "name", "unit_id"):
            self._agencies[path], self._paths[pk] = name, path
            if unit_id in codes:
                self._wards[path] = codes[unit_id]

    def codes(self) -> list[str]:
        return [unit.code for unit in self.units]

    def name(self, code: str) -> str:
        """Of a ward, also of one that is no more; a code that nobody knows is its own name."""
        return self._names.get(code, code) if code else words.no_ward()

    def began_on(self, code: str) -> date | None:
        """The first day on which a ward bore the code; None: no ward ever did."""
        return self._began.get(code)

    def agency(self, path: str) -> str:
        return self._agencies.get(path, path)

    def of_path(self, path: str) -> str:
        """The code of the ward in which an agency works, by itself or by the nearest above it; empty: in none."""
        while path not in ("", "/"):
            if found := self._wards.get(path):
                return found
            path = path.rstrip("/").rpartition("/")[0] + "/"
        return ""

    def of_agency(self, agency_id: UUID) -> str:
        return self.of_path(self._paths.get(agency_id, ""))
