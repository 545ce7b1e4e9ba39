"""What the desk and the public ask of a million reports, with other words, places and spans each time."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bench.reports.making import Making

Ask = Callable[[], object]
CITY = (105.74, 21.51, 105.90, 21.64)
# In every third report, in some of a hundred, in few, in one.
COMMON, SOME, FEW = ("duong", "so nha", "de nghi"), ("cong tac", "bien bao", "ngo 12", "xuan hoa"), ("899", "cot 7f")


@dataclass(frozen=True, slots=True)
class Question:
    """`ask` answers it once, with other values each time."""

    name: str
    ask: Ask


class Asking:
    """Who asks: the centre's operator and a specialist of the largest ward; the public has no name."""

    def __init__(self, made: Making, seed: int = 11) -> None:
        from songcau.foundation.accounts.models import Agency, Person, RoleGrant
        from songcau.foundation.accounts.queries import actor_of
        from songcau.foundation.accounts.roles import Role
        from songcau.kernel import clock

        self.made, self.chance = made, random.Random(seed)
        self.desk = actor_of(Person.objects.get(username="truc"))
        ward = Agency.objects.get(code=f"UBND-{made.wards[0][0]}")
        person, _made = Person.objects.get_or_create(username="bench", defaults={"full_name": "Bench", "home": ward})
        if not RoleGrant.objects.filter(person=person).exists():
            since = clock.now() - timedelta(days=2)
            RoleGrant.objects.create(person=person, role=Role.SPECIALIST, agency=ward, valid_from=since, reason="bench")
        self.unit = actor_of(person)

    def questions(self) -> list[Question]:
        return [
            Question("worklist of a unit", lambda: self._worklist(self.unit)),
            Question("worklist of the city", lambda: self._worklist(self.desk)),
            Question("queue of the centre", self._queue),
            Question("all reports, filtered", self._filtered),
            Question("all reports, ordered by a name", self._by_name),
            Question("late reports", self._late),
            Question("search at the desk", lambda: self._search(self.desk)),
            Question("search in a unit", lambda: self._search(self.unit)),
            Question("search by the public", self._public_search),
            Question("list of the public", self._public_list),
            Question("map of the desk", self._map),
            Question("map of the public", self._public_map),
            Question("statistics, 30 days", lambda: self._statistics(30)),
            Question("statistics, a year", lambda: self._statistics(365)),
            Question("statistics, all years", lambda: self._statistics(0)),
            Question("statistics of a unit, a year", self._of_a_unit),
            Question("statistics, filtered", self._of_a_part),
            Question("reports that look alike", self._alike),
            Question("likely duplicates at the desk", self._similar),
            Question("Open311 requests", self._open311),
        ]

    def _list(self, listing: Any, rows: Any, **query: object) -> object:
        from django.test import RequestFactory

        from songcau.foundation.shell.lists import list_context
        from songcau.systems.citizen_reports.pages.counting import exact_of

        exact = exact_of(query.pop("by", self.desk), whole=bool(query.pop("whole", False)))
        asked = {name: str(value) for name, value in query.items() if value}
        return list_context(RequestFactory().get("/", asked), listing, rows, exact=exact)

    def _worklist(self, by: Any) -> object:
        from songcau.systems.citizen_reports.pages import listing, worklist
        from songcau.systems.citizen_reports.queries.worklist import has_unit, reports_of

        rows = reports_of(by).filter(has_unit(), is_open=True)
        return worklist._colours(by), self._list(
            listing.worklist_of(by.id), rows, by=by, page=self.chance.choice((1, 1, 1, 2, 5))
        )

    def _queue(self) -> object:
        from songcau.systems.citizen_reports.pages.moderation import QUEUE
        from songcau.systems.citizen_reports.queries.worklist import moderation_queue

        return self._list(QUEUE, moderation_queue(self.desk))

    def _filtered(self) -> object:
        from songcau.systems.citizen_reports.pages import listing
        from songcau.systems.citizen_reports.queries.worklist import reports_of

        chance = self.chance
        asked = {name: value for name, value in self._filters().items() if chance.random() < 0.3}
        order = chance.choice(("", "", "", "received", "due", "-due", "code"))
        return self._list(
            listing.REPORTS,
            reports_of(self.desk),
            whole=True,
            sort=order,
            page=chance.choice((1, 1, 2, 9, 190)),
            **asked,
        )

    def _filters(self) -> dict[str, str]:
        """One of each that the desk offers."""
        chance = self.chance
        return {
            "category": chance.choice(self.made.categories).code,
            "ward": chance.choice(self.made.wards)[0],
            "unit": str(chance.choice([*self.made.agencies.values(), *self.made.offices])),
            "state": chance.choice(("CLOSED", "RESOLVED", "IN_PROGRESS", "REFUSED")),
            "channel": chance.choice(("PORTAL", "PHONE", "OPEN311", "COUNTER")),
            "urgency": chance.choice(("NORMAL", "URGENT")),
            "outcome": chance.choice(("IN_TIME", "DONE_LATE", "OPEN", "OPEN_LATE", "TURNED_DOWN", "REOPENED")),
            "received_from": (self._now().date() - timedelta(days=chance.choice((7, 30, 365)))).isoformat(),
        }

    def _by_name(self) -> object:
        from songcau.systems.citizen_reports.pages import listing
        from songcau.systems.citizen_reports.queries.worklist import reports_of

        order = self.chance.choice(("category", "ward", "unit"))
        return self._list(listing.REPORTS, reports_of(self.desk), whole=True, sort=order)

    def _late(self) -> object:
        from songcau.systems.citizen_reports.pages import listing
        from songcau.systems.citizen_reports.queries.worklist import late_reports

        return self._list(listing.LATE, late_reports(self.desk, self._now()))

    def _words(self) -> str:
        chance = self.chance
        street = chance.choice(("hoang van thu", "gia sang", "z115", "cach mang thang tam"))
        return chance.choice(
            (
                chance.choice(COMMON),
                chance.choice(SOME),
                chance.choice(FEW),
                f"{chance.choice(SOME)} {street}",
                f"{chance.randrange(1, 900)} {street}",
                f"{chance.choice(COMMON)} {chance.randrange(1, 900)}",
                "khong co trong phan anh nao",
            )
        )

    def _search(self, by: Any) -> object:
        from songcau.systems.citizen_reports.pages import listing
        from songcau.systems.citizen_reports.queries.worklist import reports_of

        return self._list(listing.REPORTS, reports_of(by), by=by, q=self._words())

    def _public_search(self) -> object:
        from songcau.systems.citizen_reports.public import Wanted, public_reports

        return public_reports(Wanted(words=self._words()), "vi")

    def _public_list(self) -> object:
        from songcau.systems.citizen_reports.public import Wanted, public_reports

        chance = self.chance
        wanted = Wanted(
            category=chance.choice(self.made.categories).code if chance.random() < 0.5 else "",
            ward_code=chance.choice(self.made.wards)[0] if chance.random() < 0.5 else "",
            state=chance.choice(("", "OPEN", "DONE")),
            days=chance.choice((0, 7, 30, 365)),
        )
        return public_reports(wanted, "vi", page=chance.choice((1, 1, 2, 9)))

    def _box(self) -> tuple[tuple[float, float, float, float], int]:
        """What a screen of 1366 × 700 pixels shows somewhere in the city, at a zoom between the city and a street."""
        zoom = self.chance.choice((11, 12, 13, 14, 15, 16, 17))
        wide = 360 / 2**zoom / 512 * 1366
        west, south, east, north = CITY
        middle_x, middle_y = self.chance.uniform(west, east), self.chance.uniform(south, north)
        return (middle_x - wide / 2, middle_y - wide / 4, middle_x + wide / 2, middle_y + wide / 4), zoom

    def _map(self) -> object:
        from songcau.systems.citizen_reports.queries import heat
        from songcau.systems.citizen_reports.queries.worklist import reports_of

        box, zoom = self._box()
        return heat.geojson(heat.whole_clusters(reports_of(self.desk), heat.Box(*box), zoom, self._now()))

    def _public_map(self) -> object:
        from songcau.systems.citizen_reports.public import Wanted, public_clusters

        box, zoom = self._box()
        return public_clusters(Wanted(), box, zoom)

    def _statistics(self, days: int) -> object:
        from songcau.systems.citizen_reports.queries import statistics

        now = self._now()
        last = now.date() - timedelta(days=self.chance.randrange(0, 5 * 365 - days)) if days else None
        span = (last - timedelta(days=days) if last else None, last)
        by = self.chance.choice((statistics.By.UNIT, statistics.By.WARD, statistics.By.CATEGORY, statistics.By.MONTH))
        return statistics.whole_total(span, now), statistics.whole_lines(span, by, now)

    def _of_a_unit(self) -> object:
        from songcau.systems.citizen_reports.queries import statistics
        from songcau.systems.citizen_reports.queries.worklist import reports_of

        now = self._now()
        rows = statistics.received_between(reports_of(self.unit), now.date() - timedelta(days=365), now.date())
        return statistics.total(rows, now), statistics.lines(rows, statistics.By.CATEGORY, now)

    def _of_a_part(self) -> object:
        from django.test import RequestFactory

        from songcau.systems.citizen_reports.pages.statistics import Asked, _figures

        found = self._filters()
        names = self.chance.sample(("category", "ward", "unit", "channel"), self.chance.choice((1, 2)))
        query = {name: found[name] for name in names} | {
            "by": self.chance.choice(("UNIT", "WARD", "CATEGORY", "MONTH"))
        }
        query["received_from"] = (self._now().date() - timedelta(days=365)).isoformat()
        return _figures(Asked(RequestFactory().get("/", query)), self.desk)

    def _similar(self) -> object:
        from songcau.systems.citizen_reports.models import Report
        from songcau.systems.citizen_reports.queries.similar import similar_reports

        newest = Report.objects.order_by("-received_at").select_related("category__parent")
        return similar_reports(newest[self.chance.randrange(2000)])

    def _open311(self) -> object:
        from django.test import RequestFactory

        from songcau.systems.citizen_reports.api.requests import requests

        query = {"page_size": "50", "page": str(self.chance.choice((1, 1, 2, 20)))}
        if self.chance.random() < 0.5:
            query["service_code"] = self.chance.choice(self.made.categories).code
        if self.chance.random() < 0.5:
            query["status"] = self.chance.choice(("open", "closed"))
        return requests(RequestFactory().get("/open311/v2/requests.json", query))

    def _alike(self) -> object:
        from songcau.systems.citizen_reports.public import likely_same

        longitude, latitude = self.chance.choice(self.chance.choice(self.made.wards)[3])
        code = self.chance.choice(self.made.categories).code
        return likely_same(text="Ổ gà sâu", category=code, longitude=longitude, latitude=latitude, language="vi")

    @staticmethod
    def _now() -> Any:
        from songcau.kernel import clock

        return clock.now()
