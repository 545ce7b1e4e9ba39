"""A form: a template per legal basis and version, and the shape of the data it is filled from. Pure.

An office that prints a form keeps the data it was filled from: printing the same data with the same version gives the
same bytes. A form that the law changes becomes a new version beside the old one, never an edit of it.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from songcau.kernel.text import plain

# Longer than any act an office prints by form; a table of ten thousand rows stays below it.
LONGEST_DATA_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing to be printed: SVG, and what it says for those who cannot see it."""

    svg: str
    alt: str


class Part(BaseModel):
    """A part of what a form is filled from. Text is kept as `kernel.text.plain` has it; nothing changes once made."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class DocumentData(Part, ABC):
    """All that a form is filled from."""

    @abstractmethod
    def title(self) -> str:
        """What the PDF's reader shows in its window: never empty."""

    def pictures(self) -> Mapping[str, Picture]:
        """Codes and drawings made from the data, by the name the template uses."""
        return {}


Text = Annotated[str, AfterValidator(plain), Field(max_length=20_000)]
Line = Annotated[str, AfterValidator(plain), Field(min_length=1, max_length=500)]


@dataclass(frozen=True, slots=True)
class Form:
    """A printed form.

    `code` and `version` name it for good; `basis` is the legal text it follows. `template` is a Typst file, as a path
    from the package's root (`/foundation/files/documents/layout/…`). It holds from `valid_from` up to, without,
    `valid_to`.
    """

    code: str
    version: str
    basis: str
    template: str
    data: type[DocumentData]
    valid_from: date
    valid_to: date | None = None

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


def form_in_force(forms: Iterable[Form], code: str, on: date) -> Form | None:
    """The version of a form that holds on a day."""
    return next((form for form in forms if form.code == code and form.holds(on)), None)
