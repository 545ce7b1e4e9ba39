"""What everybody may see of reports: those the centre published, without anything about a person.

The place is the public one (fuzzed where it lies at homes), the pictures the blurred ones, the words those the centre
let stand. Searching looks at these words only: a search over what is hidden would tell it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Avg, Count, F, IntegerField, Max, Min, Q, QuerySet
from django.db.models.functions import Cast

from songcau.kernel import clock
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.models import Attachment, Category, Entry, PlaceTally, Report, Reporter
from songcau.systems.citizen_reports.queries import searching, tallied
from songcau.systems.citizen_reports.queries.offered import said
from songcau.systems.citizen_reports.rules import AttachmentKind, BlurState, State, Visibility

LONGEST_SEARCH = 100
MOST_COUNTED = 1000
MOST_ON_A_MAP = 400
# From this zoom on each report stands alone; below it a cell of a screen's 1/4 makes one point of many.
SINGLE_FROM_ZOOM = 16
# Farther than this a screen shows so much of a city that its kept sums are shown; not where there are but few.
TALLIED_BELOW = 16
FEW = 5_000
_CELLS_PER_TILE = 4
_DUPLICATES_SINCE = timedelta(days=60)
_NEARBY_DEGREES = 0.004
_MOST_COMPARED = 200
_MOST_ALIKE = 3


@dataclass(frozen=True, slots=True)
class PublicPicture:
    """A blurred picture; `kind` PROBLEM or MORE from the reporter, BEFORE and AFTER from the unit."""

    id: UUID
    kind: AttachmentKind


@dataclass(frozen=True, slots=True)
class PublicEntry:
    """A line of the timeline; `agency` did it, empty for the reporter and for songcau itself."""

    at: datetime
    step: str
    text: str
    agency: str


@dataclass(frozen=True, slots=True)
class PublicReport:
    """A published report. Degrees in WGS 84, None where it has no place. `others`: how many more have seen it."""

    code: str
    state: State
    is_open: bool
    category_code: str
    category: str
    text: str
    ward: str
    longitude: float | None
    latitude: float | None
    is_fuzzed: bool
    agency: str
    received_at: datetime
    due_at: datetime | None
    resolved_at: datetime | None
    closing_text: str
    rating: int | None
    is_demo: bool
    pictures: tuple[PublicPicture, ...] = ()
    timeline: tuple[PublicEntry, ...] = ()
    others: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter; empty parts do not count. `state`: "", OPEN or DONE. `days`: received within so many."""

    words: str = ""
    category: str = ""
    ward_code: str = ""
    state: str = ""
    days: int = 0


@dataclass(frozen=True, slots=True)
class PublicPage:
    """A page of reports, newest first. `count` goes no further than `MOST_COUNTED` (`is_more`: there are more)."""

    reports: tuple[PublicReport, ...]
    number: int
    has_next: bool
    count: int
    is_more: bool


@dataclass(frozen=True, slots=True)
class Cluster:
    """Reports that stand close together on a map; one of them has its `code`. `box`: west, south, east, north."""

    longitude: float
    latitude: float
    count: int
    open_count: int
    code: str
    box: tuple[float, float, float, float]


def public_reports(wanted: Wanted, language: str, *, page: int = 1, size: int = 20) -> PublicPage:
    """A page of published reports; a page past the last is empty."""
    rows, page = _found(wanted), max(1, page)
    begin = (page - 1) * size
    # Nobody turns so many pages; who wants what is older narrows the list.
    end = min(begin + size + 1, MOST_COUNTED)
    if wanted.words.strip():
        # Words are looked up once, for the count and for the page.
        keys = list(rows.values_list("pk", flat=True)[: MOST_COUNTED + 1])
        known = Report.objects.select_related("category", "agency").in_bulk(keys[begin:end])
        shown, count = [known[key] for key in keys[begin:end] if key in known], len(keys)
    else:
        shown = list(rows.select_related("category", "agency")[begin:end]) if begin < end else []
        count = rows.order_by()[: MOST_COUNTED + 1].count()
    return PublicPage(
        _facts(shown[:size], language), page, len(shown) > size, min(count, MOST_COUNTED), count > MOST_COUNTED
    )


def public_report(code: str, language: str) -> PublicReport | None:
    """One published report with its pictures and timeline; None for what is not published, as for what is unknown."""
    row = Report.objects.public().select_related("category", "agency").filter(code=code).first()
    if row is None:
        return None
    found = next(iter(_facts([row], language, timelines=_timeline(row))))
    return replace(found, others=_others_who_saw_it(row))


def _others_who_saw_it(row: Report) -> int:
    """How many people reported the same, besides who was first; each once."""
    first = row.parent_id or row.pk
    own = Reporter.objects.filter(report=first).values_list("source_hash", flat=True).first()
    sources = Counter(Reporter.objects.filter(report__parent=first).values_list("source_hash", flat=True))
    # Of what came by telephone or at a counter no source is known: each is somebody.
    unknown = sources.pop("", 0)
    sources.pop(own or "", None)
    return unknown + len(sources)


def public_clusters(wanted: Wanted, box: tuple[float, float, float, float], zoom: float) -> tuple[Cluster, ...]:
    """What a map of the box (west, south, east, north) shows at a zoom, the largest first."""
    if wanted == Wanted() and zoom < TALLIED_BELOW and (whole := _tallied(box, zoom)):
        return whole
    west, south, east, north = box
    rows = _found(wanted).filter(
        public_longitude__gte=west, public_longitude__lte=east, public_latitude__gte=south, public_latitude__lte=north
    )
    cells = 100_000 if zoom >= SINGLE_FROM_ZOOM else _cells_per_degree(zoom)
    counted = (
        rows.order_by()
        .annotate(
            east_cell=Cast(F("public_longitude") * cells, IntegerField()),
            north_cell=Cast(F("public_latitude") * cells, IntegerField()),
        )
        .values("east_cell", "north_cell")
        .annotate(
            count=Count("code"),
            still_open=Count("code", filter=Q(is_open=True)),
            longitude=Avg("public_longitude"),
            latitude=Avg("public_latitude"),
            first=Min("code"),
            west=Min("public_longitude"),
            south=Min("public_latitude"),
            east=Max("public_longitude"),
            north=Max("public_latitude"),
        )
        .order_by("-count")[:MOST_ON_A_MAP]
    )
    return tuple(
        Cluster(
            round(row["longitude"], 5),
            round(row["latitude"], 5),
            row["count"],
            row["still_open"],
            row["first"] if row["count"] == 1 else "",
            (row["west"], row["south"], row["east"], row["north"]),
        )
        for row in counted
    )


def _cells_per_degree(zoom: float) -> float:
    return float(2 ** round(min(22.0, max(0.0, zoom))) * _CELLS_PER_TILE / 360)


def _tallied(box: tuple[float, float, float, float], zoom: float) -> tuple[Cluster, ...]:
    """The clusters of all that is public, from the sums that are kept; nothing where there are few."""
    found = tallied.cells(PlaceTally.Kind.PUBLIC, box, 1 / _cells_per_degree(zoom), MOST_ON_A_MAP)
    if tallied.many_in(found) <= FEW:
        return ()
    return tuple(
        Cluster(round(one.longitude, 5), round(one.latitude, 5), one.many, one.still_open, "", one.box) for one in found
    )


def likely_same(
    *, text: str, category: str, longitude: float | None, latitude: float | None, language: str
) -> tuple[PublicReport, ...]:
    """Published reports that may be the same matter, the likeliest first. By their public place only: a search by the
    exact one would tell where a home is."""
    if longitude is None or latitude is None:
        return ()
    rows = (
        Report.objects.public()
        .filter(
            received_at__gt=clock.now() - _DUPLICATES_SINCE,
            public_longitude__range=(longitude - _NEARBY_DEGREES, longitude + _NEARBY_DEGREES),
            public_latitude__range=(latitude - _NEARBY_DEGREES, latitude + _NEARBY_DEGREES),
        )
        .filter(Q(is_open=True) | Q(state=State.RESOLVED))
        .select_related("category", "category__parent", "agency")
    )
    chosen = Category.objects.filter(code=category).select_related("parent").first()
    mine = rules.Matter(
        category=category,
        parent_category=chosen.parent.code if chosen and chosen.parent else None,
        at=clock.now(),
        longitude=longitude,
        latitude=latitude,
        words=rules.words_of(text),
    )
    scored = [(rules.likeness(mine, _matter(row)), row) for row in rows[:_MOST_COMPARED]]
    alike = [(found.score, row) for found, row in scored if rules.is_likely_duplicate(found)]
    alike.sort(key=lambda pair: (-pair[0], pair[1].code))
    return _facts([row for _score, row in alike[:_MOST_ALIKE]], language)


def public_picture(code: str, picture_id: UUID) -> UUID | None:
    """The file of a blurred picture of a published report; None for every other."""
    row = Attachment.objects.filter(
        pk=picture_id, report__in=Report.objects.public().filter(code=code), blur_state=BlurState.APPROVED
    ).first()
    return row.public_file_id if row else None


def _matter(row: Report) -> rules.Matter:
    return rules.Matter(
        category=row.category.code,
        parent_category=row.category.parent.code if row.category.parent else None,
        at=row.received_at,
        longitude=row.public_longitude,
        latitude=row.public_latitude,
        words=rules.words_of(row.shown_text),
    )


def _found(wanted: Wanted) -> QuerySet[Report]:
    rows = Report.objects.public()
    if wanted.category:
        chosen = Category.objects.filter(Q(code=wanted.category) | Q(parent__code=wanted.category))
        rows = rows.filter(category__in=list(chosen.values_list("pk", flat=True)))
    if wanted.ward_code:
        rows = rows.filter(ward_code=wanted.ward_code)
    if wanted.state:
        rows = rows.filter(is_open=wanted.state == "OPEN")
    if wanted.days:
        rows = rows.filter(received_at__gte=clock.now() - timedelta(days=wanted.days))
    return searching.found(rows, wanted.words[:LONGEST_SEARCH], searching.SEARCHED_BY_THE_PUBLIC)


def _facts(rows: Iterable[Report], language: str, timelines: tuple[PublicEntry, ...] = ()) -> tuple[PublicReport, ...]:
    rows = list(rows)
    pictures: dict[UUID, list[PublicPicture]] = {}
    shown = Attachment.objects.filter(
        report__in=rows, blur_state=BlurState.APPROVED, public_file_id__isnull=False
    ).order_by("at", "id")
    for one in shown:
        pictures.setdefault(one.report_id, []).append(PublicPicture(one.pk, AttachmentKind(one.kind)))
    return tuple(_fact(row, language, tuple(pictures.get(row.pk, ())), timelines) for row in rows)


def _fact(
    row: Report, language: str, pictures: tuple[PublicPicture, ...], timeline: tuple[PublicEntry, ...]
) -> PublicReport:
    return PublicReport(
        code=row.code,
        state=State(row.state),
        is_open=row.is_open,
        category_code=row.category.code,
        category=said(row.category, language),
        text=row.shown_text,
        ward=row.ward_name,
        longitude=row.public_longitude,
        latitude=row.public_latitude,
        is_fuzzed=row.category.near_homes,
        agency=row.agency.name if row.agency else "",
        received_at=row.received_at,
        due_at=row.due_at,
        resolved_at=row.resolved_at,
        closing_text="" if row.is_open else rules.for_everybody(row.closing_text),
        rating=row.rating,
        is_demo=row.is_demo,
        pictures=pictures,
        timeline=timeline,
    )


def _timeline(row: Report) -> tuple[PublicEntry, ...]:
    lines = Entry.objects.filter(report=row, visibility=Visibility.PUBLIC)
    return tuple(PublicEntry(line.at, line.step, rules.for_everybody(line.text), line.agency_name) for line in lines)
