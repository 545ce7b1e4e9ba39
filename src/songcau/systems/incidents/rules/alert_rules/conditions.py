"""The conditions of alert rules: frozen data. What may stand in each is said beside its field.

Every measured condition says the unit it is in, what its attribute can be at all (`lowest`, `highest`; what lies beyond
is none), and how many of the last readings must agree (`need` of `of`): a single absurd value is no alert.
"""

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic.dataclasses import dataclass

# What alerts and incidents themselves put on the map: a rule that watches one of these could fire on itself.
PUBLISHED_TYPES: Final = frozenset({"Alert", "AlertRule", "Incident", "Directive", "Bulletin"})
MOST_IDS: Final = 200
MOST_VALUES: Final = 50
MOST_PARTS: Final = 5
LONGEST_MINUTES: Final = 31 * 24 * 60
MOST_READINGS: Final = 20

_STRICT = ConfigDict(extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,79}$")]
EntityId = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z][a-zA-Z0-9+.-]*:[^\s]{1,300}$")]
Scope = Annotated[str, StringConstraints(pattern=r"^(/[A-Za-z0-9_.-]{1,60}){0,8}$")]
UnitCode = Annotated[str, StringConstraints(max_length=20)]
Minutes = Annotated[float, Field(gt=0, le=LONGEST_MINUTES)]
HoldMinutes = Annotated[float, Field(ge=0, le=LONGEST_MINUTES)]
Readings = Annotated[int, Field(ge=1, le=MOST_READINGS)]
Amount = Annotated[float, Field(gt=0)]


class Wrong(ValueError):
    """Why fields that are right each do not go together: a code, in small letters, and what it is about."""

    def __init__(self, code: str, params: dict[str, object]) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Side(StrEnum):
    """On which side of its limit a value is alarming."""

    ABOVE = "ABOVE"
    BELOW = "BELOW"


class RateSide(StrEnum):
    RISE = "RISE"
    FALL = "FALL"


class DeviationSide(StrEnum):
    ABOVE = "ABOVE"
    BELOW = "BELOW"
    BOTH = "BOTH"


class CountBy(StrEnum):
    """In what area entities are counted together."""

    WARD = "WARD"
    CITY = "CITY"
    CIRCLE = "CIRCLE"


class Join(StrEnum):
    """Where the parts of a conjunction must hold at once."""

    WARD = "WARD"
    CITY = "CITY"
    ENTITY = "ENTITY"


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Watch:
    """Which entities. ids: only these; scope: those in `/wards/W05512` and what lies below; empty: all of the type."""

    type: Name
    attribute: Name
    ids: Annotated[tuple[EntityId, ...], Field(max_length=MOST_IDS)] = ()
    scope: Scope = ""

    @model_validator(mode="after")
    def _is_not_our_own(self) -> "Watch":
        if self.type in PUBLISHED_TYPES:
            raise Wrong("fires_on_itself", {"type": self.type})
        return self


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Measured(Watch):
    """A number. unit: a UN/CEFACT code; empty: the one that the entity says first. hold_minutes: for so long."""

    unit: UnitCode = ""
    lowest: float | None = None
    highest: float | None = None
    need: Readings = 2
    of: Readings = 3
    hold_minutes: HoldMinutes = 0

    @model_validator(mode="after")
    def _is_possible(self) -> "Measured":
        if self.need > self.of:
            raise Wrong("need_above_of", {"need": self.need, "of": self.of})
        if self.lowest is not None and self.highest is not None and self.lowest >= self.highest:
            raise Wrong("range_empty", {"lowest": self.lowest, "highest": self.highest})
        return self


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Threshold(Measured):
    """Above or below a limit; over only when it is beyond `clear` again (the limit itself where none is said)."""

    kind: Literal["THRESHOLD"] = "THRESHOLD"
    side: Side
    limit: float
    clear: float | None = None

    @model_validator(mode="after")
    def _clears_on_the_other_side(self) -> "Threshold":
        clear = self.limit if self.clear is None else self.clear
        if clear > self.limit if self.side == Side.ABOVE else clear < self.limit:
            raise Wrong("clear_beyond_limit", {"clear": clear, "limit": self.limit})
        for low, high in ((self.lowest, self.limit), (self.limit, self.highest)):
            if low is not None and high is not None and low > high:
                raise Wrong("limit_out_of_range", {"limit": self.limit})
        return self


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Rate(Measured):
    """Rises or falls by `change` within `minutes`; over when it moves by less than `clear` (half of it)."""

    kind: Literal["RATE"] = "RATE"
    side: RateSide
    change: Amount
    minutes: Minutes
    clear: Amount | None = None

    @model_validator(mode="after")
    def _clears_below(self) -> "Rate":
        if self.clear is not None and self.clear > self.change:
            raise Wrong("clear_beyond_limit", {"clear": self.clear, "limit": self.change})
        return self


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Absence(Watch):
    """No reading for so many minutes."""

    kind: Literal["ABSENCE"] = "ABSENCE"
    minutes: Minutes


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Deviation(Measured):
    """Other than usual at this hour of the week: by more than `limit` of its usual spread; over below `clear` (half).

    The mean deviation of about `smooth_minutes` counts, so `need` is one. Before `history_days` nothing is said.
    """

    kind: Literal["DEVIATION"] = "DEVIATION"
    side: DeviationSide = DeviationSide.BOTH
    limit: Annotated[float, Field(ge=1, le=20)] = 3.5
    clear: Annotated[float, Field(gt=0, le=20)] | None = None
    smooth_minutes: Annotated[float, Field(ge=0, le=24 * 60)] = 60
    history_days: Annotated[float, Field(ge=1, le=60)] = 7
    need: Readings = 1
    of: Readings = 1

    @model_validator(mode="after")
    def _clears_below(self) -> "Deviation":
        if self.clear is not None and self.clear > self.limit:
            raise Wrong("clear_beyond_limit", {"clear": self.clear, "limit": self.limit})
        return self


Value = bool | float | str
Values = Annotated[tuple[Value, ...], Field(min_length=1, max_length=MOST_VALUES)]


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class State(Watch):
    """Is one of these values, such as `OFFLINE`, for so long."""

    kind: Literal["STATE"] = "STATE"
    values: Values
    hold_minutes: HoldMinutes = 0


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Circle:
    longitude: Annotated[float, Field(ge=-180, le=180)]
    latitude: Annotated[float, Field(ge=-85, le=85)]
    metres: Annotated[float, Field(gt=0, le=50_000)]


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Count(Watch):
    """At least `limit` entities whose attribute is one of `values`, in one area within `minutes`; over below `clear`.

    also: other attributes that must be one of some values too. time_attribute: the one that says when; empty: when the
    attribute was observed.
    """

    kind: Literal["COUNT"] = "COUNT"
    values: Values
    also: dict[Name, Values] = Field(default_factory=dict, max_length=5)
    time_attribute: Annotated[str, StringConstraints(pattern=r"^([A-Za-z][A-Za-z0-9_]{0,79})?$")] = ""
    by: CountBy = CountBy.WARD
    circle: Circle | None = None
    minutes: Minutes
    limit: Annotated[int, Field(ge=1, le=100_000)]
    clear: Annotated[int, Field(ge=1, le=100_000)] | None = None

    @model_validator(mode="after")
    def _is_possible(self) -> "Count":
        if (self.by == CountBy.CIRCLE) != (self.circle is not None):
            raise Wrong("circle_missing", {})
        if self.clear is not None and self.clear > self.limit:
            raise Wrong("clear_beyond_limit", {"clear": self.clear, "limit": self.limit})
        return self


Leaf = Threshold | Rate | Absence | Deviation | State | Count
AnyLeaf = Annotated[Leaf, Field(discriminator="kind")]


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Part:
    """One part of a conjunction. anywhere: it need not hold in the same ward, such as the city's only rain gauge."""

    condition: AnyLeaf
    anywhere: bool = False


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class All:
    """Everything at once, in one ward, in the city, or of one entity."""

    kind: Literal["ALL"] = "ALL"
    join: Join = Join.WARD
    parts: Annotated[tuple[Part, ...], Field(min_length=2, max_length=MOST_PARTS)]

    @model_validator(mode="after")
    def _has_a_place(self) -> "All":
        if all(part.anywhere for part in self.parts):
            raise Wrong("all_anywhere", {})
        if self.join == Join.ENTITY and any(isinstance(part.condition, Count) for part in self.parts):
            raise Wrong("count_of_entity", {})
        return self


Condition = Leaf | All
AnyCondition = Annotated[Condition, Field(discriminator="kind")]
