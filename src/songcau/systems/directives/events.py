"""What do directives announce? Ids and codes only, past tense; each stands in `flows/table.py`."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DirectiveDrafted:
    """A draft waits for the leader for whom it was written."""

    directive_id: UUID


@dataclass(frozen=True, slots=True)
class DraftRefused:
    """The leader does not give it."""

    directive_id: UUID


@dataclass(frozen=True, slots=True)
class DirectiveGiven:
    """It is in force: the leading agency and those who support have it."""

    directive_id: UUID


@dataclass(frozen=True, slots=True)
class DirectiveChanged:
    """Its words, agencies, date or officer were changed: `what`."""

    directive_id: UUID
    what: str


@dataclass(frozen=True, slots=True)
class SupportersAdded:
    """More agencies are to support it."""

    directive_id: UUID
    agency_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class DirectiveReported:
    """The leading agency began, or said how far it is."""

    directive_id: UUID
    percent: int


@dataclass(frozen=True, slots=True)
class DirectiveContributed:
    """A supporting agency said what it has done."""

    directive_id: UUID
    agency_id: UUID


@dataclass(frozen=True, slots=True)
class EvidenceAdded:
    """Files came with a report and wait to be looked into."""

    directive_id: UUID


@dataclass(frozen=True, slots=True)
class ExtensionAsked:
    """The leading agency asks for more time."""

    directive_id: UUID
    extension_id: UUID


@dataclass(frozen=True, slots=True)
class ExtensionDecided:
    """Who gave it has answered."""

    directive_id: UUID
    extension_id: UUID
    approved: bool


@dataclass(frozen=True, slots=True)
class DirectiveDone:
    """The leading agency calls it done; who gave it looks at the evidence."""

    directive_id: UUID


@dataclass(frozen=True, slots=True)
class DirectiveSentBack:
    """It is not done yet, says who gave it."""

    directive_id: UUID


@dataclass(frozen=True, slots=True)
class DirectiveClosed:
    """The result was accepted."""

    directive_id: UUID


@dataclass(frozen=True, slots=True)
class DirectiveWithdrawn:
    """Nobody has to do it any more; `was_given` False: it was a draft."""

    directive_id: UUID
    was_given: bool


@dataclass(frozen=True, slots=True)
class DirectiveNudged:
    """Somebody who leads asks how it stands."""

    directive_id: UUID


@dataclass(frozen=True, slots=True)
class DirectiveFellDue:
    """Its end is near, past, or long past: `told` of `rules.Told`."""

    directive_id: UUID
    told: str
