"""The table by group: for the terminal, for the page in `docs`, for JSON, and the lists of what failed."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.conformance.cases import NOT_RUN, Outcome
from tools.conformance.exclusions import Exclusions
from tools.conformance.groups import GROUPS, Group, group_of

HEADINGS = ("group", "cases", "passed", "failed", "excluded")
BEGIN = "<!-- written by `make conformance PAGE=yes`: from here -->"
END = "<!-- to here -->"


@dataclass(frozen=True)
class Row:
    """One line of the table. What did not run counts as failed; an excluded case is in no other column."""

    title: str
    cases: int
    passed: int
    failed: int
    excluded: int

    def __add__(self, other: "Row") -> "Row":
        return Row(
            self.title,
            self.cases + other.cases,
            self.passed + other.passed,
            self.failed + other.failed,
            self.excluded + other.excluded,
        )

    @property
    def cells(self) -> tuple[str, ...]:
        return (self.title, str(self.cases), str(self.passed), str(self.failed), str(self.excluded))


@dataclass(frozen=True)
class Result:
    """Everything a run found: the outcome of each case once, and the exclusions it was read with."""

    outcomes: Sequence[Outcome]
    exclusions: Exclusions

    def of(self, group: Group) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if group.holds(outcome.case.file)]

    def row(self, group: Group) -> Row:
        """The group's line of the table."""
        cases = self.of(group)
        counted = [outcome for outcome in cases if not self.exclusions.reason_for(outcome)]
        passed = sum(outcome.status == "passed" for outcome in counted)
        title = f"  {group.title}" if group.part_of else group.title
        return Row(title, len(cases), passed, len(counted) - passed, len(cases) - len(counted))

    def failures(self, group: Group) -> list[Outcome]:
        """What an engineer has to mend: failed or not run, and not excluded."""
        return [
            outcome
            for outcome in self.of(group)
            if outcome.status != "passed" and not self.exclusions.reason_for(outcome)
        ]

    def excluded(self) -> list[tuple[Outcome, str]]:
        """The excluded cases that ran, with their reasons."""
        both = [(outcome, self.exclusions.reason_for(outcome)) for outcome in self.outcomes]
        return [(outcome, reason) for outcome, reason in both if reason]


def rows_of(result: Result, groups: Iterable[Group]) -> list[Row]:
    """A line a group, a sum after each order of value that is there as a whole, and the sum of all at the end."""
    shown = list(groups)
    rows: list[Row] = []
    whole = Row("all", 0, 0, 0, 0)
    for order in sorted({group.order for group in shown}):
        of_order = [group for group in shown if group.order == order]
        subtotal = Row(f"together, order {order}", 0, 0, 0, 0)
        for group in of_order:
            row = result.row(group)
            rows.append(row)
            alone = group.part_of not in [other.name for other in of_order]
            subtotal = subtotal + row if alone else subtotal
        whole = whole + subtotal
        if len(of_order) > 1:
            rows.append(subtotal)
    return [*rows, whole] if len(shown) > 1 else rows


def as_text(rows: Sequence[Row]) -> str:
    """The table for a terminal: names left, numbers right."""
    lines = [HEADINGS, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def as_markdown(rows: Sequence[Row]) -> str:
    """The same table for the page."""
    lines = ["| " + " | ".join(HEADINGS) + " |", "| --- | --: | --: | --: | --: |"]
    for row in rows:
        title = row.title.strip()
        bold = title == "all" or title.startswith("together")
        cells = [f"**{cell.strip()}**" if bold else cell.strip() for cell in row.cells]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def as_list_of_exclusions(result: Result) -> str:
    """Each excluded case with how it ended here and why it does not count."""
    return "\n".join(f"- `{outcome.case.name}` ({outcome.status}): {reason}" for outcome, reason in result.excluded())


def failure_list(failures: Iterable[Outcome]) -> str:
    """For the engineer who mends: number, name, file, the first line of the message, and what was said over HTTP."""
    blocks = []
    for outcome in failures:
        reason = NOT_RUN if outcome.status == NOT_RUN else outcome.first_line
        said = "".join(f"\n    {exchange}" for exchange in outcome.exchanges)
        blocks.append(f"{outcome.case.name}\n  {outcome.case.file}\n  {reason}{said}\n")
    return "\n".join(blocks)


def as_json(result: Result, commit: str) -> dict[str, object]:
    """The run for a machine: groups and cases."""
    ran = [group for group in GROUPS if result.of(group)]
    return {
        "suite": commit,
        "groups": [{"name": group.name, "order": group.order, **asdict(result.row(group))} for group in ran],
        "cases": [
            {
                "id": outcome.case.id,
                "name": outcome.case.name,
                "file": outcome.case.file,
                "group": group.name if (group := group_of(outcome.case.file)) else "",
                "status": outcome.status,
                "seconds": round(outcome.seconds, 2),
                "message": outcome.first_line,
                "excluded": result.exclusions.reason_for(outcome),
            }
            for outcome in result.outcomes
        ],
    }


def put_into_page(page: Path, written: str) -> None:
    """Replace what stands between the two marks of the page; a page without them is a ValueError."""
    text = page.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"{page.name} lacks the marks {BEGIN!r} and {END!r}")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n{written.strip()}\n{END}{after}", encoding="utf-8")
