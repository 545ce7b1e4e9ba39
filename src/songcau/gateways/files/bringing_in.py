"""A file of readings into the context: looked through first, then written; each bad line is told with its reason."""

import csv
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from songcau.gateways.carrying import Carrier, Document
from songcau.gateways.faults import Fault
from songcau.gateways.files.lines import Line, head_of, lines_of
from songcau.gateways.files.mapping import CSV, FileMapping
from songcau.gateways.mapping.records import Record
from songcau.gateways.mapping.standing import Standing

BATCH = 500
SHOWN_DOCUMENTS = 2
SHOWN_FAULTS = 10
MOST_TOLD = 100_000
LONGEST_TEXT = 500


@dataclass(slots=True)
class BadLine:
    """A line that could not be taken. column: the name of the column or member at fault, where one is."""

    number: int
    column: str
    fault: Fault
    text: str


@dataclass(slots=True)
class Tally:
    """What a file holds. types: entities by their type; first: of the entities, the first; bad: of the bad lines."""

    lines: int = 0
    bad_lines: int = 0
    types: Counter[str] = field(default_factory=Counter)
    first: list[Document] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)

    @property
    def entities(self) -> int:
        return self.types.total()


class Bringing:
    """One file with its mapping. told: each bad line, as it is found."""

    def __init__(self, file: Path, mapping: FileMapping, told: Callable[[BadLine], None]) -> None:
        self._file = file
        self._mapping = mapping
        self._told = told

    def examined(self) -> Tally:
        """Look through the whole file, and write nothing. Raises Fault when it cannot be read at all."""
        self._require_columns()
        tally = Tally()
        for _, documents in self._read(tally):
            self._count(tally, documents)
        return tally

    def brought_in(self, carrier: Carrier, *, progress: Callable[[int], None] = lambda _line: None) -> Tally:
        """Write every good line. progress: called with the number of the last line that is on the broker's disk.

        Raises Fault, and what the carrier raises; what was written before stays written.
        """
        self._require_columns()
        tally, standing = Tally(), Standing(math.inf)
        fixed = [rule.standing for rule in self._mapping.rules]
        batch: list[tuple[Line, Document]] = []
        for line, documents in self._read(tally):
            for document, names in zip(documents, fixed, strict=True):
                standing.trim(document, names, 0.0)
            batch += [(line, document) for document in documents]
            if len(batch) >= BATCH:
                self._carry(carrier, batch, tally, standing)
                progress(line.number)
                batch = []
        self._carry(carrier, batch, tally, standing)
        return tally

    def _require_columns(self) -> None:
        if self._mapping.layout.form_of(self._file) != CSV:
            return
        names = head_of(self._file, self._mapping.layout)
        for rule in self._mapping.rules:
            for path in rule.paths():
                if path.text not in names:
                    raise Fault("COLUMN_MISSING", column=path.text, known=", ".join(names))

    def _read(self, tally: Tally) -> Iterator[tuple[Line, list[Document]]]:
        for line in lines_of(self._file, self._mapping.layout):
            tally.lines += 1
            if line.fault is not None or line.content is None:
                self._refuse(tally, line, line.fault or Fault("NOT_AN_OBJECT"))
                continue
            record = Record(line.content, line.content, None)
            try:
                documents = [rule.entity(record) for rule in self._mapping.rules]
            except Fault as fault:
                self._refuse(tally, line, fault)
            else:
                yield line, documents

    def _carry(self, carrier: Carrier, batch: list[tuple[Line, Document]], tally: Tally, standing: Standing) -> None:
        refused = carrier.carry([document for _, document in batch])
        for refusal in refused:
            standing.forget(batch[refusal.place][1]["id"])
            self._refuse(tally, batch[refusal.place][0], Fault("BROKER_REFUSED", detail=refusal.detail))
        places = {refusal.place for refusal in refused}
        self._count(tally, [document for place, (_, document) in enumerate(batch) if place not in places])

    def _count(self, tally: Tally, documents: list[Document]) -> None:
        tally.types.update(document["type"] for document in documents)
        if len(tally.first) < SHOWN_DOCUMENTS:
            tally.first += documents[: SHOWN_DOCUMENTS - len(tally.first)]

    def _refuse(self, tally: Tally, line: Line, fault: Fault) -> None:
        bad = BadLine(line.number, fault.params.get("path", ""), fault, line.text[:LONGEST_TEXT])
        tally.bad_lines += 1
        if len(tally.bad) < SHOWN_FAULTS:
            tally.bad.append(bad)
        self._told(bad)


class BadLines:
    """The report of bad lines: a table that any spreadsheet opens. It is made with the first of them.

    At most MOST_TOLD of them; who has more has another problem than that many lines.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.count = 0

    def add(self, bad: BadLine) -> None:
        """Raises OSError."""
        self.count += 1
        if self.count > MOST_TOLD:
            return
        with self.file.open("w" if self.count == 1 else "a", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            if self.count == 1:
                stream.write("\N{ZERO WIDTH NO-BREAK SPACE}")  # so that spreadsheets take it for UTF-8
                writer.writerow(["line", "column", "code", "vi", "en", "content"])
            words = (bad.fault.code, bad.fault.sentence("vi"), bad.fault.sentence("en"))
            writer.writerow([bad.number, bad.column, *words, _harmless(bad.text)])


def _harmless(text: str) -> str:
    """Text that a spreadsheet does not carry out as a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
