"""Who gets a report, by its category, its ward, and whether offices are open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from songcau.systems.citizen_reports.rules.codes import OfficeTime


@dataclass(frozen=True, slots=True)
class Route:
    """A rule. `category` None: any; `ward_code` empty: any. `order` decides between rules that fit equally well."""

    agency_id: UUID
    category: str | None = None
    ward_code: str = ""
    hours: OfficeTime = OfficeTime.ANY
    order: int = 100


def routed(routes: Iterable[Route], categories: Sequence[str], ward_code: str, *, is_office_time: bool) -> UUID | None:
    """The agency of the rule that fits most closely; None when none fits, and the centre decides.

    `categories`: the report's own, then those above it. A nearer category outweighs the ward, the ward outweighs the
    hours: category with ward and hours, category with ward, category alone, the same of each category above, ward, any.
    The sequence in which rules are given changes nothing.
    """
    depths = {code: depth for depth, code in reversed(list(enumerate(categories)))}
    hours = (OfficeTime.ANY, OfficeTime.OFFICE if is_office_time else OfficeTime.OUTSIDE)
    fitting = [
        route
        for route in routes
        if (route.category is None or route.category in depths)
        and route.ward_code in ("", ward_code)
        and route.hours in hours
    ]

    def looseness(route: Route) -> tuple[int, bool, bool, int, str]:
        depth = len(depths) if route.category is None else depths[route.category]
        return depth, not route.ward_code, route.hours is OfficeTime.ANY, route.order, str(route.agency_id)

    return min(fitting, key=looseness).agency_id if fitting else None
