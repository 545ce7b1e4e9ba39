"""The list: filters, sorts, pages, exports and prints on the server; its address holds its state.

A page describes a `Listing` and calls `render_list(request, listing, queryset)`. Query parameters:
`q` (search), each filter's own name, `sort` (a column's name, `-` in front for falling), `page`, and
`format=csv|xlsx`. A parameter that makes no sense is passed over, never an error.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from songcau.foundation.shell import exports
from songcau.foundation.shell.filters import Chip, Choice, Filter, Search
from songcau.kernel.paging import Page, page_of

Words = str | Promise
Rows = QuerySet[Any]
NOTHING_YET = _("Nothing here yet")
EXPORT_CHUNK = 1_000
MAX_EXPORT_ROWS = 100_000
# So many filters stand beside the search without being asked for.
MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    `value` gives what is exported and, without `template`, what is shown; `template` draws the cell with `row` and
    `value`. `sort` names the ORM field (or annotation) that sorts it; `numeric` sets it to the right.
    `link` gives the address the cell leads to. `only_in_files`: another cell shows it already; CSV and XLSX hold it.
    """

    name: str
    label: Words
    value: Callable[[Any], object]
    sort: str | None = None
    template: str | None = None
    numeric: bool = False
    link: Callable[[Any], str] | None = None
    only_in_files: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list is: its columns, filters, first order (a column's name, `-` in front for falling), words."""

    title: Words
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    default_sort: str = ""
    page_size: int = 50
    file_name: str = "songcau"
    empty_title: Words = NOTHING_YET
    empty_text: Words = ""
    max_export_rows: int = MAX_EXPORT_ROWS
    # Rows are counted up to here, and paged: of a list of millions nobody turns the last page. None: all of them.
    most_counted: int | None = None
    # The same where words were searched for.
    most_found: int | None = None
    can_export: bool = True
    # Besides CSV and XLSX: (format, words) of files that the page itself makes.
    more_formats: tuple[tuple[str, Words], ...] = ()

    @property
    def shown(self) -> tuple[Column, ...]:
        """The columns of the page."""
        return tuple(column for column in self.columns if not column.only_in_files)

    def column(self, name: str) -> Column | None:
        """The sortable column called `name`."""
        return next((column for column in self.columns if column.name == name and column.sort), None)


@dataclass(frozen=True, slots=True)
class Cell:
    column: Column
    value: object
    href: str


@dataclass(frozen=True, slots=True)
class Row:
    source: object
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head: where a click leads, and how the list is sorted by it now (`ascending`, `descending`, ``)."""

    column: Column
    href: str
    direction: str


class State:
    """What the address says, with everything that makes no sense taken out."""

    def __init__(self, listing: Listing, params: QueryDict) -> None:
        self.listing = listing
        self.filters: tuple[Filter, ...] = tuple(
            one.opened() if isinstance(one, Choice) else one for one in listing.filters
        )
        self.values = {filter_.name: filter_.cleaned(params) for filter_ in self.filters}
        self.sort = self._sort(params.get("sort", ""))
        self.page = _whole(params.get("page", ""))
        self.format = params.get("format", "")

    def _sort(self, asked: str) -> str:
        return asked if self.listing.column(asked.removeprefix("-")) else self.listing.default_sort

    def query(self, **changes: object) -> str:
        """The address's query with `changes`; None or an empty value takes a parameter out. Page 1 says nothing."""
        said: dict[str, object] = {}
        for filter_ in self.filters:
            said |= filter_.params(self.values[filter_.name])
        if self.sort != self.listing.default_sort:
            said["sort"] = self.sort
        said |= changes
        if str(said.get("page", "")) == "1":
            del said["page"]
        return urlencode([(name, str(value)) for name, value in said.items() if value not in (None, "")])

    @property
    def chips(self) -> tuple[tuple[Chip, str], ...]:
        """Each filter in force, with the query of the list without it."""
        found = []
        for filter_ in self.filters:
            if chip := filter_.chip(self.values[filter_.name]):
                found.append((chip, "?" + self.query(**dict.fromkeys(filter_.params(self.values[filter_.name])))))
        return tuple(found)

    def applied(self, rows: Rows) -> Rows:
        """`rows` filtered and sorted; the primary key last, so that no row is on two pages."""
        for filter_ in self.filters:
            value = self.values[filter_.name]
            if filter_.chip(value):
                rows = filter_.applied(rows, value)
        column = self.listing.column(self.sort.removeprefix("-"))
        if column is None or column.sort is None:
            return rows if rows.ordered else rows.order_by("pk")
        # Where nothing can be empty an index gives the order as it is; with a word about empty ones it does not.
        last = True if _may_be_empty(rows, column.sort) else None
        order = F(column.sort)
        turned = order.desc(nulls_last=last) if self.sort.startswith("-") else order.asc(nulls_last=last)
        return rows.order_by(turned, "pk")


def _may_be_empty(rows: Rows, path: str) -> bool:
    """Whether the field at the end of the path has, or is reached by, one that may be NULL; of an annotation: yes."""
    if path in rows.query.annotations:
        return True
    model: Any = rows.model
    for step in path.split("__"):
        field = model._meta.get_field(step)
        if getattr(field, "null", True):
            return True
        model = field.related_model
    return False


Exact = Callable[[State, Rows], int | None]


def _whole(text: str) -> int:
    """A page number that a person may have typed; nonsense is the first page."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def headings(state: State) -> tuple[Heading, ...]:
    """The heads of the columns; a click on the sorted one turns it round."""
    heads = []
    for column in state.listing.shown:
        direction = {column.name: "ascending", f"-{column.name}": "descending"}.get(state.sort, "")
        turned = f"-{column.name}" if direction == "ascending" else column.name
        heads.append(Heading(column, "?" + state.query(sort=turned) if column.sort else "", direction))
    return tuple(heads)


def rows_of(listing: Listing, items: Iterable[Any]) -> tuple[Row, ...]:
    """The rows as the page draws them."""
    return tuple(
        Row(
            source=item,
            cells=tuple(
                Cell(column=column, value=column.value(item), href=column.link(item) if column.link else "")
                for column in listing.shown
            ),
        )
        for item in items
    )


def controls_of(state: State) -> list[tuple[Filter, dict[str, object]]]:
    """Each filter with what its form draws. Where there are many, the later ones are `is_rare`: a desk folds them away.

    One that is in force is never folded away.
    """
    kept = [one.name for one in state.filters if not isinstance(one, Search)]
    rare = kept[MOST_SHOWN:] if len(kept) > MOST_SHOWN + 1 else []
    found = []
    for one in state.filters:
        value = state.values[one.name]
        found.append((one, one.control(value) | {"is_rare": one.name in rare and one.chip(value) is None}))
    return found


def list_context(
    request: HttpRequest, listing: Listing, queryset: Rows, *, exact: Exact | None = None
) -> dict[str, object]:
    """Everything `shell/parts/list.html` draws from, for a page that holds more than the list."""
    state = State(listing, request.GET)
    rows = state.applied(queryset)
    page, is_more = _page(rows, state)
    total = exact(state, rows) if exact is not None and is_more else None
    return {
        "listing": listing,
        "controls": controls_of(state),
        "has_search": any(isinstance(filter_, Search) for filter_ in listing.filters),
        "headings": headings(state),
        "rows": rows_of(listing, page.items),
        "page": page,
        "is_more": is_more,
        # All there are, where that is known though the list ends before.
        "known_total": total,
        "previous_href": "?" + state.query(page=page.previous) if page.previous else "",
        "next_href": "?" + state.query(page=page.next) if page.next else "",
        "chips": state.chips,
        "sort": state.sort if state.sort != listing.default_sort else "",
        "sort_choices": (choices := _sort_choices(state)),
        "sort_is_chosen": any(chosen for *_rest, chosen in choices),
        "csv_href": "?" + state.query(format="csv"),
        "xlsx_href": "?" + state.query(format="xlsx"),
        "more_hrefs": [("?" + state.query(format=name), words) for name, words in listing.more_formats],
        "export_cut": is_more or page.total > listing.max_export_rows,
        "address": request.path + ("?" + query if (query := state.query(page=page.number)) else ""),
    }


def _page(rows: Rows, state: State) -> tuple[Page[Any], bool]:
    """The page, and whether the list has more rows than are counted."""
    listing = state.listing
    is_search = any(isinstance(one, Search) and state.values[one.name] for one in listing.filters)
    if is_search and listing.most_found is not None:
        return _found_page(rows, state, listing.most_found)
    total, is_more = _counted(rows, listing.most_counted)
    return page_of(rows, state.page, listing.page_size, total=total), is_more


def _found_page(rows: Rows, state: State, most: int) -> tuple[Page[Any], bool]:
    """Words are looked up once, for the count and for the page."""
    keys = list(rows.values_list("pk", flat=True)[: most + 1])
    page = page_of(_Keys(keys[:most]), state.page, state.listing.page_size)
    # Found and permitted already: only the rows themselves are missing.
    bare = rows.all()
    bare.query.clear_where()
    known = {row.pk: row for row in bare.filter(pk__in=page.items)}
    items = tuple(known[key] for key in page.items if key in known)
    return Page(items, page.number, page.size, page.total), len(keys) > most


class _Keys:
    """A list that is cut and counted as a queryset is."""

    def __init__(self, keys: list[Any]) -> None:
        self._keys = keys

    def __getitem__(self, cut: slice, /) -> list[Any]:
        return self._keys[cut]

    def count(self) -> int:
        return len(self._keys)


def _counted(rows: Rows, most: int | None) -> tuple[int, bool]:
    """How many rows there are, as far as they are counted, and whether there are more."""
    if most is None:
        return rows.count(), False
    found = rows.order_by()[: most + 1].count()
    return min(found, most), found > most


def _sort_choices(state: State) -> list[tuple[str, Words, bool, bool]]:
    """(value, label, falling, chosen) for the phone, where there are no column heads."""
    columns = [column for column in state.listing.columns if column.sort]
    return [
        (prefix + column.name, column.label, bool(prefix), state.sort == prefix + column.name)
        for column in columns
        for prefix in ("", "-")
    ]


def render_list(
    request: HttpRequest,
    listing: Listing,
    queryset: Rows,
    *,
    template: str = "shell/list.html",
    extra: Mapping[str, object] | None = None,
    exact: Exact | None = None,
) -> HttpResponseBase:
    """The page of a list, its part for htmx, or its file (`?format=csv|xlsx`). GET and HEAD only by the view.

    `exact` counts a list that is longer than the listing counts by itself, where that is cheap; else it gives None.
    """
    asked = request.GET.get("format", "")
    if listing.can_export and asked in exports.FORMATS:
        return exports.respond(_sheet(listing, State(listing, request.GET).applied(queryset)), asked)
    context = list_context(request, listing, queryset, exact=exact) | dict(extra or {})
    part = request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers
    response = render(request, "shell/parts/list.html" if part else template, context)
    if part:
        response["HX-Push-Url"] = str(context["address"])
    patch_vary_headers(response, ["HX-Request"])
    return response


def _sheet(listing: Listing, rows: Rows) -> exports.Sheet:
    most = rows[: listing.max_export_rows].iterator(chunk_size=EXPORT_CHUNK)
    return exports.Sheet(
        title=str(listing.title),
        file_name=listing.file_name,
        headings=tuple(str(column.label) for column in listing.columns),
        lines=([column.value(row) for column in listing.columns] for row in most),
    )


def checked(listing: Listing, queryset: Rows) -> None:
    """For a test beside a page: every sort field exists. Raises FieldError."""
    for column in listing.columns:
        if column.sort:
            str(queryset.order_by(column.sort).query)
